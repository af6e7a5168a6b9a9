"""Extensions that apps need: whether a database has them, may have them, or can't.

An app says `@extensions NAME ...` in the comment of its schema, in `schema/<app>/schema.sql`, with
`NAME>=0.8` where an older one won't do, and `-- requires: extension NAME ...` in its migrations.
Where one is not to be had, the app is left out as a whole. `schema/extensions/make.psql` is the
same for `psql -f schema/install.sql`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from strongroom.needs import HOME, Needs, minimums_of, needs_of
from strongroom.project import Project, SqlFile

__all__ = [
    "HOME",
    "Extensions",
    "Lack",
    "Needs",
    "creation",
    "home_of",
    "installable",
    "look",
    "needs_of",
]

_STATES = """
SELECT
    w.name,
    CASE
        WHEN age.made < age.minimum AND age.offered >= age.minimum THEN 'outdated'
        WHEN coalesce(age.made, age.offered) < age.minimum THEN 'old'
        WHEN n.nspname = %(home)s OR e.oid IS NOT NULL AND %(home)s::text IS NULL THEN 'there'
        WHEN e.oid IS NOT NULL AND e.extrelocatable THEN 'movable'
        WHEN e.oid IS NOT NULL THEN 'elsewhere'
        WHEN v.name IS NULL THEN 'missing'
        WHEN v.trusted OR NOT v.superuser THEN 'owner'
        WHEN me.rolsuper THEN 'superuser'
        ELSE 'administrator'
    END,
    n.nspname,
    coalesce(e.extversion, a.default_version),
    w.minimum
FROM unnest(%(names)s::text[], %(minimums)s::text[]) AS w (name, minimum)
LEFT JOIN pg_catalog.pg_extension AS e ON e.extname = w.name
LEFT JOIN pg_catalog.pg_namespace AS n ON n.oid = e.extnamespace
LEFT JOIN pg_catalog.pg_available_extensions AS a ON a.name = w.name
LEFT JOIN pg_catalog.pg_available_extension_versions AS v
    ON v.name = a.name AND v.version = a.default_version
JOIN pg_catalog.pg_roles AS me ON me.rolname = session_user
CROSS JOIN LATERAL (
    -- 0.8 is no older than 0.8.0.
    SELECT
        string_to_array(substring(e.extversion FROM number.form) || '.0.0', '.')::int[] AS made,
        string_to_array(substring(a.default_version FROM number.form) || '.0.0', '.')::int[]
            AS offered,
        string_to_array(nullif(w.minimum, ''), '.')::int[] AS minimum
    FROM (VALUES ('^[0-9.]*[0-9]')) AS number (form)
) AS age
"""


@dataclass(frozen=True, slots=True)
class Lack:
    """Why an extension is not to be had here.

    statement   what an administrator of the database may run; None where nothing helps
    """

    extension: str
    reason: str
    statement: str | None


@dataclass(frozen=True, slots=True)
class Extensions:
    """What a database has of the extensions that some apps need.

    lacks       by app: what is not to be had
    to_make     by app: what is not there yet, and whether only a superuser may make it
    """

    lacks: dict[str, list[Lack]]
    to_make: dict[str, dict[str, bool]]

    def why_not(self, app: str) -> str:
        """What an app lacks, as one line."""
        return "; ".join(lack.reason for lack in self.lacks[app])

    def statements(self, app: str) -> list[str]:
        """What an administrator may run so that an app lacks nothing; empty where nothing helps."""
        found = [lack.statement for lack in self.lacks[app]]
        return [text for text in found if text] if all(found) else []


def look(connection: psycopg.Connection[Any], project: Project, needs: Needs) -> Extensions:
    """What a database has of what is needed; for the role that connected, and changes nothing."""
    home = home_of(project)
    names = sorted({name for wanted in needs.values() for name in wanted})
    if not names:
        return Extensions({}, {})
    minimums = minimums_of(project)
    asked = {"names": names, "minimums": [minimums.get(name, "") for name in names], "home": home}
    states = {row[0]: row[1:] for row in connection.execute(_STATES, asked).fetchall()}
    lacks: dict[str, list[Lack]] = {}
    to_make: dict[str, dict[str, bool]] = {}
    for app, wanted in needs.items():
        for name in wanted:
            state, schema, version, minimum = states[name]
            if state in ("old", "outdated"):
                lacks.setdefault(app, []).append(
                    _too_old(connection, name, state, version, minimum)
                )
            elif state in ("owner", "superuser"):
                to_make.setdefault(app, {})[name] = state == "superuser"
            elif state != "there":
                lacks.setdefault(app, []).append(_lack(connection, name, state, schema, home))
    return Extensions(lacks, to_make)


def home_of(project: Project) -> str | None:
    """The schema that extensions are made in; None: the first of the search path."""
    return HOME if (project.schema / HOME / "schema.sql").is_file() else None


def creation(name: str, home: str | None) -> sql.Composed:
    """The statement that makes an extension, unless it is there."""
    place = sql.SQL(" SCHEMA {}").format(sql.Identifier(home)) if home else sql.SQL("")
    made = sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name))
    return made + place


def installable(connection: psycopg.Connection[Any], project: Project) -> Iterator[SqlFile]:
    """The files that build a database, in order, without those of apps that it can't hold.

    What an app needs is made when its first file's turn comes, as the role that connected where
    only that one may; the role in force stays.
    """
    needs = needs_of(project)
    left_out: dict[str, bool] = {}
    for file in project.install_order():
        app = file.path.parent.name
        if app in needs and app not in left_out:
            found = look(connection, project, {app: needs[app]})
            left_out[app] = app in found.lacks
            if not left_out[app]:
                _make(connection, found.to_make.get(app, {}), home_of(project))
        if not left_out.get(app, False):
            yield file


def _make(connection: psycopg.Connection[Any], wanted: dict[str, bool], home: str | None) -> None:
    for name, as_superuser in wanted.items():
        if not as_superuser:
            connection.execute(creation(name, home))
            continue
        row = connection.execute("SELECT current_user").fetchone()
        assert row is not None
        connection.execute("RESET ROLE")
        connection.execute(creation(name, home))
        connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(row[0])))


def _too_old(
    connection: psycopg.Connection[Any], name: str, state: str, version: str, minimum: str
) -> Lack:
    quoted = sql.Identifier(name).as_string(connection)
    reason = f"extension {name} is {version} here, and {minimum} or newer is needed"
    return Lack(name, reason, f"ALTER EXTENSION {quoted} UPDATE" if state == "outdated" else None)


def _lack(
    connection: psycopg.Connection[Any], name: str, state: str, schema: str, home: str | None
) -> Lack:
    create = creation(name, home).as_string(connection)
    if state == "missing":
        return Lack(name, f"this server has no extension {name}", None)
    if state == "administrator":
        return Lack(name, f"only an administrator may create extension {name}", create)
    where = f"extension {name} is in schema {schema}, and not in {home}"
    quoted = sql.Identifier(name).as_string(connection)
    if state == "movable":
        return Lack(name, where, f"ALTER EXTENSION {quoted} SET SCHEMA {home}")
    return Lack(name, where, f"DROP EXTENSION {quoted}; {create}")
