"""The Python types that a project chose for types of its database: enums and overrides.

Generated code names them in its statements; a connection looks up their OIDs when it first runs
one, and from then on every value of such a type is read and written so, in arrays and rows as well.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from psycopg import pq
from psycopg.adapt import AdaptersMap
from psycopg.types.string import TextLoader

from strongroom.session import loaders_of_types
from strongroom.session.values import Binding, silenced

OIDS_OF_QUALIFIED = (
    b"SELECT n.nspname || '.' || t.typname, t.oid, t.typarray"
    b" FROM pg_catalog.pg_type AS t"
    b" JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace"
    b" WHERE n.nspname || '.' || t.typname = ANY ($1::pg_catalog.text[])"
)


@dataclass(frozen=True, eq=False)
class Codec:
    """Another Python type for a PostgreSQL type, by `schema.name`.

    `read` gets the value that the type has without a codec, `write` gives one; for a type that
    has none that is its text. Without `write`, values are written as they are. Without
    `read` it is `Interval`, for the type interval alone.
    """

    type: str
    read: Callable[[Any], object] | None = None
    write: Callable[[Any], object] | None = None


Chosen: TypeAlias = Codec | type[StrEnum]
_Enum = TypeVar("_Enum", bound=type[StrEnum])
_ENUMS: dict[type[StrEnum], str] = {}


def enum_of(name: str) -> Callable[[_Enum], _Enum]:
    """Class decorator: the class has the labels of this enum type."""

    def remember(labels: _Enum) -> _Enum:
        _ENUMS[labels] = name
        return labels

    return remember


def type_of(chosen: Chosen) -> str:
    """The PostgreSQL type, `schema.name`."""
    return chosen.type if isinstance(chosen, Codec) else _ENUMS[chosen]


def is_reloaded(new: Chosen, old: Chosen) -> bool:
    """Whether the one is the other after its module was loaded again."""
    return _places(new) == _places(old)


def _places(chosen: Chosen) -> list[tuple[object, object]]:
    made_of = (chosen.read, chosen.write) if isinstance(chosen, Codec) else (chosen,)
    return [
        (getattr(part, "__module__", part), getattr(part, "__qualname__", part)) for part in made_of
    ]


def register(adapters: AdaptersMap, oid: int, chosen: Chosen) -> None:
    """Have values of this type read as chosen, from now on."""
    if not isinstance(chosen, Codec):
        loaders_of_types.register(
            adapters, oid, loaders_of_types.enum_loaders(chosen, _ENUMS[chosen])
        )
        return
    if chosen.read is None:
        loaders_of_types.register(adapters, oid, loaders_of_types.INTERVAL_LOADERS)
        return
    for format_ in (pq.Format.TEXT, pq.Format.BINARY):
        inner = adapters.get_loader(oid, format_)
        if inner is None and format_ == pq.Format.TEXT:
            inner = TextLoader
        if inner is not None:
            # Chosen again, after types were made anew or a module was loaded again.
            inner = getattr(inner, "inner", inner)
            made = loaders_of_types.reading_loader(chosen.read, inner)
            adapters.register_loader(oid, made)


def changed(binding: Binding, chosen: Chosen) -> Binding:
    """How values of the chosen Python type are sent."""
    if not isinstance(chosen, Codec) or chosen.write is None:
        return binding
    write, dump = silenced(chosen.write), binding.dump
    return Binding(binding.oid, binding.format, lambda value: dump(write(value)))
