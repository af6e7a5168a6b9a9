"""schema/roles.sql: from many databases at once, and by every kind of role that may run it.

The file runs under other role names (a prefix of the test's own), so that the roles are missing and
can be dropped again without touching those of the server.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import psycopg
import pytest
from psycopg import sql

from strongroom.project import read_project, shipped_root
from strongroom.server import Server

_SQL = (read_project(shipped_root()).schema / "roles.sql").read_text("utf-8")
_APPS = re.compile(r"(c_apps CONSTANT text\[\] := )ARRAY\[[^]]*\]")
_NUMBERS = itertools.count(1)
_DATABASES = 4


class Place:
    """Some databases, and a name before every role."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.prefix = f"r{os.getpid()}_{next(_NUMBERS)}_"
        self.databases = [f"t_{os.getpid()}_{self.prefix}{n}" for n in range(_DATABASES)]
        apps = f"ARRAY['{self.prefix}one', '{self.prefix}two']"
        self.sql = _APPS.sub(rf"\g<1>{apps}", _SQL.replace("strongroom_", self.prefix))

    def name(self, role: str) -> str:
        return self.prefix + role

    def connect(
        self, database: int | None = None, user: str = "postgres"
    ) -> psycopg.Connection[tuple[object, ...]]:
        name = "postgres" if database is None else self.databases[database]
        return psycopg.connect(self.server.url(name, user), autocommit=True)

    def run(self, database: int, user: str = "postgres") -> None:
        """Run the whole file as one query, and see that it ends as the owner."""
        with self.connect(database, user) as connection:
            connection.execute(self.sql.encode())
            assert connection.execute("SELECT current_user").fetchone() == (self.name("owner"),)

    def open(self, owner: str | None = None) -> None:
        with self.connect() as admin:
            for name in self.databases:
                admin.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE template0 OWNER {}").format(
                        sql.Identifier(name), sql.Identifier(owner or "postgres")
                    )
                )

    def close(self) -> None:
        with self.connect() as admin:
            for name in self.databases:
                admin.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} (FORCE)").format(sql.Identifier(name))
                )
            # Memberships can depend on each other's grantors: the order is not known beforehand.
            for _ in range(5):
                for role in self.roles(admin):
                    with suppress(psycopg.errors.DependentObjectsStillExist):
                        admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
            assert self.roles(admin) == []

    def roles(self, admin: psycopg.Connection[tuple[object, ...]]) -> list[str]:
        query = "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s) ORDER BY rolname"
        return [str(row[0]) for row in admin.execute(query, (self.prefix,)).fetchall()]


@pytest.fixture
def place(server: Server) -> Iterator[Place]:
    place = Place(server)
    try:
        yield place
    finally:
        place.close()


_EXPECTED = sorted(
    ["owner", "client", "definer", "auditor", "migrator", "runner", "login"]
    + [
        f"{app}_{kind}"
        for app in ("one", "two")
        for kind in ("app", "worker", "analyst", "definer")
    ]
)


def test_many_databases_create_the_roles_at_once(server: Server) -> None:
    for _ in range(8):
        place = Place(server)
        place.open()
        try:
            barrier = Barrier(2 * _DATABASES)

            def bootstrap(n: int, place: Place = place, barrier: Barrier = barrier) -> None:
                barrier.wait()
                place.run(n % _DATABASES)

            with ThreadPoolExecutor(2 * _DATABASES) as pool:
                list(pool.map(bootstrap, range(2 * _DATABASES)))
            with place.connect() as admin:
                assert place.roles(admin) == [place.name(role) for role in _EXPECTED]
        finally:
            place.close()


def test_a_role_that_may_create_roles_is_enough(place: Place) -> None:
    dba = place.name("dba")
    with place.connect() as admin:
        admin.execute(
            sql.SQL("CREATE ROLE {} LOGIN CREATEROLE CREATEDB").format(sql.Identifier(dba))
        )
    place.open(owner=dba)
    place.run(0, dba)
    place.run(0, dba)
    place.run(1, dba)
    with place.connect() as admin:
        assert place.roles(admin) == sorted([*(place.name(role) for role in _EXPECTED), dba])


def test_without_the_right_to_create_databases_the_migrator_gets_none_and_it_is_said(
    place: Place,
) -> None:
    dba = place.name("dba")
    with place.connect() as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEROLE").format(sql.Identifier(dba)))
    place.open(owner=dba)
    said: list[str] = []
    with place.connect(0, dba) as connection:
        connection.add_notice_handler(lambda notice: said.append(notice.message_primary or ""))
        connection.execute(place.sql.encode())
        may = connection.execute(
            "SELECT rolcreatedb FROM pg_roles WHERE rolname = %s", (place.name("migrator"),)
        ).fetchone()
        if connection.info.server_version >= 160000:
            assert may == (False,)
            assert any("without CREATEDB" in message for message in said)
        else:
            assert may == (True,)


