"""Names in generated code: safe against keywords, builtins and what the code itself uses."""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

UNNAMED = "?column?"
"""What PostgreSQL calls a column that has no name."""

_PARTS = re.compile(r"[\W_]+")
_NO_WORD = re.compile(r"\W")
_BUILTINS = frozenset(dir(builtins))
_USED_IN_BODIES = frozenset(
    {"db", "read_token", "isinstance", "tuple", "list", "object", "statement", "values"}
    | {"UNSET", "Unset"}
)
_USED_AS_CONSTANTS = frozenset({"ERRORS", "TYPES"})
_USED_IN_MODULES = frozenset(
    {"read_token", "deprecated", "types", "rows", "errors", "annotations"}
    | {"date", "time", "datetime", "timedelta"}
)

_USED_BY_MODELS = frozenset(
    {"construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw"}
    | {"schema", "schema_json", "update_forward_refs", "validate", "model_computed_fields"}
    | {"model_config", "model_construct", "model_copy"}
    | {"model_extra", "model_fields", "model_fields_set", "model_json_schema", "model_post_init"}
    | {"model_parametrized_name", "model_rebuild", "register"}
)
_USED_AS_CLASSES = frozenset(
    {"AsyncIterator", "AsyncSession", "BaseModel", "ConfigDict", "Decimal", "Field", "IPAddress"}
    | {"IPNetwork", "Interval", "Iterable", "Iterator", "JsonValue", "Literal", "Multirange"}
    | {
        "NewType",
        "NonNullJson",
        "Page",
        "Range",
        "Sequence",
        "Session",
        "Statement",
        "StrEnum",
        "TypeAdapter",
    }
    | {"TypeAlias", "TypeTable", "TypeVar", "UNSET", "UUID", "Unset"}
)


def camel(name: str) -> str:
    """`spread_type` -> `SpreadType`."""
    return "".join(part[:1].upper() + part[1:] for part in _PARTS.split(_normal(name)))


def class_name(name: str) -> str:
    """The name of a class for a type; underscores where it would hide a builtin or an import."""
    found = camel(name) or "Type"
    if found[0].isdigit():
        found = f"Type{found}"
    is_taken = keyword.iskeyword(found) or found in _BUILTINS or found in _USED_AS_CLASSES
    return f"{found}_" if is_taken else found


def unique(names: Iterable[str], taken: Iterable[str] = ()) -> list[str]:
    """The names, in their order; one that was there before gets a number: `id`, `id_2`."""
    wanted = list(names)
    used = set(taken)
    found: list[str] = []
    for place, name in enumerate(wanted):
        number, free = 1, name
        # A name that a later one has as it is stays for that one.
        while free in used or (number > 1 and free in wanted[place + 1 :]):
            number += 1
            free = f"{name}_{number}"
        used.add(free)
        found.append(free)
    return found


def member_names(labels: Sequence[str]) -> list[str]:
    """The names of an enum's members: upper case, one of its own for each label whatever it is."""
    names = []
    for label in labels:
        plain = unicodedata.normalize("NFKC", label)
        name = re.sub(r"\W+", "_", plain).strip("_").upper() or "EMPTY"
        names.append(name if name.isidentifier() else f"VALUE_{name}")
    return unique(names)


def argument_names(names: Sequence[str], *, sorts: bool = False) -> dict[str, str]:
    """The arguments of a query's parameters; one that can't be used as it is gets an underscore."""
    used = {*_USED_IN_BODIES, *(("sort",) if sorts else ())}
    found = [_identifier(name) for name in names]
    safe = [f"{name}_" if keyword.iskeyword(name) or name in used else name for name in found]
    return dict(zip(names, unique(safe), strict=True))


def function_name(name: str) -> str:
    """The name of a function; a builtin's name would hide the type of the same name."""
    return f"{name}_" if name in _BUILTINS or name in _USED_IN_MODULES else name


def field_names(names: Sequence[str]) -> list[str]:
    """The fields of a row: one for each column, whatever it is called.

    What no Python name holds becomes an underscore; a column without a name is `column_` and its
    place, a digit at the start gets `column_` before it, a name of Python's an underscore after
    it. A name that was there before gets a number.
    """
    return unique(_field_name(name, place) for place, name in enumerate(names, 1))


def model_field_names(names: Sequence[str]) -> list[str]:
    """The fields of a pydantic model, which has names of its own and hides those with `_`."""
    fields = [name.lstrip("_") for name in field_names(names)]
    return unique(_model_field_name(name) for name in fields)


def _model_field_name(name: str) -> str:
    if name.startswith(("model_dump", "model_validate")):
        return f"field_{name}"
    return f"{name}_" if name in _USED_BY_MODELS else name


def _field_name(name: str, place: int) -> str:
    found = "" if name == UNNAMED else _identifier(name).strip("_" if "__" in name[:2] else "")
    if not found.strip("_") and name != "_":
        return f"column_{place}"
    if not found.isidentifier():
        return f"column_{found}"
    return f"{found}_" if keyword.iskeyword(found) else found


def constant_name(name: str, taken: Collection[str] = ()) -> str:
    """The name of a query's statement; one that the module may import gets an underscore."""
    found = name.upper()
    while found in _USED_AS_CONSTANTS or found in _USED_AS_CLASSES or found in taken:
        found += "_"
    return found


def _identifier(name: str) -> str:
    """The characters that Python's names have, as Python reads them; at least one."""
    return _NO_WORD.sub("_", _normal(name)) or "_"


def _normal(name: str) -> str:
    # Python takes `ﬁ` and `fi` for one name, PostgreSQL for two.
    return unicodedata.normalize("NFKC", name)
