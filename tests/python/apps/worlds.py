"""Two databases of an app: one with two people in it, one where the second never was."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from strongroom.sealing import EnvironmentKeys, Keyring, new_key
from strongroom.server import Server
from tests.python.fix_databases import Connection, Database, fresh

FOLDER = Path(__file__).parents[1] / "kernel" / "access"
APPS = sorted(file.stem for file in FOLDER.glob("*.toml"))

_TABLES = """
SELECT c.relname
FROM pg_class AS c
WHERE c.relnamespace = %s::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname
"""
_KEYS = """
SELECT DISTINCT s.kind, s.purpose
FROM pg_class AS c
CROSS JOIN kernel.sealed_columns(c.oid) AS s
WHERE c.relnamespace = %s::regnamespace
"""


@dataclass(frozen=True, slots=True)
class World:
    """A database with people of an app.

    me, other   who calls, and whose rows nobody may come near
    owners      the columns of tables that say whose a row is: two where two people share it
    login       of applications, which owns nothing
    """

    database: Database
    app: str
    me: str
    other: str
    owners: list[tuple[str, str]]
    login: Connection
    keyring: Keyring

    def values_of_other(self) -> dict[str, list[Any]]:
        """What stands in the rows of the other, by column, and by table and column."""
        found: dict[str, list[Any]] = defaultdict(list)
        admin = self.database.admin()
        for table, owner in self.owners:
            query = sql.SQL("SELECT * FROM {} WHERE {}::text = {}").format(
                sql.Identifier(self.app, table), sql.Identifier(owner), self.other
            )
            cursor = admin.execute(query)
            columns = [column.name for column in cursor.description or ()]
            for row in cursor:
                for column, value in zip(columns, row, strict=True):
                    if value is not None:
                        found[column].append(value)
                        found[f"{table}.{column}"].append(value)
        return found

    @contextmanager
    def undone(self) -> Iterator[None]:
        """A transaction of the application, of which nothing stays."""
        with self.login.transaction(force_rollback=True):
            yield

    def rows_of_other(self) -> str:
        """A digest of every row of the other, as the transaction of the application left them."""
        row = self.login.execute("SELECT sweep.rows_of(%s)", (self.other,)).fetchone()
        assert row is not None
        return str(row[0])


@contextmanager
def two_worlds(server: Server, template: str, app: str) -> Iterator[tuple[World, World]]:
    """Where two people are, and the same without the second."""
    expected = tomllib.loads((FOLDER / f"{app}.toml").read_text("utf-8"))
    me, other = expected["people"]
    with fresh(server, template) as both:
        with both.connect("postgres", autocommit=False) as admin:
            admin.execute((FOLDER / f"{app}.sql").read_bytes())
            tables = [row[0] for row in admin.execute(_TABLES, (app,))]
            owners = [
                (name, entry["owner"])
                for key, entry in expected.items()
                if (name := key.partition("/")[0]) in tables and entry["owner"]
            ]
            admin.execute(_digest(app, owners))
            keyring = _keys(admin, app)
        both.close()
        with fresh(server, both.name) as alone:
            with alone.connect("postgres", autocommit=False) as admin:
                admin.execute("SET LOCAL session_replication_role = replica")
                for table, owner in owners:
                    admin.execute(
                        sql.SQL("DELETE FROM {} WHERE {}::text = {}").format(
                            sql.Identifier(app, table), sql.Identifier(owner), other
                        )
                    )
            yield (
                World(both, app, me, other, owners, both.connect(), keyring),
                World(alone, app, me, other, owners, alone.connect(), keyring),
            )


def _digest(app: str, owners: list[tuple[str, str]]) -> sql.Composed:
    """A function that sees the rows of anybody, for whoever plays the application."""
    parts = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} || t::text FROM {} AS t WHERE t.{}::text = $1").format(
            table, sql.Identifier(app, table), sql.Identifier(owner)
        )
        for table, owner in owners
    )
    return sql.SQL(
        "CREATE SCHEMA sweep; GRANT USAGE ON SCHEMA sweep TO PUBLIC;"
        " CREATE FUNCTION sweep.rows_of(text) RETURNS text LANGUAGE sql SECURITY DEFINER"
        " SET search_path = pg_catalog, pg_temp"
        " AS $$ SELECT md5(string_agg(r, chr(10) ORDER BY r)) FROM ({}) AS p (r) $$"
    ).format(parts)


def _keys(admin: psycopg.Connection[Any], app: str) -> Keyring:
    wanted = admin.execute(_KEYS, (app,)).fetchall()
    names = {f"{app}.{purpose}.1": kind for kind, purpose in wanted}
    keys = EnvironmentKeys({EnvironmentKeys.variable(name): new_key() for name in names})
    for name, kind in names.items():
        register = "SELECT kernel.register_encryption_key(%s, %s, %s)"
        admin.execute(register, (name, kind, keys.fingerprint(name)))
    return Keyring(keys)
