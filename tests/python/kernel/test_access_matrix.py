"""Every role, on every table of every app, with every command, as oneself, another and nobody.

What each may do is written in `access/<app>.toml`; everything else must be refused. Roles, tables
and columns come from the catalogue, so a new one without a line in that file fails here. A table
that two people share has a section for each column that says whose row it is: `[messages]`, and
`["messages/to"]` for what the second one may do besides.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom import extensions
from strongroom.project import read_project, shipped_root
from tests.python.fix_databases import Database

_FOLDER = Path(__file__).parent / "access"
APPS = sorted(file.stem for file in _FOLDER.glob("*.toml"))
_NEVER = (
    psycopg.errors.GeneratedAlways,
    psycopg.errors.ObjectNotInPrerequisiteState,
    psycopg.errors.WrongObjectType,
)
# Errors that say nothing about rows: the test itself would be wrong.
_PLANNING = ("0A", "25", "42")
_COMMANDS = ("select", "insert", "update", "delete", "truncate")

_ROLES = """
SELECT r.rolname
FROM pg_roles AS r
WHERE starts_with(r.rolname, 'strongroom_') AND r.rolname <> 'strongroom_owner'
   OR EXISTS (
       SELECT
       FROM kernel.app_schemas() AS app (name)
       CROSS JOIN (VALUES ('_app'), ('_worker'), ('_analyst'), ('_definer')) AS kind (suffix)
       WHERE r.rolname = app.name || kind.suffix
   )
ORDER BY r.rolname
"""
# Of the partitions of a table the first stands for all; see test_no_role_reaches_a_partition.
_RELATIONS = """
SELECT c.relname, c.relispartition
FROM pg_class AS c
WHERE c.relnamespace = %s::regnamespace
  AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND (
      NOT c.relispartition
      OR c.oid = (
          SELECT min(i.inhrelid)
          FROM pg_inherits AS i
          WHERE i.inhparent = (SELECT o.inhparent FROM pg_inherits AS o WHERE o.inhrelid = c.oid)
      )
  )
ORDER BY c.relname
"""
_REACHED_PARTITIONS = """
SELECT r.name, c.oid::regclass::text, p.name
FROM pg_class AS c
CROSS JOIN unnest(%s::text[]) AS r (name)
CROSS JOIN unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE}'::text[]) AS p (name)
WHERE c.relnamespace = %s::regnamespace
  AND c.relispartition
  AND (
      has_table_privilege(r.name, c.oid, p.name)
      OR p.name NOT IN ('DELETE', 'TRUNCATE') AND has_any_column_privilege(r.name, c.oid, p.name)
  )
"""
_COLUMNS = """
SELECT
    a.attname,
    has_column_privilege(%(role)s, a.attrelid, a.attnum, 'SELECT'),
    has_column_privilege(%(role)s, a.attrelid, a.attnum, 'INSERT'),
    a.attidentity <> 'a' AND has_column_privilege(%(role)s, a.attrelid, a.attnum, 'UPDATE')
FROM pg_attribute AS a
WHERE a.attrelid = %(relation)s::regclass
  AND a.attnum > 0
  AND NOT a.attisdropped
  AND a.attgenerated = ''
ORDER BY a.attnum
"""
_POLICIES = """
SELECT p.polname, c.relname, r.rolname,
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid AND c.relnamespace = %s::regnamespace
JOIN pg_roles AS r ON r.oid = ANY (p.polroles)
WHERE r.rolname <> 'strongroom_owner'
  -- The gate of restored copies: tests/python/subject/test_restored_copy.py.
  AND p.polpermissive
