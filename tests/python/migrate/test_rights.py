"""A role that may connect and nothing else is told what it lacks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from psycopg import sql

from tests.python.fix_databases import Database
from tests.python.migrate.conftest import Sandbox


@pytest.fixture
def stranger(plain_database: Database) -> Iterator[str]:
    """The URL of a role with CONNECT only; its name begins with migrate_stranger_."""
    admin = plain_database.admin()
    name = sql.Identifier(f"migrate_stranger_{plain_database.name}")
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    try:
        yield plain_database.url(f"migrate_stranger_{plain_database.name}")
    finally:
        admin.execute(sql.SQL("DROP OWNED BY {}").format(name))
        admin.execute(sql.SQL("DROP ROLE {}").format(name))


@pytest.fixture
def owned(started: Sandbox, plain_database: Database) -> Iterator[Sandbox]:
    """A project whose objects belong to a role of its own."""
    admin = plain_database.admin()
    owner = f"migrate_holder_{plain_database.name}"
    admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(owner)))
    started.write("schema/roles.sql", f"SET ROLE {owner};\n")
    try:
        yield started
    finally:
        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(owner)))


@pytest.mark.parametrize("command", ["apply", "rollback"])
def test_who_may_not_become_the_owner_is_told(owned: Sandbox, stranger: str, command: str) -> None:
    done = owned.run(command, "--yes", DATABASE_URL=stranger)
    assert done.returncode == 2, done.stderr
    assert "role 'migrate_stranger_" in done.stderr
    assert "may not become 'migrate_holder_" in done.stderr
    assert "GRANT migrate_holder_" in done.stderr
    assert owned.applied() == ["0001.app.start"]


@pytest.mark.parametrize("command", ["status", "apply --yes", "rollback --yes"])
def test_who_may_not_read_the_ledger_is_told(started: Sandbox, stranger: str, command: str) -> None:
    done = started.run(*command.split(), DATABASE_URL=stranger)
    assert done.returncode == 2, done.stderr
    assert "may not read the ledger: permission denied for schema strongroom" in done.stderr
    assert "GRANT USAGE ON SCHEMA strongroom TO" in done.stderr
