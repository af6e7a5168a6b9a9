"""What the ledger says: plain SELECTs that any role with the right to read may run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from strongroom.errors import UsageError
from strongroom.migrate import routines
from strongroom.migrate.target import Connection

SCHEMA = "strongroom"
YOYO_TABLE = "_yoyo_migration"
DDL = tuple(Path(__file__).with_name(name) for name in ("ledger.sql", "ledger_places.sql"))
"""What brings our tables to version 1, 2, ..."""

_EXISTS = """
SELECT
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname = 'strongroom' AND c.relname = %s
"""
_APPLIED = """
SELECT y.migration_id, y.applied_at_utc, f.checksum, f.rollback_checksum, f.run_id, r.started_by
FROM strongroom._yoyo_migration AS y
LEFT JOIN strongroom.migrate_file AS f ON f.migration_id = y.migration_id
LEFT JOIN strongroom.migrate_run AS r ON r.run_id = f.run_id
ORDER BY y.applied_at_utc, y.migration_id
"""
_APPLIED_BY_YOYO = """
SELECT y.migration_id, y.applied_at_utc, NULL, NULL, NULL, NULL
FROM strongroom._yoyo_migration AS y
ORDER BY y.applied_at_utc, y.migration_id
"""
_CURRENT = """
SELECT DISTINCT ON (s.path) s.version_id, s.kind, s.path, s.checksum, s.source, s.objects, s.run_id
FROM strongroom.migrate_source AS s
WHERE s.version_id <= %s
ORDER BY s.path, s.version_id DESC
"""
# What outlived a migration came with it, however often it was taken back and applied again.
_BEFORE = _CURRENT.replace("WHERE", "WHERE NOT %s::text = ANY (s.outlived) AND")
# Who adopted or took over a database does not know what its migrations did to functions, nor when.
_PLACES = """
SELECT f.migration_id, f.objects, coalesce(f.source_version, (
    SELECT max(s.version_id) FROM strongroom.migrate_source AS s WHERE s.run_id < f.run_id
), 0)
FROM strongroom.migrate_file AS f
"""
_LEFT = """
SELECT c.path, o.migration_id
FROM (
    SELECT DISTINCT ON (s.path) s.path, s.outlived
    FROM strongroom.migrate_source AS s
    ORDER BY s.path, s.version_id DESC
) AS c
CROSS JOIN LATERAL pg_catalog.unnest(c.outlived) AS o (migration_id)
WHERE o.migration_id NOT IN (SELECT y.migration_id FROM strongroom._yoyo_migration AS y)
"""
_OUTLIVE = """
UPDATE strongroom.migrate_source AS s
SET outlived = s.outlived || %(name)s::text
WHERE s.path = ANY (%(paths)s) AND s.version_id > %(after)s
  AND %(name)s::text <> ALL (s.outlived)
