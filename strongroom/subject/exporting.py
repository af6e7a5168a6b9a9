"""An export of a person: all that is held of them, in a file that is whole or not there.

The rows come in one snapshot, part after part, and are never in memory all at once.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import psycopg

from strongroom.errors import UsageError
from strongroom.subject.opening import Opener

Connection = psycopg.Connection[Any]
Say = Callable[[str], object]

SCHEMA_VERSION = "1"
_BATCH = 500
# It has entries of whomever is asked for, if only those of this export.
_AUDIT = "kernel.audit_entries"
_TOLD = 10_000
_PLAN = "SELECT p.part, p.is_shared, p.columns FROM kernel.export_plan(%s) AS p"
_ROWS = "SELECT r::text FROM kernel.export_rows(%s, %s, %s) AS r"


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    sealed  fields that stay envelopes: another person's, or all with --leave-sealed
    sha256  of the digests of all parts, as the manifest has it
    """

    path: Path
    parts: int
    rows: int
    opened: int
    sealed: int
    sha256: str

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "path": str(self.path)}


def plan(connection: Connection, app: str) -> list[tuple[str, bool]]:
    """What an export of the app is made of: parts, and whether they may tell of others, too."""
    return [(part, shared) for part, shared, _ in connection.execute(_PLAN, (app,)).fetchall()]


def export(
    connection: Connection,
    app: str,
    subject: str,
    path: Path,
    opener: Opener,
    say: Say,
    *,
    even_if_nobody: bool = False,
) -> Exported:
    """Write all that is held of a person into a new file of mode 0600.

    connection      in autocommit mode, of strongroom_runner; `kernel.actor` says who exports
    say             told of each part with numbers, never with a value
    even_if_nobody  write it also where nothing but the audit log knows the id

    Raises UsageError where the file exists, or where nobody has the id; what the database and the
    keys raise. Then there is no file, and no entry in the audit log.
    """
    with _new_file(path) as file, _snapshot(connection):
        opener.fetch_keys(connection, subject)
        row = connection.execute(
            "SELECT kernel.canonical_subject(%s, %s),"
            " pg_catalog.to_char(pg_catalog.now() AT TIME ZONE 'UTC',"
            ' \'YYYY-MM-DD"T"HH24:MI:SS"Z"\')',
            (app, subject),
        ).fetchone()
        assert row is not None
        head = {"schema_version": SCHEMA_VERSION, "app": app, "subject": row[0]}
        head["exported_at"] = row[1]
        file.write(json.dumps(head, ensure_ascii=False)[:-1] + ',\n"data": {')
        parts: list[dict[str, Any]] = []
        for part, shared, columns in connection.execute(_PLAN, (app,)).fetchall():
            file.write(("" if not parts else ",") + f"\n{json.dumps(part, ensure_ascii=False)}: [")
            rows, digest = _write_rows(
                file, _lines(connection, (app, subject, part), columns, opener), part, say
            )
            file.write("]")
            found = {"part": part, "rows": rows, "sha256": digest, "shared": shared}
            parts.append(found if columns is None else {**found, "columns": columns})
        if not even_if_nobody and not any(p["rows"] for p in parts if p["part"] != _AUDIT):
            raise UsageError(
                f"nobody of app {app} has this id: no table has a row of it",
                hint="look at the id; --even-if-nobody writes what the audit log keeps of it",
            )
        whole = hashlib.sha256("".join(p["sha256"] for p in parts).encode()).hexdigest()
        count = sum(p["rows"] for p in parts)
        manifest = {
            "parts": parts,
            "rows": count,
            "sealed_opened": opener.opened,
            "sealed_left": opener.left,
            "sha256": whole,
        }
        file.write('},\n"manifest": ' + json.dumps(manifest, ensure_ascii=False) + "}\n")
    return Exported(path, len(parts), count, opener.opened, opener.left, whole)


def _lines(
    connection: Connection,
    part: tuple[str, str, str],
    columns: list[dict[str, Any]] | None,
    opener: Opener,
) -> Iterator[str]:
    has_sealed = any(c["type"] == "kernel.sealed" for c in columns or [])
    with connection.cursor(name="strongroom_export") as cursor:
        cursor.itersize = _BATCH
        cursor.execute(_ROWS, part)
        for (text,) in cursor:
            yield opener.opened_row(text, columns or []) if has_sealed else text


def _write_rows(file: IO[str], lines: Iterator[str], part: str, say: Say) -> tuple[int, str]:
    digest = hashlib.sha256()
    count = 0
    for line in lines:
        file.write("\n" if count == 0 else ",\n")
        file.write(line)
        digest.update(line.encode() + b"\n")
        count += 1
        if count % _TOLD == 0:
            say(f"{part}: {count:,} rows")
    say(f"{part}: {count:,} rows")
    return count, digest.hexdigest()


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    before = connection.isolation_level
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    try:
        with connection.transaction():
            yield
    finally:
        if not connection.closed:
            connection.isolation_level = before


@contextmanager
def _new_file(path: Path) -> Iterator[IO[str]]:
    """A file that only its owner may read, and that gets its name when all is in it."""
    if path.exists():
        raise UsageError(f"{path} is there already", hint="an export overwrites nothing")
    try:
        number, part = _without_name(path)
    except OSError as error:
        raise UsageError(f"{path} can't be written: {error.strerror}") from None
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            yield file
            file.flush()
            os.fsync(number)
            # Unlike a rename, a link never takes the place of another file.
            if part is None:
                # With a folder, so that the link is followed to the file.
                folder = os.open("/", os.O_RDONLY)
                try:
                    os.link(f"/proc/self/fd/{number}", path, src_dir_fd=folder)
                finally:
                    os.close(folder)
            else:
                os.link(part, path)
    except FileExistsError:
        raise UsageError(f"{path} is there already", hint="an export overwrites nothing") from None
    finally:
        if part is not None:
            with suppress(FileNotFoundError):
                part.unlink()


def _without_name(path: Path) -> tuple[int, Path | None]:
    """A file that is gone when the process is, however it ends; with a name where that can't be."""
    if hasattr(os, "O_TMPFILE") and Path("/proc/self/fd").is_dir():
        with suppress(OSError):
            return os.open(path.parent, os.O_WRONLY | os.O_TMPFILE, 0o600), None
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    return os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), part
