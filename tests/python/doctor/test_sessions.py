"""Checks of what other sessions do, and of what many rows leave behind; mends are applied."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.python.fix_databases import Database

Connection = psycopg.Connection[Any]


def found(asker: Connection, check: str) -> list[tuple[str, str, str]]:
    """Level, detail and mend of each finding."""
    return asker.execute(
        "SELECT level, detail, remediation FROM kernel.findings(ARRAY[%s])", (check,)
    ).fetchall()


def tune(admin: Connection, check: str, warn: float, error: float) -> None:
    admin.execute(
        "INSERT INTO kernel.health_threshold (check_name, warn, error) VALUES (%s, %s, %s)"
        " ON CONFLICT (check_name) DO UPDATE SET warn = excluded.warn, error = excluded.error",
        (check, warn, error),
    )


def wait_until(is_true: Callable[[], object]) -> None:
    for _ in range(1200):
        if is_true():
            return
        time.sleep(0.05)
    raise AssertionError("never true")


def about(rows: list[tuple[str, str, str]], pid: int) -> list[tuple[str, str, str]]:
    """Other tests share the server."""
    return [row for row in rows if f"rocess {pid} " in row[1]]


def test_an_idle_transaction_is_told_of_and_ended(database: Database) -> None:
    admin = database.admin()
    sleeper = database.connect(role="tarot_app", autocommit=False)
    sleeper.execute("SELECT 'a secret value'")
    pid = sleeper.info.backend_pid
    assert about(found(admin, "idle_in_transaction"), pid) == []
    tune(admin, "idle_in_transaction", 0, 900)
    ((level, detail, mend),) = about(found(admin, "idle_in_transaction"), pid)
    assert level == "WARN"
    assert "strongroom_login" in detail
    assert "secret" not in detail
    admin.execute(mend.encode())
    wait_until(lambda: about(found(admin, "idle_in_transaction"), pid) == [])
    with pytest.raises(psycopg.OperationalError):
        sleeper.execute("SELECT 1")


def begin(connection: Connection, statement: str) -> int:
    """Send a statement and wait for nothing; the session's process."""
    connection.pgconn.send_query(statement.encode())
    return connection.info.backend_pid


def end(connection: Connection) -> str | None:
    """Wait for what was sent; the SQLSTATE of its error."""
    state = None
    while result := connection.pgconn.get_result():
        state = state or result.error_field(psycopg.pq.DiagnosticField.SQLSTATE)
    return state.decode() if state else None


def test_a_long_transaction_is_told_of_and_canceled(database: Database) -> None:
    admin = database.admin()
    tune(admin, "long_transaction", 0, 0)
    worker = database.connect()
    pid = begin(worker, "SELECT pg_sleep(60)")
    wait_until(lambda: about(found(admin, "long_transaction"), pid))
    ((level, _, mend),) = about(found(admin, "long_transaction"), pid)
    assert level == "ERROR"
    admin.execute(mend.encode())
    assert end(worker) == "57014"
    wait_until(lambda: about(found(admin, "long_transaction"), pid) == [])


def test_a_long_transaction_that_pauses_is_told_of_and_ended(database: Database) -> None:
    """Between two statements of a long transaction nothing is at work, and little time is idle."""
    admin = database.admin()
    tune(admin, "long_transaction", 0.2, 900)
    tune(admin, "idle_in_transaction", 60, 900)
    worker = database.connect(autocommit=False)
    pid = worker.info.backend_pid
    worker.execute("SELECT pg_sleep(0.3)")
    ((level, _, mend),) = about(found(admin, "long_transaction"), pid)
    assert level == "WARN"
    assert about(found(admin, "idle_in_transaction"), pid) == []
    # One that is idle for long is told of once.
    tune(admin, "idle_in_transaction", 0, 900)
    assert about(found(admin, "long_transaction"), pid) == []
    assert len(about(found(admin, "idle_in_transaction"), pid)) == 1
    admin.execute(mend.encode())
    wait_until(lambda: about(found(admin, "idle_in_transaction"), pid) == [])


def test_an_index_that_is_being_built_is_no_finding(database: Database) -> None:
    """Whoever asks: the runner does not see what the session of another role does."""
    admin, runner = database.admin(), database.connect("strongroom_runner")
    watcher = database.admin()
    admin.execute("CREATE TABLE tarot.built (id integer)")
    writer = database.connect("postgres", autocommit=False)
    writer.execute("INSERT INTO tarot.built VALUES (1)")
    builder = database.connect("postgres")
    begin(builder, "CREATE INDEX CONCURRENTLY built_id_idx ON tarot.built (id)")
    half = "SELECT FROM pg_index WHERE NOT indisvalid AND indrelid = 'tarot.built'::regclass"
    wait_until(lambda: watcher.execute(half.encode()).fetchone() is not None)
    assert found(runner, "invalid_index") == []
    assert found(admin, "invalid_index") == []
    pid = builder.info.backend_pid
    admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
    wait_until(lambda: found(runner, "invalid_index"))
    ((_, detail, mend),) = found(runner, "invalid_index")
    assert detail == "tarot.built_id_idx is not valid."
    writer.rollback()
    admin.execute(mend.encode())
    assert found(runner, "invalid_index") == []


