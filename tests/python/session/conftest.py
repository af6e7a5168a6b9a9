"""A database with the books of `shelf.py`, and a connection to it as the application's login."""

from __future__ import annotations

import psycopg
import pytest

from tests.python.fix_databases import Connection, Database
from tests.python.session.lots import EXTRA
from tests.python.session.shelf import SCHEMA


def with_books(database: Database) -> Database:
    """Add the books, two of user 1 and one of user 2; without limits of time on the login."""
    admin = database.admin()
    admin.execute(SCHEMA)
    admin.execute(
        "INSERT INTO shelf.books (id, owner, title)"
        " VALUES (1, 1, 'Emma'), (2, 1, 'Persuasion'), (3, 2, 'Dracula')"
    )
    return database


@pytest.fixture
def shelf(any_database: Database) -> Database:
    """The books, on one server."""
    return with_books(any_database)


@pytest.fixture
def shelf_everywhere(database: Database) -> Database:
    """The books, on each server."""
    return with_books(database)


@pytest.fixture
def connection(shelf: Database) -> Connection:
    """A connection in autocommit, as the application logs in."""
    return shelf.connect()


@pytest.fixture
def manual(shelf: Database) -> Connection:
    """A connection as psycopg opens it: not in autocommit."""
    return shelf.connect(autocommit=False)


@pytest.fixture
def admin(shelf: Database) -> psycopg.Connection[object]:
    """A superuser's connection to the same database."""
    return shelf.admin()


@pytest.fixture
def more(shelf_everywhere: Database) -> Database:
    """The books, and a table that has no row level security, on each server."""
    shelf_everywhere.admin().execute(EXTRA)
    return shelf_everywhere


@pytest.fixture
def counts(shelf: Database) -> Database:
    """The books, and a table that has no row level security."""
    shelf.admin().execute(EXTRA)
    return shelf
