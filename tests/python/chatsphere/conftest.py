"""A platform at work: accounts, their bots, connections of the roles."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest

from tests.python.fix_databases import Connection, Database

T = TypeVar("T")
Row = tuple[Any, ...]
HASH = "$2b$12$" + "x" * 53
"""Of nobody's password."""


@dataclass(frozen=True, slots=True)
class Platform:
    """What the tests of the chatbot platform do again and again."""

    database: Database
    numbers: count[int]
    clerk: Connection
    """Of a job, for what is asked between the acts; a server has few connections."""

    def worker(self) -> Connection:
        """A connection of a job."""
        return self.database.connect(role="chatsphere_worker", app="chatsphere")

    def app(self, user_id: UUID | None = None) -> Connection:
        """A connection that acts for an account, or for a visitor."""
        return self.database.connect(role="chatsphere_app", app="chatsphere", user_id=user_id)

    def person(self, plan: str = "free") -> UUID:
        """A new account with this plan."""
        number = next(self.numbers)
        register = "SELECT chatsphere.register_user(%s, %s)"
        (user_id,) = row(self.clerk, register, f"person{number}@example.org", HASH)
        if plan != "free":
            row(
                self.clerk,
                "SELECT chatsphere.sync_subscription(%s, %s, now(), %s, 'price', 'active', now(),"
                " now() + interval '1 month')",
                *(user_id, f"sub-{number}", plan),
            )
        assert isinstance(user_id, UUID)
        return user_id

    def bot(self, user_id: UUID, name: str = "Bot") -> UUID:
        """A new bot of an account."""
        app = self.app(user_id)
        (bot,) = row(app, "SELECT chatsphere.create_chatbot(%s)", name)
        app.close()
        assert isinstance(bot, UUID)
        return bot

    def sources(self, user_id: UUID, bot: UUID, number: int) -> list[UUID]:
        """So many texts that the bot is to learn."""
        app = self.app(user_id)
        add = "SELECT chatsphere.add_source(%s, 'text', %s)"
        made = [row(app, add, bot, f"text {n}")[0] for n in range(number)]
        app.close()
        return made

    def set_limit(self, user_id: UUID, limit: int) -> None:
        """Another limit of calls than that of the plan."""
        admin = self.database.admin()
        admin.execute(
            "UPDATE chatsphere.users SET usage_limit = %s WHERE id = %s", (limit, user_id)
        )


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
def platform(database: Database) -> Platform:
    """A platform with a database of its own."""
    clerk = database.connect(role="chatsphere_worker", app="chatsphere")
    return Platform(database, count(1), clerk)
