"""Names in generated code: safe against keywords, builtins and what the code itself uses."""

from __future__ import annotations

import builtins
import keyword
import re

_BUILTINS = frozenset(dir(builtins))
_USED_IN_BODIES = frozenset(
    {"db", "read_token", "isinstance", "tuple", "list", "object", "statement", "values"}
)
_USED_IN_MODULES = frozenset(
    {"read_token", "deprecated", "types", "rows", "errors", "annotations"}
    | {"date", "time", "datetime", "timedelta"}
)


_USED_AS_CLASSES = frozenset(
    {"AsyncIterator", "AsyncSession", "BaseModel", "ConfigDict", "Decimal", "IPAddress"}
    | {"IPNetwork", "Interval", "Iterable", "Iterator", "JsonValue", "Literal", "Multirange"}
    | {"NewType", "Page", "Range", "Sequence", "Session", "Statement", "StrEnum", "TypeAdapter"}
    | {"TypeAlias", "TypeTable", "TypeVar", "UNSET", "UUID", "Unset"}
)


def camel(name: str) -> str:
    """`spread_type` -> `SpreadType`."""
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^0-9A-Za-z]+", name))


def class_name(name: str) -> str:
    """The name of a class for a type; underscores where it would hide a builtin or an import."""
    found = camel(name) or "Type"
    if found[0].isdigit():
        found = f"Type{found}"
    is_taken = keyword.iskeyword(found) or found in _BUILTINS or found in _USED_AS_CLASSES
    return f"{found}_" if is_taken else found


def argument_name(name: str) -> str:
    """The name of an argument; one that can't be used as it is gets an underscore."""
    return f"{name}_" if keyword.iskeyword(name) or name in _USED_IN_BODIES else name


def function_name(name: str) -> str:
    """The name of a function; a builtin's name would hide the type of the same name."""
    return f"{name}_" if name in _BUILTINS or name in _USED_IN_MODULES else name


def field_name(name: str) -> str | None:
    """The name of a row's field; None when the column's name can't be one."""
    if not name.isidentifier() or name.startswith("__"):
        return None
    return f"{name}_" if keyword.iskeyword(name) else name


def constant_name(name: str) -> str:
    return name.upper()