"""
_WAS_THERE = """
SELECT
FROM strongroom.migrate_source AS s
WHERE s.path = %(path)s AND s.checksum = %(checksum)s AND 'rollback' = (
    SELECT r.operation
    FROM strongroom.migrate_source AS c
    JOIN strongroom.migrate_run AS r ON r.run_id = c.run_id
    WHERE c.path = s.path
    ORDER BY c.version_id DESC
    LIMIT 1
)
LIMIT 1
"""
_STEPS = """
SELECT s.migration_id, s.direction, s.step, s.checksum, s.existed, s.finished_at IS NOT NULL
FROM strongroom.migrate_step AS s
ORDER BY s.migration_id, s.direction, s.step
"""
EVER = 2**62


@dataclass(frozen=True, slots=True)
class Applied:
    """A migration that the ledger holds; no checksum when stock yoyo applied it."""

    id: str
    applied_at: datetime
    checksum: str | None
    rollback_checksum: str | None
    run_id: int | None
    applied_by: str | None


@dataclass(frozen=True, slots=True)
class Source:
    """A version of a repeatable file that was applied.

    Without a checksum: what a rollback left of it, or nothing.
    """

    version_id: int
    kind: str
    path: str
    checksum: str
    text: str
    objects: tuple[str, ...]
    run_id: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a migration stands among the versions of function files.

    objects     routines and triggers that it made, replaced or dropped
    after       the last version that was there when it began
    """

    objects: frozenset[str]
    after: int


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of a non-transactional file that was begun."""

    migration_id: str
    direction: str
    number: int
    checksum: str
    existed: bool
    finished: bool


@dataclass(frozen=True, slots=True)
class Ledger:
    """Everything that was recorded; `exists` is False in a database that we never touched.

    left    function files that outlived what they came with: the migrations that are not applied
    places  where each migration stands among the versions of function files
    """

    exists: bool = False
    applied: dict[str, Applied] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    objects: frozenset[str] = frozenset()
    left: dict[str, set[str]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def known(self) -> frozenset[str]:
        """Migrations that were applied, or begun."""
        return frozenset(self.applied) | {step.migration_id for step in self.steps}

    def partial(self) -> list[str]:
        """Migrations that stopped midway."""
        return sorted({step.migration_id for step in self.steps if step.direction == "apply"})


def read(connection: Connection) -> Ledger:
    """The ledger of a database; an empty one when there is none."""
    objects = routines.every(connection)
    if not has_table(connection, YOYO_TABLE):
        return Ledger(objects=objects)
    if not has_table(connection, "migrate_version"):
        rows = connection.execute(_APPLIED_BY_YOYO)
        return Ledger(True, {row[0]: Applied(*row) for row in rows}, objects=objects)
    applied = [Applied(*row) for row in connection.execute(_APPLIED)]
    whole = version(connection) >= len(DDL)
    return Ledger(
        exists=True,
        applied={row.id: row for row in applied},
        sources=current(connection),
        steps=[Step(*row) for row in connection.execute(_STEPS)],
        objects=objects,
        left=_left(connection) if whole else {},
        places=places(connection) if whole else {},
    )


def current(connection: Connection) -> dict[str, Source]:
    """The last version of each repeatable file."""
    return _sources(connection.execute(_CURRENT, (EVER,)).fetchall())


def before(connection: Connection, name: str, place: Place) -> dict[str, Source]:
    """The version of each repeatable file that was whole when a migration began."""
    found = _sources(connection.execute(_BEFORE, (name, place.after)).fetchall())
    return {path: source for path, source in found.items() if source.checksum}


def _sources(rows: list[Any]) -> dict[str, Source]:
    return {
        path: Source(version, kind, path, checksum, text, tuple(objects), run)
        for version, kind, path, checksum, text, objects, run in rows
    }


def was_there(connection: Connection, path: str, checksum: str) -> bool:
    """Whether a function file had a content before a rollback brought another one back."""
    values = {"path": path, "checksum": checksum}
    return connection.execute(_WAS_THERE, values).fetchone() is not None


def outlive(connection: Connection, name: str, place: Place, paths: Sequence[str]) -> None:
    """Note that function files stay as they are, and the migration that they came with goes."""
    values = {"name": name, "paths": list(paths), "after": place.after}
    connection.execute(_OUTLIVE, values)


def _left(connection: Connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path, name in connection.execute(_LEFT):
        found.setdefault(path, set()).add(name)
    return found


def places(connection: Connection) -> dict[str, Place]:
    """By id: where each applied migration stands among the versions of function files."""
    rows = connection.execute(_PLACES).fetchall()
    return {name: Place(frozenset(objects or ()), after) for name, objects, after in rows}


def may_not_read(connection: Connection, error: psycopg.Error) -> UsageError:
    """What a role is told that lacks the rights for read()."""
    user = connection.info.user
    return UsageError(
        f"role {user!r} may not read the ledger: {error.diag.message_primary}",
        hint=f'GRANT USAGE ON SCHEMA strongroom TO "{user}"; '
        f'GRANT SELECT ON ALL TABLES IN SCHEMA strongroom TO "{user}"',
    )


def has_table(connection: Connection, name: str) -> bool:
    """Whether a table of the ledger exists; needs no right on the schema."""
    return connection.execute(_EXISTS, (name,)).fetchone() is not None


def version(connection: Connection) -> int:
    """The version of our tables; 0 where there are none."""
    if not has_table(connection, "migrate_version"):
        return 0
    row = connection.execute("SELECT max(v.version) FROM strongroom.migrate_version AS v")
    return int((row.fetchone() or (0,))[0])


def has_schema(connection: Connection, name: str) -> bool:
    query = "SELECT FROM pg_catalog.pg_namespace WHERE nspname = %s"
    return connection.execute(query, (name,)).fetchone() is not None
