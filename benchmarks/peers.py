"""The same two reads of shop.orders as other libraries do them, each the way its manual says.

A peer is made for some columns of the table and gives two cases: fetch one row for each id, and
fetch the thousand rows of a range of serial numbers, some times over.
"""

from __future__ import annotations

import asyncio
import datetime
import importlib.util
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, make_dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import psycopg
from psycopg.pq import Format
from psycopg.types.json import set_json_loads
from rounds import Case

ROWS = 1_000
COLUMNS = {
    "id": UUID,
    "serial": int,
    "created_at": datetime.datetime,
    "updated_at": datetime.datetime,
    "title": str,
    "note": str | None,
    "quantity": int,
    "is_paid": bool,
    "price": Decimal,
    "status": str,
    "owner_id": UUID,
    "details": dict,
}


@dataclass(frozen=True, slots=True)
class Work:
    """What every peer does: where, which columns, which ids, how many ranges."""

    url: str
    columns: tuple[str, ...]
    ids: Sequence[UUID]
    ranges: Sequence[tuple[int, int]]

    @property
    def one(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM shop.orders WHERE id = %s"

    @property
    def many(self) -> str:
        return f"SELECT {', '.join(self.columns)} FROM shop.orders WHERE serial BETWEEN %s AND %s"


@dataclass(frozen=True, slots=True)
class Peer:
    """The two cases of one way to read."""

    one: Case
    many: Case


def peers(work: Work) -> Iterator[tuple[str, Peer]]:
    """Every peer that is installed; what is missing is said in a line."""
    yield "libpq alone, nothing decoded", _libpq(work)
    yield "psycopg tuples, json by orjson", tuples(work, loads=orjson.loads)
    for package, makers in {
        "sqlalchemy": {"SQLAlchemy Core": _core, "SQLAlchemy ORM": _orm},
        "asyncpg": {"asyncpg into a slotted dataclass": _asyncpg},
        "aiosql": {"aiosql": _aiosql},
    }.items():
        if importlib.util.find_spec(package) is None:
            print(f"{package} is not installed and left out: pip install -e '.[bench]'")
            continue
        for name, make in makers.items():
            yield name, make(work)


def tuples(work: Work, loads: Callable[[Any], Any] | None = None) -> Peer:
    """psycopg's own tuples from one reused binary cursor: the base."""
    connection = psycopg.connect(work.url, autocommit=True)
    if loads is not None:
        set_json_loads(loads, connection)
    cursor = connection.cursor(binary=True)
    one, many = work.one.encode(), work.many.encode()

    def fetch_one(key: UUID) -> object:
        return cursor.execute(one, (key,), prepare=True).fetchone()

    def fetch_many(low: int, high: int) -> list[Any]:
        return cursor.execute(many, (low, high), prepare=True).fetchall()

    return peer(work, fetch_one, fetch_many)


def peer(
    work: Work,
    fetch_one: Callable[[UUID], object],
    fetch_many: Callable[[int, int], Sequence[object]],
) -> Peer:
    """The cases of a library with plain calls."""

    def one() -> None:
        for key in work.ids:
            fetch_one(key)

    def many() -> None:
        for low, high in work.ranges:
            _expect(len(fetch_many(low, high)))

    return Peer(one, many)


def async_peer(
    work: Work,
    loop: asyncio.AbstractEventLoop,
    fetch_one: Callable[[UUID], Coroutine[Any, Any, object]],
    fetch_many: Callable[[int, int], Coroutine[Any, Any, Sequence[object]]],
) -> Peer:
    """The cases of a library with calls to await; the loop runs once a round."""

    async def one() -> None:
        for key in work.ids:
            await fetch_one(key)

    async def many() -> None:
        for low, high in work.ranges:
            _expect(len(await fetch_many(low, high)))

    return Peer(lambda: loop.run_until_complete(one()), lambda: loop.run_until_complete(many()))


def _expect(rows: int) -> None:
    if rows != ROWS:
        raise RuntimeError(f"{rows} rows instead of {ROWS}")


def _numbered(query: str) -> str:
    for number in range(1, query.count("%s") + 1):
        query = query.replace("%s", f"${number}", 1)
    return query


def _libpq(work: Work) -> Peer:
    raw = psycopg.connect(work.url, autocommit=True).pgconn
    raw.prepare(b"one", _numbered(work.one).encode())
    raw.prepare(b"many", _numbered(work.many).encode())

    def fetch_one(key: UUID) -> object:
        return raw.exec_prepared(b"one", (key.bytes,), (Format.BINARY,), Format.BINARY)

    def fetch_many(low: int, high: int) -> Sequence[object]:
        values = (b"%d" % low, b"%d" % high)
        return range(raw.exec_prepared(b"many", values, None, Format.BINARY).ntuples)

    return peer(work, fetch_one, fetch_many)


def _core(work: Work) -> Peer:
    import sqlalchemy as sa

    connection = _engine(work.url).connect()
    table = sa.Table("orders", sa.MetaData(), *_sa_columns(work.columns), schema="shop")
    one, many = _sa_queries(sa.select(table), table.c)

    def fetch_one(key: UUID) -> object:
        return connection.execute(one, {"key": key}).one()

    def fetch_many(low: int, high: int) -> Sequence[object]:
        rows: Sequence[object] = connection.execute(many, {"low": low, "high": high}).all()
        return rows

    return peer(work, fetch_one, fetch_many)


def _orm(work: Work) -> Peer:
    import sqlalchemy as sa
    from sqlalchemy import orm

    table = sa.Table("orders", sa.MetaData(), *_sa_columns(work.columns), schema="shop")
    entity: Any = type("Order", (), {})
    orm.registry().map_imperatively(entity, table)
    one, many = _sa_queries(sa.select(entity), table.c)
    session = orm.Session(_engine(work.url).connect())

    def fetch_one(key: UUID) -> object:
        row: object = session.execute(one, {"key": key}).scalar_one()
        session.expunge_all()
        return row

    def fetch_many(low: int, high: int) -> Sequence[object]:
        rows: Sequence[object] = session.execute(many, {"low": low, "high": high}).scalars().all()
        session.expunge_all()
        return rows

    return peer(work, fetch_one, fetch_many)


def _engine(url: str) -> Any:
    import sqlalchemy as sa

    return sa.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(url), isolation_level="AUTOCOMMIT"
    )


