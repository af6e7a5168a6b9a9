"""What is in a database: its tables and how many rows they have, its settings and its roles."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from strongroom.errors import UsageError

Connection = psycopg.Connection[Any]

_SHOWN = 3
# Rows of an extension's tables come with the extension, and those of foreign tables from elsewhere.
_TABLES = """
SELECT c.oid::bigint, n.nspname, c.relname, pg_catalog.row_security_active(c.oid),
    pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d
    WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = c.oid
      AND d.deptype = 'e')
ORDER BY n.nspname, c.relname
"""
_WITH_PARTS = """
WITH RECURSIVE part AS (
    SELECT c.oid, c.relkind
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = %s AND c.relname = %s
    UNION
    SELECT c.oid, c.relkind
    FROM part
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = part.oid
    JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
)
SELECT part.oid::bigint FROM part
"""
# Rows that stay would point at rows that are left out, and no restore would take them.
_POINTING = """
SELECT DISTINCT pg_catalog.format('%%I.%%I', n.nspname, c.relname)
FROM pg_catalog.pg_constraint AS k
JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.confrelid = ANY (%(left_out)s::oid[])
  AND NOT k.conrelid = ANY (%(left_out)s::oid[])
ORDER BY 1
"""
_ROLES = """
SELECT DISTINCT r.rolname
FROM pg_catalog.pg_shdepend AS s
JOIN pg_catalog.pg_roles AS r ON r.oid = s.refobjid
WHERE s.refclassid = 'pg_catalog.pg_authid'::pg_catalog.regclass
  AND (s.dbid = (SELECT d.oid FROM pg_catalog.pg_database AS d
                 WHERE d.datname = pg_catalog.current_database())
       OR s.classid = 'pg_catalog.pg_database'::pg_catalog.regclass AND s.objid = (
           SELECT d.oid FROM pg_catalog.pg_database AS d
           WHERE d.datname = pg_catalog.current_database()))
ORDER BY 1
"""
_DATABASE = """
SELECT pg_catalog.pg_encoding_to_char(d.encoding) AS encoding, d.datcollate, d.datctype,
    d.datlocprovider::text AS provider,
    coalesce(pg_catalog.to_jsonb(d) ->> 'datlocale', pg_catalog.to_jsonb(d) ->> 'daticulocale')
        AS locale
FROM pg_catalog.pg_database AS d WHERE d.datname = pg_catalog.current_database()
"""
_PRIVILEGES = """
SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN NULL ELSE r.rolname END
FROM pg_catalog.pg_database AS d
CROSS JOIN pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) AS a
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
WHERE d.datname = pg_catalog.current_database() AND a.grantee <> d.datdba
ORDER BY 2, 1
"""
_SETTINGS = """
SELECT r.rolname, pg_catalog.split_part(c.setting, '=', 1),
    pg_catalog.substr(c.setting, pg_catalog.strpos(c.setting, '=') + 1)
FROM pg_catalog.pg_db_role_setting AS s
JOIN pg_catalog.pg_database AS d ON d.oid = s.setdatabase
LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.setrole
CROSS JOIN unnest(s.setconfig) AS c (setting)
WHERE d.datname = pg_catalog.current_database()
ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class Table:
    """A table that has rows of its own; a partitioned one is its partitions."""

    oid: int
    schema: str
    name: str

    def __str__(self) -> str:
        return f"{_quoted(self.schema)}.{_quoted(self.name)}"


def readable_tables(connection: Connection) -> list[Table]:
    """Every table, if this role sees all of its rows. Raises UsageError, with what to do."""
    rows = connection.execute(_TABLES).fetchall()
    user = connection.info.user
    hidden = [f"{row[1]}.{row[2]}" for row in rows if row[3]]
    closed = [f"{row[1]}.{row[2]}" for row in rows if not row[4]]
    for bad, why in ((closed, "may not be read"), (hidden, "would be empty by row level security")):
        if bad:
            more = f" and {len(bad) - _SHOWN:,} more" if len(bad) > _SHOWN else ""
            named = _quoted(user)
            raise UsageError(
                f"a backup by role {user!r} would not be whole:"
                f" {', '.join(bad[:_SHOWN])}{more} {why}",
                hint=f"as a superuser: ALTER ROLE {named} BYPASSRLS;"
                f" GRANT pg_read_all_data TO {named};",
            )
    return [Table(*row[:3]) for row in rows]


def left_out(connection: Connection, names: Sequence[str]) -> set[int]:
    """The tables of these names and all their partitions.

    Raises UsageError for a name of no table, and where rows that stay point at rows that go.
    """
    found: set[int] = set()
    for name in names:
        parts = _parts(connection, name)
        if not parts:
            raise UsageError(
                f"there is no table {name!r}", hint='write it as schema.table or "schema"."table"'
            )
        found |= parts
    pointing = [row[0] for row in connection.execute(_POINTING, {"left_out": list(found)})]
    if pointing:
        raise UsageError(
            f"rows of {', '.join(pointing[:_SHOWN])} point at rows that would be left out",
            hint="leave these out as well: "
            + " ".join(f"--without-data {name}" for name in pointing),
        )
    return found


def count_rows(connection: Connection, tables: Iterable[Table]) -> dict[str, int]:
    """Rows of each table, in the transaction that is under way."""
    counts = {}
    for table in tables:
        text = sql.SQL("SELECT pg_catalog.count(*) FROM ONLY {}").format(
            sql.Identifier(table.schema, table.name)
        )
        row = connection.execute(text).fetchone()
        assert row is not None
        counts[str(table)] = int(row[0])
    return counts


def describe(connection: Connection) -> dict[str, Any]:
    """What no dump of one database holds: how it was made, its rights, settings and roles."""
    row = connection.execute(_DATABASE).fetchone()
    assert row is not None
    names = ("encoding", "collate", "ctype", "provider", "locale")
    return {
        **dict(zip(names, row, strict=True)),
        "privileges": connection.execute(_PRIVILEGES).fetchall(),
        "settings": connection.execute(_SETTINGS).fetchall(),
        "roles": [name for (name,) in connection.execute(_ROLES)],
    }


def _parts(connection: Connection, name: str) -> set[int]:
    try:
        row = connection.execute("SELECT pg_catalog.parse_ident(%s)", [name]).fetchone()
    except psycopg.errors.InvalidParameterValue:
        return set()
    if row is None or len(row[0]) != 2:
        return set()
    return {oid for (oid,) in connection.execute(_WITH_PARTS, row[0])}


def _quoted(name: str) -> str:
    return sql.Identifier(name).as_string(None)
