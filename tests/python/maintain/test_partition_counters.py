"""Counters of a table whose partitions come, are written to, and go."""

from __future__ import annotations

import psycopg
import pytest

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


_ALONE = """
CREATE TABLE tarot.clicks (
    user_id bigint NOT NULL, at timestamptz NOT NULL, PRIMARY KEY (at, user_id)
);
ALTER TABLE tarot.clicks ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.clicks FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.clicks TO strongroom_owner USING (true) WITH CHECK (true);
SELECT kernel.count('tarot.clicks', 'clicks_live', '{user_id}');
SELECT kernel.count('tarot.clicks', 'clicks_ever');
INSERT INTO tarot.clicks SELECT 1, '2020-01-01Z'::timestamptz + n * interval '1 day'
FROM generate_series(1, 10) AS n;
DELETE FROM tarot.clicks WHERE at < '2020-01-04Z';
"""
_SUCCEEDED = """
ALTER TABLE tarot.clicks RENAME TO clicks_first;
ALTER TABLE tarot.clicks_first RENAME CONSTRAINT clicks_pkey TO clicks_first_pkey;
CREATE TABLE tarot.clicks (LIKE tarot.clicks_first, PRIMARY KEY (at, user_id))
PARTITION BY RANGE (at);
ALTER TABLE tarot.clicks ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.clicks FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.clicks TO strongroom_owner USING (true) WITH CHECK (true);
ALTER TABLE tarot.clicks
ATTACH PARTITION tarot.clicks_first FOR VALUES FROM (MINVALUE) TO ('2021-01-01Z');
SELECT kernel.adopt_partitions('tarot.clicks', 'time', '1 month');
"""
_COUNTED = """
SELECT (SELECT sum(counted) FROM tarot.clicks_live), (SELECT counted FROM tarot.clicks_ever)
"""


def _counted_alone(database: Database) -> counted.Connection:
    owner = counted.owner(database)
    owner.execute(_ALONE.encode())
    owner.execute(_SUCCEEDED.encode())
    # Before anybody looks: a statement that names the whole is counted by nobody.
    owner.execute("INSERT INTO tarot.clicks VALUES (1, '2020-06-01Z'), (2, now())")
    assert owner.execute(_COUNTED).fetchone() == (8, 10)
    found = owner.execute(_DRIFT + " ORDER BY detail").fetchall()
    told = "its table is a partition of tarot.clicks now, and what names that is not counted."
    assert found == [(f"tarot.clicks_ever: {told}",), (f"tarot.clicks_live: {told}",)]
    return owner


def test_a_counted_table_that_becomes_a_partition_takes_its_counters_along(
    any_database: Database,
) -> None:
    """Declared for the root in the same words, they go on from what was counted."""
    owner = _counted_alone(any_database)
    owner.execute("SELECT kernel.count('tarot.clicks', 'clicks_live', '{user_id}')")
    owner.execute("SELECT kernel.count('tarot.clicks', 'clicks_ever')")
    assert owner.execute(_DRIFT).fetchall() == []
    # Of a counter of what was ever, deleted rows stay counted, so that these two are not missed.
    assert owner.execute(_COUNTED).fetchone() == (10, 10)
    owner.execute("INSERT INTO tarot.clicks VALUES (3, '2020-07-01Z'), (3, now())")
    owner.execute("INSERT INTO tarot.clicks_first VALUES (3, '2020-08-01Z')")
    owner.execute("DELETE FROM tarot.clicks WHERE user_id = 2")
    assert owner.execute(_COUNTED).fetchone() == (12, 13)
    assert owner.execute("SELECT kernel.recount('tarot', 'clicks_live')").fetchone() == (0,)
    owner.execute("SELECT kernel.drop_counter('tarot', 'clicks_live')")


def test_a_counter_of_a_table_that_became_a_partition_can_be_dropped(
    any_database: Database,
) -> None:
    owner = _counted_alone(any_database)
    with pytest.raises(psycopg.Error) as raised:
        owner.execute("SELECT kernel.count('tarot.clicks', 'clicks_live', '{at}')")
    assert raised.value.sqlstate == "KR052"
    owner.execute("SELECT kernel.drop_counter('tarot', 'clicks_live')")
    owner.execute("SELECT kernel.drop_counter('tarot', 'clicks_ever')")
    owner.execute("TRUNCATE tarot.clicks_first")


def test_a_partition_that_is_detached_by_hand_is_told_of(any_database: Database) -> None:
    """Until it is taken out of the figures."""
    owner = counted.owner(any_database)
    owner.execute(_SETUP.encode())
    owner.execute(b"SELECT kernel.extend_partitions(now())")
    (name,) = owner.execute(
        "SELECT max(inhrelid::regclass::text) FROM pg_inherits"
        " WHERE inhparent = 'tarot.visits'::regclass"
    ).fetchone() or ("",)
    owner.execute(f"ALTER TABLE tarot.visits DETACH PARTITION {name}".encode())
    told = f"{name} is no part of its table any more, and is counted still."
    assert owner.execute(_DRIFT + " ORDER BY detail").fetchall() == [
        (f"tarot.visits_ever: {told}",),
        (f"tarot.visits_live: {told}",),
    ]
    owner.execute("SELECT kernel.adjust_counters_for(%s::regclass, 'tarot.visits')", [name])
    assert owner.execute(_DRIFT).fetchall() == []


def test_a_partition_that_goes_takes_the_triggers_of_its_own_partitions_along(
    any_database: Database,
) -> None:
    """Detached, all of it is counted no more, by whichever name it is written to."""
    owner = counted.owner(any_database)
    owner.execute(_SETUP.encode())
    owner.execute(
        """
        CREATE TABLE tarot.visits_old PARTITION OF tarot.visits
        FOR VALUES FROM ('2019-01-01Z') TO ('2020-01-01Z') PARTITION BY HASH (user_id);
        CREATE TABLE tarot.visits_all PARTITION OF tarot.visits_old
        FOR VALUES WITH (MODULUS 1, REMAINDER 0);
        SELECT kernel.hang_counters('tarot.visits_old'), kernel.hang_counters('tarot.visits_all');
        INSERT INTO tarot.visits_all VALUES (1, '2019-05-01Z'), (2, '2019-06-01Z');
        """
    )
    assert owner.execute(_DRIFT).fetchall() == []
    assert owner.execute(_LEFT).fetchone() == (2, 2)
    owner.execute("ALTER TABLE tarot.visits DETACH PARTITION tarot.visits_old")
    owner.execute("SELECT kernel.adjust_counters_for('tarot.visits_old', 'tarot.visits')")
    owner.execute("INSERT INTO tarot.visits_all VALUES (3, '2019-07-01Z')")
    assert owner.execute(_LEFT).fetchone() == (0, None)
    assert owner.execute(_DRIFT).fetchall() == []
