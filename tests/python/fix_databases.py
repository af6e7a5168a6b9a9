"""Databases of the tests: fresh clones of the template, dropped when their test is over."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from strongroom.pgtap.databases import clone, drop, open_gate
from strongroom.server import Server
from tests.python.fix_apps import apps_of
from tests.python.fix_templates import new_name, templates_of

Connection = psycopg.Connection[Any]


@dataclass(frozen=True, slots=True)
class Database:
    """A throw-away database on a test server."""

    server: Server
    name: str
    _open: list[Connection] = field(default_factory=list, repr=False, compare=False)

    def url(self, user: str = "strongroom_login") -> str:
        """Where clients find it; by default as the role that applications log in with."""
        return self.server.url(self.name, user)

    def connect(
        self,
        user: str = "strongroom_login",
        *,
        role: str | None = None,
        user_id: object = None,
        app: str | None = None,
        autocommit: bool = True,
    ) -> Connection:
        """A connection, closed with the database at the latest.

        `role` (a database role such as "tarot_app"), `app` and `user_id` are set for the whole
        session, which applications never do: they set them in each transaction.
        """
        connection: Connection = psycopg.connect(self.url(user), autocommit=autocommit)
        self._open.append(connection)
        settings = {"kernel.app": app, "kernel.user_id": user_id, "role": role}
        for name, value in settings.items():
            if value is not None:
                connection.execute(
                    "SELECT pg_catalog.set_config(%s, %s, false)", (name, str(value))
                )
        if not autocommit:
            connection.commit()
        return connection

    def admin(self) -> Connection:
        """A superuser's connection."""
        return self.connect("postgres")

    def close(self) -> None:
        """Close every connection that was handed out."""
        while self._open:
            self._open.pop().close()


@pytest.fixture
def database(server: Server, template: str) -> Iterator[Database]:
    """A fresh copy of everything, for one test; the test runs on each server."""
    with fresh(server, template) as found:
        yield found


@pytest.fixture
def any_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A fresh copy of everything on one server, where the version does not matter.

    It is one that can hold the app in whose folder the test stands.
    """
    apps = apps_of(request.config)
    server = apps.server_for(apps.needed_by(request.path, {}))
    with fresh(server, templates_of(request.config).name(server)) as found:
        yield found


@pytest.fixture(scope="module")
def shared_database(server: Server, template: str) -> Iterator[Database]:
    """One copy of everything for a whole module, whose tests must leave nothing behind."""
    with fresh(server, template) as found:
        yield found


@pytest.fixture
def empty_database(server: Server) -> Iterator[Database]:
    """A database with nothing in it."""
    with fresh(server, "template0") as found:
        yield found


@contextmanager
def fresh(server: Server, template: str) -> Iterator[Database]:
    """A copy of a template, dropped at the end."""
    found = Database(server, new_name())
    with psycopg.connect(server.url(), autocommit=True) as admin:
        clone(admin, found.name, template)
        try:
            open_gate(found.url("postgres"))
            yield found
        finally:
            found.close()
            drop(admin, found.name)
