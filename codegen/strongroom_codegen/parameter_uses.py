"""What each parameter is used for: a column that it is assigned to or compared with, a guard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from strongroom_codegen.levels import Origin, levels, origin
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.tree import Node, below
from strongroom_codegen.written import stored_column

_COERCIONS = frozenset(
    {"RELABELTYPE", "COLLATEEXPR", "COERCETODOMAIN", "COERCEVIAIO", "ARRAYCOERCEEXPR"}
)
_CASTS = ("1", "2")
_COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})


@dataclass(slots=True)
class Uses:
    """The uses of one parameter."""

    assigned: list[Origin] = field(default_factory=list)
    compared: list[Origin] = field(default_factory=list)
    other_comparisons: int = 0
    guarded: bool = False

    def allows_null(self, analyzer: Analyzer) -> bool:
        """None makes sense: it is tested for, or goes only where a NULL may be stored."""
        if self.guarded:
            return True
        if not self.assigned or self.compared or self.other_comparisons:
            return False
        return all(not analyzer.catalog.refuses_null(*target) for target in self.assigned)

    def column(self) -> Origin | None:
        """The column whose values the parameter takes, when all its uses agree."""
        columns = {*self.assigned, *self.compared}
        return next(iter(columns)) if len(columns) == 1 else None


def parameter_uses(analyzer: Analyzer, query: Node) -> dict[int, Uses]:
    """By number, the uses of every parameter of a statement."""
    found: dict[int, Uses] = {}
    for frame in levels(analyzer, query):
        for number, target in _assignments(frame):
            column = stored_column(analyzer.catalog, *target, frame.command)
            found.setdefault(number, Uses()).assigned.append(column)
        for node in below(frame.query):
            _look(analyzer, node, frame, found)
    return found


def parameter_number(node: Node) -> int | None:
    """The number of a parameter, seen through conversions."""
    while True:
        if node["node"] in _COERCIONS:
            node = node["arg"]
        elif node["node"] == "FUNCEXPR" and node["funcformat"] in _CASTS:
            node = node["args"][0]
        else:
            break
    if node["node"] == "PARAM" and node["paramkind"] == "0":
        return int(node["paramid"])
    return None


def _look(analyzer: Analyzer, node: Node, frame: Frame, found: dict[int, Uses]) -> None:
    match node["node"]:
        case "NULLTEST":
            guards = [node["arg"]]
        case "COALESCEEXPR":
            guards = node["args"][:-1]
        case "DISTINCTEXPR":
            guards = node["args"]
            _compare(analyzer, node["args"][0], node["args"][1], frame, found)
        case "OPEXPR" | "SCALARARRAYOPEXPR" if len(node["args"]) == 2:
            guards = []
            operator = analyzer.catalog.operators.get(int(node["opno"]))
            # A pattern or a summand is no value of the column that it stands beside.
            same_kind = operator is not None and operator.name in _COMPARISONS
            _compare(analyzer, node["args"][0], node["args"][1], frame, found, same_kind=same_kind)
        case "ROWCOMPAREEXPR":
            guards = []
            for left, right in zip(node["largs"], node["rargs"], strict=True):
                _compare(analyzer, left, right, frame, found)
        case _:
            return
    for guard in guards:
        number = parameter_number(guard)
        if number is not None:
            found.setdefault(number, Uses()).guarded = True


def _compare(
    analyzer: Analyzer,
    left: Node,
    right: Node,
    frame: Frame,
    found: dict[int, Uses],
    *,
    same_kind: bool = True,
) -> None:
    for side, other in ((left, right), (right, left)):
        items = side["elements"] or [] if side["node"] == "ARRAYEXPR" else [side]
        for item in items:
            number = parameter_number(item)
            if number is None:
                continue
            uses = found.setdefault(number, Uses())
            column = origin(analyzer, other, frame) if same_kind else None
            if column:
                uses.compared.append(column)
            else:
                uses.other_comparisons += 1


def _assignments(frame: Frame) -> Iterator[tuple[int, Origin]]:
    query = frame.query
    for index, entries in target_lists(frame):
        relation = int(frame.entry(index)["relid"])
        for entry in entries:
            for number in _parameters_of(query, entry["expr"]):
                yield number, (relation, int(entry["resno"]))


def target_lists(frame: Frame) -> Iterator[tuple[int, list[Node]]]:
    query, target = frame.query, frame.target
    if frame.command in (frames.INSERT, frames.UPDATE):
        yield target, [e for e in query["targetList"] or [] if e["resjunk"] == "false"]
    if query["onConflict"]:
        yield target, query["onConflict"]["onConflictSet"] or []
    for action in query.get("mergeActionList") or []:
        yield target, action["targetList"] or []


def _parameters_of(query: Node, node: Node) -> Iterator[int]:
    """The parameters that end up unchanged in a column: directly, by VALUES or by a subquery."""
    number = parameter_number(node)
    if number is not None:
        yield number
        return
    while node["node"] in _COERCIONS:
        node = node["arg"]
    if node["node"] != "VAR" or int(node["varlevelsup"]):
        return
    entry, column = query["rtable"][int(node["varno"]) - 1], int(node["varattno"])
    if int(entry["rtekind"]) == frames.VALUES:
        for row in entry["values_lists"]:
            yield from _parameters_of(query, row[column - 1])
    elif int(entry["rtekind"]) == frames.SUBQUERY and column > 0:
        targets = frames.targets(entry["subquery"])
        if column <= len(targets):
            yield from _parameters_of(entry["subquery"], targets[column - 1]["expr"])
