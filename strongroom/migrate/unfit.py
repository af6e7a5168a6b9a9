"""Functions that name what a rollback took: PostgreSQL does not look into their bodies.

A parsed body can't lose what it needs. One that is a string fails when it comes to the name. Found
are names with their schema, and columns of tables that are named so.
"""

from __future__ import annotations

import re
from collections.abc import Set

from strongroom.migrate.target import Connection

Names = frozenset[tuple[str, str]]
"""Tables and routines with their schema, each with "" and a table with each of its columns."""

_NAMES = """
SELECT pg_catalog.concat(n.nspname, '.', c.relname), coalesce(a.attname::text, '')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS a
    ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
  AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema', 'strongroom')
UNION
SELECT pg_catalog.concat(n.nspname, '.', o.name), ''
FROM (
    SELECT p.proname, p.pronamespace FROM pg_catalog.pg_proc AS p
    UNION ALL
    SELECT c.relname, c.relnamespace
    FROM pg_catalog.pg_class AS c
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relispartition
) AS o (name, namespace)
JOIN pg_catalog.pg_namespace AS n ON n.oid = o.namespace
WHERE n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema', 'strongroom')
"""
_BODIES = """
SELECT i.identity, p.prosrc
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_language AS l ON l.oid = p.prolang
CROSS JOIN LATERAL pg_catalog.pg_identify_object(p.tableoid, p.oid, 0) AS i
WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND l.lanname IN ('sql', 'plpgsql')
ORDER BY 1
"""
_COMMENT = re.compile(r"--[^\n]*")
_QUALIFIED = re.compile(r"\w+\.\w+")
_WORD = re.compile(r"\w+")


def names(connection: Connection) -> Names:
    """What there is to be named."""
    return frozenset((name, column) for name, column in connection.execute(_NAMES))


def naming(connection: Connection, gone: Names) -> dict[str, list[str]]:
    """By function: what its body names of what is gone."""
    if not gone:
        return {}
    rows = connection.execute(_BODIES).fetchall()
    found = {name: _named(_COMMENT.sub("", body), gone) for name, body in rows}
    return {name: named for name, named in found.items() if named}


def _named(body: str, gone: Set[tuple[str, str]]) -> list[str]:
    qualified, words = set(_QUALIFIED.findall(body)), set(_WORD.findall(body))
    whole = {name for name, column in gone if not column and name in qualified}
    columns = {
        f"{name}.{column}"
        for name, column in gone
        if column in words and name in qualified and name not in whole
    }
    return sorted(whole | columns)
