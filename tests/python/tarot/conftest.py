"""A bot at work: people, connections of its roles, and the reconciliation of its ledger."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from typing import Any, TypeVar

import psycopg
import pytest

from tests.python.fix_databases import Connection, Database

T = TypeVar("T")
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Bot:
    """What the tests of the tarot app do again and again."""

    database: Database
    numbers: count[int]
    clerk: Connection
    """Of a job, for what is asked between the acts; a server has few connections."""

    def worker(self) -> Connection:
        """A connection of a job."""
        return self.database.connect(role="tarot_worker", app="tarot")

    def app(self, user_id: int) -> Connection:
        """A connection that acts for one person."""
        return self.database.connect(role="tarot_app", app="tarot", user_id=user_id)

    def person(self, credits: int = 0) -> int:
        """A new person with so many credits."""
        number = next(self.numbers)
        (user_id,) = row(self.clerk, "SELECT tarot.register_user(%s, NULL)", 1000 + number)
        if credits:
            row(self.clerk, "SELECT tarot.grant_bonus(%s, %s, 'start')", user_id, credits)
        return int(user_id)

    def balance(self, user_id: int) -> int:
        query = "SELECT balance FROM tarot.credits WHERE user_id = %s"
        return int(row(self.clerk, query, user_id)[0])

    def breaks(self) -> list[Row]:
        """Where ledger and balances disagree; must be empty."""
        return self.clerk.execute("SELECT * FROM tarot.ledger_breaks").fetchall()


def row(connection: Connection, query: str, *values: object) -> Row:
    """The only row of a query."""
    (found,) = connection.execute(query.encode(), values).fetchall()
    return tuple(found)


def outcome(connection: Connection, query: str, *values: object) -> Row | str:
    """The only row of a query, or the SQLSTATE with which it is refused."""
    try:
        return row(connection, query, *values)
    except psycopg.DatabaseError as error:
        return str(error.sqlstate)


def at_once(tasks: list[Callable[[], T]]) -> list[T]:
    """Start every task at the same moment, each on a thread of its own."""
    barrier = Barrier(len(tasks))

    def start(task: Callable[[], T]) -> T:
        barrier.wait(60)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(start, tasks))


@pytest.fixture
def bot(database: Database) -> Bot:
    """A bot with a database of its own."""
    return Bot(database, count(1), database.connect(role="tarot_worker", app="tarot"))
