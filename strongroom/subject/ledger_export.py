"""Writing the erasure ledger into a file that is kept outside the backups."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from strongroom.errors import LockError, MismatchError, UsageError
from strongroom.subject import ledger
from strongroom.subject.ledger import NOTHING, Entry, Head
from strongroom.subject.pseudonyms import MacProvider

Connection = psycopg.Connection[Any]

_BATCH = 1000
_BEGINS = b'{"kind":"entry"'
ENTRIES = """
SELECT l.seq, l.app, pg_catalog.encode(l.pseudonym, 'hex'), l.key_id, l.act::text,
    pg_catalog.to_char(l.erased_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US+00:00'),
    pg_catalog.encode(l.previous, 'hex'), pg_catalog.encode(l.hash, 'hex')
FROM kernel.erasure_ledger AS l
WHERE l.seq > %s
ORDER BY l.seq
LIMIT %s
"""
_HASH = "SELECT pg_catalog.encode(l.hash, 'hex') FROM kernel.erasure_ledger AS l WHERE l.seq = %s"


def export(connection: Connection, path: Path, provider: MacProvider | None) -> tuple[Head, int]:
    """Append what the file lacks, and a head; the head, and how many entries were new.

    The file is made with mode 0600, and what is in it is checked before anything is added. It is
    whole when this returns, also after the machine loses power: what a broken run left is cut off.

    Raises UsageError for a file that is open to others, MismatchError for the ledger of another
    database or one that was changed, LockError while another export is at work.
    """
    is_new = not path.exists()
    with _locked(path) as file:
        _cut_unfinished(file)
        last = _last(path, provider)
        if last.seq and _hash_at(connection, last.seq) != last.hash:
            raise MismatchError(
                f"{path} is the ledger of another database: this one has not its entry {last.seq}",
                hint="export into a new file; in a restored copy, replay this one",
            )
        head = Head(last.seq, last.hash, _now(), last.key_id)
        while batch := _entries(connection, head.seq):
            for entry in batch:
                # Whoever reads the file proves each key by its heads.
                if head.seq > last.seq and head.key_id != entry.key_id:
                    _write(file, ledger.line(head.signed(provider)))
                head = Head(entry.seq, entry.hash, head.exported_at, entry.key_id)
                _write(file, ledger.line(entry))
        head = head.signed(provider)
        _write(file, ledger.line(head))
        os.fsync(file)
    if is_new:
        _sync_folder(path.parent)
    return head, head.seq - last.seq


def _last(path: Path, provider: MacProvider | None) -> Head:
    if path.stat().st_size == 0:
        return Head(0, NOTHING, "")
    return ledger.verify(path, provider)


def _write(file: int, line: bytes) -> None:
    while line:
        line = line[os.write(file, line) :]


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _entries(connection: Connection, after: int) -> list[Entry]:
    return [Entry(*row) for row in connection.execute(ENTRIES, (after, _BATCH)).fetchall()]


def _hash_at(connection: Connection, seq: int) -> str | None:
    row = connection.execute(_HASH, (seq,)).fetchone()
    return None if row is None else str(row[0])


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    try:
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(f"the ledger {path} can't be written: {error.strerror}") from None
    try:
        found = os.fstat(file)
        if not stat.S_ISREG(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o077:
            raise UsageError(f"others may read or write the ledger {path}", hint="chmod 600 it")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LockError(f"another export writes {path}", hint="try again later") from None
        yield file
    finally:
        os.close(file)


def _cut_unfinished(file: int) -> None:
    """Entries without a head after them are of a run that was killed: they are written again."""
    keep = offset = 0
    with os.fdopen(os.dup(file), "rb") as reader:
        reader.seek(0)
        for found in reader:
            offset += len(found)
            if found.startswith(b'{"kind":"head"') and found.endswith(b"\n"):
                keep = offset
    if keep == 0 and offset > 0:
        with os.fdopen(os.dup(file), "rb") as reader:
            reader.seek(0)
            begins = reader.read(len(_BEGINS))
        # What a first run left that was killed begins as every ledger does.
        if not _BEGINS.startswith(begins):
            raise MismatchError("the file is no erasure ledger, and is left as it is")
    if keep < offset:
        os.ftruncate(file, keep)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
