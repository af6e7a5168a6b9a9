"""Sealing, while others write, seal and erase: scripted on two connections."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest

from tests.python.audit.conftest import Audited, problems, value

_SEAL = "SELECT kernel.seal_audit()"
_INSERT = "INSERT INTO probe.people (id) VALUES (%s)"


def test_a_late_commit_never_falls_into_a_sealed_batch(audited: Audited) -> None:
    """[A-07] The elder transaction commits after the younger one's entries are sealed."""
    late, early, runner = audited.writer(autocommit=False), audited.writer(), audited.runner()
    late.execute(_INSERT.encode(), (1,))
    early.execute(_INSERT.encode(), (2,))
    assert value(runner, _SEAL) == 1
    batch, chain = audited.export()
    assert value(runner, _SEAL) == 0
    late.commit()
    assert problems(runner, 1, batch, chain) == []
    assert value(runner, _SEAL) == 1
    assert problems(runner) == []
    assert problems(runner, 1, batch, chain) == []
    admin = audited.database.admin()
    sealed = admin.execute("SELECT batch, key FROM kernel.audit_log ORDER BY id").fetchall()
    assert sealed == [(2, "1"), (1, "2")]


def test_what_is_rolled_back_is_never_sealed(audited: Audited) -> None:
    writer, runner = audited.writer(autocommit=False), audited.runner()
    writer.execute(_INSERT.encode(), (1,))
    assert value(runner, _SEAL) == 0
    writer.rollback()
    assert value(runner, _SEAL) == 0
    assert problems(runner) == []


def test_a_second_sealer_does_nothing_and_waits_for_nobody(audited: Audited) -> None:
    audited.writer().execute(_INSERT.encode(), (1,))
    first, second = audited.runner(autocommit=False), audited.runner()
    assert value(first, _SEAL) == 1
    assert value(second, _SEAL) == 0
    first.rollback()
    assert value(second, _SEAL) == 1
    assert problems(second) == []


def test_writers_and_verifiers_do_not_wait_for_a_sealer(audited: Audited) -> None:
    writer, other = audited.writer(), audited.runner()
    writer.execute(_INSERT.encode(), (1,))
    sealer = audited.runner(autocommit=False)
    assert value(sealer, _SEAL) == 1
    for connection in (writer, other):
        connection.execute("SET lock_timeout = '100ms'")
    writer.execute(_INSERT.encode(), (2,))
    assert problems(other) == []
    sealer.commit()


def test_erasure_waits_for_the_batch_and_misses_nothing(audited: Audited) -> None:
    """[X-3] Entries move from the inbox to the log while somebody is forgotten."""
    writer = audited.writer()
    writer.execute("INSERT INTO probe.people (id, name) VALUES (1, 'Anna')")
    writer.execute("DELETE FROM probe.people")
    sealer, eraser = audited.runner(autocommit=False), audited.runner()
    assert value(sealer, _SEAL) == 2
    erased: list[int] = []
    statement = "SELECT kernel.erase_audit('probe', '1')"
    thread = threading.Thread(target=lambda: erased.append(value(eraser, statement)))
    thread.start()
    waits = "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted"
    admin = audited.database.admin()
    while not value(admin, waits, eraser.info.backend_pid):
        time.sleep(0.01)
    sealer.commit()
    thread.join()
    assert erased == [1]
    assert value(admin, "SELECT count(*) FROM kernel.audit_log WHERE opening IS NOT NULL") == 0
    assert problems(sealer) == []


def test_erasure_at_a_stricter_isolation_is_refused(any_audited: Audited) -> None:
    eraser = any_audited.runner(autocommit=False)
    eraser.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    with pytest.raises(psycopg.Error) as refused:
        eraser.execute("SELECT kernel.erase_audit('probe', '1')")
    assert refused.value.sqlstate == "KR045"


def test_a_batch_ends_with_its_month(any_audited: Audited) -> None:
    """So that a partition that goes takes whole batches with it."""
    admin, runner = any_audited.tamperer(), any_audited.runner()
    admin.execute(
        "INSERT INTO kernel.audit_inbox (at, app, operation, role)"
        " SELECT now() + n %% 2 * interval '1 month', 'probe', 'ACCESS', 'x'"
        " FROM generate_series(1, 7) AS n",
        (),
    )
    assert [value(runner, _SEAL) for _ in range(3)] == [4, 3, 0]
    assert problems(runner) == []


