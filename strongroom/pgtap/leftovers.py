"""What a file left behind in its database, found by comparing before and after.

Compared are the objects that a user made, by the transaction that last wrote their catalogue row,
and the rows of every table. Sequences are left out: they never roll back.
"""

from __future__ import annotations

from typing import Any, LiteralString

import psycopg
from psycopg import sql

# Who asked for it, and which version of it there is: a name, and a mark that changes with it.
State = dict[str, str]

_SHOWN = 10
_KINDS: dict[LiteralString, LiteralString] = {
    "relation": "SELECT oid::regclass::text, xmin, relnamespace FROM pg_class",
    "function": "SELECT oid::regprocedure::text, xmin, pronamespace FROM pg_proc",
    "type": "SELECT oid::regtype::text, xmin, typnamespace FROM pg_type",
    "operator": "SELECT oid::regoperator::text, xmin, oprnamespace FROM pg_operator",
    "schema": "SELECT nspname::text, xmin, oid FROM pg_namespace",
    "constraint": "SELECT conname || ' of ' ||"
    " coalesce(nullif(conrelid, 0)::regclass::text, contypid::regtype::text),"
    " xmin, connamespace FROM pg_constraint",
    "trigger": "SELECT t.tgname || ' of ' || c.oid::regclass::text, t.xmin, c.relnamespace"
    " FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid",
    "policy": "SELECT p.polname || ' of ' || c.oid::regclass::text, p.xmin, c.relnamespace"
    " FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid",
    "extension": "SELECT extname::text, xmin, NULL::oid FROM pg_extension",
    "event trigger": "SELECT evtname::text, xmin, NULL::oid FROM pg_event_trigger",
    "large object": "SELECT oid::text, xmin, NULL::oid FROM pg_largeobject_metadata",
    "default privileges": "SELECT oid::text, xmin, NULL::oid FROM pg_default_acl",
    "settings": "SELECT coalesce(nullif(setrole, 0)::regrole::text, 'all roles'), xmin, NULL::oid"
    " FROM pg_db_role_setting WHERE setdatabase ="
    " (SELECT oid FROM pg_database WHERE datname = current_database())",
}
_SYSTEM: LiteralString = (
    "SELECT oid FROM pg_namespace WHERE nspname ~ '^pg_(temp|toast)'"
    " OR nspname IN ('pg_catalog', 'information_schema')"
)
_TABLES: LiteralString = """
    SELECT n.nspname, c.relname
    FROM pg_class AS c
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'm')
        AND c.relispopulated
        AND n.nspname !~ '^pg_(temp|toast)'
        AND n.nspname NOT IN ('pg_catalog', 'information_schema')
"""


def look(url: str) -> State:
    """Everything in a database that a file might leave behind."""
    with psycopg.connect(url, options="-c search_path=pg_catalog", autocommit=True) as connection:
        rows = connection.execute(_objects()).fetchall()
        tables = connection.execute(_TABLES).fetchall()
        if tables:
            rows += connection.execute(_rows_of(tables)).fetchall()
    return dict(rows)


def compare(before: State, after: State) -> list[str]:
    """What is new, changed or gone, one line each; many lines are cut short."""
    found = [f"{name} is new" for name in after if name not in before]
    found += [f"{name} is gone" for name in before if name not in after]
    found += [f"{name} changed" for name, mark in after.items() if before.get(name, mark) != mark]
    hidden = len(found) - _SHOWN
    return found if hidden <= 0 else [*found[:_SHOWN], f"and {hidden} more"]


def _objects() -> sql.Composed:
    branches = [
        sql.SQL("SELECT {} || o.name, o.mark::text FROM ({}) AS o (name, mark, namespace) ").format(
            sql.Literal(f"{kind} "), sql.SQL(query)
        )
        + sql.SQL(f"WHERE o.namespace IS NULL OR o.namespace NOT IN ({_SYSTEM})")
        for kind, query in _KINDS.items()
    ]
    return sql.SQL(" UNION ALL ").join(branches)


def _rows_of(tables: list[tuple[Any, ...]]) -> sql.Composed:
    mark = sql.SQL("count(*) || ' ' || coalesce(sum(hashtext(xmin::text || ctid::text)), 0)")
    branches = [
        sql.SQL("SELECT {}, {} FROM {}").format(
            sql.Literal(f"rows of {schema}.{table}"), mark, sql.Identifier(schema, table)
        )
        for schema, table in tables
    ]
    return sql.SQL(" UNION ALL ").join(branches)
