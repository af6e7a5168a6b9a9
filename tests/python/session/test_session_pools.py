"""Sessions on pools: when a connection is taken and given back, and by threads side by side."""
# ruff: noqa: SIM117 (the order is the point)

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from strongroom.session import TransactionConflict, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    ADD,
    NOTHING_LEFT,
    PID,
    REFUSE,
    TITLES,
    WHO,
    TooMuch,
    assert_clean,
    left_behind,
    value,
)

Pool = ConnectionPool[psycopg.Connection[Any]]


@pytest.fixture
def pool(shelf: Database) -> Iterator[Pool]:
    """Two connections, as psycopg opens them."""
    with ConnectionPool(shelf.url(), min_size=2, max_size=2) as found:
        yield found


def free(pool: Pool) -> int:
    """Connections that nobody has."""
    return pool.get_stats()["pool_available"]


def test_a_connection_is_taken_at_the_first_call(pool: Pool) -> None:
    pool.wait()
    with session(pool, app="tarot", user_id=1) as db:
        assert free(pool) == 2
        db.many(TITLES)
        assert free(pool) == 1
        pid = db.one(PID)
        assert db.one(PID) == pid
    assert free(pool) == 2


def test_calls_commit_though_the_connection_is_not_in_autocommit(
    pool: Pool, admin: Connection
) -> None:
    with session(pool, app="tarot", user_id=1) as db:
        db.exec(ADD, (4, "Kept", None))
        assert admin.execute("SELECT count(*) FROM shelf.books").fetchone() == (4,)


def test_a_failure_gives_the_connection_back_clean(shelf: Database) -> None:
    with ConnectionPool(shelf.url(), min_size=1, max_size=1) as pool:
        for _ in range(3):
            with pytest.raises(TooMuch):
                failing(pool)
            with pool.connection() as connection:
                assert left_behind(connection) == NOTHING_LEFT


def failing(pool: Pool) -> None:
    """A block that fails after a write."""
    with session(pool, app="tarot", user_id=1) as db, db.transaction():
        db.exec(ADD, (4, "Lost", None))
        db.one(REFUSE, ("SH001", "no"))


def test_a_lost_connection_is_replaced(shelf: Database, admin: Connection) -> None:
    with ConnectionPool(shelf.url(), min_size=1, max_size=1) as pool:
        with session(pool, app="tarot", user_id=1) as db:
            admin.execute("SELECT pg_terminate_backend(%s, 5000)", (db.one(PID),))
            with pytest.raises(psycopg.OperationalError):
                db.many(TITLES)
        with session(pool, app="tarot", user_id=1) as db:
            assert db.many(TITLES) == ["Emma", "Persuasion"]


def test_what_a_pool_configures_counts(shelf: Database) -> None:
    def configure(connection: psycopg.Connection[Any]) -> None:
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    said = value(
        "SELECT current_setting('transaction_read_only') || ' '"
        " || current_setting('transaction_isolation') AS v"
    )
    with ConnectionPool(shelf.url(), min_size=1, max_size=1, configure=configure) as pool:
        with session(pool, app="tarot", user_id=1) as db:
            for _ in range(2):
                assert db.one(said) == "on repeatable read"
                with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                    db.exec(ADD, (4, "Lost", None))
        with pool.connection() as connection:
            assert left_behind(connection) == NOTHING_LEFT


def test_threads_never_see_anothers_rows(pool: Pool) -> None:
    def work(user: int) -> set[object]:
        seen: set[object] = set()
        for turn in range(40):
            with session(pool, app="tarot", user_id=user) as db:
                if turn % 3:
                    seen.add((db.one(WHO)[2], *db.many(TITLES)))
                else:
                    with db.transaction():
                        seen.add((db.one(WHO)[2], *db.many(TITLES)))
        return seen

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(work, [1, 2, 1, 2]))
    emma, dracula = {(1, "Emma", "Persuasion")}, {(2, "Dracula")}
    assert found == [emma, dracula, emma, dracula]
    with pool.connection() as one, pool.connection() as two:
        one.autocommit = two.autocommit = True
        assert_clean(one)
        assert_clean(two)


class SlowPool(ConnectionPool[psycopg.Connection[Any]]):
    """Gives others time to ask while one is served."""

    def getconn(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        found = super().getconn(timeout)
        time.sleep(0.05)
        return found


def test_threads_that_share_a_session_share_its_connection(shelf: Database) -> None:
    with SlowPool(shelf.url(), min_size=4, max_size=4) as pool:
        share(pool)


def share(pool: Pool) -> None:
    """Four threads call at once in a session that has no connection yet."""
    start = threading.Barrier(4)
    pool.wait()
    with session(pool, app="tarot", user_id=1) as db:

        def work(_: int) -> set[int]:
            start.wait(30)
            return {db.one(PID) for _ in range(20)}

        with ThreadPoolExecutor(4) as threads:
            pids = set().union(*threads.map(work, range(4)))
        assert len(pids) == 1
        assert free(pool) == 3
    assert free(pool) == 4


def test_a_session_of_the_pool_does_not_meet_one_of_the_connection(pool: Pool) -> None:
    with pool.connection() as connection:
        with session(connection, app="tarot", user_id=1) as one:
            one.many(TITLES)
            with session(pool, app="tarot", user_id=2) as two:
                assert two.many(TITLES) == ["Dracula"]
            with session(connection, app="tarot", user_id=2) as three:
                with pytest.raises(TransactionConflict):
                    three.many(TITLES)