def test_without_a_partition_nothing_is_lost(any_audited: Audited) -> None:
    """Writers go on, and what waits is sealed when the partition is there."""
    admin, runner = any_audited.tamperer(), any_audited.runner()
    admin.execute(
        "INSERT INTO kernel.audit_inbox (at, app, operation, role)"
        " VALUES (now() + interval '5 years', 'probe', 'ACCESS', 'x')"
    )
    # Those that come after it are sealed.
    any_audited.writer().execute(_INSERT.encode(), (1,))
    assert value(runner, _SEAL) == 1
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        value(runner, _SEAL)
    assert value(runner, "SELECT count(*) FROM kernel.audit_inbox") == 1
    said, hint = refused.value.diag.message_primary, refused.value.diag.message_hint
    assert said is not None
    assert hint is not None
    month = value(admin, "SELECT to_char(now() + interval '5 years', 'YYYY-MM')")
    assert said.startswith(f"entries of {month} wait for their seal")
    any_audited.writer().execute(hint.removeprefix("As strongroom_owner: ").encode())
    assert value(runner, _SEAL) == 1
    assert problems(runner) == []


def test_an_entry_dated_ahead_does_not_undo_the_seals_of_its_transaction(
    any_audited: Audited,
) -> None:
    """All batches of a run are one transaction where SQL alone runs the jobs."""
    admin, runner = any_audited.tamperer(), any_audited.runner()
    admin.execute(
        "UPDATE kernel.job SET is_enabled = name = 'seal_audit';"
        "INSERT INTO kernel.audit_inbox (at, app, operation, role)"
        " VALUES (now() + interval '5 years', 'probe', 'ACCESS', 'x')"
    )
    any_audited.writer().execute(_INSERT.encode(), (1,))
    jobs = "SELECT job, outcome, done, error_code FROM kernel.run_due_jobs()"
    assert runner.execute(jobs.encode()).fetchall() == [("seal_audit", "done", 1, None)]
    assert value(runner, "SELECT count(*) FROM kernel.audit_seal") == 1
    told = "SELECT level FROM kernel.check_audit_lag"
    assert runner.execute(told.encode()).fetchall() == [("ERROR",)]
    admin.execute("UPDATE kernel.job SET next_due_at = now()")
    assert runner.execute(jobs.encode()).fetchall() == [("seal_audit", "failed", 0, "23514")]


def test_a_batch_ends_where_the_partitions_do(any_audited: Audited) -> None:
    """A month of which partitions hold a part: that is sealed, the rest is waited for."""
    admin, runner = any_audited.tamperer(), any_audited.runner()
    admin.execute(
        "INSERT INTO kernel.audit_inbox (at, app, operation, role)"
        " SELECT timestamptz '2049-12-31 23:59+00' + n * interval '10 days', 'probe', 'ACCESS', 'x'"
        " FROM generate_series(0, 4) AS n;"
        "CREATE TABLE kernel.audit_log_far PARTITION OF kernel.audit_log"
        " FOR VALUES FROM ('2050-01-01 00:00+00') TO ('2050-01-20 00:00+00');"
        "CREATE TABLE kernel.audit_log_farther PARTITION OF kernel.audit_log"
        " FOR VALUES FROM ('2050-01-20 00:00+00') TO ('2050-01-25 00:00+00')"
    )
    # Those of the 10th and 20th; not those of December, the 30th and February.
    assert value(runner, _SEAL) == 2
    with pytest.raises(psycopg.errors.CheckViolation):
        value(runner, _SEAL)
    assert value(runner, "SELECT count(*) FROM kernel.audit_inbox") == 3
    assert problems(runner) == []


def test_a_partition_that_is_being_detached_takes_no_batch(any_audited: Audited) -> None:
    """Its entries wait, and those of other months are sealed."""
    admin, runner = any_audited.tamperer(), any_audited.runner()
    month = value(admin, "SELECT to_char(timezone('UTC', now()) + interval '1 month', 'YYYY_MM')")
    admin.execute(
        "INSERT INTO kernel.audit_inbox (at, app, operation, role)"
        " VALUES (now() + interval '1 month', 'probe', 'ACCESS', 'x')"
    )
    any_audited.writer().execute(_INSERT.encode(), (1,))
    reader = any_audited.writer(autocommit=False)
    reader.execute("SELECT FROM kernel.audit_log")
    admin.execute("SET statement_timeout = '500ms'")
    with pytest.raises(psycopg.errors.QueryCanceled):
        admin.execute(
            f"ALTER TABLE kernel.audit_log DETACH PARTITION kernel.audit_log_p{month}"
            " CONCURRENTLY".encode()
        )
    reader.rollback()
    assert value(runner, _SEAL) == 1
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        value(runner, _SEAL)
    assert "wait for their seal" in str(refused.value)
