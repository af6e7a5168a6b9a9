"""Read the values that shapes describe: binary where the whole result is, else text."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from psycopg import pq
from psycopg.adapt import AdaptersMap, Transformer

from strongroom.session.errors import ShapeMismatch
from strongroom.session.loaders import JSONB_OID, RECORD_OID, has_loader
from strongroom.session.record_json import json_reader, loads_for
from strongroom.session.records import (
    Array,
    Converted,
    FromJson,
    Json,
    KnownTypes,
    Plain,
    Record,
    Shape,
    Text,
    is_for_json,
)
from strongroom.session.values import BINARY, BINDINGS, TEXT

if TYPE_CHECKING:
    from strongroom.session.statement import Statement

Read: TypeAlias = Callable[[Any], object]

BYTES_OID, TEXT_OID = 17, 25
_ARRAY_HEAD = 12
_count_at = struct.Struct("!i").unpack_from
_field_at = struct.Struct("!Ii").unpack_from
_array_at = struct.Struct("!iiI").unpack_from
# Types that are read alike, so that one may have become the other since the code was generated.
_ALIKE = {
    **dict.fromkeys((20, 21, 23), "integer"),
    **dict.fromkeys((25, 1042, 1043), "text"),
    **dict.fromkeys((700, 701), "float"),
}
_TEXT_FIELD = re.compile(r'(?:"((?:[^"\\]|""|\\.)*)"|([^,)]*))[,)]', re.DOTALL)
_TEXT_ESCAPE = re.compile(r'"(")|\\(.)', re.DOTALL)
_TEXT_ELEMENT = re.compile(r'(?:"((?:[^"\\]|\\.)*)"|([^,{}"]+))[,}]', re.DOTALL)


def shaped_columns(
    statement: Statement[Any], reading: Reading, oids: list[int]
) -> tuple[list[int], tuple[Read | None, ...]]:
    """The types as which a statement's columns are loaded, and what is done to each value then.

    Raises ShapeMismatch for a column that is not of the type that its shape says.
    """
    columns = list(oids)
    converts = list(statement.convert or [None] * len(oids))
    for position, shape in enumerate(statement.shapes or ()):
        if isinstance(shape, Converted):
            converts[position] = shape.read
        elif shape is not None:
            where = f"{statement.name}: column {statement.columns[position]}"
            converts[position] = reading.reader(shape, oids[position], where)
            columns[position] = raw_type(reading.format)
    return columns, tuple(converts)


def checked_json(statement: Statement[Any]) -> tuple[Callable[[bytes], object] | None, ...]:
    """The statement's `decode` functions, which then say in which column the JSON is wrong."""
    return tuple(
        None if read is None else _checked(read, f"{statement.name}: column {column}")
        for read, column in zip(statement.decode or (), statement.columns, strict=True)
    )


@cache
def _checked(read: Callable[[bytes], object], where: str) -> Callable[[bytes], object]:
    # Cached, because a loader class is made for each function and kept for ever.
    def read_checked(text: bytes) -> object:
        try:
            return read(text)
        except ValueError as error:
            raise bad_json(where, error) from None

    return read_checked


def shaped_format(
    statement: Statement[Any], known: KnownTypes, adapters: AdaptersMap, oids: list[int]
) -> int:
    """Binary where everything in the result has a binary loader, else text."""
    shapes = statement.shapes or (None,) * len(oids)
    return (
        BINARY
        if all(
            readable(shape, oid, known, adapters)
            if shape is not None and not isinstance(shape, Converted)
            else has_loader(adapters, oid, BINARY)
            for shape, oid in zip(shapes, oids, strict=True)
        )
        else TEXT
    )


def raw_type(format_: int) -> int:
    """The OID under which a shaped column is loaded: its bytes, or its text, as they are."""
    return BYTES_OID if format_ == BINARY else TEXT_OID


def readable(shape: Shape, oid: int, known: KnownTypes, adapters: AdaptersMap) -> bool:
    """Whether everything in a value of this shape has a binary loader."""
    if isinstance(shape, Array):
        return readable(shape.element, _element_type(shape, known), known, adapters)
    if not isinstance(shape, Record):
        return not isinstance(shape, Text)
    oids = _declared(shape, oid, known)
    inside = shape.inside or (None,) * len(oids)
    return all(
        readable(part, number, known, adapters)
        if part and not isinstance(part, Converted) and not is_for_json(part)
        else has_loader(adapters, number, BINARY)
        for part, number in zip(inside, oids, strict=True)
    )


