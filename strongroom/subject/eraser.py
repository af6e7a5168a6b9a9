"""Erasing a person: the steps of a request, one transaction each, until nothing is left.

The database decides and destroys; here is the loop around it, and what no function can do: VACUUM,
and the pseudonym, whose key is not in the database. A run that is killed goes on with the next one.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from strongroom.errors import UsageError
from strongroom.subject.pseudonyms import FingerprintProvider, MacProvider, pseudonym

Connection = psycopg.Connection[Any]
Say = Callable[[str], None]

OWNER = "strongroom_owner"
# Somebody who writes all the time is to be stopped by the app, not to be raced.
ROUNDS = 10
TRIES = 8
_LONGEST_PAUSE = 4.0
_SETTINGS = (
    # What destroys must see holds that are newer than its transaction.
    ("default_transaction_isolation", "read committed"),
    ("lock_timeout", "2s"),
    ("search_path", "pg_catalog"),
)
_REQUEST = """
SELECT r.app, r.subject, r.state, r.state_reason, r.kind
FROM kernel.subject_request AS r
WHERE r.id = %s
"""
_ROWS = """
SELECT coalesce(sum(s.row_count) FILTER (WHERE s.kind = 'rows'), 0)::bigint,
       coalesce(max(s.round), 1)
FROM kernel.erasure_step AS s
WHERE s.request_id = %s
"""
_FINGERPRINT = """
SELECT k.fingerprint
FROM kernel.encryption_key AS k
WHERE k.id = %s AND k.kind = 'pseudonym'
"""
_NEXT = """
SELECT s.kind || coalesce(' ' || s.relation::text, '')
FROM kernel.erasure_step AS s
WHERE s.request_id = %s AND s.state = 'waiting'
ORDER BY (s.kind = 'tokens') DESC, (s.relation IS NOT NULL) DESC, s.id
LIMIT 1
"""
_STEP = "SELECT kernel.run_erasure_step(%s, %s)"
_FAIL = "SELECT kernel.fail_erasure(%s, %s, %s)"
_FINISH = "SELECT kernel.finish_erasure(%s, %s, %s)"
_VACUUMED = "SELECT kernel.mark_vacuumed(%s)"
# Schema and name, for the runner may use no schema of an app.
_VACUUMS = """
SELECT n.nspname, c.relname
FROM kernel.erasure_vacuums(%s) AS v (relation)
JOIN pg_catalog.pg_class AS c ON c.oid = v.relation
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
ORDER BY 1, 2
"""
# Whoever has begun may still see what is gone, and VACUUM leaves it for them.
_TRANSACTIONS = """
SELECT l.virtualtransaction
FROM pg_catalog.pg_locks AS l
JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'virtualxid'
  AND l.granted
  AND l.virtualtransaction = l.virtualxid
  AND a.datname = pg_catalog.current_database()
  AND a.pid <> pg_catalog.pg_backend_pid()
  -- Those of the server itself, as autovacuum, which nobody waits for.
  AND a.usesysid IS NOT NULL
