"""Built-ins that are said never to answer NULL: looked up and called, on each server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from strongroom_codegen.catalog import Catalog, Function
from strongroom_codegen.nullability import never_null
from tests.python.codegen.oracle import Shop
from tests.python.codegen.random_rows import Texts, texts

# Since which version a server has them; those without a number all have.
SINCE = {
    "erf": 16, "erfc": 16, "any_value": 16, "date_add": 16, "json_agg_strict": 16,
    "jsonb_agg_strict": 16,
    "to_bin": 17, "to_oct": 17, "uuidv4": 18, "uuidv7": 18, "casefold": 18, "crc32": 18,
    "crc32c": 18, "array_reverse": 18, "array_sort": 18,
}  # fmt: skip
# What these do to a sequence or a large object is no matter of values.
_NOT_CALLED = frozenset({"nextval", "currval", "lastval", "setval", "pg_get_userbyid"})
_PSEUDO = {
    "anyelement": "int4", "anyarray": "_int4", "anynonarray": "int4", "anyenum": None,
    "anycompatible": "int4", "anycompatiblearray": "_int4", "anycompatiblenonarray": "int4",
    "anyrange": "int4range", "anymultirange": "int4multirange", "record": None, "any": None,
    "anycompatiblerange": "int4range", "anycompatiblemultirange": "int4multirange",
}  # fmt: skip
_CHECKS = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]


def _named(catalog: Catalog, names: frozenset[str]) -> list[Function]:
    return [f for f in catalog.functions.values() if f.is_builtin and f.name in names]


@pytest.mark.parametrize(
    "listed",
    [
        never_null.FUNCTIONS,
        never_null.NOT_STRICT,
        never_null.FIRST_ARGUMENT,
        never_null.AGGREGATES,
        never_null.HYPOTHETICAL,
        frozenset(never_null.SET_RETURNING),
    ],
    ids=["functions", "not_strict", "first_argument", "aggregates", "hypothetical", "sets"],
)
def test_every_name_is_a_built_in(shop: Shop, listed: frozenset[str]) -> None:
    catalog = shop[1]
    known = {function.name for function in _named(catalog, listed)}
    missing = {name for name in listed - known if SINCE.get(name, 0) <= catalog.server_version}
    assert missing == set()


def test_listed_functions_are_what_the_list_says(shop: Shop) -> None:
    catalog = shop[1]
    for function in _named(catalog, never_null.NOT_STRICT | never_null.FIRST_ARGUMENT):
        assert not function.strict, function
        assert not function.returns_set, function
    for name, columns in never_null.SET_RETURNING.items():
        for function in _named(catalog, frozenset({name})):
            assert function.returns_set, function
            assert max(columns) <= max(1, len(function.outputs)), function


def test_operators_exist(shop: Shop) -> None:
    known = {operator.name for operator in shop[1].operators.values()}
    assert known | {"?|", "?&"} >= never_null.OPERATORS


def _plain_types(catalog: Catalog, function: Function) -> list[int] | None:
    """The types to call it with; None where there is no value to call it with."""
    by_name = {t.name: t.oid for t in catalog.types.values() if t.schema == "pg_catalog"}
    found = []
    for oid in function.arguments:
        name = catalog.types[oid].name
        plain = _PSEUDO.get(name, name)
        if plain is None:
            return None
        found.append(by_name[plain])
    return found


def _calls(catalog: Catalog) -> Iterator[tuple[Function, list[int], str]]:
    """Each function that is said to keep values, and how to call it."""
    for function in catalog.functions.values():
        if function.returns_set or function.name in _NOT_CALLED or not function.is_builtin:
            continue
        node: dict[str, Any] = {"funcformat": "0", "args": [{"node": "PARAM"}]}
        if not never_null.safe_function(function, node, catalog):
            continue
        types = _plain_types(catalog, function)
        if types is not None and catalog.types[function.result].name != "void":
            yield function, types, "function"


def _casts(connection: psycopg.Connection[Any], catalog: Catalog) -> Iterator[tuple[int, int]]:
    query = "SELECT castsource, casttarget, castfunc FROM pg_cast WHERE castfunc <> 0"
    for source, target, oid in connection.execute(query).fetchall():
        function = catalog.functions[oid]
        node: dict[str, Any] = {"funcformat": "1", "args": []}
        if not function.is_builtin:
            continue
        if never_null.safe_function(function, node, catalog):
            yield source, target


def _try(
    connection: psycopg.Connection[Any], known: Texts, types: list[int], call: sql.Composable
) -> int:
    """Call with random values; how often it answered, which must never be with NULL."""
    answers = 0
    values = [known.values(oid) for oid in types]
    if any(some.is_empty for some in values):
        return 0

    @settings(max_examples=6, deadline=None, database=None, suppress_health_check=_CHECKS)
    @given(st.tuples(*values))
    def run(given_values: tuple[str, ...]) -> None:
        nonlocal answers
        try:
            with connection.transaction(force_rollback=True):
                row = connection.execute(
                    sql.SQL("SELECT ({}) IS NULL").format(call), given_values
                ).fetchone()
        except psycopg.DatabaseError:
            return
        assert row == (False,), (call.as_string(connection), given_values)
        answers += 1

    run()
    return answers


def _arguments(catalog: Catalog, types: list[int]) -> sql.Composable:
    casts = [sql.SQL("%s::" + catalog.types[oid].format) for oid in types]
    return sql.SQL(", ").join(casts)


def test_functions_keep_values(shop: Shop) -> None:
    connection, catalog = shop
    known = texts(connection, catalog)
    answered = 0
    for function, types, _ in _calls(catalog):
        call = sql.SQL("{}.{}({})").format(
            sql.Identifier("pg_catalog"),
            sql.Identifier(function.name),
            _arguments(catalog, types),
        )
        answered += bool(_try(connection, known, types, call))
    assert answered > 200


def test_casts_keep_values(shop: Shop) -> None:
    connection, catalog = shop
    known = texts(connection, catalog)
    answered = 0
    for source, target in _casts(connection, catalog):
        call = sql.SQL("CAST({} AS " + catalog.types[target].format + ")").format(
            _arguments(catalog, [source])
        )
        answered += bool(_try(connection, known, [source], call))
    assert answered > 30


def test_operators_keep_values(shop: Shop) -> None:
    connection, catalog = shop
    known = texts(connection, catalog)
    query = "SELECT oid, oprcode::oid, oprleft FROM pg_operator WHERE oprcode <> 0"
    answered = 0
    for oid, code, left in connection.execute(query).fetchall():
        operator, function = catalog.operators[oid], catalog.functions.get(code)
        if function is None or not never_null.safe_operator(
            operator.name, operator.schema, function, catalog
        ):
            continue
        types = _plain_types(catalog, function)
        if types is None:
            continue
        parts = [sql.SQL("%s::" + catalog.types[oid].format) for oid in types]
        symbol = sql.SQL(f" OPERATOR(pg_catalog.{operator.name.replace('%', '%%')}) ")
        call = symbol.join(parts) if left else symbol + parts[0]
        answered += bool(_try(connection, known, types, call))
    assert answered > 250
