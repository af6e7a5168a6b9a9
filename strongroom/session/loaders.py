"""How results become Python values: psycopg's C loaders, on an adapters map of our own.

The map is built fresh, so what a program registers with psycopg, globally or on a connection,
changes nothing here. It has no connection either: text is UTF-8 and timestamptz is UTC, always.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from psycopg import postgres, pq
from psycopg.abc import Buffer
from psycopg.abc import Loader as AnyLoader
from psycopg.adapt import AdaptersMap, Loader
from psycopg.types import TypesRegistry
from psycopg.types.array import ArrayLoader
from psycopg.types.composite import RecordBinaryLoader
from psycopg.types.string import TextBinaryLoader, TextLoader

from strongroom.session.loaders_of_types import ListLoader, register_builtin, text_list_loader
from strongroom.session.values import BINARY

JSON_OID, JSONB_OID, RECORD_OID = 114, 3802, 2249

# Loaders are chosen by OID. No server hands out OIDs this high before four billion objects were
# made, and the result of a statement never looks them up by what the server sent.
_FIRST_DECODER = 4_294_000_000


@cache
def json_loader(read: Callable[[bytes], object], oid: int, format_: int) -> type[Loader]:
    """A loader class that gives `read` the JSON text of a json or jsonb value.

    Cached, because psycopg remembers every loader class it has seen for ever.
    """
    # jsonb in binary begins with a version byte.
    start = 1 if oid == JSONB_OID and format_ == BINARY else 0

    class JsonLoader(Loader):
        format = pq.Format(format_)

        def load(self, data: Buffer) -> object:
            return read(bytes(data[start:]))

    return JsonLoader


@cache
def _text_array_loader(element: int, delimiter: bytes = b",") -> type[AnyLoader]:
    fields = {"base_oid": element, "delimiter": delimiter}
    return text_list_loader(type("ElementArrayLoader", (ArrayLoader,), fields))


def _pristine() -> AdaptersMap:
    types = TypesRegistry()
    postgres.register_default_types(types)
    adapters = AdaptersMap(types=types)
    postgres.register_default_adapters(adapters)
    register_builtin(adapters)
    for oid in (JSON_OID, JSONB_OID):
        for format_ in (0, 1):
            adapters.register_loader(oid, json_loader(orjson.loads, oid, format_))
    for oid in (1042, 1043, 25, 19, 705, 18):
        adapters.register_loader(oid, TextBinaryLoader)
        adapters.register_loader(oid, TextLoader)
    for known in types:
        if known.array_oid and known.array_oid != known.oid and known.delimiter == ",":
            adapters.register_loader(known.array_oid, _text_array_loader(known.oid))
            # Without a loader the elements would be their bytes.
            if adapters.get_loader(known.oid, pq.Format.BINARY) is not None:
                adapters.register_loader(known.array_oid, ListLoader)
    return adapters


ADAPTERS = _pristine()
"""The loaders of the built-in types, text and binary."""


def has_loader(adapters: AdaptersMap, oid: int, format_: int) -> bool:
    """Whether the type has a loader of its own in this format."""
    return adapters.get_loader(oid, pq.Format(format_)) is not None


def register_text(adapters: AdaptersMap, oid: int) -> None:
    """A type whose binary form is its text: enums, citext."""
    adapters.register_loader(oid, TextBinaryLoader)
    adapters.register_loader(oid, TextLoader)


def register_record(adapters: AdaptersMap, oid: int) -> None:
    """A composite type: its values become tuples of loaded fields."""
    adapters.register_loader(oid, RecordBinaryLoader)


def register_array(
    adapters: AdaptersMap, oid: int, element: int, *, delimiter: str, binary: bool
) -> None:
    """An array type; `binary`: the map can read its elements in that form."""
    if binary:
        adapters.register_loader(oid, ListLoader)
    adapters.register_loader(oid, _text_array_loader(element, delimiter.encode()))


def decoding(
    adapters: AdaptersMap,
    oids: list[int],
    decode: tuple[Callable[[bytes], object] | None, ...],
    format_: int,
) -> tuple[AdaptersMap, list[int]]:
    """A map and column OIDs with which the `decode` functions load their JSON columns.

    Raises ValueError with the column's position where it is not json or jsonb.
    """
    private = AdaptersMap(adapters)
    stand_ins = list(oids)
    for position, read in enumerate(decode):
        if read is None:
            continue
        if oids[position] not in (JSON_OID, JSONB_OID):
            raise ValueError(position)
        stand_ins[position] = _FIRST_DECODER + position
        private.register_loader(stand_ins[position], json_loader(read, oids[position], format_))
    return private, stand_ins


def converter(
    convert: tuple[Callable[[Any], object] | None, ...],
) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """A function that applies each column's `convert` to the values that are not NULL."""

    changes = [(place, change) for place, change in enumerate(convert) if change is not None]

    def apply(values: tuple[Any, ...]) -> tuple[Any, ...]:
        found = list(values)
        for place, change in changes:
            value = found[place]
            if value is not None:
                found[place] = change(value)
        return tuple(found)

    return apply


def cut(
    width: int, convert: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None
) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """A function that leaves out what comes after the columns that are known."""

    def apply(values: tuple[Any, ...]) -> tuple[Any, ...]:
        found = values[:width]
        return convert(found) if convert else found

    return apply


def register_alias(adapters: AdaptersMap, oid: int, base: int) -> None:
    """A domain: read as its base type, where it is an element or a field."""
    for format_ in (pq.Format.TEXT, pq.Format.BINARY):
        loader = adapters.get_loader(base, format_)
        if loader is not None:
            adapters.register_loader(oid, loader)
