"""How ranges and the types of extensions travel as parameters."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range, dump_range_binary, dump_range_text

from strongroom.session.values import BINARY, TEXT, Binding
from strongroom.session.values_text import encoded_text

_length = struct.Struct("!i").pack


def range_of(oid: int, subtype: Binding) -> Binding:
    """How a psycopg `Range` of values of the subtype is sent."""
    return Binding(oid, subtype.format, _range(subtype))


def multirange_of(oid: int, subtype: Binding) -> Binding:
    """How a `Multirange`, or a list of ranges, is sent."""
    dump = _range(subtype)

    def dump_ranges(value: Any) -> bytes:
        if not isinstance(value, Multirange | list | tuple):
            raise TypeError("a Multirange is expected")
        parts = [dump(each) for each in value]
        if subtype.format == TEXT:
            return b"{" + b",".join(parts) + b"}"
        framed = b"".join(_length(len(part)) + part for part in parts)
        return _length(len(parts)) + framed

    return Binding(oid, subtype.format, dump_ranges)


def _range(subtype: Binding) -> Callable[[Any], bytes]:
    write = dump_range_binary if subtype.format == BINARY else dump_range_text

    def dump_range(value: Any) -> bytes:
        if not isinstance(value, Range):
            raise TypeError("a Range is expected")
        return bytes(write(value, subtype.dump))

    return dump_range


def _numbers(value: Any) -> Sequence[float]:
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise TypeError("a list of float is expected")
    if not all(isinstance(number, float | int) for number in value):
        raise TypeError("a list of float is expected")
    return value


def _vector(code: str) -> Callable[[Any], bytes]:
    def dump(value: Any) -> bytes:
        numbers = _numbers(value)
        try:
            return struct.pack(f"!HH{len(numbers)}{code}", len(numbers), 0, *numbers)
        except (struct.error, OverflowError):
            raise ValueError("out of range") from None

    return dump


def _hstore(value: Any) -> bytes:
    if not isinstance(value, dict):
        raise TypeError("a dict is expected")
    parts = [_length(len(value))]
    for key, item in value.items():
        if not isinstance(key, str) or not isinstance(item, str | None):
            raise TypeError("a dict of str to str or None is expected")
        written = encoded_text(key)
        parts += [_length(len(written)), written]
        if item is None:
            parts.append(_length(-1))
        else:
            written = encoded_text(item)
            parts += [_length(len(written)), written]
    return b"".join(parts)


def _geometry(value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise TypeError("bytes (EWKB) are expected")
    return bytes(value)


_EXTENSION_TYPES: dict[tuple[str, str], tuple[int, Callable[[Any], bytes]]] = {
    ("vector", "vector"): (BINARY, _vector("f")),
    ("vector", "halfvec"): (BINARY, _vector("e")),
    ("hstore", "hstore"): (BINARY, _hstore),
    ("postgis", "geometry"): (BINARY, _geometry),
    ("postgis", "geography"): (BINARY, _geometry),
}


def extension_binding(oid: int, extension: str, name: str) -> Binding | None:
    """How a type of a well-known extension is sent; None for any other."""
    found = _EXTENSION_TYPES.get((extension, name))
    return Binding(oid, *found) if found else None
