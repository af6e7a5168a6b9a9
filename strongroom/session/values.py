"""How a Python value travels as a parameter of a declared PostgreSQL type.

Every type has one way in, whatever psycopg or its user registered: the declared type decides, not
the value, so one prepared statement serves every call. Formats are binary except where text is
the cheaper or the only form (numeric and types that are only known by name).
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from strongroom.session.interval import Interval
from strongroom.session.values_network import dump_cidr, dump_inet
from strongroom.session.values_text import encoded_text

TEXT, BINARY = 0, 1


@dataclass(frozen=True, slots=True)
class Binding:
    """How values of one type are sent: its OID, its format (0 text, 1 binary), and the writer.

    `dump` raises TypeError for a value of the wrong type, ValueError for one out of range.
    """

    oid: int
    format: int
    dump: Callable[[Any], bytes]


def _integer(code: str) -> Callable[[Any], bytes]:
    pack = struct.Struct(code).pack

    def dump(value: Any) -> bytes:
        if type(value) is not int and (isinstance(value, bool) or not isinstance(value, int)):
            raise TypeError("an int is expected")
        try:
            return pack(value)
        except struct.error:
            raise ValueError("out of range") from None

    return dump


def _floating(code: str) -> Callable[[Any], bytes]:
    pack = struct.Struct(code).pack

    def dump(value: Any) -> bytes:
        if isinstance(value, bool) or not isinstance(value, float | int):
            raise TypeError("a float is expected")
        try:
            return pack(value)
        except (struct.error, OverflowError):
            raise ValueError("out of range") from None

    return dump


def _boolean(value: Any) -> bytes:
    if value is True:
        return b"\x01"
    if value is False:
        return b"\x00"
    raise TypeError("a bool is expected")


def _text(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError("a str is expected")
    return encoded_text(value)


def _numeric(value: Any) -> bytes:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError("a Decimal or an int is expected")
    if isinstance(value, Decimal) and value.is_snan():
        raise ValueError("a signalling NaN, which numeric does not have")
    # A NaN of Python may have a sign and a payload.
    return b"NaN" if isinstance(value, Decimal) and value.is_nan() else str(value).encode()


def _bytea(value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError("bytes are expected")
    return bytes(value)


def _uuid(value: Any) -> bytes:
    if not isinstance(value, UUID):
        raise TypeError("a UUID is expected")
    return value.bytes


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(2000, 1, 1)
_MICROSECOND = timedelta(microseconds=1)
_pack_long = struct.Struct("!q").pack
_pack_int = struct.Struct("!i").pack
_pack_interval = struct.Struct("!qii").pack


def _timestamptz(value: Any) -> bytes:
    if not isinstance(value, datetime):
        raise TypeError("a datetime is expected")
    if value.tzinfo is None or value.utcoffset() is None:
        raise ValueError("a datetime without a time zone: say which instant is meant")
    return _pack_long((value - _EPOCH) // _MICROSECOND)


def _timestamp(value: Any) -> bytes:
    if not isinstance(value, datetime):
        raise TypeError("a datetime is expected")
    if value.tzinfo is not None:
        raise ValueError("a datetime with a time zone for a type that has none")
    return _pack_long((value - _NAIVE_EPOCH) // _MICROSECOND)


def _date(value: Any) -> bytes:
    if isinstance(value, datetime) or not isinstance(value, date):
        raise TypeError("a date is expected")
    return _pack_int(value.toordinal() - 730120)


def _time(value: Any) -> bytes:
    if not isinstance(value, time):
        raise TypeError("a time is expected")
    if value.tzinfo is not None:
        raise ValueError("a time with a time zone for a type that has none")
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return _pack_long(seconds * 1_000_000 + value.microsecond)


def _timetz(value: Any) -> bytes:
    if not isinstance(value, time):
        raise TypeError("a time is expected")
    if value.utcoffset() is None:
        raise ValueError("a time without a time zone")
    return value.isoformat().encode()


def _interval(value: Any) -> bytes:
    if isinstance(value, Interval):
        try:
            return _pack_interval(value.microseconds, value.days, value.months)
        except struct.error:
            raise ValueError("out of range") from None
    if not isinstance(value, timedelta):
        raise TypeError("a timedelta is expected")
    return _pack_interval(value.seconds * 1_000_000 + value.microseconds, value.days, 0)


def _json(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        raise TypeError("a value that JSON can hold is expected") from None


def _jsonb(value: Any) -> bytes:
    return b"\x01" + _json(value)


def _bits(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError("a str of 0 and 1 is expected")
    if value.strip("01"):
        raise ValueError("a bit string has other signs than 0 and 1")
    return value.encode()


def silenced(write: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A program's own function, whose errors may quote the value: only their class is passed on."""

    def write_silenced(value: Any) -> Any:
        try:
            return write(value)
        except Exception as error:
            raise ValueError(f"refused by its encoder ({type(error).__name__})") from None

    return write_silenced


