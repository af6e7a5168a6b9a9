"""What the conditions of a query level say of its columns, for proofs from unique keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from strongroom_codegen.levels import unwrap
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.nullability.proofs import Slot
from strongroom_codegen.tree import BELOW, Node, conjuncts, nodes

_BPCHAR, _TIMESTAMPTZ = 1042, 1184
_IS_NULL = "0"
# How a part was written, which changes nothing of what it means.
_WRITTEN = frozenset({"location", "funcformat", "relabelformat", "coerceformat", BELOW})


@dataclass(frozen=True, slots=True)
class Equality:
    """A column, and the relations of the expression that it is equal to.

    With `or_null`, it may be NULL where the expression is.
    """

    slot: Slot
    others: frozenset[int]
    or_null: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One that is true in each row of the level in which these relations are not blank."""

    node: Node
    inside: frozenset[int]


def conditions(frame: Frame) -> Iterator[Condition]:
    """Those of WHERE and of joins, taken apart where they are joined by AND."""
    tree = frame.query["jointree"]
    for node in conjuncts(tree["quals"]):
        yield Condition(node, frozenset(leaves(tree)))
    for join in nodes(tree["fromlist"] or [], into_queries=False):
        if join["node"] == "JOINEXPR":
            # The condition of an outer join limits only the side that it may blank.
            arms = {frames.LEFT: "rarg", frames.RIGHT: "larg"}
            kind = int(join["jointype"])
            inside = frozenset(leaves(join[arms[kind]] if kind in arms else join))
            for node in conjuncts(join["quals"]):
                yield Condition(node, inside)


def equalities(analyzer: Analyzer, frame: Frame) -> Iterator[Equality]:
    """Every column that a condition holds to one value, given those of the others."""
    for condition in conditions(frame):
        for found in _of_condition(analyzer, condition.node, frame):
            if found.slot[0] in condition.inside:
                yield found


def is_said(part: Node, index: int, frame: Frame) -> bool:
    """Whether a condition on one table's columns, of an index, stands among those of the level."""
    return any(
        index in condition.inside and _same(part, condition.node, index, frame)
        for condition in conditions(frame)
    )


def leaves(node: Node) -> Iterator[int]:
    """The relations below a part of the join tree, joins aside."""
    if node["node"] == "RANGETBLREF":
        yield int(node["rtindex"])
    elif node["node"] == "JOINEXPR":
        yield from leaves(node["larg"])
        yield from leaves(node["rarg"])
    else:
        for item in node["fromlist"] or []:
            yield from leaves(item)


def _same(part: Any, other: Any, index: int, frame: Frame) -> bool:
    if isinstance(part, list):
        return (
            isinstance(other, list)
            and len(part) == len(other)
            and all(_same(one, two, index, frame) for one, two in zip(part, other, strict=True))
        )
    if not isinstance(part, dict) or not isinstance(other, dict):
        return bool(part == other)
    if part["node"] == "VAR":
        # Without `unwrap`: another type by name alone may compare otherwise.
        return other["node"] == "VAR" and slot_of(other, frame) == (index, int(part["varattno"]))
    keys = (part.keys() | other.keys()) - _WRITTEN
    return all(_same(part.get(key), other.get(key), index, frame) for key in keys)


def _of_condition(analyzer: Analyzer, node: Node, frame: Frame) -> Iterator[Equality]:
    if node["node"] == "NULLTEST" and node["nulltesttype"] == _IS_NULL:
        slot = slot_of(node["arg"], frame)
        # A row of NULLs is no NULL.
        if slot and node["argisrow"] == "false":
            yield Equality(slot, frozenset(), or_null=True)
        return
    or_null = node["node"] == "BOOLEXPR" and node["boolop"] == "not"
    if or_null:
        node = node["args"][0]
    if node["node"] != ("DISTINCTEXPR" if or_null else "OPEXPR") or len(node["args"]) != 2:
        return
    operator = analyzer.catalog.operators.get(int(node["opno"]))
    if operator is None or operator.name != "=" or operator.schema != "pg_catalog":
        return
    for side, other in (node["args"], node["args"][::-1]):
        slot = slot_of(side, frame)
        relations = _relations(analyzer, other, frame)
        if slot is None or relations is None or slot[0] in relations:
            continue
        if _is_exact(analyzer, node, unwrap(side)):
            yield Equality(slot, relations, or_null)


def _is_exact(analyzer: Analyzer, comparison: Node, column: Node) -> bool:
    """Whether of the values that a unique index tells apart one at most is equal to the other side.

    As char, texts are equal that differ in blanks at the end; as timestamptz, two local times may
    be one moment; a collation that is not deterministic knows equals of its own.
    """
    function = analyzer.catalog.functions.get(int(comparison["opfuncid"]))
    if function is None:
        return False
    compared = set(function.arguments)
    if len(compared) > 1 and _TIMESTAMPTZ in compared:
        return False
    if _BPCHAR in compared and analyzer.catalog.base_type(int(column["vartype"])).oid != _BPCHAR:
        return False
    collation = comparison["inputcollid"]
    is_loose = int(collation) in analyzer.catalog.loose_collations
    return not is_loose or column["varcollid"] == collation


def _relations(analyzer: Analyzer, node: Node, frame: Frame) -> frozenset[int] | None:
    """The relations of this level in an expression; None when it has no one value for a row."""
    found = set()
    for part in nodes(node):
        if part["node"] == "SUBLINK":
            return None
        oid = part.get("funcid") or part.get("opfuncid")
        function = analyzer.catalog.functions.get(int(oid)) if oid else None
        if function and function.volatility == "v":
            return None
        if part["node"] == "VAR" and part["varlevelsup"] == "0":
            slot = slot_of(part, frame)
            if slot is None:
                return None
            found.add(slot[0])
    return frozenset(found)


def slot_of(node: Node, frame: Frame) -> Slot | None:
    """The column of this query level that an expression is."""
    node = unwrap(node)
    if node["node"] != "VAR" or int(node["varlevelsup"]):
        return None
    index, number = int(node["varno"]), int(node["varattno"])
    entry = frame.entry(index)
    kind = int(entry["rtekind"])
    if number > 0 and kind == frames.JOIN:
        return slot_of(entry["joinaliasvars"][number - 1], frame)
    if number > 0 and kind == frames.GROUP:
        return slot_of(entry["groupexprs"][number - 1], frame)
    return index, number
