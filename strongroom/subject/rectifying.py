"""Correcting a row of a person; sealed fields are sealed here, for the database has no keys."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from strongroom.errors import UsageError
from strongroom.subject.opening import keys_explained

if TYPE_CHECKING:
    from strongroom.sealing import DataKey, KeyProvider, Keyring
    from strongroom.sealing.tables import Column, SealedTable

Connection = psycopg.Connection[Any]

OWNER = "strongroom_owner"
_RECTIFY = "SELECT kernel.rectify_subject(%s, %s, %s, %s::jsonb, %s::jsonb, %s)"
_SEALED = "SELECT s.column_name::text FROM kernel.sealed_columns(to_regclass(%s)) AS s"
_NAMED = "SELECT %s::regclass::text"
_OWNERS = """
SELECT count(*), kernel.canonical_subject(%s, %s) FROM kernel.subject_columns(%s::regclass)
"""
_WHOSE = "SELECT k.subject FROM kernel.subject_key AS k WHERE k.id = %s"
_LIVE = """
SELECT k.id, k.app, k.subject, k.purpose, k.encryption_key_id, e.fingerprint, k.wrapped
FROM kernel.subject_key AS k
JOIN kernel.encryption_key AS e ON e.id = k.encryption_key_id
WHERE k.app = %(app)s
  AND k.purpose = %(purpose)s
  AND k.subject IS NOT DISTINCT FROM %(subject)s
  AND k.replaced_at IS NULL
"""
_ACTIVE = """
SELECT e.id, e.version, true, e.fingerprint
FROM kernel.encryption_key AS e
WHERE e.app = %s AND e.purpose = %s AND e.kind = %s AND e.state = 'active'
FOR KEY SHARE
"""
_GIVE = """
INSERT INTO kernel.subject_key (app, subject, purpose, encryption_key_id, wrapped)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Row:
    """Which row of whom is corrected."""

    app: str
    subject: str
    table: str
    key: dict[str, Any]


def rectify(
    connection: Connection,
    row: Row,
    changes: dict[str, Any],
    reason: str,
    provider: Callable[[], KeyProvider],
) -> None:
    """Correct columns of one row, in one transaction; `kernel.actor` says who does it.

    provider   who has the master keys; asked for where a sealed field is among the columns

    Raises UsageError for a value that the field can't hold, what the keys raise, and what
    kernel.rectify_subject does.
    """
    with connection.transaction():
        connection.execute(f"SET LOCAL ROLE {OWNER}")
        found = {name for (name,) in connection.execute(_SEALED, (row.table,)).fetchall()}
        if found & changes.keys():
            with keys_explained():
                changes = _Sealer(connection, row, provider()).sealed(changes)
        connection.execute("RESET ROLE")
        connection.execute(
            _RECTIFY,
            (row.app, row.subject, row.table, json.dumps(row.key), json.dumps(changes), reason),
        )


