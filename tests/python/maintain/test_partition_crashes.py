"""A runner is killed, a server dies: each partition is whole, marked or recorded."""

from __future__ import annotations

import os
import random
import signal
import time

import pytest

from strongroom.server import Server
from tests.python.fix_databases import Database
from tests.python.maintain.conftest import Maintained

_SETUP = """
SET ROLE strongroom_owner;
CREATE SCHEMA probe;
CREATE TABLE probe.days (at date NOT NULL, n integer) PARTITION BY RANGE (at);
CREATE INDEX days_n_idx ON probe.days (n);
ALTER TABLE probe.days ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.days FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON probe.days TO strongroom_owner USING (true) WITH CHECK (true);
INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)
VALUES ('probe.days', 'time', '1 day', 150);
SELECT kernel.extend_partitions(now() - interval '150 days');
INSERT INTO probe.days SELECT current_date - g % 150, g FROM generate_series(1, 1000) AS g;
UPDATE kernel.partition_policy SET keep = '10 days', ahead = 3
WHERE parent = 'probe.days'::regclass;
UPDATE kernel.job SET is_enabled = name = 'maintain_partitions';
"""
_ROUND = """
UPDATE kernel.partition_policy SET ahead = ahead + 3 WHERE parent = 'probe.days'::regclass;
UPDATE kernel.job SET next_due_at = now() WHERE name = 'maintain_partitions';
"""
# A run that is not there yet, however short: its row stays, where its session may be gone.
_STARTED = "SELECT FROM kernel.job_run WHERE id > {}"
_RUNS = "SELECT coalesce(max(id), 0) FROM kernel.job_run"
_GONE = """
SELECT WHERE NOT EXISTS (
    SELECT FROM pg_stat_activity WHERE application_name LIKE 'strongroom maintain%'
)
"""
_RECORDED = "SELECT coalesce(sum(row_count), 0)::integer, count(*) FROM kernel.destruction_record"
# Something went since, or nothing is left to go.
_GOES_ON = """
SELECT WHERE (SELECT count(*) FROM kernel.destruction_record) > {}
          OR NOT EXISTS (SELECT FROM kernel.expired_partitions())
"""
_TABLES = """
SELECT c.oid::regclass::text FROM pg_class AS c
WHERE c.relnamespace = 'probe'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
"""
_OPEN = """
SELECT c.oid::regclass FROM pg_class AS c
WHERE c.relnamespace = 'probe'::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
"""


def _consistent(maintained: Maintained) -> tuple[int, int]:
    """Every row is in the table, in a marked one that was detached, or recorded; the latter."""
    marked = {
        name for (name,) in maintained.query("SELECT partition FROM kernel.expiring_partition")
    }
    detached = {name for (name,) in maintained.query(_TABLES)}
    assert detached <= marked
    aside = sum(maintained.query(f"SELECT count(*) FROM {name}")[0][0] for name in detached)
    pending = maintained.query(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhdetachpending"
    )
    aside += sum(maintained.query(f"SELECT count(*) FROM {name}")[0][0] for (name,) in pending)
    rows, records = maintained.query(_RECORDED)[0]
    assert maintained.query("SELECT count(*) FROM probe.days")[0][0] + aside + rows == 1000
    assert maintained.query(_OPEN) == []
    return rows, records


@pytest.mark.slow
@pytest.mark.ends
def test_killed_at_any_moment_the_next_run_finishes(own_server: Server) -> None:
    """kill -9 of the runner and immediate stops of the server, in turn."""
    database = Database(own_server, "strongroom")
    maintained = Maintained(database.url("strongroom_runner"), database.url("postgres"))
    maintained.execute(_SETUP)
    chance = random.Random(3)
    ends = {(0, 0)}
    for n in range(12):
        maintained.execute(_ROUND)
        [(last,)] = maintained.query(_RUNS)
        with maintained.start() as running:
            # In the midst of making partitions, or of taking them away.
            begun, goes_on = _STARTED.format(last), _GOES_ON.format(max(ends)[1])
            maintained.wait_for(begun if n % 3 == 0 else goes_on)
            time.sleep(chance.uniform(0.0, 0.2))
            if n % 2:
                running.kill()
            else:
                pid = own_server.status().pid
                assert pid is not None
                os.kill(pid, signal.SIGQUIT)
                while own_server.status().running:
                    time.sleep(0.02)
                own_server.start()
            running.communicate()
        maintained.wait_for(_GONE)
        ends.add(_consistent(maintained))
    assert len(ends) >= 3, "the moments were all alike"

    maintained.execute(_ROUND)
    code, _, err = maintained.run()
    assert code == 0, err
    rows, records = _consistent(maintained)
    assert maintained.query("SELECT FROM kernel.expiring_partition") == []
    assert maintained.query("SELECT FROM pg_inherits WHERE inhdetachpending") == []
    assert maintained.query("SELECT min(at) >= current_date - 11 FROM probe.days") == [(True,)]
    assert (rows, records) == maintained.query(
        "SELECT sum(row_count), count(DISTINCT partition_name) FROM kernel.destruction_record"
    )[0]
    assert maintained.query(
        "SELECT steps_left = ahead FROM kernel.partition_runway"
        " WHERE parent = 'probe.days'::regclass"
    ) == [(True,)]
