"""What the ledger says: plain SELECTs that any role with the right to read may run."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import psycopg

from strongroom.errors import UsageError
from strongroom.migrate.target import Connection

SCHEMA = "strongroom"
YOYO_TABLE = "_yoyo_migration"
DDL = Path(__file__).with_name("ledger.sql")

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
WHERE s.run_id < %s
ORDER BY s.path, s.version_id DESC
"""
_STEPS = """
SELECT s.migration_id, s.direction, s.step, s.checksum, s.existed, s.finished_at IS NOT NULL
FROM strongroom.migrate_step AS s
ORDER BY s.migration_id, s.direction, s.step
"""
_OBJECTS = """
SELECT (pg_catalog.pg_identify_object('pg_catalog.pg_proc'::regclass, p.oid, 0)).identity
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
UNION ALL
SELECT (pg_catalog.pg_identify_object('pg_catalog.pg_trigger'::regclass, t.oid, 0)).identity
FROM pg_catalog.pg_trigger AS t
WHERE NOT t.tgisinternal
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
    """A version of a repeatable file that was applied."""

    version_id: int
    kind: str
    path: str
    checksum: str
    text: str
    objects: tuple[str, ...]
    run_id: int


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
    """Everything that was recorded; `exists` is False in a database that we never touched."""

    exists: bool = False
    applied: dict[str, Applied] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    objects: frozenset[str] = frozenset()

    @property
    def known(self) -> frozenset[str]:
        """Migrations that were applied, or begun."""
        return frozenset(self.applied) | {step.migration_id for step in self.steps}

    def partial(self) -> list[str]:
        """Migrations that stopped midway."""
        return sorted({step.migration_id for step in self.steps if step.direction == "apply"})


def read(connection: Connection) -> Ledger:
    """The ledger of a database; an empty one when there is none."""
    objects = frozenset(row[0] for row in connection.execute(_OBJECTS))
    if not has_table(connection, YOYO_TABLE):
        return Ledger(objects=objects)
    if not has_table(connection, "migrate_version"):
        rows = connection.execute(_APPLIED_BY_YOYO)
        return Ledger(True, {row[0]: Applied(*row) for row in rows}, objects=objects)
    applied = [Applied(*row) for row in connection.execute(_APPLIED)]
    return Ledger(
        exists=True,
        applied={row.id: row for row in applied},
        sources=sources_before(connection, EVER),
        steps=[Step(*row) for row in connection.execute(_STEPS)],
        objects=objects,
    )


def sources_before(connection: Connection, run_id: int) -> dict[str, Source]:
    """The version of each repeatable file that was current when a run began."""
    rows = connection.execute(_CURRENT, (run_id,)).fetchall()
    return {
        path: Source(version, kind, path, checksum, text, tuple(objects), run)
        for version, kind, path, checksum, text, objects, run in rows
    }


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


def has_schema(connection: Connection, name: str) -> bool:
    query = "SELECT FROM pg_catalog.pg_namespace WHERE nspname = %s"
    return connection.execute(query, (name,)).fetchone() is not None
