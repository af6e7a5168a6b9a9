"""Files that move data: each statement again and again, a batch a transaction, until none is left.

The statement says itself how much it takes, by the setting `strongroom.batch_size`, and finds what
is left. So whoever comes after a runner that was stopped goes on where it was.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import psycopg

from strongroom.migrate.backend import Backend
from strongroom.migrate.files import SqlFile
from strongroom.migrate.script import ScriptError
from strongroom.migrate.statements import Statement

SETTING = "strongroom.batch_size"
TRIES = 10
_LONGEST_PAUSE = 8.0
# Said to people this often, in seconds.
_TOLD_EVERY = 5.0
# A lock that was not granted, a deadlock, a row that somebody else changed.
_TRANSIENT = frozenset({"55P03", "40P01", "40001"})


def run(backend: Backend, file: SqlFile, number: int, statement: Statement) -> int:
    """Run a statement until it finds no row; how many rows it moved. ScriptError when it fails."""
    moved = 0
    told = time.monotonic()
    while found := _again(backend, lambda: _batch(backend, file, statement)):
        moved += found
        if time.monotonic() - told >= _TOLD_EVERY:
            backend.say(f"  statement {number}: {moved:,} rows so far")
            told = time.monotonic()
    return moved


def _batch(backend: Backend, file: SqlFile, statement: Statement) -> int:
    with backend.work(backend.limits.of(file)):
        backend.session.execute(
            "SELECT pg_catalog.set_config(%s, %s, true)", (SETTING, str(file.headers.batch_size))
        )
        backend.to_project()
        return backend.session.execute(statement.text.encode()).rowcount


def _again(backend: Backend, batch: Callable[[], int]) -> int:
    """A batch, tried again while somebody is in the way; what was moved before it stays."""
    for attempt in range(1, TRIES + 1):
        try:
            return batch()
        except psycopg.Error as error:
            if error.sqlstate not in _TRANSIENT or attempt == TRIES:
                raise ScriptError(error, 0) from error
            backend.say(
                f"  somebody is in the way ({error.sqlstate}); try {attempt + 1} of {TRIES}"
            )
        # Jitter, so that two that met don't meet again.
        pause = min(_LONGEST_PAUSE, 0.1 * 2**attempt)
        time.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
    raise AssertionError("the last try returns or raises")
