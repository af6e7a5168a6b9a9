"""The execution oracle: run a query and see whether a column said to be never NULL is NULL."""

from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import strategies as st
from psycopg import pq

from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.annotations import parse_file
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.parameters import PreparedQuery, Variant, prepare
from strongroom_codegen.read import QueryFile
from strongroom_codegen.source import Source
from tests.python.codegen.random_rows import Texts, Value
from tests.python.codegen.statements import analyse

Shop = tuple[psycopg.Connection[Any], Catalog]


def prepared_query(text: str, kind: str = "many") -> PreparedQuery:
    """A query that a test wrote, as one of a file."""
    diagnostics = Diagnostics()
    source = Source("q.sql", f"-- name: q :{kind}\n{text};\n")
    queries = parse_file(QueryFile("shop", "q", source), diagnostics).queries
    prepared = prepare(queries[0], diagnostics) if queries else None
    assert prepared, diagnostics.render()
    return prepared


def analysed(shop: Shop, prepared: PreparedQuery) -> AnalysedQuery:
    """What the generator knows of a query that it must not refuse."""
    diagnostics = Diagnostics()
    found = analyse(*shop, prepared, diagnostics)
    assert found, diagnostics.render()
    return found


def call_arguments(known: Texts, found: AnalysedQuery) -> st.SearchStrategy[dict[str, Value]]:
    """Arguments as a program may give them: None only where the generated type allows it."""
    return st.fixed_dictionaries(
        {
            parameter.name: known.arguments(parameter.type, nullable=parameter.nullable)
            for parameter in found.parameters
        }
    )


def check(
    connection: psycopg.Connection[Any], found: AnalysedQuery, given: dict[str, Value]
) -> int:
    """Run every variant; fail where a column that is never NULL is, or where there are two rows of
    what gives one at most. How many rows there were."""
    rows = 0
    for variant in found.prepared.variants:
        nulls, count = nulls_of(connection, variant, given)
        rows += count
        assert count < 2 or not found.at_most_one, (
            f"{count} rows, where there should be one at most\n{variant.sql}\n{given}"
        )
        for number in sorted(nulls):
            column = found.columns[number]
            assert column.verdict.nullable, (
                f"{column.name} is NULL, but: {column.verdict.reason}\n{variant.sql}\n{given}"
            )
    return rows


def nulls_of(
    connection: psycopg.Connection[Any], variant: Variant, given: dict[str, Value]
) -> tuple[set[int], int]:
    """The columns in which some row has a NULL, and the number of rows; nothing is kept.

    What the random values make the server refuse is an error, not a NULL.
    """
    nulls: set[int] = set()
    with psycopg.RawCursor(connection) as cursor:
        try:
            with connection.transaction(force_rollback=True):
                cursor.execute(variant.sql.encode(), [given[name] for name in variant.names])
                result = cursor.pgresult
                if not result or result.status != pq.ExecStatus.TUPLES_OK:
                    return nulls, 0
                for row in range(result.ntuples):
                    for column in range(result.nfields):
                        if result.get_value(row, column) is None:
                            nulls.add(column)
                return nulls, result.ntuples
        except psycopg.Error:
            return nulls, 0
