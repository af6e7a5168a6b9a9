"""The assistant at work: people on three platforms, keys for what is sealed, and its roles."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from threading import Barrier
from typing import Any, TypeVar
from uuid import UUID

import pytest

from strongroom.sealing import BlindIndex, EnvironmentKeys, Keyring, new_key
from strongroom.session import Session, session
from strongroom_db.astroloh import consents, users
from tests.python.fix_databases import Connection, Database

T = TypeVar("T")
PURPOSES = {
    "birth_date": "seal",
    "birth_time": "seal",
    "birth_location": "seal",
    "name": "seal",
    "target_date": "seal",
    "partner_data": "seal",
    "network": "index",
}
IP = BlindIndex("astroloh", "ip", "network")


@dataclass
class Assistant:
    """What the tests of the astroloh app do again and again."""

    database: Database
    environment: dict[str, str]
    keys: EnvironmentKeys
    numbers: count[int]

    @cached_property
    def ring(self) -> Keyring:
        """The keys of one process."""
        return Keyring(self.keys)

    @cached_property
    def login(self) -> Connection:
        """What the program connects as."""
        return self.database.connect()

    @cached_property
    def admin(self) -> Connection:
        """A superuser, who sees what is stored."""
        return self.database.admin()

    def person(self, *, agrees: bool = True) -> UUID:
        """A new person, who comes by Telegram and agrees to the newest wording."""
        with session(self.login, app="astroloh") as db:
            name = f"tg-{next(self.numbers)}"
            person = users.register_user(db, platform="telegram", platform_user_id=name)
            (wording,) = consents.list_consent_texts(db, language="ru")
        if agrees:
            with self.of(person) as db:
                consents.give_consent(db, version=wording.version, method="button")
        return person

    def of(self, user_id: UUID, connection: Connection | None = None) -> Session:
        """A session of a person."""
        login = connection or self.login
        return session(login, app="astroloh", user_id=user_id, keyring=self.ring)

    def worker(self, connection: Connection | None = None) -> Session:
        """A session of a job."""
        return session(connection or self.login, app="astroloh", role="worker", keyring=self.ring)

    def ask(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What an administrator finds."""
        return self.admin.execute(query.encode(), values).fetchall()


def at_once(tasks: list[Callable[[], T]]) -> list[T]:
    """Start every task at the same moment, each on a thread of its own."""
    barrier = Barrier(len(tasks))

    def start(task: Callable[[], T]) -> T:
        barrier.wait(60)
        return task()

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(start, tasks))


@pytest.fixture
def assistant(database: Database) -> Assistant:
    """The app with a database of its own, and new keys of every purpose."""
    names = {f"astroloh.{purpose}.1": kind for purpose, kind in PURPOSES.items()}
    environment = {EnvironmentKeys.variable(name): new_key() for name in names}
    keys = EnvironmentKeys(environment)
    with database.connect("strongroom_runner") as runner:
        for name, kind in names.items():
            runner.execute(
                "SELECT kernel.register_encryption_key(%s, %s, %s)",
                [name, kind, keys.fingerprint(name)],
            )
    return Assistant(database, environment, keys, count(1))
