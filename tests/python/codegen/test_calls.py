"""Generated functions, called through real sessions on every server."""

from __future__ import annotations

import asyncio
import importlib
from decimal import Decimal
from types import ModuleType
from typing import Any

import psycopg
import pytest

from strongroom.server import Server
from strongroom.session import BadPageToken, NoRow, Session
from strongroom_codegen.catalog import Catalog

Shop = tuple[psycopg.Connection[Any], Catalog]


def _people(package: ModuleType, db: Session) -> Any:
    for number, name in enumerate("abcde", 1):
        package.people.add_person(
            db,
            id=number,
            name=name,
            nick=None if number % 2 else f"n{name}",
            email=None,
            tags=[name],
        )
    return package.people


def test_one_maybe_many(package: ModuleType, db: Session) -> None:
    people = _people(package, db)
    found = people.get_person(db, id=2)
    assert found == package.rows.Person(2, "b", "nb", None, None, None, ["b"])
    assert people.get_person(db, id=99) is None
    assert people.name_of(db, id=1) == 'a:id :not 100% "quoted" \\n """ '
    with pytest.raises(NoRow):
        people.name_of(db, id=99)
    with pytest.deprecated_call(match="use page_people"):
        assert [row.name for row in people.list_(db)] == list("abcde")


def test_rowcount_and_exec(package: ModuleType, db: Session) -> None:
    people = _people(package, db)
    assert people.rename_person(db, id=1, name="z") == 1
    assert people.rename_person(db, id=99, name="y") == 0
    people.forget_person(db, class_=1)
    assert people.get_person(db, id=1) is None


def test_optional_arguments_and_orders(package: ModuleType, db: Session) -> None:
    people = _people(package, db)

    def names(**arguments: object) -> list[str]:
        return [row.name for row in people.search_people(db, **arguments)]

    assert names() == list("abcde")
    assert names(nick=None) == ["a", "c", "e"]
    assert names(nick="nb") == ["b"]
    assert names(ids=[4, 2]) == ["b", "d"]
    assert names(name="d", nick="nd", ids=[4], sort="youngest") == ["d"]


def test_pages(package: ModuleType, db: Session) -> None:
    people = _people(package, db)
    first = people.page_people(db)
    second = people.page_people(db, after=first.next)
    third = people.page_people(db, after=second.next)
    assert [[row.name for row in page] for page in (first, second, third)] == [
        ["a", "b"],
        ["c", "d"],
        ["e"],
    ]
    assert third.next is None
    with pytest.raises(BadPageToken):
        people.page_people(db, after="nonsense")


def test_json_is_checked_both_ways(package: ModuleType, db: Session) -> None:
    label = package.types.Label(text="fragile", weight=None)
    number = package.sales.add_item(
        db, title="vase", price=Decimal("9.50"), kind="toy", note=None, labels=[label], mood="sad"
    )
    item = package.sales.get_item(db, id=number)
    assert item.labels == [label]
    assert (item.price, item.mood, item.extra) == (Decimal("9.50"), "sad", None)
    (cheap,) = package.sales.items_of_kind(db, kind="toy")
    assert cheap == package.rows.ItemsOfKindRow("vase", "toy")
    assert package.sales.items_of_kind(db, kind="toy", below=Decimal(1)) == []


def test_constraints_become_exceptions(package: ModuleType, db: Session, shop: Shop) -> None:
    people = _people(package, db)
    with pytest.raises(package.errors.NameTaken) as raised, shop[0].transaction():
        people.add_person(db, id=9, name="a", nick=None, email=None, tags=[])
    assert str(raised.value) == "This name is taken."
    with pytest.raises(package.errors.EmailInvalid), shop[0].transaction():
        people.add_person(db, id=9, name="x", nick=None, email="no", tags=[])


def test_function_in_a_query(package: ModuleType, db: Session) -> None:
    _people(package, db)
    item = package.sales.add_item(
        db, title="t", price=Decimal(2), kind="book", note=None, labels=[], mood=None
    )
    sold = package.sales.sell(db, person_id=1, item_id=item, amount=3)
    assert sold.total == Decimal(6)
    with pytest.raises(package.errors.NothingSold):
        package.sales.sell(db, person_id=1, item_id=item, amount=0)


def test_async_functions_do_the_same(package: ModuleType, shop: Shop, on_server: Server) -> None:
    async_session = pytest.importorskip("strongroom.session").async_session
    people = importlib.import_module("shop_db.aio.shop.people")

    async def play() -> list[str]:
        url = on_server.url(shop[0].info.dbname)
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        async with connection, async_session(connection, app=None) as db:
            try:
                await people.add_person(db, id=1, name="a", nick=None, email=None, tags=[])
                page = await people.page_people(db)
                return [row.name for row in page]
            finally:
                await people.forget_person(db, class_=1)

    assert asyncio.run(play()) == ["a"]
