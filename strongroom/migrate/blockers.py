"""Who blocks the statement that is running: looked up while it waits, told when it gave up."""

from __future__ import annotations

import threading

import psycopg

from strongroom.migrate.target import Connection

_POLL_SECONDS = 0.25
_QUERY = """
SELECT a.pid, a.usename, a.application_name, a.state, a.xact_start,
       pg_catalog.clock_timestamp() - a.xact_start AS age, a.query
FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids(%s)) AS blocking (pid)
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = blocking.pid
ORDER BY a.xact_start NULLS LAST
"""


class Watch:
    """Watches one connection from another while a block of code runs.

    Use as a context manager; `seen` then holds one line for each session that blocked last.
    """

    def __init__(self, observer: Connection, pid: int) -> None:
        self.seen: list[str] = []
        self._observer = observer
        self._pid = pid
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="blockers")

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(_POLL_SECONDS):
            try:
                rows = self._observer.execute(_QUERY, (self._pid,)).fetchall()
            except psycopg.Error:
                return
            if rows:
                self.seen = [_line(*row) for row in rows]


def _line(
    pid: int,
    user: str | None,
    application: str | None,
    state: str | None,
    _start: object,
    age: object,
    query: str | None,
) -> str:
    parts = [f"pid {pid}", f"role {user or '?'}"]
    if application:
        parts.append(application)
    if state:
        parts.append(state)
    if age is not None:
        parts.append(f"in a transaction for {str(age).split('.')[0]}")
    if query:
        parts.append(" ".join(query.split())[:80])
    return ", ".join(parts)
