"""Streams: rows in parts, one transaction, one identity, whatever happens to the reader."""
# ruff: noqa: PT012, SIM117 (what raises is the block as a whole)

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from strongroom.session import (
    AsyncSession,
    NoIdentity,
    Session,
    Statement,
    Stream,
    Tracing,
    TransactionConflict,
    WrongRole,
    async_session,
    load_one,
    session,
)
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    ADD,
    EVERY_TITLE,
    LEFT,
    NOTHING_LEFT,
    PID,
    TITLES,
    WHO,
    assert_clean,
    statement,
    value,
)

NUMBERS = value("SELECT n AS v FROM pg_catalog.generate_series(1, $1) AS n", "integer")
UNTIL_ZERO = value(
    "SELECT 10 / (5 - n) AS v FROM pg_catalog.generate_series(1, $1) AS n", "integer"
)


def everything(connection: Connection, **identity: object) -> Session:
    return session(connection, app="tarot", user_id=1, **identity)  # type: ignore[arg-type]


def test_rows_come_in_parts(shelf_everywhere: Database, tmp_path: Path) -> None:
    connection = shelf_everywhere.connect()
    trace = tmp_path / "trace"
    with everything(connection) as db, trace.open("wb") as file:
        connection.pgconn.trace(file.fileno())
        rows = db.stream(NUMBERS, (1000,), fetch=100)
        seen = []
        for row in rows:
            seen.append(row)
            if row == 250:
                connection.pgconn.untrace()
                asked = trace.read_text().count('"FETCH FORWARD 100')
                connection.pgconn.trace(file.fileno())
        connection.pgconn.untrace()
        assert seen == list(range(1, 1001))
        # Three parts were asked for when row 250 was read: the rest was still on the server.
        assert asked == 3
        assert trace.read_text().count('"FETCH FORWARD 100') == 11
    assert_clean(connection)


@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_every_row_once(connection: Connection, count: int, prepare: bool) -> None:
    with everything(connection, prepare=prepare) as db:
        for _ in range(2):
            assert list(db.stream(NUMBERS, (count,), fetch=2)) == list(range(1, count + 1))
            assert_clean(connection)
            assert db.many(NUMBERS, (count,)) == list(range(1, count + 1))


def test_each_user_reads_own_rows_in_every_part(shelf_everywhere: Database) -> None:
    for user, titles in ((1, ["Emma", "Persuasion"]), (2, ["Dracula"])):
        connection = shelf_everywhere.connect()
        with session(connection, app="tarot", user_id=user) as db:
            assert list(db.stream(TITLES, fetch=1)) == titles
        with db, db.transaction():
            assert list(db.stream(TITLES, fetch=1)) == titles
        connection.close()


def test_identity_and_role_are_asked_for_before_anything_is_sent(connection: Connection) -> None:
    with session(connection, app="tarot") as db:
        with pytest.raises(NoIdentity):
            db.stream(TITLES)
        with pytest.raises(WrongRole):
            db.stream(EVERY_TITLE)
    with session(connection, app="tarot", role="worker") as db:
        assert sorted(db.stream(EVERY_TITLE, fetch=2)) == ["Dracula", "Emma", "Persuasion"]


def test_reader_that_fails_leaves_nothing(connection: Connection, admin: Connection) -> None:
    admin.execute("CREATE SEQUENCE shelf.reads")
    with everything(connection) as db:
        with pytest.raises(ZeroDivisionError), db.stream(NUMBERS, (9,), fetch=2) as rows:
            for row in rows:
                1 / (row - 3)
        assert_clean(connection)
        assert db.many(TITLES) == ["Emma", "Persuasion"]
        with pytest.raises(StopIteration):
            next(rows)


def test_closed_early_by_hand_and_by_with(connection: Connection) -> None:
    with everything(connection) as db:
        rows = db.stream(NUMBERS, (9,), fetch=2)
        assert next(rows) == 1
        rows.close()
        rows.close()
        assert list(rows) == []
        assert_clean(connection)
        with db.stream(NUMBERS, (9,), fetch=2) as rows:
            assert next(rows) == 1
        assert_clean(connection)


def test_dropped_in_the_middle(connection: Connection) -> None:
    with everything(connection) as db:
        for row in db.stream(NUMBERS, (9,), fetch=2):
            if row == 3:
                break
        gc.collect()
        assert_clean(connection)
        # Dropped while the lock is taken: the next call ends it.
        rows: Stream[object] | None = db.stream(NUMBERS, (9,), fetch=2)
        assert rows is not None
        next(rows)
        with connection.lock:
            rows = None
            gc.collect()
        assert db.many(TITLES) == ["Emma", "Persuasion"]
        assert_clean(connection)


