"""What the enums and domains of a database are called in Python.

Every schema that has some gets a `types` module; its app names them bare, others with the schema.
"""

from __future__ import annotations

import ast
import keyword
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from strongroom_codegen.catalog import Catalog, PgType
from strongroom_codegen.model import EnumType, LiteralType, NamedType
from strongroom_codegen.naming import camel, class_name, member_names
from strongroom_codegen.overrides import Override
from strongroom_codegen.pytypes import TYPES_MODULE, PyType, python_type
from strongroom_codegen.read import RESERVED

_SYSTEM_SCHEMAS = ("pg_", "information_schema")
# `NewType` is of a class that can have subclasses: bool, enums, aliases and unions are none.
_NO_BASE_OF_NEWTYPE = frozenset({("builtins", "bool"), ("pydantic", "JsonValue")})


@dataclass(slots=True)
class NamedTypes:
    """The names, worked out once for all apps; `used` gathers the schemas that others name."""

    catalog: Catalog
    overrides: Mapping[int, Override]
    names: dict[int, str]
    used: set[str] = field(default_factory=set)

    def python(self, found: PgType, app: str) -> PyType | None:
        """How code of an app names an enum or a domain; None for one that has no name."""
        name = self.names.get(found.oid)
        if name is None:
            return None
        if found.schema == app:
            return PyType(TYPES_MODULE, name)
        self.used.add(found.schema)
        return PyType(f".{found.schema}{TYPES_MODULE}", f"{found.schema}_types.{name}")

    def literals(self, app: str) -> tuple[LiteralType, ...]:
        """The domains of a schema that are lists of values."""
        return tuple(
            LiteralType(self.names[found.oid], found.values, found.comment.text)
            for found in self._of(app)
            if found.values
        )

    def domains(self, app: str) -> tuple[NamedType, ...]:
        """The other domains of a schema, each after the one that it is made from."""
        found = [one for one in self._of(app) if one.kind == "d" and not one.values]
        return tuple(
            made
            for one in sorted(found, key=lambda one: (self._depth(one), one.name))
            if (made := self._domain(one, app))
        )

    def enums(self, app: str) -> tuple[EnumType, ...]:
        """The enums of a schema."""
        return tuple(
            EnumType(
                self.names[one.oid],
                f"{one.schema}.{one.name}",
                tuple(zip(member_names(one.labels), one.labels, strict=True)),
                one.comment.text,
            )
            for one in self._of(app)
            if one.kind == "e"
        )

    def chosen(self, types: Iterable[int], app: str) -> tuple[PyType, ...]:
        """The classes and codecs by which a statement reads and writes values of these types."""
        seen: set[int] = set()
        found = {part for oid in types for part in self._chosen_in(oid, app, seen)}
        return tuple(sorted(found, key=lambda part: (part.name, part.module)))

    def _chosen_in(self, oid: int, app: str, seen: set[int]) -> Iterator[PyType]:
        found = self.catalog.types.get(oid)
        if found is None or oid in seen:
            return
        seen.add(oid)
        override = self.overrides.get(oid)
        if override:
            if override.codec:
                yield override.reference
        elif found.kind == "e" and (named := self.python(found, app)):
            yield named
        elif found.kind == "c":
            for column in self.catalog.relations[found.relation].columns.values():
                yield from self._chosen_in(column.type, app, seen)
        else:
            below = found.base if found.kind == "d" else found.element or found.subtype
            yield from self._chosen_in(below, app, seen)

    def source(self, python: PyType, literal: str, app: str) -> str:
        """A literal as a value of a named type: `Mood.CALM`, `Email("a@b")`."""
        names = (one for oid in self.names if (one := self.catalog.types[oid]))
        found = next((one for one in names if self.python(one, app) == python), None)
        if found is None or literal == "None":
            return literal
        if found.kind == "d":
            if self._is_new(found):
                return f"{python.name}({literal})"
            below = python_type(self.catalog, found.base, self.overrides, self, app)
            return literal if below is None else self.source(below, literal, app)
        members = dict(zip(found.labels, member_names(found.labels), strict=True))
        return f"{python.name}.{members[ast.literal_eval(literal)]}"

    def _of(self, app: str) -> list[PgType]:
        types = [self.catalog.types[oid] for oid in self.names]
        return sorted((t for t in types if t.schema == app), key=lambda found: found.name)

    def _domain(self, found: PgType, app: str) -> NamedType | None:
        base = python_type(self.catalog, found.base, self.overrides, self, app)
        if base is None:
            return None
        return NamedType(self.names[found.oid], base, self._is_new(found), found.comment.text)

    def _is_new(self, found: PgType) -> bool:
        """Whether a domain is a NewType; else it is another name for what is below it."""
        below = self.catalog.types[found.base]
        if below.oid in self.names:
            return below.kind == "d" and not below.values and self._is_new(below)
        base = python_type(self.catalog, below.oid, self.overrides)
        return base is not None and (base.module, base.name) not in _NO_BASE_OF_NEWTYPE

    def _depth(self, found: PgType) -> int:
        """How many domains stand on each other, those below arrays and ranges counted."""
        depth = 0
        while below := found.base or found.element or found.subtype:
            depth += found.kind == "d"
            found = self.catalog.types[below]
        return depth


def read_named_types(catalog: Catalog, overrides: Mapping[int, Override]) -> NamedTypes:
    """Name every enum and domain that the schema declares, extensions' own apart."""
    names: dict[int, str] = {}
    taken: dict[str, set[str]] = {}
    for found in sorted(catalog.types.values(), key=lambda found: (found.schema, found.name)):
        if not _is_named(found) or found.oid in overrides or _holds_rows(catalog, found):
            continue
        others = taken.setdefault(found.schema, set())
        if not others:
            others |= set(_names_of_relations(catalog, found.schema))
        name = class_name(found.name)
        while name in others:
            name += "_"
        others.add(name)
        names[found.oid] = name
    return NamedTypes(catalog, overrides, names)


def _is_named(found: PgType) -> bool:
    is_own = not found.of_extension and not found.schema.startswith(_SYSTEM_SCHEMAS)
    # The schema becomes a package: where it can't be one, its domains are the types below.
    is_module = found.schema.isidentifier() and not keyword.iskeyword(found.schema)
    return is_own and is_module and found.schema not in RESERVED and found.kind in ("d", "e")


def _holds_rows(catalog: Catalog, found: PgType) -> bool:
    """A domain over rows, or over lists of them, has the type of what it is over."""
    while below := found.base or found.element:
        found = catalog.types[below]
    return found.kind == "c"


def _names_of_relations(catalog: Catalog, schema: str) -> Iterable[str]:
    """What the rows, json models and value lists of a schema's tables are called."""
    for relation in catalog.relations.values():
        if relation.schema == schema:
            yield class_name(relation.comment.tag("row") or relation.name)
            for column in relation.columns.values():
                if column.values:
                    yield camel(relation.name) + camel(column.name)
