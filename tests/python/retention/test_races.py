"""Retention beside holds, writers and other runners: step by step, and all at once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from random import Random
from typing import Any

import psycopg
import pytest

from tests.python.retention.conftest import Archive, place, release, run

pytestmark = pytest.mark.ends

_WAITING = (
    # Other databases are made of the same template and have the same numbers.
    "SELECT count(*) FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database"
    " WHERE NOT l.granted AND l.relation = 'kernel.legal_hold'::regclass"
    " AND d.datname = current_database()"
)


@contextmanager
def _aside(work: Callable[[], Any]) -> Iterator[Future[Any]]:
    """Do something in another thread, which ends with the block at the latest."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work)


def _wait_until_it_waits(archive: Archive, done: Future[Any]) -> None:
    for _ in range(2000):
        if archive.value(_WAITING):
            return
        assert not done.done(), done
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_hold_that_is_being_placed_is_waited_for(archive: Archive) -> None:
    """A batch that begins before the hold is committed sees it all the same."""
    archive.write(20, people=2)
    placing, runner = archive.runner(autocommit=False), archive.runner()
    place(placing, app="probe", subject="1")
    with _aside(lambda: run(runner)) as batch:
        _wait_until_it_waits(archive, batch)
        placing.commit()
        assert batch.result() == 10
    assert {user_id for user_id, _ in archive.notes()} == {1}
    archive.check_records()


def test_a_hold_waits_for_the_batch_and_keeps_what_is_left(archive: Archive) -> None:
    archive.write(20, people=2)
    placing, batch = archive.runner(), archive.runner(autocommit=False)
    batch.execute("SELECT kernel.apply_retention('notes', 8)")
    with _aside(lambda: place(placing, table="probe.notes")) as hold:
        _wait_until_it_waits(archive, hold)
        batch.commit()
        hold.result()
    assert run(batch) == 0
    batch.commit()
    assert len(archive.notes()) == 12
    archive.check_records()


def test_a_row_that_goes_first_is_not_held_in_vain(archive: Archive) -> None:
    """Whoever holds a row is told that it went while they waited."""
    archive.write(3, people=1)
    placing, batch = archive.runner(), archive.runner(autocommit=False)
    assert batch.execute("SELECT kernel.apply_retention('notes')").fetchone() == (3,)
    key = '{"user_id": 0, "id": 2}'
    with _aside(lambda: place(placing, table="probe.notes", row_key=key)) as hold:
        _wait_until_it_waits(archive, hold)
        batch.commit()
        with pytest.raises(psycopg.Error) as raised:
            hold.result()
    assert raised.value.sqlstate == "KR044"


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_an_old_snapshot_holds_no_row_that_is_gone(archive: Archive, level: str) -> None:
    archive.write(20, people=2)
    placing, runner = archive.runner(autocommit=False), archive.runner()
    placing.execute(f"SET TRANSACTION ISOLATION LEVEL {level}".encode())
    placing.execute("SELECT count(*) FROM kernel.legal_hold")
    assert run(runner) > 0
    with pytest.raises(psycopg.Error) as raised:
        place(placing, table="probe.notes", row_key='{"user_id": 0, "id": 2}')
    assert raised.value.sqlstate == "KR045"


def test_a_release_waits_too_and_lets_go_afterwards(archive: Archive) -> None:
    archive.write(4, people=2)
    releasing, batch = archive.runner(), archive.runner(autocommit=False)
    held = place(releasing, app="probe", subject="1")
    assert batch.execute("SELECT kernel.apply_retention('notes')").fetchone() == (2,)
    with _aside(lambda: release(releasing, held)) as done:
        _wait_until_it_waits(archive, done)
        batch.commit()
        done.result()
    # The first of these comes to the end of the sweep that was under way.
    assert (run(releasing), run(releasing)) == (0, 2)
    archive.check_records()


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_an_old_snapshot_destroys_nothing(archive: Archive, level: str) -> None:
    archive.write(3)
    statement = f"SET default_transaction_isolation TO '{level}'".encode()
    runner, owner = archive.runner(), archive.database.admin()
    calls = {
        "apply_retention('notes')": runner,
        "apply_retention()": runner,
        "is_partition_free('probe.notes')": owner,
    }
    for call, connection in calls.items():
        connection.execute(statement)
        with pytest.raises(psycopg.Error) as raised:
            connection.execute(f"SELECT kernel.{call}".encode())
        assert raised.value.sqlstate == "KR045"
    assert len(archive.notes()) == 3


def test_a_row_that_is_being_written_is_left_alone(archive: Archive) -> None:
    """Nobody waits: the writer's row stays now, and goes later if it is still old."""
    archive.write(6, people=1)
    writer, runner = archive.database.connect("postgres", autocommit=False), archive.runner()
    writer.execute("UPDATE probe.notes SET at = now() WHERE id = 2")
    writer.execute("UPDATE probe.notes SET body = 'other words' WHERE id = 3")
    assert run(runner) == 4
    writer.commit()
    assert archive.notes() == [(0, 2), (0, 3)]
    assert run(runner) == 1
    assert archive.notes() == [(0, 2)]
    archive.check_records()


