"""Locks that others hold are waited for a while, and whoever holds them is named."""

from __future__ import annotations

import pytest

from strongroom.errors import LockError
from strongroom.migrate import retry
from tests.python.migrate.conftest import Sandbox


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
        "-- depends: 0001.app.start\nSELECT pg_sleep(2);\nCREATE TABLE app.one ();\n",
    )
    first = started.start("apply", "--yes")
    started.wait_for(
        "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(2)%' AND state = "
        "'active' AND pid <> pg_backend_pid()",
    )
    second = started.start("apply", "--yes")
    one, two = first.communicate(timeout=60)[0], second.communicate(timeout=60)[0]
    assert (first.returncode, second.returncode) == (0, 0), one + two
    assert "1 migrations applied" in one
    assert "waiting for pid" in two
    assert "strongroom migrate" in two
    assert started.applied() == ["0001.app.start", "0002.app.slow"]


def test_the_deploy_lock_is_given_up_on_after_a_while(started: Sandbox) -> None:
    started.migration("0002.app.more", "-- depends: 0001.app.start\nSELECT 1;\n")
    with started.connect() as other:
        other.execute("SET application_name = 'another tool'")
        other.execute(f"SELECT pg_advisory_lock({0x5354524F}, 1)")
        with pytest.raises(LockError, match="another tool"):
            started.apply(wait=0.3)
    assert started.apply().applied == ["0002.app.more"]
