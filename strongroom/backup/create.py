"""A backup: pg_dump into the cipher, nothing of it on the disk in between."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any, BinaryIO

import psycopg

from strongroom.backup import content, folder, programs
from strongroom.backup.stream import Writer, new_header
from strongroom.errors import LockError, StrongroomError, UsageError
from strongroom.migrate import target
from strongroom.migrate.target import Target
from strongroom.sealing.providers import KeyProvider

Connection = psycopg.Connection[Any]
Progress = Callable[[int], None]

_PIECE = 1 << 18
_LOCK_SECONDS = 30
_SESSION = (
    f"SET lock_timeout = '{_LOCK_SECONDS}s'; SET statement_timeout = 0;"
    " SET idle_in_transaction_session_timeout = 0; SET row_security = off;"
    " SET search_path = pg_catalog"
)
_BUSY = "another session holds a table, as a migration does: take the backup again later"


@dataclass(frozen=True, slots=True)
class Created:
    """A backup that is on the disk. `file_sha256`: of the file as it lies there."""

    path: Path
    header_id: str
    manifest: dict[str, Any]
    size: int
    file_sha256: str


def create(
    where: Target,
    to: Path,
    provider: KeyProvider,
    key_id: str,
    *,
    without: Sequence[str] = (),
    binaries: Path | None = None,
    progress: Progress = lambda _: None,
) -> Created:
    """Make a backup of a database in a folder. Raises StrongroomError and its kinds.

    without    tables that come without their rows
    binaries   the folder of pg_dump; None: found on this machine
    """
    if not to.is_dir():
        raise UsageError(f"{to} is no folder", hint="make it, readable by its owner only")
    with closing(where.connect("strongroom backup")) as connection:
        if target.behind_pooler(connection):
            raise UsageError(
                "another process answers than the one that greeted us", hint=target.POOLER_HINT
            )
        major = connection.info.server_version // 10000
        program = programs.find("pg_dump", major, binaries, major)
        tables = content.readable_tables(connection)
        out = content.left_out(connection, without)
        gone = [table for table in tables if table.oid in out]
        moment = datetime.now(UTC).replace(microsecond=0)
        header = new_header(provider, key_id, connection.info.dbname, moment)
        name = folder.new_name(connection.info.dbname, moment)
        with folder.new_file(to, name) as file:
            hashed = _Hashed(file)
            writer = Writer(hashed, provider, header)
            snapshot, manifest = _begin(connection, tables, gone)
            manifest["without_data"] = [*without]
            _dump(where, program.path, snapshot, gone, writer, progress)
            manifest = writer.finish(
                {**manifest, "pg_dump": program.major, "created_at": moment.isoformat()}
            )
            connection.execute("COMMIT")
    return Created(to / name, header.id, manifest, hashed.size, hashed.digest.hexdigest())


def _begin(
    connection: Connection, tables: list[content.Table], gone: list[content.Table]
) -> tuple[str, dict[str, Any]]:
    """Open the snapshot that the dump is to see, and count in it. Gives its name, the manifest."""
    connection.execute(_SESSION)
    connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    row = connection.execute("SELECT pg_catalog.pg_export_snapshot()").fetchone()
    assert row is not None
    try:
        # Again, now that nothing changes any more.
        now = content.readable_tables(connection)
        if {t.oid for t in now} != {t.oid for t in tables}:
            raise LockError("tables came or went while the backup began", hint=_BUSY)
        counts = content.count_rows(connection, [table for table in tables if table not in gone])
    except psycopg.errors.LockNotAvailable:
        raise LockError(f"a table stayed locked for {_LOCK_SECONDS} seconds", hint=_BUSY) from None
    return row[0], {
        "server_version": connection.info.server_version,
        "database": content.describe(connection),
        "rows": counts,
        "emptied": [str(table) for table in gone],
    }


def _dump(
    where: Target,
    program: Path,
    snapshot: str,
    gone: Sequence[content.Table],
    writer: Writer,
    progress: Progress,
) -> None:
    command = [
        str(program), "--format=custom", "--compress=9", "--no-password",
        f"--snapshot={snapshot}", f"--lock-wait-timeout={_LOCK_SECONDS}s",
        *(f"--exclude-table-data={table}" for table in gone),
        f"--dbname={programs.address(where)}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as errors:
        running = programs.start(command, where, stdin=DEVNULL, stdout=PIPE, stderr=errors.fileno())
        assert running.stdout is not None
        done = 0
        try:
            while piece := running.stdout.read(_PIECE):
                writer.write(piece)
                done += len(piece)
                progress(done)
            code = running.wait()
        finally:
            running.kill()
            running.stdout.close()
            running.wait()
        if code:
            errors.seek(0)
            words = programs.said(errors.read(), code)
            if "lock timeout" in words:
                raise LockError(f"pg_dump: {words}", hint=_BUSY)
            raise StrongroomError(f"pg_dump failed: {words}")


class _Hashed:
    """A file that is written once, and what it comes to."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes, /) -> int:
        """As a file does."""
        self.digest.update(data)
        self.size += len(data)
        return self._file.write(data)
