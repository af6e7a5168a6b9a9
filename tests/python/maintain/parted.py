"""A table with partitions that are past their time, one for now, and those ahead."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import psycopg

from tests.python.fix_databases import Database

Connection = psycopg.Connection[Any]

SETUP = """
CREATE SCHEMA probe;
COMMENT ON SCHEMA probe IS E'An app.\\n@app';
CREATE SCHEMA attic;
CREATE TABLE probe.visits (
    user_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT now(),
    note text DEFAULT 'none' CHECK (note <> ''),
    length integer GENERATED ALWAYS AS (char_length(note)) STORED,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at);
CREATE INDEX visits_user_id_idx ON probe.visits (user_id, at);
ALTER TABLE probe.visits ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.visits FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON probe.visits TO strongroom_owner USING (true) WITH CHECK (true);
-- Those that the kernel itself has are not counted.
DELETE FROM kernel.retention_policy WHERE action = 'drop';
DELETE FROM kernel.partition_policy;
INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('probe.visits', 'time', '1 month', 3, '3 months');
"""
# Three rows a month, from eleven months ago to the current one.
ROWS = """
INSERT INTO probe.visits (user_id, at)
SELECT 1 + g % 3, date_trunc('month', now(), 'UTC') - g / 3 * interval '1 month' + interval '1 hour'
FROM generate_series(0, 35) AS g
"""


@dataclass(frozen=True)
class Parted:
    """The database, and connections of those who take part."""

    database: Database

    def owner(self, *, autocommit: bool = True) -> Connection:
        return self.database.connect(
            "strongroom_migrator", role="strongroom_owner", autocommit=autocommit
        )

    def runner(self) -> Connection:
        return self.database.connect("strongroom_runner")

    def execute(self, text: str) -> None:
        self.owner().execute(text.encode())

    def query(self, text: str) -> list[Any]:
        return self.owner().execute(text.encode()).fetchall()

    def value(self, text: str) -> Any:
        return self.query(text)[0][0]

    def partitions(self, parent: str = "probe.visits") -> list[str]:
        return [
            name
            for (name,) in self.query(
                f"SELECT inhrelid::regclass::text FROM pg_inherits "
                f"WHERE inhparent = '{parent}'::regclass ORDER BY 1"
            )
        ]

    def month(self, ago: int) -> str:
        """The name of the partition of so many months ago."""
        return str(
            self.value(
                "SELECT 'probe.visits_p' || to_char(timezone('UTC', now())"
                f" - interval '{ago} months', 'YYYY_MM')"
            )
        )

    def await_waiting(self, connection: Connection) -> None:
        """Wait until a connection waits for a lock."""
        pid = connection.info.backend_pid
        for _ in range(2000):
            if self.query(f"SELECT FROM pg_locks WHERE pid = {pid} AND NOT granted"):
                return
            time.sleep(0.01)
        raise AssertionError("it never waited")


def prepare(database: Database) -> Parted:
    """Partitions from eleven months ago on, with rows up to now."""
    parted = Parted(database)
    parted.execute(SETUP)
    for ago in (10, 6, 2, 0):
        parted.execute(f"SELECT kernel.extend_partitions(now() - interval '{ago} months')")
    parted.execute(ROWS)
    return parted
