"""Which table column a value is a copy of, and what the catalogue says in odd surroundings."""

from __future__ import annotations

import psycopg
import pytest

from strongroom.project import Project
from strongroom.server import Server
from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.pipeline import build_model, read_sources
from tests.python.codegen.oracle import Shop, analysed, prepared_query


def _analyse(shop: Shop, sql: str, *ddl: str) -> AnalysedQuery:
    connection = shop[0]
    with connection.transaction(force_rollback=True):
        for statement in ddl:
            connection.execute(statement.encode())
        return analysed((connection, read_catalog(connection)), prepared_query(sql))


def test_a_field_of_a_composite_column_is_no_column_of_the_table(shop: Shop) -> None:
    ddl = (
        "CREATE TYPE shop.mark AS (word text, number int, extra text)",
        "CREATE TABLE shop.marked (word text CHECK (word IN ('a')), mark shop.mark)",
    )
    sql = "UPDATE shop.marked SET mark.word = :word WHERE (mark).word = :old AND (mark).extra = :e"
    found = _analyse(shop, f"{sql} RETURNING (mark).word, (marked).word AS own", *ddl)
    assert [parameter.column for parameter in found.parameters] == [None] * 3
    assert [column.origin is None for column in found.columns] == [True, False]


@pytest.mark.parametrize(
    ("operation", "other", "is_copy"),
    [
        ("UNION ALL", "SELECT i.kind FROM shop.items AS i", True),
        ("UNION", "SELECT 'none at all'", False),
        ("UNION ALL", "SELECT p.name FROM shop.people AS p", False),
        ("EXCEPT", "SELECT 'toy'", True),
        ("INTERSECT", "SELECT 'toy'", True),
        ("EXCEPT SELECT 'a' UNION", "SELECT 'b'", False),
    ],
)
def test_a_union_is_a_copy_where_both_arms_are(
    shop: Shop, operation: str, other: str, is_copy: bool
) -> None:
    arms = f"SELECT i.kind FROM shop.items AS i {operation} {other}"
    (column,) = _analyse(shop, arms).columns
    assert (column.origin is not None) == is_copy
    (column,) = _analyse(shop, f"{other} {operation.replace('EXCEPT', 'UNION')} {arms}").columns
    assert column.origin is None or "shop.items" in other


def test_a_row_of_a_view_over_a_union_has_no_list_of_values(
    project: Project, on_any_server: Server
) -> None:
    (project.schema / "zz.sql").write_text(
        "CREATE VIEW shop.words AS SELECT i.kind FROM shop.items AS i UNION SELECT 'no kind';\n"
        "CREATE VIEW shop.only_kinds AS SELECT i.kind FROM shop.items AS i;\n"
    )
    (project.queries / "shop" / "zz.sql").write_text(
        "-- name: words :many\nSELECT w, w.kind FROM shop.words AS w;\n\n"
        "-- name: only_kinds :many\nSELECT k, k.kind FROM shop.only_kinds AS k;\n"
    )
    diagnostics = Diagnostics()
    model = build_model(project, read_sources(project, diagnostics), diagnostics)
    (shop,) = (app for app in model.apps if app.name == "shop")
    types = {row.name: row.fields[-1].type.name for row in shop.rows}
    assert (types["Words"], types["WordsRow"]) == ("str", "str")
    assert (types["OnlyKinds"], types["OnlyKindsRow"]) == ("ItemsKind", "ItemsKind")


def test_a_list_of_values_that_a_collation_takes_for_others_as_well(shop: Shop) -> None:
    make = "CREATE COLLATION shop.ci (provider = icu, locale = 'und-u-ks-level2', {})"
    connection = shop[0]
    with connection.transaction(force_rollback=True):
        try:
            connection.execute(make.format("deterministic = false").encode())
        except psycopg.errors.FeatureNotSupported:
            pytest.skip("this server has no ICU")
        connection.execute(
            "CREATE TABLE shop.loose ("
            "a text COLLATE shop.ci CHECK (a IN ('x')),"
            "b text CHECK (b COLLATE shop.ci IN ('x')),"
            "c text CHECK (c IN ('x')))"
        )
        connection.execute("CREATE DOMAIN shop.same AS text CHECK (VALUE COLLATE shop.ci IN ('x'))")
        connection.execute("INSERT INTO shop.loose VALUES ('X', 'X', 'x')")
        catalog = read_catalog(connection)
    found = next(r for r in catalog.relations.values() if r.full_name == "shop.loose")
    assert [column.values for column in found.columns.values()] == [(), (), ("x",)]
    assert next(t for t in catalog.types.values() if t.name == "same").values == ()


def test_a_list_of_values_that_heirs_need_not_keep(shop: Shop) -> None:
    ddl = (
        "CREATE TABLE shop.own (word text CHECK (word IN ('a')) NO INHERIT)",
        "CREATE TABLE shop.heir () INHERITS (shop.own)",
        "CREATE TABLE shop.kept (word text CHECK (word IN ('a')))",
    )
    connection = shop[0]
    with connection.transaction(force_rollback=True):
        for statement in ddl:
            connection.execute(statement.encode())
        catalog = read_catalog(connection)
    values = {r.name: r.columns[1].values for r in catalog.relations.values() if r.schema == "shop"}
    assert (values["own"], values["heir"], values["kept"]) == ((), (), ("a",))


def test_operators_of_a_domain_over_arrays_are_not_asked_about_the_catalogue(shop: Shop) -> None:
    ddl = (
        "CREATE DOMAIN shop.pair AS smallint[]",
        "CREATE FUNCTION shop.same(shop.pair, shop.pair) RETURNS boolean LANGUAGE sql RETURN true",
        "CREATE OPERATOR shop.= (FUNCTION = shop.same, LEFTARG = shop.pair, RIGHTARG = shop.pair)",
        "SET LOCAL search_path = shop",
    )
    found = _analyse(shop, "SELECT p.name, p.nick FROM people AS p", *ddl)
    assert [column.verdict.nullable for column in found.columns] == [False, True]
