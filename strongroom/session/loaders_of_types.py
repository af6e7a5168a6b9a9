"""Loaders of types that psycopg has none for, or one that would not tell the truth."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from datetime import timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from psycopg import pq
from psycopg.abc import AdaptContext, Buffer
from psycopg.abc import Loader as AnyLoader
from psycopg.adapt import AdaptersMap, Loader
from psycopg.types.array import ArrayBinaryLoader
from psycopg.types.hstore import HstoreBinaryLoader, HstoreLoader
from psycopg.types.multirange import MultirangeBinaryLoader, MultirangeLoader
from psycopg.types.range import RangeBinaryLoader, RangeLoader
from psycopg.types.string import TextBinaryLoader, TextLoader

from strongroom.session.errors import ShapeMismatch
from strongroom.session.interval import Interval

INTERVAL_OID = 1186
_unpack_interval = struct.Struct("!qii").unpack
_dimensions_of = struct.Struct("!i").unpack_from
_INTERVAL = re.compile(
    rb"(?:(?P<years>[-+]?\d+) years? ?)?(?:(?P<months>[-+]?\d+) mons? ?)?"
    rb"(?:(?P<days>[-+]?\d+) days? ?)?"
    rb"(?:(?P<sign>[-+]?)(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d)(?:\.(?P<part>\d+))?)?$"
)
_INFINITE = {
    b"infinity": Interval(2**31 - 1, 2**31 - 1, 2**63 - 1),
    b"-infinity": Interval(-(2**31), -(2**31), -(2**63)),
}
_HINT = (
    '; select it in days or seconds, or have it as "interval" = "strongroom.session.Interval" in'
    " [tool.strongroom.types]"
)


def _made(name: str, format_: int, load: Callable[[bytes], object]) -> type[Loader]:
    """A loader class that calls a function of the bytes."""

    def call(self: Loader, data: Buffer) -> object:
        return load(bytes(data))

    return type(name, (Loader,), {"format": pq.Format(format_), "load": call})


def _interval(data: bytes) -> Interval:
    microseconds, days, months = _unpack_interval(data)
    return Interval(months, days, microseconds)


def _interval_text(data: bytes) -> Interval:
    if data in _INFINITE:
        return _INFINITE[data]
    match = _INTERVAL.match(data)
    if match is None:
        raise ShapeMismatch("an interval can't be read: set IntervalStyle to postgres")
    number = {key: int(value or 0) for key, value in match.groupdict().items() if key != "sign"}
    seconds = (number["hours"] * 60 + number["minutes"]) * 60 + number["seconds"]
    microseconds = seconds * 1_000_000 + int((match["part"] or b"").ljust(6, b"0"))
    sign = -1 if match["sign"] == b"-" else 1
    return Interval(number["years"] * 12 + number["months"], number["days"], sign * microseconds)


def _as_timedelta(value: Interval) -> timedelta:
    try:
        return value.timedelta()
    except ValueError as error:
        raise ShapeMismatch(f"{error}{_HINT}") from None


INTERVAL_LOADERS = (
    _made("IntervalTextLoader", 0, _interval_text),
    _made("IntervalLoader", 1, _interval),
)
_TIMEDELTA_LOADERS = (
    _made("TimedeltaTextLoader", 0, lambda data: _as_timedelta(_interval_text(data))),
    _made("TimedeltaLoader", 1, lambda data: _as_timedelta(_interval(data))),
)


def _bits(data: bytes) -> str:
    (length,) = struct.unpack_from("!i", data)
    return "".join(f"{byte:08b}" for byte in data[4:])[:length]


def _after_version(data: bytes) -> str:
    return data[1:].decode()


def _lsn(data: bytes) -> str:
    high, low = struct.unpack("!II", data)
    return f"{high:X}/{low:X}"


def _vector(code: str) -> Callable[[bytes], list[float]]:
    def load(data: bytes) -> list[float]:
        (length,) = struct.unpack_from("!H", data)
        return list(struct.unpack_from(f"!{length}{code}", data, 4))

    return load


def _vector_text(data: bytes) -> list[float]:
    return [float(part) for part in data[1:-1].split(b",")]


def _numbers(code: str) -> Callable[[bytes], list[int]]:
    """Of int2vector and oidvector: sent as arrays are, but written without brackets."""
    item = struct.Struct(f"!i{code}")

    def load(data: bytes) -> list[int]:
        dimensions = struct.unpack_from("!i", data)[0]
        return [number for _, number in item.iter_unpack(data[20:])] if dimensions else []

    return load


def _numbers_text(data: bytes) -> list[int]:
    return [int(part) for part in data.split()]


def _whole(data: bytes) -> bytes:
    return data


def _from_hex(data: bytes) -> bytes:
    return bytes.fromhex(data.decode())


_WITH_VERSION = (TextLoader, _made("VersionedTextLoader", 1, _after_version))
_GEOMETRY = (_made("GeometryTextLoader", 0, _from_hex), _made("GeometryLoader", 1, _whole))
_VECTOR_TEXT = _made("VectorTextLoader", 0, _vector_text)
_NUMBERS_TEXT = _made("NumbersTextLoader", 0, _numbers_text)
_BUILTIN: dict[int, tuple[type[AnyLoader], type[AnyLoader]]] = {
    INTERVAL_OID: _TIMEDELTA_LOADERS,
    5069: (
        _made("Xid8TextLoader", 0, int),
        _made("Xid8Loader", 1, lambda data: int.from_bytes(data, "big")),
    ),
    28: (
        _made("XidTextLoader", 0, int),
        _made("XidLoader", 1, lambda data: int.from_bytes(data, "big")),
    ),
    22: (_NUMBERS_TEXT, _made("Int2VectorLoader", 1, _numbers("h"))),
    30: (_NUMBERS_TEXT, _made("OidVectorLoader", 1, _numbers("I"))),
    142: (TextLoader, TextBinaryLoader),
    1560: (TextLoader, _made("BitLoader", 1, _bits)),
    1562: (TextLoader, _made("VarbitLoader", 1, _bits)),
    829: (TextLoader, _made("MacaddrLoader", 1, lambda data: data.hex(":"))),
    774: (TextLoader, _made("Macaddr8Loader", 1, lambda data: data.hex(":"))),
    3220: (TextLoader, _made("LsnLoader", 1, _lsn)),
    4072: _WITH_VERSION,
}
_EXTENSION_TYPES: dict[tuple[str, str], tuple[type[AnyLoader], type[AnyLoader]]] = {
    ("vector", "vector"): (_VECTOR_TEXT, _made("VectorLoader", 1, _vector("f"))),
    ("vector", "halfvec"): (_VECTOR_TEXT, _made("HalfvecLoader", 1, _vector("e"))),
    ("hstore", "hstore"): (HstoreLoader, HstoreBinaryLoader),
    ("postgis", "geometry"): _GEOMETRY,
    ("postgis", "geography"): _GEOMETRY,
    **{("ltree", name): _WITH_VERSION for name in ("ltree", "lquery", "ltxtquery")},
}


def register_builtin(adapters: AdaptersMap) -> None:
    """Correct and complete the loaders of built-in types."""
    for oid, classes in _BUILTIN.items():
        register(adapters, oid, classes)


def register(adapters: AdaptersMap, oid: int, classes: tuple[type[AnyLoader], ...]) -> None:
    """Give a type its loaders, one for each format."""
    for each in classes:
        adapters.register_loader(oid, each)


def extension_loaders(extension: str, name: str) -> tuple[type[AnyLoader], ...]:
    """The loaders of a type of a well-known extension; none for any other."""
    return _EXTENSION_TYPES.get((extension, name), ())


@cache
def range_loaders(subtype: int) -> tuple[type[AnyLoader], type[AnyLoader]]:
    """Loaders of a range type over a subtype."""
    inside = {"subtype_oid": subtype}
    return type("Text", (RangeLoader,), inside), type("Binary", (RangeBinaryLoader,), inside)


@cache
def multirange_loaders(subtype: int) -> tuple[type[AnyLoader], type[AnyLoader]]:
    """Loaders of a multirange type over ranges of a subtype."""
    inside = {"subtype_oid": subtype}
    return (
        type("TextMany", (MultirangeLoader,), inside),
        type("BinaryMany", (MultirangeBinaryLoader,), inside),
    )


class ListLoader(Loader):
    """An array of one dimension, or an empty one, as a list."""

    format = pq.Format.BINARY

    def __init__(self, oid: int, context: AdaptContext | None = None):
        super().__init__(oid, context)
        self._load = ArrayBinaryLoader(oid, context).load

    def load(self, data: Buffer) -> list[Any]:
        if _dimensions_of(data)[0] > 1:
            raise _many_dimensions()
        return self._load(data)


def text_list_loader(inner: type[AnyLoader]) -> type[AnyLoader]:
    """The same for an array's text."""

    def start(self: Any, oid: int, context: AdaptContext | None = None) -> None:
        Loader.__init__(self, oid, context)
        self._load = inner(oid, context).load

    def load(self: Any, data: Buffer) -> object:
        text = bytes(data)
        # Where it does not begin at 1, its bounds come first: [0:1]={1,2}.
        body = text.partition(b"=")[2] if text.startswith(b"[") else text
        if body.startswith(b"{{"):
            raise _many_dimensions()
        return self._load(data)

    return type("TextListLoader", (Loader,), {"__init__": start, "load": load})