def test_a_row_that_grew_young_meanwhile_stays(archive: Archive) -> None:
    """The writer commits while the batch looks at the row: what counts is what the row is then."""
    archive.write(6, people=1)
    for attempt in range(5):
        writer, runner = archive.database.connect("postgres", autocommit=False), archive.runner()
        writer.execute("UPDATE probe.notes SET at = now() WHERE id = 2")
        with _aside(lambda: run(runner)) as batch:  # noqa: B023
            time.sleep(0.01 * attempt)
            writer.commit()
            batch.result()
        assert archive.notes() == [(0, 2)]
        archive.check_records()
        archive.admin.execute("UPDATE probe.notes SET at = now() - interval '40 days'")


def test_a_key_that_changes_meanwhile_is_recorded_as_it_was_at_the_end(archive: Archive) -> None:
    """The batch has read the old key when it comes to the row, which has another one by then."""
    for attempt in range(5):
        first = 10 * attempt + 1
        archive.write(6, first=first, people=1)
        writer, runner = archive.database.connect("postgres", autocommit=False), archive.runner()
        writer.execute("UPDATE probe.notes SET id = 1000 + id WHERE id = %s", (first + 2,))
        with _aside(lambda: run(runner)) as batch:  # noqa: B023
            time.sleep(0.01 * attempt)
            writer.commit()
            batch.result()
        run(runner)
        assert archive.notes() == []
        archive.check_records()


def test_a_row_that_a_trigger_keeps_is_in_no_record(archive: Archive) -> None:
    """It was read with the others, and did not go with them."""
    archive.write(6, people=1)
    archive.admin.execute(
        "CREATE FUNCTION probe.tg_keep() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NULL; END $$;"
        "CREATE TRIGGER t10_keep BEFORE DELETE ON probe.notes FOR EACH ROW WHEN (old.id = 2)"
        " EXECUTE FUNCTION probe.tg_keep()"
    )
    assert run(archive.runner()) == 5
    assert archive.notes() == [(0, 2)]
    archive.check_records()


def test_a_second_runner_does_not_wait_and_takes_another_policy(archive: Archive) -> None:
    archive.write(20)
    archive.admin.execute("INSERT INTO probe.chats SELECT 1, now() - interval '40 days'")
    first, second = archive.runner(autocommit=False), archive.runner()
    # The first one is at 'chats', which comes first by name.
    assert first.execute("SELECT kernel.apply_retention()").fetchone() == (1,)
    assert second.execute("SELECT kernel.apply_retention('chats')").fetchone() == (0,)
    assert second.execute("SELECT kernel.apply_retention()").fetchone() == (20,)
    first.commit()
    assert second.execute("SELECT kernel.apply_retention()").fetchone() == (0,)
    archive.check_records()


def test_a_row_that_somebody_refers_to_in_the_midst_stays(archive: Archive) -> None:
    """A reference that is not committed yet counts; nothing goes by CASCADE."""
    archive.admin.execute(
        "INSERT INTO probe.chats (id, at)"
        " SELECT n, now() - interval '40 days' FROM generate_series(1, 5) AS n"
    )
    writer, runner = archive.database.connect("postgres", autocommit=False), archive.runner()
    writer.execute("INSERT INTO probe.messages VALUES (1, 3)")
    assert run(runner, "chats") == 4
    writer.commit()
    assert run(runner, "chats") == 0
    assert archive.query("SELECT id, chat FROM probe.messages") == [(1, 3)]


_WAITED_FOR = (
    "SELECT count(*) FROM pg_locks AS l JOIN pg_stat_activity AS a ON a.pid = l.pid"
    " WHERE NOT l.granted AND a.datname = current_database()"
)

# A machine may take longer to look than a batch waits.
_PATIENT = """
DO $$
DECLARE
    v_function regprocedure;
BEGIN
    FOR v_function IN
        SELECT p.oid FROM pg_proc AS p
        WHERE p.pronamespace = 'kernel'::regnamespace AND 'lock_timeout=100ms' = ANY (p.proconfig)
    LOOP
        EXECUTE format('ALTER FUNCTION %s SET lock_timeout = 60000', v_function);
    END LOOP;
END;
$$
"""


@pytest.mark.parametrize(
    ("policy", "change"),
    [
        ("chats", "INSERT INTO probe.messages VALUES (1, 3)"),
        ("notes", "UPDATE probe.notes SET id = 333 WHERE id = 3"),
    ],
)
def test_what_is_committed_while_a_batch_waits_for_it_is_seen(
    any_archive: Archive, policy: str, change: str
) -> None:
    """Sooner than the batch gives up: nothing goes by CASCADE, nothing by a key that it had."""
    archive = any_archive
    archive.admin.execute(_PATIENT.encode())
    archive.write(5)
    archive.admin.execute(
        "INSERT INTO probe.chats (id, at)"
        " SELECT n, now() - interval '40 days' FROM generate_series(1, 5) AS n"
    )
    archive.outlast()
    writer, runner = archive.database.connect("postgres", autocommit=False), archive.runner()
    writer.execute(change.encode())
    with _aside(lambda: run(runner, policy)) as batch:
        while not batch.done() and not archive.value(_WAITED_FOR):
            time.sleep(0.005)
        # Longer than it would wait by itself.
        time.sleep(0.2)
        writer.commit()
        assert batch.result() == (4 if policy == "chats" else 5)
    assert archive.query("SELECT id, chat FROM probe.messages") == [(1, 3)] * (policy == "chats")
    archive.check_records()