ORDER BY 2, 1, 3
"""


@dataclass(frozen=True)
class Cell:
    """One command of one role on one relation, aimed at the rows of one person."""

    relation: sql.Identifier
    owner: str
    is_empty: bool
    columns: list[tuple[str, bool, bool, bool]]

    def statement(self, command: str, target: str) -> sql.Composed:
        whose = (
            sql.SQL(" WHERE {} = {}").format(sql.Identifier(self.owner), sql.Literal(target))
            if self.owner
            else sql.SQL("")
        )
        if command == "truncate":
            return sql.SQL("TRUNCATE {}").format(self.relation)
        if command == "delete":
            return sql.SQL("DELETE FROM {}{}").format(self.relation, whose)
        if command == "select":
            return sql.SQL("SELECT {} FROM {}{}").format(self._column(1), self.relation, whose)
        if command == "update":
            column = self._column(3)
            return sql.SQL("UPDATE {} SET {} = {}{}").format(self.relation, column, column, whose)
        column = self._column(2)
        value = target if column == sql.Identifier(self.owner) else None
        return sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
            self.relation, column, sql.Literal(value)
        )

    def _column(self, privilege: int) -> sql.Identifier:
        """The owner's column where the role has the privilege on it, else one where it has."""
        held = [column[0] for column in self.columns if column[privilege]]
        if self.owner in held or not held:
            return sql.Identifier(self.owner or self.columns[0][0])
        return sql.Identifier(held[0])


