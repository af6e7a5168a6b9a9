"""Page tokens: where the next page starts, opaque to whoever carries them.

A token is not a secret and grants nothing: it only names values of the sort key, and row level
security applies to the next page as to the first.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from strongroom.session.errors import BadPageToken
from strongroom.session.statement import Page, Statement

T = TypeVar("T")


def _digest(statement: Statement[Any]) -> str:
    named = f"{statement.name}\0{statement.sort}".encode()
    return hashlib.blake2b(named, digest_size=6).hexdigest()


def write_token(statement: Statement[Any], key: tuple[object, ...]) -> str:
    """The token for the page after the row with this key.

    Raises BadPageToken when the key holds NULL: no comparison would find the next row.
    """
    values: list[str | int | bool] = []
    for value in key:
        if value is None:
            raise BadPageToken(f"{statement.name}: NULL in the key that the pages are ordered by")
        values.append(_written(value))
    text = json.dumps([_digest(statement), *values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _written(value: object) -> str | int | bool:
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value // timedelta(microseconds=1))
    if isinstance(value, bytes):
        return value.hex()
    return repr(value) if isinstance(value, float) else str(value)


def _exactly(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise ValueError
        return value

    return read


def _integer(low: int, beyond: int) -> Callable[[Any], Any]:
    exact = _exactly(int)

    def read_integer(value: Any) -> Any:
        if not low <= exact(value) < beyond:
            raise ValueError
        return value

    return read_integer


def _text(read: Callable[[str], Any]) -> Callable[[Any], Any]:
    def read_text(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError
        return read(value)

    return read_text


def _read_numeric(value: Any) -> Decimal:
    """A number that numeric can hold, not one of a thousand million digits."""
    found = Decimal(str(value))
    exponent = found.as_tuple().exponent
    if isinstance(exponent, int) and (exponent < -16383 or found.adjusted() >= 131072):
        raise ValueError
    return found


def _read_text(value: Any) -> str:
    """A text that PostgreSQL can hold."""
    text: str = _exactly(str)(value)
    if "\0" in text:
        raise ValueError
    text.encode()
    return text


_READERS: dict[str, Callable[[Any], Any]] = {
    "smallint": _integer(-(2**15), 2**15),
    "integer": _integer(-(2**31), 2**31),
    "bigint": _integer(-(2**63), 2**63),
    "oid": _integer(0, 2**32),
    "boolean": _exactly(bool),
    "numeric": _read_numeric,
    "real": _text(float),
    "double precision": _text(float),
    "timestamp with time zone": _text(datetime.fromisoformat),
    "timestamp without time zone": _text(datetime.fromisoformat),
    "date": _text(date.fromisoformat),
    "time without time zone": _text(time.fromisoformat),
    "time with time zone": _text(time.fromisoformat),
    "interval": _text(lambda value: timedelta(microseconds=int(value))),
    "uuid": _text(UUID),
    "bytea": _text(bytes.fromhex),
}


def read_token(statement: Statement[Any], token: str, types: tuple[str, ...]) -> tuple[Any, ...]:
    """The key that a token holds, as values of these PostgreSQL types.

    Raises BadPageToken for a token that is damaged, or of another query or order.
    """
    try:
        text = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        digest, *values = json.loads(text)
        if digest != _digest(statement) or len(values) != len(types):
            raise ValueError
        readers: list[Callable[[Any], Any]] = [_READERS.get(type_, _read_text) for type_ in types]
        return tuple(read(value) for read, value in zip(readers, values, strict=True))
    except (ValueError, TypeError, ArithmeticError, AttributeError, RecursionError):
        raise BadPageToken(f"{statement.name}: this is not one of its page tokens") from None


def cut_page(
    statement: Statement[T], rows: list[T], limit: int, key: Callable[[T], tuple[object, ...]]
) -> Page[T]:
    """The page of at most `limit` of these rows, with a token when there were more."""
    if len(rows) <= limit:
        return Page(rows, None)
    del rows[limit:]
    return Page(rows, write_token(statement, key(rows[-1])))