def test_a_constraint_that_is_not_enforced_is_told_of(database: Database) -> None:
    """From 18 on; such a one can't be validated."""
    admin, runner = database.admin(), database.connect("strongroom_runner")
    if admin.info.server_version < 180000:
        pytest.skip("every constraint is enforced before 18")
    admin.execute(
        "CREATE TABLE tarot.loose (id bigint REFERENCES tarot.users NOT ENFORCED,"
        " CONSTRAINT loose_id_check CHECK (id > 0) NOT ENFORCED)"
    )
    rows = sorted(found(runner, "constraint_not_validated"))
    assert [row[1] for row in rows] == [
        "loose_id_check on tarot.loose is not enforced.",
        "loose_id_fkey on tarot.loose is not enforced.",
    ]
    assert not rows[0][2].endswith(";")
    admin.execute(rows[1][2].encode())
    assert [row[1] for row in found(runner, "constraint_not_validated")] == [rows[0][1]]


def test_a_blocked_session_is_told_of_with_its_blocker(database: Database) -> None:
    admin, runner = database.admin(), database.connect("strongroom_runner")
    tune(admin, "blocked_session", 0, 300)
    blocker = database.connect("postgres", autocommit=False)
    blocker.execute("LOCK TABLE tarot.users")
    waiter = database.connect("postgres")
    pid = begin(waiter, "BEGIN; LOCK TABLE tarot.users; COMMIT")
    # The runner sees this without pg_monitor.
    wait_until(lambda: about(found(runner, "blocked_session"), pid))
    ((level, detail, _),) = about(found(runner, "blocked_session"), pid)
    assert level == "WARN"
    assert "tarot.users" in detail
    assert f"it waits for process {blocker.info.backend_pid}." in detail
    blocker.rollback()
    assert end(waiter) is None
    wait_until(lambda: about(found(runner, "blocked_session"), pid) == [])


def test_a_lock_in_another_database_is_not_taken_for_one_of_this(database: Database) -> None:
    """The number of its table may be that of another one here."""
    admin, watcher = database.admin(), psycopg.connect(database.server.url(), autocommit=True)
    watcher.execute("CREATE TABLE IF NOT EXISTS public.elsewhere (id integer)")
    tune(admin, "blocked_session", 0, 300)
    blocker = psycopg.connect(database.server.url())
    waiter = psycopg.connect(database.server.url(), autocommit=True)
    try:
        blocker.execute("LOCK TABLE public.elsewhere")
        pid = begin(waiter, "BEGIN; LOCK TABLE public.elsewhere")
        wait_until(lambda: about(found(admin, "blocked_session"), pid))
        ((_, detail, _),) = about(found(admin, "blocked_session"), pid)
        assert "on a table of another database for" in detail
    finally:
        blocker.close()
        waiter.close()
        watcher.execute("DROP TABLE public.elsewhere")
        watcher.close()


def test_dead_rows_are_told_of_and_vacuumed(database: Database) -> None:
    admin, runner = database.admin(), database.connect("strongroom_runner")
    admin.execute(
        "CREATE TABLE tarot.churn (id integer) WITH (autovacuum_enabled = false);"
        "INSERT INTO tarot.churn SELECT n FROM generate_series(1, 30000) AS n"
    )
    admin.execute("UPDATE tarot.churn SET id = id WHERE id <= 15000")

    def churn() -> list[tuple[str, str, str]]:
        admin.execute("SELECT pg_stat_force_next_flush()")
        return [row for row in found(runner, "dead_rows") if "tarot.churn" in row[1]]

    wait_until(churn)
    ((level, detail, mend),) = churn()
    assert (level, mend) == ("WARN", "VACUUM (ANALYZE) tarot.churn;")
    assert "15000 dead rows to 30000 that live; last vacuum: never" in detail
    admin.execute(mend.encode())
    wait_until(lambda: churn() == [])


