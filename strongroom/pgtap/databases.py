"""Throw-away databases: clones of a template."""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from contextlib import closing
from typing import Any, LiteralString

import psycopg
from psycopg import conninfo, sql

Connection = psycopg.Connection[Any]

_NUMBERS = itertools.count(1)
# What CREATE DATABASE ... TEMPLATE leaves behind: privileges, and settings of the database.
_LEFT_BEHIND = """
    SELECT pg_catalog.format('REVOKE ALL ON DATABASE %%I FROM PUBLIC', %(name)s::text)
    UNION ALL
    SELECT pg_catalog.format(
        'GRANT %%s ON DATABASE %%I TO %%s', a.privilege_type, %(name)s::text,
        CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::pg_catalog.regrole::text END)
    FROM pg_catalog.pg_database AS d,
        pg_catalog.aclexplode(
            coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) AS a
    WHERE d.datname = %(template)s AND a.grantee <> d.datdba
    UNION ALL
    SELECT pg_catalog.format(
        'ALTER %%s DATABASE %%I SET %%s = %%L',
        CASE s.setrole WHEN 0 THEN ''
            ELSE 'ROLE ' || s.setrole::pg_catalog.regrole::text || ' IN' END,
        %(name)s::text, pg_catalog.split_part(c.setting, '=', 1),
        pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1))
    FROM pg_catalog.pg_db_role_setting AS s
    JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
    CROSS JOIN unnest(s.setconfig) AS c (setting)
    WHERE d.datname = %(template)s
"""

_HAS_GATE = "SELECT pg_catalog.to_regprocedure('kernel.mark_serving(text)') IS NOT NULL"


class UrlTarget:
    """Clones of a database on the server of a URL: of `template`, else of the one that it names."""

    def __init__(
        self, url: str, *, template: str | None = None, psql: str = "psql", label: str | None = None
    ) -> None:
        named = conninfo.conninfo_to_dict(url).get("dbname")
        self._url = url
        self._template = template or str(named or "postgres")
        self.label = label or self._template
        self.psql: Sequence[str] = [psql]

    def create(self) -> str:
        name = f"pgtap_{os.getpid()}_{next(_NUMBERS)}"
        with closing(self._admin()) as admin:
            clone(admin, name, self._template)
        url = conninfo.make_conninfo(self._url, dbname=name)
        open_gate(url)
        return url

    def drop(self, url: str) -> None:
        with closing(self._admin()) as admin:
            drop(admin, str(conninfo.conninfo_to_dict(url)["dbname"]))

    def _admin(self) -> Connection:
        # A database that is being cloned may have no sessions, so ours goes elsewhere.
        elsewhere = "template1" if self._template == "postgres" else "postgres"
        return psycopg.connect(self._url, dbname=elsewhere, autocommit=True)


def clone(admin: Connection, name: str, template: str) -> None:
    """Copy a database, with the privileges and settings that CREATE DATABASE leaves behind."""
    admin.execute(_named("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy", name, template))
    if template == "template0":
        return
    names = {"name": name, "template": template}
    for (command,) in admin.execute(_LEFT_BEHIND, names).fetchall():
        admin.execute(command)


def open_gate(url: str) -> None:
    """Let a clone serve: a database of Strongroom keeps the roles of apps out of copies."""
    with psycopg.connect(url, autocommit=True) as connection:
        if connection.execute(_HAS_GATE).fetchone() == (True,):
            connection.execute("SELECT kernel.mark_serving('a clone for tests')")


def drop(admin: Connection, name: str) -> None:
    """Drop a database and whoever is in it."""
    admin.execute(_named("DROP DATABASE IF EXISTS {} WITH (FORCE)", name))


def _named(text: LiteralString, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))
