"""What must be there before the first migration: roles, and the schemas that every app needs.

All of these files may be run again and again; they are, when their content is new for a database.
"""

from __future__ import annotations

import hashlib
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from strongroom import extensions
from strongroom.errors import UsageError
from strongroom.migrate import functions, report
from strongroom.migrate.backend import Backend
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.ledger import Ledger
from strongroom.migrate.script import ScriptError
from strongroom.migrate.target import (
    EMBEDDED_USER,
    Target,
    owner_of,
)
from strongroom.project import DATABASE, Project, SqlFile

if TYPE_CHECKING:
    from strongroom.server import Server

_FILES = ("roles.sql", "kernel/schema.sql", "extensions/schema.sql")
_TRIES = 5
# Roles belong to the cluster: another database may be creating the same ones.
_TRANSIENT = ("40P01", "40001", "55P03", "23505", "42710", "XX000")


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the bootstrap whose content this database has not had yet."""

    file: SqlFile
    text: str
    checksum: str


def pending(project: Project, ledger: Ledger) -> list[Part]:
    """The files to run, roles first."""
    found = []
    for path in (project.schema / name for name in _FILES):
        if not path.is_file():
            continue
        file = SqlFile(path, path.relative_to(project.root).as_posix())
        text = functions.read(file)
        digest = hashlib.sha256(text.encode()).hexdigest()
        known = ledger.sources.get(file.name)
        if known is None or known.checksum != digest:
            found.append(Part(file, text, digest))
    return found


def create_roles(backend: Backend, parts: list[Part]) -> None:
    """Run roles.sql as the role that connected: only then may its rights be enough."""
    for part in parts:
        if part.file.path.name == _FILES[0]:
            _run_as_ourselves(backend, part)


def create_schema(backend: Backend, parts: list[Part]) -> None:
    """Run what is the owner's, and record all of the bootstrap."""
    if not parts:
        return
    with backend.work():
        for part in parts:
            if part.file.path.name != _FILES[0]:
                _run(backend, part)
            backend.record_source("bootstrap", part.file.name, part.checksum, part.text, [])


def prepare_embedded(project: Project) -> None:
    """Start the project's own server; do there, as its superuser, what an administrator does."""
    from strongroom.server import embedded

    prepare(project, embedded(project))


def prepare(project: Project, server: Server) -> None:
    """The same on any server of the project's."""
    from strongroom.server.connect import ensure_database

    server.start()
    ensure_database(server, DATABASE)
    if owner_of(project) is None:
        return
    backend = Backend(Target(server.url(DATABASE), None), lambda _: None)
    with backend:
        if not _has_role(backend, EMBEDDED_USER) or _roles_are_new(project, backend):
            create_roles(backend, pending(project, Ledger()))
        _make_extensions(project, backend)


def _make_extensions(project: Project, backend: Backend) -> None:
    """What apps need, and no role but a superuser may make."""
    found = extensions.look(backend.session, project, extensions.needs_of(project))
    wanted = {
        name
        for app, names in found.to_make.items()
        for name, as_superuser in names.items()
        if as_superuser and app not in found.lacks
    }
    if not wanted:
        return
    home = extensions.home_of(project)
    with backend.work(as_owner=False):
        if home is not None:
            owner = sql.Identifier(owner_of(project) or "postgres")
            backend.session.execute(sql.SQL("SET LOCAL ROLE {}").format(owner))
            backend.run_file((project.schema / home / "schema.sql").read_text("utf-8"))
            backend.session.execute("RESET ROLE")
        for name in sorted(wanted):
            backend.session.execute(extensions.creation(name, home))


def _roles_are_new(project: Project, backend: Backend) -> bool:
    from strongroom.migrate import ledger

    parts = pending(project, ledger.read(backend.session))
    return any(part.file.path.name == _FILES[0] for part in parts)


def _has_role(backend: Backend, name: str) -> bool:
    query = "SELECT FROM pg_catalog.pg_roles WHERE rolname = %s"
    return backend.session.execute(query, (name,)).fetchone() is not None


def _run_as_ourselves(backend: Backend, part: Part) -> None:
    for attempt in range(1, _TRIES + 1):
        try:
            with backend.work(as_owner=False):
                _run(backend, part)
            return
        except MigrationError as error:
            cause = error.__cause__
            state = cause.sqlstate if isinstance(cause, psycopg.Error) else None
            if state == "42501":
                raise _lacks_rights(backend, part, error) from error
            if state not in _TRANSIENT or attempt == _TRIES:
                raise
            time.sleep(random.uniform(0.1, 0.3) * attempt)  # noqa: S311 (no secret)


def _lacks_rights(backend: Backend, part: Part, error: MigrationError) -> UsageError:
    address = backend.target.url_for_administrator()
    return UsageError(
        f"role {backend.session.info.user!r} may not do what {part.file.name} still has to do\n"
        f"{error.message}",
        hint="let an administrator of the server run, once:\n"
        f'       psql -v ON_ERROR_STOP=1 -d "{address}" -f {_shown(part)}',
    )


def _shown(part: Part) -> str:
    """The file as it can be named from here; the SQL that ships in the package is elsewhere."""
    path, here = part.file.path, Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def _run(backend: Backend, part: Part) -> None:
    try:
        backend.run_file(part.text)
    except ScriptError as failure:
        raise MigrationError(
            report.explain(part.file.name, part.text, failure.error, failure.finished)
        ) from failure.error