"""
_DUE = """
SELECT r.id
FROM kernel.subject_request AS r
WHERE r.kind = 'erasure' AND r.state IN ('approved', 'running')
ORDER BY coalesce(r.extended_to, r.due_at), r.id
"""


@dataclass(frozen=True, slots=True)
class Erased:
    """How far an erasure is.

    state    of the request: done; held (a legal hold keeps something); failed; or running, where
             others were in the way: the next run goes on
    reason   why it is not done
    rows     how many rows of the app were deleted or changed, over all runs
    rounds   how often it began anew because something was written meanwhile
    """

    request: UUID
    state: str
    reason: str | None
    rows: int
    rounds: int

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "request": str(self.request)}

    def __str__(self) -> str:
        why = "" if self.reason is None else f": {self.reason}"
        return f"erasure {self.request}: {self.state}, {self.rows:,} rows{why}"


def due_erasures(connection: Connection) -> list[UUID]:
    """The erasures that can be run now, those first that are due first."""
    return [row[0] for row in connection.execute(_DUE).fetchall()]


def erase(
    connection: Connection,
    request: UUID,
    provider: MacProvider,
    key_id: str,
    say: Say,
    *,
    limit: int = 1000,
    patience: float = 60.0,
    may_go_on: Callable[[], bool] = lambda: True,
) -> Erased:
    """Carry out an approved erasure as far as it goes.

    connection   in autocommit mode, of strongroom_runner or who may become it and the owner
    provider     has the key `key_id` of kind pseudonym, for the evidence
    say          told of each step, without names
    limit        rows a transaction
    patience     seconds to wait for transactions that may still see what is gone
    may_go_on    asked before each transaction

    What fails by itself is written down and returned as failed. A lost connection is raised, and
    the next call goes on from there. Raises UsageError for a key that is not the registered one.
    """
    if not connection.autocommit:
        raise UsageError("each step of an erasure is a transaction of its own")
    check_key(connection, provider, key_id)
    with _settings(connection, _SETTINGS):
        while may_go_on():
            if not _run_steps(connection, request, say, limit, may_go_on):
                break
            if not _vacuum(connection, request, say, patience):
                break
            if _finish(connection, request, provider, key_id):
                break
            _, rounds = _progress(connection, request)
            if rounds > ROUNDS:
                _attempt(connection, _FAIL, (request, "KR098", "somebody goes on writing"))
                break
        return _report(connection, request)


def check_key(connection: Connection, provider: MacProvider, key_id: str) -> None:
    """UsageError where the provider's key is another one than was registered under this name.

    Another key would call the person as nobody can find them in a restored copy. A copy may be
    older than the key, and a provider that tells no fingerprints is taken at its word.
    """
    row = connection.execute(_FINGERPRINT, (key_id,)).fetchone()
    if row is None or not isinstance(provider, FingerprintProvider):
        return
    if provider.fingerprint(key_id) != bytes(row[0]):
        raise UsageError(
            f"key {key_id} of this provider is not the one that was registered under this name",
            hint="take the keys of this database",
        )


def _run_steps(
    connection: Connection,
    request: UUID,
    say: Say,
    limit: int,
    may_go_on: Callable[[], bool],
) -> bool:
    """Whether all that a function can do is done."""
    told = None
    while may_go_on():
        row = connection.execute(_NEXT, (request,)).fetchone()
        if row is not None and row[0] != told:
            told = row[0]
            say(f"{told}")
        try:
            count = _attempt(connection, _STEP, (request, limit))
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            return False
        except psycopg.Error as error:
            _write_down(connection, request, error)
            return False
        if not count:
            return _state(connection, request) == "running"
    return False


def _write_down(connection: Connection, request: UUID, error: psycopg.Error) -> None:
    """Fail the request by the code of an error; raise what is no failure of the erasure itself."""
    code = error.sqlstate
    if connection.closed or code is None or code in ("KR091", "KR092", "KR045", "KR103"):
        raise error
    # Another runner did this step, or came to the end.
    if code in ("KR090", "KR098"):
        return
    # Ended from outside, or the server goes down: nothing is wrong with the erasure.
    if code.startswith(("57", "08", "53")):
        raise error
    names = (error.diag.schema_name, error.diag.table_name, error.diag.constraint_name)
    place = ".".join(name for name in names if name)[:300]
    _attempt(connection, _FAIL, (request, code, place or None))


def _vacuum(connection: Connection, request: UUID, say: Say, patience: float) -> bool:
    """Take what is dead out of the files; whether the server agrees that it was done."""
    if not _outwait(connection, patience):
        say("vacuum: older transactions go on")
        return False
    tables = connection.execute(_VACUUMS, (request,)).fetchall()
    with _settings(connection, (("role", OWNER),)):
        for schema, name in tables:
            say(f"vacuum {schema}.{name}")
            # Not by default: few dead rows leave their keys in the indexes.
            statement = sql.SQL("VACUUM (INDEX_CLEANUP ON, TRUNCATE OFF) {}").format(
                sql.Identifier(schema, name)
            )
            try:
                connection.execute(statement)
            except psycopg.errors.LockNotAvailable:
                say("vacuum: somebody else is at work there")
                return False
    try:
        _attempt(connection, _VACUUMED, (request,))
    except psycopg.Error as error:
        if error.sqlstate != "KR098":
            raise
        return False
    return True


def _outwait(connection: Connection, patience: float) -> bool:
    """Wait until every transaction that runs now has ended."""
    deadline = time.monotonic() + patience
    running = {row[0] for row in connection.execute(_TRANSACTIONS).fetchall()}
    while running:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
        running &= {row[0] for row in connection.execute(_TRANSACTIONS).fetchall()}
    return True


def _finish(connection: Connection, request: UUID, provider: MacProvider, key_id: str) -> bool:
    """Whether there is nothing to do any more, for now or for ever."""
    row = connection.execute(_REQUEST, (request,)).fetchone()
    if row is None or row[2] != "running":
        return True
    name = pseudonym(provider, key_id, row[0], row[1])
    try:
        if _attempt(connection, _FINISH, (request, name, key_id)):
            return True
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
        return True
    except psycopg.Error as error:
        _write_down(connection, request, error)
        return True
    return _state(connection, request) != "running"


def _attempt(connection: Connection, statement: str, values: tuple[object, ...]) -> Any:
    """The first column of the answer, after waiting for locks a few times."""
    for attempt in range(1, TRIES + 1):
        try:
            row = connection.execute(statement.encode(), values).fetchone()
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected):
            if attempt == TRIES:
                raise
            time.sleep(min(_LONGEST_PAUSE, 0.05 * 2.0**attempt) * random.uniform(0.5, 1.0))  # noqa: S311
        else:
            return None if row is None else row[0]
    raise AssertionError("unreachable")


def _state(connection: Connection, request: UUID) -> str | None:
    row = connection.execute(_REQUEST, (request,)).fetchone()
    return None if row is None else str(row[2])


def _progress(connection: Connection, request: UUID) -> tuple[int, int]:
    row = connection.execute(_ROWS, (request,)).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def _report(connection: Connection, request: UUID) -> Erased:
    row = connection.execute(_REQUEST, (request,)).fetchone()
    assert row is not None
    rows, rounds = _progress(connection, request)
    return Erased(request, row[2], row[3], rows, rounds)


@contextmanager
def _settings(connection: Connection, wanted: tuple[tuple[str, str], ...]) -> Iterator[None]:
    """These settings, then those from before."""
    before = [(name, _setting(connection, name)) for name, _ in wanted]
    try:
        for name, value in wanted:
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
