"""Rows are read before a partition is detached, and again only where they are others since."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable

import psycopg
import pytest
from psycopg import sql

from strongroom.pgtap.databases import drop
from strongroom.server.cluster import LocalServer
from tests.python.fix_databases import Database
from tests.python.fix_templates import new_name
from tests.python.maintain.parted import Connection, Parted

pytestmark = pytest.mark.ends

# As if the rows had been other ones when they were read.
_MARKED = b"m" * 32
_MARK = "UPDATE kernel.expiring_partition SET digest = %s WHERE partition = %s::regclass"
_RECORD = """
SELECT d.row_count, d.digest FROM kernel.destruction_record AS d WHERE d.partition_name = %s
"""
_BEGIN = "SELECT kernel.begin_expiry(%s::regclass)"
_FINISH = "SELECT * FROM kernel.finish_expiry(%s::regclass)"
_DIGEST = "SELECT d.row_count, d.digest FROM kernel.digest_partition(%s::regclass) AS d"
_AS_READ = "SELECT kernel.is_partition_as_read(%s::regclass)"

_SETTLED = """
SELECT bool_and(age(t.xmin) > age(pg_snapshot_xmin(pg_current_snapshot())::xid)) FROM {} AS t
"""

# What happens to a partition between the reading and the end, and whether its rows are the same.
_SAME = {
    "nothing": "",
    "rows that were never committed": """
        BEGIN; INSERT INTO probe.visits (user_id, at) SELECT 9, min(at) FROM {0};
        DELETE FROM {0} WHERE user_id = 1; UPDATE {0} SET note = 'x'; ROLLBACK
    """,
    "a savepoint that was given up": """
        BEGIN; SAVEPOINT s; INSERT INTO probe.visits (user_id, at) SELECT 9, min(at) FROM {0};
        ROLLBACK TO s; COMMIT
    """,
    "locks on rows": """
        BEGIN; SELECT FROM {0} FOR UPDATE; COMMIT; BEGIN; SELECT FROM {0} FOR SHARE; COMMIT
    """,
    "vacuum": "VACUUM (FREEZE, ANALYZE) {0}",
    "a new index": "CREATE INDEX ON {0} (note)",
    "rows elsewhere": "INSERT INTO probe.visits (user_id) SELECT 9 FROM generate_series(1, 9)",
}
_OTHER = {
    "a row more": "INSERT INTO probe.visits (user_id, at) SELECT 9, min(at) FROM {0}",
    "a row less": "DELETE FROM {0} WHERE user_id = 1",
    "one for another": """
        DELETE FROM {0} WHERE user_id = 1;
        INSERT INTO probe.visits (user_id, at) SELECT 1, min(at) FROM {0}
    """,
    "a changed row": "UPDATE {0} SET note = 'x' WHERE user_id = 2",
    "a row of a savepoint": """
        BEGIN; SAVEPOINT s; UPDATE {0} SET note = 'y' WHERE user_id = 1; RELEASE s; COMMIT
    """,
    "a changed and frozen row": "UPDATE {0} SET note = 'x' WHERE user_id = 2; VACUUM (FREEZE) {0}",
    "a new column": "ALTER TABLE probe.visits ADD COLUMN more text DEFAULT 'm'",
    "a column less": "ALTER TABLE probe.visits DROP COLUMN user_id",
    "a column of another type": """
        ALTER TABLE probe.visits DROP COLUMN length;
        ALTER TABLE probe.visits ALTER COLUMN note TYPE varchar(9)
    """,
    "a new file": "VACUUM FULL {0}",
    "all rows": "TRUNCATE {0}",
    "a mark from before there were digests": """
        UPDATE kernel.expiring_partition SET digest = NULL, read_before = NULL, form = NULL
    """,
    "another server": """
        UPDATE kernel.expiring_partition SET form = replace(form, 'server ', 'server 1')
    """,
}


def _run(connection: Connection, script: str) -> None:
    """Each statement by itself, as VACUUM wants it."""
    for statement in filter(str.strip, script.split(";")):
        connection.execute(statement.encode())


def _begin(owner: Connection, name: str) -> None:
    """The rows are read and a mark is put in place of their digest.

    Before, whoever was at work in any database when they were written has to be through.
    """
    for _ in range(2000):
        if owner.execute(_SETTLED.format(name).encode()).fetchone() == (True,):
            break
        time.sleep(0.02)
    assert owner.execute(_BEGIN, [name]).fetchone() == ("begun",)
    owner.execute(_MARK, [_MARKED, name])


def _end(owner: Connection, name: str) -> tuple[bool, bool]:
    """Whether the record has the mark, and whether it tells the rows that went."""
    owner.execute(f"ALTER TABLE probe.visits DETACH PARTITION {name} CONCURRENTLY".encode())
    found = owner.execute(_DIGEST, [name]).fetchone()
    assert found is not None
    assert owner.execute(_FINISH, [name]).fetchone() == ("drop", found[0])
    record = owner.execute(_RECORD, [name]).fetchone()
    assert record is not None
    return record[1] == _MARKED, record == found


@pytest.mark.parametrize("what", _SAME)
def test_rows_that_are_the_same_are_not_read_again(parted: Parted, what: str) -> None:
    """[X-5] The digest from before the detach goes into the record."""
    name, owner = parted.month(11), parted.owner()
    _begin(owner, name)
    _run(owner, _SAME[what].format(name))
    assert _end(owner, name) == (True, False)


@pytest.mark.parametrize("what", _OTHER)
def test_rows_that_are_others_are_read_again(parted: Parted, what: str) -> None:
    """[X-5] The record tells what was destroyed, not what was read before."""
    name, owner = parted.month(11), parted.owner()
    _begin(owner, name)
    _run(owner, _OTHER[what].format(name))
    assert _end(owner, name) == (False, True)


def test_a_column_of_any_name_is_one_of_the_digest(any_parted: Parted) -> None:
    """[X-5] As the alias of the row is called, too."""
    any_parted.execute("ALTER TABLE probe.visits RENAME COLUMN user_id TO t")
    name, owner = any_parted.month(11), any_parted.owner()
    found = owner.execute(_DIGEST, [name]).fetchone()
    owner.execute(f"UPDATE {name} SET note = 'other'".encode())
    assert owner.execute(_DIGEST, [name]).fetchone() != found


def test_partitions_of_a_partition_are_in_its_record(any_parted: Parted) -> None:
    """[X-5] Their rows are counted and digested, and again where one changed meanwhile."""
    parted = any_parted
    name, owner = parted.month(11), parted.owner()
    owner.execute(
        f"""
        CREATE TABLE probe.aside AS SELECT user_id, id, at, note FROM {name};
        CREATE TABLE probe.bounds AS SELECT pg_get_expr(relpartbound, oid) AS bounds
        FROM pg_class WHERE oid = '{name}'::regclass;
        DROP TABLE {name};
        """.encode()
    )
    (bounds,) = owner.execute("SELECT bounds FROM probe.bounds").fetchone() or ("",)
    owner.execute(
        f"""
        CREATE TABLE {name} PARTITION OF probe.visits {bounds} PARTITION BY HASH (id);
        CREATE TABLE probe.half_0 PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER 0);
        CREATE TABLE probe.half_1 PARTITION OF {name} FOR VALUES WITH (MODULUS 2, REMAINDER 1);
        INSERT INTO probe.visits (user_id, id, at, note) OVERRIDING SYSTEM VALUE
        SELECT user_id, id, at, note FROM probe.aside;
        """.encode()
    )
    rows = owner.execute(f"SELECT count(*) FROM {name}".encode()).fetchone()
    assert rows == (3,)
    _begin(owner, name)
    assert owner.execute(_AS_READ, [name]).fetchone() == (False,)
    owner.execute(b"UPDATE probe.half_0 SET note = 'other'")
    assert _end(owner, name) == (False, True)
    assert owner.execute(_RECORD, [name]).fetchone() is not None
    told = "SELECT row_count FROM kernel.destruction_record WHERE partition_name = %s"
    assert owner.execute(told, [name]).fetchone() == rows


def test_a_policy_of_retention_is_named_in_the_record(any_parted: Parted) -> None:
    """With its reason, which says more than that the time was over."""
    name, owner = any_parted.month(11), any_parted.owner()
    owner.execute(
        "INSERT INTO kernel.retention_policy (name, relation, action, reason, is_enabled)"
        " VALUES ('a_past', 'probe.visits', 'drop', 'was so', false),"
        " ('visits', 'probe.visits', 'drop', 'law 7', true)"
    )
    _begin(owner, name)
    _end(owner, name)
    told = "SELECT policy_name, reason FROM kernel.destruction_record WHERE partition_name = %s"
    assert owner.execute(told, [name]).fetchone() == ("visits", "law 7")


@pytest.mark.parametrize("has_savepoint", [False, True])
def test_a_writer_who_was_under_way_is_noticed(parted: Parted, has_savepoint: bool) -> None:
    """Its number is from before the reading, its row is not in the digest."""
    name, owner, writer = parted.month(11), parted.owner(), parted.owner(autocommit=False)
    if has_savepoint:
        writer.execute("SELECT pg_current_xact_id()")
        writer.execute("SAVEPOINT s")
    writer.execute(f"INSERT INTO probe.visits (user_id, at) SELECT 9, min(at) FROM {name}".encode())
    assert owner.execute(_BEGIN, [name]).fetchone() == ("begun",)
    owner.execute(_MARK, [_MARKED, name])
    writer.commit()
    assert _end(owner, name) == (False, True)


def test_beside_an_older_transaction_all_is_read_again(any_parted: Parted) -> None:
    """While one is open that began before the rows were written, no number of theirs tells."""
    name, owner = any_parted.month(11), any_parted.owner()
    other = any_parted.owner(autocommit=False)
    other.execute("SELECT pg_current_xact_id()")
    owner.execute(f"UPDATE {name} SET note = 'x'".encode())
    assert owner.execute(_BEGIN, [name]).fetchone() == ("begun",)
    owner.execute(_MARK, [_MARKED, name])
    other.commit()
    assert _end(owner, name) == (False, True)


def test_whatever_happens_the_record_tells_the_rows_that_went(parted: Parted) -> None:
    """Changes, aborts, locks and readings in random order, by two writers at a time."""
    chance = random.Random(11)
    changes: list[Callable[[str], str]] = [
        lambda n: f"INSERT INTO probe.visits (user_id, at) SELECT 9, min(at) FROM {n}",
        lambda n: f"UPDATE {n} SET note = note || 'x' WHERE user_id = {chance.randint(1, 3)}",
        lambda n: f"DELETE FROM {n} WHERE user_id = {chance.randint(1, 9)}",
        lambda n: f"SELECT FROM {n} WHERE user_id = {chance.randint(1, 3)} FOR SHARE",
    ]
    owner, writers = parted.owner(), [parted.owner(autocommit=False) for _ in range(2)]
    for writer in writers:
        writer.execute("SET lock_timeout = '50ms'")
        writer.commit()
    for name in [parted.month(ago) for ago in range(11, 3, -1)]:
        for _ in range(12):
            writer = chance.choice(writers)
            match chance.randrange(5):
                case 0:
                    owner.execute(_BEGIN, [name])
                case 1:
                    writer.commit()
                case 2:
                    writer.rollback()
                case _:
                    try:
                        writer.execute(chance.choice(changes)(name).encode())
                    except psycopg.errors.LockNotAvailable:
                        writer.rollback()
        for writer in writers:
            writer.commit()
        owner.execute(_BEGIN, [name])
        if chance.random() < 0.5:
            owner.execute(chance.choice(changes)(name).encode())
        assert _end(owner, name) == (False, True), name


def test_a_second_beginning_reads_what_changed(parted: Parted) -> None:
    """The run that failed to detach is followed by one that does not read the same again."""
    name, owner = parted.month(11), parted.owner()
    kept = "SELECT row_count, digest FROM kernel.expiring_partition"
    _begin(owner, name)
    assert owner.execute(_BEGIN, [name]).fetchone() == ("begun",)
    assert owner.execute(kept).fetchone() == (3, _MARKED)
    owner.execute(f"DELETE FROM {name} WHERE user_id = 1".encode())
    assert owner.execute(_BEGIN, [name]).fetchone() == ("begun",)
    assert owner.execute(kept).fetchone() == owner.execute(_DIGEST, [name]).fetchone()


def test_nobody_waits_for_the_reading(parted: Parted) -> None:
    """Neither who reads and writes these rows nor who places a hold, as long as it takes."""
    name = parted.month(11)
    reading, other = parted.owner(autocommit=False), parted.owner()
    reading.execute(_BEGIN, [name])
    other.execute("SET lock_timeout = '100ms'")
    other.execute("SELECT kernel.place_hold('a lawsuit', p_app => 'probe', p_subject => '2')")
    other.execute(f"UPDATE probe.visits SET note = 'x' WHERE at = (SELECT min(at) FROM {name})")
    other.execute("SELECT kernel.maintain_partitions()")
    reading.commit()


def test_a_restored_copy_reads_its_rows_again(parted: Parted) -> None:
    """Numbers of transactions come anew there, and the files are others."""
    server = parted.database.server
    programs = server.binaries() if isinstance(server, LocalServer) else None
    if programs is None or not (programs / "pg_dump").is_file():
        pytest.skip("pg_dump of this server can't be run from here")
    name, owner = parted.month(11), parted.owner()
    _begin(owner, name)
    owner.execute(f"ALTER TABLE probe.visits DETACH PARTITION {name} CONCURRENTLY".encode())
    assert owner.execute(_AS_READ, [name]).fetchone() == (True,)
    dumped = subprocess.run(
        [programs / "pg_dump", "--format=custom", parted.database.url("postgres")],
        capture_output=True,
        check=True,
    )
    copy = Database(server, new_name())
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(copy.name))
        )
        try:
            subprocess.run(
                [programs / "pg_restore", "--exit-on-error", "--dbname", copy.url("postgres")],
                input=dumped.stdout,
                check=True,
            )
            restored = Parted(copy).owner()
            assert restored.execute(_AS_READ, [name]).fetchone() == (False,)
            restored.execute(_FINISH, [name])
            record = restored.execute(_RECORD, [name]).fetchone()
            assert record == owner.execute(_DIGEST, [name]).fetchone()
        finally:
            copy.close()
            drop(admin, copy.name)
