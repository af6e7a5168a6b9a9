"""What an owner that is no superuser sees under FORCE ROW LEVEL SECURITY, with its policy and not.

Each fact is shown both ways: without the owner's policy the mistake happens in silence, with it the
database refuses or does what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from tests.python.fix_databases import Connection, Database

TABLES = """
CREATE SCHEMA trial;
CREATE TABLE trial.parents (id int PRIMARY KEY);
CREATE TABLE trial.children (parent_id int, note text);
CREATE TABLE trial.events (at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE trial.events_2026 PARTITION OF trial.events
    FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
INSERT INTO trial.parents VALUES (1);
INSERT INTO trial.children VALUES (1, NULL), (99, NULL);
INSERT INTO trial.events VALUES ('2026-02-03'), ('2026-03-04');
"""
FORCED = ("parents", "children", "events", "events_2026")


@pytest.fixture
def owner(plain_database: Database) -> Iterator[Connection]:
    """A session as an owner that is no superuser, with forced tables and no policy."""
    admin = plain_database.admin()
    role = f"migrate_owner_{plain_database.name}"
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    admin.execute(
        sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(
            sql.Identifier(plain_database.name), sql.Identifier(role)
        )
    )
    connection = plain_database.connect(role)
    connection.execute(TABLES.encode())
    for table in FORCED:
        name = sql.Identifier("trial", table)
        connection.execute(sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(name))
        connection.execute(sql.SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(name))
    try:
        yield connection
    finally:
        connection.close()
        admin.execute(sql.SQL("DROP OWNED BY {}").format(sql.Identifier(role)))
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


def give_policy(owner: Connection, *tables: str) -> None:
    for table in tables:
        owner.execute(
            sql.SQL(
                "CREATE POLICY owner_all ON {} TO CURRENT_USER USING (true) WITH CHECK (true)"
            ).format(sql.Identifier("trial", table))
        )


FOREIGN_KEY = (
    "ALTER TABLE trial.children ADD CONSTRAINT children_parent_fkey "
    "FOREIGN KEY (parent_id) REFERENCES trial.parents (id)"
)


def test_an_orphan_foreign_key(owner: Connection) -> None:
    owner.execute(FOREIGN_KEY)
    owner.execute("ALTER TABLE trial.children DROP CONSTRAINT children_parent_fkey")
    give_policy(owner, "parents", "children")
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match="children_parent_fkey"):
        owner.execute(FOREIGN_KEY)


def test_a_blind_backfill(owner: Connection) -> None:
    backfill = "UPDATE trial.children SET note = 'filled'"
    assert owner.execute(backfill).rowcount == 0
    give_policy(owner, "children")
    assert owner.execute(backfill).rowcount == 2


def test_a_count_through_a_partition(owner: Connection) -> None:
    through_root = "SELECT count(*) FROM trial.events"
    through_partition = "SELECT count(*) FROM trial.events_2026"
    assert owner.execute(through_root).fetchone() == (0,)
    give_policy(owner, "events")
    assert owner.execute(through_root).fetchone() == (2,)
    # The root's policy does not reach a partition that is named itself.
    assert owner.execute(through_partition).fetchone() == (0,)
    give_policy(owner, "events_2026")
    assert owner.execute(through_partition).fetchone() == (2,)
