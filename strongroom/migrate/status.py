"""What is applied, pending and wrong: plain SELECTs in a read-only transaction, without a lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from strongroom import extensions
from strongroom.migrate import ledger, lock, plan, target
from strongroom.migrate.apply import is_built
from strongroom.migrate.files import SqlMigration, line_of, read_migrations
from strongroom.migrate.history import Conflict
from strongroom.migrate.ledger import Ledger
from strongroom.migrate.plan import Plan, Skipped
from strongroom.migrate.target import Connection, Target
from strongroom.project import Project

_INVALID = """
SELECT i.indexrelid::regclass::text
FROM pg_catalog.pg_index AS i
WHERE NOT i.indisvalid AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_stat_progress_create_index AS p WHERE p.index_relid = i.indexrelid
)
ORDER BY 1
"""
# Conflicts that are none of the migration that they name.
_OF_NO_FILE = ("forked", "extension")


@dataclass(frozen=True, slots=True)
class Row:
    """One migration: its id, state (applied, pending, skipped, edited, missing, ...), when, who."""

    id: str
    state: str
    applied_at: str | None = None
    applied_by: str | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A database as the ledger and the files see it.

    project the folder whose files these are
    skipped apps that lack an extension, as a line for people and in its parts
    ledger  "none" (nothing was ever applied), "unrecorded" (built by install.sql), "present"
    """

    project: str
    target: str
    ledger: str
    migrations: list[Row]
    functions: dict[str, str]
    removed: dict[str, list[str]]
    bootstrap: list[str]
    conflicts: list[Conflict]
    deploying: str | None
    invalid_indexes: list[str]
    warnings: list[str] = field(default_factory=list)
    extensions: list[str] = field(default_factory=list)
    skipped: dict[str, Skipped] = field(default_factory=dict)

    @property
    def pending(self) -> bool:
        """Whether an apply would do something."""
        waits = any(row.state in ("pending", "partial") for row in self.migrations)
        return waits or bool(self.functions or self.bootstrap) or self.ledger == "unrecorded"

    @property
    def state(self) -> str:
        """The last word: "conflict" (apply refuses), "pending" or "up to date"."""
        if self.conflicts:
            return "conflict"
        return "pending" if self.pending else "up to date"

    def as_dict(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "project": self.project,
            "target": self.target,
            "ledger": self.ledger,
            "pending": self.pending,
            "migrations": [
                {
                    "id": row.id,
                    "state": row.state,
                    "applied_at": row.applied_at,
                    "applied_by": row.applied_by,
                }
                for row in self.migrations
            ],
            "functions": self.functions,
            "removed_functions": self.removed,
            "bootstrap": self.bootstrap,
            "extensions": self.extensions,
            "skipped": [
                {"app": one.app, "reason": one.reason, "commands": list(one.commands)}
                for one in self.skipped.values()
            ],
            "conflicts": [
                {"kind": c.kind, "id": c.id, "message": c.message, "hint": c.hint}
                for c in self.conflicts
            ],
            "deploying": self.deploying,
            "invalid_indexes": self.invalid_indexes,
            "warnings": self.warnings,
        }


def look(project: Project, where: Target) -> Status:
    """The status of a database; needs no more than SELECT on the ledger."""
    migrations = read_migrations(project)
    with where.connect("strongroom migrate: status") as connection:
        warnings = [target.POOLER_HINT] if target.behind_pooler(connection) else []
        recorded, built = _read(project, connection, where)
        has = extensions.look(connection, project, plan.needs(project, migrations))
        found = plan.make(
            project,
            migrations,
            recorded,
            has,
            major=connection.info.server_version // 10000,
            built=built,
        )
        return Status(
            project=str(project.root),
            target=target.describe(connection),
            ledger="present" if recorded.exists else "unrecorded" if built else "none",
            migrations=_rows(migrations, recorded, found),
            functions=_functions(found),
            removed=found.removed,
            bootstrap=[part.file.name for part in found.bootstrap],
            conflicts=found.conflicts,
            deploying=lock.holder(connection, []),
            invalid_indexes=[row[0] for row in connection.execute(_INVALID)],
            warnings=warnings,
            extensions=list(found.extensions),
            skipped={one.line(where): one for one in found.skipped},
        )


def _read(project: Project, connection: Connection, where: Target) -> tuple[Ledger, bool]:
    try:
        with connection.transaction():
            connection.execute("SET TRANSACTION READ ONLY")
            if where.owner and target.may_become(connection, where.owner):
                role = sql.Identifier(where.owner)
                connection.execute(sql.SQL("SET LOCAL ROLE {}").format(role))
            return ledger.read(connection), is_built(project, connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise ledger.may_not_read(connection, error) from error


def _rows(migrations: Sequence[SqlMigration], recorded: Ledger, found: Plan) -> list[Row]:
    wrong = {one.id: one.kind for one in found.conflicts if one.kind not in _OF_NO_FILE}
    skipped = {one.app for one in found.skipped}
    partial = set(recorded.partial())
    rows = []
    for name in _in_place(migrations, recorded):
        row = recorded.applied.get(name)
        state = "applied" if row else "partial" if name in partial else "pending"
        if state == "pending" and line_of(name) in skipped:
            state = "skipped"
        at = f"{row.applied_at:%Y-%m-%dT%H:%M:%SZ}" if row else None
        rows.append(Row(name, wrong.get(name, state), at, row.applied_by if row else None))
    return rows


def _in_place(migrations: Sequence[SqlMigration], recorded: Ledger) -> list[str]:
    """Every id: the files in their order, and what has none after what it was applied after."""
    names = [migration.id for migration in migrations]
    place = 0
    for name in [*recorded.applied, *recorded.partial()]:
        if name not in names:
            names.insert(place, name)
        place = names.index(name) + 1
    return names


def _functions(found: Plan) -> dict[str, str]:
    found_now = {item.file.name: item.reason for item in (*found.first, *found.last)}
    return found_now | dict.fromkeys(found.left, "left over")
