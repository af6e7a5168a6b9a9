"""Take over a database that `psql -f schema/install.sql` built.

A scratch database is built from the migrations on the same server and compared; when they agree,
the scratch database's ledger is what this one's would have been.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from strongroom.errors import MismatchError, UsageError
from strongroom.extensions import Needs
from strongroom.migrate import ledger, snapshot
from strongroom.migrate.backend import Backend
from strongroom.migrate.files import SqlMigration
from strongroom.migrate.ledger import Ledger
from strongroom.migrate.target import Connection, Target

_MOST_LINES = 40
# Not the generator's: what it keeps between runs is no orphan.
PREFIX = "strongroom_adopt_"
ORPHANS = """
SELECT d.datname
FROM pg_catalog.pg_database AS d
WHERE pg_catalog.starts_with(d.datname, %s)
  AND pg_catalog.pg_get_userbyid(d.datdba) = current_user
  AND NOT EXISTS (
      SELECT
      FROM pg_catalog.pg_stat_activity AS a
      WHERE a.pid::text = pg_catalog.split_part(d.datname, '_', 3)
        AND a.application_name = 'strongroom migrate: scratch'
  )
"""


def check(backend: Backend, scratch: Backend) -> None:
    """MismatchError with the differing objects when two databases differ."""
    with backend.work(), scratch.work():
        here, there = snapshot.take(backend.session), snapshot.take(scratch.session)
    if there is None:
        raise MismatchError(
            "this database was not built by `strongroom migrate`, and the project has no "
            "kernel.catalog_snapshot() to compare it with"
        )
    if here is None:
        raise MismatchError(
            "this database has a schema kernel without kernel.catalog_snapshot(): "
            "it was not built from these sources",
            hint=_HINT,
        )
    lines = snapshot.differences(here, there, ("database", "migrations"))
    if lines:
        more = len(lines) - _MOST_LINES
        shown = lines[:_MOST_LINES] + ([f"... and {more} more lines"] if more > 0 else [])
        raise MismatchError(
            "this database is not what the migrations build\n" + "\n".join(shown), hint=_HINT
        )


_HINT = "nothing was changed; bring the two together, or apply to an empty database"


def absent(backend: Backend, needs: Needs) -> frozenset[str]:
    """Apps with extensions that install.sql left out, because there were none then."""
    there = {app for app in needs if ledger.has_schema(backend.session, app)}
    return frozenset(needs) - there


def refuse_skipped(backend: Backend, apps: Collection[str]) -> None:
    """UsageError when the scratch database lacks apps that this one has."""
    if apps:
        raise UsageError(
            f"role {backend.session.info.user!r} may not create the extensions of "
            f"{', '.join(sorted(apps))} in the database that this one is compared with",
            hint="let an administrator of the server run it, once: strongroom migrate apply",
        )


def record(
    backend: Backend, migrations: list[SqlMigration], recorded: Ledger, commit: str | None
) -> None:
    """Write the ledger that a scratch database got, as one transaction."""
    backend.create_ledger()
    with backend.work():
        backend.run_id = backend.insert_run("adopt", commit)
        for source in recorded.sources.values():
            backend.record_source(
                source.kind, source.path, source.checksum, source.text, list(source.objects)
            )
        for migration in migrations:
            backend.record(migration, None, "mark")


@contextmanager
def scratch_database(target: Target, say: Callable[[str], None]) -> Iterator[Target]:
    """An empty database on the same server, dropped afterwards, also on error."""
    with target.connect("strongroom migrate: scratch") as connection:
        _drop_orphans(connection)
        name = f"{PREFIX}{connection.info.backend_pid}_{secrets.token_hex(4)}"
        try:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
            )
        except psycopg.errors.InsufficientPrivilege as error:
            raise UsageError(
                f"role {connection.info.user!r} may not create the scratch database that this "
                "one is compared with",
                hint=f'as an administrator: ALTER ROLE "{connection.info.user}" CREATEDB',
            ) from error
        say(f"built {name} to compare with")
        try:
            yield target.other_database(name)
        finally:
            _drop(connection, name)


def _drop_orphans(connection: Connection) -> None:
    """Drop what runners that were killed left: their session, named in the name, is gone."""
    for (name,) in connection.execute(ORPHANS, (PREFIX,)).fetchall():
        _drop(connection, name)


def _drop(connection: Connection, name: str) -> None:
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    try:
        # Autovacuum gives way to this, and FORCE may not end it for who is no superuser.
        connection.execute(drop)
    except psycopg.errors.ObjectInUse:
        connection.execute(sql.SQL("{} WITH (FORCE)").format(drop))
