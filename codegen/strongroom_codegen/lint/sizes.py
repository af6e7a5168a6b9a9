"""Make the planner believe that empty tables have their declared size, inside a transaction.

The planner takes the rows of a page from the statistics, and the number of pages from the file.
So each table is shown a file of one page, which holds all of its rows, and is put back at the end.
"""

from __future__ import annotations

import re
from typing import Any

import psycopg

from strongroom.errors import UsageError
from strongroom_codegen.catalog import Catalog, Relation
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.lint.rules import DEFAULT
from strongroom_codegen.places import Places

_ROWS = re.compile(r"(\d+(?:\.\d+)?)\s*([kMG]?)$")
_FACTOR = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}

_FILE = """
UPDATE pg_catalog.pg_class AS c
SET relfilenode = p.relfilenode, reltablespace = p.reltablespace,
    relpages = 1, relallvisible = 1, reltuples = s.rows
FROM unnest(%s::oid[], %s::real[]) AS s (oid, rows), pg_catalog.pg_class AS p
WHERE c.oid = s.oid AND p.oid = %s::regclass
"""
# Policies ask this table while a statement is planned: it must show the row that it has.
_PLANNER_READS = "kernel.serving_gate"
_FORGET = "DELETE FROM pg_catalog.pg_statistic WHERE starelid = ANY (%s)"
_DISTINCT = """
INSERT INTO pg_catalog.pg_statistic (
    starelid, staattnum, stainherit, stanullfrac, stawidth, stadistinct,
    stakind1, stakind2, stakind3, stakind4, stakind5,
    staop1, staop2, staop3, staop4, staop5,
    stacoll1, stacoll2, stacoll3, stacoll4, stacoll5
)
SELECT s.relation, s.number, s.inherited, 0, 8, s.found, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0
FROM unnest(%s::oid[], %s::int2[], %s::boolean[], %s::real[])
    AS s (relation, number, inherited, found)
"""
_REFERENCES = """
SELECT k.conrelid, k.conkey, k.confrelid, k.confkey
FROM pg_catalog.pg_constraint AS k
WHERE k.contype = 'f' AND k.conparentid = 0
ORDER BY k.oid
"""


def read_sizes(catalog: Catalog, places: Places, diagnostics: Diagnostics) -> dict[int, float]:
    """Rows of each table and materialized view; a partition has its part of the whole."""
    sizes: dict[int, float] = {}
    for relation in catalog.relations.values():
        if relation.kind in ("r", "p", "m") and relation.oid >= 16384:
            sizes[relation.oid] = _declared(relation, places, diagnostics)
    roots = [r for r in catalog.relations.values() if r.kind == "p" and not r.is_partition]
    for root in roots:
        leaves = _leaves(catalog, root)
        for leaf in leaves:
            sizes[leaf.oid] = max(1.0, sizes[root.oid] / len(leaves))
    return sizes


def inject(connection: psycopg.Connection[Any], catalog: Catalog, sizes: dict[int, float]) -> None:
    """Show the sizes to the planner; the transaction that is open must be rolled back.

    Raises UsageError when the role is no superuser: nobody else can do this.
    """
    row = connection.execute(
        "SELECT r.rolsuper, r.rolname FROM pg_catalog.pg_roles AS r WHERE r.rolname = CURRENT_USER"
    ).fetchone()
    if not row or not row[0]:
        raise UsageError(
            f'the sizes of empty tables can\'t be set as "{row[1] if row else "nobody"}"',
            hint="only a superuser may: unset DATABASE_URL to use the embedded server",
        )
    connection.execute("CREATE SCHEMA strongroom_sizes")
    connection.execute("CREATE TABLE strongroom_sizes.page AS SELECT 1 AS id")
    files = {oid: catalog.relations[oid] for oid in sizes if catalog.relations[oid].kind != "p"}
    tables = [oid for oid, relation in files.items() if relation.full_name != _PLANNER_READS]
    rows = [sizes[oid] for oid in tables]
    connection.execute(_FILE, (tables, rows, "strongroom_sizes.page"))
    connection.execute(_FORGET, (list(sizes),))
    found = _distinct(connection, catalog, sizes)
    connection.execute(_DISTINCT, tuple(list(column) for column in zip(*found, strict=True)))


def _declared(relation: Relation, places: Places, diagnostics: Diagnostics) -> float:
    text = relation.comment.tag("rows")
    if text is None:
        return float(DEFAULT)
    match = _ROWS.match(text)
    if match is None:
        diagnostics.error(
            places.of_tag(f"@rows {text}", relation.name),
            f"{relation.full_name}: @rows {text} is no number of rows",
            "write: @rows 500, @rows 20k, @rows 10M or @rows 1G",
        )
        return float(DEFAULT)
    return float(match[1]) * _FACTOR[match[2]]


def _leaves(catalog: Catalog, relation: Relation) -> list[Relation]:
    children = [catalog.relations[oid] for oid in relation.children]
    found = []
    for child in children:
        found += _leaves(catalog, child) if child.kind == "p" else [child]
    return found


def _distinct(
    connection: psycopg.Connection[Any], catalog: Catalog, sizes: dict[int, float]
) -> list[tuple[int, int, bool, float]]:
    """How many different values a column has, where the schema tells: references and value lists.

    What is not said here PostgreSQL takes for 200 different values.
    """
    found: dict[tuple[int, int], float] = {}
    for relation, key, other, other_key in connection.execute(_REFERENCES).fetchall():
        if relation in sizes and other in sizes:
            for number, target in zip(key, other_key, strict=True):
                values = found.get((other, target), sizes[other])
                known = found.get((relation, number), values)
                found[relation, number] = max(1.0, min(sizes[relation], values, known))
    for oid in sizes:
        for number, column in catalog.relations[oid].columns.items():
            of_type = catalog.types[column.type]
            listed = column.values or of_type.values or of_type.labels
            if listed:
                found[oid, number] = float(len(listed))
    return [
        (oid, number, catalog.relations[oid].kind == "p", values)
        for (oid, number), values in sorted(found.items())
    ] or [(0, 0, False, 0.0)]
