"""Template databases: built from the SQL of this tree, named after a hash of it, kept between runs.

Runs that happen at once agree by advisory locks in the database `postgres`, two for each template:
one to build or drop it, which is exclusive and brief, and one that every run shares that clones it.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom import extensions
from strongroom.errors import StrongroomError
from strongroom.migrate.apply import apply
from strongroom.migrate.target import EMBEDDED_USER, Target, owner_of
from strongroom.pgtap.databases import clone, drop
from strongroom.project import Project
from strongroom.server import Server, ensure_pgtap
from tests.python.fix_servers import servers_of

Connection = psycopg.Connection[Any]

_NUMBERS = itertools.count(1)
_PREFIX = len("tpl_") + 12
_OURS = r"^(tpl_[0-9a-f]{12}(_tap)?(_draft)?|t_[0-9]+_[0-9]+)$"


class Templates:
    """The templates of this run, each made when it is first needed."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names: dict[tuple[str, bool], str | Exception] = {}
        self._holders: list[Connection] = []

    def name(self, server: Server, *, pgtap: bool = False) -> str:
        """The template's name on a server; a failed build is told again, not tried again."""
        key = (server.label, pgtap)
        if key not in self._names:
            try:
                self._names[key] = self._hold(server, pgtap=pgtap)
            except Exception as error:  # every test that needs the template is to hear of it
                self._names[key] = error
        found = self._names[key]
        if isinstance(found, Exception):
            raise RuntimeError(f"no template on server {server.label}: {found}") from found
        return found

    def close(self) -> None:
        """Let others drop the templates that this run used."""
        while self._holders:
            self._holders.pop().close()

    def _hold(self, server: Server, *, pgtap: bool) -> str:
        origin = self.name(server) if pgtap else "template0"
        name = f"{origin}_tap" if pgtap else f"tpl_{_fingerprint(self._project)}"
        holder: Connection = psycopg.connect(server.url(), autocommit=True)
        self._holders.append(holder)
        _drop_stale(holder, keep=name)
        holder.execute("SELECT pg_catalog.pg_advisory_lock(hashtext(%s))", (f"build {name}",))
        try:
            if not _exists(holder, name):
                self._make(holder, server, name, origin)
            holder.execute("SELECT pg_catalog.pg_advisory_lock_shared(hashtext(%s))", (name,))
        finally:
            _unlock(holder, f"build {name}")
        return name

    def _make(self, admin: Connection, server: Server, name: str, origin: str) -> None:
        draft = f"{name}_draft"
        drop(admin, draft)
        clone(admin, draft, origin)
        if origin == "template0":
            _deploy(self._project, server, draft)
        else:
            ensure_pgtap(server.url(draft))
        admin.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (draft, name)))
        )


def templates_of(config: pytest.Config) -> Templates:
    """The templates of a run, for fixtures and for the pgTAP files alike."""
    if _KEY not in config.stash:
        config.stash[_KEY] = Templates(servers_of(config).project)
    return config.stash[_KEY]


def new_name() -> str:
    """A name for a database that tells the next run which process it belonged to."""
    return f"t_{os.getpid()}_{next(_NUMBERS)}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """Let go of the templates before the servers stop."""
    if templates := config.stash.get(_KEY, None):
        templates.close()


@pytest.fixture(scope="session")
def template(request: pytest.FixtureRequest, server: Server) -> str:
    """The name of a database on `server` that holds everything, built as a deployer builds it."""
    return templates_of(request.config).name(server)


def administer(project: Project, server: Server, name: str) -> None:
    """What an administrator does in a new database: roles, and extensions that are not trusted."""
    needs = extensions.needs_of(project)
    with psycopg.connect(server.url(name), autocommit=True) as admin:
        admin.execute((project.schema / "roles.sql").read_bytes())
        admin.execute((project.schema / "extensions" / "schema.sql").read_bytes())
        admin.execute("RESET ROLE")
        with psycopg.connect(server.url(name, EMBEDDED_USER), autocommit=True) as migrator:
            found = extensions.look(migrator, project, needs)
        for app in found.lacks:
            for statement in found.statements(app):
                admin.execute(statement.encode())


def _deploy(project: Project, server: Server, name: str) -> None:
    """As on a live database: an administrator's part, and the migrator does the rest."""
    administer(project, server, name)
    said: list[str] = []
    try:
        apply(project, Target(server.url(name, EMBEDDED_USER), owner_of(project)), said.append)
    except StrongroomError as error:
        raise RuntimeError("\n".join([*said, error.message, error.hint or ""])) from error


def _fingerprint(project: Project) -> str:
    digest = hashlib.sha256()
    for folder in (project.schema, project.functions, project.migrations):
        for path in sorted(folder.rglob("*.sql")):
            digest.update(path.relative_to(project.root).as_posix().encode() + b"\0")
            digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def _try_lock(holder: Connection, name: str) -> bool:
    query = "SELECT pg_catalog.pg_try_advisory_lock(hashtext(%s))"
    return holder.execute(query, (name,)).fetchone() == (True,)


def _unlock(holder: Connection, name: str) -> None:
    holder.execute("SELECT pg_catalog.pg_advisory_unlock(hashtext(%s))", (name,))


def _exists(admin: Connection, name: str) -> bool:
    query = "SELECT FROM pg_catalog.pg_database WHERE datname = %s"
    return admin.execute(query, (name,)).fetchone() is not None


def _drop_stale(admin: Connection, *, keep: str) -> None:
    """Drop templates that no run uses, and databases whose process is gone."""
    query = "SELECT datname FROM pg_catalog.pg_database WHERE datname ~ %s"
    for (name,) in admin.execute(query, (_OURS,)).fetchall():
        if name.startswith("t_"):
            if not _is_alive(int(name.split("_")[1])):
                drop(admin, name)
        elif not name.startswith(keep[:_PREFIX]):
            _drop_unused(admin, name)


def _drop_unused(admin: Connection, name: str) -> None:
    template = name.removesuffix("_draft")
    build = f"build {template}"
    if not _try_lock(admin, build):
        return
    if _try_lock(admin, template):
        drop(admin, name)
        _unlock(admin, template)
    _unlock(admin, build)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


_KEY = pytest.StashKey[Templates]()
