"""One deployer at a time: a session's advisory lock on a connection of its own.

It is polled: a waiter inside pg_advisory_lock() deadlocks with CREATE INDEX CONCURRENTLY. A second
lock is held by the connection that works, so that the work of a killed runner, which the server may
still be doing, keeps the next one out.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import UTC

import psycopg

from strongroom.errors import LockError
from strongroom.migrate.report import Say
from strongroom.migrate.target import Connection

_CLASS = 0x5354524F
_DEPLOYER = 1
_WORKER = 2
_POLL_SECONDS = 0.25
_REMIND_SECONDS = 10.0
_HOLDER = """
SELECT a.pid, a.usename, a.application_name, a.client_addr, a.backend_start
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
JOIN pg_catalog.pg_database AS d ON d.oid = l.database
WHERE l.locktype = 'advisory'
  AND d.datname = pg_catalog.current_database()
  AND l.classid = %s
  AND l.objsubid = 2
  AND l.granted
  AND l.pid <> ALL (%s)
ORDER BY l.objid
LIMIT 1
"""


@dataclass(slots=True)
class DeployLock:
    """The right to change this database's schema.

    keeper  holds the lock and does nothing else
    worker  does the work
    wait    seconds to wait for another deployer
    """

    keeper: Connection
    worker: Connection
    say: Say
    wait: float = 600.0
    _since: float = field(default_factory=time.monotonic)

    def take(self) -> None:
        """Wait for the lock; LockError when `wait` is over. It ends with the two connections."""
        self._take(self.keeper, _DEPLOYER)
        self._take(self.worker, _WORKER)

    def check(self) -> None:
        """LockError when the connection that holds the lock is gone."""
        try:
            self.keeper.execute("SELECT")
        except psycopg.Error as error:
            raise LockError(
                f"the deploy lock is lost: {error}", hint="run the command again"
            ) from error

    def _take(self, connection: Connection, key: int) -> None:
        told, next_time = None, 0.0
        while not _try(connection, key):
            holder = self._holder()
            if holder != told or time.monotonic() >= next_time:
                self.say(f"waiting for {holder}")
                told, next_time = holder, time.monotonic() + _REMIND_SECONDS
            if time.monotonic() - self._since >= self.wait:
                raise LockError(
                    f"gave up after {self.wait:.0f} s: {holder} holds the deploy lock",
                    hint="wait for it, or let an administrator end it: "
                    "SELECT pg_terminate_backend(pid)",
                )
            time.sleep(_POLL_SECONDS)

    def _holder(self) -> str:
        ours = [self.keeper.info.backend_pid, self.worker.info.backend_pid]
        return holder(self.keeper, ours) or "a deployer that just ended"


def _try(connection: Connection, key: int) -> bool:
    query = "SELECT pg_catalog.pg_try_advisory_lock(%s, %s)"
    return connection.execute(query, (_CLASS, key)).fetchone() == (True,)


def holder(connection: Connection, ours: list[int]) -> str | None:
    """Who holds the deploy lock of this database, in words; None when nobody does.

    ours    pids that don't count
    """
    row = connection.execute(_HOLDER, (_CLASS, ours)).fetchone()
    if row is None:
        return None
    pid, user, application, address, since = row
    parts = [f"pid {pid}", f"role {user}", application or "unnamed application"]
    if address is not None:
        parts.append(f"from {address}")
    if since is not None:
        parts.append(f"since {since.astimezone(UTC):%H:%M:%S} UTC")
    return ", ".join(parts)
