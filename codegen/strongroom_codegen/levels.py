"""Walk a statement: every query level in it, and where a value comes from."""

from __future__ import annotations

from collections.abc import Iterator

from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.tree import Node, below
from strongroom_codegen.written import is_replaced

# Relation OID and column number.
Origin = tuple[int, int]

_UNION = "1"
_WRAPPERS = frozenset({"RELABELTYPE", "COLLATEEXPR", "COERCETODOMAIN"})


def levels(analyzer: Analyzer, query: Node, parent: Frame | None = None) -> Iterator[Frame]:
    """Every query level of a statement, the outer ones first."""
    frame = analyzer.frame(query, parent)
    yield frame
    for node in below(query):
        if node["node"] == "QUERY":
            yield from levels(analyzer, node, frame)


def unwrap(node: Node) -> Node:
    """The expression below what changes only the name of its type."""
    while node["node"] in _WRAPPERS:
        node = node["arg"]
    return node


def origin(analyzer: Analyzer, node: Node, frame: Frame) -> Origin | None:
    """The table column that an expression is a plain copy of."""
    node = unwrap(node)
    if node["node"] == "FIELDSELECT":
        row = node["arg"]
        if row["node"] != "VAR" or row["varattno"] != "0":
            return None
        node = {**row, "varattno": node["fieldnum"]}
    if node["node"] != "VAR":
        return None
    owner = frame.up(int(node["varlevelsup"]))
    number = int(node["varattno"])
    if owner is None or number <= 0:
        return None
    entry = owner.entry(int(node["varno"]))
    match int(entry["rtekind"]):
        case frames.TABLE:
            return _table_origin(analyzer, int(entry["relid"]), number)
        case frames.JOIN:
            return origin(analyzer, entry["joinaliasvars"][number - 1], owner)
        case frames.GROUP:
            return origin(analyzer, entry["groupexprs"][number - 1], owner)
        case frames.SUBQUERY:
            return _output_origin(analyzer, entry["subquery"], owner, number)
        case frames.CTE:
            cte, above = owner.cte(entry)
            return _output_origin(analyzer, cte["ctequery"], above, number) if cte else None
        case frames.FUNCTION:
            return _function_origin(analyzer, entry, number)
    return None


def result_origin(analyzer: Analyzer, query: Node, frame: Frame, number: int) -> Origin | None:
    """The table column that a column of a statement's result is a copy of, in every row."""
    if query["setOperations"]:
        return _set_origin(analyzer, query["setOperations"], frame, number)
    return _shown(analyzer, query, frame, number)


def _set_origin(analyzer: Analyzer, node: Node, frame: Frame, number: int) -> Origin | None:
    """All rows of EXCEPT and INTERSECT are of their left arm; those of UNION are of either."""
    if node["node"] == "RANGETBLREF":
        arm = frame.entry(int(node["rtindex"]))["subquery"]
        return _output_origin(analyzer, arm, frame, number)
    left = _set_origin(analyzer, node["larg"], frame, number)
    if node["op"] != _UNION:
        return left
    return left if left == _set_origin(analyzer, node["rarg"], frame, number) else None


def _table_origin(analyzer: Analyzer, relation: int, number: int) -> Origin | None:
    view = analyzer.catalog.view_query(relation)
    if view:
        return _output_origin(analyzer, view, None, number)
    return (relation, number)


def _output_origin(
    analyzer: Analyzer, query: Node, parent: Frame | None, number: int
) -> Origin | None:
    if query["setOperations"]:
        return None
    return _shown(analyzer, query, analyzer.frame(query, parent), number)


def answers_otherwise(analyzer: Analyzer, frame: Frame) -> bool:
    """Whether what a trigger or a rule makes up comes back in place of the row that is written."""
    if not frame.target:
        return False
    relation = int(frame.entry(frame.target)["relid"])
    return is_replaced(analyzer.catalog, relation, frame.command, by_triggers=True)


def _shown(analyzer: Analyzer, query: Node, frame: Frame, number: int) -> Origin | None:
    entries = frames.targets(query)
    if number > len(entries) or answers_otherwise(analyzer, frame):
        return None
    return origin(analyzer, entries[number - 1]["expr"], frame)


def _function_origin(analyzer: Analyzer, entry: Node, number: int) -> Origin | None:
    """A function that returns a table's rows returns that table's columns."""
    call = entry["functions"][0]["funcexpr"]
    if len(entry["functions"]) != 1 or call["node"] != "FUNCEXPR":
        return None
    function = analyzer.catalog.functions.get(int(call["funcid"]))
    if function is None or function.outputs:
        return None
    relation = analyzer.catalog.relations.get(analyzer.catalog.types[function.result].relation)
    if relation is None or relation.kind not in ("r", "p"):
        return None
    return (relation.oid, number) if number in relation.columns else None
