"""Locks that others hold are waited for a while, and whoever holds them is named."""

from __future__ import annotations

import threading

import pytest

from strongroom.errors import LockError
from strongroom.migrate import lock, retry
from tests.python.migrate.conftest import Connection, Sandbox


def test_a_lock_is_tried_again_and_the_blocker_is_named(started: Sandbox) -> None:
    """[T-F22] a short lock_timeout, tried again."""
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\n-- lock-timeout: 600ms\n"
        "ALTER TABLE app.items ADD COLUMN price numeric;\n",
    )
    with started.connect() as blocker:
        blocker.execute("SET application_name = 'monthly report'")
        blocker.execute("BEGIN")
        blocker.execute("SELECT * FROM app.items")
        pid = blocker.info.backend_pid
        done = started.start("apply", "--yes")
        seen = ""
        assert done.stdout is not None
        for line in done.stdout:
            seen += line
            if "a lock was not granted" in line:
                break
        blocker.execute("COMMIT")
        seen += done.communicate(timeout=60)[0]
    assert done.returncode == 0, seen
    assert f"blocked by pid {pid}, role postgres, monthly report" in seen
    assert started.applied() == ["0001.app.start", "0002.app.more"]


def test_a_lock_that_is_never_granted(started: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "TRIES", 2)
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\n-- lock-timeout: 400ms\nDROP TABLE app.items;\n",
    )
    with started.connect() as blocker:
        blocker.execute("BEGIN")
        blocker.execute("SELECT * FROM app.items")
        with pytest.raises(LockError, match="in 2 tries, blocked by pid") as caught:
            started.apply()
        blocker.execute("COMMIT")
    assert caught.value.exit_code == 5
    assert "database unchanged" in caught.value.message
    assert started.applied() == ["0001.app.start"]


def test_two_deployers_and_one_waits(started: Sandbox) -> None:
    started.migration(
        "0002.app.slow",
        "-- depends: 0001.app.start\n-- lock-timeout: 60s\n"
        "SELECT pg_advisory_xact_lock(77);\nCREATE TABLE app.one ();\n",
    )
    with started.connect() as gate:
        gate.execute("SELECT pg_advisory_lock(77)")
        first = started.start("apply", "--yes")
        started.wait_for(
            "SELECT FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database"
            " WHERE l.locktype = 'advisory' AND NOT l.granted AND d.datname = current_database()"
        )
        second = started.start("apply", "--yes")
        two = ""
        assert second.stdout is not None
        for line in second.stdout:
            two += line
            if "waiting for" in line:
                break
    one, two = first.communicate(timeout=60)[0], two + second.communicate(timeout=60)[0]
    assert (first.returncode, second.returncode) == (0, 0), one + two
    assert "1 migration applied" in one
    assert "waiting for pid" in two
    assert "strongroom migrate" in two
    assert started.applied() == ["0001.app.start", "0002.app.slow"]


def test_a_wait_is_told_once_while_nothing_changes(
    started: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder's session does something all the time, and that is no news."""
    monkeypatch.setattr(lock, "_POLL_SECONDS", 0.05)
    started.migration("0002.app.more", "-- depends: 0001.app.start\nSELECT 1;\n")
    with started.connect() as other:
        start = "SELECT backend_start AT TIME ZONE 'UTC' FROM pg_stat_activity WHERE pid = %s"
        row = other.execute(start, (other.info.backend_pid,)).fetchone()
        assert row is not None
        other.execute(f"SELECT pg_advisory_lock({0x5354524F}, 1)")
        stop = threading.Event()
        busy = threading.Thread(target=keep_busy, args=(other, stop))
        busy.start()
        try:
            with pytest.raises(LockError):
                started.apply(wait=2.5)
        finally:
            stop.set()
            busy.join()
    waiting = [line for line in started.said if line.startswith("waiting for")]
    assert len(waiting) == 1
    assert waiting[0].endswith(f"since {row[0]:%H:%M:%S} UTC")


def keep_busy(connection: Connection, stop: threading.Event) -> None:
    """Send a statement again and again, as a deployer's session does."""
    while not stop.wait(0.2):
        connection.execute("SELECT 1")


def test_the_deploy_lock_is_given_up_on_after_a_while(started: Sandbox) -> None:
    started.migration("0002.app.more", "-- depends: 0001.app.start\nSELECT 1;\n")
    with started.connect() as other:
        other.execute("SET application_name = 'another tool'")
        other.execute(f"SELECT pg_advisory_lock({0x5354524F}, 1)")
        with pytest.raises(LockError, match="another tool"):
            started.apply(wait=0.3)
    assert started.apply().applied == ["0002.app.more"]
