"""Take over a database that `psql -f schema/install.sql` built.

A scratch database is built from the migrations on the same server and compared; when they agree,
the scratch database's ledger is what this one's would have been.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from strongroom.errors import MismatchError, UsageError
from strongroom.migrate import snapshot
from strongroom.migrate.backend import Backend
from strongroom.migrate.files import SqlMigration
from strongroom.migrate.ledger import Ledger
from strongroom.migrate.target import Target

_MOST_LINES = 40
_FILE = """
INSERT INTO strongroom.migrate_source (kind, path, checksum, source, objects, run_id)
VALUES (%s, %s, %s, %s, %s, %s)
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


def record(
    backend: Backend, migrations: list[SqlMigration], ledger: Ledger, commit: str | None
) -> None:
    """Write the ledger that a scratch database got, as one transaction."""
    backend.create_ledger()
    with backend.work():
        backend.run_id = backend.insert_run("adopt", commit)
        for source in ledger.sources.values():
            backend.record_source(
                source.kind, source.path, source.checksum, source.text, list(source.objects)
            )
        for migration in migrations:
            backend.record(migration, "mark")


@contextmanager
def scratch_database(target: Target, say: Callable[[str], None]) -> Iterator[Target]:
    """An empty database on the same server, dropped afterwards, also on error."""
    name = f"strongroom_scratch_{secrets.token_hex(4)}"
    with target.connect("strongroom migrate: scratch") as connection:
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
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))