def _many_dimensions() -> ShapeMismatch:
    return ShapeMismatch(
        "an array of several dimensions, where the generated type is a plain list: select it as"
        " json, by to_jsonb(), or an element of it"
    )


@cache
def enum_loaders(labels: type[StrEnum], name: str) -> tuple[type[AnyLoader], type[AnyLoader]]:
    """Loaders that give the members of an enum class."""
    members = {member.value.encode(): member for member in labels}

    def load(data: bytes) -> object:
        try:
            return members[data]
        except KeyError:
            raise ShapeMismatch(
                f'{name} has the label "{data.decode()}", which {labels.__name__} had not when'
                " this code was generated: run the generator again"
            ) from None

    return _made("EnumTextLoader", 0, load), _made("EnumLoader", 1, load)


@cache
def reading_loader(read: Callable[[Any], object], inner: type[AnyLoader]) -> type[AnyLoader]:
    """A loader class that gives what `read` makes of the value that another one loads."""

    def start(self: Any, oid: int, context: AdaptContext | None = None) -> None:
        Loader.__init__(self, oid, context)
        self._load = inner(oid, context).load

    def load(self: Any, data: Buffer) -> object:
        return read(self._load(data))

    fields = {"inner": inner, "format": inner.format, "__init__": start, "load": load}
    return type("ReadingLoader", (Loader,), fields)
