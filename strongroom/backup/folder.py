"""The folder that backups lie in: new files, what is there, which are to go."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from strongroom.backup.stream import Header, check_header, read_header
from strongroom.errors import StrongroomError, UsageError
from strongroom.sealing.providers import KeyProvider

SUFFIX = ".backup"
_PARTIAL = ".partial"
_TRIES = 20
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A file that says it is a backup.

    problem   why it is not known to be one of ours and whole; None where it is
    header    None where it can't be read
    """

    path: Path
    size: int
    header: Header | None
    problem: str | None


def new_name(database: str, moment: datetime) -> str:
    """A name for every file system: database, UTC, something random; no two are the same."""
    plain = re.sub(r"[^a-z0-9_]+", "_", database.lower())[:_LONGEST_NAME].strip("_") or "database"
    stamp = moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    return f"{plain}-{stamp}-{secrets.token_hex(8)}{SUFFIX}"


@contextmanager
def new_file(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A file that gets its name when it is complete and on the disk, and else is removed.

    Raises StrongroomError where it can't be written.
    """
    try:
        path, handle = _open_partial(folder, name)
    except OSError as error:
        raise UsageError(f"{folder} can't be written: {error.strerror}") from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            _rename(path, folder / name)
        _sync(folder)
    except OSError as error:
        raise StrongroomError(
            f"{folder / name} can't be written: {error.strerror}",
            hint="give the disk some space, and take the backup again; nothing is left of this one",
        ) from error
    finally:
        path.unlink(missing_ok=True)


def clear_interrupted(folder: Path, say: Callable[[str], None]) -> int:
    """Remove what backups left that were killed; who still writes holds a lock. How many."""
    count = 0
    for path in sorted(folder.glob(f".*{SUFFIX}{_PARTIAL}")):
        with suppress(OSError), path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            path.unlink()
            say(f"removed {path.name}, which an interrupted backup had left")
            count += 1
    return count


def backups(folder: Path, provider: KeyProvider) -> list[Found]:
    """The backups of a folder, oldest first, by their headers; what is in them stays unread."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder")
    found = [_look(path, provider) for path in folder.glob(f"*{SUFFIX}") if path.is_file()]
    oldest = datetime.min.replace(tzinfo=UTC)
    return sorted(found, key=lambda f: (f.header.created_at if f.header else oldest, f.path))


def newest(
    folder: Path, provider: KeyProvider, database: str | None, before: datetime | None
) -> Path:
    """The newest whole backup, of a database, not newer than a moment. Raises UsageError."""
    whole = [(f.header, f.path) for f in backups(folder, provider) if f.header and not f.problem]
    known = sorted({header.database for header, _ in whole})
    if database is None and len(known) > 1:
        raise UsageError(
            f"{folder} has backups of {', '.join(known)}", hint="--database says which is meant"
        )
    fitting = [
        path
        for header, path in whole
        if database in (None, header.database) and (before is None or header.created_at <= before)
    ]
    if not fitting:
        raise UsageError(
            f"{folder} has no such backup that is whole and opens with these keys",
            hint="strongroom backup list shows what is there",
        )
    return fitting[-1]


def surplus(found: list[Found], keep: int) -> list[Found]:
    """Those beyond the newest `keep` of each database. What has a problem neither counts nor goes:
    it may be the only one that is left."""
    seen: dict[str, int] = {}
    old = []
    for backup in reversed(found):
        if backup.header is None or backup.problem is not None:
            continue
        name = backup.header.database
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > keep:
            old.append(backup)
    return old[::-1]


def _look(path: Path, provider: KeyProvider) -> Found:
    size, header = path.stat().st_size, None
    try:
        with path.open("rb") as file:
            header = read_header(file, path.name)
            check_header(file, provider, path.name)
    except StrongroomError as error:
        return Found(path, size, header, error.message)
    except OSError as error:
        return Found(path, size, header, f"{path.name} can't be read: {error.strerror}")
    return Found(path, size, header, None)


def _open_partial(folder: Path, name: str) -> tuple[Path, int]:
    path = folder / f".{name}{_PARTIAL}"
    for _ in range(_TRIES):
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(path, flags, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            # Another run may have taken it for a dead one's before we had the lock.
            if os.fstat(handle).st_nlink:
                return path, handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
    raise StrongroomError(f"{path} is removed by somebody as often as we make it")


def _rename(path: Path, final: Path) -> None:
    """A link never replaces a file; some file systems have none."""
    try:
        os.link(path, final)
    except FileExistsError:
        raise
    except OSError:
        if final.exists():
            raise FileExistsError(17, "File exists") from None
        path.rename(final)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