def test_other_calls_meanwhile(connection: Connection) -> None:
    with everything(connection) as db:
        with db.stream(TITLES, fetch=1) as rows:
            assert next(rows) == "Emma"
            with pytest.raises(TransactionConflict, match=r"a stream of shelf\.test is open"):
                db.exec(ADD, (50, "Ulysses", None))
            with pytest.raises(TransactionConflict, match=r"a stream of shelf\.test is open"):
                with db.transaction():
                    pytest.fail("a block was opened")
            with pytest.raises(TransactionConflict, match=r"a stream of shelf\.test is open"):
                next(db.stream(TITLES))
            with session(connection, app="tarot", user_id=2) as other:
                with pytest.raises(TransactionConflict):
                    other.many(TITLES)
            assert list(rows) == ["Persuasion"]
        db.exec(ADD, (50, "Ulysses", None))
        assert list(db.stream(TITLES)) == ["Emma", "Persuasion", "Ulysses"]


def test_inside_a_block_everything_goes_on(connection: Connection) -> None:
    with everything(connection) as db:
        with db.transaction():
            for number, title in enumerate(db.stream(TITLES, fetch=1)):
                db.exec(ADD, (60 + number, f"{title} again", None))
                with pytest.raises(ZeroDivisionError), db.transaction():
                    db.exec(ADD, (70 + number, "lost", None))
                    raise ZeroDivisionError
            first, second = db.stream(TITLES, fetch=1), db.stream(TITLES, fetch=3)
            assert next(first) == "Emma"
            assert list(second) == [*db.many(TITLES)]
            first.close()
            left = db.stream(TITLES, fetch=1)
            assert next(left) == "Emma"
        with pytest.raises(TransactionConflict, match="has ended"):
            next(left)
        assert db.many(TITLES) == ["Emma", "Persuasion", "Emma again", "Persuasion again"]
    assert_clean(connection)


def test_in_a_transaction_of_the_program(manual: Connection) -> None:
    with everything(manual) as db:
        rows = db.stream(TITLES, fetch=1)
        assert next(rows) == "Emma"
        db.exec(ADD, (50, "Ulysses", None))
        manual.commit()
        with pytest.raises(TransactionConflict, match="has ended"):
            next(rows)
        assert list(db.stream(TITLES, fetch=1)) == ["Emma", "Persuasion", "Ulysses"]
        assert manual.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        manual.execute("SAVEPOINT mine")
        rows = db.stream(TITLES, fetch=1)
        next(rows)
        manual.execute("ROLLBACK TO mine")
        rows.close()
        assert manual.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
        manual.rollback()


def test_session_that_ends_first(connection: Connection) -> None:
    with everything(connection) as db:
        rows = db.stream(NUMBERS, (9,), fetch=2)
        assert next(rows) == 1
    assert_clean(connection)
    assert next(rows) == 2
    with pytest.raises(TransactionConflict, match="has ended"):
        next(rows)
    with session(connection, app="tarot", user_id=2) as other:
        assert other.one(WHO)[2] == 2


def test_pools(shelf: Database) -> None:
    with ConnectionPool(shelf.url(), min_size=1, max_size=1) as pool:
        with session(pool, app="tarot", user_id=1) as db:
            for _ in db.stream(NUMBERS, (9,), fetch=2):
                break
            rows = db.stream(NUMBERS, (9,), fetch=2)
            next(rows)
        with session(pool, app="tarot", user_id=2) as db:
            assert list(db.stream(TITLES)) == ["Dracula"]
            rows.close()
            assert list(db.stream(TITLES)) == ["Dracula"]


def test_error_of_the_server_between_parts(shelf_everywhere: Database) -> None:
    connection = shelf_everywhere.connect()
    with everything(connection) as db:
        rows = db.stream(UNTIL_ZERO, (9,), fetch=2)
        assert [next(rows) for _ in range(4)] == [2, 3, 5, 10]
        with pytest.raises(psycopg.errors.DivisionByZero) as raised:
            next(rows)
        assert "DETAIL" not in str(raised.value)
        assert list(rows) == []
        assert_clean(connection)
        with pytest.raises(psycopg.errors.DivisionByZero), db.transaction():
            list(db.stream(UNTIL_ZERO, (9,), fetch=2))
        assert_clean(connection)


def test_limit_of_time_counts_for_each_part(connection: Connection) -> None:
    slow = value(
        "SELECT n AS v FROM pg_catalog.generate_series(1, 3) AS n,"
        " LATERAL (SELECT pg_catalog.pg_sleep(CASE n WHEN 3 THEN 60 ELSE 0 END)) AS s",
        timeout_ms=1000,
    )
    with everything(connection) as db:
        rows = db.stream(slow, fetch=1)
        assert [next(rows), next(rows)] == [1, 2]
        with pytest.raises(psycopg.errors.QueryCanceled):
            next(rows)
    assert_clean(connection)


