"""Rows on old keys, opened and sealed anew; what does not open stays, and is told of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.rows import class_row

from strongroom.errors import StrongroomError
from strongroom.sealing.blind import BlindIndex
from strongroom.sealing.errors import BadEnvelope, BadValue, NotOpened, SealingError, WrongKey
from strongroom.sealing.fields import DataKey, Field, key_header, key_number
from strongroom.sealing.keyring import IndexKey, Keyring, WrappedKey
from strongroom.sealing.tables import Column, Connection, Walk

_KEYS = (
    "k.id, k.app, k.subject, k.purpose, k.encryption_key_id, e.fingerprint, k.wrapped"
    " FROM kernel.subject_key AS k"
    " JOIN kernel.encryption_key AS e ON e.id = k.encryption_key_id"
)
_BY_NUMBER = f"SELECT {_KEYS} WHERE k.id = ANY (%s)"
_LIVE = (
    f"SELECT {_KEYS} WHERE k.app = %s AND k.purpose = %s AND k.replaced_at IS NULL"
    " AND (k.subject = ANY (%s) OR k.subject IS NULL AND %s)"
)
# Of one value alone. A key that is missing, or another one, concerns them all.
_OF_ONE_VALUE = (BadEnvelope, BadValue, NotOpened)


@dataclass(frozen=True, slots=True)
class Unopened:
    """A value that does not open: where it is, by which data key it is sealed, and why.

    `row_key`: the primary key of its row, by column; it may be personal, and is for who mends it.
    """

    table: str
    column: str
    row_key: dict[str, str]
    data_key: int
    reason: str


class Resealing:
    """Turns the rows of one batch of a walk into what is written back, as the owner.

    `unopened`: values that stayed as they are, because they don't open.
    """

    def __init__(self, connection: Connection, ring: Keyring, app: str, walk: Walk) -> None:
        self._connection = connection
        self._ring = ring
        self._app = app
        self._walk = walk
        table = walk.table
        self._keys = len(table.key)
        self._columns = [self._column(name) for name in walk.read]
        self._written = [self._column(name) for name in walk.write]
        self._broken: dict[bytes, SealingError] = {}
        self.unopened: list[Unopened] = []

    def _column(self, name: str) -> Column:
        for column in self._walk.table.columns:
            if column.name == name:
                return column
        return Column(name, "plain", "text", name, "", 1, None)

    def seal(self, rows: Sequence[tuple[Any, ...]]) -> tuple[list[tuple[Any, ...]], int]:
        """The rows with their key and new values, and how many fields are new."""
        opening = self._by_number(rows)
        if self._walk.version is not None:
            return self._index(rows, opening)
        live = self._live(opening.values())
        fields: list[Field[Any]] = [
            Field(self._app, column.label, column.purpose, column.type, column.padding)
            for column in self._written
        ]
        count = 0
        written = []
        for row in rows:
            row_key = row[: self._keys]
            values = list(row)
            before = count
            for at, field in enumerate(fields, self._keys):
                envelope = values[at]
                if envelope is None:
                    continue
                old = opening.get(envelope[:9])
                new = live.get(old.subject) if old is not None else None
                if broken := self._broken.get(envelope[:9]):
                    self._leave(self._written[at - self._keys], row, envelope, broken)
                    continue
                # What was shredded stays as it is: nobody can read it.
                if old is None or new is None or new.id == old.id:
                    continue
                try:
                    values[at] = field.reseal(old, new, envelope, row_key)
                except _OF_ONE_VALUE as error:
                    self._leave(self._written[at - self._keys], row, envelope, error)
                    continue
                count += 1
            if count > before:
                written.append(tuple(values[: self._keys + len(fields)]))
        return written, count

    def _leave(
        self, column: Column, row: tuple[Any, ...], envelope: bytes, error: SealingError
    ) -> None:
        names = (name for name, _ in self._walk.table.key)
        row_key = {name: str(value) for name, value in zip(names, row, strict=False)}
        self.unopened.append(
            Unopened(self._walk.table.shown, column.name, row_key, key_number(envelope), str(error))
        )

    def _index(
        self, rows: Sequence[tuple[Any, ...]], opening: dict[bytes, DataKey]
    ) -> tuple[list[tuple[Any, ...]], int]:
        key = self._active_index()
        written = []
        wide = len(self._written)
        count = 0
        for row in rows:
            values = list(row[: self._keys + wide])
            before = count
            for at, column in enumerate(self._written):
                source = self._columns[wide + at]
                found = row[self._keys + wide + at]
                if row[self._keys + at] is None:
                    continue
                try:
                    made = self._made(column, source, found, row, opening, key)
                except _OF_ONE_VALUE as error:
                    self._leave(column, row, found if source.kind == "seal" else b"", error)
                    continue
                values[self._keys + at] = made
                count += 1
            if count > before:
                written.append(tuple(values))
        return written, count

    def _made(
        self,
        column: Column,
        source: Column,
        found: Any,
        row: tuple[Any, ...],
        opening: dict[bytes, DataKey],
        key: IndexKey,
    ) -> bytes | None:
        if found is None:
            return None
        if source.kind != "seal":
            index = BlindIndex(self._app, column.label, column.purpose)
            return index.make(self._ring, [key], str(found))
        field: Field[Any] = Field(
            self._app, source.label, source.purpose, source.type, source.padding
        )
        data_key = opening.get(found[:9])
        if broken := self._broken.get(found[:9]):
            raise NotOpened(str(broken), key_id=broken.key_id)
        if data_key is None:
            return None  # the value was shredded, and its index goes after it
        value = field.open(opening, found, row[: self._keys], data_key.subject)
        index = BlindIndex(self._app, column.label, column.purpose, source.type)
        return index.make(self._ring, [key], value)

    def _by_number(self, rows: Sequence[tuple[Any, ...]]) -> dict[bytes, DataKey]:
        places = [
            self._keys + at for at, column in enumerate(self._columns) if column.kind == "seal"
        ]
        numbers = {key_number(row[at]) for row in rows for at in places if row[at] is not None}
        keys: dict[bytes, DataKey] = {}
        missing = []
        for number in numbers:
            key = self._ring.numbered(self._app, None, number)
            if key is None:
                missing.append(number)
            else:
                keys[key.header] = key
        for wrapped in self._ask(_BY_NUMBER, [missing]) if missing else ():
            self._ring.check(wrapped.encryption_key_id, wrapped.fingerprint)
            try:
                key = self._ring.unwrap(wrapped)
            except WrongKey as error:
                # The master key is the right one, so it is this data key that was changed.
                assert wrapped.id is not None
                self._broken[key_header(wrapped.id)] = error
                continue
            self._ring.keep(key)
            keys[key.header] = key
        return keys

    def _live(self, old: Iterable[DataKey]) -> dict[str | None, DataKey]:
        """The keys that seal now, of those whose rows these are. Not kept: they may change."""
        purpose = self._written[0].purpose
        subjects = {key.subject for key in old}
        wanted = [subject for subject in subjects if subject is not None]
        found = self._ask(_LIVE, [self._app, purpose, wanted, None in subjects])
        live: dict[str | None, DataKey] = {}
        for wrapped in found:
            assert wrapped.id is not None
            key = self._ring.numbered(self._app, None, wrapped.id) or self._ring.unwrap(wrapped)
            self._ring.keep(key)
            live[key.subject] = key
        return live

    def _active_index(self) -> IndexKey:
        row = self._connection.execute(
            "SELECT e.id, e.version, true, e.fingerprint FROM kernel.encryption_key AS e"
            " WHERE e.app = %s AND e.purpose = %s AND e.state = 'active' AND e.kind = 'index'",
            [self._app, self._written[0].purpose],
        ).fetchone()
        if row is None:
            raise StrongroomError(f"{self._app}.{self._written[0].purpose} has no active index key")
        return IndexKey(*row)

    def _ask(self, query: str, params: list[object]) -> list[WrappedKey]:
        cursor = self._connection.cursor(row_factory=class_row(WrappedKey))
        return cursor.execute(query.encode(), params).fetchall()
