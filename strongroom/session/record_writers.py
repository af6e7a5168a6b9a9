"""Write composite values, and lists of them, as parameters."""

from __future__ import annotations

import struct
from collections.abc import Callable
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeAlias

from psycopg.adapt import PyFormat, Transformer
from psycopg.types.numeric import DecimalBinaryDumper

from strongroom.session.errors import SessionError
from strongroom.session.loaders import ADAPTERS, JSON_OID, JSONB_OID
from strongroom.session.records import (
    Array,
    Converted,
    Json,
    KnownTypes,
    Record,
    Shape,
    Text,
    is_for_json,
)
from strongroom.session.values import (
    BINARY,
    BINDINGS,
    TEXT,
    Binding,
    array_of,
    encoded_json,
    silenced,
    text_binding,
)

Write: TypeAlias = Callable[[Any], bytes]

_NUMERIC = BINDINGS["numeric"]
_pack_count = struct.Struct("!i").pack
_pack_field = struct.Struct("!Ii").pack
_NULL_LENGTH = -1


def shaped_binding(
    shape: Shape,
    binding: Binding,
    known: KnownTypes,
    bindings: dict[int, Binding],
    *,
    text: bool = False,
) -> Binding:
    """How a value of a shape is sent; `bindings` has the type of every field, by OID.

    With `text`, rows are written as text whatever their fields are. Raises SessionError where the
    database's type is not the one that the code was generated for.
    """
    if isinstance(shape, Record):
        return _record(shape, binding.oid, known, bindings, text=text)
    if isinstance(shape, Array):
        element = shape.element
        if isinstance(element, Record):
            oid = known.element(binding.oid) or known.oids[element.type or ""]
            return array_of(_record(element, oid, known, bindings, text=text), binding.oid)
        return binding
    if isinstance(shape, Text):
        return text_binding(binding.oid, string=False)
    if isinstance(shape, Converted) and shape.write is not None:
        return Binding(binding.oid, binding.format, _after(silenced(shape.write), binding.dump))
    if isinstance(shape, Json):
        write = silenced(shape.write)
        return Binding(
            binding.oid, binding.format, _after(lambda v: encoded_json(write(v)), binding.dump)
        )
    return binding


def _after(change: Callable[[Any], Any], dump: Write) -> Write:
    return lambda value: dump(change(value))


def _record(
    shape: Record[Any],
    oid: int,
    known: KnownTypes,
    bindings: dict[int, Binding],
    *,
    text: bool,
) -> Binding:
    found = known.fields.get(known.below(oid), ())
    if tuple(name for name, _ in found[: len(shape.names)]) != shape.names:
        raise SessionError(
            f"{shape.type} has the fields ({', '.join(name for name, _ in found)}), and this code"
            f" was generated for ({', '.join(shape.names)}): run the generator again, or migrate"
            " the database"
        )
    fields = [
        _field(shape, n, type_, known, bindings, text=text) for n, (_, type_) in enumerate(found)
    ]
    # The binary form of a row holds binary fields alone.
    if not text and any(field.format == TEXT for field in fields):
        return _record(shape, oid, known, bindings, text=True)
    write = _text_record(fields) if text else _binary_record(fields)
    return Binding(oid, TEXT if text else BINARY, _checked(shape, write, len(found)))


def _field(
    shape: Record[Any],
    position: int,
    oid: int,
    known: KnownTypes,
    bindings: dict[int, Binding],
    *,
    text: bool,
) -> Binding:
    if position >= len(shape.names):
        # Added to the type later: nothing but NULL is ever written there.
        return Binding(oid, BINARY, _nothing)
    binding = bindings[oid]
    part = shape.inside[position] if shape.inside else None
    if part is not None and not is_for_json(part):
        return shaped_binding(part, binding, known, bindings, text=text)
    if binding.dump is _NUMERIC.dump and not text:
        return Binding(oid, BINARY, _after(_decimal(binding.dump), _write_decimal))
    return binding


def _nothing(value: object) -> bytes:
    raise TypeError("a field that this code does not know")


def _decimal(check: Write) -> Callable[[Any], Decimal]:
    def exact(value: Any) -> Decimal:
        check(value)
        return Decimal(value)

    return exact


_write_numeric = DecimalBinaryDumper(Decimal).dump


def _write_decimal(value: Decimal) -> bytes:
    return bytes(_write_numeric(value) or b"")


def _checked(shape: Record[Any], write: Callable[[tuple[Any, ...]], bytes], width: int) -> Write:
    names = shape.fields or shape.names
    missing = (None,) * (width - len(names))
    get = attrgetter(*names) if len(names) > 1 else _single(names)
    make = shape.make

    def dump(value: Any) -> bytes:
        if type(value) is not make:
            raise TypeError(f"a {getattr(make, '__name__', 'row')} is expected")
        return write((*get(value), *missing))

    return dump


def _single(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    return lambda value: tuple(getattr(value, name) for name in names)


def _binary_record(fields: list[Binding]) -> Callable[[tuple[Any, ...]], bytes]:
    columns = [(field.oid, field.dump) for field in fields]
    head = _pack_count(len(fields))

    def write(values: tuple[Any, ...]) -> bytes:
        parts = [head]
        for (oid, dump), value in zip(columns, values, strict=True):
            if value is None:
                parts.append(_pack_field(oid, _NULL_LENGTH))
            else:
                data = dump(value)
                parts.append(_pack_field(oid, len(data)))
                parts.append(data)
        return b"".join(parts)

    return write


def _text_record(fields: list[Binding]) -> Callable[[tuple[Any, ...]], bytes]:
    writers = [_as_text(field) for field in fields]

    def write(values: tuple[Any, ...]) -> bytes:
        parts = []
        for dump, value in zip(writers, values, strict=True):
            if value is None:
                parts.append(b"")
            else:
                data = dump(value).replace(b"\\", b"\\\\").replace(b'"', b'\\"')
                parts.append(b'"' + data + b'"')
        return b"(" + b",".join(parts) + b")"

    return write


def _as_text(field: Binding) -> Write:
    """A field's text form, where another field of the record has no binary one."""
    if field.format == TEXT:
        return field.dump
    transformer = Transformer(ADAPTERS)

    def dump(value: Any) -> bytes:
        data = field.dump(value)
        if field.oid in (JSON_OID, JSONB_OID):
            return data[field.oid == JSONB_OID :]
        if isinstance(value, str):
            return data
        if isinstance(value, bytes | bytearray | memoryview):
            return b"\\x" + data.hex().encode()
        return bytes(transformer.get_dumper(value, PyFormat.TEXT).dump(value) or b"")

    return dump
