"""What `schema/install.sql` builds and what the migrations build is the same database."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom.errors import MismatchError, UsageError
from strongroom.migrate import adopt, snapshot
from strongroom.migrate.apply import apply
from strongroom.migrate.rollback import Until, rollback
from strongroom.migrate.status import look
from strongroom.migrate.target import Target, owner_of
from strongroom.pgtap.databases import clone, drop
from strongroom.project import Project, install, read_project
from strongroom.server import Server
from strongroom.server.wheel import find_psql
from tests.python.fix_databases import Database, fresh
from tests.python.fix_templates import administer, new_name
from tests.python.migrate.conftest import Sandbox

ROOT = Path(__file__).parents[3]
# Made by one test, which may run beside the others on one server.
DEAD = "strongroom_adopt_1_dead"


@pytest.fixture(scope="module")
def project() -> Project:
    return read_project(ROOT)


class Installed:
    """What install.sql builds, once on each server that is asked for; tests get clones of it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._names: dict[str, tuple[Server, str]] = {}

    def name(self, server: Server) -> str:
        """The database on a server, built by the superuser who has no command of ours."""
        if server.label not in self._names:
            name = new_name()
            with psycopg.connect(server.url(), autocommit=True) as admin:
                clone(admin, name, "template0")
            self._names[server.label] = (server, name)
            with psycopg.connect(server.url(name), autocommit=True) as connection:
                install(connection, self._project)
        return self._names[server.label][1]

    def close(self) -> None:
        """Drop them."""
        for server, name in self._names.values():
            with psycopg.connect(server.url(), autocommit=True) as admin:
                drop(admin, name)


@pytest.fixture(scope="module")
def installed(project: Project) -> Iterator[Installed]:
    found = Installed(project)
    yield found
    found.close()


@pytest.fixture
def built(server: Server, installed: Installed) -> Iterator[Database]:
    """A database as install.sql builds it."""
    with fresh(server, installed.name(server)) as found:
        yield found


@pytest.fixture
def built_once(any_server: Server, installed: Installed) -> Iterator[Database]:
    """The same on one server, for what does not depend on its version."""
    with fresh(any_server, installed.name(any_server)) as found:
        yield found


@contextmanager
def bare(server: Server, project: Project) -> Iterator[Database]:
    """An empty database in which nothing was done but what an administrator must do."""
    with fresh(server, "template0") as found:
        administer(project, server, found.name)
        yield found


def migrator(database: Database, project: Project) -> Target:
    return Target(database.url("strongroom_migrator"), owner_of(project))


def adopter(database: Database, project: Project) -> Target:
    """Who compares a database with another one that has the same extensions."""
    return Target(database.url("postgres"), owner_of(project))


def shot(database: Database) -> snapshot.Snapshot:
    found = snapshot.take(database.admin())
    assert found is not None
    return found


def quiet(_: str) -> None:
    """Say nothing."""


def scratch_left(database: Database) -> list[Any]:
    """Scratch databases whose runner is gone; other runs may have theirs on the same server."""
    found = database.admin().execute(adopt.ORPHANS, (adopt.PREFIX,)).fetchall()
    return [row for row in found if row != (DEAD,)]


def login(database: Database, purpose: str, *, more: str = "") -> sql.Identifier:
    """A role of this test alone that may connect; roles are shared by all runs on a server."""
    role = sql.Identifier(f"{database.name}_{purpose}")
    admin = database.admin()
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN NOINHERIT").format(role) + sql.SQL(more))
    name = sql.Identifier(database.name)
    admin.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, role))
    return role


def drop_login(database: Database, role: sql.Identifier) -> None:
    database.close()
    admin = database.admin()
    admin.execute(sql.SQL("DROP OWNED BY {}").format(role))
    admin.execute(sql.SQL("DROP ROLE {}").format(role))


def test_install_and_apply_build_the_same(
    built: Database, database: Database, project: Project
) -> None:
    """The template was migrated as a role that is no superuser; install.sql ran as one."""
    target = migrator(database, project)
    assert apply(project, target, quiet).nothing
    assert {row.state for row in look(project, target).migrations} - {"skipped"} == {"applied"}
    assert snapshot.differences(shot(built), shot(database), ("install", "migrations")) == []
    assert len(shot(database)) > 100


