"""Partitions that are past their time: detached without stopping anybody, then dropped or kept.

PostgreSQL can't detach concurrently inside a transaction, so no function can do this. Functions of
the kernel decide and destroy, each in a transaction of its own.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row, namedtuple_row

from strongroom.errors import UsageError

Connection = psycopg.Connection[Any]
Say = Callable[[str], None]

OWNER = "strongroom_owner"
TRIES = 5
_LONGEST_PAUSE = 4.0
_ENDS = {"drop": "dropped", "detach": "detached", "archive": "archived"}
_SETTINGS = (
    # The functions that destroy must see holds that are newer than their transaction.
    ("default_transaction_isolation", "read committed"),
    ("lock_timeout", "2s"),
    ("search_path", "pg_catalog"),
)
_STATES = """
SELECT
    partition::oid, parent_schema, parent_name, partition_schema, partition_name, is_marked, state
FROM kernel.expiry_states()
"""
_DUE = """
SELECT e.parent::text AS parent, e.partition::text AS partition, p.on_expiry, NULL AS is_held
FROM kernel.expired_partitions() AS e
JOIN kernel.partition_policy AS p ON p.parent = e.parent
"""
# One that is gone meanwhile ends nothing.
_IS_HELD = "SELECT kernel.has_partition_pins(to_regclass(%(partition)s), to_regclass(%(parent)s))"
_LOCK = "SELECT pg_catalog.pg_try_advisory_lock(kernel.lock_space('expiry'), 0)"
_UNLOCK = "SELECT pg_catalog.pg_advisory_unlock(kernel.lock_space('expiry'), 0)"
_BEGIN = "SELECT kernel.begin_expiry(%s::oid)"
_FINISH = "SELECT outcome, row_count FROM kernel.finish_expiry(%s::oid)"


@dataclass(frozen=True, slots=True)
class Expired:
    """What became of a partition that is past its time.

    outcome   dropped, detached, archived; held or kept (it stays: something in it may not go, or
              its policy changed); waiting (for locks: the next run goes on); failed
    rows      how many it had, where that was counted
    sqlstate  of the error that it waits for or failed by, with PostgreSQL's words in reason
    """

    parent: str
    partition: str
    outcome: str
    rows: int | None = None
    sqlstate: str | None = None
    reason: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def __str__(self) -> str:
        rows = "" if self.rows is None else f", {self.rows:,} rows"
        code = "" if self.sqlstate is None else f", SQLSTATE {self.sqlstate}: {self.reason}"
        return f"partition {self.partition} of {self.parent}: {self.outcome}{rows}{code}"


def expire_partitions(
    connection: Connection, say: Say, *, may_go_on: Callable[[], bool] = lambda: True
) -> list[Expired]:
    """Detach, and drop, keep or archive, every partition that its policy says is past its time.

    connection   in autocommit mode, of a role that may become strongroom_owner
    may_go_on    asked before each partition

    What an earlier run left midway is finished first. One partition's trouble does not stop the
    others; a lost connection is raised, and the next run goes on from there.
    """
    if not connection.autocommit:
        raise UsageError("partitions can't be detached concurrently inside a transaction")
    with _as_owner(connection):
        if connection.execute(_LOCK).fetchone() != (True,):
            say("partitions: another runner is at it")
            return []
        try:
            return list(_expire_all(connection, say, may_go_on))
        finally:
            with suppress(psycopg.OperationalError):
                connection.execute(_UNLOCK)


def due_partitions(connection: Connection) -> list[dict[str, Any]]:
    """The partitions that are past their time, and which of them are held now; nothing changes.

    is_held is None where somebody has a table locked: then that is not known.
    """
    locked: set[str] = set()
    with _as_owner(connection), connection.cursor(row_factory=dict_row) as cursor:
        due = cursor.execute(_DUE).fetchall()
        for found in due:
            if found["parent"] in locked:
                continue
            try:
                row = connection.execute(_IS_HELD, found).fetchone()
            except psycopg.errors.LockNotAvailable:
                locked.add(found["parent"])
            else:
                found["is_held"] = row is not None and row[0]
    return due


def _expire_all(
    connection: Connection, say: Say, may_go_on: Callable[[], bool]
) -> Iterator[Expired]:
    # A parent can have one concurrent detach at a time.
    blocked: set[str] = set()
    for found in _states(connection):
        if not may_go_on():
            return
        parent = f"{found.parent_schema}.{found.parent_name}"
        if parent in blocked:
            continue
        done = _expire(connection, found)
        if done.outcome == "waiting":
            blocked.add(parent)
        say(str(done))
        yield done


def _expire(connection: Connection, found: Any) -> Expired:
    """One partition as far as it goes, again while locks are not granted."""
    name = f"{found.partition_schema}.{found.partition_name}"
    parent = f"{found.parent_schema}.{found.parent_name}"
    for attempt in range(1, TRIES + 1):
        try:
            outcome, rows = _advance(connection, found)
            return Expired(parent, name, outcome, rows)
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
            if attempt == TRIES:
                return _unfinished(parent, name, "waiting", error)
            _pause(attempt)
        except psycopg.OperationalError as error:
            if connection.closed or error.sqlstate is None:
                raise
            return _unfinished(parent, name, "failed", error)
        except psycopg.Error as error:
            return _unfinished(parent, name, "failed", error)
    raise AssertionError("unreachable")


def _unfinished(parent: str, name: str, outcome: str, error: psycopg.Error) -> Expired:
    return Expired(parent, name, outcome, None, error.sqlstate, error.diag.message_primary)


def _advance(connection: Connection, found: Any) -> tuple[str, int | None]:
    """From where the partition stands now to its end; each step commits by itself."""
    now = next((row for row in _states(connection) if row.partition == found.partition), None)
    if now is None:
        return "kept", None
    if now.state == "attached":
        begun = connection.execute(_BEGIN, (now.partition,)).fetchone()
        assert begun is not None
        if begun[0] != "begun":
            return str(begun[0]), None
        _detach(connection, now, sql.SQL("CONCURRENTLY"))
    elif now.state == "detaching":
        _detach(connection, now, sql.SQL("FINALIZE"))
        if not now.is_marked:
            # Somebody else's, who may want the table.
            return "detached", None
    row = connection.execute(_FINISH, (now.partition,)).fetchone()
    assert row is not None
    return _ENDS.get(row[0], row[0]), row[1]


def _detach(connection: Connection, found: Any, how: sql.SQL) -> None:
    connection.execute(
        sql.SQL("ALTER TABLE {} DETACH PARTITION {} {}").format(
            sql.Identifier(found.parent_schema, found.parent_name),
            sql.Identifier(found.partition_schema, found.partition_name),
            how,
        )
    )


def _states(connection: Connection) -> list[Any]:
    with connection.cursor(row_factory=namedtuple_row) as cursor:
        return cursor.execute(_STATES).fetchall()


def _pause(attempt: int) -> None:
    """Seconds, growing, and never the same for two runners."""
    time.sleep(min(_LONGEST_PAUSE, 0.25 * 2.0**attempt) * random.uniform(0.5, 1.0))  # noqa: S311


@contextmanager
def _as_owner(connection: Connection) -> Iterator[None]:
    """The owner's rights and our settings, then those from before."""
    names = [name for name, _ in (*_SETTINGS, ("role", OWNER))]
    before = [(name, _setting(connection, name)) for name in names]
    try:
        for name, value in (*_SETTINGS, ("role", OWNER)):
            _set(connection, name, value)
        yield
    finally:
        with suppress(psycopg.OperationalError):
            for name, value in reversed(before):
                _set(connection, name, value)


def _setting(connection: Connection, name: str) -> str:
    row = connection.execute("SELECT pg_catalog.current_setting(%s)", (name,)).fetchone()
    assert row is not None
    return str(row[0])


def _set(connection: Connection, name: str, value: str) -> None:
    connection.execute("SELECT pg_catalog.set_config(%s, %s, false)", (name, value))
