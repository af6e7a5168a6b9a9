"""Generated functions for lots of rows, called through real sessions on every server."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from types import ModuleType

import psycopg
import pytest

from strongroom.server import Server
from strongroom.session import Session, failed_item, session
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


def test_async_lots(package: ModuleType, shop: Shop, on_server: Server) -> None:
    """Items come from an async iterator, results as from the sync functions."""
    aio = importlib.import_module("shop_db.aio.shop")
    async_session = importlib.import_module("strongroom.session").async_session
    rows, types = package.rows, package.types
    label = types.Label(text="fragile", weight=None)
    people = [rows.AddPeopleItem(n, f"n{n}", None, []) for n in (1, 2)]
    stock = [rows.StockItemsItem(f"t{n}", Decimal(n), None, "toy", [label], "sad") for n in (1, 2)]
    loaded = [rows.LoadItemsItem(1000, "x", Decimal("9.5"), None, "book", [label], None)]

    async def one_by_one(items: list[object]) -> AsyncIterator[object]:
        for item in items:
            await asyncio.sleep(0)
            yield item

    async def play() -> None:
        url = on_server.url(shop[0].info.dbname)
        connection = await psycopg.AsyncConnection.connect(url)
        async with connection, async_session(connection, app=None) as db:
            lots = aio.lots
            assert await lots.add_people(db, items=one_by_one(people)) == ["n1", "n2"]
            with pytest.raises(package.errors.NameTaken) as raised:
                async with db.transaction():
                    await lots.add_people(db, items=[rows.AddPeopleItem(3, "n1", None, [])])
            assert failed_item(raised.value) == 0
            stocked = await lots.stock_items(db, items=one_by_one(stock), surcharge=Decimal(1))
            assert [row.title for row in stocked] == ["t1", "t2"]
            assert await lots.load_items(db, items=one_by_one(loaded)) == 1
            found = await aio.sales.get_item(db, id=1000)
            assert (found.price, found.labels) == (Decimal("9.50"), [label])
            ids = [row.id for row in stocked]
            assert await lots.drop_items(db, items=one_by_one([*ids, 1000])) == 3
            await connection.rollback()

    asyncio.run(play())


def test_batches(package: ModuleType, db: Session) -> None:
    lots, rows = package.lots, package.rows
    new = [rows.AddPeopleItem(n, f"n{n}", None, [f"t{n}"]) for n in range(10, 13)]
    assert lots.add_people(db, items=iter(new)) == ["n10", "n11", "n12"]
    renamed = [rows.RenamePeopleItem(name="new", id=10), rows.RenamePeopleItem(name="x", id=99)]
    assert lots.rename_people(db, items=renamed) == [rows.RenamePeopleRow(10, "new"), None]
    with pytest.deprecated_call():
        assert lots.friends(db, items=[1, 2]) == [[], []]
    taken = [rows.AddPeopleItem(50 + n, name, None, []) for n, name in enumerate(("z", "n11"))]
    with pytest.raises(package.errors.NameTaken) as raised:
        lots.add_people(db, items=taken)
    assert failed_item(raised.value) == 1
    assert lots.forget_people(db, items=[10, 11, 12, 99]) == [1, 1, 1, 0]


def test_bulk_and_copy(package: ModuleType, db: Session) -> None:
    lots, rows, types = package.lots, package.rows, package.types
    label = types.Label(text="fragile", weight=None)
    items = [
        rows.StockItemsItem(f"t{n}", Decimal(n), None, "toy", [label] * n, "sad") for n in range(5)
    ]
    stocked = lots.stock_items(db, items=items, surcharge=Decimal("0.50"))
    assert [row.title for row in stocked] == ["t0", "t1", "t2", "t3", "t4"]
    found = package.sales.get_item(db, id=stocked[2].id)
    assert (found.price, found.labels, found.mood) == (Decimal("2.50"), [label] * 2, "sad")
    again = [rows.RetitleItemsItem(row.id, row.title.upper(), None) for row in stocked]
    assert lots.retitle_items(db, items=again) == 5
    assert lots.drop_items(db, items=[row.id for row in stocked]) == 5
    assert lots.drop_items(db, items=[]) == 0
    loaded = [
        rows.LoadItemsItem(n, "x", Decimal("9.5"), None, "book", [label], None)
        for n in range(1000, 1003)
    ]
    assert lots.load_items(db, items=loaded) == 3
    found = package.sales.get_item(db, id=1001)
    assert (found.price, found.labels, found.kind) == (Decimal("9.50"), [label], "book")
