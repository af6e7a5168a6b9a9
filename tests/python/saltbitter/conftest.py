"""A platform at work: people with profiles, connections of its roles, and the app's key."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import count
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

import psycopg
import pytest

from strongroom.sealing import EnvironmentKeys, Keyring, new_key
from strongroom.session import Session, session
from strongroom_db.saltbitter import consent_logs, profiles, users
from strongroom_db.saltbitter.types import ProfilesGender, ProfilesLookingForGender
from tests.python.fix_databases import Connection, Database

T = TypeVar("T")
Row = tuple[Any, ...]

HASH = "$2b$12$" + "a" * 53
BORN = date(1990, 5, 17)
VIENNA = (48.2085, 16.3721)
_KEY = "saltbitter.messages.1"


@dataclass(frozen=True, slots=True)
class Platform:
    """What the tests of this app do again and again."""

    database: Database
    ring: Keyring
    numbers: count[int]
    login: Connection
    """Of the program; a server has few connections."""

    def session(self, user_id: UUID | None = None) -> Session:
        """A session of one person, or of nobody yet."""
        return session(self.login, app="saltbitter", user_id=user_id, keyring=self.ring)

    def jobs(self) -> Session:
        """A session of a job."""
        return session(self.login, app="saltbitter", role="worker")

    def app(self, user_id: UUID) -> Connection:
        """A connection of its own that acts for one person."""
        return self.database.connect(role="saltbitter_app", app="saltbitter", user_id=user_id)

    def worker(self) -> Connection:
        """A connection of its own of a job."""
        return self.database.connect(role="saltbitter_worker", app="saltbitter")

    def account(self) -> UUID:
        """A new person."""
        with self.session() as db:
            made = users.register_user(
                db, email=f"Person{next(self.numbers)}@example.org", password_hash=HASH
            )
        assert made is not None
        return made

    def person(
        self,
        gender: ProfilesGender = "woman",
        wish: ProfilesLookingForGender = "everyone",
        place: tuple[float, float] = VIENNA,
    ) -> UUID:
        """A new person with a profile, who searches and is found."""
        made = self.account()
        with self.session(made) as db:
            profiles.create_profile(
                db, name="Somebody", birth_date=BORN, gender=gender, bio="Hello."
            )
            consent(db, "orientation")
            profiles.set_search(
                db, looking_for_gender=wish, min_age=18, max_age=99, max_distance_km=50
            )
            assert profiles.set_location(db, latitude=place[0], longitude=place[1])
        return made


def consent(db: Session, purpose: str) -> None:
    """The person of a session agrees to what they are shown."""
    versions = {t.purpose: t.version for t in consent_logs.list_consent_texts(db, language="en")}
    assert consent_logs.give_consent(
        db, purpose=purpose, version=versions[purpose], method="checkbox"
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
    """A platform with a database of its own, whose key for messages is registered."""
    keys = EnvironmentKeys({EnvironmentKeys.variable(_KEY): new_key()})
    with database.connect("strongroom_runner") as runner:
        runner.execute(
            "SELECT kernel.register_encryption_key(%s, 'seal', %s)", [_KEY, keys.fingerprint(_KEY)]
        )
    return Platform(database, Keyring(keys), count(1), database.connect())
