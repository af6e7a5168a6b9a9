"""Send a whole file as one query and know how far it came."""

from __future__ import annotations

import psycopg
from psycopg import errors, generators
from psycopg.pq import ExecStatus

from strongroom.migrate.target import Connection

_DONE = {ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK, ExecStatus.EMPTY_QUERY}
_COPIES = {ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH}


class ScriptError(Exception):
    """A statement failed; `finished` statements before it had succeeded."""

    def __init__(self, error: psycopg.Error, finished: int) -> None:
        super().__init__(str(error))
        self.error = error
        self.finished = finished


def run(connection: Connection, text: str) -> None:
    """Run a text of any number of statements in one round trip; ScriptError when one fails.

    Several times faster than a statement at a time, and the server's position counts from the
    beginning of the file.
    """
    with connection.lock:
        try:
            connection.pgconn.send_query(text.encode())
            results = connection.wait(generators.execute(connection.pgconn))
        except psycopg.Error as error:
            raise ScriptError(error, 0) from error
    for number, result in enumerate(results):
        if result.status in _COPIES:
            connection.close()
            raise ScriptError(psycopg.NotSupportedError("COPY to or from the client"), number)
        if result.status not in _DONE:
            failed = errors.error_from_result(result, connection.info.encoding)
            raise ScriptError(failed, number)
