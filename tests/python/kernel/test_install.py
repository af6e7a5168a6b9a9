"""The whole installation, run by roles that are no superusers."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom.extensions import installable
from strongroom.project import install, read_project, shipped_root
from tests.python.fix_databases import Database
from tests.python.fix_templates import administer

_PROJECT = read_project(shipped_root())
_SNAPSHOT = "SELECT kind, identity, definition FROM kernel.catalog_snapshot()"


@pytest.mark.parametrize("owner", ["strongroom_owner", "strongroom_migrator"])
def test_the_migrator_builds_what_a_superuser_builds(
    shared_database: Database, empty_database: Database, owner: str
) -> None:
    with empty_database.admin() as admin:
        admin.execute(
            sql.SQL("ALTER DATABASE {} OWNER TO {}").format(
                sql.Identifier(empty_database.name), sql.Identifier(owner)
            )
        )
    administer(_PROJECT, empty_database.server, empty_database.name)
    with empty_database.connect("strongroom_migrator") as migrator:
        install(migrator, _PROJECT)
    assert _snapshot(empty_database) == _snapshot(shared_database)


def test_a_second_installation_of_what_can_be_replaced_changes_nothing(
    any_database: Database,
) -> None:
    """Roles, schemas and functions are written to be run again."""
    before = _snapshot(any_database)
    with any_database.connect("strongroom_migrator") as migrator:
        for file in installable(migrator, _PROJECT):
            if _PROJECT.is_function(file) or file.path.name in ("roles.sql", "schema.sql"):
                migrator.execute(file.read().encode())
    assert _snapshot(any_database) == before


def _snapshot(database: Database) -> list[Any]:
    admin: psycopg.Connection[Any] = database.admin()
    return admin.execute(_SNAPSHOT).fetchall()