def test_a_row_that_is_referred_to_in_its_partition_alone_stays(any_archive: Archive) -> None:
    """The foreign key points to a partition, not to the table of the policy."""
    any_archive.admin.execute(
        "SET ROLE strongroom_owner;"
        "CREATE TABLE probe.events (id bigint, at timestamptz, PRIMARY KEY (id, at))"
        " PARTITION BY RANGE (at);"
        "CREATE INDEX events_at_idx ON probe.events (at);"
        "CREATE TABLE probe.events_old PARTITION OF probe.events"
        " FOR VALUES FROM ('2000-01-01') TO ('2020-01-01');"
        "CREATE TABLE probe.events_new PARTITION OF probe.events"
        " FOR VALUES FROM ('2020-01-01') TO ('2100-01-01');"
        "CREATE UNIQUE INDEX ON probe.events_new (id);"
        "CREATE TABLE probe.remarks ("
        " event bigint REFERENCES probe.events_new (id) ON DELETE CASCADE);"
        "CREATE POLICY all_owner ON probe.events TO strongroom_owner USING (true);"
        "INSERT INTO kernel.retention_policy"
        " (name, relation, action, time_expression, keep_for, reason)"
        " VALUES ('events', 'probe.events', 'delete', 'at', '30 days', 'purpose fulfilled');"
        "INSERT INTO probe.events"
        " VALUES (1, '2010-01-01'), (1, '2024-01-01'), (2, '2024-01-01');"
        "INSERT INTO probe.remarks VALUES (1);"
        "RESET ROLE"
    )
    assert run(any_archive.runner(), "events") == 2
    assert any_archive.query("SELECT id, EXTRACT(year FROM at)::int FROM probe.events") == [
        (1, 2024)
    ]
    assert any_archive.query("SELECT event FROM probe.remarks") == [(1,)]


def test_a_table_that_is_locked_ends_the_batch_soon(archive: Archive) -> None:
    archive.write(3)
    other, runner = archive.database.connect("postgres", autocommit=False), archive.runner()
    other.execute("LOCK TABLE probe.notes IN SHARE ROW EXCLUSIVE MODE")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        run(runner)
    other.rollback()
    assert run(runner) == 3
    archive.check_records()


def test_many_runners_and_holds_at_once(archive: Archive) -> None:
    """No row of a held person goes between the hold's commit and its release."""
    archive.write(3000, people=8)
    held: list[tuple[int, float, float]] = []

    def run_them(_: int) -> int:
        runner = archive.runner()
        return sum(run(runner, limit=25) for _ in range(4))

    def hold_them(seed: int) -> None:
        random, keeper = Random(seed), archive.runner()
        for _ in range(12):
            person = random.randrange(8)
            hold = place(keeper, app="probe", subject=str(person))
            begun = time.time()
            time.sleep(random.random() * 0.05)
            held.append((person, begun, time.time()))
            release(keeper, hold)

    with ThreadPoolExecutor(5) as pool:
        runs = pool.map(run_them, range(3))
        list(pool.map(hold_them, range(2)))
        gone = sum(runs)
    gone += run(archive.runner())
    assert gone == 3000
    assert archive.notes() == []
    archive.check_records()
    for user_id, at in archive.query(
        "SELECT user_id, EXTRACT(epoch FROM at)::float8 FROM probe.gone"
    ):
        assert not any(user_id == person and a < at < b for person, a, b in held)


def test_rows_that_are_referred_to_all_the_time_take_nothing_along(any_archive: Archive) -> None:
    """A reference may be newer than what the batch saw, and older than its lock on the row."""
    archive, count, written = any_archive, 20000, list[tuple[int]]()
    archive.admin.execute(
        "INSERT INTO probe.chats (id, at)"
        " SELECT n, now() - interval '40 days' FROM generate_series(1, %s) AS n",
        (count,),
    )
    writer, runner = archive.database.connect("postgres"), archive.runner()
    with _aside(lambda: run(runner, "chats", 4000)) as batches:
        # From the end, for those at the beginning go first.
        for chat in range(count, 0, -1):
            if batches.done():
                break
            with suppress(psycopg.errors.ForeignKeyViolation):
                writer.execute("INSERT INTO probe.messages VALUES (%s, %s)", (chat, chat))
                written.append((chat,))
        batches.result()
    assert archive.query("SELECT id FROM probe.messages ORDER BY id DESC") == written
