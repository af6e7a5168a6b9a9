"""Ask PostgreSQL about one statement: types by PREPARE, its own tree by a temporary function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import pq, sql
from psycopg.errors import Error

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.parameters import Variant
from strongroom_codegen.tree import Node, queries_of


@dataclass(frozen=True, slots=True)
class ResultColumn:
    """A column of the result, as RowDescription gives it."""

    name: str
    type: int


@dataclass(frozen=True, slots=True)
class Described:
    """What the server says; `query` is None for statements that have no analysed form (CALL)."""

    parameters: tuple[int, ...]
    columns: tuple[ResultColumn, ...]
    query: Node | None


@dataclass(frozen=True, slots=True)
class Refusal:
    """The server does not take the statement; `position` counts characters of it from 1."""

    sqlstate: str
    message: str
    detail: str | None
    hint: str | None
    position: int | None


def describe(
    connection: psycopg.Connection[Any], catalog: Catalog, variant: Variant
) -> Described | Refusal:
    """Describe one SQL text; nothing of it stays in the database."""
    with connection.transaction(force_rollback=True):
        found = _prepare(connection.pgconn, variant.sql)
        if isinstance(found, Refusal):
            return found
        parameters, columns = found
        types = [catalog.types[oid].format for oid in parameters]
        return Described(parameters, columns, _tree(connection, variant.sql, types))


def _prepare(
    pgconn: pq.abc.PGconn, text: str
) -> tuple[tuple[int, ...], tuple[ResultColumn, ...]] | Refusal:
    result = pgconn.prepare(b"", text.encode())
    if result.status == pq.ExecStatus.COMMAND_OK:
        result = pgconn.describe_prepared(b"")
    if result.status != pq.ExecStatus.COMMAND_OK:
        return _refusal(result)
    parameters = tuple(result.param_type(n) for n in range(result.nparams))
    columns = tuple(
        ResultColumn((result.fname(n) or b"").decode(), result.ftype(n))
        for n in range(result.nfields)
    )
    return parameters, columns


def _refusal(result: pq.abc.PGresult) -> Refusal:
    def field(code: pq.DiagnosticField) -> str | None:
        value = result.error_field(code)
        return value.decode() if value is not None else None

    position = field(pq.DiagnosticField.STATEMENT_POSITION)
    return Refusal(
        sqlstate=field(pq.DiagnosticField.SQLSTATE) or "",
        message=field(pq.DiagnosticField.MESSAGE_PRIMARY) or "",
        detail=field(pq.DiagnosticField.MESSAGE_DETAIL),
        hint=field(pq.DiagnosticField.MESSAGE_HINT),
        position=int(position) if position else None,
    )


def _tree(connection: psycopg.Connection[Any], text: str, types: list[str]) -> Node | None:
    head = f"CREATE FUNCTION pg_temp.strongroom_query({', '.join(types)}) RETURNS void"
    statement = f"{head} LANGUAGE sql BEGIN ATOMIC {text}\n; END"
    try:
        with connection.transaction():
            connection.execute(statement.encode())
    except Error:
        # Utility statements can't stand there, and have no columns to reason about.
        return None
    row = connection.execute(
        sql.SQL(
            "SELECT prosqlbody::text FROM pg_catalog.pg_proc WHERE proname = 'strongroom_query'"
            " AND pronamespace = pg_catalog.pg_my_temp_schema()"
        )
    ).fetchone()
    queries = queries_of(row[0]) if row else []
    return queries[0] if queries else None
