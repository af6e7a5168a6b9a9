"""Read PostgreSQL's own analysed tree, the text of a pg_node_tree, into plain dictionaries.

A node is a dict with its label under "node"; a list is a list; `<>` is None; every other token
stays a string, a field of several tokens (a constant's bytes) a list of them. Labels that changed
between server versions are given their present name.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

Node = dict[str, Any]
_Token = tuple[str, str, str, str, str, str, str]

# Most of the text is runs of plain fields, ` :varno 1 :varattno 2`: each run is taken in one go,
# and so is a node that has nothing but such fields and bitmaps.
_WORD = r'(?:<>|[^\s(){}\[\]\\"<:][^\s(){}\[\]\\"<]*)'
_PLAIN = rf"(?:\ :\w+\ {_WORD}(?=\ :\w|\}}))+"
_TOKEN = re.compile(
    rf"""
      (\{{\w+(?:\ :\w+\ (?:{_WORD}|\(b(?:\ \d+)*\)))*\}})
    | \{{(?P<label>\w+)(?P<opening>{_PLAIN})?
    | (?P<run>{_PLAIN})
    | \(([iobx](?:\ -?\d+)*)\)           # integers, OIDs, a bitmap
    | \("([^"\s(){{}}\\]*(?:"\ "[^"\s(){{}}\\]*)*)"\)    # names without escapes and quotes
    | ([(){{}}] | (?:[^\s(){{}}\\]|\\.)+)
    """,
    re.VERBOSE | re.DOTALL,
)
_LEAF_FIELD = re.compile(r":(\w+) (\([^)]*\)|\S+)")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
BELOW = "(below)"
"""Where `below` keeps its list; a changed copy of a query sets it to None."""
# Calls of Python functions: a few for each level of a tree.
_DEPTH = 100_000
# Nodes and runs of fields that are kept, to be read once.
_REMEMBERED = 10_000
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


@contextmanager
def deep() -> Iterator[None]:
    """Inside, trees may be deep: `a || b || c` nests at each step, and PostgreSQL takes many."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def parse_tree(text: str) -> Any:
    """The tree that a pg_node_tree's text describes."""
    tokens = iter(_TOKEN.findall(text))
    try:
        with deep():
            value = _value(next(tokens), tokens)
    except StopIteration:
        raise ValueError("the text ends inside a node or a list") from None
    left = sum(1 for _ in tokens)
    if left:
        raise ValueError(f"{left} tokens are left over")
    return value


def queries_of(body: str) -> list[Node]:
    """The statements of a function's `prosqlbody`: BEGIN ATOMIC nests them, RETURN does not."""
    return [node for node in nodes(parse_tree(body), into_queries=False) if node["node"] == "QUERY"]


def nodes(value: Any, *, into_queries: bool = True) -> list[Node]:
    """Every node below (and including) a value; on request not those inside a query."""
    found: list[Node] = []
    # Walked without recursion: queries are looked through many times.
    stack = [value]
    while stack:
        item = stack.pop()
        if item.__class__ is dict:
            found.append(item)
            if not into_queries and item["node"] == "QUERY":
                continue
            stack += [
                field
                for field in reversed(item.values())
                if field.__class__ is dict or field.__class__ is list
            ]
        elif item.__class__ is list:
            stack += [
                part for part in reversed(item) if part.__class__ is dict or part.__class__ is list
            ]
    return found


def below(query: Node) -> tuple[Node, ...]:
    """Every node of a query's own level, and the queries in it; listed once and kept with it."""
    found: tuple[Node, ...] | None = query.get(BELOW)
    if found is None:
        fields = [field for field in query.values() if isinstance(field, dict | list)]
        # A tuple: what walks over the tree takes it for no part of it.
        found = query[BELOW] = tuple(nodes(fields, into_queries=False))
    return found


def everywhere(value: Any) -> list[Node]:
    """As `nodes`, in another order, from the lists that queries keep."""
    if value.__class__ is not dict or value["node"] != "QUERY":
        return nodes(value)
    found: list[Node] = []
    queries = [value]
    while queries:
        query = queries.pop()
        found.append(query)
        for node in below(query):
            (queries if node["node"] == "QUERY" else found).append(node)
    return found


def _value(token: _Token, tokens: Iterator[_Token]) -> Any:
    leaf, label, opening, _, numbers, names, other = token
    if leaf:
        return _leaf(leaf).copy()
    if label:
        return _node(label, opening, tokens)
    if numbers:
        return [int(number) for number in numbers.split(" ")[1:]]
    if names or not other:
        return names.split('" "')
    if other == "(":
        return _list(tokens)
    return None if other == "<>" else _atom(other)


def _atom(token: str) -> str:
    if token.startswith('"'):
        token = token[1:-1]
    return _ESCAPE.sub(r"\1", token) if "\\" in token else token


def _node(label: str, opening: str, tokens: Iterator[_Token]) -> Node:
    node: Node = {"node": _LABELS.get(label, label)}
    if opening:
        node.update(_plain(opening))
    field = ""
    values: list[Any] = []
    for token in tokens:
        run, other = token[3], token[6]
        is_field = other[:1] == ":" and len(other) > 1
        # A first value may itself begin with a colon: it is the field's all the same.
        if run or other == "}" or (is_field and (values or not field)):
            if field:
                node[field] = values[0] if len(values) == 1 else values
            field, values = other[1:] if is_field else "", []
            if run:
                node.update(_plain(run))
            elif not is_field:
                return node
        else:
            values.append(_value(token, tokens))
    raise ValueError(f"the text ends inside {label}")


@lru_cache(_REMEMBERED)
def _plain(run: str) -> Node:
    """The fields of a run; the same runs come again and again."""
    words = run[2:].replace(" :", " ").split(" ")
    return {
        field: None if value == "<>" else value
        for field, value in zip(words[::2], words[1::2], strict=True)
    }


@lru_cache(_REMEMBERED)
def _leaf(text: str) -> Node:
    """A node without nodes in it."""
    label, _, fields = text[1:-1].partition(" ")
    node: Node = {"node": _LABELS.get(label, label)}
    for field, value in _LEAF_FIELD.findall(fields):
        if value[0] == "(":
            node[field] = [int(number) for number in value[1:-1].split(" ")[1:]]
        else:
            node[field] = None if value == "<>" else value
    return node


def _list(tokens: Iterator[_Token]) -> list[Any]:
    items: list[Any] = []
    for token in tokens:
        if token[6] == ")":
            return items
        items.append(_value(token, tokens))
    raise ValueError("the text ends inside a list")


def conjuncts(condition: Node | None) -> Iterator[Node]:
    """The parts of a condition that are all true where it is."""
    if condition is None:
        return
    if condition["node"] == "BOOLEXPR" and condition["boolop"] == "and":
        for part in condition["args"]:
            yield from conjuncts(part)
    else:
        yield condition


def same_tree(node: Any, other: Any) -> bool:
    """Equal trees, wherever in the text they stand."""
    if isinstance(node, dict) and isinstance(other, dict):
        keys = (node.keys() | other.keys()) - {"location", BELOW}
        return all(same_tree(node.get(key), other.get(key)) for key in keys)
    if isinstance(node, list) and isinstance(other, list):
        return len(node) == len(other) and all(map(same_tree, node, other))
    return bool(node == other)