def _element_type(shape: Array, known: KnownTypes) -> int:
    element = shape.element
    if isinstance(element, Plain):
        return BINDINGS[element.type].oid
    return known.oids.get(element.type or "", RECORD_OID) if isinstance(element, Record) else 0


def _declared(shape: Record[Any], oid: int, known: KnownTypes) -> list[int]:
    """The OIDs that the fields are read as: the database's own where it knows them."""
    fields = known.fields.get(known.below(oid), ())[: len(shape.names)]
    if len(fields) == len(shape.names):
        return [type_ for _, type_ in fields]
    return [known.oids[name] for name in shape.types]


def alike(found: int, expected: int) -> bool:
    """Whether values of one type are read as those of the other are."""
    return found == expected or (found in _ALIKE and _ALIKE[found] == _ALIKE.get(expected))


@dataclass(frozen=True, slots=True)
class Reading:
    """Makes the readers of one statement on one connection."""

    known: KnownTypes
    adapters: AdaptersMap
    format: int

    def reader(self, shape: Shape, oid: int, where: str) -> Read:
        """A function of the bytes (in text format: the str) of a value that is not NULL.

        Raises ShapeMismatch when the type is not what the shape says; so may the function.
        """
        if isinstance(shape, Record):
            return self._record(shape, oid, where)
        if isinstance(shape, Array):
            return self._array(shape, where)
        if isinstance(shape, Text):
            return _as_it_is
        if isinstance(shape, Json):
            return self._json(shape.read, oid, where)
        if isinstance(shape, FromJson):
            loads, read = loads_for(shape.shape), json_reader(shape.shape, where)
            return self._json(lambda text: read(loads(text)), oid, where)
        raise ShapeMismatch(f"{where}: {type(shape).__name__} is no shape of a whole value")

    def _json(self, read: Callable[[bytes], object], oid: int, where: str) -> Read:
        start = 1 if oid == JSONB_OID and self.format == BINARY else 0
        binary = self.format == BINARY

        def read_json(data: Any) -> object:
            text = data[start:] if binary else data.encode()
            try:
                return read(text)
            except ValueError as error:
                raise bad_json(where, error) from None

        return read_json

    def _record(self, shape: Record[Any], oid: int, where: str) -> Read:
        if shape.type is not None:
            self._check_fields(shape, oid, where)
        oids = tuple(_declared(shape, oid, self.known))
        return (
            self._binary_record(shape, oids, where)
            if self.format == BINARY
            else (self._text_record(shape, oids, where))
        )

    def _check_fields(self, shape: Record[Any], oid: int, where: str) -> None:
        oid = self.known.below(oid)
        if oid != self.known.oids.get(shape.type or ""):
            raise ShapeMismatch(f"{where} is no longer of type {shape.type}: generate again")
        found = self.known.fields.get(oid, ())[: len(shape.names)]
        if tuple(name for name, _ in found) != shape.names:
            raise ShapeMismatch(
                f"{where}: {shape.type} begins with the columns"
                f" ({', '.join(name for name, _ in found)}), and this code was generated for"
                f" ({', '.join(shape.names)}): run the generator again, or migrate the database"
            )
        for (name, type_), wanted in zip(found, shape.types, strict=True):
            if not alike(type_, self.known.oids[wanted]):
                raise retyped(where, shape, name, wanted)

    def _loading(
        self, shape: Record[Any], oids: Sequence[int], where: str
    ) -> Callable[[list[Any]], object]:
        """A function from the raw fields of a record to what is made of it."""
        stand_ins, changes = list(oids), list[tuple[int, Read]]()
        for position, part in enumerate(shape.inside or ()):
            if isinstance(part, Converted):
                changes.append((position, part.read))
            elif part is not None and not is_for_json(part):
                stand_ins[position] = raw_type(self.format)
                field = f"{where}.{shape.names[position]}"
                changes.append((position, self.reader(part, oids[position], field)))
        transformer = Transformer(self.adapters)
        transformer.set_loader_types(stand_ins, pq.Format(self.format))
        load, make = transformer.load_sequence, shape.make
        if not changes:
            return lambda parts: make(*load(parts))

        def build(parts: list[Any]) -> object:
            values = list(load(parts))
            for position, read in changes:
                if values[position] is not None:
                    values[position] = read(values[position])
            return make(*values)

        return build

    def _binary_record(self, shape: Record[Any], oids: tuple[int, ...], where: str) -> Read:
        build, width = self._loading(shape, oids, where), len(oids)
        head_at = _field_at

        def read(data: bytes) -> object:
            if _count_at(data)[0] < width:
                raise too_narrow(where, shape)
            at, parts = 4, list[bytes | None]()
            add = parts.append
            for expected in oids:
                oid, length = head_at(data, at)
                at += 8
                if oid != expected:
                    return self._retyped_record(shape, oids, where, data)
                if length < 0:
                    add(None)
                else:
                    end = at + length
                    add(data[at:end])
                    at = end
            return build(parts)

        return read

    def _retyped_record(
        self, shape: Record[Any], oids: tuple[int, ...], where: str, data: bytes
    ) -> object:
        """A field got another type while the statement was in use."""
        at, found = 4, []
        for expected, name, type_ in zip(oids, shape.names, shape.types, strict=True):
            oid, length = _field_at(data, at)
            at += 8 + max(length, 0)
            if not alike(oid, expected):
                raise retyped(where, shape, name, type_)
            found.append(oid)
        return self._binary_record(shape, tuple(found), where)(data)

    def _text_record(self, shape: Record[Any], oids: tuple[int, ...], where: str) -> Read:
        build, width = self._loading(shape, oids, where), len(oids)

        def read(text: str) -> object:
            parts = [
                None
                if not quoted and not plain and text[match.start()] != '"'
                else (_TEXT_ESCAPE.sub(r"\1\2", quoted) if quoted else plain or "").encode()
                for match in _TEXT_FIELD.finditer(text, 1)
                for quoted, plain in [match.groups()]
            ]
            if len(parts) < width:
                raise too_narrow(where, shape)
            return build(parts[:width])

        return read

    def _array(self, shape: Array, where: str) -> Read:
        element = shape.element
        if self.format != BINARY:
            read_one = self._element(element, _element_type(shape, self.known), where)

            def read_text(text: str) -> object:
                return [None if part is None else read_one(part) for part in _split(text, where)]

            return read_text
        readers: dict[int, Read] = {}

        def read(data: bytes) -> object:
            dimensions, _, oid = _array_at(data)
            if not dimensions:
                return []
            if dimensions != 1:
                raise ShapeMismatch(f"{where} is an array of {dimensions} dimensions, not of one")
            read_one = readers.get(oid)
            if read_one is None:
                read_one = readers[oid] = self._element(element, oid, where)
            at, found = _ARRAY_HEAD + 8, list[object]()
            for _ in range(_count_at(data, _ARRAY_HEAD)[0]):
                (length,) = _count_at(data, at)
                at += 4
                if length < 0:
                    found.append(None)
                else:
                    found.append(read_one(data[at : at + length]))
                    at += length
            return found

        return read

    def _element(self, shape: Shape, oid: int, where: str) -> Read:
        if not isinstance(shape, Converted | Plain):
            return self.reader(shape, oid, f"{where}[]")
        transformer = Transformer(self.adapters)
        load = transformer.get_loader(oid, pq.Format(self.format)).load
        change = shape.read if isinstance(shape, Converted) else _as_it_is
        if self.format != BINARY:
            return lambda text: change(load(text.encode()))
        return lambda data: change(load(data))


