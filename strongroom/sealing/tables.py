"""The tables that have sealed columns, as a rotation sees them: batches of rows on old keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]

OWNER = "strongroom_owner"
_COLUMNS = """
SELECT
    c.oid::regclass::text, n.nspname, c.relname,
    ARRAY(
        SELECT ARRAY[a.attname::text, format_type(a.atttypid, a.atttypmod)]
        FROM unnest((i.indkey::smallint[])[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k (number, at)
        JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.number
        ORDER BY k.at
    ),
    EXISTS (
        SELECT
        FROM pg_trigger AS t
        WHERE t.tgrelid = c.oid AND t.tgname = 't20_guard_update' AND t.tgenabled IN ('O', 'A')
    ),
    s.column_name::text, s.kind, s.type_name, s.label, s.purpose, s.padding,
    (
        SELECT split_part(t.argument, ' ', 1)
        FROM kernel.comment_tags(col_description(c.oid, a.attnum)) AS t
        WHERE t.tag = 'blind'
    )
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN kernel.sealed_columns(c.oid) AS s
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.column_name
LEFT JOIN pg_index AS i ON i.indrelid = c.oid AND i.indisprimary
WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND NOT c.relispartition
ORDER BY c.relname, s.column_name
"""
_OLD_SEALED = """EXISTS (
    SELECT
    FROM kernel.subject_key AS k
    WHERE k.id = kernel.sealed_key_id(t.{column}) AND k.replaced_at IS NOT NULL
)"""
_OLD_INDEX = "substring(t.{column} FROM 1 FOR 2) <> {version}"


@dataclass(frozen=True, slots=True)
class Column:
    """A sealed column or a blind index. `source`: what a blind index is made of."""

    name: str
    kind: str
    type: str
    label: str
    purpose: str
    padding: int
    source: str | None


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with its primary key and its sealed columns."""

    shown: str
    schema: str
    name: str
    key: tuple[tuple[str, str], ...]
    """Name and type of each column of the primary key."""
    is_guarded: bool
    columns: tuple[Column, ...]

    def of_purpose(self, purpose: str) -> tuple[Column, ...]:
        """Its columns under keys of one purpose."""
        return tuple(column for column in self.columns if column.purpose == purpose)


def sealed_tables(connection: Connection, app: str) -> list[SealedTable]:
    """The tables of an app that have sealed columns."""
    found: dict[str, SealedTable] = {}
    for row in connection.execute(_COLUMNS, [app]):
        shown, schema, name, key, guarded, column, kind, type_, label, purpose, padding, source = (
            row
        )
        known = found.get(shown)
        columns = known.columns if known is not None else ()
        new = Column(column, kind, type_ or "", label or "", purpose or "", padding or 0, source)
        keys = tuple((part, as_) for part, as_ in key)
        found[shown] = SealedTable(shown, schema, name, keys, guarded, (*columns, new))
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Walk:
    """Rows of a table that are on old keys, in batches by primary key, and their change.

    `read`: columns that come with the key. `write`: columns that are put back. `old`: what of them
    is looked for. `version`: of the active index key, where those are blind indexes.
    """

    table: SealedTable
    read: tuple[str, ...]
    write: tuple[str, ...]
    version: bytes | None

    def batch(
        self, connection: Connection, after: Sequence[object] | None, limit: int
    ) -> list[tuple[Any, ...]]:
        """The next rows, locked; those that others have locked are left for another walk."""
        key = [sql.Identifier("t", name) for name, _ in self.table.key]
        old = [
            sql.SQL(_OLD_SEALED if self.version is None else _OLD_INDEX).format(
                column=sql.Identifier(name), version=sql.Literal(self.version)
            )
            for name in self.write
        ]
        conditions: sql.Composable = sql.SQL("({})").format(sql.SQL(" OR ").join(old))
        if after is not None:
            conditions = sql.SQL("({}) > ({}) AND {}").format(
                sql.SQL(", ").join(key), _numbered(len(key)), conditions
            )
        query = sql.SQL(
            "SELECT {columns} FROM {table} AS t WHERE {conditions} ORDER BY {key} LIMIT {limit}"
            " FOR NO KEY UPDATE OF t SKIP LOCKED"
        ).format(
            columns=sql.SQL(", ").join([*key, *(sql.Identifier("t", name) for name in self.read)]),
            table=sql.Identifier(self.table.schema, self.table.name),
            conditions=conditions,
            key=sql.SQL(", ").join(key),
            limit=sql.Literal(limit),
        )
        # Keys may be personal: they travel beside the statement.
        cursor = psycopg.RawCursor(connection)
        return cursor.execute(query, after, binary=True).fetchall()

    def write_back(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Put new values in: rows of the primary key and the columns that are written."""
        types = [type_ for _, type_ in self.table.key] + ["bytea"] * len(self.write)
        names = [sql.Identifier(f"c{n}") for n in range(len(types))]
        keys = len(self.table.key)
        query = sql.SQL(
            "UPDATE {table} AS t SET {values} FROM unnest({arrays}) AS n ({names}) WHERE {match}"
        ).format(
            table=sql.Identifier(self.table.schema, self.table.name),
            values=sql.SQL(", ").join(
                sql.SQL("{} = n.{}").format(sql.Identifier(column), name)
                for column, name in zip(self.write, names[keys:], strict=True)
            ),
            # The type's text is what the server itself wrote.
            arrays=sql.SQL(", ").join(
                sql.SQL(f"${n}::{type_}[]") for n, type_ in enumerate(types, 1)
            ),
            names=sql.SQL(", ").join(names),
            match=sql.SQL(" AND ").join(
                sql.SQL("t.{} = n.{}").format(sql.Identifier(column), name)
                for (column, _), name in zip(self.table.key, names[:keys], strict=True)
            ),
        )
        columns = [list(column) for column in zip(*rows, strict=True)]
        psycopg.RawCursor(connection).execute(query, columns)


def _numbered(count: int) -> sql.Composable:
    return sql.SQL(", ").join(sql.SQL(f"${n}") for n in range(1, count + 1))
