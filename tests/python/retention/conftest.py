"""An app with notes that grow old, and a record of which of them went when."""

from __future__ import annotations

import hashlib
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.python.fix_databases import Connection, Database

ROOT = Path(__file__).parents[3]
KEEP_DAYS = 30

APP = """
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.users (id bigint PRIMARY KEY, keep_days integer);
COMMENT ON COLUMN probe.users.id IS E'The person.\n@subject';
CREATE TABLE probe.notes (
    user_id bigint, id bigint, at timestamptz NOT NULL, body text, PRIMARY KEY (user_id, id)
);
CREATE INDEX notes_at_idx ON probe.notes (at);
CREATE TABLE probe.chats (id bigint PRIMARY KEY, at timestamptz NOT NULL);
CREATE INDEX chats_at_idx ON probe.chats (at);
CREATE TABLE probe.messages (
    id bigint PRIMARY KEY, chat bigint REFERENCES probe.chats (id) ON DELETE CASCADE
);
CREATE INDEX messages_chat_idx ON probe.messages (chat);
CREATE TABLE probe.gone (
    user_id bigint, id bigint, batch timestamptz, at timestamptz DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, id)
);
CREATE FUNCTION probe.tg_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO probe.gone SELECT o.user_id, o.id, now() FROM old AS o;
    RETURN NULL;
END $$;
CREATE TRIGGER t50_log AFTER DELETE ON probe.notes REFERENCING OLD TABLE AS old
FOR EACH STATEMENT EXECUTE FUNCTION probe.tg_log();
DO $$
DECLARE
    v_table regclass;
BEGIN
    FOREACH v_table IN ARRAY
        '{probe.users,probe.notes,probe.chats,probe.messages,probe.gone}'::regclass[]
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format(
            'CREATE POLICY all_owner ON %s TO strongroom_owner USING (true) WITH CHECK (true)',
            v_table
        );
    END LOOP;
END $$;
INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
VALUES
    ('notes', 'probe.notes', 'delete', 'at', '30 days', 'purpose fulfilled'),
    ('chats', 'probe.chats', 'delete', 'at', '30 days', 'purpose fulfilled');
RESET ROLE;
"""
_NOTES = """
INSERT INTO probe.notes (user_id, id, at, body)
SELECT n %% %(people)s, n, now() - make_interval(days => %(days)s, mins => n::integer), 'words'
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS n
"""


@dataclass(frozen=True, slots=True)
class Archive:
    """The app in a database, and what tests do to it again and again."""

    database: Database
    admin: Connection

    def runner(self, *, autocommit: bool = True) -> Connection:
        """A connection that runs maintenance."""
        return self.database.connect("strongroom_runner", autocommit=autocommit)

    def write(self, count: int, *, first: int = 1, people: int = 10, days: int = 40) -> None:
        """So many notes, of so many people in turn, from so many days ago."""
        last = first + count - 1
        values = {"first": first, "last": last, "people": people, "days": days}
        self.admin.execute(_NOTES, values)

    def outlast(self) -> None:
        """Wait for whoever on this server, other tests too, was writing before now.

        What is younger than an open transaction doesn't go at once, but row by row under locks.
        """
        bounds = "SELECT pg_snapshot_{}(pg_current_snapshot())::text::bigint"
        now = self.value(bounds.format("xmax"))
        while self.value(bounds.format("xmin")) < now:
            time.sleep(0.01)

    def notes(self) -> list[tuple[int, int]]:
        """The notes that are there."""
        return self.query("SELECT user_id, id FROM probe.notes ORDER BY id")

    def query(self, text: str, *values: object) -> list[Any]:
        return self.admin.execute(text.encode(), values).fetchall()

    def value(self, text: str, *values: object) -> Any:
        return self.query(text, *values)[0][0]

    def check_records(self) -> None:
        """Each note that went is in exactly one record, which counts it and digests its key."""
        batches = defaultdict(list)
        for batch, user_id, id_ in self.query("SELECT batch, user_id, id FROM probe.gone"):
            batches[batch].append((user_id, id_))
        records = self.query(
            "SELECT recorded_at, row_count, digest FROM kernel.destruction_record"
            " WHERE relation_name = 'probe.notes'"
        )
        assert len({at for at, _, _ in records}) == len(records)
        assert {at: (count, bytes(digest)) for at, count, digest in records} == {
            batch: (len(keys), digest_of(keys)) for batch, keys in batches.items()
        }
        there = {tuple(key) for key in self.notes()}
        assert not there & {key for keys in batches.values() for key in keys}


def digest_of(keys: list[tuple[int, int]]) -> bytes:
    """What a record says of the notes with these keys."""
    lines = "\n".join(f"{user_id},{id_}" for user_id, id_ in sorted(keys))
    return hashlib.sha256(lines.encode()).digest()


def run(runner: Connection, policy: str = "notes", limit: int = 1000) -> int:
    """Apply a policy until nothing is left for now; how many rows went."""
    gone = 0
    while True:
        found = runner.execute("SELECT kernel.apply_retention(%s, %s)", (policy, limit)).fetchone()
        assert found is not None
        gone += int(found[0])
        if not found[0]:
            return gone


def place(runner: Connection, **target: object) -> int:
    """Place a hold: app and subject, or table, or table and row_key."""
    names = ", ".join(f"p_{name} => %({name})s" for name in target)
    statement = f"SELECT kernel.place_hold('case', {names})"
    found = runner.execute(statement.encode(), target).fetchone()
    assert found is not None
    return int(found[0])


def release(runner: Connection, hold: int) -> None:
    runner.execute("SELECT kernel.release_hold(%s, 'closed')", (hold,))


def prepare(database: Database) -> Archive:
    """Make the app in a database."""
    admin = database.admin()
    admin.execute(APP.encode())
    return Archive(database, admin)


@pytest.fixture
def archive(database: Database) -> Archive:
    """On each server."""
    return prepare(database)


@pytest.fixture
def any_archive(any_database: Database) -> Archive:
    """On one server."""
    return prepare(any_database)
