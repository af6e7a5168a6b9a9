"""Which table column a value is a copy of, and what the catalogue says in odd surroundings."""

from __future__ import annotations

from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.catalog import read_catalog
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


def test_operators_of_a_domain_over_arrays_are_not_asked_about_the_catalogue(shop: Shop) -> None:
    ddl = (
        "CREATE DOMAIN shop.pair AS smallint[]",
        "CREATE FUNCTION shop.same(shop.pair, shop.pair) RETURNS boolean LANGUAGE sql RETURN true",
        "CREATE OPERATOR shop.= (FUNCTION = shop.same, LEFTARG = shop.pair, RIGHTARG = shop.pair)",
        "SET LOCAL search_path = shop",
    )
    found = _analyse(shop, "SELECT p.name, p.nick FROM people AS p", *ddl)
    assert [column.verdict.nullable for column in found.columns] == [False, True]