def test_psql_builds_what_the_project_builds(
    built: Database, server: Server, project: Project, empty_database: Database
) -> None:
    psql = [find_psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1"]
    subprocess.run(
        [*psql, "-d", empty_database.url("postgres"), "-f", str(project.schema / "install.sql")],
        check=True,
        capture_output=True,
    )
    assert shot(built) == shot(empty_database)


def test_a_built_database_is_adopted(built: Database, project: Project) -> None:
    target = adopter(built, project)
    before = shot(built)
    assert look(project, target).ledger == "unrecorded"
    done = apply(project, target, quiet)
    assert done.adopted
    assert done.applied == []
    after = look(project, target)
    assert not after.pending
    assert {row.state for row in after.migrations} - {"skipped"} == {"applied"}
    assert shot(built) == before
    assert apply(project, target, quiet).nothing
    assert scratch_left(built) == []


def test_a_built_database_is_adopted_in_another_month(
    built_once: Database, project: Project
) -> None:
    """Neither partitions nor what keeps erased people out are of the schema: they come by use."""
    with built_once.connect("strongroom_migrator", role="strongroom_owner") as owner:
        owner.execute("SELECT kernel.extend_partitions(now() + interval '14 months')")
        guarded = owner.execute("SELECT kernel.refuse_late_writes('tarot')").fetchone()
        assert guarded is not None
        assert guarded[0] > 0
    before = shot(built_once)
    assert apply(project, adopter(built_once, project), quiet).adopted
    assert shot(built_once) == before


def test_a_built_database_that_was_changed_is_not_adopted(
    built_once: Database, project: Project
) -> None:
    built_once.admin().execute("ALTER TABLE tarot.users ADD COLUMN shoe_size integer")
    built_once.admin().execute("DROP VIEW tarot.ledger_breaks")
    target = adopter(built_once, project)
    with pytest.raises(MismatchError) as caught:
        apply(project, target, quiet)
    assert caught.value.exit_code == 4
    assert "tarot.users.shoe_size: only in database" in caught.value.message
    assert "tarot.ledger_breaks: only in migrations" in caught.value.message
    assert look(project, target).ledger == "unrecorded"
    assert scratch_left(built_once) == []


def test_adoption_needs_the_right_to_make_a_database(
    built_once: Database, project: Project
) -> None:
    role = login(built_once, "poor", more=" IN ROLE strongroom_owner")
    try:
        target = Target(built_once.url(f"{built_once.name}_poor"), owner_of(project))
        with pytest.raises(UsageError) as caught:
            apply(project, target, quiet)
        assert caught.value.hint is not None
        assert f'ALTER ROLE "{built_once.name}_poor" CREATEDB' in caught.value.hint
    finally:
        drop_login(built_once, role)


def test_apply_rollback_apply_comes_back_to_the_same(database: Database, project: Project) -> None:
    """[C-29] [C-F28] Tables go with their policies and grants, and come back with them."""
    target = migrator(database, project)
    before = shot(database)
    last = rollback(project, target, quiet, Until()).rolled_back
    assert len(last) == 1
    assert apply(project, target, quiet).applied == last
    assert shot(database) == before

    every = rollback(project, target, quiet, Until(everything=True)).rolled_back
    assert len(every) >= len(last)
    assert apply(project, target, quiet).applied == every[::-1]
    assert shot(database) == before


@pytest.mark.slow
def test_killed_while_it_builds_everything(
    any_server: Server, built_once: Database, project: Project, tmp_path: Path
) -> None:
    """Bootstrap, functions and migrations of this project; kill -9, and again, then let it be."""
    chance = random.Random(7)
    with bare(any_server, project) as database:
        run = Sandbox(tmp_path, database.url("strongroom_migrator"))
        for _ in range(8):
            running = subprocess.Popen(
                run.command("apply", "--yes"),
                cwd=ROOT,
                env=run.environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                text=True,
            )
            assert running.stdout is not None
            running.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.25))
            running.kill()
            running.communicate()
        apply(project, migrator(database, project), quiet)
        assert snapshot.differences(shot(built_once), shot(database), ("install", "here")) == []


def test_everything_belongs_to_the_owner_or_a_definer(database: Database) -> None:
    rows = database.admin().execute(
        """
        SELECT pg_get_userbyid(c.relowner) FROM pg_class AS c
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE n.nspname IN ('strongroom', 'kernel', 'tarot')
        UNION
        SELECT pg_get_userbyid(p.proowner) FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('strongroom', 'kernel', 'tarot')
        """
    )
    owners = {row[0] for row in rows}
    assert "strongroom_owner" in owners
    assert all(name == "strongroom_owner" or name.endswith("_definer") for name in owners)


def test_a_role_without_rights_is_told_what_to_run(
    empty_database: Database, project: Project
) -> None:
    """An ordinary role can't do the bootstrap; the command for an administrator is shown."""
    role = login(empty_database, "guest")
    try:
        target = Target(empty_database.url(f"{empty_database.name}_guest"), owner_of(project))
        with pytest.raises(UsageError) as caught:
            apply(project, target, quiet)
        assert caught.value.exit_code == 2
        assert f"role '{empty_database.name}_guest' may not do" in caught.value.message
        assert caught.value.hint is not None
        assert "-f schema/roles.sql" in caught.value.hint
        assert look(project, target).ledger == "none"
    finally:
        drop_login(empty_database, role)


def test_a_role_that_may_only_read_sees_the_status(database: Database, project: Project) -> None:
    role = login(database, "reader")
    target = Target(database.url(f"{database.name}_reader"), owner_of(project))
    try:
        with pytest.raises(UsageError) as caught:
            look(project, target)
        assert caught.value.hint is not None
        for statement in caught.value.hint.split("; "):
            database.admin().execute(statement.encode())
        found = look(project, target)
        assert not found.pending
        assert found.conflicts == []
        assert {row.state for row in found.migrations} - {"skipped"} == {"applied"}
    finally:
        drop_login(database, role)


def test_what_a_killed_adoption_left_is_removed(built_once: Database, project: Project) -> None:
    with psycopg.connect(built_once.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {DEAD} TEMPLATE template0".encode())
    assert apply(project, adopter(built_once, project), quiet).adopted
    assert scratch_left(built_once) == []
