"""Partitions are made ahead, closed to everybody, and in nobody's way."""

from __future__ import annotations

import threading
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from psycopg import sql

from tests.python.fix_databases import Database
from tests.python.maintain.parted import Connection, Parted, prepare

pytestmark = pytest.mark.ends

_MAINTAIN = "SELECT kernel.maintain_partitions()"
_INSERT = "INSERT INTO probe.visits (user_id) VALUES (1)"
_AHEAD = "UPDATE kernel.partition_policy SET ahead = ahead + 2"


def maintain(connection: Connection) -> tuple[int, list[str | None]]:
    """How many were made, and the SQLSTATEs of the warnings."""
    heard: list[str | None] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        heard.append(notice.sqlstate)

    connection.add_notice_handler(hear)
    try:
        row = connection.execute(_MAINTAIN).fetchone()
    finally:
        connection.remove_notice_handler(hear)
    assert row is not None
    return row[0], heard


def test_a_writer_and_a_reader_do_not_stop_creation(parted: Parted) -> None:
    """Their transactions are open, and partitions are made meanwhile."""
    writer = parted.owner(autocommit=False)
    writer.execute(_INSERT.encode())
    writer.execute(b"SELECT count(*) FROM probe.visits")
    parted.execute(_AHEAD)
    assert maintain(parted.runner()) == (2, [])
    writer.execute(_INSERT.encode())
    writer.commit()


def test_creation_does_not_stop_a_writer_or_a_reader(parted: Parted) -> None:
    """[C-F6] The transaction that made partitions is open, and rows are written and read."""
    parted.execute(_AHEAD)
    creator, writer = parted.owner(autocommit=False), parted.owner()
    assert maintain(creator) == (2, [])
    writer.execute("SET lock_timeout = '100ms'")
    writer.execute(_INSERT.encode())
    assert writer.execute("SELECT count(*) FROM probe.visits").fetchone() == (37,)
    locks = parted.query(
        "SELECT DISTINCT mode FROM pg_locks WHERE relation = 'probe.visits'::regclass"
        f" AND pid = {creator.info.backend_pid}"
    )
    assert {mode for (mode,) in locks} <= {"ShareUpdateExclusiveLock", "AccessShareLock"}
    creator.rollback()
    assert maintain(parted.runner()) == (2, [])


def test_two_callers_make_each_partition_once(parted: Parted) -> None:
    """The second waits for the first, and finds nothing left to do."""
    parted.execute(_AHEAD)
    first, second = parted.owner(autocommit=False), parted.runner()
    assert maintain(first) == (2, [])
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(maintain(second)))
    thread.start()
    parted.await_waiting(second)
    first.commit()
    thread.join()
    assert found == [(0, [])]


def test_one_tables_trouble_is_not_the_others(parted: Parted) -> None:
    """[C-F8] A lock that somebody keeps, and a name that is taken: told of, and tried again."""
    parted.execute(
        "CREATE TABLE probe.locked (at date) PARTITION BY RANGE (at);"
        "CREATE TABLE probe.taken (at date) PARTITION BY RANGE (at);"
        "INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead) VALUES"
        " ('probe.locked', 'time', '1 month', 1), ('probe.taken', 'time', '1 month', 1)"
    )
    taken = parted.month(0).replace("visits", "taken")
    parted.execute(f"CREATE TABLE {taken} (); {_AHEAD}")
    keeper = parted.owner(autocommit=False)
    keeper.execute(b"LOCK TABLE probe.locked IN SHARE UPDATE EXCLUSIVE MODE")
    assert maintain(parted.runner()) == (2, ["55P03", "42P07"])
    assert parted.partitions("probe.locked") == parted.partitions("probe.taken") == []
    keeper.rollback()
    parted.execute(f"DROP TABLE {taken}")
    assert maintain(parted.runner()) == (10, [])


