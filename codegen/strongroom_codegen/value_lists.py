"""Value lists: `CHECK (column IN ('a', 'b'))`, read from the constraint's own tree.

Not of char(n), whose values come back padded, and only by an equality that is exact: under a
collation for which 'a' equals 'A', both may be stored.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from strongroom_codegen.tree import Node, nodes, parse_tree

_INTEGERS = {"20": 8, "21": 2, "23": 4}
_TEXTS = {"25", "1043", "19"}
DOMAIN_VALUE = 0
"""Stands for the column number where a domain's CHECK says VALUE."""
_WRAPPERS = {"RELABELTYPE", "COERCEVIAIO", "COLLATEEXPR"}


def value_lists(
    expression: str, loose_collations: Collection[int] = ()
) -> dict[int, tuple[str | int, ...]]:
    """Column number (or DOMAIN_VALUE) -> the only values that the condition lets in, NULL apart.

    `loose_collations`: those (by OID) for which texts that differ may be equal.
    """
    found: dict[int, tuple[str | int, ...]] = {}
    for condition in _conjuncts(parse_tree(expression)):
        if any(int(node.get("inputcollid", 0)) in loose_collations for node in nodes(condition)):
            continue
        pair = _value_list(_without_null_test(condition))
        if pair:
            found[pair[0]] = pair[1]
    return found


def _conjuncts(node: Node) -> list[Node]:
    if node["node"] == "BOOLEXPR" and node["boolop"] == "and":
        return [part for arg in node["args"] for part in _conjuncts(arg)]
    return [node]


def _without_null_test(node: Node) -> Node:
    """`x IS NULL OR x IN (...)` says no more than `x IN (...)` does in a CHECK."""
    if node["node"] == "BOOLEXPR" and node["boolop"] == "or" and len(node["args"]) == 2:
        rest = [arg for arg in node["args"] if arg["node"] != "NULLTEST"]
        tests = [arg for arg in node["args"] if arg["node"] == "NULLTEST"]
        if len(rest) == 1 and tests[0]["nulltesttype"] == "0":
            same = _column(tests[0]["arg"])
            pair = _value_list(rest[0])
            return rest[0] if pair and pair[0] == same else node
    return node


def _value_list(node: Node) -> tuple[int, tuple[str | int, ...]] | None:
    if (
        node["node"] == "SCALARARRAYOPEXPR"
        and node["useOr"] == "true"
        and node["opfuncid"] in _EQUALS
    ):
        items = _unwrap(node["args"][1])
        if items["node"] == "ARRAYEXPR":
            return _pair(node["args"][0], items["elements"] or [])
    # PostgreSQL writes a list of one as a plain comparison.
    if node["node"] == "OPEXPR" and len(node["args"]) == 2 and node["opfuncid"] in _EQUALS:
        return _pair(node["args"][0], [node["args"][1]])
    return None


_EQUALS = {"67", "65", "467", "63", "158", "159", "852", "474", "62"}


def _pair(column: Node, items: list[Node]) -> tuple[int, tuple[str | int, ...]] | None:
    number = _column(column)
    values = [_constant(_unwrap(item)) for item in items]
    if number is None or not values or any(value is None for value in values):
        return None
    return number, tuple(value for value in values if value is not None)


def _column(node: Node) -> int | None:
    node = _unwrap(node)
    if node["node"] == "COERCETODOMAINVALUE":
        return DOMAIN_VALUE
    return int(node["varattno"]) if node["node"] == "VAR" else None


def _unwrap(node: Node) -> Node:
    while node["node"] in _WRAPPERS or node["node"] == "ARRAYCOERCEEXPR":
        node = node["arg"]
    return node


def _constant(node: Node) -> str | int | None:
    if node["node"] != "CONST" or node["constisnull"] == "true":
        return None
    data = constant_bytes(node)
    if node["consttype"] in _INTEGERS:
        width = _INTEGERS[node["consttype"]]
        return int.from_bytes(data[:width], "little", signed=True)
    # Four bytes of length come first.
    return data[4:].decode() if node["consttype"] in _TEXTS else None


def constant_bytes(node: Node) -> bytes:
    """The bytes of a constant, as the tree writes them: length, `[`, numbers, `]`."""
    value: Any = node["constvalue"]
    return bytes(int(part) & 0xFF for part in value[2:-1])
