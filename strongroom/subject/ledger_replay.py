"""Replaying an exported erasure ledger in a restored copy, and opening it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from strongroom.errors import LockError, MismatchError, StrongroomError
from strongroom.subject import ledger
from strongroom.subject.eraser import erase
from strongroom.subject.ledger import Entry, Head
from strongroom.subject.pseudonyms import MacProvider, pseudonym

Connection = psycopg.Connection[Any]
Say = Callable[[str], None]

BATCH = 500
_PEOPLE = 10_000
# Without what erasures that were replayed have added in this copy.
_HEAD = """
SELECT l.seq, pg_catalog.encode(l.hash, 'hex')
FROM kernel.erasure_ledger AS l
WHERE NOT EXISTS (
    SELECT FROM kernel.replayed_erasure AS e WHERE e.request_id = l.act AND e.seq <> l.seq
)
ORDER BY l.seq DESC
LIMIT 1
"""
_LOCK = "SELECT pg_catalog.pg_try_advisory_lock(kernel.lock_space('replay'), 0)"
_UNLOCK = "SELECT pg_catalog.pg_advisory_unlock(kernel.lock_space('replay'), 0)"
_SUBJECTS = "SELECT s.subject FROM kernel.ledger_subjects(%s) AS s (subject)"
_REPLAY = "SELECT kernel.replay_erasures(%s)"
_OPEN = "SELECT kernel.open_gate(%s, pg_catalog.decode(%s, 'hex'))"
_UNFINISHED = """
SELECT r.id, r.app, r.subject, r.state, r.state_reason, l.key_id
FROM kernel.replayed_erasure AS e
JOIN kernel.erasure_ledger AS l ON l.seq = e.seq
JOIN kernel.subject_request AS r ON r.id = e.request_id
WHERE r.state <> 'done'
ORDER BY e.seq
"""
_AGAIN = "SELECT kernel.open_request(%s, %s, 'erasure', 'gdpr', 'replay')"


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay did.

    head      the newest entry of the file, up to which this copy knows everything now
    entries   how many of them this copy did not have
    found     how many of their people were here, and were erased again
    """

    head: int
    entries: int
    found: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def replay(
    connection: Connection,
    path: Path,
    provider: MacProvider,
    say: Say,
    expected: tuple[int, str] | None = None,
) -> Replayed:
    """Erase again whom the file says was erased since the copy was taken, and open the gate.

    connection   in autocommit mode, of strongroom_runner
    provider     has the keys that the entries name
    expected     number and hash of the entry that the file must reach

    Can be called again after any interruption. Raises MismatchError for a file that is cut, edited,
    of another database or older than the copy; StrongroomError where an erasure did not end, and
    the gate stays closed; LockError while another replay is at work.
    """
    with _alone(connection):
        return _replay(connection, path, provider, say, expected)


def _replay(
    connection: Connection,
    path: Path,
    provider: MacProvider,
    say: Say,
    expected: tuple[int, str] | None,
) -> Replayed:
    base = _head(connection)
    fresh, head = _read(path, provider, base, expected)
    say(f"{len(fresh):,} erasures since the copy was taken, up to entry {head.seq:,}")
    found = _match(connection, fresh, provider, say)
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        entries = [{**entry.as_dict(), "subject": found.get(entry.pseudonym)} for entry in batch]
        with connection.transaction():
            connection.execute(_REPLAY, (Jsonb(entries),))
    _erase_all(connection, provider, say)
    connection.execute(_OPEN, (head.seq, head.hash))
    return Replayed(head.seq, len(fresh), len(found))


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    if connection.execute(_LOCK).fetchone() != (True,):
        raise LockError("another replay is at work in this database", hint="let it end")
    try:
        yield
    finally:
        with suppress(psycopg.OperationalError):
            connection.execute(_UNLOCK)


def _read(
    path: Path,
    provider: MacProvider,
    base: tuple[int, str],
    expected: tuple[int, str] | None,
) -> tuple[list[Entry], Head]:
    """The entries after those of the copy, and the head; the whole file is checked."""
    reading, entries = ledger.read(path, provider)
    fresh: list[Entry] = []
    known = {} if expected is None else {expected[0]: expected[1]}
    known[base[0]] = base[1]
    met = {0: ledger.NOTHING}
    for entry in entries:
        if entry.seq in known:
            met[entry.seq] = entry.hash
        if entry.seq > base[0]:
            fresh.append(entry)
    head = reading.head
    assert head is not None
    if head.seq < base[0]:
        raise MismatchError(
            f"{path} is older than this copy: it ends with entry {head.seq}, not with {base[0]}",
            hint="take the ledger that was exported last",
        )
    if met.get(base[0]) != base[1]:
        raise MismatchError(
            f"{path} is the ledger of another database: entry {base[0]} of this copy is not in it",
            hint="take the ledger of the database that the copy is of",
        )
    if expected is not None and met.get(expected[0]) != expected[1]:
        raise MismatchError(
            f"{path} ends with entry {head.seq}, without entry {expected[0]} of this hash",
            hint="take the ledger that was exported last",
        )
    return fresh, head


def _match(
    connection: Connection, fresh: list[Entry], provider: MacProvider, say: Say
) -> dict[str, str]:
    """Pseudonym and user id of those in the entries who are in this copy."""
    found: dict[str, str] = {}
    for app in sorted({entry.app for entry in fresh}):
        wanted = {entry.pseudonym for entry in fresh if entry.app == app}
        keys = sorted({entry.key_id for entry in fresh if entry.app == app})
        count = 0
        for count, subject in enumerate(subjects(connection, app), 1):
            for key_id in keys:
                name = pseudonym(provider, key_id, app, subject).hex()
                if name in wanted:
                    found[name] = subject
            if count % (_PEOPLE * 10) == 0:
                say(f"{app}: {count:,} people compared")
        say(f"{app}: {count:,} people compared, {len(wanted & found.keys()):,} to erase again")
    return found


def subjects(connection: Connection, app: str) -> Iterator[str]:
    """Everybody of whom an app holds a row: user ids as PostgreSQL writes them."""
    with connection.transaction(), connection.cursor("ledger_subjects") as cursor:
        cursor.itersize = _PEOPLE
        cursor.execute(_SUBJECTS, (app,))
        for (subject,) in cursor:
            yield subject


def _erase_all(connection: Connection, provider: MacProvider, say: Say) -> None:
    # What was held goes on when the hold is gone.
    connection.execute("SELECT kernel.tend_requests()")
    unfinished = connection.execute(_UNFINISHED).fetchall()
    left = []
    for number, (request, app, subject, state, reason, key_id) in enumerate(unfinished, 1):
        if state == "failed":
            connection.execute(_AGAIN, (app, subject))
        if state != "held":
            say(f"erasure {number:,} of {len(unfinished):,}")
            state, reason = _erased(connection, request, provider, key_id)
        if state != "done":
            left.append(f"{request} is {state}" + (f": {reason}" if reason else ""))
    if left:
        raise StrongroomError(
            f"the gate stays closed: {len(left)} of {len(unfinished)} erasures are not done:"
            f" {'; '.join(left[:5])}",
            hint="release what holds a person, mend what failed, and replay again",
        )


def _erased(
    connection: Connection, request: UUID, provider: MacProvider, key_id: str
) -> tuple[str, str | None]:
    done = erase(connection, request, provider, key_id, lambda _: None)
    return done.state, done.reason


def _head(connection: Connection) -> tuple[int, str]:
    row = connection.execute(_HEAD).fetchone()
    return (0, ledger.NOTHING) if row is None else (int(row[0]), str(row[1]))
