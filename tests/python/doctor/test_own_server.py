"""Checks that take a server of their own: pg_stat_statements, prepared transactions, a standby."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from strongroom.project import install, read_project
from strongroom.server import places
from strongroom.server.embedded import EmbeddedServer
from tests.python.doctor.test_sessions import found, tune, wait_until

Connection = psycopg.Connection[Any]
ROOT = Path(__file__).resolve().parents[3]


class OwnServer(EmbeddedServer):
    """With what only a restart can set, and with no transactions but those of the tests."""

    def settings(self) -> dict[str, str]:
        return {
            **super().settings(),
            "shared_preload_libraries": "pg_stat_statements",
            "max_prepared_transactions": "2",
            "autovacuum": "off",
        }


@pytest.fixture(scope="module")
def primary() -> Iterator[OwnServer]:
    """A server with the project's database, which the tests of this module share."""
    with TemporaryDirectory(prefix="sr-") as folder:
        server = OwnServer(Path(folder), "test")
        if reason := server.missing():
            pytest.skip(f"server 18 can't run here: {reason}")
        try:
            server.start()
            with psycopg.connect(server.url(), autocommit=True) as admin:
                install(admin, read_project(ROOT))
            yield server
        finally:
            server.stop()


@pytest.fixture
def admin(primary: OwnServer) -> Iterator[Connection]:
    with psycopg.connect(primary.url(), autocommit=True) as connection:
        yield connection


def test_slow_statements_without_their_constants(primary: OwnServer, admin: Connection) -> None:
    """[A-33] [C-44] The slowest by mean, with calls and total; roles see what they may."""
    assert [row[0] for row in found(admin, "slow_statement")] == ["INFO"]
    admin.execute("CREATE SCHEMA stats; CREATE EXTENSION pg_stat_statements SCHEMA stats")
    admin.execute("SELECT stats.pg_stat_statements_reset()")
    admin.execute("SET pg_stat_statements.track_utility = on")
    for _ in range(12):
        admin.execute("SELECT pg_sleep(0.002), 'a secret', 4711")
    admin.execute("COMMENT ON SCHEMA stats IS 'another secret'")
    admin.execute("SELECT 'a third secret' AS told INTO TEMPORARY told")
    admin.execute("DO $$ BEGIN PERFORM 'a fourth secret'; END $$")
    assert found(admin, "slow_statement") == []
    ((calls, mean, total, query),) = admin.execute(
        "SELECT calls, mean_ms, total_ms, query FROM kernel.slow_statements"
        " WHERE query ~ 'pg_sleep'"
    ).fetchall()
    assert calls == 12
    assert mean >= 2
    assert float(total) == pytest.approx(12 * float(mean), abs=0.1)
    assert "secret" not in query
    texts = [row[0] for row in admin.execute("SELECT query FROM kernel.statement_times()")]
    assert "a command other than a query" in texts
    assert not any("secret" in text for text in texts)
    means = [row[0] for row in admin.execute("SELECT mean_ms FROM kernel.slow_statements")]
    assert means == sorted(means, reverse=True)
    assert len(means) <= 10

    tune(admin, "slow_statement", 1, 5000)
    slow = [row for row in found(admin, "slow_statement") if "pg_sleep" in row[1]]
    assert [row[0] for row in slow] == ["WARN"]
    assert "ms on average in 12 calls by postgres: SELECT pg_sleep($1), $2, $3" in slow[0][1]
    with psycopg.connect(primary.url(user="strongroom_runner"), autocommit=True) as runner:
        assert not any("pg_sleep" in row[1] for row in found(runner, "slow_statement"))


def test_a_forgotten_prepared_transaction(primary: OwnServer, admin: Connection) -> None:
    admin.execute("CREATE DATABASE elsewhere")
    tune(admin, "prepared_transaction", 0, 3600)
    admin.execute("BEGIN")
    admin.execute("""PREPARE TRANSACTION 'it''s "odd"'""")
    ((level, detail, mend),) = found(admin, "prepared_transaction")
    assert level == "WARN"
    assert detail.startswith("""'it''s "odd"' of postgres in database postgres was prepared""")
    # It is ended in the database that it is of.
    with psycopg.connect(primary.url("elsewhere"), autocommit=True) as other:
        install(other, read_project(ROOT))
        tune(other, "prepared_transaction", 0, 3600)
        ((_, _, sentence),) = found(other, "prepared_transaction")
        assert sentence == """In database postgres: ROLLBACK PREPARED 'it''s "odd"'"""
    admin.execute(mend.encode())
    assert found(admin, "prepared_transaction") == []