def test_each_partition_is_closed_whatever_default_privileges_say(parted: Parted) -> None:
    """Row security forced, the owner's policy, no grants, the parent's indexes and rules."""
    parted.execute(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA probe GRANT SELECT ON TABLES TO PUBLIC, tarot_app;"
        "GRANT USAGE ON SCHEMA probe TO tarot_app;"
        "GRANT SELECT, INSERT ON probe.visits TO tarot_app;"
        "CREATE POLICY own ON probe.visits TO tarot_app USING (user_id = kernel.user_bigint())"
    )
    parted.execute(_AHEAD)
    assert maintain(parted.runner()) == (2, [])
    new = parted.partitions()[-1]
    assert parted.query(
        "SELECT relrowsecurity, relforcerowsecurity, pg_get_userbyid(relowner),"
        " (SELECT count(*) FROM aclexplode(relacl) WHERE grantee <> relowner) FROM pg_class"
        f" WHERE oid = '{new}'::regclass"
    ) == [(True, True, "strongroom_owner", 0)]
    assert parted.query(f"SELECT count(*) FROM pg_index WHERE indrelid = '{new}'::regclass") == [
        (2,)
    ]
    bot = parted.database.connect(role="tarot_app", user_id=1)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bot.execute(f"SELECT FROM {new}".encode())
    bot.execute(b"INSERT INTO probe.visits (user_id, at) SELECT 1, now() + interval '5 months'")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        bot.execute(_MAINTAIN.encode())
    with pytest.raises(psycopg.errors.CheckViolation):
        parted.execute("INSERT INTO probe.visits (user_id, note) VALUES (1, '')")
    assert parted.value("SELECT length FROM probe.visits WHERE user_id = 1 LIMIT 1") == 4


def test_a_partition_that_was_dropped_is_made_again(parted: Parted) -> None:
    """A hole between others is found and filled."""
    parted.execute(f"DROP TABLE {parted.month(-1)}")
    assert maintain(parted.runner()) == (1, [])
    assert parted.month(-1) in parted.partitions()


def test_a_wide_partition_is_gone_round(any_parted: Parted) -> None:
    """What others made, of any width, is left, and only what it does not hold is made."""
    any_parted.execute(
        "CREATE TABLE probe.old (at timestamptz) PARTITION BY RANGE (at);"
        "CREATE TABLE probe.till_now PARTITION OF probe.old FOR VALUES FROM (MINVALUE) TO ("
        " date_trunc('month', now(), 'UTC') + interval '10 days 01:02:03.5');"
        "INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)"
        " VALUES ('probe.old', 'time', '1 month', 2)"
    )
    assert maintain(any_parted.runner()) == (3, [])
    rest = any_parted.month(0).replace("visits", "old") + "_11_010203_500000"
    assert rest in any_parted.partitions("probe.old")
    assert maintain(any_parted.runner()) == (0, [])
    any_parted.execute(
        "INSERT INTO probe.old SELECT now() + g * '1 day'::interval FROM generate_series(-99, 27) g"
    )


@pytest.mark.parametrize("every", ["3 months", "6 months", "1 year"])
def test_a_longer_step_leaves_no_hole(any_parted: Parted, every: str) -> None:
    """The month that begins a quarter bears its name, and holds a third of it."""
    runway = (
        "SELECT is_covered, steps_left FROM kernel.partition_runway"
        " WHERE parent = 'probe.visits'::regclass"
    )
    for ahead in range(1, 5):
        any_parted.execute(
            f"UPDATE kernel.partition_policy SET every = '1 month', ahead = {6 + ahead}"
        )
        maintain(any_parted.runner())
        any_parted.execute(f"UPDATE kernel.partition_policy SET every = '{every}', ahead = 4")
        maintain(any_parted.runner())
        assert any_parted.query(runway) == [(True, 4)]
        assert maintain(any_parted.runner()) == (0, [])


