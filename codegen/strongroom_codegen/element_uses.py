"""What the elements of unnested parameters are used for, as `parameter_uses` for parameters."""

from __future__ import annotations

from collections.abc import Iterator

from strongroom_codegen.levels import levels, origin
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.parameter_uses import Uses, parameter_number, target_lists
from strongroom_codegen.tree import Node, nodes

_COERCIONS = frozenset({"RELABELTYPE", "COLLATEEXPR", "COERCETODOMAIN", "COERCEVIAIO"})
_COMPARISONS = frozenset({"OPEXPR", "DISTINCTEXPR"})


def element_uses(analyzer: Analyzer, query: Node) -> dict[int, Uses]:
    """By number, the uses of the elements of each parameter that is an argument of unnest()."""
    found: dict[int, Uses] = {}
    all_levels = list(levels(analyzer, query))
    for frame in all_levels:
        for value in frame.query.values():
            for node in nodes(value, into_queries=False):
                number = _unnested(analyzer, node)
                if number is not None:
                    found.setdefault(number, Uses())
    for frame in all_levels:
        for index, entries in target_lists(frame):
            relation = int(frame.entry(index)["relid"])
            for entry in entries:
                number = element_of(analyzer, entry["expr"], frame)
                if number is not None:
                    found[number].assigned.append((relation, int(entry["resno"])))
        for value in frame.query.values():
            for node in nodes(value, into_queries=False):
                _look(analyzer, node, frame, found)
    return found


def _unnested(analyzer: Analyzer, node: Node) -> int | None:
    """The parameter that a call of unnest() takes apart."""
    if node["node"] != "FUNCEXPR":
        return None
    function = analyzer.catalog.functions.get(int(node["funcid"]))
    if function is None or not function.is_builtin or function.name != "unnest":
        return None
    return parameter_number(node["args"][0])


def element_of(analyzer: Analyzer, node: Node, frame: Frame) -> int | None:
    """The parameter whose elements an expression is, unchanged."""
    while node["node"] in _COERCIONS or (node["node"] == "FUNCEXPR" and node["funcformat"] != "0"):
        node = node["arg"] if node["node"] in _COERCIONS else node["args"][0]
    if node["node"] != "VAR":
        return _unnested(analyzer, node)
    owner = frame.up(int(node["varlevelsup"]))
    number = int(node["varattno"])
    if owner is None or number <= 0:
        return None
    entry = owner.entry(int(node["varno"]))
    match int(entry["rtekind"]):
        case frames.FUNCTION:
            return _of_function(analyzer, entry, number)
        case frames.JOIN:
            return element_of(analyzer, entry["joinaliasvars"][number - 1], owner)
        case frames.GROUP:
            return element_of(analyzer, entry["groupexprs"][number - 1], owner)
        case frames.SUBQUERY:
            return _of_query(analyzer, entry["subquery"], owner, number)
        case frames.CTE:
            cte, above = owner.cte(entry)
            return _of_query(analyzer, cte["ctequery"], above, number) if cte else None
    return None


def _of_function(analyzer: Analyzer, entry: Node, number: int) -> int | None:
    for function in entry["functions"]:
        width = int(function["funccolcount"])
        if number <= width:
            return _unnested(analyzer, function["funcexpr"]) if width == 1 else None
        number -= width
    return None


def _of_query(analyzer: Analyzer, query: Node, parent: Frame | None, number: int) -> int | None:
    entries = frames.targets(query)
    if query["setOperations"] or number > len(entries):
        return None
    return element_of(analyzer, entries[number - 1]["expr"], analyzer.frame(query, parent))


def _look(analyzer: Analyzer, node: Node, frame: Frame, found: dict[int, Uses]) -> None:
    for guard in _guards(node):
        number = element_of(analyzer, guard, frame)
        if number is not None:
            found[number].guarded = True
    if node["node"] in _COMPARISONS and len(node["args"]) == 2:
        for side, other in (node["args"], node["args"][::-1]):
            number = element_of(analyzer, side, frame)
            if number is None:
                continue
            column = origin(analyzer, other, frame)
            if column:
                found[number].compared.append(column)
            else:
                found[number].other_comparisons += 1


def _guards(node: Node) -> Iterator[Node]:
    match node["node"]:
        case "NULLTEST":
            yield node["arg"]
        case "COALESCEEXPR":
            yield from node["args"][:-1]
        case "DISTINCTEXPR":
            yield from node["args"]
