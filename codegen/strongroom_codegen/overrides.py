"""`[tool.strongroom.types]`: Python types that the project chooses for types of its database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from strongroom_codegen.catalog import Catalog, PgType
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.places import Places
from strongroom_codegen.pytypes import PACKAGE_TYPES, STR, PyType, python_type
from strongroom_codegen.source import Place

_NAME = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_CLASS = re.compile(rf"{_NAME}$")
_FUNCTION = re.compile(rf"(?P<module>{_NAME}):(?P<name>[^\W\d]\w*)$")
_KEYS = {"python", "load", "dump"}
_INTERVAL = PyType("strongroom.session", "Interval")
_EXAMPLE = '{ python = "numpy.ndarray", load = "mine:from_list", dump = "mine:to_list" }'


@dataclass(frozen=True, slots=True)
class Override:
    """The Python type of one PostgreSQL type, and the functions that make it and take it apart.

    `codec` is the constant that statements name; '' where the type is its text anyway.
    """

    type: str
    python: PyType
    codec: str
    load: PyType | None = None
    dump: PyType | None = None

    @property
    def reference(self) -> PyType:
        return PyType(PACKAGE_TYPES, self.codec)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the settings, of which something may be wrong."""

    key: str
    place: Place | None
    diagnostics: Diagnostics

    def error(self, message: str, hint: str | None) -> None:
        where = f'[tool.strongroom.types] "{self.key}"'
        self.diagnostics.error(self.place, f"{where}: {message}", hint)


def read_overrides(
    catalog: Catalog, settings: Mapping[str, object], diagnostics: Diagnostics, places: Places
) -> dict[int, Override]:
    """By OID, what the settings say; what is wrong with them is reported."""
    found: dict[int, Override] = {}
    for name, setting in settings.items():
        line = _Line(name, places.of_setting(name), diagnostics)
        target = _target(catalog, name, line)
        override = target and _override(catalog, target, setting, line)
        if target and override:
            found[target.oid] = override
    return found


def _target(catalog: Catalog, name: str, line: _Line) -> PgType | None:
    known: dict[str, list[PgType]] = {}
    for one in catalog.types.values():
        for alias in {one.name, one.format, f"{one.schema}.{one.name}"}:
            known.setdefault(alias, []).append(one)
    matches = known.get(name, [])
    if not matches:
        hint = did_you_mean(name, [key for key in known if not key.startswith("_")])
        line.error("the database has no such type", hint)
    elif len(matches) > 1:
        schemas = " or ".join(sorted(f'"{one.schema}.{one.name}"' for one in matches))
        line.error("several schemas have this type", f"write {schemas}")
    elif problem := _PROBLEMS.get(matches[0].kind) or (
        _ARRAY if matches[0].category == "A" else None
    ):
        line.error(*problem)
    else:
        return matches[0]
    return None


_ARRAY = ("an array's type follows from that of its elements", "name the type of the elements")
_PROBLEMS = {
    "d": ("a domain has a type of its own, or is read as what is below it", "name the type below"),
    "c": ("a composite type is read as a class of its fields", "name the types of its fields"),
    "p": ("a pseudo-type has no values", "remove the line"),
}


def _override(catalog: Catalog, target: PgType, setting: object, line: _Line) -> Override | None:
    codec = f"{re.sub(r'[^A-Z0-9]+', '_', f'{target.schema}_{target.name}'.upper())}_CODEC"
    type_ = f"{target.schema}.{target.name}"
    if isinstance(setting, str):
        return _short(catalog, target, type_, setting, codec, line)
    if not isinstance(setting, dict) or set(setting) != _KEYS:
        line.error("a type's name, or all of python, load and dump", f"write {_EXAMPLE}")
        return None
    texts = {key: str(value) for key, value in setting.items()}
    functions = {key: _FUNCTION.match(texts[key]) for key in ("load", "dump")}
    for key, match in functions.items():
        if match is None:
            line.error(f'{key} = "{texts[key]}" is no function', "write module:function")
    load, dump = functions["load"], functions["dump"]
    python = _python(texts["python"], line)
    if python is None or load is None or dump is None:
        return None
    return Override(
        type_,
        python,
        codec,
        PyType(load["module"], load["name"]),
        PyType(dump["module"], dump["name"]),
    )


def _short(
    catalog: Catalog,
    target: PgType,
    type_: str,
    setting: str,
    codec: str,
    line: _Line,
) -> Override | None:
    python = _python(setting, line)
    if python is None:
        return None
    usual = python_type(catalog, target.oid, {})
    if python == (usual or STR):
        return Override(type_, python, "")
    if python == _INTERVAL and type_ == "pg_catalog.interval":
        return Override(type_, python, codec)
    line.error(
        f"its values are {(usual or STR).text()}, and {setting} has to be made from them",
        f"write {_EXAMPLE}",
    )
    return None


def _python(text: str, line: _Line) -> PyType | None:
    if not _CLASS.match(text):
        line.error(f'"{text}" is no name of a class', "write module.Class")
        return None
    module, _, name = text.rpartition(".")
    return PyType(module or "builtins", name)
