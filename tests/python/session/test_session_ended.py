"""What goes on when its session has ended: nothing is sent any more, least of all for others."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from strongroom.session import (
    AsyncSession,
    SessionError,
    TransactionConflict,
    async_session,
    link,
    load_rowcount,
    session,
)
from tests.python.fix_databases import Connection, Database
from tests.python.session.lots import Item, as_user, books, whole
from tests.python.session.shelf import (
    ADD,
    LEFT,
    NOTHING_LEFT,
    TITLE,
    TITLES,
    assert_clean,
    left_behind,
    statement,
    value,
)

ROLE = value("SELECT current_user::text AS v", at_most_one=True, identity=False)


class Gate:
    """Items that stop after the first `count` until they are let go on."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.reached = asyncio.Event()
        self.open = asyncio.Event()

    async def items(self) -> AsyncIterator[Item]:
        for number, item in enumerate(books(self.count + 5)):
            if number == self.count:
                self.reached.set()
                await self.open.wait()
            yield item


@pytest.mark.parametrize("count", [0, 700])
@pytest.mark.parametrize("in_transaction", [False, True])
def test_a_batch_that_outlives_its_session(
    counts: Database, admin: Connection, count: int, in_transaction: bool
) -> None:
    async def main() -> None:
        gate = Gate(count)
        pool = AsyncConnectionPool(counts.url(), min_size=1, max_size=1, open=False)
        async with pool:
            async with async_session(pool, app="tarot", user_id=1) as db:
                task = asyncio.create_task(
                    db.batch(ADD, gate.items(), take=whole, load=load_rowcount)
                )
                await gate.reached.wait()
            async with pool.connection() as other:
                if in_transaction:
                    await other.execute("SELECT 1")
                gate.open.set()
                with pytest.raises(SessionError):
                    await task
                assert await (await other.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())
    assert admin.execute("SELECT count(*) FROM shelf.books").fetchone() == (3,)


def test_an_end_that_is_cancelled_comes_all_the_same(counts: Database) -> None:
    async def main() -> None:
        connection = await psycopg.AsyncConnection.connect(counts.url(), autocommit=True)
        async with connection:
            db = await async_session(connection, app="tarot", user_id=1).__aenter__()
            await db.transaction().__aenter__()
            await db.many(TITLES)
            # As when another task of the session is in the middle of a call.
            await connection.lock.acquire()
            ending = asyncio.create_task(db.__aexit__(None, None, None))
            await asyncio.sleep(0)
            ending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await ending
            connection.lock.release()
            assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["batch", "bulk"])
def test_other_tasks_are_not_drawn_into_its_transaction(counts: Database, kind: str) -> None:
    """A call that was answered must not be undone with the items of another task."""
    bulk = statement(
        "INSERT INTO shelf.books (id, title) SELECT a, b FROM unnest($1, $2) AS u (a, b)",
        ("bigint[]", "text[]"),
        writes=True,
    )

    async def many(db: AsyncSession) -> None:
        items = [*books(1400), (1, "Emma's number", None)]
        if kind == "batch":
            await db.batch(ADD, items, take=whole, load=load_rowcount)
        else:
            await db.bulk(bulk, items, take=lambda item: item[:2], chunk=100)

    async def main() -> None:
        connection = await psycopg.AsyncConnection.connect(counts.url(), autocommit=True)
        async with connection, async_session(connection, app="tarot", user_id=1) as db:
            await db.exec(ADD, (50, "First", None))
            task = asyncio.create_task(many(db))
            answered = []
            for number in range(60, 90):
                try:
                    await db.exec(ADD, (number, f"n{number}", None))
                    answered.append(f"n{number}")
                except TransactionConflict:
                    await asyncio.sleep(0.001)
            with pytest.raises(psycopg.errors.UniqueViolation):
                await task
            assert (await db.many(TITLES))[2:] == ["First", *answered]

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["stream", "program", "block"])
def test_a_connection_that_died_is_forgotten(shelf: Database, kind: str) -> None:
    def die() -> None:
        connection = psycopg.connect(shelf.url(), autocommit=kind != "program")
        with session(connection, app="tarot", user_id=1) as db:
            if kind == "stream":
                rows = db.stream(TITLES, fetch=1)
                next(rows)
            elif kind == "program":
                db.many(TITLES)
            else:
                db.transaction().__enter__()
                db.many(TITLES)
            connection.pgconn.finish()

    gc.collect()
    before = len(link._links)
    for _ in range(5):
        die()
    gc.collect()
    assert len(link._links) == before


def test_identity_after_a_savepoint_of_the_program(manual: Connection) -> None:
    """A failed transaction can't be told to forget it, and may be rolled back to where it was."""
    with as_user(manual) as db:
        db.many(TITLES)
        manual.execute("SAVEPOINT s")
        with pytest.raises(psycopg.errors.UniqueViolation):
            db.exec(ADD, (1, "Twice", None))
    manual.execute("ROLLBACK TO s")
    with session(manual, app=None) as plain:
        assert plain.one(ROLE) == "strongroom_login"
    assert left_behind(manual) == NOTHING_LEFT
    manual.rollback()
    with as_user(manual) as db:
        assert db.many(TITLES) == ["Emma", "Persuasion"]


@pytest.mark.parametrize("calls", [1, 3])
def test_autocommit_switched_between_calls(shelf: Database, calls: int) -> None:
    connection = shelf.connect()
    with as_user(connection) as db:
        for number in range(calls):
            db.exec(ADD, (50 + number, f"Kept {number}", None))
        connection.autocommit = False
        db.exec(ADD, (60, "Undone", None))
        connection.rollback()
        connection.autocommit = True
        db.exec(ADD, (70, "Kept, too", None))
        assert_clean(connection)
        assert db.many(TITLES)[2:] == [*(f"Kept {n}" for n in range(calls)), "Kept, too"]


class Turnstile:
    """The lock of a connection, with what happens on the way in and after the way out."""

    def __init__(self, lock: threading.Lock) -> None:
        self.lock = lock
        self.before: Callable[[], object] = lambda: None
        self.after: Callable[[], object] = lambda: None

    def __enter__(self) -> None:
        self.before()
        self.lock.acquire()

    def __exit__(self, *error: object) -> None:
        self.lock.release()
        self.after()


@pytest.mark.parametrize("interrupted", [False, True], ids=["after close", "instead of close"])
def test_a_call_that_waits_for_its_turn_until_the_session_ends(
    connection: Connection, interrupted: bool
) -> None:
    """As soon as the session has told the server of its end, and also when it could not."""
    turnstile = Turnstile(connection.lock)
    waits, may_go = threading.Event(), threading.Event()
    found: list[object] = []

    def call() -> None:
        try:
            found.append(db.one(TITLE, (1,)))
        except SessionError as error:
            found.append(error)

    def before() -> None:
        if threading.current_thread() is late:
            waits.set()
            assert may_go.wait(20)
        elif interrupted:
            raise KeyboardInterrupt

    def after() -> None:
        if threading.current_thread() is not late:
            may_go.set()
            late.join()

    db = as_user(connection).__enter__()
    # From the second one on, calls of this statement need nothing else to be sent.
    assert [db.one(TITLE, (1,)) for _ in range(2)] == ["Emma"] * 2
    late = threading.Thread(target=call)
    connection.lock = turnstile  # type: ignore[assignment]
    turnstile.before, turnstile.after = before, after
    late.start()
    assert waits.wait(20)
    with suppress(KeyboardInterrupt):
        db.__exit__(None, None, None)
    may_go.set()
    late.join()
    assert [type(one) for one in found] == [SessionError], found
