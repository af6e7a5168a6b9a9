"""A backup back into a new database, after every byte of it has been checked."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Any

import psycopg
from psycopg import sql

from strongroom.backup import content, programs
from strongroom.backup.stream import Reader
from strongroom.errors import ConnectError, MismatchError, StrongroomError, UsageError
from strongroom.migrate.target import Target
from strongroom.sealing.providers import KeyProvider

Connection = psycopg.Connection[Any]
Say = Callable[[str], None]

# No other command names databases so: what is left of them is dropped.
SCRATCH = "strongroom_restore_"
_SPACE = 0x53525342
_SHOWN = 5
_LONGEST_NAME = 63
_PROVIDERS = {"b": "builtin", "i": "icu", "c": "libc"}
_ROLES = """
SELECT w.name FROM unnest(%s::text[]) AS w (name)
WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.rolname = w.name) ORDER BY 1
"""
_LEFT = """
SELECT d.datname FROM pg_catalog.pg_database AS d
WHERE pg_catalog.starts_with(d.datname, %s)
  AND pg_catalog.pg_has_role(d.datdba, 'USAGE')
  AND pg_catalog.pg_try_advisory_lock(%s, pg_catalog.hashtext(d.datname))
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `is_closed`: apps are kept out; None where the database has no such gate."""

    database: str | None
    rows: int
    tables: int
    manifest: dict[str, Any]
    is_closed: bool | None


def check(path: Path, provider: KeyProvider) -> dict[str, Any]:
    """Decrypt and check a whole backup; gives its manifest. Needs no server."""
    with _opened(path, provider) as reader:
        return _read_all(reader)


def restore(
    where: Target,
    path: Path,
    provider: KeyProvider,
    *,
    into: str | None,
    binaries: Path | None = None,
    say: Say = lambda _: None,
) -> Restored:
    """Restore a backup into a new database, or without `into` only try it. Counts the rows.

    The database gets its name when everything is there and has been counted; what fails is dropped.
    """
    with _opened(path, provider) as reader:
        manifest = _read_all(reader)
        say(f"every byte of {path.name} is genuine")
        with closing(_administrator(where)) as admin:
            program = _fitting(admin, manifest, into, binaries)
            _drop_left(admin, say)
            with _scratch(admin, reader.header.id, manifest) as name:
                copy = where.other_database(name)
                _load(copy, program, reader)
                rows = _count(copy, manifest)
                is_closed = _close(copy, path.name)
                _apply_rights(admin, name, manifest)
                if into is not None:
                    _rename(admin, name, into)
    return Restored(into, sum(rows.values()), len(rows), manifest, is_closed)


@contextmanager
def _opened(path: Path, provider: KeyProvider) -> Iterator[Reader]:
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror}") from None
    with file:
        yield Reader(file, provider, path.name)


def _read_all(reader: Reader) -> dict[str, Any]:
    for _ in reader.chunks():
        pass
    return reader.manifest


def _administrator(where: Target) -> Connection:
    """A connection beside the databases that come and go; the one of the URL may be lost."""
    try:
        return where.other_database("postgres").connect("strongroom backup")
    except ConnectError:
        return where.connect("strongroom backup")


def _fitting(
    admin: Connection, manifest: dict[str, Any], into: str | None, binaries: Path | None
) -> Path:
    """pg_restore, where this server can take the backup; else UsageError."""
    major = manifest["server_version"] // 10000
    here = admin.info.server_version // 10000
    if here < major:
        raise UsageError(f"the backup is of PostgreSQL {major}, and this server is {here}")
    if into is not None:
        _check_name(into)
        known = "SELECT FROM pg_catalog.pg_database WHERE datname = %s"
        if admin.execute(known, [into]).fetchone() is not None:
            raise UsageError(
                f"the database {into!r} exists, and nothing is restored over what is there",
                hint="restore under a new name, look at it, and rename both",
            )
    row = admin.execute(
        "SELECT rolsuper OR rolcreatedb FROM pg_catalog.pg_roles WHERE rolname = current_user"
    ).fetchone()
    if row != (True,):
        raise UsageError(
            f"role {admin.info.user!r} may not create databases",
            hint="restore as a superuser: a restore gives objects to their owners",
        )
    missing = [name for (name,) in admin.execute(_ROLES, [manifest["database"]["roles"]])]
    if missing:
        more = " and more" if len(missing) > _SHOWN else ""
        raise UsageError(
            f"this server lacks the roles {', '.join(missing[:_SHOWN])}{more}",
            hint="roles belong to the server: make them first;"
            " strongroom migrate apply on an empty database makes those of Strongroom",
        )
    return programs.find("pg_restore", manifest["pg_dump"], binaries, here).path


def _check_name(name: str) -> None:
    if not name or "\0" in name or len(name.encode()) > _LONGEST_NAME:
        raise UsageError(f"{name!r} can't be the name of a database", hint="1 to 63 bytes")
    if name.startswith(SCRATCH):
        raise UsageError(f"names that begin with {SCRATCH} are for trial restores")


def _drop_left(admin: Connection, say: Say) -> None:
    """Drop what trials left that were killed; who is at one holds a lock."""
    for (name,) in admin.execute(_LEFT, [SCRATCH, _SPACE]).fetchall():
        _drop(admin, name)
        admin.execute("SELECT pg_catalog.pg_advisory_unlock(%s, hashtext(%s))", [_SPACE, name])
        say(f"dropped {name}, which an interrupted restore had left")


@contextmanager
def _scratch(admin: Connection, backup: str, manifest: dict[str, Any]) -> Iterator[str]:
    """A new database as the old one was made, dropped at the end if it still has this name."""
    name = f"{SCRATCH}{backup[:12]}_{secrets.token_hex(6)}"
    admin.execute("SELECT pg_catalog.pg_advisory_lock(%s, hashtext(%s))", [_SPACE, name])
    try:
        admin.execute(_creation(name, manifest["database"]))
        admin.execute(_named("REVOKE ALL ON DATABASE {} FROM PUBLIC", name))
        yield name
    finally:
        with suppress(psycopg.OperationalError):
            _drop(admin, name)


def _creation(name: str, was: dict[str, Any]) -> sql.Composed:
    text = _named("CREATE DATABASE {} TEMPLATE template0", name)
    options = {
        "ENCODING": was["encoding"],
        "LC_COLLATE": was["collate"],
        "LC_CTYPE": was["ctype"],
        "LOCALE_PROVIDER": _PROVIDERS[was["provider"]],
    }
    if was["provider"] != "c":
        options[f"{_PROVIDERS[was['provider']].upper()}_LOCALE"] = was["locale"]
    for option, value in options.items():
        text += sql.SQL(f" {option} {{}}").format(value)
    return text


def _drop(admin: Connection, name: str) -> None:
    admin.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def _rename(admin: Connection, name: str, into: str) -> None:
    try:
        admin.execute(_named("ALTER DATABASE {} RENAME TO {}", name, into))
    except psycopg.errors.DuplicateDatabase:
        raise UsageError(f"somebody made a database {into!r} meanwhile") from None


def _load(copy: Target, program: Path, reader: Reader) -> None:
    command = [
        str(program), "--exit-on-error", "--no-password", f"--dbname={programs.address(copy)}",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as errors:
        running = programs.start(command, copy, stdin=PIPE, stdout=DEVNULL, stderr=errors.fileno())
        assert running.stdin is not None
        try:
            # It ends early when it fails, and says why.
            with suppress(BrokenPipeError):
                for chunk in reader.chunks():
                    running.stdin.write(chunk)
            with suppress(BrokenPipeError):
                running.stdin.close()
            code = running.wait()
        finally:
            running.kill()
            running.wait()
        if code:
            errors.seek(0)
            raise StrongroomError(
                f"pg_restore failed: {programs.said(errors.read(), code)}",
                hint="restore as a superuser, on a server with the same extensions;"
                " the half database was dropped",
            )


def _count(copy: Target, manifest: dict[str, Any]) -> dict[str, int]:
    """Rows of each table. Raises MismatchError where they are others than in the backup."""
    with closing(copy.connect("strongroom backup")) as connection:
        connection.execute("SET statement_timeout = 0; SET row_security = off")
        tables = content.readable_tables(connection)
        found = content.count_rows(connection, tables)
        connection.execute("ANALYZE")
    wanted = {**manifest["rows"], **dict.fromkeys(manifest["emptied"], 0)}
    wrong = sorted(n for n in found.keys() | wanted.keys() if found.get(n) != wanted.get(n))
    if wrong:
        said = [f"{n}: {wanted.get(n)} in the backup, {found.get(n)} restored" for n in wrong]
        error = MismatchError(
            f"what was restored is not what was backed up: {'; '.join(said[:_SHOWN])}",
            hint="the database was dropped; take another backup",
        )
        error.answer = {"wrong": said}
        raise error
    return found


def _close(copy: Target, name: str) -> bool | None:
    """Make sure that apps are kept out until the erasures have been replayed."""
    with closing(copy.connect("strongroom backup")) as connection:
        row = connection.execute(
            "SELECT pg_catalog.to_regprocedure('kernel.gate_problem()') IS NOT NULL"
        ).fetchone()
        if row != (True,):
            return None
        found = connection.execute("SELECT kernel.gate_problem()").fetchone()
        if found == (None,):
            connection.execute("SELECT kernel.close_gate(%s)", [f"restored from {name}"])
        return True


def _apply_rights(admin: Connection, name: str, manifest: dict[str, Any]) -> None:
    """Who may connect, and the settings of the database, which no dump of one brings."""
    was = manifest["database"]
    for privilege, role in was["privileges"]:
        who = sql.SQL("PUBLIC") if role is None else sql.Identifier(role)
        text = sql.SQL(f"GRANT {privilege} ON DATABASE {{}} TO {{}}")
        admin.execute(text.format(sql.Identifier(name), who))
    for role, setting, value in was["settings"]:
        begin = (
            _named("ALTER DATABASE {}", name)
            if role is None
            else _named("ALTER ROLE {} IN DATABASE {}", role, name)
        )
        with admin.transaction():
            # By its own parser: lists in it would become one word otherwise.
            admin.execute("SELECT pg_catalog.set_config(%s, %s, true)", [setting, value])
            admin.execute(begin + _named(" SET {} FROM CURRENT", setting))


def _named(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))
