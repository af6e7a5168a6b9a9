"""The ground that other tests stand on: clones are faithful, runs do not wait for each other."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
import pytest

from strongroom.server import Server
from tests.python.fix_databases import Database
from tests.python.fix_servers import servers_of
from tests.python.fix_templates import Templates

PRIVILEGES = """
    SELECT a.grantee::regrole::text, a.privilege_type
    FROM pg_database AS d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) AS a
    WHERE d.datname = %s
    ORDER BY 1, 2
"""


def test_a_clone_has_the_templates_privileges(database: Database, template: str) -> None:
    """CREATE DATABASE copies none; PUBLIC may not connect to a clone either."""
    with database.admin() as admin:
        cloned = admin.execute(PRIVILEGES, (database.name,)).fetchall()
        assert cloned == admin.execute(PRIVILEGES, (template,)).fetchall()
    assert ("strongroom_login", "CONNECT") in cloned
    assert not any(grantee == "-" for grantee, _ in cloned)


def test_the_template_was_built_by_the_migrator(database: Database) -> None:
    """No object of an app belongs to a superuser, who would be blind to row level security."""
    query = """
        SELECT n.nspname, pg_get_userbyid(n.nspowner) FROM pg_namespace AS n
        WHERE n.nspname !~ '^pg_' AND n.nspname NOT IN ('information_schema', 'public')
    """
    owners = dict(database.admin().execute(query).fetchall())
    assert set(owners.values()) == {"strongroom_owner"}
    assert {"kernel", "strongroom"} <= set(owners)


def test_connect_sets_identity(any_database: Database) -> None:
    """A connection can be somebody of an app, for the whole session."""
    connection = any_database.connect(role="tarot_app", app="tarot", user_id=7, autocommit=False)
    query = "SELECT current_user::text, kernel.current_app(), kernel.user_bigint()"
    assert connection.execute(query).fetchone() == ("tarot_app", "tarot", 7)
    connection.rollback()
    assert connection.execute(query).fetchone() == ("tarot_app", "tarot", 7)


@pytest.mark.timeout(120)
def test_two_runs_share_a_template(server: Server, request: pytest.FixtureRequest) -> None:
    """A second run takes the template that the first one holds, and need not wait for its end."""
    project = servers_of(request.config).project
    first, second = Templates(project), Templates(project)
    try:
        assert first.name(server) == second.name(server)
    finally:
        first.close()
        second.close()


def test_a_template_that_nobody_uses_is_dropped(
    server: Server, request: pytest.FixtureRequest
) -> None:
    """What a former state of the sources left is dropped, unless a run still uses it."""
    unused, used = f"tpl_{os.urandom(6).hex()}", f"tpl_{os.urandom(6).hex()}"
    gone = f"t_{_ended_process()}_1"
    with psycopg.connect(server.url(), autocommit=True) as admin:
        for name in (unused, used, gone):
            admin.execute(f'CREATE DATABASE "{name}"')
        admin.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", (used,))
        templates = Templates(servers_of(request.config).project)
        templates.name(server)
        templates.close()
        rows = admin.execute("SELECT datname FROM pg_database").fetchall()
        admin.execute(f'DROP DATABASE "{used}"')
    names = {name for (name,) in rows}
    assert used in names
    assert not {unused, gone} & names


def test_the_persons_own_database_is_forgotten() -> None:
    """Nothing of the environment leads a test to a database that matters."""
    assert [name for name in os.environ if name.startswith("PG")] == []
    assert "DATABASE_URL" not in os.environ


def _ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid
