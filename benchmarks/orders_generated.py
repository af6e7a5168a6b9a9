"""The two reads of shop.orders through a session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import make_dataclass
from typing import Any
from uuid import UUID

import psycopg
from peers import Peer, Work, async_peer, peer

from strongroom.session import Statement, async_session, session


def generated_peers(work: Work) -> Iterator[tuple[str, Peer]]:
    """The functions called plainly and awaited."""
    yield "generated function", _sync(work)
    yield "generated function, awaited", _async(work)


def _statements(work: Work) -> tuple[Statement[Any], Statement[Any]]:
    row = make_dataclass("Order", [(name, Any) for name in work.columns], slots=True)
    common: dict[str, Any] = {"columns": work.columns, "row": row, "identity": False}
    one = Statement[Any](
        name="shop.get_order",
        sql=work.one.replace("%s", "$1"),
        parameters=("uuid",),
        at_most_one=True,
        **common,
    )
    many = Statement[Any](
        name="shop.list_orders",
        sql=work.many.replace("%s", "$1", 1).replace("%s", "$2"),
        parameters=("bigint", "bigint"),
        **common,
    )
    return one, many


def _sync(work: Work) -> Peer:
    one, many = _statements(work)
    db = session(psycopg.connect(work.url, autocommit=True), app=None).__enter__()

    def fetch_one(key: UUID) -> object:
        return db.one(one, (key,))

    def fetch_many(low: int, high: int) -> Sequence[object]:
        return db.many(many, (low, high))

    return peer(work, fetch_one, fetch_many)


def _async(work: Work) -> Peer:
    one, many = _statements(work)
    loop = asyncio.new_event_loop()

    async def connect() -> Any:
        connection = await psycopg.AsyncConnection.connect(work.url, autocommit=True)
        return await async_session(connection, app=None).__aenter__()

    db = loop.run_until_complete(connect())

    async def fetch_one(key: UUID) -> object:
        return await db.one(one, (key,))

    async def fetch_many(low: int, high: int) -> Sequence[object]:
        rows: Sequence[object] = await db.many(many, (low, high))
        return rows

    return async_peer(work, loop, fetch_one, fetch_many)
