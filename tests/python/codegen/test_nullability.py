"""Which columns can be NULL, on every server, checked by expectation and by running the queries."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import pq
from psycopg.types.json import Jsonb

from strongroom_codegen.analyse import AnalysedQuery, analyse
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.diagnostics import Diagnostics
from tests.python.codegen.cases import Case, read_cases

Shop = tuple[psycopg.Connection[Any], Catalog]
CASES = read_cases()
ROUNDS = 12

by_name = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def _analysed(shop: Shop, case: Case) -> AnalysedQuery:
    diagnostics = Diagnostics()
    found = analyse(*shop, case.prepared, diagnostics)
    assert found, diagnostics.render()
    return found


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 100


@by_name
def test_each_column_is_nullable_where_it_can_be_null(shop: Shop, case: Case) -> None:
    found = _analysed(shop, case)
    said = tuple(c.name + "?" * c.verdict.nullable for c in found.columns)
    reasons = "\n".join(f"{c.name}: {c.verdict.reason}" for c in found.columns)
    assert said == case.expected, reasons


@by_name
def test_no_column_said_to_be_never_null_comes_back_null(shop: Shop, case: Case) -> None:
    """The execution oracle: random rows with NULLs, empty tables too, random arguments."""
    connection = shop[0]
    found = _analysed(shop, case)
    never = [n for n, column in enumerate(found.columns) if not column.verdict.nullable]
    types = {name: shop[1].types[oid].format for name, oid in _parameter_types(found)}
    nullable = {p.name for p in found.parameters if p.nullable}
    for seed in range(ROUNDS):
        rng = random.Random(f"{case.name} {seed}")
        with connection.transaction(force_rollback=True):
            _fill(connection, rng, people=(0, 0, 3, 6)[seed % 4])
            arguments = {
                name: None if name in nullable and rng.random() < 0.5 else _argument(rng, type_)
                for name, type_ in types.items()
            }
            for row in _run(connection, case, arguments):
                for column in never:
                    assert row[column], (found.columns[column], row, arguments)


def _parameter_types(found: AnalysedQuery) -> Iterator[tuple[str, int]]:
    return ((parameter.name, parameter.type) for parameter in found.parameters)


def _run(
    connection: psycopg.Connection[Any], case: Case, arguments: dict[str, object]
) -> list[list[bool]]:
    """For each row, which columns have a value; a JSON null is one."""
    variant = case.prepared.variants[-1]
    with psycopg.RawCursor(connection) as cursor:
        try:
            with connection.transaction():
                cursor.execute(variant.sql.encode(), [arguments[name] for name in variant.names])
                result = cursor.pgresult
                if result and result.status == pq.ExecStatus.TUPLES_OK:
                    return [
                        [
                            result.get_value(row, column) is not None
                            for column in range(result.nfields)
                        ]
                        for row in range(result.ntuples)
                    ]
        except (psycopg.errors.IntegrityError, psycopg.errors.DataError):
            # Random values break rules; what the query gave then is an error, not a NULL.
            return []
    return []


def _maybe(rng: random.Random, make: Callable[[], object]) -> object:
    return None if rng.random() < 0.4 else make()


def _word(rng: random.Random) -> str:
    return rng.choice(["a", "b", "aa", "x", "y", "toy", ""])


def _argument(rng: random.Random, type_: str) -> object:
    if type_.endswith("[]"):
        return [rng.randrange(5) for _ in range(rng.randrange(3))]
    if type_ in ("bigint", "integer", "smallint"):
        return rng.randrange(8)
    return Decimal(rng.randrange(9)) if type_ == "numeric" else _word(rng)


def _fill(connection: psycopg.Connection[Any], rng: random.Random, people: int) -> None:
    for number in range(people):
        connection.execute(
            "INSERT INTO shop.people (id, name, nick, email, born, boss_id, tags)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            (
                number,
                f"{_word(rng)}{number}",
                _maybe(rng, lambda: _word(rng)),
                _maybe(rng, lambda: f"{_word(rng)}@{_word(rng)}"),
                _maybe(rng, lambda: date(1990, 1, 1) + timedelta(rng.randrange(9000))),
                rng.choice([None, *range(number)]),
                [_maybe(rng, lambda: _word(rng)) for _ in range(rng.randrange(3))],
            ),
        )
        connection.execute("INSERT INTO shop.places VALUES (%s, %s)", (number, _word(rng)))
        connection.execute("INSERT INTO shop.shops VALUES (%s, %s)", (number, _word(rng)))
    items = [_item(connection, rng) for _ in range(people)]
    for _ in range(people and 2 * people):
        infinite = rng.random() < 0.2
        connection.execute(
            "INSERT INTO shop.sales (person_id, item_id, amount, gift_for, comment, sold_at)"
            " VALUES (%s, %s, %s, %s, %s, CASE WHEN %s THEN 'infinity' ELSE %s END)",
            (
                rng.randrange(people),
                rng.choice(items),
                1 + rng.randrange(6),
                _maybe(rng, lambda: rng.randrange(people)),
                _maybe(rng, lambda: _word(rng)),
                infinite,
                datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=rng.randrange(999)),
            ),
        )


def _item(connection: psycopg.Connection[Any], rng: random.Random) -> int:
    labels = [rng.choice([True, None, {"text": "t", "weight": None}])][: rng.randrange(2)]
    extra = {"a": rng.choice(["1", None])}
    row = connection.execute(
        "INSERT INTO shop.items (title, price, note, kind, labels, extra)"
        " VALUES (%s, %s, %s, %s, %s, %s) RETURNING id",
        (
            _word(rng),
            Decimal(rng.randrange(9)),
            _maybe(rng, lambda: _word(rng)),
            rng.choice(["book", "toy"]),
            Jsonb(labels),
            _maybe(rng, lambda: Jsonb(extra)),
        ),
    ).fetchone()
    assert row
    number: int = row[0]
    return number
