"""Grouping sets: which columns they leave out of some rows, whatever form a query names them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from strongroom_codegen.tree import Node

if TYPE_CHECKING:
    from strongroom_codegen.nullability.frames import Frame
    from strongroom_codegen.nullability.proofs import Slot

REASON = "grouping sets leave columns out"
_SIMPLE, _SETS = "1", "4"
_JOIN = 2
# PostgreSQL itself does not look at these when it compares two expressions.
_IGNORED = frozenset(
    {
        "location",
        "list_start",
        "list_end",
        "varnosyn",
        "varattnosyn",
        "varnullingrels",
        "opfuncid",
        "funcformat",
        "relabelformat",
        "coerceformat",
        "coercionformat",
        "convertformat",
        "row_format",
        "ressortgroupref",
    }
)


def left_out(query: Node) -> list[Node]:
    """The grouped expressions that are NULL in the rows of some grouping set."""
    if not query["groupingSets"]:
        return []
    always: set[int] = set()
    for item in query["groupingSets"]:
        always |= _always(item)
    wanted = {int(clause["tleSortGroupRef"]) for clause in query["groupClause"] or []} - always
    return [e["expr"] for e in query["targetList"] if int(e["ressortgroupref"]) in wanted]


def column(node: Node, frame: Frame) -> Slot:
    """The column that a reference means, once the names that joins give are looked through."""
    index, number = int(node["varno"]), int(node["varattno"])
    entry = frame.entry(index)
    if number > 0 and int(entry["rtekind"]) == _JOIN:
        below = entry["joinaliasvars"][number - 1]
        if below["node"] == "VAR" and not int(below["varlevelsup"]):
            return column(below, frame)
    return index, number


def form(value: Any, frame: Frame) -> Any:
    """What an expression is, without where it stands and how it was written."""
    if isinstance(value, list):
        return [form(item, frame) for item in value]
    if not isinstance(value, dict):
        return value
    if value["node"] == "QUERY":
        # Its columns are another level's: to be on the safe side all subqueries are alike.
        return "QUERY"
    if value["node"] == "VAR" and not int(value["varlevelsup"]):
        return ("VAR", *column(value, frame))
    return {key: form(item, frame) for key, item in value.items() if key not in _IGNORED}


def _always(item: Node) -> set[int]:
    """The references that are in every set of an item; ROLLUP and CUBE also give the empty set."""
    content = item["content"] or []
    if item["kind"] == _SIMPLE:
        return {int(reference) for reference in content}
    if item["kind"] == _SETS and content:
        return set.intersection(*map(_always, content))
    return set()
