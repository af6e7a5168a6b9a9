"""Ask PostgreSQL about one statement: types by PREPARE, its own tree by a temporary function."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeAlias

import psycopg
from psycopg import pq

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.parameters import Variant
from strongroom_codegen.tree import Node, queries_of

_BODY = (
    b"SELECT prosqlbody::text FROM pg_catalog.pg_proc WHERE proname = 'strongroom_query'"
    b" AND pronamespace = pg_catalog.pg_my_temp_schema()"
)
# So many texts are on their way at a time.
_AT_A_TIME = 50


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


_Prepared: TypeAlias = tuple[tuple[int, ...], tuple[ResultColumn, ...]]


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
    ((_, answer),) = describe_each(connection, catalog, [variant.sql])
    return answer


def refusal_of(connection: psycopg.Connection[Any], text: str) -> Refusal | None:
    """Why the server does not take a statement; None when it does."""
    result = connection.pgconn.prepare(b"", text.encode())
    return None if result.status == pq.ExecStatus.COMMAND_OK else _refusal(result)


def describe_each(
    connection: psycopg.Connection[Any],
    catalog: Catalog,
    texts: Sequence[str],
    progress: Callable[[int], None] = lambda done: None,
) -> Generator[tuple[str, Described | Refusal], None, None]:
    """Each of some SQL texts with its description, in their order; nothing stays in the database.

    Until the last one was taken the connection answers nobody else: while the caller is at one
    text, the server is at the next ones. `progress` is told now and then how many are done.
    """
    pgconn = connection.pgconn
    alone = pgconn.transaction_status == pq.TransactionStatus.IDLE
    parts = [texts[n : n + _AT_A_TIME] for n in range(0, len(texts), _AT_A_TIME)]
    done = 0
    with _pipeline(pgconn):
        for part, following in pairwise([[], *parts, []]):
            prepared = {text: _prepared(pgconn) for text in part}
            types = {
                text: [catalog.types[oid].format for oid in answer[0]]
                for text, answer in prepared.items()
                if not isinstance(answer, Refusal)
            }
            _send_functions(pgconn, types, alone)
            _send_prepares(pgconn, following)
            for text, answer in prepared.items():
                if isinstance(answer, Refusal):
                    yield text, answer
                else:
                    yield text, Described(*answer, _tree([*_results(pgconn), *_results(pgconn)]))
                # The server goes on only while what it has sent is taken off it.
                pgconn.consume_input()
            done += len(part)
            progress(done)


def _send_prepares(pgconn: pq.abc.PGconn, texts: Sequence[str]) -> None:
    for text in texts:
        pgconn.send_prepare(b"", text.encode())
        pgconn.send_describe_prepared(b"")
        pgconn.pipeline_sync()


@contextmanager
def _pipeline(pgconn: pq.abc.PGconn) -> Iterator[None]:
    """Sending waits for the server (and reads what it answers), so that all is really sent."""
    before = pgconn.nonblocking
    pgconn.nonblocking = 0
    pgconn.enter_pipeline_mode()
    try:
        yield
    except BaseException:
        # Answers are still to come that nobody will read.
        pgconn.finish()
        raise
    pgconn.exit_pipeline_mode()
    pgconn.nonblocking = before


def _prepared(pgconn: pq.abc.PGconn) -> _Prepared | Refusal:
    """The next text's answer: what was prepared, what it is like, and the sync behind it."""
    results = list(_results(pgconn))
    failed = next((r for r in results if r.status == pq.ExecStatus.FATAL_ERROR), None)
    if failed:
        return _refusal(failed)
    result = results[1]
    parameters = tuple(result.param_type(n) for n in range(result.nparams))
    columns = tuple(
        ResultColumn((result.fname(n) or b"").decode(), result.ftype(n))
        for n in range(result.nfields)
    )
    return parameters, columns


def _results(pgconn: pq.abc.PGconn) -> Iterator[pq.abc.PGresult]:
    """The results up to the next sync; None stands between those of two commands."""
    while True:
        result = pgconn.get_result()
        if result is None:
            if pgconn.status == pq.ConnStatus.BAD:
                raise psycopg.OperationalError("the connection to the scratch database was lost")
            continue
        if result.status == pq.ExecStatus.PIPELINE_SYNC:
            return
        yield result


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


def _send_functions(pgconn: pq.abc.PGconn, types: dict[str, list[str]], alone: bool) -> None:
    """Ask for the analysed query of each text, by a function that is rolled back.

    Utility statements can't stand in one; they have no columns to reason about.
    """
    begin, end = (b"BEGIN", b"ROLLBACK") if alone else (b"SAVEPOINT query", b"ROLLBACK TO query")
    for text, parameters in types.items():
        head = f"CREATE FUNCTION pg_temp.strongroom_query({', '.join(parameters)})"
        function = f"{head} RETURNS void LANGUAGE sql BEGIN ATOMIC {text}\n; END"
        for statement in (begin, function.encode(), _BODY):
            pgconn.send_query_params(statement, None)
        pgconn.pipeline_sync()
        # Behind the sync, for after an error the server skips everything before it.
        pgconn.send_query_params(end, None)
        pgconn.pipeline_sync()


def _tree(results: list[pq.abc.PGresult]) -> Node | None:
    for result in results:
        if result.status == pq.ExecStatus.TUPLES_OK and result.ntuples:
            body = result.get_value(0, 0)
            queries = queries_of(body.decode()) if body else []
            return queries[0] if queries else None
    return None
