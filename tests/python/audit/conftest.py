"""A database with an audited table of the test's own, and those who work on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from tests.python.fix_databases import Connection, Database

SETUP = """
-- The rows that apps ship with have entries of their own.
SET session_replication_role = replica;
DELETE FROM kernel.audit_inbox;
RESET session_replication_role;
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\\n@app';
SET ROLE strongroom_owner;
CREATE TABLE probe.people (
    id integer PRIMARY KEY, tier text, seen_at timestamptz, name text, mood jsonb, shade bytea
);
COMMENT ON COLUMN probe.people.id IS E'Id.\\n@internal\\n@subject';
COMMENT ON COLUMN probe.people.tier IS E'Tier.\\n@internal';
COMMENT ON COLUMN probe.people.seen_at IS E'Seen.\\n@internal';
COMMENT ON COLUMN probe.people.shade IS E'Shade.\\n@public';
COMMENT ON COLUMN probe.people.name IS E'Name.\\n@personal identifier\\n@erase null';
COMMENT ON COLUMN probe.people.mood IS E'Mood.\\n@personal health\\n@erase null';
SELECT kernel.enable_audit('probe.people');
RESET ROLE;
"""


@dataclass(frozen=True)
class Audited:
    """The database, with connections for each part."""

    database: Database

    def writer(self, *, autocommit: bool = True) -> Connection:
        """Somebody who changes rows."""
        return self.database.connect(
            "strongroom_migrator", role="strongroom_owner", autocommit=autocommit
        )

    def runner(self, *, autocommit: bool = True) -> Connection:
        """Maintenance."""
        return self.database.connect("strongroom_runner", autocommit=autocommit)

    def tamperer(self) -> Connection:
        """A superuser whom no trigger stops."""
        admin = self.database.admin()
        admin.execute("SET session_replication_role = replica")
        return admin

    def seal_all(self) -> int:
        """Seal what waits; the number of batches."""
        runner, batches = self.runner(), 0
        while value(runner, "SELECT kernel.seal_audit()"):
            batches += 1
        return batches

    def export(self) -> tuple[int, str]:
        """Batch and chain value of the newest seal."""
        row = (
            self.runner().execute("SELECT batch, chain FROM kernel.export_audit_root()").fetchone()
        )
        assert row is not None
        return row[0], row[1]


def value(connection: Connection, statement: str, *parameters: object) -> Any:
    """The only value of the only row."""
    row = connection.execute(statement.encode(), parameters or None).fetchone()
    assert row is not None
    return row[0]


def problems(connection: Connection, *question: object) -> list[tuple[int, str]]:
    """What kernel.verify_audit answers."""
    marks = ", ".join(["%s"] * len(question))
    return connection.execute(
        f"SELECT * FROM kernel.verify_audit({marks})".encode(), question
    ).fetchall()


@pytest.fixture
def audited(database: Database) -> Audited:
    """On each server."""
    database.admin().execute(SETUP.encode())
    return Audited(database)


@pytest.fixture
def any_audited(any_database: Database) -> Audited:
    """On one server."""
    any_database.admin().execute(SETUP.encode())
    return Audited(any_database)
