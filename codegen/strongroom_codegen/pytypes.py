"""Python types for PostgreSQL types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from strongroom_codegen.catalog import Catalog, PgType

TYPES_MODULE, ROWS_MODULE = ".types", ".rows"
PACKAGE_TYPES = "..types"
"""The module of the whole package: what the project's settings choose."""


@dataclass(frozen=True, slots=True)
class PyType:
    """A type as generated code writes it; `module` '.types' or '.rows' is the app's own.

    `or_none`: an element of a list, which None may stand for.
    """

    module: str
    name: str
    arguments: tuple[PyType, ...] = ()
    or_none: bool = False

    def text(self, taken: frozenset[str] = frozenset()) -> str:
        """How it is written where the names in `taken` mean something else."""
        text = self._text(taken)
        return f"{text} | None" if self.or_none else text

    def _text(self, taken: frozenset[str]) -> str:
        name = f"{module_alias(self.module)}.{self.name}" if self.name in taken else self.name
        if not self.arguments:
            return name
        return f"{name}[{', '.join(argument.text(taken) for argument in self.arguments)}]"

    def parts(self) -> list[PyType]:
        """The type and every type in it."""
        return [self, *(part for argument in self.arguments for part in argument.parts())]


def with_holes(found: PyType) -> PyType:
    """A list of the same, with None among the elements."""
    return replace(found, arguments=tuple(replace(a, or_none=True) for a in found.arguments))


def without_none(found: PyType) -> PyType:
    """The type of a parameter that takes no NULL, which is what None means even for JSON."""
    if found == JSON:
        return _NON_NULL_JSON
    if found.name != "list":
        return found
    return replace(found, arguments=tuple(without_none(a) for a in found.arguments))


def module_alias(module: str) -> str:
    """The name under which a module is imported when the bare type name is taken."""
    return f"{module.strip('.').replace('.', '_')}_"


INT = PyType("builtins", "int")
STR = PyType("builtins", "str")
JSON = PyType("pydantic", "JsonValue")
_NON_NULL_JSON = PyType("strongroom.session.json_values", "NonNullJson")

_TEXTS = (
    *("text", "varchar", "bpchar", "name", "char", "citext", "xml", "money", "bit", "varbit"),
    *("tsvector", "tsquery", "jsonpath", "macaddr", "macaddr8", "pg_lsn"),
    *("regclass", "regtype", "regproc", "regprocedure", "regoper", "regoperator", "regrole"),
    *("regnamespace", "regconfig", "regdictionary", "regcollation"),
    *("ltree", "lquery", "ltxtquery"),
)
_FLOATS = PyType("builtins", "list", (PyType("builtins", "float"),))
_OPTIONAL_TEXTS = PyType("builtins", "dict", (STR, PyType("builtins", "str | None")))
BYTES = PyType("builtins", "bytes")
_SCALARS: dict[str, PyType] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid", "xid", "xid8"), INT),
    **dict.fromkeys(("float4", "float8"), PyType("builtins", "float")),
    **dict.fromkeys(_TEXTS, STR),
    "bool": PyType("builtins", "bool"),
    "bytea": BYTES,
    "numeric": PyType("decimal", "Decimal"),
    "uuid": PyType("uuid", "UUID"),
    "date": PyType("datetime", "date"),
    "time": PyType("datetime", "time"),
    "timetz": PyType("datetime", "time"),
    "timestamp": PyType("datetime", "datetime"),
    "timestamptz": PyType("datetime", "datetime"),
    "interval": PyType("datetime", "timedelta"),
    "json": JSON,
    "jsonb": JSON,
    "inet": PyType("strongroom.session", "IPAddress"),
    "cidr": PyType("strongroom.session", "IPNetwork"),
    "vector": _FLOATS,
    "halfvec": _FLOATS,
    "hstore": _OPTIONAL_TEXTS,
    "geometry": BYTES,
    "geography": BYTES,
    "void": PyType("builtins", "None"),
}


_RANGES = {
    "r": ("psycopg.types.range", "Range"),
    "m": ("psycopg.types.multirange", "Multirange"),
}


class HasPython(Protocol):
    """Something that chose a Python type."""

    @property
    def python(self) -> PyType: ...


class Names(Protocol):
    """Knows the enums and domains that have a Python type of their own."""

    def python(self, found: PgType, app: str) -> PyType | None: ...


def python_type(
    catalog: Catalog,
    oid: int,
    overrides: Mapping[int, HasPython],
    names: Names | None = None,
    app: str = "",
) -> PyType | None:
    """The Python type of a PostgreSQL type: its text where nothing better is known.

    None for a row, of which only its fields tell.
    """
    found = catalog.types[oid]
    if oid in overrides:
        return overrides[oid].python
    if names and (named := names.python(found, app)):
        return named
    if found.kind == "d":
        return python_type(catalog, found.base, overrides, names, app)
    if found.kind == "e":
        return STR
    if found.category == "A" and found.element:
        element = python_type(catalog, found.element, overrides, names, app)
        if element is None:
            return None
        return PyType("builtins", "list", (replace(element, or_none=True),))
    if found.kind in ("r", "m"):
        bound = python_type(catalog, found.subtype, overrides, names, app)
        module, name = _RANGES[found.kind]
        return PyType(module, name, (bound,)) if bound else None
    if found.kind == "c":
        return None
    return _SCALARS[found.name] if has_rule(found) else STR


def has_rule(found: PgType) -> bool:
    """Whether a base type has a Python type of its own, or is known to be text."""
    # A type of the project itself may have the name of one of these.
    is_known = found.schema == "pg_catalog" or found.of_extension
    return is_known and found.name in _SCALARS
