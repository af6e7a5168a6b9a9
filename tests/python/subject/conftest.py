"""People of tarot, and a table of it with a column of every type; the command as people call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from strongroom.sealing import EnvironmentKeys, Keyring
from strongroom.session import session
from tests.python.fix_databases import Connection, Database
from tests.python.sealing.conftest import new_keys, with_births
from tests.python.sealing.test_sessions import add
from tests.python.subject.restored import Place, furnish

ROOT = Path(__file__).resolve().parents[3]
MASTERS = ("tarot.birth.1", "tarot.location.1", "tarot.places.1", "tarot.vendor.1")
PEOPLE = """
INSERT INTO tarot.users (telegram_id, username) VALUES (700012345, 'anna_k'), (700012346, 'boris')
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Office:
    """A database in which somebody asks what is held of them."""

    database: Database
    admin: Connection
    environment: dict[str, str]
    anna: int
    boris: int

    def call(self, *arguments: str, keys: bool = True) -> tuple[int, str, str]:
        """Exit code, standard output and standard error of the command."""
        url = self.database.url("strongroom_runner")
        environment = {**os.environ, "DATABASE_URL": url, "COLUMNS": "200", "USER": "olga"}
        done = subprocess.run(
            [sys.executable, "-m", "strongroom", "subject", *arguments],
            cwd=ROOT,
            env={
                **environment,
                "COLUMNS": "200",
                "USER": "anna-of-staff",
                **(self.environment if keys else {}),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def json(self, *arguments: str) -> Any:
        code, text, said = self.call(*arguments, "--json")
        assert code == 0, said
        return json.loads(text)

    def query(self, text: str, *values: object) -> list[Any]:
        return self.admin.execute(text.encode(), values or None).fetchall()

    def value(self, text: str, *values: object) -> Any:
        return self.query(text, *values)[0][0]

    def seal(self, person: int, number: int, born: date, place: str) -> None:
        """A row with sealed fields, as a job of tarot writes it."""
        ring = Keyring(EnvironmentKeys(self.environment))
        with (
            psycopg.connect(self.database.url(), autocommit=True) as connection,
            session(connection, app="tarot", user_id=person, keyring=ring) as db,
        ):
            add(db, number, born, place)


def open_office(database: Database) -> Office:
    environment = new_keys(*MASTERS)
    with_births(database, EnvironmentKeys(environment))
    admin = database.admin()
    (anna,), (boris,) = admin.execute(PEOPLE.encode()).fetchall()
    admin.execute("INSERT INTO tarot.credits (user_id) VALUES (%s), (%s)", (anna, boris))
    return Office(database, admin, environment, anna, boris)


@pytest.fixture
def office(any_database: Database) -> Office:
    """On one server."""
    return open_office(any_database)


@pytest.fixture
def offices(database: Database) -> Office:
    """On each server."""
    return open_office(database)


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    return furnish(database, tmp_path)
