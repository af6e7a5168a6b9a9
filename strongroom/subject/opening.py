"""Opening the sealed fields of an export, with keys that only who exports has."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg

from strongroom.errors import StrongroomError, UsageError

if TYPE_CHECKING:
    from strongroom.sealing import DataKey, KeyProvider

Connection = psycopg.Connection[Any]

_KEYS = """
SELECT k.id, k.app, k.subject, k.purpose, k.encryption_key_id, k.fingerprint, k.wrapped
FROM kernel.export_keys(%s, %s) AS k
"""


@dataclass(slots=True)
class Opener:
    """Opens the sealed fields of one person's rows.

    provider  has the master keys; None leaves every envelope closed
    """

    app: str
    provider: KeyProvider | None
    opened: int = 0
    left: int = 0
    _keys: dict[bytes, DataKey] = field(default_factory=dict)

    def fetch_keys(self, connection: Connection, subject: str) -> None:
        """Get the person's data keys, wrapped, and unwrap them. Raises MissingKey, WrongKey."""
        if self.provider is None:
            return
        from strongroom.sealing import Keyring, WrappedKey

        ring = Keyring(self.provider)
        for row in connection.execute(_KEYS, (self.app, subject)).fetchall():
            key = ring.unwrap(WrappedKey(*row))
            self._keys[key.header] = key

    def opened_row(self, text: str, columns: Sequence[dict[str, Any]]) -> str:
        """A row of an export, its sealed fields opened; another person's stay as they are."""
        row = json.loads(text)
        sealed = [c["name"] for c in columns if _is_envelope(row.get(c["name"]), c)]
        if not sealed or self.provider is None:
            self.left += len(sealed)
            return text
        for name in sealed:
            found, value = self._open(row[name], _row_key(row, columns))
            if found:
                before, after = f"{_written(name)}: ", _written(row[name])
                text = text.replace(before + after, before + _written(value), 1)
                row[name] = value
        # Rows are changed as text, because numbers are not to go through floating point.
        if json.loads(text) != row:
            raise StrongroomError("a row of the export can't be written with its fields opened")
        return text

    def _open(self, envelope: dict[str, Any], row_key: list[str | datetime]) -> tuple[bool, Any]:
        from strongroom.sealing import Field

        data = bytes.fromhex(envelope["sealed"].removeprefix("\\x"))
        key = next((k for h, k in self._keys.items() if data.startswith(h)), None)
        if key is None:
            self.left += 1
            return False, None
        sealed: Field[Any] = Field(
            self.app, envelope["label"], envelope["purpose"], envelope["type"]
        )
        self.opened += 1
        return True, _plain(sealed.open(self._keys, data, row_key, key.subject))


def _is_envelope(value: object, column: dict[str, Any]) -> bool:
    return column["type"] == "kernel.sealed" and isinstance(value, dict)


def _row_key(row: dict[str, Any], columns: Sequence[dict[str, Any]]) -> list[str | datetime]:
    keys = sorted((c for c in columns if c["key"] is not None), key=lambda c: c["key"])
    return [
        datetime.fromisoformat(row[c["name"]])
        if c["type"].startswith("timestamp")
        else str(row[c["name"]])
        for c in keys
    ]


def _written(value: object) -> str:
    """As PostgreSQL writes jsonb: for an object, short names first."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: (len(name.encode()), name))
        return "{" + ", ".join(f"{_written(n)}: {_written(value[n])}" for n in names) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _plain(value: object) -> Any:
    match value:
        case bool() | str() | None | float() | dict() | list():
            return value
        case int():
            return str(value)
        case bytes():
            return "\\x" + value.hex()
        case Decimal() | UUID():
            return str(value)
        case datetime() | date() | time():
            return value.isoformat()
    raise StrongroomError(f"a sealed {type(value).__name__} can't be written as JSON")


@contextmanager
def keys_explained() -> Iterator[None]:
    """What goes wrong with keys, as errors of the command: they name keys, never what is sealed."""
    try:
        from strongroom.sealing import MissingKey, SealingError
    except ImportError as error:
        raise UsageError(
            f"sealed fields need the extra sealing: {error.name} is not installed",
            hint="pip install 'strongroom[sealing]', or, to export, --leave-sealed",
        ) from None
    try:
        yield
    except MissingKey as error:
        raise UsageError(
            str(error), hint="--keys FILE, or leave them as they are: --leave-sealed"
        ) from error
    except SealingError as error:
        raise StrongroomError(str(error)) from error
