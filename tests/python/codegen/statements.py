"""One statement on the shop of the fixtures, with DDL of its own before it."""

from __future__ import annotations

from typing import Any

import psycopg

from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.analysing import analyse
from strongroom_codegen.annotations import parse_file
from strongroom_codegen.catalog import Catalog, read_catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.parameters import prepare
from strongroom_codegen.read import QueryFile
from strongroom_codegen.source import Source

Shop = tuple[psycopg.Connection[Any], Catalog]


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
