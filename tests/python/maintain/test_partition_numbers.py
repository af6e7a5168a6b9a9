"""How far the numbers of a table have come is asked of its partitions, and of nobody for long."""

from __future__ import annotations

import psycopg
import pytest

from tests.python.maintain.parted import Connection, Parted
from tests.python.maintain.test_partition_creation import maintain

pytestmark = pytest.mark.ends

_NUMBERS = """
CREATE TABLE probe.numbers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)
PARTITION BY RANGE (id);
ALTER TABLE probe.numbers ENABLE ROW LEVEL SECURITY;
INSERT INTO kernel.partition_policy (parent, key_kind, every_ids, ahead, keep_ids)
VALUES ('probe.numbers', 'bigint', 1000, 3, 1000);
SELECT kernel.maintain_partitions();
INSERT INTO probe.numbers SELECT FROM generate_series(1, 3500);
"""
_AHEAD = "UPDATE kernel.partition_policy SET ahead = ahead + 2"


@pytest.fixture
def numbers(any_parted: Parted) -> Parted:
    """Partitions of a thousand numbers each, of which the first two are past their time."""
    any_parted.execute(_NUMBERS)
    return any_parted


def closed(parted: Parted, partition: str) -> Connection:
    """A transaction that has a partition to itself."""
    keeper = parted.owner(autocommit=False)
    keeper.execute(f"LOCK TABLE ONLY {partition} IN ACCESS EXCLUSIVE MODE".encode())
    return keeper


def test_a_partition_that_somebody_has_to_himself_stops_no_other_table(numbers: Parted) -> None:
    """How far keys have come is asked of files, which a lock keeps shut."""
    tables = "SELECT DISTINCT parent_name FROM kernel.expiry_states() ORDER BY 1"
    last = numbers.partitions("probe.numbers")[-1]
    numbers.execute(_AHEAD)
    owner = numbers.owner()
    owner.execute("SET lock_timeout = '1s'")
    keeper = closed(numbers, last)
    assert maintain(owner) == (7, [])
    keeper.rollback()
    last = numbers.partitions("probe.numbers")[-1]
    keeper = closed(numbers, last)
    assert owner.execute(tables.encode()).fetchall() == [("visits",)]
    keeper.rollback()
    assert owner.execute(tables.encode()).fetchall() == [("numbers",), ("visits",)]


def test_what_is_detached_waits_and_is_not_put_back(numbers: Parted) -> None:
    """Whether it is past its time can't be told for a moment, which is no reason to keep it."""
    first, *_, last = numbers.partitions("probe.numbers")
    owner = numbers.owner()
    owner.execute(b"SELECT kernel.begin_expiry(%s::regclass)", [first])
    owner.execute(f"ALTER TABLE probe.numbers DETACH PARTITION {first} CONCURRENTLY".encode())
    finish = "SELECT outcome FROM kernel.finish_expiry(%s::regclass)"
    keeper = closed(numbers, last)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        owner.execute(finish.encode(), [first])
    keeper.rollback()
    assert owner.execute(finish.encode(), [first]).fetchone() == ("drop",)


def test_partitions_are_looked_through_once(numbers: Parted) -> None:
    """For each of them all over again, 800 partitions took nine seconds."""
    admin = numbers.database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL track_functions = 'all'")
        spans = admin.execute(
            "SELECT partition::text FROM kernel.expired_spans('probe.numbers', now())"
        )
        assert len(spans.fetchall()) == 2
        asked = admin.execute(
            "SELECT pg_stat_get_xact_function_calls('kernel.stored_key(regclass)'::regprocedure)"
        )
        assert asked.fetchone() == (1,)
