"""The two reads of shop.orders by functions that `strongroom generate` writes at each run."""

from __future__ import annotations

import asyncio
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from types import ModuleType
from typing import Any
from uuid import UUID

import psycopg
from peers import Peer, Work, async_peer, peer
from place import ROOT, bench_server

from strongroom.session import async_session, session

PLAIN = "generated function"
MODEL = "generated function, jsonb as a model"
_ORDERS = ROOT / "benchmarks" / "orders"


def generated_peers(work: Work) -> Iterator[tuple[str, Peer]]:
    """The functions called plainly and awaited, and with the jsonb checked by pydantic."""
    yield PLAIN, _sync(work, *_reads(_generate()[0], work))
    yield "generated function, awaited", _async(work)
    if "details" in work.columns:
        module = _generate()[0]
        yield MODEL, _sync(work, module.get_typed, module.list_typed)


@cache
def _generate() -> tuple[ModuleType, ModuleType]:
    """The generated modules, sync and async."""
    # On the server of the benchmarks: left alone, the project would start one of its own.
    environment = {**os.environ, "DATABASE_URL": bench_server().url()}
    command = [sys.executable, "-m", "strongroom", "generate"]
    subprocess.run(command, cwd=_ORDERS, env=environment, check=True)
    sys.path.insert(0, str(_ORDERS / "generated"))
    return (
        importlib.import_module("orders_db.shop.orders"),
        importlib.import_module("orders_db.aio.shop.orders"),
    )


def _reads(module: ModuleType, work: Work) -> tuple[Any, Any]:
    if "details" in work.columns:
        return module.get_order, module.list_orders
    return module.get_plain, module.list_plain


def _sync(work: Work, one: Any, many: Any) -> Peer:
    db = session(psycopg.connect(work.url, autocommit=True), app=None).__enter__()

    def fetch_one(key: UUID) -> object:
        return one(db, id=key)

    def fetch_many(low: int, high: int) -> Sequence[object]:
        rows: Sequence[object] = many(db, low=low, high=high)
        return rows

    return peer(work, fetch_one, fetch_many)


def _async(work: Work) -> Peer:
    one, many = _reads(_generate()[1], work)
    loop = asyncio.new_event_loop()

    async def connect() -> Any:
        connection = await psycopg.AsyncConnection.connect(work.url, autocommit=True)
        return await async_session(connection, app=None).__aenter__()

    db = loop.run_until_complete(connect())

    async def fetch_one(key: UUID) -> object:
        return await one(db, id=key)

    async def fetch_many(low: int, high: int) -> Sequence[object]:
        rows: Sequence[object] = await many(db, low=low, high=high)
        return rows

    return async_peer(work, loop, fetch_one, fetch_many)
