"""The one place that drives psycopg's internals: a pipeline of commands under one Sync.

Everything here is a generator over psycopg's wait machinery, so the same code serves `Connection`
and `AsyncConnection`: `conn.wait(exchange(...))` under `conn.lock`. These internals may change
between minor versions of psycopg, so the distribution is bound to one (`pyproject.toml`), and
`tests/python/session/test_psycopg_internals.py` fails loudly when they have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from psycopg import generators, pq
from psycopg._capabilities import capabilities

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn, PGresult

Command: TypeAlias = tuple[Callable[..., None], tuple[Any, ...]]
"""One message to the server: a `PGconn.send_*` method and its arguments."""

IDLE = pq.TransactionStatus.IDLE
INTRANS = pq.TransactionStatus.INTRANS
INERROR = pq.TransactionStatus.INERROR
ACTIVE = pq.TransactionStatus.ACTIVE

COMMAND_OK = pq.ExecStatus.COMMAND_OK
TUPLES_OK = pq.ExecStatus.TUPLES_OK
FATAL_ERROR = pq.ExecStatus.FATAL_ERROR
SUCCESS = (TUPLES_OK, COMMAND_OK)
_PIPELINE_SYNC = pq.ExecStatus.PIPELINE_SYNC
_COPY = (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH)
CONNECTED = pq.ConnStatus.OK
_PIPELINE_OFF = pq.PipelineStatus.OFF

can_close_prepared: bool = capabilities.has_send_close_prepared()
"""Whether this libpq (17+) can drop a prepared statement by a protocol message."""


def exchange(pgconn: PGconn, commands: Sequence[Command]) -> PQGen[list[PGresult]]:
    """Send the commands and one Sync, and collect one result for each command.

    After a failed command the rest have results with status PIPELINE_ABORTED. An error of the
    commit that Sync does (a deferred constraint) is one result more, the last. Raises
    OperationalError when the connection is lost; results that came before are then in vain.
    """
    if len(commands) == 1:
        results = yield from alone(pgconn, *commands[0])
        _refuse_copy(pgconn, results)
        return results
    pgconn.enter_pipeline_mode()
    for send, arguments in commands:
        send(*arguments)
    pgconn.pipeline_sync()
    yield from generators.send(pgconn)
    results = []
    ended = True
    while True:
        try:
            # All answers mostly come in one piece, and then there is nothing to wait for.
            if pgconn.is_busy():
                result = yield from generators.fetch(pgconn)
            else:
                result = pgconn.get_result()
        except psycopg.DatabaseError:
            # The server says why it hangs up, then hangs up: the reason is the better error.
            if results and results[-1].status == FATAL_ERROR:
                return results
            raise
        if result is None:
            # None ends each command's results; twice in a row only where nothing more comes.
            if ended:
                raise psycopg.OperationalError("the connection was lost")
            ended = True
            continue
        ended = False
        status = result.status
        if status == _PIPELINE_SYNC:
            break
        results.append(result)
        _refuse_copy(pgconn, results)
        if pgconn.status != CONNECTED and status == FATAL_ERROR:
            return results
    pgconn.exit_pipeline_mode()
    return results


def alone(
    pgconn: PGconn, send: Callable[..., None], arguments: tuple[Any, ...]
) -> PQGen[list[PGresult]]:
    """A command that nothing precedes: libpq sends its Sync, at less cost than a pipeline's."""
    send(*arguments)
    execution: PQGen[list[PGresult]] = generators.execute(pgconn)
    return execution


def _refuse_copy(pgconn: PGconn, results: Sequence[PGresult]) -> None:
    if results and results[-1].status in _COPY:
        pgconn.finish()
        raise psycopg.NotSupportedError("COPY can't be run as a statement")


def succeeded(commands: Sequence[Command], results: Sequence[PGresult]) -> bool:
    """Whether every command, and the commit at Sync, went well."""
    return len(results) == len(commands) and results[-1].status in SUCCESS


def first_failure(results: Sequence[PGresult]) -> PGresult:
    """The result that says what went wrong.

    Raises OperationalError when none does: the answer broke off.
    """
    for result in results:
        if result.status == FATAL_ERROR:
            return result
    raise psycopg.OperationalError("the server's answer broke off")


def is_unsettled(pgconn: PGconn) -> bool:
    """Whether a call was left in the middle, so that nothing may be sent any more."""
    return pgconn.status == CONNECTED and (
        pgconn.pipeline_status != _PIPELINE_OFF or pgconn.transaction_status == ACTIVE
    )


def simple(pgconn: PGconn, sql: bytes) -> Command:
    """A command without parameters and without a result."""
    return pgconn.send_query_params, (sql, None)
