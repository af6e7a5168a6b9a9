"""A function or procedure for which a wrapper is generated, as the catalogue describes it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg
from psycopg.rows import dict_row

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.tree import Node, parse_tree

_INPUTS = ("i", "b", "v")
_OUTPUTS = ("o", "b", "t")


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument; `name` is '' when it has none, `mode` one of i, o, b, v, t."""

    name: str
    type: int
    mode: str
    has_default: bool = False
    default_is_null: bool = False

    @property
    def is_input(self) -> bool:
        return self.mode in _INPUTS

    @property
    def is_output(self) -> bool:
        return self.mode in _OUTPUTS


@dataclass(frozen=True, slots=True)
class Routine:
    """A function (kind f), procedure (p), aggregate (a) or window function (w).

    `roles` are those of its app that exist, `executors` those that may call it, `outsiders` those
    that could if they might use the schema.
    """

    oid: int
    schema: str
    name: str
    kind: str
    returns_set: bool
    rows: float
    result: int
    strict: bool
    arguments: tuple[Argument, ...]
    language: str
    source: str
    comment: str
    is_overloaded: bool
    roles: tuple[str, ...]
    executors: tuple[str, ...]
    outsiders: tuple[str, ...]
    signature: str

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def word(self) -> str:
        return "procedure" if self.kind == "p" else "function"

    @property
    def inputs(self) -> list[Argument]:
        return [argument for argument in self.arguments if argument.is_input]

    @property
    def outputs(self) -> list[Argument]:
        return [argument for argument in self.arguments if argument.is_output]


def read_routines(connection: psycopg.Connection[Any], catalog: Catalog) -> list[Routine]:
    """Every routine whose comment holds a line `@api`, those of extensions excepted."""
    text = (resources.files("strongroom_codegen") / "sql" / "api_functions.sql").read_text("utf-8")
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(text.encode()).fetchall()
    found = [_routine(row, catalog) for row in rows]
    return sorted(found, key=lambda routine: (routine.schema, routine.name, routine.signature))


def _routine(row: dict[str, Any], catalog: Catalog) -> Routine:
    arguments = _arguments(row)
    given = ", ".join(catalog.types[a.type].format for a in arguments if a.is_input)
    kept = (
        *("oid", "schema", "name", "kind", "returns_set", "rows", "result", "strict"),
        *("language", "source", "comment", "is_overloaded"),
    )
    return Routine(
        **{key: row[key] for key in kept},
        arguments=arguments,
        roles=tuple(row["roles"]),
        executors=tuple(row["executors"]),
        outsiders=tuple(row["outsiders"]),
        signature=f"{row['schema']}.{row['name']}({given})",
    )


def _arguments(row: dict[str, Any]) -> tuple[Argument, ...]:
    types = row["types"] or []
    modes = row["modes"] or ["i"] * len(types)
    names = row["names"] or [""] * len(types)
    # Defaults belong to the last of the arguments that go in.
    defaults: list[Node] = parse_tree(row["defaults"]) if row["defaults"] else []
    first = row["inputs"] - len(defaults)
    arguments, number = [], 0
    for name, oid, mode in zip(names, types, modes, strict=True):
        has_default = is_null = False
        if mode in _INPUTS:
            has_default = number >= first
            is_null = has_default and _is_null(defaults[number - first])
            number += 1
        arguments.append(Argument(name or "", oid, mode, has_default, is_null))
    return tuple(arguments)


def _is_null(node: Node) -> bool:
    """Whether a default is NULL, whatever it is converted to."""
    while node["node"] in ("RELABELTYPE", "COERCETODOMAIN", "COERCEVIAIO", "COLLATEEXPR"):
        node = node["arg"]
    if node["node"] == "FUNCEXPR" and node["funcformat"] in ("1", "2") and node["args"]:
        return _is_null(node["args"][0])
    return node["node"] == "CONST" and bool(node["constisnull"] == "true")
