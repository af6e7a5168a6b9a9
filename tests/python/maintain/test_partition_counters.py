"""Counters of a table whose partitions come, are written to, and go."""

from __future__ import annotations

from strongroom.maintain.expiry import expire_partitions
from tests.python.fix_databases import Database
from tests.python.kernel import counted

# In the schema of an app that is there, for a counter's triggers belong to the app's definer.
_SETUP = """
CREATE TABLE tarot.visits (
    user_id bigint NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT visits_pkey PRIMARY KEY (at, user_id)
) PARTITION BY RANGE (at);
ALTER TABLE tarot.visits ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.visits FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.visits TO strongroom_owner USING (true) WITH CHECK (true);
DELETE FROM kernel.retention_policy WHERE action = 'drop';
DELETE FROM kernel.partition_policy;
INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead, keep)
VALUES ('tarot.visits', 'time', '1 month', 3, '3 months');
SELECT kernel.count('tarot.visits', 'visits_live', '{user_id}', p_day => 'at');
SELECT kernel.count('tarot.visits', 'visits_ever', '{user_id}');
"""
_ROWS = """
INSERT INTO tarot.visits (user_id, at)
SELECT g % 3, date_trunc('month', now(), 'UTC') - g / 3 * interval '1 month' + interval '1 hour'
FROM generate_series(0, 35) AS g
"""
_DRIFT = "SELECT detail FROM kernel.check_counter_drift"
_LEFT = "SELECT count(*), (SELECT sum(counted) FROM tarot.visits_live) FROM tarot.visits"


def test_partitions_that_go_take_their_rows_along(database: Database) -> None:
    owner = counted.owner(database)
    owner.execute(_SETUP.encode())
    for ago in (10, 6, 2, 0):
        owner.execute(f"SELECT kernel.extend_partitions(now() - interval '{ago} months')".encode())
    owner.execute(_ROWS.encode())
    assert owner.execute(_DRIFT).fetchall() == []
    oldest, month = owner.execute(
        "SELECT min(p.oid)::regclass::text, max(p.oid)::regclass::text FROM pg_class AS p"
        " JOIN pg_inherits AS i ON i.inhrelid = p.oid WHERE i.inhparent = 'tarot.visits'::regclass"
    ).fetchone() or ("", "")
    assert oldest != month
    # A statement that names a partition is one of the table's, too.
    owner.execute(f"DELETE FROM {oldest} WHERE user_id = 2".encode())
    assert owner.execute("SELECT kernel.recount('tarot', 'visits_live')").fetchone() == (0,)
    before = owner.execute("SELECT sum(counted) FROM tarot.visits_ever").fetchone()

    outcomes = {e.outcome for e in expire_partitions(database.connect("strongroom_runner"), print)}
    assert outcomes == {"dropped"}
    assert owner.execute(_LEFT).fetchone() == (12, 12)
    assert owner.execute("SELECT kernel.recount('tarot', 'visits_live')").fetchone() == (0,)
    assert owner.execute("SELECT sum(counted) FROM tarot.visits_ever").fetchone() == before
    assert owner.execute(_DRIFT).fetchall() == []
    owner.execute("SELECT kernel.drop_counter('tarot', 'visits_live')")
    owner.execute("SELECT kernel.drop_counter('tarot', 'visits_ever')")
    triggers = "SELECT FROM pg_trigger WHERE tgname LIKE 't60_visits%'"
    assert owner.execute(triggers).fetchall() == []