def _sa_columns(names: Iterable[str]) -> list[Any]:
    import sqlalchemy as sa
    from sqlalchemy.dialects.postgresql import JSONB

    kinds: dict[Any, Any] = {
        UUID: sa.Uuid,
        int: sa.BigInteger,
        datetime.datetime: sa.DateTime(timezone=True),
        str | None: sa.Text,
        str: sa.Text,
        bool: sa.Boolean,
        Decimal: sa.Numeric(12, 4),
        dict: JSONB,
    }
    return [sa.Column(name, kinds[COLUMNS[name]], primary_key=name == "id") for name in names]


def _sa_queries(select: Any, columns: Any) -> tuple[Any, Any]:
    import sqlalchemy as sa

    one = select.where(columns.id == sa.bindparam("key"))
    many = select.where(columns.serial.between(sa.bindparam("low"), sa.bindparam("high")))
    return one, many


def _asyncpg(work: Work) -> Peer:
    import asyncpg

    loop = asyncio.new_event_loop()
    order = make_dataclass("Order", [(name, Any) for name in work.columns], slots=True)
    one, many = _numbered(work.one), _numbered(work.many)

    async def connect() -> Any:
        connection = await asyncpg.connect(work.url)
        await connection.set_type_codec(
            "jsonb",
            schema="pg_catalog",
            format="binary",
            encoder=lambda value: b"\x01" + orjson.dumps(value),
            decoder=lambda data: orjson.loads(data[1:]),
        )
        return connection

    connection = loop.run_until_complete(connect())

    async def fetch_one(key: UUID) -> object:
        return order(*await connection.fetchrow(one, key))

    async def fetch_many(low: int, high: int) -> Sequence[object]:
        return [order(*row) for row in await connection.fetch(many, low, high)]

    return async_peer(work, loop, fetch_one, fetch_many)


def _aiosql(work: Work) -> Peer:
    import aiosql

    one = work.one.replace("%s", ":key")
    many = work.many.replace("%s", ":low", 1).replace("%s", ":high")
    text = f"-- name: get_order(key)^\n{one};\n\n-- name: list_orders(low, high)\n{many};\n"
    queries: Any = aiosql.from_str(text, "psycopg")
    connection = psycopg.connect(work.url, autocommit=True)

    def fetch_one(key: UUID) -> object:
        row: object = queries.get_order(connection, key=key)
        return row

    def fetch_many(low: int, high: int) -> Sequence[object]:
        return list(queries.list_orders(connection, low=low, high=high))

    return peer(work, fetch_one, fetch_many)
