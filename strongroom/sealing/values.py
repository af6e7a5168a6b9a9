"""How values of PostgreSQL's types are written before they are sealed: one text for one value."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from strongroom.sealing.errors import BadValue

RowKey: TypeAlias = int | str | UUID | date | datetime


@dataclass(frozen=True, slots=True)
class Writing:
    """A type: the Python class of its values, and how they become text and values again."""

    python: type[Any] | None
    """None: whatever JSON can hold."""
    write: Callable[[Any], str]
    read: Callable[[str], Any]


def _instant(value: datetime) -> str:
    if value.tzinfo is None:
        raise BadValue("an instant needs a time zone")
    return value.astimezone(UTC).isoformat()


def _plain_time(value: datetime | time) -> str:
    if value.tzinfo is not None:
        raise BadValue("a time without zone has none")
    return value.isoformat()


def _number(value: Decimal) -> str:
    if value.is_snan():
        raise BadValue("a signalling NaN is no numeric")
    return format(value, "f") if value.is_finite() else str(value)


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text]


def _json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        raise BadValue("the value can't be written as JSON") from None


def _whole(least: int, most: int) -> Writing:
    def write(value: int) -> str:
        if not least <= value <= most:
            raise BadValue("the number is out of the range of its type")
        return str(value)

    return Writing(int, write, int)


_TEXT = Writing(str, str, str)
WRITINGS: dict[str, Writing] = {
    "text": _TEXT,
    "varchar": _TEXT,
    "citext": _TEXT,
    "date": Writing(date, date.isoformat, date.fromisoformat),
    "time": Writing(time, _plain_time, time.fromisoformat),
    "timestamp": Writing(datetime, _plain_time, datetime.fromisoformat),
    "timestamptz": Writing(datetime, _instant, datetime.fromisoformat),
    "numeric": Writing(Decimal, _number, Decimal),
    "smallint": _whole(-(2**15), 2**15 - 1),
    "integer": _whole(-(2**31), 2**31 - 1),
    "bigint": _whole(-(2**63), 2**63 - 1),
    "double": Writing(float, repr, float),
    "boolean": Writing(bool, lambda value: "true" if value else "false", _boolean),
    "uuid": Writing(UUID, str, UUID),
    "bytea": Writing(bytes, bytes.hex, bytes.fromhex),
    "jsonb": Writing(None, _json, json.loads),
}
"""The types that `@sealed` takes, by their name in the tag (`double` for double precision)."""


def is_of(value: object, kind: type[Any]) -> bool:
    """Whether a value is one of the class itself: True is no number, and an instant is no date."""
    if isinstance(value, bool) and kind is not bool:
        return False
    if isinstance(value, datetime) and kind is not datetime:
        return False
    return isinstance(value, kind)


def row_key_text(value: RowKey) -> bytes:
    """A value of a row's key as it is bound into an envelope. Raises BadValue."""
    if isinstance(value, bool):
        raise BadValue("a row key of bool can't be bound: use numbers, text, uuid or times")
    match value:
        case str():
            try:
                return value.encode()
            except UnicodeEncodeError:
                raise BadValue("a row key that is not Unicode can't be bound") from None
        case int() | UUID():
            return str(value).encode()
        case datetime():
            return _instant(value).encode()
        case date():
            return value.isoformat().encode()
    raise BadValue(
        f"a row key of {type(value).__name__} can't be bound: use numbers, text, uuid or times"
    )
