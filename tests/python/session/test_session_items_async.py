"""Batches, bulk statements and copies with asyncio, and their cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

import psycopg
import pytest

from strongroom.session import (
    AsyncSession,
    async_session,
    failed_item,
    load_one,
    load_rowcount,
)
from tests.python.fix_databases import Database
from tests.python.session.lots import (
    ADD,
    ADD_RETURNING,
    BULK,
    BULK_RETURNING,
    COPY,
    HOW_MANY,
    books,
    numbered,
    whole,
)
from tests.python.session.shelf import (
    LEFT,
    NOTHING_LEFT,
    TITLES,
    TitleTaken,
    value,
)


def test_async_calls_and_async_items(counts: Database) -> None:
    async def slowly(items: Iterable[Any]) -> AsyncIterator[Any]:
        for item in items:
            await asyncio.sleep(0)
            yield item

    async def main() -> None:
        connection = await psycopg.AsyncConnection.connect(counts.url(), autocommit=True)
        async with connection:
            async with async_session(connection, app="tarot", user_id=1) as db:
                assert await db.batch(ADD, books(3), take=whole, load=load_rowcount) == [1, 1, 1]
                named = await db.batch(
                    ADD_RETURNING,
                    slowly([(200 + n, f"n{n}", None) for n in range(700)]),
                    take=whole,
                    load=load_one,
                )
                assert named == [f"n{n}" for n in range(700)]
                more = [(1000 + n, f"m{n}", None) for n in range(7)]
                assert await db.bulk(BULK, slowly(more), take=whole, chunk=3) == 7
                assert await db.bulk_rows(BULK_RETURNING, [(2000, "x", 1)], take=whole) == ["x"]
                with pytest.raises(TitleTaken) as raised:
                    await db.batch(
                        ADD,
                        slowly([*books(5, 3000), (1, "Emma", None)]),
                        take=whole,
                        load=load_rowcount,
                    )
                assert failed_item(raised.value) == 0
                async with db.transaction():
                    titles = db.stream(TITLES, fetch=1)
                    changed = value("SELECT $1 || '+' AS v", "text")
                    assert (await db.batch(changed, titles, take=lambda t: (t,), load=load_one))[
                        :2
                    ] == ["Emma+", "Persuasion+"]
            async with async_session(connection, app="tarot", role="worker") as worker:
                assert await worker.copy(COPY, slowly(range(2000)), take=numbered) == 2000
            assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())


@pytest.mark.parametrize("where", ["items", "server"])
@pytest.mark.parametrize("kind", ["batch", "bulk", "copy"])
def test_cancelled_in_the_middle(counts: Database, kind: str, where: str) -> None:
    nap = value(
        "SELECT ($1::bigint + pg_catalog.length(pg_catalog.pg_sleep($2)::text))::integer AS v",
        *("bigint", "double precision"),
    )

    async def items(reached: asyncio.Event) -> AsyncIterator[int]:
        for number in range(5000):
            if number == 2000:
                reached.set()
                if where == "items":
                    await asyncio.sleep(60)
            yield number

    async def call(db: AsyncSession, reached: asyncio.Event) -> None:
        drawn = items(reached)
        if kind == "copy":
            await db.copy(COPY, drawn, take=numbered)
        elif kind == "bulk":
            await db.bulk(BULK, drawn, take=lambda n: (n + 100, f"b{n}", None), chunk=500)
        elif where == "items":
            await db.batch(ADD, drawn, take=lambda n: (n + 100, f"b{n}", None), load=load_rowcount)
        else:
            naps = lambda n: (n, 60.0 if n == 2100 else 0.0)  # noqa: E731
            await db.batch(nap, drawn, take=naps, load=load_one)

    async def main() -> None:
        connection = await psycopg.AsyncConnection.connect(counts.url(), autocommit=True)
        role = "worker" if kind == "copy" else "app"
        async with connection:
            async with async_session(
                connection,
                app="tarot",
                user_id=1,
                role=role,  # type: ignore[arg-type]
            ) as db:
                reached = asyncio.Event()
                task = asyncio.create_task(call(db, reached))
                await reached.wait()
                for _ in range(0 if where == "items" else 3):
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            if not connection.closed:
                assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())
    left = counts.admin().execute(HOW_MANY)
    assert left.fetchall() == [(3,), (0,)]
