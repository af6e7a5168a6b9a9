"""Ask PostgreSQL about one statement: types by PREPARE, its own tree by a temporary function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import pq

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.parameters import Variant
from strongroom_codegen.tree import Node, queries_of

_BODY = (
    "SELECT prosqlbody::text FROM pg_catalog.pg_proc WHERE proname = 'strongroom_query'"
    " AND pronamespace = pg_catalog.pg_my_temp_schema()"
)


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
    found = _prepare(connection.pgconn, variant.sql)
    if isinstance(found, Refusal):
        return found
    parameters, columns = found
    types = [catalog.types[oid].format for oid in parameters]
    return Described(parameters, columns, _tree(connection.pgconn, variant.sql, types))


def refusal_of(connection: psycopg.Connection[Any], text: str) -> Refusal | None:
    """Why the server does not take a statement; None when it does."""
    result = connection.pgconn.prepare(b"", text.encode())
    return None if result.status == pq.ExecStatus.COMMAND_OK else _refusal(result)


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


def _tree(pgconn: pq.abc.PGconn, text: str, types: list[str]) -> Node | None:
    """The analysed query, by a function that is rolled back; all in one message to the server."""
    alone = pgconn.transaction_status == pq.TransactionStatus.IDLE
    begin, end = ("BEGIN", "ROLLBACK") if alone else ("SAVEPOINT query", "ROLLBACK TO query")
    head = f"CREATE FUNCTION pg_temp.strongroom_query({', '.join(types)}) RETURNS void"
    statements = f"{begin}; {head} LANGUAGE sql BEGIN ATOMIC {text}\n; END; {_BODY}; {end}"
    body: bytes | None = None
    pgconn.send_query(statements.encode())
    while result := pgconn.get_result():
        if result.status == pq.ExecStatus.TUPLES_OK and result.ntuples:
            body = result.get_value(0, 0)
    if pgconn.transaction_status == pq.TransactionStatus.INERROR:
        # Utility statements can't stand there, and have no columns to reason about.
        pgconn.exec_(end.encode())
    queries = queries_of(body.decode()) if body else []
    return queries[0] if queries else None
