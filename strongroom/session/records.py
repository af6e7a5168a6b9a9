"""What stands inside a value: rows, lists of rows, JSON made of rows.

Generated code names shapes in its statements; a session turns them into functions that read (or
write) the server's bytes, once for each statement on a connection, because the OIDs of a
database's own types are its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Record(Generic[T]):
    """A row, read by position into `make(*values)` and written from its fields.

    `names`, `types`: the fields as the database has them, types as format_type() writes them.
    `type`: the composite type or table; None for a row that a query makes up. Such a type may
    have more fields than these, at its end: they were added after the code was generated.
    `inside`: for each field None, or the shape of what is in it. `fields`: names in Python.
    """

    make: Callable[..., T]
    names: tuple[str, ...]
    types: tuple[str, ...]
    type: str | None = None
    inside: tuple[Shape | None, ...] | None = None
    fields: tuple[str, ...] | None = None


@dataclass(frozen=True, eq=False)
class Array:
    """A list of values of a shape, one dimension; `type` is the array's, where a record has it."""

    element: Shape


@dataclass(frozen=True, eq=False)
class Json:
    """A json or jsonb value that a program stored: `read` gets its text, `write` gives it.

    `required`: the database holds no NULL there, so a JSON null is for `read` to judge.
    """

    read: Callable[[bytes], object]
    write: Callable[[Any], object]
    required: bool = False


@dataclass(frozen=True, eq=False)
class Plain:
    """A value of a built-in type, where it may stand in JSON that the server made.

    `read` makes of it, in JSON alone, what a loader makes of it elsewhere.
    """

    type: str
    read: Callable[[Any], object] | None = None


@dataclass(frozen=True, eq=False)
class Converted:
    """A value that `read` changes after it was loaded; `write` changes it back."""

    read: Callable[[Any], object]
    write: Callable[[Any], object] | None = None


@dataclass(frozen=True, eq=False)
class FromJson:
    """A json or jsonb value that the server made of rows: jsonb_agg(), to_jsonb() and the like."""

    shape: Shape


@dataclass(frozen=True)
class Text:
    """A value that is read and written as PostgreSQL's text of it, whatever its type is."""


Shape: TypeAlias = Record[Any] | Array | Json | Plain | Converted | FromJson | Text


def is_for_json(shape: Shape | None) -> bool:
    """Whether a shape says nothing but how JSON is read: other values have their own loaders."""
    while isinstance(shape, Array):
        shape = shape.element
    return isinstance(shape, Plain)


@dataclass(frozen=True, slots=True)
class KnownTypes:
    """What the connection's database says: OIDs by name, and the fields of composite types.

    bases       of each domain the type that it is made from
    elements    of the arrays of those types, and of domains, what they are arrays of
    """

    oids: dict[str, int] = field(default_factory=dict)
    fields: dict[int, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    bases: dict[int, int] = field(default_factory=dict)
    elements: dict[int, int] = field(default_factory=dict)

    def below(self, oid: int) -> int:
        """The type below a domain, else the type itself."""
        while oid in self.bases:
            oid = self.bases[oid]
        return oid

    def element(self, oid: int) -> int:
        """What an array, or a domain over one, is of; 0 for what is none of ours."""
        return self.elements.get(self.below(oid), 0)


FIELDS_OF_NAMES = (
    b"SELECT f.position, f.oid, f.attname, f.atttypid, f.typarray"
    b" FROM (SELECT n.position, n.oid, a.attname, a.atttypid, t.typarray, a.attnum"
    b" FROM (SELECT u.position, pg_catalog.to_regtype(u.name)::pg_catalog.oid AS oid"
    b" FROM pg_catalog.unnest($1::pg_catalog.text[]) WITH ORDINALITY AS u (name, position)) AS n"
    b" LEFT JOIN pg_catalog.pg_type AS t ON t.oid = n.oid AND t.typtype = 'c'"
    b" LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = t.typrelid"
    b" AND a.attnum > 0 AND NOT a.attisdropped"
    b" UNION ALL"
    b" SELECT 0, d.oid, NULL, d.typbasetype, d.typarray, 0"
    b" FROM pg_catalog.pg_type AS d WHERE d.typtype = 'd') AS f"
    b" ORDER BY f.position, f.attnum"
)
"""For each type name its OID, one row for each field that it has, and its array; and all domains,
at position 0, with the type that they are made from, and their arrays."""


def type_names(shapes: Iterable[Shape | None]) -> set[str]:
    """Every type that shapes name."""
    names: set[str] = set()
    for shape in shapes:
        if isinstance(shape, Record):
            names |= {*shape.types, *((shape.type,) if shape.type else ())}
            names |= type_names(shape.inside or ())
        elif isinstance(shape, Array):
            names |= type_names((shape.element,))
    return names


def read_known(names: list[str], rows: list[list[str]]) -> KnownTypes:
    """The rows of `FIELDS_OF_NAMES`, as text."""
    known = KnownTypes()
    for position, oid, name, type_, array in rows:
        number = int(oid or 0)
        if array and array != "0":
            known.elements[int(array)] = number
        if position == "0":
            known.bases[number] = int(type_)
            continue
        known.oids[names[int(position) - 1]] = number
        if type_:
            known.fields[number] = (*known.fields.get(number, ()), (name, int(type_)))
    return known
