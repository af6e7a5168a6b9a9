"""Arrays that hold no NULL: `CHECK (array_position(column, NULL) IS NULL)`, from its own tree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from strongroom_codegen.tree import Node, parse_tree

_WRAPPERS = {"RELABELTYPE", "COLLATEEXPR"}
# Both forms of the function, without and with a place to begin at.
_ARRAY_POSITION = {"3277", "3278"}
_IS_NULL = "0"


def columns_of_full_arrays(constraints: Iterable[Mapping[str, Any]]) -> set[tuple[int, int]]:
    """Columns whose arrays hold no NULL, in the table and in those that inherit from it."""
    return {
        (row["relation"], number)
        for row in constraints
        if row["kind"] == "c" and row["validated"] and row["relation"] and not row["no_inherit"]
        for number in full_arrays(row["expression"])
    }


def full_arrays(expression: str) -> set[int]:
    """The numbers of the columns whose arrays have no NULL among their elements."""
    # Most conditions are about something else, and need not be parsed.
    found = any(f":funcid {oid} " in expression for oid in _ARRAY_POSITION)
    return _full(parse_tree(expression)) if found else set()


def _full(node: Node) -> set[int]:
    if node["node"] == "BOOLEXPR" and node["boolop"] == "and":
        return set().union(*(_full(arg) for arg in node["args"]))
    if node["node"] == "BOOLEXPR" and node["boolop"] == "or" and len(node["args"]) == 2:
        # `x IS NULL OR ...` leaves the arrays themselves as they are without it.
        for test, rest in (node["args"], node["args"][::-1]):
            if _is_null_test(test) and (number := _column(test["arg"])):
                return _full(rest) & {number}
    if _is_null_test(node) and node["arg"]["node"] == "FUNCEXPR":
        return _searched(node["arg"])
    return set()


def _is_null_test(node: Node) -> bool:
    return bool(node["node"] == "NULLTEST" and node["nulltesttype"] == _IS_NULL)


def _searched(call: Node) -> set[int]:
    if call["funcid"] not in _ARRAY_POSITION or len(call["args"]) != 2:
        return set()
    column, wanted = _column(call["args"][0]), _unwrapped(call["args"][1])
    is_null = wanted["node"] == "CONST" and wanted["constisnull"] == "true"
    return {column} if column and is_null else set()


def _column(node: Node) -> int:
    node = _unwrapped(node)
    return int(node["varattno"]) if node["node"] == "VAR" else 0


def _unwrapped(node: Node) -> Node:
    while node["node"] in _WRAPPERS:
        node = node["arg"]
    return node