def test_the_migrator_may_run_it_when_nothing_is_missing(place: Place) -> None:
    place.open()
    place.run(0)
    place.run(0, place.name("migrator"))


def test_the_migrator_builds_a_scratch_database_of_the_owner(place: Place) -> None:
    place.open()
    place.run(0)
    scratch = sql.Identifier(place.databases[1])
    with place.connect() as admin:
        admin.execute(sql.SQL("DROP DATABASE {}").format(scratch))
        admin.execute(
            sql.SQL("GRANT CONNECT ON DATABASE postgres TO {}").format(
                sql.Identifier(place.name("migrator"))
            )
        )
    try:
        with place.connect(None, place.name("migrator")) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 OWNER {}").format(
                    scratch, sql.Identifier(place.name("owner"))
                )
            )
        place.run(1, place.name("migrator"))
    finally:
        with place.connect() as admin:
            admin.execute(
                sql.SQL("REVOKE CONNECT ON DATABASE postgres FROM {}").format(
                    sql.Identifier(place.name("migrator"))
                )
            )


def test_a_stranger_is_refused(place: Place) -> None:
    place.open()
    stranger = place.name("stranger")
    with place.connect() as admin:
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(stranger)))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        place.run(0, stranger)


@pytest.mark.parametrize("attribute", ["SUPERUSER", "BYPASSRLS"])
def test_a_role_that_policies_do_not_bind_is_refused(place: Place, attribute: str) -> None:
    place.open()
    place.run(0)
    with place.connect() as admin:
        admin.execute(
            sql.SQL("ALTER ROLE {} {}").format(
                sql.Identifier(place.name("one_worker")),
                sql.SQL(attribute),
            )
        )
    with pytest.raises(psycopg.errors.InvalidRoleSpecification, match="one_worker"):
        place.run(0)


def test_what_an_administrator_tuned_is_left_alone(place: Place) -> None:
    place.open()
    place.run(0)
    login = place.name("login")
    setting = "SELECT rolconfig, rolconnlimit FROM pg_roles WHERE rolname = %s"
    with place.connect() as admin:
        admin.execute(sql.SQL("ALTER ROLE {} CONNECTION LIMIT 7").format(sql.Identifier(login)))
        admin.execute(
            sql.SQL("ALTER ROLE {} SET statement_timeout = '3s'").format(sql.Identifier(login))
        )
        before = admin.execute(setting, (login,)).fetchone()
        place.run(0)
        assert admin.execute(setting, (login,)).fetchone() == before


def test_the_login_may_become_roles_of_apps_and_nothing_else(place: Place) -> None:
    place.open()
    place.run(0)
    with place.connect(0, place.name("login")) as connection:
        for role in ("one_app", "one_worker", "two_analyst"):
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(place.name(role))))
        for role in ("owner", "migrator", "one_definer"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(place.name(role))))


def test_public_may_neither_connect_nor_create(place: Place) -> None:
    place.open()
    place.run(0)
    with place.connect(0) as admin:
        held = admin.execute(
            "SELECT count(*) FROM pg_database AS d, aclexplode(d.datacl) AS acl"
            " WHERE d.datname = current_database() AND acl.grantee = 0"
        )
        assert held.fetchone() == (0,)
        in_public = admin.execute(
            "SELECT count(*) FROM pg_namespace AS n, aclexplode(n.nspacl) AS acl"
            " WHERE n.nspname = 'public' AND acl.grantee = 0"
        )
        assert in_public.fetchone() == (0,)
        admin.execute("CREATE SCHEMA s")
        admin.execute("CREATE FUNCTION s.f() RETURNS integer LANGUAGE sql RETURN 1")
        admin.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(place.name("owner"))))
        admin.execute("CREATE SCHEMA o")
        admin.execute("CREATE FUNCTION o.f() RETURNS integer LANGUAGE sql RETURN 1")
        admin.execute("CREATE DOMAIN o.d AS text")
        admin.execute("RESET ROLE")
        held = admin.execute(
            "SELECT has_function_privilege('public', 's.f()', 'EXECUTE'),"
            " has_function_privilege('public', 'o.f()', 'EXECUTE'),"
            " has_type_privilege('public', 'o.d', 'USAGE')"
        )
        assert held.fetchone() == (True, False, False)
