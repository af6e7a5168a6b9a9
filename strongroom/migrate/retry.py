"""Try again when a lock is not granted: whoever waits for one makes all behind it wait too."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import NoReturn

import psycopg

from strongroom.errors import ConnectError, LockError
from strongroom.migrate import report
from strongroom.migrate.backend import Backend
from strongroom.migrate.blockers import Watch
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.lock import DeployLock
from strongroom.migrate.script import ScriptError

TRIES = 10
_LONGEST_PAUSE = 8.0
_NOT_GRANTED = "55P03"
_DEADLOCK = "40P01"


def run(
    backend: Backend,
    lock: DeployLock,
    name: str,
    action: Callable[[], None],
    text: str | None = None,
) -> None:
    """Do an action that is one transaction, again while locks are refused.

    name    what people call it, for messages
    text    the file whose statements fail, for the place of an error

    MigrationError when it fails, LockError after the last try, ConnectError when the server went.
    """
    for attempt in range(1, TRIES + 1):
        lock.check()
        watch = Watch(lock.keeper, backend.session.info.backend_pid)
        try:
            with watch:
                action()
            return
        except (ScriptError, MigrationError, psycopg.Error) as failure:
            error = _cause(failure)
            if error is None or error.sqlstate not in (_NOT_GRANTED, _DEADLOCK):
                _fail(backend, name, failure, error, text)
            _pause(backend, name, attempt, watch.seen, deadlock=error.sqlstate == _DEADLOCK)


def _pause(
    backend: Backend, name: str, attempt: int, blockers: list[str], *, deadlock: bool
) -> None:
    why = "deadlock" if deadlock else "a lock was not granted"
    who = "; ".join(blockers) or "a session that is gone"
    if attempt == TRIES:
        raise LockError(
            f"{name}: {why} in {TRIES} tries, blocked by {who}\n"
            f"database unchanged: nothing of {name} stays",
            hint="end the session that blocks, or apply when there is less traffic",
        )
    # Jitter, so that two deployers of two databases don't keep meeting.
    seconds = min(_LONGEST_PAUSE, 0.25 * 2**attempt) * random.uniform(0.5, 1.0)  # noqa: S311
    backend.say(f"{name}: {why}, blocked by {who}; try {attempt + 1} of {TRIES} in {seconds:.1f} s")
    time.sleep(seconds)


def _cause(failure: Exception) -> psycopg.Error | None:
    if isinstance(failure, ScriptError):
        return failure.error
    cause = failure if isinstance(failure, psycopg.Error) else failure.__cause__
    return cause if isinstance(cause, psycopg.Error) else None


def _fail(
    backend: Backend,
    name: str,
    failure: Exception,
    error: psycopg.Error | None,
    text: str | None,
) -> NoReturn:
    unchanged = f"database unchanged: nothing of {name} stays"
    if error is not None and backend.session.closed:
        raise ConnectError(
            f"the connection was lost during {name}: {error}",
            hint="strongroom migrate status tells whether it was applied; there is no in-between",
        ) from failure
    if isinstance(failure, MigrationError):
        raise MigrationError(f"{failure.message}\n{unchanged}", hint=failure.hint) from failure
    assert error is not None
    finished = failure.finished if isinstance(failure, ScriptError) else None
    said = report.explain(name, text or "", error, finished)
    raise MigrationError(f"{name} failed\n{said}\n{unchanged}") from failure
