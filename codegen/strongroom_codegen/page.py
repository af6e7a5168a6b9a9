"""Check a page: the row comparison on `:after` must follow the ORDER BY and end in a unique key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from strongroom_codegen.cardinality import at_most_one
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.equalities import slot_of
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.parameter_uses import parameter_number
from strongroom_codegen.parameters import AFTER, PreparedQuery, Variant
from strongroom_codegen.pytypes import PyType, python_type
from strongroom_codegen.tree import BELOW, Node, conjuncts, everywhere, same_tree

_IN_TOKENS = (
    *(PyType("builtins", name) for name in ("int", "str", "bool", "float", "bytes")),
    *(PyType("datetime", name) for name in ("date", "datetime", "time", "timedelta")),
    *(PyType("decimal", "Decimal"), PyType("uuid", "UUID")),
)
_LESS, _GREATER = ("1", "5")
LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class Key:
    """Where in the result (from 0) the columns of the key are, in the order of ORDER BY."""

    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Sort:
    expression: Node
    column: int | None
    descending: bool


def find_key(
    analyzer: Analyzer,
    frame: Frame,
    prepared: PreparedQuery,
    variant: Variant,
    diagnostics: Diagnostics,
) -> Key | None:
    """The key of a :page query, once its comparison is found right; None for other kinds."""
    if prepared.query.kind != "page":
        return None
    if AFTER not in prepared.optional or LIMIT not in prepared.names:
        diagnostics.error(
            prepared.query.place,
            "a :page query needs a line with the comparison, and a limit",
            "write: AND (t.id) < (:after) --? after ... ORDER BY t.id DESC LIMIT :limit",
        )
        return None
    if prepared.orders:
        diagnostics.error(
            prepared.query.place,
            "a page has one order, because its comparison follows it",
            "remove @sort, and write one query for each order",
        )
        return None
    if AFTER not in variant.given:
        return None
    problem = _problem(analyzer, frame, variant)
    if problem:
        diagnostics.error(prepared.first_use[AFTER], *problem)
        return None
    problem = _limit_problem(frame.query, variant)
    if problem:
        diagnostics.error(prepared.first_use[LIMIT], *problem)
        return None
    return Key(tuple(s.column for s in _sorts(analyzer, frame) if s.column is not None))


def fits_token(catalog: Catalog, oid: int) -> bool:
    """Whether strongroom/session/pages.py writes and reads values of a type."""
    found = catalog.base_type(oid)
    return python_type(catalog, found.oid, {}) in _IN_TOKENS


def _problem(analyzer: Analyzer, frame: Frame, variant: Variant) -> tuple[str, str] | None:
    sorts = list(_sorts(analyzer, frame))
    compared = _comparison(analyzer, frame, variant)
    if not sorts:
        return "a page needs an order", "write: ORDER BY the columns of the comparison"
    if compared is None:
        return (
            ":after must stand in one comparison by < or >, at the top of the WHERE",
            "write: AND (t.created_at, t.id) < (:after) --? after",
        )
    left, is_less = compared
    if len(left) != len(sorts) or not all(
        same_tree(_written(expression, frame), _written(sort.expression, frame))
        for expression, sort in zip(left, sorts, strict=False)
    ):
        return (
            "the comparison on :after and the ORDER BY name different columns",
            "write the same columns in the same order in both",
        )
    if any(sort.descending != is_less for sort in sorts):
        sign = "<" if is_less else ">"
        return (
            f"the comparison on :after goes another way than the ORDER BY ({sign})",
            "< needs DESC on every column of the ORDER BY, > needs ASC",
        )
    if any(sort.column is None for sort in sorts):
        return (
            "a column of the ORDER BY is missing in the result",
            "select it: the next page starts after its value in the last row",
        )
    fixed = frozenset(slot for s in sorts if (slot := slot_of(s.expression, frame)))
    if not at_most_one(analyzer, _without_limit(analyzer, frame), fixed):
        return (
            "rows with equal keys would get lost between two pages",
            "end the ORDER BY and the comparison with a unique key, such as the id",
        )
    return None


def _limit_problem(query: Node, variant: Variant) -> tuple[str, str] | None:
    """A page asks for one row more than it shows, to see whether there is another page."""
    if query["limitOffset"]:
        return (
            "a page starts after the last row of the one before, and OFFSET would leave rows out",
            "remove OFFSET",
        )
    limit, number = query["limitCount"], variant.names.index(LIMIT) + 1
    parameters = [node for node in everywhere(query) if node["node"] == "PARAM"]
    uses = sum(parameter_number(node) == number for node in parameters)
    if limit and parameter_number(limit) == number and uses == 1:
        return None
    return (
        "a page ends where its LIMIT is :limit alone, which stands nowhere else",
        "write: LIMIT :limit",
    )


def _written(node: Node, frame: Frame) -> Node:
    """An expression as its author wrote it, where the operator may be of another type by name
    alone: a domain, varchar."""
    while node["node"] == "RELABELTYPE":
        node = node["arg"]
    found: Node = _ungrouped(node, frame)
    return found


def _ungrouped(value: Any, frame: Frame) -> Any:
    """From PostgreSQL 18 on, columns above the GROUP BY are those of an entry of their own."""
    if isinstance(value, list):
        return [_ungrouped(item, frame) for item in value]
    if not isinstance(value, dict) or value["node"] == "QUERY":
        return value
    if value["node"] == "VAR" and value["varlevelsup"] == "0":
        entry = frame.entry(int(value["varno"]))
        if int(entry["rtekind"]) == frames.GROUP:
            return entry["groupexprs"][int(value["varattno"]) - 1]
    return {key: _ungrouped(item, frame) for key, item in value.items()}


def _without_limit(analyzer: Analyzer, frame: Frame) -> Frame:
    query = {**frame.query, "limitCount": None, BELOW: None}
    return replace(frame, query=query)


def _sorts(analyzer: Analyzer, frame: Frame) -> Iterator[_Sort]:
    visible = frames.targets(frame.query)
    for clause in frame.query["sortClause"] or []:
        reference = clause["tleSortGroupRef"]
        entry = next(e for e in frame.query["targetList"] if e["ressortgroupref"] == reference)
        column = next((n for n, e in enumerate(visible) if e is entry), None)
        if column is None:
            # PostgreSQL adds a helper even where the same expression is selected.
            pairs = enumerate(visible)
            column = next((n for n, e in pairs if same_tree(e["expr"], entry["expr"])), None)
        operator = analyzer.catalog.operators[int(clause["sortop"])]
        yield _Sort(entry["expr"], column, operator.name == ">")


def _comparison(
    analyzer: Analyzer, frame: Frame, variant: Variant
) -> tuple[list[Node], bool] | None:
    """The left side of `(...) < (:after)` and whether the sign is <."""
    wanted = [n for n, name in enumerate(variant.names, 1) if name == AFTER]
    for node in conjuncts(frame.query["jointree"]["quals"]):
        if node["node"] == "ROWCOMPAREEXPR":
            sign = node.get("cmptype", node.get("rctype"))
            sides = node["largs"], node["rargs"]
            is_less, is_greater = sign == _LESS, sign == _GREATER
        elif node["node"] == "OPEXPR" and len(node["args"]) == 2:
            name = analyzer.catalog.operators[int(node["opno"])].name
            sides = [node["args"][0]], [node["args"][1]]
            is_less, is_greater = name == "<", name == ">"
        else:
            continue
        numbers = [parameter_number(item) for item in sides[1]]
        if numbers == wanted and (is_less or is_greater):
            return sides[0], is_less
    return None