def test_stale_statistics_are_told_of_those_of_a_root_too(database: Database) -> None:
    admin, runner = database.admin(), database.connect("strongroom_runner")
    for statement in (
        "CREATE TABLE tarot.root (id integer) PARTITION BY RANGE (id)",
        "CREATE TABLE tarot.part PARTITION OF tarot.root FOR VALUES FROM (0) TO (100000)"
        " WITH (autovacuum_enabled = false)",
        "INSERT INTO tarot.root SELECT n FROM generate_series(1, 20000) AS n",
    ):
        admin.execute(statement.encode())

    def stale() -> list[tuple[str, str, str]]:
        admin.execute("SELECT pg_stat_force_next_flush()")
        return [row for row in found(runner, "stale_statistics") if "tarot." in row[1]]

    # What was inserted must have been counted, else ANALYZE is undone by the count.
    wait_until(lambda: len(stale()) == 2)
    admin.execute("ANALYZE tarot.part")
    wait_until(lambda: len(stale()) == 1)
    wanted = ("WARN", "tarot.root: never analyzed.", "ANALYZE tarot.root;")
    assert stale() == [wanted]
    admin.execute(wanted[2].encode())
    wait_until(lambda: stale() == [])
    admin.execute("UPDATE tarot.part SET id = id WHERE id <= 10000")
    wait_until(lambda: [row[2] for row in stale()] == ["ANALYZE tarot.part;"])
    # A root that was analyzed once, and has twice as many rows by now.
    admin.execute("INSERT INTO tarot.root SELECT n FROM generate_series(20001, 41000) AS n")
    wait_until(lambda: len(stale()) == 2)
    admin.execute("ANALYZE tarot.part")
    grown = ("WARN", "tarot.root: 21000 rows changed since it was last analyzed.", wanted[2])
    wait_until(lambda: stale() == [grown])
    admin.execute(wanted[2].encode())
    wait_until(lambda: stale() == [])


def test_a_root_is_no_staler_for_partitions_of_its_partitions(any_database: Database) -> None:
    """Rows further down count as well, else nothing that is done ends the finding."""
    admin, runner = any_database.admin(), any_database.connect("strongroom_runner")
    for statement in (
        "CREATE TABLE tarot.root (id integer) PARTITION BY RANGE (id)",
        "CREATE TABLE tarot.part PARTITION OF tarot.root FOR VALUES FROM (0) TO (20000)",
        "CREATE TABLE tarot.node PARTITION OF tarot.root FOR VALUES FROM (20000) TO (100000)"
        " PARTITION BY RANGE (id)",
        "CREATE TABLE tarot.leaf PARTITION OF tarot.node FOR VALUES FROM (20000) TO (100000)",
        "INSERT INTO tarot.root SELECT n FROM generate_series(1, 60000) AS n",
    ):
        admin.execute(statement.encode())

    def stale() -> list[str]:
        admin.execute("SELECT pg_stat_force_next_flush()")
        return [row[2] for row in found(runner, "stale_statistics") if "tarot." in row[1]]

    wait_until(lambda: "ANALYZE tarot.root;" in stale())
    admin.execute("ANALYZE tarot.root; ANALYZE tarot.node")
    wait_until(lambda: stale() == [])


def test_the_cache_is_judged_once_enough_was_read(database: Database) -> None:
    """[C-43] The share of hits, from a million blocks on."""
    admin, runner = database.admin(), database.connect("strongroom_runner")
    tune(admin, "cache_hit", 101, 0)
    assert found(runner, "cache_hit") == []
    admin.execute("SET enable_seqscan = off; SET enable_bitmapscan = off; SET jit = off")
    admin.execute(
        "SELECT count(r.relname) FROM generate_series(1, 450000) AS n (n)"
        " CROSS JOIN LATERAL (SELECT c.relname FROM pg_class AS c"
        " WHERE c.oid = 1247 + n * 0 OFFSET 0) AS r"
    )
    admin.execute("SELECT pg_stat_force_next_flush()")
    wait_until(lambda: found(runner, "cache_hit"))
    ((level, detail, _),) = found(runner, "cache_hit")
    assert level == "WARN"
    assert detail.endswith("% of the blocks that this database read were in the cache.")
    tune(admin, "cache_hit", 1, 1)
    assert found(runner, "cache_hit") == []


def test_an_abandoned_slot_is_told_of_and_dropped(database: Database) -> None:
    admin, runner = database.admin(), database.connect("strongroom_runner")
    name = f"slot_{database.name}"
    admin.execute("SELECT pg_create_physical_replication_slot(%s, true)", (name,))

    def slots() -> list[tuple[str, str, str]]:
        return [row for row in found(runner, "replication_slot") if name in row[1]]

    try:
        ((level, detail, mend),) = slots()
        assert level == "WARN"
        assert "is not active and keeps" in detail
        tune(admin, "replication_slot", 0, 0)
        assert slots()[0][0] == "ERROR"
    finally:
        admin.execute(mend.encode())
    assert slots() == []
