"""Rows that the server turned into JSON, read back as what they were.

No validator is asked: the server itself wrote the JSON, from types that are known. A numeric keeps
its digits, an instant is in UTC, as when it is read without JSON in between.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from strongroom.session.errors import ShapeMismatch
from strongroom.session.records import Array, Converted, FromJson, Json, Plain, Record, Shape

ReadJson: TypeAlias = Callable[[Any], object]


class _Digits(float):
    """A JSON number with a fraction, and how it was written."""

    text: str

    def __new__(cls, text: str) -> _Digits:
        found = super().__new__(cls, text)
        found.text = text
        return found


def _numeric(value: Any) -> Decimal:
    return Decimal(value.text) if isinstance(value, _Digits) else Decimal(value)


def _instant(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC)


# Only types whose JSON form says all that their value does, whatever the server's settings are.
LEAVES: dict[str, ReadJson | None] = {
    **dict.fromkeys(("smallint", "integer", "bigint", "boolean"), None),
    **dict.fromkeys(("text", "character varying", "character", "name", "citext"), None),
    **dict.fromkeys(("real", "double precision"), float),
    "numeric": _numeric,
    "uuid": UUID,
    "date": date.fromisoformat,
    "time without time zone": time.fromisoformat,
    "timestamp without time zone": datetime.fromisoformat,
    "timestamp with time zone": _instant,
}
"""How a value of a type is read from JSON; None: as it is. Other types are not read from JSON."""


def _types(shape: Shape) -> set[str]:
    if isinstance(shape, Record):
        return set(shape.types).union(*(_types(part) for part in shape.inside or () if part))
    if isinstance(shape, Array):
        return _types(shape.element)
    return {shape.type} if isinstance(shape, Plain) else set()


def loads_for(shape: Shape) -> Callable[[bytes], Any]:
    """A parser of JSON that keeps the digits of numbers where the shape needs them."""
    if "numeric" in {name.removesuffix("[]") for name in _types(shape)}:
        return lambda text: json.loads(text, parse_float=_Digits)
    return orjson.loads


def json_reader(shape: Shape, where: str) -> ReadJson:
    """A function of parsed JSON, not null, that gives what the shape says."""
    if isinstance(shape, Record):
        return _record(shape, where)
    if isinstance(shape, Array):
        return _list(json_reader(shape.element, where), where)
    if isinstance(shape, Plain):
        return shape.read or _leaf(shape.type, where) or _same
    if isinstance(shape, Converted):
        return shape.read
    if isinstance(shape, FromJson):
        return json_reader(shape.shape, where)
    if isinstance(shape, Json):
        return _stored(shape)
    raise ShapeMismatch(f"{where}: {type(shape).__name__} is no shape of a value in JSON")


def _same(value: object) -> object:
    return value


def _stored(shape: Json) -> ReadJson:
    read = shape.read
    return lambda value: read(orjson.dumps(_plain(value)))


def _plain(value: Any) -> Any:
    """JSON without the digits that were kept for others."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return float(value) if isinstance(value, _Digits) else value


def _record(shape: Record[Any], where: str) -> ReadJson:
    inside = shape.inside or (None,) * len(shape.names)
    names = shape.names
    changes = [
        (
            json_reader(part, f"{where}.{name}") if part else _leaf(type_, f"{where}.{name}"),
            isinstance(part, Json) and part.required,
        )
        for name, type_, part in zip(names, shape.types, inside, strict=True)
    ]
    make = shape.make

    def read(value: Any) -> object:
        try:
            parts = [value[name] for name in names]
        except (KeyError, TypeError):
            raise ShapeMismatch(
                f"{where}: its JSON is no object with the keys ({', '.join(names)}), for which this"
                " code was generated: run the generator again, or migrate the database"
            ) from None
        return make(
            *[
                part if change is None or (part is None and not required) else change(part)
                for part, (change, required) in zip(parts, changes, strict=True)
            ]
        )

    return read


def _leaf(type_: str, where: str) -> ReadJson | None:
    if type_ in ("json", "jsonb"):
        return _plain
    if type_.endswith("[]"):
        return _list(_leaf(type_.removesuffix("[]"), where) or _same, where)
    return LEAVES.get(type_)


def _list(read: ReadJson, where: str) -> ReadJson:
    def read_list(value: Any) -> object:
        if not isinstance(value, list):
            raise ShapeMismatch(f"{where}: its JSON is no array")
        return [None if part is None else read(part) for part in value]

    return read_list