class StuckServer(OwnServer):
    """A standby that stops as soon as it can be read: it never asks the primary for more."""

    def settings(self) -> dict[str, str]:
        return {
            **super().settings(),
            "recovery_target": "immediate",
            "recovery_target_action": "pause",
        }


@pytest.fixture(params=[OwnServer])
def standby(
    request: pytest.FixtureRequest, primary: OwnServer, admin: Connection
) -> Iterator[OwnServer]:
    """A copy of the primary that follows it, with a threshold of a second for lag."""
    tune(admin, "replication_lag", 1, 60)
    server = request.param(primary.state.parent, "test-standby", primary.account)
    places.own_folder(server.state)
    socket = psycopg.conninfo.conninfo_to_dict(primary.url())["host"]
    done = primary.account.run(
        [
            primary.binaries() / "pg_basebackup",
            *("-h", str(socket), "-U", "postgres", "-R", "-X", "stream", "-c", "fast", "-D"),
            server.data,
        ]
    )
    assert done.returncode == 0, done.stdout
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.state)


def test_a_standby_that_lags_says_so(admin: Connection, standby: OwnServer) -> None:
    """[C-43] From the standby itself, and from the primary; the checks work on both."""
    admin.execute("CREATE TABLE early (a integer)")
    with psycopg.connect(standby.url(), autocommit=True) as replica:
        # What the primary says of its log leaves out what it commits and has not written yet.
        wait_until(lambda: query(replica, "SELECT to_regclass('early') IS NOT NULL"))
        assert query(replica, "SELECT is_standby FROM kernel.server_state")
        wait_until(lambda: found(replica, "replication_lag") == [])
        failed = "SELECT count(*) FROM kernel.findings() WHERE name = 'failed_check'"
        assert query(replica, failed) == 0

        replica.execute("SELECT pg_wal_replay_pause()")
        wait_until(lambda: query(replica, "SELECT pg_get_wal_replay_pause_state() = 'paused'"))
        admin.execute("CREATE TABLE late (a integer)")
        wait_until(lambda: found(replica, "replication_lag"))
        ((level, detail, _),) = found(replica, "replication_lag")
        assert level == "WARN"
        assert detail.startswith("This standby lags by 00:00:0")
        assert query(replica, "SELECT replay_lag > '1 second' FROM kernel.server_state")
        replica.execute("SELECT pg_wal_replay_resume()")
        wait_until(lambda: found(replica, "replication_lag") == [])
    tune(admin, "replication_lag", 0, 60)

    def primary_sees() -> bool:
        # The primary forgets the lag of a standby that has nothing to do.
        admin.execute("COMMENT ON TABLE late IS 'busy'")
        return any(row[1].startswith("Standby ") for row in found(admin, "replication_lag"))

    wait_until(primary_sees)


@pytest.mark.parametrize("standby", [StuckServer], indirect=True)
def test_a_standby_that_has_replayed_nothing_says_so(admin: Connection, standby: OwnServer) -> None:
    """[C-43] Without a transaction to go by, it is as old as its start, at least."""
    with psycopg.connect(standby.url(), autocommit=True) as replica:
        wait_until(lambda: query(replica, "SELECT pg_get_wal_replay_pause_state() = 'paused'"))
        wait_until(lambda: found(replica, "replication_lag"))
        ((level, detail, _),) = found(replica, "replication_lag")
        assert level == "WARN"
        assert detail.startswith("This standby, to which nothing streams, lags by 00:00:")
        assert query(replica, "SELECT replay_lag > '1 second' FROM kernel.server_state")
        assert query(replica, "SELECT pg_last_xact_replay_timestamp() IS NULL")


def test_a_standby_that_nothing_streams_to_says_so(admin: Connection, standby: OwnServer) -> None:
    """It has replayed all that it got, and gets no more."""
    with psycopg.connect(standby.url(), autocommit=True) as replica:
        wait_until(lambda: found(replica, "replication_lag") == [])
        replica.execute("ALTER SYSTEM SET primary_conninfo = 'host=/nowhere'")
        replica.execute("SELECT pg_reload_conf()")
        wait_until(lambda: found(replica, "replication_lag"))
        ((_, detail, _),) = found(replica, "replication_lag")
        assert detail.startswith("This standby, to which nothing streams, lags by 00:00:")


def query(connection: Connection, text: str) -> Any:
    row = connection.execute(text.encode()).fetchone()
    return row[0] if row else None
