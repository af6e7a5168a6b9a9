"""A bot at work: people, an administrator, and connections of its roles."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
import pytest

from tests.python.fix_databases import Connection, Database
from tests.python.tarot.conftest import Row, row


@dataclass(frozen=True, slots=True)
class Bot:
    """What the tests of this app do again and again."""

    database: Database
    numbers: count[int]
    owner: Connection
    """Of a superuser, for what is asked between the acts; a server has few connections."""

    def login(self) -> psycopg.Connection[Row]:
        """A connection for sessions."""
        return self.database.connect()

    def app(self, user_id: int) -> Connection:
        """A connection that acts for one person."""
        return self.database.connect(role="persona_app", app="persona", user_id=user_id)

    def worker(self) -> Connection:
        """A connection of a job."""
        return self.database.connect(role="persona_worker", app="persona")

    def person(self) -> int:
        """A new person."""
        number = next(self.numbers)
        return int(self.one("SELECT persona.register_user(%s, %s)", 1000 + number, f"p{number}"))

    def admin(self, *, keys: bool = True, stats: bool = True, users: bool = True) -> int:
        """A new administrator, made as the first one of a bot is: by the owner."""
        person = self.person()
        self.owner.execute(
            "INSERT INTO persona.admin_users"
            " (user_id, can_manage_keys, can_view_stats, can_manage_users)"
            " VALUES (%s, %s, %s, %s)",
            (person, keys, stats, users),
        )
        return person

    def agree(self, *people: int) -> None:
        """Have people agree to the newest wording of the consent; the first one is published."""
        self.owner.execute(
            "UPDATE persona.app_settings SET consent_text = 'We keep answers to you.'"
            " WHERE consent_text LIKE '% goes here.'"
        )
        newest = self.one("SELECT max(version) FROM kernel.consent_text WHERE app = 'persona'")
        for person in people:
            app = self.app(person)
            row(app, "SELECT kernel.give_consent('personal_data', %s, 'button')", newest)
            app.close()

    def one(self, query: str, *values: object) -> Any:
        """The only value of a query, seen by the owner."""
        (value,) = row(self.owner, query, *values)
        return value


@pytest.fixture
def bot(database: Database) -> Bot:
    """A bot with a database of its own."""
    return Bot(database, count(1), database.admin())
