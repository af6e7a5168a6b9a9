"""Generated functions for lots of rows, called through real sessions on every server."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from types import ModuleType

import psycopg
import pytest

from strongroom.server import Server
from strongroom.session import Session, session
from tests.python.codegen.test_calls import Shop


@pytest.fixture
def db(shop: Shop, package: ModuleType) -> Iterator[Session]:
    """A session with five people, rolled back afterwards; the module imported for it."""
    connection = shop[0]
    with connection.transaction(force_rollback=True), session(connection, app=None) as db:
        for number, name in enumerate("edcba", 1):
            package.people.add_person(db, id=number, name=name, nick=None, email=None, tags=[name])
        yield db


def test_streams(package: ModuleType, db: Session) -> None:
    names = [row.name for row in package.lots.every_person(db)]
    assert names == list("edcba")
    by_name = package.lots.every_person(db, above=2, sort="by_name")
    assert list(by_name) == [
        package.rows.EveryPersonRow(5, "a", None),
        package.rows.EveryPersonRow(4, "b", None),
        package.rows.EveryPersonRow(3, "c", None),
    ]
    with package.lots.every_name(db) as rows:
        assert next(rows) == "e"


def test_async(package: ModuleType, shop: Shop, on_server: Server) -> None:
    aio = importlib.import_module("shop_db.aio.shop")
    async_session = importlib.import_module("strongroom.session").async_session

    async def play() -> None:
        url = on_server.url(shop[0].info.dbname)
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        async with connection, async_session(connection, app=None) as db:
            await aio.people.add_person(db, id=1, name="a", nick=None, email=None, tags=[])
            try:
                assert [name async for name in aio.lots.every_name(db)] == ["a"]
            finally:
                await aio.people.forget_person(db, class_=1)

    asyncio.run(play())
