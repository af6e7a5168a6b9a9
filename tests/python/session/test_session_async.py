"""AsyncSession keeps the same promises, and those about tasks and their cancellation."""
# ruff: noqa: PT012 (what raises is the block as a whole)

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg_pool import AsyncConnectionPool

from strongroom.session import (
    AsyncSession,
    BadParameter,
    NoIdentity,
    NoRow,
    SessionError,
    StalePlan,
    TooManyRows,
    TransactionAborted,
    TransactionConflict,
    WrongRole,
    async_session,
    session,
)
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    ADD,
    EVERY_TITLE,
    LEFT,
    NOTHING_LEFT,
    PID,
    REFUSE,
    RENAME_FROM,
    SLEEP,
    TITLE,
    TITLES,
    WHO,
    TooMuch,
    TwinMissing,
)

AsyncConnection = psycopg.AsyncConnection[Any]
Work = Callable[[AsyncConnection], Awaitable[None]]


def run(database: Database, work: Work) -> None:
    """Do asynchronous work on a connection in autocommit, which must be clean or closed then."""

    async def main() -> None:
        async with await psycopg.AsyncConnection.connect(database.url(), autocommit=True) as found:
            await work(found)
            if not found.closed:
                assert await (await found.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())


def test_calls(shelf_everywhere: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        async with async_session(connection, app="tarot", user_id=1, actor="a") as db:
            for number in (4, 5):
                assert (await db.one(WHO))[:4] == ("tarot_app", "tarot", 1, "a")
                await db.exec(ADD, (number, f"t{number}", None))
                assert await db.maybe(TITLE, (number,)) == f"t{number}"
                assert await db.rowcount(RENAME_FROM, (number, "!")) == 1
                with pytest.raises(TooManyRows):
                    await db.one(RENAME_FROM, (1, "?"))
            assert await db.many(TITLES) == ["Emma", "Persuasion", "t4!", "t5!"]
            assert await db.maybe(TITLE, (999,)) is None
            page = await db.page(TITLES, limit=3, key=lambda title: (title,))
            assert (len(page), page.next is None) == (3, False)

    run(shelf_everywhere, work)


def test_refusals(shelf: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        async with async_session(connection, app="tarot") as nobody:
            with pytest.raises(NoIdentity):
                await nobody.many(TITLES)
        async with async_session(connection, app="tarot", user_id=1) as db:
            with pytest.raises(WrongRole):
                await db.many(EVERY_TITLE)
            with pytest.raises(BadParameter):
                await db.one(TITLE, ("1",))
            with pytest.raises(BadParameter):
                await db.page(TITLES, limit=0, key=lambda title: (title,))
            with pytest.raises(NoRow):
                await db.one(TITLE, (999,))
            with pytest.raises(SessionError, match="open already"):
                await db.__aenter__()
        with pytest.raises(SessionError, match="not open"):
            await db.many(TITLES)

    run(shelf, work)


def test_the_wrong_kind_of_connection(connection: Connection) -> None:
    with pytest.raises(TypeError, match="not Connection"):
        async_session(connection, app="tarot")  # type: ignore[arg-type]

    async def main() -> None:
        async with AsyncConnectionPool(open=False) as pool:
            session(pool, app="tarot")  # type: ignore[arg-type]

    with pytest.raises(TypeError, match="not AsyncConnectionPool"):
        asyncio.run(main())


def test_blocks(shelf: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        async with async_session(connection, app="tarot", user_id=1) as db:
            async with db.transaction(isolation="serializable"):
                await db.exec(ADD, (4, "Kept", None))
                with pytest.raises(TooMuch):
                    async with db.transaction():
                        await db.exec(ADD, (5, "Lost", None))
                        await db.one(REFUSE, ("SH001", "no"))
            with pytest.raises(TwinMissing):
                async with db.transaction():
                    await db.exec(ADD, (6, "Lost", 99))
            with pytest.raises(TransactionAborted):
                async with db.transaction():
                    with pytest.raises(TooMuch):
                        await db.one(REFUSE, ("SH001", "no"))
            with pytest.raises(StalePlan):
                async with db.transaction():
                    await db.many(TITLES)
                    await connection.execute("DEALLOCATE ALL")
                    await db.many(TITLES)
            assert await db.many(TITLES) == ["Emma", "Persuasion", "Kept"]

    run(shelf, work)


async def cancel_when_asleep(task: asyncio.Task[Any], admin: Connection, pid: int) -> None:
    """Cancel a task as soon as its backend sleeps in pg_sleep."""
    query = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
    while admin.execute(query, (pid,)).fetchone() is None:
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("in_block", [False, True])
@pytest.mark.parametrize("held", [False, True])
def test_a_cancelled_task(shelf: Database, admin: Connection, in_block: bool, held: bool) -> None:
    sleep = replace(SLEEP, writes=held)

    async def asleep(db: AsyncSession) -> None:
        if not in_block:
            await db.one(sleep, (30.0,))
            return
        async with db.transaction():
            await db.exec(ADD, (4, "Lost", None))
            await db.one(sleep, (30.0,))

    async def work(connection: AsyncConnection) -> None:
        async with async_session(connection, app="tarot", user_id=1) as db:
            task = asyncio.create_task(asleep(db))
            await cancel_when_asleep(task, admin, connection.info.backend_pid)
            assert not connection.closed
            assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT
            assert await db.many(TITLES) == ["Emma", "Persuasion"]

    run(shelf, work)


def test_a_task_cancelled_while_it_waits_for_its_turn(shelf: Database, admin: Connection) -> None:
    async def work(connection: AsyncConnection) -> None:
        async with async_session(connection, app="tarot", user_id=1) as db:
            first = asyncio.create_task(db.one(SLEEP, (1.0,)))
            await asyncio.sleep(0)
            second = asyncio.create_task(db.exec(ADD, (4, "Lost", None)))
            await asyncio.sleep(0.01)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            assert await first == 1
            assert await db.many(TITLES) == ["Emma", "Persuasion"]

    run(shelf, work)


def test_a_block_cancelled_while_its_rollback_waits_for_its_turn(shelf: Database) -> None:
    async def work(connection: AsyncConnection) -> None:
        db = async_session(connection, app="tarot", user_id=1)
        entered = asyncio.Event()

        async def block() -> None:
            async with db.transaction():
                await db.exec(ADD, (4, "Lost", None))
                entered.set()
                await asyncio.sleep(30)

        async with db:
            task = asyncio.create_task(block())
            await entered.wait()
            async with connection.lock:
                task.cancel()
                await asyncio.sleep(0.01)
                task.cancel()
                await asyncio.sleep(0.01)
            with pytest.raises(asyncio.CancelledError):
                await task
        assert connection.closed

    run(shelf, work)


class SlowPool(AsyncConnectionPool[AsyncConnection]):
    """Gives others time to ask while one is served."""

    async def getconn(self, timeout: float | None = None) -> AsyncConnection:
        found = await super().getconn(timeout)
        await asyncio.sleep(0.02)
        return found


def test_tasks_share_a_session_and_its_connection(shelf: Database) -> None:
    async def main() -> None:
        async with SlowPool(shelf.url(), min_size=2, max_size=2) as pool:
            await pool.wait()
            async with async_session(pool, app="tarot", user_id=1) as db:
                pids = await asyncio.gather(*(db.one(PID) for _ in range(20)))
                assert len(set(pids)) == 1
                assert pool.get_stats()["pool_available"] == 1
            assert pool.get_stats()["pool_available"] == 2

    asyncio.run(main())


def test_another_task_opens_no_block_inside(shelf: Database) -> None:
    async def block(db: AsyncSession, number: int) -> None:
        async with db.transaction():
            await db.exec(ADD, (number, f"t{number}", None))

    async def work(connection: AsyncConnection) -> None:
        async with async_session(connection, app="tarot", user_id=1) as db:
            said = await asyncio.gather(block(db, 4), block(db, 5), return_exceptions=True)
            assert [type(each) for each in said] == [type(None), TransactionConflict]
            assert await db.many(TITLES) == ["Emma", "Persuasion", "t4"]

    run(shelf, work)


def test_tasks_on_a_pool_never_see_anothers_rows(shelf: Database, admin: Connection) -> None:
    async def work(pool: AsyncConnectionPool[Any], user: int, turn: int) -> object:
        async with async_session(pool, app="tarot", user_id=user) as db:
            if turn % 5 == 0:
                task = asyncio.create_task(db.one(SLEEP, (5.0,)))
                await asyncio.sleep(0.02)
                task.cancel()
                await asyncio.wait([task])
            if turn % 2:
                return (await db.one(WHO))[2], *await db.many(TITLES)
            async with db.transaction():
                return (await db.one(WHO))[2], *await db.many(TITLES)

    async def main() -> None:
        async with AsyncConnectionPool(shelf.url(), min_size=2, max_size=3) as pool:
            turns = [(1 + turn % 2, turn) for turn in range(60)]
            found = await asyncio.gather(*(work(pool, *turn) for turn in turns))
            assert set(found) == {(1, "Emma", "Persuasion"), (2, "Dracula")}
            assert [row[0] for row in found] == [user for user, _ in turns]  # type: ignore[index]
            for _ in range(3):
                async with pool.connection() as connection:
                    assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())


def test_cancelled_tasks_take_nothing_from_the_pool(shelf: Database) -> None:
    """A task may be cancelled while it waits for a connection, has one, or gives it back."""

    async def work(pool: AsyncConnectionPool[Any]) -> None:
        async with async_session(pool, app="tarot", user_id=1) as db:
            await db.many(TITLES)

    async def restless(pool: AsyncConnectionPool[Any], seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(300):
            task = asyncio.create_task(work(pool))
            if chance.random() < 0.7:
                await asyncio.sleep(chance.random() * 0.004)
                task.cancel()
            await asyncio.wait([task])

    async def main() -> None:
        async with AsyncConnectionPool(shelf.url(), min_size=3, max_size=3, timeout=30) as pool:
            await pool.wait()
            await asyncio.gather(*(restless(pool, seed) for seed in range(6)))
            async with asyncio.timeout(30):
                while pool.get_stats()["pool_available"] < 3:
                    await asyncio.sleep(0.05)

    asyncio.run(main())
