"""A database that holds the project's schema and no data, to ask PostgreSQL about queries.

On a server of our own it is kept under a name that is a digest of the SQL files, so the next run
finds it ready; those of older SQL are dropped. On the server of DATABASE_URL nothing is left.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors, sql
from psycopg.conninfo import make_conninfo

from strongroom.errors import ConnectError, StrongroomError, UsageError
from strongroom.extensions import installable, needs_of
from strongroom.lost import told_as_lost
from strongroom.project import Project
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.fingerprint import digest, schema_digest
from strongroom_codegen.servers import Place, first_place
from strongroom_codegen.source import Source
from strongroom_codegen.unloaded import missing_object_hint

_PREFIX = "strongroom_scratch"


@contextmanager
def scratch_database(
    project: Project, place: Place | None = None
) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a database with the project's schema, without apps that it can't hold.

    place   where; None: the first of the project's servers

    Raises QueryError when the schema's own SQL is broken, ConnectError when no server answers or
    it goes away meanwhile.
    """
    try:
        with _database(project, place or first_place(project)) as connection:
            yield connection
    except psycopg.OperationalError as error:
        if lost := told_as_lost(error, f"nothing was written; {_connect_hint()}"):
            raise lost from error
        raise


@contextmanager
def _database(project: Project, place: Place) -> Iterator[psycopg.Connection[Any]]:
    admin_url, keep = place.url, place.keep
    with _connect(admin_url) as admin:
        name = _name(project, admin) + ("" if keep else f"_{os.getpid()}")
        if keep:
            _clean(admin, project, name)
        try:
            _ensure(admin, admin_url, name, project)
            with _connect(make_conninfo(admin_url, dbname=name)) as connection:
                _prepare_session(connection, project)
                yield connection
        finally:
            if not keep:
                _drop(admin, name)


def _connect(url: str) -> psycopg.Connection[Any]:
    try:
        return psycopg.connect(url, autocommit=True, client_encoding="UTF8")
    except psycopg.OperationalError as error:
        raise ConnectError(
            f"no connection for the scratch database: {error}".strip(), hint=_connect_hint()
        ) from error
    except psycopg.ProgrammingError:
        # What libpq says about a broken address repeats it, password and all.
        raise UsageError(
            "DATABASE_URL is no address that PostgreSQL understands",
            hint="write: postgresql://user:password@host:port/database",
        ) from None


def _connect_hint() -> str:
    if "DATABASE_URL" in os.environ:
        return (
            'check DATABASE_URL: psql "$DATABASE_URL" says the same until it is right; '
            "without DATABASE_URL the embedded server is used"
        )
    return "see: strongroom server status"


def _name(project: Project, admin: psycopg.Connection[Any]) -> str:
    """With what the server has of the extensions that apps need: they may come later."""
    needed = sorted({name for names in needs_of(project).values() for name in names})
    query = "SELECT name FROM pg_catalog.pg_available_extensions WHERE name = ANY (%s) ORDER BY 1"
    here = [row[0] for row in admin.execute(query, (needed,))] if needed else []
    whole = digest([schema_digest(project), *here]) if here else schema_digest(project)
    return f"{_family(project)}_{whole[:12]}"


def _family(project: Project) -> str:
    # Two projects on one server must not drop each other's.
    return f"{_PREFIX}_{digest([str(project.root)])[:8]}"


def _ensure(admin: psycopg.Connection[Any], url: str, name: str, project: Project) -> None:
    """Make the database unless it is there; one run makes it, others wait for that."""
    key = (f"{_family(project)} make",)
    admin.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", key)
    try:
        if not _exists(admin, name):
            _make(admin, url, name, project)
    finally:
        admin.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


def _make(admin: psycopg.Connection[Any], url: str, name: str, project: Project) -> None:
    """A half-made database never bears the name."""
    draft = f"{name}_{os.getpid()}"
    try:
        _execute(admin, "CREATE DATABASE {} TEMPLATE template0", draft)
    except errors.InsufficientPrivilege as error:
        raise StrongroomError(
            f"no scratch database can be made: {error.diag.message_primary}",
            hint="connect as a role that may create databases, or unset DATABASE_URL",
        ) from error
    try:
        with _connect(make_conninfo(url, dbname=draft)) as connection:
            _install(connection, project)
        _execute(admin, "ALTER DATABASE {} RENAME TO {}", draft, name)
    except BaseException:
        _drop(admin, draft)
        raise


def _install(connection: psycopg.Connection[Any], project: Project) -> None:
    """As `strongroom.project.install`, but an error is shown where it stands in its file."""
    connection.execute("SET client_min_messages = warning")
    for file in installable(connection, project):
        text = file.read()
        try:
            connection.execute(text.encode())
        except psycopg.Error as error:
            diagnostics = Diagnostics()
            position = error.diag.statement_position
            place = Source(file.name, text).place(int(position) - 1 if position else 0)
            diagnostics.error(
                place,
                error.diag.message_primary or str(error).strip(),
                missing_object_hint(project, error.sqlstate)
                or error.diag.message_hint
                or error.diag.message_detail,
            )
            raise QueryError(diagnostics) from error


def _prepare_session(connection: psycopg.Connection[Any], project: Project) -> None:
    path = ", ".join(f'"{schema}"' for schema in project.search_path)
    connection.execute("SELECT set_config('search_path', %s, false)", (path,))


def _clean(admin: psycopg.Connection[Any], project: Project, keep: str) -> None:
    """Drop what older SQL left, unless another run is at work; the lock ends with `admin`."""
    key = (_family(project),)
    row = admin.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key).fetchone()
    if row and row[0]:
        _drop_others(admin, project, keep)
        admin.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)
    admin.execute("SELECT pg_advisory_lock_shared(hashtextextended(%s, 0))", key)


def _drop_others(admin: psycopg.Connection[Any], project: Project, keep: str) -> None:
    rows = admin.execute(
        "SELECT datname FROM pg_catalog.pg_database WHERE starts_with(datname, %s)",
        (f"{_family(project)}_",),
    ).fetchall()
    for (name,) in rows:
        draft = re.fullmatch(rf"{re.escape(_family(project))}_\w+_(\d+)", name)
        if name != keep and not (draft and Path(f"/proc/{draft[1]}").exists()):
            _drop(admin, name)


def _exists(admin: psycopg.Connection[Any], name: str) -> bool:
    query = "SELECT FROM pg_catalog.pg_database WHERE datname = %s"
    return admin.execute(query, (name,)).fetchone() is not None


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    try:
        _execute(admin, "DROP DATABASE IF EXISTS {}", name)
    except errors.ObjectInUse:
        # Another run still looks at it; the next one will drop it.
        return


def _execute(admin: psycopg.Connection[Any], statement: str, *names: str) -> None:
    identifiers = [sql.Identifier(name) for name in names]
    admin.execute(sql.SQL(statement).format(*identifiers))
