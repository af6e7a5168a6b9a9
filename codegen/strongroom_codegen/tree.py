"""Read PostgreSQL's own analysed tree, the text of a pg_node_tree, into plain dictionaries.

A node is a dict with its label under "node"; a list is a list; `<>` is None; every other token
stays a string, a field of several tokens (a constant's bytes) a list of them. Labels that changed
between server versions are given their present name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]

_TOKEN = re.compile(r'[(){}\[\]]|"(?:[^"\\]|\\.)*"|(?:[^\s(){}\[\]\\]|\\.)+', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_LABELS = {
    "RTE": "RANGETBLENTRY",
    "COALESCE": "COALESCEEXPR",
    "CASE": "CASEEXPR",
    "WHEN": "CASEWHEN",
    "ARRAY": "ARRAYEXPR",
    "ROW": "ROWEXPR",
    "ROWCOMPARE": "ROWCOMPAREEXPR",
    "MINMAX": "MINMAXEXPR",
    "ARRAYREF": "SUBSCRIPTINGREF",
}


def parse_tree(text: str) -> Any:
    """The tree that a pg_node_tree's text describes."""
    tokens = _TOKEN.findall(text)
    value, end = _value(tokens, 0)
    if end != len(tokens):
        raise ValueError(f"{len(tokens) - end} tokens are left over")
    return value


def queries_of(body: str) -> list[Node]:
    """The statements of a function's `prosqlbody`: BEGIN ATOMIC nests them, RETURN does not."""
    return [node for node in nodes(parse_tree(body), into_queries=False) if node["node"] == "QUERY"]


def nodes(value: Any, *, into_queries: bool = True) -> Iterator[Node]:
    """Every node below (and including) a value; on request not those inside a query."""
    if isinstance(value, dict):
        yield value
        if not into_queries and value["node"] == "QUERY":
            return
        for field in value.values():
            if isinstance(field, dict | list):
                yield from nodes(field, into_queries=into_queries)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, dict | list):
                yield from nodes(item, into_queries=into_queries)


def _value(tokens: list[str], at: int) -> tuple[Any, int]:
    word = tokens[at]
    if word == "{":
        return _node(tokens, at)
    if word == "(":
        return _list(tokens, at)
    if word == "<>":
        return None, at + 1
    return _atom(word), at + 1


def _atom(token: str) -> str:
    if token.startswith('"'):
        token = token[1:-1]
    return _ESCAPE.sub(r"\1", token) if "\\" in token else token


def _node(tokens: list[str], at: int) -> tuple[Node, int]:
    label = tokens[at + 1]
    node: Node = {"node": _LABELS.get(label, label)}
    at += 2
    while tokens[at] != "}":
        field = tokens[at][1:]
        # A first value may itself begin with a colon: it is the field's all the same.
        value, at = _value(tokens, at + 1)
        values = [value]
        while tokens[at] != "}" and not (tokens[at].startswith(":") and len(tokens[at]) > 1):
            value, at = _value(tokens, at)
            values.append(value)
        node[field] = values[0] if len(values) == 1 else values
    return node, at + 1


def _list(tokens: list[str], at: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    at += 1
    # A list of integers, OIDs or a bitmap says so with a letter.
    typed = tokens[at] in ("i", "o", "b", "x")
    at += typed
    while tokens[at] != ")":
        item, at = _value(tokens, at)
        items.append(int(item) if typed else item)
    return items, at + 1