_KINDS = {
    "time": ("timestamptz", "'1 month'", "NULL"),
    "date": ("date", "'7 days'", "NULL"),
    "hours": ("timestamptz", "'6 hours'", "NULL"),
    "uuid_v7": ("uuid", "'1 month'", "NULL"),
    "bigint": ("bigint", "NULL", "1000"),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_what_is_there_is_not_due_whatever_the_key(any_parted: Parted, kind: str) -> None:
    """In whatever zone and style: the table is not even locked."""
    key_type, every, ids = _KINDS[kind]
    any_parted.execute(
        f"CREATE TABLE probe.keys (key {key_type} PRIMARY KEY) PARTITION BY RANGE (key);"
        "INSERT INTO kernel.partition_policy (parent, key_kind, every, every_ids) VALUES"
        f" ('probe.keys', '{kind if kind in ('uuid_v7', 'bigint') else 'time'}', {every}, {ids})"
    )
    owner = any_parted.owner()
    made, heard = maintain(owner)
    assert made >= 13
    assert heard == []
    owner.execute("SET timezone = 'America/St_Johns'")
    owner.execute("SET datestyle = 'SQL, DMY'")
    due = "SELECT * FROM kernel.due_partitions(now(), 'probe.keys')"
    assert owner.execute(due.encode()).fetchall() == []


def test_keys_that_no_sequence_gave_have_partitions_ahead(parted: Parted) -> None:
    """Rows that were copied here, or numbered by hand, move no sequence."""
    parted.execute(
        "CREATE TABLE probe.numbers (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY)"
        " PARTITION BY RANGE (id);"
        "INSERT INTO kernel.partition_policy (parent, key_kind, every_ids, ahead, keep_ids)"
        " VALUES ('probe.numbers', 'bigint', 1000, 3, 2000)"
    )
    assert maintain(parted.runner()) == (4, [])
    for key in (3500, 6500):
        parted.execute(f"INSERT INTO probe.numbers (id) VALUES ({key})")
        assert maintain(parted.runner()) == (3, [])
    ahead = (
        "SELECT steps_left FROM kernel.partition_runway WHERE parent = 'probe.numbers'::regclass"
    )
    assert parted.value(ahead) == 3


def test_a_sequence_that_was_set_far_ahead_destroys_nothing(any_parted: Parted) -> None:
    """How far behind the highest key a row lies is told by rows, and a table at the end of its
    numbers does not stop the others."""
    any_parted.execute(
        "CREATE TABLE probe.numbers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)"
        " PARTITION BY RANGE (id);"
        "INSERT INTO kernel.partition_policy (parent, key_kind, every_ids, ahead, keep_ids)"
        " VALUES ('probe.numbers', 'bigint', 1000, 3, 2000)"
    )
    maintain(any_parted.runner())
    any_parted.execute("INSERT INTO probe.numbers SELECT FROM generate_series(1, 3100)")
    expired = (
        "SELECT partition::text FROM kernel.expired_partitions()"
        " WHERE parent = 'probe.numbers'::regclass"
    )
    assert any_parted.query(expired) == [("probe.numbers_p0",)]
    for key in (10**9, 2**63 - 10):
        any_parted.execute(f"SELECT setval('probe.numbers_id_seq', {key})")
        assert any_parted.query(expired) == [("probe.numbers_p0",)]
    any_parted.execute(f"{_AHEAD} WHERE parent = 'probe.visits'::regclass")
    assert maintain(any_parted.runner()) == (2, ["22003"])


def test_a_dropped_table_leaves_a_policy_that_harms_nobody(any_parted: Parted) -> None:
    any_parted.execute(
        "CREATE TABLE probe.brief (at date) PARTITION BY RANGE (at);"
        "INSERT INTO kernel.partition_policy (parent, key_kind, every)"
        " VALUES ('probe.brief', 'time', '1 day'); DROP TABLE probe.brief"
    )
    assert maintain(any_parted.runner()) == (0, [])


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/St_Johns"])
def test_bounds_are_utc_wherever_the_session_is(any_parted: Parted, zone: str) -> None:
    """[C-25] Half open, from the first of the month at midnight in UTC, whatever the time zone."""
    runner = any_parted.runner()
    runner.execute(sql.SQL("SET timezone = {}; SET datestyle = 'SQL, DMY'").format(zone))
    any_parted.execute(_AHEAD)
    assert maintain(runner) == (2, [])
    bounds = any_parted.query(
        "SELECT DISTINCT extract(day FROM b), b::time"
        " FROM kernel.partition_spans('probe.visits') AS s,"
        " LATERAL (VALUES (lower(s.span)), (upper(s.span))) AS v (p),"
        " LATERAL (SELECT timezone('UTC', to_timestamp(v.p::float8))) AS t (b)"
    )
    assert [(day, str(clock)) for day, clock in bounds] == [(1, "00:00:00")]


@given(
    name=st.text(
        st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"),
        min_size=1,
        max_size=63,
    ),
    column=st.sampled_from(["at", 'a"t;--', "ÄÖ µ", "select", "x" * 63]),
)
@settings(max_examples=25, deadline=None)
def test_any_name_can_be_a_tables(fuzzed: Parted, name: str, column: str) -> None:
    """Names of any kind and length, made, filled, expired, and made again of no other table."""
    while len(name.encode()) > 63:
        name = name[:-1]
    parent = sql.Identifier("probe", name)
    owner = fuzzed.owner(autocommit=False)
    try:
        for statement in (
            sql.SQL("CREATE TABLE {} ({} timestamptz) PARTITION BY RANGE ({})"),
            sql.SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY"),
        ):
            owner.execute(statement.format(parent, sql.Identifier(column), sql.Identifier(column)))
        oid = owner.execute("SELECT %s::regclass::oid", (parent.as_string(owner),)).fetchone()
        assert oid is not None
        owner.execute(
            "INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)"
            " VALUES (%s, 'time', '1 month', 2)",
            oid,
        )
        assert maintain(owner) == (4, [])
        assert maintain(owner) == (0, [])
        owner.execute(sql.SQL("INSERT INTO {} VALUES (now())").format(parent))
        names = owner.execute(
            "SELECT c.relname FROM pg_inherits JOIN pg_class AS c ON c.oid = inhrelid"
            " WHERE inhparent = %s",
            oid,
        ).fetchall()
        assert len(set(names)) == 4
    finally:
        owner.rollback()
        owner.close()


@pytest.fixture(scope="module")
def fuzzed(shared_database: Database) -> Parted:
    parted = prepare(shared_database)
    parted.execute("DELETE FROM kernel.partition_policy")
    return parted


_RUNWAY_CHECK = (
    "SELECT level FROM kernel.check_partition_runway WHERE metadata ->> 'parent' = 'probe.visits'"
)


def test_of_one_step_ahead_the_last_is_told_of(any_parted: Parted) -> None:
    """[X-8] Half of one is none, and none left is no runway."""
    any_parted.execute("UPDATE kernel.partition_policy SET ahead = 1")
    assert any_parted.query(_RUNWAY_CHECK) == []
    any_parted.execute(f"DROP TABLE {', '.join(any_parted.month(-n) for n in (1, 2, 3))}")
    assert any_parted.query(_RUNWAY_CHECK) == [("ERROR",)]


def test_what_is_half_detached_is_no_runway(any_parted: Parted) -> None:
    """[X-8] It takes no rows any more."""
    name, other = any_parted.month(-1), any_parted.owner()
    reader = any_parted.owner(autocommit=False)
    reader.execute("SELECT count(*) FROM probe.visits")
    other.execute("SET lock_timeout = '100ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        other.execute(f"ALTER TABLE probe.visits DETACH PARTITION {name} CONCURRENTLY".encode())
    reader.rollback()
    assert any_parted.query(_RUNWAY_CHECK) == [("ERROR",)]
    runway = (
        "SELECT steps_left, pending_count FROM kernel.partition_runway AS r"
        " WHERE r.parent = 'probe.visits'::regclass"
    )
    assert any_parted.query(runway) == [(0, 1)]
