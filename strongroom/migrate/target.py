"""Which database is meant, and connections to it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from strongroom.errors import ConnectError, UsageError
from strongroom.migrate import statements
from strongroom.project import DATABASE, Project

Connection = psycopg.Connection[Any]

EMBEDDED_USER = "strongroom_migrator"
_OLDEST = 150000
# They come with the connection, so that RESET ALL between two files returns to them.
_SETTINGS = {
    # The server notices within a second that a killed runner is gone.
    "client_connection_check_interval": "1s",
    "client_min_messages": "notice",
    # What destroys, or retires a key, is refused where it may not see what others have committed.
    "default_transaction_isolation": r"read\ committed",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A database and the role that owns what migrations make.

    conninfo    for libpq; may hold a password, so it is never shown
    owner       the role that every transaction becomes; None: the role that connects
    """

    conninfo: str
    owner: str | None

    def connect(self, application: str) -> Connection:
        """A connection in autocommit mode; ConnectError when the server can't be reached."""
        given = conninfo_to_dict(self.conninfo)
        options = [str(given["options"])] if given.get("options") else []
        options += [f"-c {name}={value}" for name, value in _SETTINGS.items()]
        given.setdefault("connect_timeout", 10)
        try:
            connection: Connection = psycopg.connect(
                make_conninfo(
                    "", **{**given, "options": " ".join(options), "application_name": application}
                ),
                autocommit=True,
                prepare_threshold=None,
                # Whatever the environment, the role or the database says: names and values are any.
                client_encoding="UTF8",
            )
        except psycopg.Error as error:
            raise self._refused(error) from error
        if connection.info.server_version < _OLDEST:
            raise UsageError(f"{self.shown()}: PostgreSQL 15 or newer is needed")
        return connection

    def other_database(self, name: str) -> Target:
        """The same server and role, another database."""
        given = conninfo_to_dict(self.conninfo)
        return Target(make_conninfo("", **{**given, "dbname": name}), self.owner)

    def shown(self) -> str:
        """Role, host and database, never a password."""
        given = conninfo_to_dict(self.conninfo)
        user = given.get("user") or os.environ.get("PGUSER") or "?"
        host = given.get("host") or given.get("hostaddr") or os.environ.get("PGHOST") or "local"
        port = given.get("port") or os.environ.get("PGPORT") or "5432"
        name = given.get("dbname") or os.environ.get("PGDATABASE") or user
        return f"{user}@{host}:{port}/{name}"

    def url_for_administrator(self) -> str:
        """Host and database as psql takes them, without who we are."""
        given = conninfo_to_dict(self.conninfo)
        kept = {key: given[key] for key in ("host", "port", "dbname") if given.get(key)}
        return make_conninfo("", **kept)

    def _refused(self, error: psycopg.Error) -> ConnectError:
        text = str(error).strip()
        hint = "check DATABASE_URL, and that the server runs: psql with the same URL tells the same"
        if "unsupported startup parameter" in text:
            hint = POOLER_HINT
        return ConnectError(f"can't connect to {self.shown()}\n{text}", hint=hint)


POOLER_HINT = (
    "a connection pooler is in between, and locks and settings of a session don't survive one: "
    "give the address of PostgreSQL itself"
)


def describe(connection: Connection) -> str:
    """One line that says where we are: role, host, database, version."""
    info = connection.info
    version = info.parameter_status("server_version")
    where = f"{info.host or 'local'}:{info.port}/{info.dbname}"
    return f"{info.user}@{where}, PostgreSQL {version}"


def behind_pooler(connection: Connection) -> bool:
    """Whether the process that answers is not the one that greeted us: PgBouncer and its like."""
    row = connection.execute("SELECT pg_catalog.pg_backend_pid()").fetchone()
    return row is not None and row[0] != connection.info.backend_pid


def may_become(connection: Connection, role: str) -> bool:
    """Whether a role exists and the one that connected may SET ROLE to it."""
    how = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    row = connection.execute(
        "SELECT pg_catalog.pg_has_role(session_user, r.oid, %s) "
        "FROM pg_catalog.pg_roles AS r WHERE r.rolname = %s",
        (how, role),
    ).fetchone()
    return row == (True,)


def owner_of(project: Project) -> str | None:
    """The role that `schema/roles.sql` ends with, which owns all that follows it."""
    roles = project.schema / "roles.sql"
    if not roles.is_file():
        return None
    return statements.last_role(roles.read_text("utf-8"))


def resolve(project: Project) -> Target:
    """DATABASE_URL, else the embedded server's database; nothing is started or made."""
    owner = owner_of(project)
    url = os.environ.get("DATABASE_URL", "").strip()
    if url:
        return Target(_checked(url), owner)
    return Target(embedded_url(project, EMBEDDED_USER if owner else "postgres"), owner)


def is_embedded() -> bool:
    """Whether the target is the project's own server."""
    return not os.environ.get("DATABASE_URL", "").strip()


def embedded_url(project: Project, user: str, database: str = DATABASE) -> str:
    """Where a database of the embedded server is."""
    from strongroom.server import embedded

    return embedded(project).url(database, user)


def _checked(url: str) -> str:
    url = url.replace("postgresql+psycopg://", "postgresql://", 1)
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # What libpq says may quote the password.
        raise UsageError(
            "DATABASE_URL is no PostgreSQL URL",
            hint="postgresql://user@host:5432/database, or 'host=... dbname=... user=...'",
        ) from None
    return url
