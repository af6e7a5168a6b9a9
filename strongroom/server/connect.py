"""Which database a command works on when nobody names one."""

from __future__ import annotations

import os
from collections.abc import Mapping

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from strongroom.errors import ConnectError, UsageError
from strongroom.project import Project, find_project
from strongroom.server.cluster import Server
from strongroom.server.embedded import EmbeddedServer


def connect_url(
    environment: Mapping[str, str] | None = None,
    project: Project | None = None,
    database: str = "postgres",
) -> str:
    """DATABASE_URL when it is set; else a database of the embedded server, made and started.

    Raises UsageError when DATABASE_URL is no connection string, and StrongroomError when the
    embedded server can't run here.
    """
    given = (os.environ if environment is None else environment).get("DATABASE_URL", "").strip()
    if given:
        return _checked(given)
    server = EmbeddedServer((project or find_project()).state, "default")
    server.start()
    ensure_database(server, database)
    return server.url(database)


def ensure_database(server: Server, database: str) -> None:
    """Create a database of a server of ours when it is not there."""
    with _connect(server.url()) as connection:
        known = "SELECT FROM pg_catalog.pg_database WHERE datname = %s"
        if connection.execute(known, [database]).fetchone() is not None:
            return
        try:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            return  # Someone else was quicker.


def _connect(url: str) -> psycopg.Connection[tuple[object, ...]]:
    try:
        return psycopg.connect(url, autocommit=True, client_encoding="UTF8")
    except psycopg.OperationalError as error:
        raise ConnectError(f"can't connect to the server: {error}".rstrip()) from error


def _checked(url: str) -> str:
    try:
        conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # Neither the text nor libpq's message: they may hold a password.
        raise UsageError(
            "DATABASE_URL is no connection string that libpq understands",
            hint="write it like postgresql://user@host:5432/database",
        ) from None
    return url