def test_connection_killed_between_parts(connection: Connection, admin: Connection) -> None:
    with everything(connection) as db:
        pid = db.one(PID)
        with pytest.raises(psycopg.OperationalError):
            with db.stream(NUMBERS, (9,), fetch=2) as rows:
                for row in rows:
                    if row == 2:
                        admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
        with pytest.raises(psycopg.OperationalError):
            db.many(TITLES)
    assert connection.closed


def test_migration_between_two_streams(connection: Connection, admin: Connection) -> None:
    extra = value("SELECT extra AS v FROM shelf.books ORDER BY id")
    with everything(connection) as db:
        assert list(db.stream(extra, fetch=1)) == [None, None]
        admin.execute("ALTER TABLE shelf.books ALTER COLUMN extra TYPE text USING 'x'")
        assert list(db.stream(extra, fetch=1)) == ["x", "x"]
        assert db.many(extra) == ["x", "x"]
    mood = value("SELECT title AS v FROM shelf.books WHERE mood = $1", "shelf.mood")
    with everything(connection) as db:
        assert list(db.stream(mood, ("calm",))) == []
        admin.execute(
            "ALTER TABLE shelf.books DROP mood; DROP TYPE shelf.mood;"
            "CREATE TYPE shelf.mood AS ENUM ('calm'); ALTER TABLE shelf.books ADD mood shelf.mood"
        )
        assert list(db.stream(mood, ("calm",))) == []
    assert_clean(connection)


def test_rows_of_a_shape(connection: Connection) -> None:
    shaped: Statement[object] = statement(
        "SELECT id, title, mood, extra FROM shelf.books ORDER BY id",
        columns=("id", "title", "mood", "extra"),
        row=lambda *values: values,
    )
    with everything(connection) as db:
        assert list(db.stream(shaped, fetch=1)) == db.many(shaped)
        renamed = replace(shaped, columns=("id", "name", "mood", "extra"))
        with pytest.raises(Exception, match="generated for"):
            next(db.stream(renamed))
        assert_clean(connection)


def test_each_trip_is_observed(connection: Connection) -> None:
    seen: list[str] = []

    @contextmanager
    def observe(statement: Statement[object]) -> Iterator[None]:
        yield
        seen.append(statement.name)

    traced = Tracing(tags={"route": "x"}, observe=observe)
    with session(connection, app="tarot", user_id=1, tracing=traced) as db:
        assert list(db.stream(TITLES, fetch=1)) == ["Emma", "Persuasion"]
        # Opened, three parts (the last one empty), ended.
        assert seen == [TITLES.name] * 5
        echo = value("SELECT $1 AS v", "text")
        assert db.batch(echo, ["a", "b"], take=lambda t: (t,), load=load_one) == ["a", "b"]
        assert len(seen) == 6


def test_async_streams(shelf: Database) -> None:
    async def main() -> None:
        connection = await psycopg.AsyncConnection.connect(shelf.url(), autocommit=True)
        async with connection, async_session(connection, app="tarot", user_id=1) as db:
            assert [row async for row in db.stream(NUMBERS, (5,), fetch=2)] == [1, 2, 3, 4, 5]
            with pytest.raises(ZeroDivisionError):
                async with db.stream(TITLES, fetch=1) as rows:
                    async for _ in rows:
                        with pytest.raises(TransactionConflict):
                            await db.many(TITLES)
                        raise ZeroDivisionError
            assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT
            async for _ in db.stream(NUMBERS, (5,), fetch=2):
                break
            # The next call ends what was dropped, if the event loop has not done it yet.
            assert await db.many(TITLES) == ["Emma", "Persuasion"]
            async for _ in db.stream(NUMBERS, (5,), fetch=2):
                break
            while connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
                await asyncio.sleep(0.01)
            async with db.transaction():
                titles = [row async for row in db.stream(TITLES, fetch=1)]
                assert titles == await db.many(TITLES)

    asyncio.run(main())


@pytest.mark.parametrize("block", [False, True])
def test_task_cancelled_in_the_middle(shelf: Database, block: bool) -> None:
    slow = value(
        "SELECT n AS v FROM pg_catalog.generate_series(1, 3) AS n,"
        " LATERAL (SELECT pg_catalog.pg_sleep(CASE n WHEN 2 THEN 60 ELSE 0 END)) AS s"
    )

    async def read(db: AsyncSession, first: asyncio.Event) -> None:
        async for _ in db.stream(slow, fetch=1):
            first.set()

    async def read_in_block(db: AsyncSession, first: asyncio.Event) -> None:
        async with db.transaction():
            await read(db, first)

    async def main() -> None:
        connection = await psycopg.AsyncConnection.connect(shelf.url(), autocommit=True)
        async with connection, async_session(connection, app="tarot", user_id=1) as db:
            first = asyncio.Event()
            task = asyncio.create_task((read_in_block if block else read)(db, first))
            await first.wait()
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            if not connection.closed:
                assert await db.many(TITLES) == ["Emma", "Persuasion"]
                assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())
