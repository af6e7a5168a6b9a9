"""What is known to be inside a value: a row, an array, JSON that the server made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from strongroom_codegen.levels import Origin

RECORD = 2249


@dataclass(frozen=True, slots=True)
class Value:
    """A value inside another: its type (OID), whether it can be NULL, and what is in it."""

    type: int
    nullable: bool
    origin: Origin | None = None
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class RowOf:
    """A whole row of a table or view, which its constraints hold for."""

    relation: int


@dataclass(frozen=True, slots=True)
class Fields:
    """A row that the query makes up."""

    fields: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Items:
    """An array; None for one that is always empty."""

    element: Value | None


@dataclass(frozen=True, slots=True)
class Document:
    """JSON that the server makes of a value; of None an empty array."""

    value: Value | None


Inside: TypeAlias = RowOf | Fields | Items | Document


def merged(shapes: list[Inside | None]) -> Inside | None:
    """What a value holds that is one of several; None where they differ in more than NULLs."""
    found: Inside | None = None
    for shape in shapes:
        if shape is None:
            return None
        found = shape if found is None else _either(found, shape)
        if found is None:
            return None
    return found


def _either(one: Inside, other: Inside) -> Inside | None:
    if one == other:
        return one
    if isinstance(one, Items) and isinstance(other, Items):
        if one.element is None or other.element is None:
            return one if other.element is None else other
        element = either_value(one.element, other.element)
        return Items(element) if element else None
    if isinstance(one, Document) and isinstance(other, Document):
        if one.value is None or other.value is None:
            known = one.value or other.value
            is_list = known is not None and isinstance(known.inside, Items)
            return Document(known) if is_list or known is None else None
        both = either_value(one.value, other.value)
        return Document(both) if both else None
    return None


def either_value(one: Value, other: Value) -> Value | None:
    if one.type != other.type:
        return None
    source = one.origin if one.origin == other.origin else None
    within = one.inside
    if one.inside != other.inside:
        within = _either(one.inside, other.inside) if one.inside and other.inside else None
        if within is None and one.type == RECORD:
            return None
    return Value(one.type, one.nullable or other.nullable, source, within)
