"""How often a call waits for the server, counted from libpq's trace of its messages."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from psycopg.pq import Trace

from strongroom.session import Session, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import ADD, ADD_RETURNING, RENAME_FROM, TITLE, TITLES


def trips(connection: Connection, work: Callable[[], object]) -> int:
    """Runs of sent messages that are followed by received ones."""
    with tempfile.TemporaryFile("w+") as file:
        connection.pgconn.trace(file.fileno())
        connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            work()
        finally:
            connection.pgconn.untrace()
        file.seek(0)
        directions = [line[0] for line in file if line[:1] in {"F", "B"}]
    return sum(pair == ("F", "B") for pair in itertools.pairwise(directions))


def block(db: Session, calls: int) -> None:
    """A transaction of so many calls."""
    with db.transaction():
        for _ in range(calls):
            db.many(TITLES)


def test_trips_are_counted(connection: Connection) -> None:
    assert trips(connection, lambda: None) == 0
    assert trips(connection, lambda: connection.execute("SELECT 1")) == 1
    with connection.transaction():
        assert trips(connection, lambda: [connection.execute("SELECT 1") for _ in range(3)]) == 3


def test_a_single_call_is_one_trip(shelf_everywhere: Database) -> None:
    connection = shelf_everywhere.connect()
    with session(connection, app="tarot", user_id=1) as db:
        assert trips(connection, lambda: db.many(TITLES)) == 1  # preparing included
        assert trips(connection, lambda: db.many(TITLES)) == 1
        assert trips(connection, lambda: db.one(TITLE, (1,))) == 1
        assert trips(connection, lambda: db.one(replace(TITLE, timeout_ms=900), (1,))) == 1
        assert trips(connection, lambda: db.exec(ADD, (4, "t4", None))) == 1
        assert trips(connection, lambda: db.exec(ADD, (5, "t5", None))) == 1


@pytest.mark.parametrize("prepare", [True, False])
def test_writes_that_return_rows(connection: Connection, prepare: bool) -> None:
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        later = 1 if prepare else 2
        assert trips(connection, lambda: db.one(ADD_RETURNING, (4, "t4"))) == 1 + later
        assert trips(connection, lambda: db.one(ADD_RETURNING, (5, "t5"))) == later
        assert trips(connection, lambda: db.one(RENAME_FROM, (5, "!"))) == 3
        assert trips(connection, lambda: db.one(RENAME_FROM, (5, "!"))) == 2  # its own COMMIT


@pytest.mark.parametrize("prepare", [True, False])
def test_a_block_costs_its_commit(connection: Connection, prepare: bool) -> None:
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for calls in (0, 1, 2, 5):
            assert trips(connection, partial(block, db, calls)) == calls + bool(calls)


def test_opening_and_closing_cost_nothing(connection: Connection) -> None:
    def whole() -> None:
        with session(connection, app="tarot", user_id=1) as db:
            db.many(TITLES)

    assert trips(connection, whole) == 1


def test_a_type_of_the_database_is_asked_for_once(connection: Connection) -> None:
    mood = replace(
        TITLES, sql="SELECT title AS v FROM shelf.books WHERE mood = $1", parameters=("shelf.mood",)
    )
    with session(connection, app="tarot", user_id=1) as db:
        assert trips(connection, lambda: db.many(mood, ("calm",))) == 3
        other = replace(mood, sql=mood.sql + " ")
        assert trips(connection, lambda: db.many(other, ("calm",))) == 1
