"""What a kind asks of its query, beyond what PostgreSQL asks of every statement."""

from __future__ import annotations

import re
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from strongroom_codegen.annotations import AnnotatedQuery
from strongroom_codegen.describe import refusal_of
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.parameters import PreparedQuery

ITEMS = ("batch", "bulk", "copy")
"""Kinds whose function takes an iterable of items."""

# Its kind, whether the worker is under its policies, and what must be given to it and is not.
# Where a trigger may fill columns in, nothing must.
_TARGET = b"""
SELECT
    c.relkind::text,
    c.relrowsecurity AND coalesce(NOT r.rolsuper AND NOT r.rolbypassrls
        AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role(r.oid, c.relowner, 'USAGE')),
        false),
    ARRAY(
        SELECT a.attname::text
        FROM pg_catalog.pg_attribute AS a
        JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
        WHERE a.attrelid = c.oid
          AND a.attnum > 0
          AND NOT a.attisdropped
          AND (a.attnotnull OR t.typnotnull)
          AND NOT a.atthasdef
          AND a.attidentity = ''
          AND t.typdefault IS NULL
          AND a.attname <> ALL (%s::text[])
          AND NOT EXISTS (
              SELECT FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = c.oid AND g.tgtype & 7 = 7
          )
        ORDER BY a.attnum
    )
FROM pg_catalog.pg_class AS c
LEFT JOIN pg_catalog.pg_roles AS r ON r.rolname = %s
WHERE c.oid = %s::regclass
"""
_OPTION_OF = {"fetch": ("stream", 100_000), "chunk": ("bulk", 1_000_000)}


def check_kind(
    connection: psycopg.Connection[Any], prepared: PreparedQuery, diagnostics: Diagnostics
) -> bool:
    """Whether a query that the server takes can be of its kind; what is in the way is reported."""
    kind = prepared.query.kind
    if kind in ITEMS and (prepared.optional or prepared.orders):
        diagnostics.error(
            prepared.query.place,
            f"--? and --@sort can't stand in a :{kind} query: it is one statement for all items",
            "make two queries of it",
        )
        return False
    if kind == "copy":
        return _check_copy(connection, prepared, diagnostics)
    if kind != "stream":
        return True
    declared = f"DECLARE strongroom_check NO SCROLL CURSOR FOR {prepared.variants[0].sql}"
    refusal = refusal_of(connection, declared)
    if refusal:
        diagnostics.error(
            prepared.query.place,
            "a :stream query is read by a cursor, which PostgreSQL has only for SELECT and VALUES"
            " that change no rows in WITH",
            "make it :many",
        )
    return refusal is None


def _check_copy(
    connection: psycopg.Connection[Any], prepared: PreparedQuery, diagnostics: Diagnostics
) -> bool:
    query = prepared.query
    role = query.option("role")
    if role is None or role.argument != "worker":
        diagnostics.error(
            query.place,
            "a :copy query is for the worker: PostgreSQL refuses COPY FROM under row level"
            " security, which other roles may be under",
            "write @role worker, or make it a :bulk query",
        )
        return False
    text = prepared.variants[0].sent.removeprefix("COPY ").partition(" (")[0]
    with connection.cursor(row_factory=tuple_row) as cursor:
        found = cursor.execute(_TARGET, (list(prepared.names), f"{query.app}_worker", text))
        kind, fenced, missing = found.fetchone() or ("", False, [])
    if kind not in ("r", "p", "f"):
        diagnostics.error(query.place, f"{text} is no table", "COPY FROM needs one")
    elif fenced:
        diagnostics.error(
            query.place,
            f"{text} has row level security for {query.app}_worker, and PostgreSQL refuses COPY"
            " FROM there",
            "make it a :bulk query",
        )
    elif missing:
        diagnostics.error(
            query.place,
            f"{', '.join(missing)} of {text} can't be NULL and has no default",
            "name it in the list of columns",
        )
    return kind in ("r", "p", "f") and not fenced and not missing


def whole_number(query: AnnotatedQuery, name: str, diagnostics: Diagnostics) -> int | None:
    """The number of rows that `@fetch` or `@chunk` gives; None when it is not there."""
    option = query.option(name)
    if option is None:
        return None
    kind, most = _OPTION_OF[name]
    if query.kind != kind:
        diagnostics.error(
            option.place, f"@{name} is for :{kind} queries, and this one is :{query.kind}"
        )
    elif not re.fullmatch(r"[1-9]\d{0,6}", option.argument) or int(option.argument) > most:
        diagnostics.error(
            option.place,
            f"@{name} is a number of rows from 1 to {most}",
            f"write: @{name} 1000",
        )
    else:
        return int(option.argument)
    return None