@pytest.fixture(scope="module", params=APPS)
def app(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def expected(app: str) -> dict[str, Any]:
    return tomllib.loads((_FOLDER / f"{app}.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def filled(shared_database: Database, app: str) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's transaction, never committed, in which two people have something everywhere."""
    connection = shared_database.connect("postgres", autocommit=False)
    connection.execute((_FOLDER / f"{app}.sql").read_bytes())
    connection.execute("SET LOCAL session_replication_role = origin")
    yield connection
    connection.rollback()


def test_every_app_has_a_matrix(filled: psycopg.Connection[Any]) -> None:
    here = {row[0] for row in filled.execute("SELECT kernel.app_schemas()")}
    left_out = extensions.needs_of(read_project(shipped_root())).keys() - here
    assert here | left_out == set(APPS)


def test_every_relation_is_in_the_matrix(
    filled: psycopg.Connection[Any], app: str, expected: dict[str, Any]
) -> None:
    found = filled.execute(_RELATIONS, (app,)).fetchall()
    roots = {name for name, is_partition in found if not is_partition}
    assert roots == {name.partition("/")[0] for name in expected} - {"people"}


def test_every_cell_is_as_written(
    filled: psycopg.Connection[Any], app: str, expected: dict[str, Any]
) -> None:
    wrong, count = _compare(filled, app, expected, _roles(filled))
    assert wrong == []
    assert count > 500


def test_no_role_reaches_a_partition(filled: psycopg.Connection[Any], app: str) -> None:
    """Without its table, whose policies would not be asked."""
    assert filled.execute(_REACHED_PARTITIONS, (_roles(filled), app)).fetchall() == []


@pytest.mark.parametrize("change", ["dropped", "weakened"])
def test_no_policy_can_be_missed(
    filled: psycopg.Connection[Any], app: str, expected: dict[str, Any], change: str
) -> None:
    """Each policy of a role of the app is dropped, or shows every row, and the matrix sees it."""
    unseen = []
    policies = filled.execute(_POLICIES, (app,)).fetchall()
    for name, relation, role, using, check in policies:
        if change == "weakened" and "kernel.user_id" not in f"{using}{check}":
            continue
        with filled.transaction(force_rollback=True):
            filled.execute(_change(change, name, sql.Identifier(app, relation), using, check))
            if not _compare(filled, app, expected, [role], relation)[0]:
                unseen.append(f"{name} on {relation} for {role}")
    assert unseen == []
    assert policies


def test_nobody_gives_a_row_away(
    filled: psycopg.Connection[Any], app: str, expected: dict[str, Any]
) -> None:
    mine, other = expected["people"]
    tried = 0
    for role in _roles(filled):
        for _, command, whose, cell in _cells(filled, app, expected, role):
            if command == "update" and whose == "own":
                tried += 1
                owner = sql.Identifier(cell.owner)
                given = sql.SQL("UPDATE {} SET {} = {} WHERE {} = {}").format(
                    cell.relation, owner, sql.Literal(other), owner, sql.Literal(mine)
                )
                with _as(filled, app, role, mine):
                    assert _outcome(filled, given) in ("refused", "hidden")
    tables = [table for table in expected.values() if isinstance(table, dict)]
    rights = [cell for table in tables for cell in table.values() if isinstance(cell, dict)]
    assert tried == sum(cell.get("update") == "own" for cell in rights)


def _change(
    change: str, name: str, relation: sql.Identifier, using: str | None, check: str | None
) -> sql.Composed:
    policy = sql.Identifier(name)
    if change == "dropped":
        return sql.SQL("DROP POLICY {} ON {}").format(policy, relation)
    return sql.SQL("ALTER POLICY {} ON {} {} {}").format(
        policy,
        relation,
        sql.SQL("USING (true)" if using else ""),
        sql.SQL("WITH CHECK (true)" if check else ""),
    )


def _compare(
    connection: psycopg.Connection[Any],
    app: str,
    expected: dict[str, Any],
    roles: list[str],
    relation: str | None = None,
) -> tuple[list[str], int]:
    """The cells that are not as written, and how many were tried; of one relation only."""
    people: list[str] = expected["people"]
    wrong: list[str] = []
    count = 0
    for role in roles:
        cells = list(_cells(connection, app, expected, role, relation))
        for me in (*people, ""):
            with _as(connection, app, role, me):
                for name, command, whose, cell in cells:
                    for target in people if cell.owner else people[:1]:
                        count += 1
                        want = _wanted(whose, me, target, cell)
                        got = _outcome(connection, cell.statement(command, target))
                        if got != want:
                            what = f"{role} {command} {name} of {target} as {me or 'nobody'}"
                            wrong.append(f"{what}: {got}, not {want}")
    return wrong, count


def _roles(connection: psycopg.Connection[Any]) -> list[str]:
    return [row[0] for row in connection.execute(_ROLES).fetchall()]


def _cells(
    connection: psycopg.Connection[Any],
    app: str,
    expected: dict[str, Any],
    role: str,
    only: str | None = None,
) -> Iterator[tuple[str, str, str | None, Cell]]:
    """Relation, command, whose rows the role may reach by it, and how to try."""
    for name, is_partition in connection.execute(_RELATIONS, (app,)).fetchall():
        if only not in (None, name):
            continue
        relation = sql.Identifier(app, name)
        sides: list[dict[str, Any]] = [{"owner": ""}] if is_partition else _sides(expected, name)
        key = {"role": role, "relation": relation.as_string(connection)}
        columns = connection.execute(_COLUMNS, key).fetchall()
        for command in _COMMANDS:
            # What no side may do is tried once.
            for entry in [s for s in sides if command in s.get(role, {})] or sides[:1]:
                whose = entry.get(role, {}).get(command)
                cell = Cell(relation, entry["owner"], entry.get("empty", False), columns)
                yield name, command, whose, cell


def _sides(expected: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The sections of a relation: one, or one for each person who shares its rows."""
    return [entry for key, entry in expected.items() if key.partition("/")[0] == name]


@contextmanager
def _as(connection: psycopg.Connection[Any], app: str, role: str, me: str) -> Iterator[None]:
    with connection.transaction(force_rollback=True):
        connection.execute(
            "SELECT set_config('kernel.app', %s, true), set_config('kernel.user_id', %s, true),"
            " set_config('role', %s, true)",
            (app, me, role),
        )
        yield


def _wanted(whose: str | None, me: str, target: str, cell: Cell) -> str:
    if whose is None:
        return "refused"
    seen = not cell.is_empty and (whose == "any" or me == target)
    return "reached" if seen else "hidden"


def _outcome(connection: psycopg.Connection[Any], statement: sql.Composed) -> str:
    """What came of a statement, which is undone.

    refused: no grant, or no statement that the relation takes; hidden: a policy is in the way;
    reached: rows came, or only a rule (a constraint, a trigger) stood between.
    """
    try:
        with connection.transaction(force_rollback=True):
            return "reached" if connection.execute(statement).rowcount > 0 else "hidden"
    except psycopg.errors.InsufficientPrivilege as error:
        return "hidden" if "row-level security" in str(error) else "refused"
    except _NEVER:
        return "refused"
    except psycopg.errors.FeatureNotSupported as error:
        # What a view works out takes no value.
        if "of view" not in str(error):
            raise
        return "refused"
    except psycopg.DatabaseError as error:
        if (error.sqlstate or "")[:2] in _PLANNING:
            raise
        return "reached"
