"""Counters while others write, fold, declare and erase."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.python.fix_databases import Database
from tests.python.kernel import counted
from tests.python.kernel.counted import Connection

pytestmark = pytest.mark.ends

_KINDS = ("a", "b", "c", None)
_INSERT = "INSERT INTO tarot.orders (id, kind, amount) VALUES (%s, %s, %s)"


class _Storm:
    """Writers who write, take back and change their own rows of common groups."""

    def __init__(self, database: Database, writers: int) -> None:
        self._database = database
        self._writers = writers
        self._over = threading.Event()
        self.failures: list[BaseException] = []
        self.done = 0

    def blow(self, seconds: float, *others: Callable[[Connection], object]) -> None:
        """Write for a while, and call each of `others` again and again, each on its own."""
        works = [lambda c, n=n: self._write(c, n) for n in range(self._writers)]
        works += [lambda c, call=call: self._again(c, call) for call in others]
        with ThreadPoolExecutor(len(works)) as pool:
            futures = [pool.submit(self._work, work) for work in works]
            time.sleep(seconds)
            self._over.set()
            for future in futures:
                future.result()
        assert self.failures == []

    def _work(self, work: Callable[[Connection], object]) -> None:
        try:
            work(counted.owner(self._database))
        except BaseException as error:
            self.failures.append(error)
            self._over.set()

    def _again(self, connection: Connection, call: Callable[[Connection], object]) -> None:
        while not self._over.is_set():
            call(connection)
            time.sleep(0.005)

    def _write(self, connection: Connection, number: int) -> None:
        chance = random.Random(number)
        while not self._over.is_set():
            try:
                with connection.transaction():
                    for _ in range(chance.randint(1, 4)):
                        self._change(connection, chance, number)
                    if chance.random() < 0.2:
                        raise psycopg.Rollback
            except psycopg.Rollback:
                pass
            self.done += 1

    def _change(self, connection: Connection, chance: random.Random, number: int) -> None:
        first = 1_000_000 * number
        kind, amount = chance.choice(_KINDS), chance.choice((None, *range(10)))
        row = first + chance.randrange(200)
        match chance.randrange(5):
            case 0 | 1:
                connection.execute(f"{_INSERT} ON CONFLICT DO NOTHING", [row, kind, amount])
            case 2:
                connection.execute(
                    f"{_INSERT} ON CONFLICT (id) DO UPDATE SET kind = EXCLUDED.kind,"
                    " amount = EXCLUDED.amount",
                    [row, kind, amount],
                )
            case 3:
                connection.execute(
                    "UPDATE tarot.orders SET kind = %s, amount = amount + 1"
                    " WHERE id BETWEEN %s AND %s",
                    [kind, row, row + 20],
                )
            case _:
                connection.execute(
                    "DELETE FROM tarot.orders WHERE id BETWEEN %s AND %s", [row, row + 10]
                )


def _read(connection: Connection) -> None:
    found = counted.wrong(connection)
    assert found == []


def _fold(connection: Connection) -> None:
    connection.execute(
        "SELECT kernel.fold_counter(app, name, 50) FROM (SELECT app, name FROM kernel.counter) AS c"
    )


def test_figures_are_exact_at_every_moment(database: Database) -> None:
    """[C-23] [C-F2] Eight writers, two who fold, one who reads in between; nobody deadlocks."""
    connection = counted.make(database)
    storm = _Storm(database, 8)
    storm.blow(5, _fold, _fold, _read)
    assert storm.done > 20
    assert counted.wrong(connection) == []
    connection.execute("SELECT kernel.fold_counter(app, name, NULL) FROM kernel.counter")
    assert counted.wrong(connection) == []
    rows = "SELECT kernel.recount(app, name, false) FROM kernel.counter"
    assert set(connection.execute(rows).fetchall()) == {(0,)}


@pytest.mark.parametrize("backfill", [True, False])
def test_a_counter_is_declared_while_others_write(any_database: Database, backfill: bool) -> None:
    """Rows of transactions that were open are counted once, whether writers wait or not."""
    connection = counted.owner(any_database)
    connection.execute(counted.TABLE.encode())
    connection.execute(
        "INSERT INTO tarot.orders (id, kind, amount)"
        " SELECT -n, chr(97 + n % 3), n % 10 FROM generate_series(1, 20000) AS n"
    )
    declared = threading.Event()

    def declare(other: Connection) -> None:
        if not declared.is_set():
            time.sleep(0.5)
            counted.declare(other, backfill=backfill)
            time.sleep(0.3)
            while other.execute("SELECT kernel.backfill_counters()").fetchone() != (0,):
                pass
            declared.set()

    storm = _Storm(any_database, 4)
    storm.blow(2, declare)
    assert declared.is_set()
    assert counted.wrong(connection) == []


def test_a_recount_mends_while_others_write(any_database: Database) -> None:
    connection = counted.make(any_database)

    def spoil(other: Connection) -> None:
        with other.transaction():
            other.execute("SET LOCAL lock_timeout = '20s'")
            # Nobody's rows: the figures are wrong by them until they are mended.
            other.execute(
                "INSERT INTO tarot.kinds_live_deltas (counted, summed, kind) VALUES (3, 4, 'x')"
            )
        other.execute("SELECT kernel.recount('tarot', 'kinds_live')")

    _Storm(any_database, 4).blow(2, spoil, _fold)
    assert counted.wrong(connection) == []


def test_two_recounts_do_not_append_the_same_twice(any_database: Database) -> None:
    connection = counted.make(any_database)
    connection.execute(_INSERT, [1, "a", 1])
    connection.execute("DELETE FROM tarot.kinds_live_deltas")
    recount = "SELECT kernel.recount('tarot', 'kinds_live')"
    second, third = (counted.owner(any_database) for _ in range(2))
    third.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    assert third.execute("SELECT count(*) FROM tarot.orders").fetchone() == (1,)
    connection.execute("BEGIN")
    assert connection.execute(recount).fetchone() == (1,)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(lambda: second.execute(recount).fetchone())
        with pytest.raises(TimeoutError):
            waiting.result(0.5)
        connection.execute("COMMIT")
        assert waiting.result(20) == (0,)
    with pytest.raises(psycopg.errors.SerializationFailure):
        third.execute(recount)
    third.execute("ROLLBACK")
    assert counted.wrong(connection) == []


def test_no_writer_waits_for_another(any_database: Database) -> None:
    connection = counted.make(any_database)
    first, second = (counted.owner(any_database) for _ in range(2))
    for number, writer in enumerate((first, second)):
        writer.execute("SET lock_timeout = '1s'")
        writer.execute("BEGIN")
        writer.execute(_INSERT, [number, "a", 1])
    assert connection.execute("SELECT kernel.fold_counter('tarot', 'kinds_live')").fetchone() == (
        0,
    )
    first.execute("COMMIT")
    assert connection.execute("SELECT kernel.fold_counter('tarot', 'kinds_live')").fetchone() == (
        1,
    )
    assert counted.wrong(connection) == []
    second.execute("ROLLBACK")
    assert counted.wrong(connection) == []


def test_who_folds_is_alone_and_a_torn_fold_never_was(any_database: Database) -> None:
    connection = counted.make(any_database)
    connection.execute(_INSERT, [1, "a", 1])
    first = counted.owner(any_database)
    first.execute("BEGIN")
    fold = "SELECT kernel.fold_counter('tarot', 'kinds_live')"
    assert first.execute(fold).fetchone() == (1,)
    assert connection.execute(fold).fetchone() == (0,)
    assert counted.wrong(connection) == []
    first.execute("ROLLBACK")
    assert counted.wrong(connection) == []
    assert connection.execute(fold).fetchone() == (1,)
    assert counted.wrong(connection) == []


def test_a_repeatable_reader_sees_the_figures_of_its_snapshot(any_database: Database) -> None:
    connection = counted.make(any_database)
    connection.execute(_INSERT, [1, "a", 1])
    reader = counted.owner(any_database)
    reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    before = reader.execute("SELECT * FROM tarot.kinds_live").fetchall()
    connection.execute(_INSERT, [2, "a", 1])
    connection.execute("SELECT kernel.fold_counter('tarot', 'kinds_live')")
    connection.execute(_INSERT, [3, "b", 1])
    assert reader.execute("SELECT * FROM tarot.kinds_live").fetchall() == before
    reader.execute("COMMIT")
    assert counted.wrong(connection) == []


def test_a_counter_is_declared_under_read_committed_only(any_database: Database) -> None:
    connection = counted.owner(any_database)
    connection.execute(counted.TABLE.encode())
    connection.execute("SET default_transaction_isolation = 'repeatable read'")
    with pytest.raises(psycopg.Error) as refused:
        connection.execute("SELECT kernel.count('tarot.orders', 'kinds_live')")
    assert refused.value.sqlstate == "KR051"
    assert refused.value.diag.message_detail is not None
    assert "READ COMMITTED" in refused.value.diag.message_detail


def test_what_cascades_is_counted(database: Database) -> None:
    """Deleting a person deletes rows by a foreign key, and these are no longer counted."""
    connection = counted.make(database)
    connection.execute(
        "CREATE TABLE tarot.people (id bigint PRIMARY KEY);"
        "INSERT INTO tarot.people SELECT generate_series(1, 10);"
        "ALTER TABLE tarot.people ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY all_owner ON tarot.people TO strongroom_owner USING (true);"
        "ALTER TABLE tarot.orders ADD FOREIGN KEY (id) REFERENCES tarot.people ON DELETE CASCADE"
        " ON UPDATE CASCADE"
    )
    connection.execute(
        "INSERT INTO tarot.orders SELECT n, chr(97 + n % 3), n FROM generate_series(1, 10) AS n"
    )
    connection.execute("DELETE FROM tarot.people WHERE id < 6")
    connection.execute("UPDATE tarot.people SET id = id + 100")
    assert counted.wrong(connection) == []