class _Sealer:
    """Seals new values of a row and makes their blind indexes, as the owner, in one transaction."""

    def __init__(self, connection: Connection, row: Row, provider: KeyProvider) -> None:
        from strongroom.sealing import Keyring

        self._connection = connection
        self._row = row
        self._ring: Keyring = Keyring(provider)

    def sealed(self, changes: dict[str, Any]) -> dict[str, Any]:
        """The changes with envelopes in the place of values, and with blind indexes."""
        table = self._table()
        columns = {column.name: column for column in table.columns if column.kind == "seal"}
        changed = [columns[name] for name in changes if name in columns]
        stored = self._stored(table, changed)
        if stored is None:
            return changes  # which kernel.rectify_subject refuses in words
        found = dict(changes)
        keys = len(table.key)
        for column, envelope in zip(changed, stored[keys:], strict=True):
            value = _value(column, changes[column.name])
            found[column.name] = self._envelope(column, value, stored[:keys], envelope)
            for index in table.columns:
                if index.kind == "index" and index.source == column.name:
                    found[index.name] = self._index(index, column, value)
        return found

    def _table(self) -> SealedTable:
        from strongroom.sealing.tables import sealed_tables

        name = self._one(_NAMED, (self._row.table,))[0]
        for table in sealed_tables(self._connection, self._row.app):
            if table.shown == name:
                return table
        raise UsageError(f"app {self._row.app} has no table of this name with sealed columns")

    def _stored(self, table: SealedTable, columns: list[Column]) -> tuple[Any, ...] | None:
        """Key and envelopes of the row, locked: a rotation must not come between."""
        names = [name for name, _ in table.key]
        query = sql.SQL(
            "SELECT {columns} FROM {table} AS t"
            " JOIN jsonb_populate_record(NULL::{table}, %s) AS k ON {match} FOR UPDATE OF t"
        ).format(
            columns=sql.SQL(", ").join(
                sql.Identifier("t", name) for name in [*names, *(c.name for c in columns)]
            ),
            table=sql.Identifier(table.schema, table.name),
            match=sql.SQL(" AND ").join(
                sql.SQL("{} = {}").format(sql.Identifier("t", n), sql.Identifier("k", n))
                for n in names
            ),
        )
        cursor = self._connection.execute(query, (json.dumps(self._row.key),), binary=True)
        return cursor.fetchone()

    def _envelope(
        self, column: Column, value: Any, row_key: tuple[Any, ...], envelope: bytes | None
    ) -> str | None:
        from strongroom.sealing import BadValue, Field

        if value is None:
            return None
        key = self._live(column.purpose, self._owner(envelope))
        field: Field[Any] = Field(
            self._row.app, column.label, column.purpose, column.type, column.padding
        )
        try:
            return "\\x" + field.seal(key, value, row_key).hex()
        except BadValue as error:
            raise UsageError(str(error)) from None

    def _owner(self, envelope: bytes | None) -> str | None:
        """Whose key seals: as before, else that of the row's one person, else the app's own."""
        from strongroom.sealing import key_number

        if envelope is not None:
            row = self._connection.execute(_WHOSE, (key_number(envelope),)).fetchone()
            if row is not None:
                owner: str | None = row[0]
                return owner
        place = self._row
        count, person = self._one(_OWNERS, (place.app, place.subject, place.table))
        return str(person) if count == 1 else None

    def _live(self, purpose: str, subject: str | None) -> DataKey:
        from strongroom.sealing import WrappedKey

        app = self._row.app
        asked = {"app": app, "purpose": purpose, "subject": subject}
        cursor = self._connection.cursor(row_factory=class_row(WrappedKey))
        found = cursor.execute(_LIVE, asked).fetchone()
        if found is None:
            key_id, _, _, fingerprint = self._active(purpose, "seal")
            wanted = WrappedKey(None, app, subject, purpose, key_id, fingerprint, None)
            wrapped = self._ring.make(wanted)
            self._connection.execute(_GIVE, (app, subject, purpose, key_id, wrapped))
            found = cursor.execute(_LIVE, asked).fetchone()
        assert found is not None
        return self._ring.unwrap(found)

    def _index(self, index: Column, column: Column, value: Any) -> str | None:
        from strongroom.sealing import BadValue, BlindIndex, IndexKey

        if value is None:
            return None
        key = IndexKey(*self._active(index.purpose, "index"))
        blind = BlindIndex(self._row.app, index.label, index.purpose, column.type)
        try:
            return "\\x" + blind.make(self._ring, [key], value).hex()
        except BadValue as error:
            raise UsageError(str(error)) from None

    def _active(self, purpose: str, kind: str) -> tuple[Any, ...]:
        row = self._connection.execute(_ACTIVE, (self._row.app, purpose, kind)).fetchone()
        if row is None:
            raise UsageError(
                f"{self._row.app}.{purpose} has no active key of kind {kind}",
                hint="strongroom keys rotate registers one",
            )
        found: tuple[Any, ...] = row
        return found

    def _one(self, query: str, values: tuple[Any, ...]) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self._connection.execute(query.encode(), values).fetchone()
        assert row is not None
        return row


def _value(column: Column, given: Any) -> Any:
    """What was typed, as the type that the field holds. UsageError without the value."""
    from strongroom.sealing import WRITINGS

    if given is None or column.type == "jsonb":
        return given
    text = given if isinstance(given, str) else json.dumps(given)
    try:
        return WRITINGS[column.type].read(text)
    except (ValueError, LookupError, ArithmeticError):
        raise UsageError(f"the value for {column.name} is no {column.type}") from None