def encoded_json(value: object) -> bytes:
    """JSON text as an `encode` function returned it, whether str or bytes."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return value
    raise TypeError("JSON as str or bytes is expected")


# name: (oid, oid of the array type, format, writer)
_BUILTIN: dict[str, tuple[int, int, int, Callable[[Any], bytes]]] = {
    "boolean": (16, 1000, BINARY, _boolean),
    "bytea": (17, 1001, BINARY, _bytea),
    "name": (19, 1003, BINARY, _text),
    "bigint": (20, 1016, BINARY, _integer("!q")),
    "smallint": (21, 1005, BINARY, _integer("!h")),
    "integer": (23, 1007, BINARY, _integer("!i")),
    "text": (25, 1009, BINARY, _text),
    "oid": (26, 1028, BINARY, _integer("!I")),
    "json": (114, 199, BINARY, _json),
    "xml": (142, 143, TEXT, _text),
    "cidr": (650, 651, TEXT, dump_cidr),
    "real": (700, 1021, BINARY, _floating("!f")),
    "double precision": (701, 1022, BINARY, _floating("!d")),
    "money": (790, 791, TEXT, _text),
    "macaddr": (829, 1040, TEXT, _text),
    "inet": (869, 1041, TEXT, dump_inet),
    "character": (1042, 1014, BINARY, _text),
    "character varying": (1043, 1015, BINARY, _text),
    "date": (1082, 1182, BINARY, _date),
    "time without time zone": (1083, 1183, BINARY, _time),
    "bit": (1560, 1561, TEXT, _bits),
    "bit varying": (1562, 1563, TEXT, _bits),
    "xid8": (5069, 271, BINARY, _integer("!Q")),
    "timestamp without time zone": (1114, 1115, BINARY, _timestamp),
    "timestamp with time zone": (1184, 1185, BINARY, _timestamptz),
    "interval": (1186, 1187, BINARY, _interval),
    "time with time zone": (1266, 1270, TEXT, _timetz),
    "numeric": (1700, 1231, TEXT, _numeric),
    "uuid": (2950, 2951, BINARY, _uuid),
    "tsvector": (3614, 3643, TEXT, _text),
    "tsquery": (3615, 3645, TEXT, _text),
    "jsonb": (3802, 3807, BINARY, _jsonb),
    "jsonpath": (4072, 4073, TEXT, _text),
}


def array_of(element: Binding, array_oid: int, delimiter: str = ",") -> Binding:
    """How a list of `element` values is sent: binary where the element is, else a text literal."""
    is_binary = element.format == BINARY
    dump = _binary_array(element) if is_binary else _text_array(element, delimiter.encode())
    return Binding(array_oid, element.format, dump)


def _elements(value: Any) -> list[Any] | tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError("a list is expected")
    return value


def _binary_array(element: Binding) -> Callable[[Any], bytes]:
    dump_element = element.dump

    def dump(value: Any) -> bytes:
        items = _elements(value)
        if not items:
            return struct.pack("!iiI", 0, 0, element.oid)
        parts = [b""]
        has_null = 0
        for item in items:
            if item is None:
                has_null = 1
                parts.append(b"\xff\xff\xff\xff")
            else:
                data = dump_element(item)
                parts.append(_pack_int(len(data)))
                parts.append(data)
        parts[0] = struct.pack("!iiIii", 1, has_null, element.oid, len(items), 1)
        return b"".join(parts)

    return dump


def _text_array(element: Binding, delimiter: bytes) -> Callable[[Any], bytes]:
    dump_element = element.dump

    def quoted(item: Any) -> bytes:
        if item is None:
            return b"NULL"
        data = dump_element(item).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        return b'"' + data + b'"'

    def dump(value: Any) -> bytes:
        return b"{" + delimiter.join([quoted(item) for item in _elements(value)]) + b"}"

    return dump


def _builtin_bindings() -> dict[str, Binding]:
    bindings: dict[str, Binding] = {}
    for name, (oid, array_oid, format_, dump) in _BUILTIN.items():
        bindings[name] = Binding(oid, format_, dump)
        bindings[f"{name}[]"] = array_of(bindings[name], array_oid)
    return bindings


BINDINGS = _builtin_bindings()
"""Bindings of the built-in types, by the name that format_type() gives them."""

BINDINGS_BY_OID = {binding.oid: binding for binding in BINDINGS.values()}


def text_binding(oid: int, *, string: bool) -> Binding:
    """A type known only by OID: strings in binary (the bytes are the text), the rest as text."""
    return Binding(oid, BINARY if string else TEXT, _text)
