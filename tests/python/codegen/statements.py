"""One query by itself; one statement on the shop of the fixtures, after DDL of its own."""

from __future__ import annotations

from typing import Any

import psycopg

from strongroom_codegen.analyse import AnalysedQuery, conclude, examine
from strongroom_codegen.annotations import parse_file
from strongroom_codegen.catalog import Catalog, read_catalog
from strongroom_codegen.describe import describe
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.parameters import PreparedQuery, prepare
from strongroom_codegen.read import QueryFile
from strongroom_codegen.source import Source

Shop = tuple[psycopg.Connection[Any], Catalog]


def analyse(
    connection: psycopg.Connection[Any],
    catalog: Catalog,
    prepared: PreparedQuery,
    diagnostics: Diagnostics,
) -> AnalysedQuery | None:
    """Analyse a query; None when the server refuses it or its variants disagree (reported)."""
    answers = {v.sql: describe(connection, catalog, v) for v in prepared.variants}
    found = examine(catalog, prepared, answers, diagnostics)
    return conclude(connection, catalog, prepared, found, diagnostics) if found else None


def look_at(shop: Shop, sql: str, *ddl: str, kind: str = "many") -> AnalysedQuery:
    """What is known of the statement; nothing of the DDL stays."""
    connection = shop[0]
    diagnostics = Diagnostics()
    file = parse_file(
        QueryFile("shop", "q", Source("q.sql", f"-- name: q :{kind}\n{sql}")), diagnostics
    )
    prepared = prepare(file.queries[0], diagnostics)
    assert prepared, diagnostics.render()
    with connection.transaction(force_rollback=True):
        for statement in ddl:
            connection.execute(statement.encode())
        found = analyse(connection, read_catalog(connection), prepared, diagnostics)
    assert found, diagnostics.render()
    return found
