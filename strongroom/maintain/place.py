"""The database that is maintained, and the right to do it."""

from __future__ import annotations

import os
from typing import Any

import psycopg

from strongroom.errors import ConnectError, PendingError, UsageError
from strongroom.migrate import target
from strongroom.migrate.target import Target
from strongroom.project import find_project

Connection = psycopg.Connection[Any]

RUNNER = "strongroom_runner"
_IS_BUILT = """
SELECT pg_catalog.pg_is_in_recovery(), EXISTS (
    SELECT
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE n.nspname = 'kernel' AND c.relname = 'job_run'
)
"""


def find() -> Target:
    """DATABASE_URL, else the project's own server, where we log in as the runner."""
    project = find_project()
    if not target.is_embedded():
        return target.resolve(project)
    from strongroom.server import embedded

    if not embedded(project).status().running:
        raise ConnectError(
            "the project's server does not run",
            hint="strongroom migrate apply starts it; or set DATABASE_URL",
        )
    return Target(target.embedded_url(project, RUNNER), target.owner_of(project))


def connect(where: Target) -> Connection:
    """A connection with the rights of the runner, in autocommit mode.

    ConnectError when the server can't be reached, PendingError when the kernel's jobs are not
    there, UsageError for a standby, a pooler, or a role that may not run maintenance.
    """
    connection = where.connect(f"strongroom maintain: {os.getpid()}")
    try:
        _check(connection, where)
    except BaseException:
        connection.close()
        raise
    return connection


def _check(connection: Connection, where: Target) -> None:
    if target.behind_pooler(connection):
        raise UsageError(
            "another process answers than the one that greeted us", hint=target.POOLER_HINT
        )
    row = connection.execute(_IS_BUILT).fetchone()
    assert row is not None
    is_standby, is_built = row
    if is_standby:
        raise UsageError("this server is a standby", hint="give the address of the primary")
    if not is_built:
        raise PendingError(
            f"{where.shown()} has no table of jobs", hint="strongroom migrate apply makes it"
        )
    if connection.info.user != RUNNER:
        # As a superuser, jobs would run without the bounds that they were tested in.
        if not target.may_become(connection, RUNNER):
            raise UsageError(
                f"role {connection.info.user!r} may not run maintenance",
                hint=f"connect as {RUNNER}",
            )
        connection.execute(f"SET ROLE {RUNNER}")
