"""Python types for PostgreSQL types."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

from strongroom_codegen.catalog import Catalog, PgType

TYPES_MODULE, ROWS_MODULE = ".types", ".rows"


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


def module_alias(module: str) -> str:
    """The name under which a module is imported when the bare type name is taken."""
    return f"{module.strip('.').replace('.', '_')}_"


INT = PyType("builtins", "int")
STR = PyType("builtins", "str")
JSON = PyType("pydantic", "JsonValue")
OBJECT = PyType("builtins", "object")

_TEXTS = (
    *("text", "varchar", "bpchar", "name", "char", "citext", "xml", "money", "bit", "varbit"),
    *("tsvector", "tsquery", "jsonpath", "macaddr", "macaddr8", "pg_lsn", "ltree"),
    *("inet", "cidr", "regclass", "regtype", "regproc", "regrole"),
)
_SCALARS: dict[str, PyType] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid", "xid8"), INT),
    **dict.fromkeys(("float4", "float8"), PyType("builtins", "float")),
    **dict.fromkeys(_TEXTS, STR),
    "bool": PyType("builtins", "bool"),
    "bytea": PyType("builtins", "bytes"),
    "numeric": PyType("decimal", "Decimal"),
    "uuid": PyType("uuid", "UUID"),
    "date": PyType("datetime", "date"),
    "time": PyType("datetime", "time"),
    "timestamp": PyType("datetime", "datetime"),
    "timestamptz": PyType("datetime", "datetime"),
    "interval": PyType("datetime", "timedelta"),
    "json": JSON,
    "jsonb": JSON,
    "void": PyType("builtins", "None"),
}


class Names(Protocol):
    """Knows the enums and domains that have a Python type of their own."""

    def python(self, found: PgType, app: str) -> PyType | None: ...


def python_type(
    catalog: Catalog,
    oid: int,
    overrides: dict[str, str],
    names: Names | None = None,
    app: str = "",
) -> PyType | None:
    """The Python type of a PostgreSQL type; None for one that nobody has a rule for."""
    found = catalog.types[oid]
    override = overrides.get(found.format) or overrides.get(found.name)
    if override:
        module, _, name = override.rpartition(".")
        return PyType(module or "builtins", name)
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
        return STR
    return _scalar(found)


def _scalar(found: PgType) -> PyType | None:
    return _SCALARS.get(found.name)