def _as_it_is(value: object) -> object:
    return value


def _split(text: str, where: str) -> list[str | None]:
    """The elements of an array's text."""
    start = text.index("{") + 1
    if text.startswith("{", start):
        raise ShapeMismatch(f"{where} is an array of several dimensions, not of one")
    return [
        re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
        if quoted is not None
        else (None if plain == "NULL" else plain)
        for quoted, plain in (m.groups() for m in _TEXT_ELEMENT.finditer(text, start))
    ]


def too_narrow(where: str, shape: Record[Any]) -> ShapeMismatch:
    return ShapeMismatch(
        f"{where}: a row of {shape.type or 'it'} has fewer columns than the"
        f" {len(shape.names)} that this code was generated for ({', '.join(shape.names)}):"
        " run the generator again, or migrate the database"
    )


def retyped(where: str, shape: Record[Any], name: str, wanted: str) -> ShapeMismatch:
    return ShapeMismatch(
        f"{where}: column {name} of {shape.type or 'its row'} is no longer of type {wanted}, for"
        " which this code was generated: run the generator again, or migrate the database"
    )


def bad_json(where: str, error: ValueError) -> ShapeMismatch:
    """What is wrong with a JSON value, without the value itself."""
    details = getattr(error, "errors", None)
    if details is None:
        return ShapeMismatch(f"{where} holds JSON that can't be read: {type(error).__name__}")
    first = details(include_url=False, include_input=False, include_context=False)[0]
    at = ".".join(str(part) for part in first["loc"])
    return ShapeMismatch(
        f"{where} holds JSON of another shape than its column declares: {first['msg']}"
        + (f" (at {at})" if at else "")
    )
