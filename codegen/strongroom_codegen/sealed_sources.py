"""Where values of a statement come from: which parameter, which row of which table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strongroom_codegen.element_uses import element_of
from strongroom_codegen.equalities import slot_of
from strongroom_codegen.levels import Origin, unwrap
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.nullability.proofs import Slot
from strongroom_codegen.parameter_uses import parameter_number
from strongroom_codegen.tree import Node, nodes

_USERS = frozenset({"user_bigint", "user_uuid", "user_text"})
_WHOLE_NUMBERS = frozenset({"int2", "int4", "int8"})
_TEXTS = frozenset({"text", "varchar"})
_IMPLICIT = "2"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value is from: a parameter ($number), an element of one, or the session's user.

    `rows`: which call of unnest() an element is from; those of two calls don't go together.
    """

    number: int = 0
    rows: tuple[int, int] | None = None

    @property
    def is_element(self) -> bool:
        return self.rows is not None

    @property
    def is_user(self) -> bool:
        return not self.number


USER = Source()


@dataclass(frozen=True, slots=True)
class Row:
    """A column of a row that a statement reads; `path` tells rows of one table apart."""

    origin: Origin
    path: tuple[object, ...]
    frame: Frame
    index: int


def source_of(analyzer: Analyzer, node: Node, frame: Frame) -> Source | None:
    """The parameter that a value is, unchanged, or the session's user."""
    number = parameter_number(node)
    if number is not None:
        return Source(number) if _keeps_text(analyzer, node) else None
    node = unwrap(node)
    if node["node"] == "FUNCEXPR":
        # Several in one select list go in step.
        element = element_of(analyzer, node, frame)
        if element is not None:
            return Source(element, (id(frame.query), 0))
        return USER if _is_user(analyzer, node) else None
    if node["node"] == "SUBLINK" and node["subLinkType"] == "4":
        # (SELECT kernel.user_bigint()), for policies and plans.
        inner = node["subselect"]
        found = frames.targets(inner)
        return source_of(analyzer, found[0]["expr"], analyzer.frame(inner, frame))
    if node["node"] != "VAR":
        return None
    owner = frame.up(int(node["varlevelsup"]))
    column = int(node["varattno"])
    if owner is None or column <= 0:
        return None
    entry = owner.entry(int(node["varno"]))
    match int(entry["rtekind"]):
        case frames.FUNCTION:
            element = element_of(analyzer, node, frame)
            return Source(element, (id(owner.query), int(node["varno"]))) if element else None
        case frames.JOIN:
            return source_of(analyzer, entry["joinaliasvars"][column - 1], owner)
        case frames.SUBQUERY:
            return _of_query(analyzer, entry["subquery"], owner, column)
        case frames.CTE:
            cte, above = owner.cte(entry)
            return _of_query(analyzer, cte["ctequery"], above, column) if cte else None
        case frames.VALUES if len(entry["values_lists"]) == 1:
            return source_of(analyzer, entry["values_lists"][0][column - 1], owner)
    return None


def _keeps_text(analyzer: Analyzer, node: Node) -> bool:
    """Whether what stands around a parameter leaves its text as it is: a cast may cut or round."""
    while node["node"] != "PARAM":
        if node["node"] == "COERCEVIAIO":
            return False
        if node["node"] == "FUNCEXPR":
            name = analyzer.catalog.base_type(int(node["funcresulttype"])).name
            is_length = name in _TEXTS and node["funcformat"] == _IMPLICIT
            if not is_length and name not in _WHOLE_NUMBERS:
                return False
            node = node["args"][0]
        else:
            node = node["arg"]
    return True


def _of_query(analyzer: Analyzer, query: Node, parent: Frame | None, number: int) -> Source | None:
    entries = frames.targets(query)
    if query["setOperations"] or number > len(entries):
        return None
    return source_of(analyzer, entries[number - 1]["expr"], analyzer.frame(query, parent))


def _is_user(analyzer: Analyzer, node: Node) -> bool:
    function = analyzer.catalog.functions.get(int(node["funcid"]))
    return function is not None and function.schema == "kernel" and function.name in _USERS


def pinned(analyzer: Analyzer, frame: Frame) -> dict[Slot, Source]:
    """The columns of a query level that a condition makes equal to a parameter or the user."""
    found: dict[Slot, Source] = {}
    tree = frame.query["jointree"]
    conditions = [tree["quals"]] if tree else []
    for node in nodes(tree["fromlist"] or [], into_queries=False) if tree else []:
        if node["node"] == "JOINEXPR" and int(node["jointype"]) == frames.INNER:
            conditions.append(node["quals"])
    for condition in conditions:
        for left, right in _equalities(analyzer, condition):
            for side, other in ((left, right), (right, left)):
                slot = slot_of(side, frame)
                source = source_of(analyzer, other, frame) if slot else None
                if slot and source:
                    found.setdefault(slot, source)
    return found


def _equalities(analyzer: Analyzer, node: Node | None) -> Iterator[tuple[Node, Node]]:
    if node is None:
        return
    if node["node"] == "BOOLEXPR" and node["boolop"] == "and":
        for argument in node["args"]:
            yield from _equalities(analyzer, argument)
    if node["node"] == "OPEXPR" and len(node["args"]) == 2:
        operator = analyzer.catalog.operators.get(int(node["opno"]))
        if operator and operator.name == "=" and operator.schema == "pg_catalog":
            yield node["args"][0], node["args"][1]


def result_rows(analyzer: Analyzer, query: Node, frame: Frame, number: int) -> tuple[Row, ...]:
    """The columns that a column of the result is an unchanged copy of: one for each arm of UNION.

    Empty where it is none, or not in every arm.
    """
    return tuple(_of_output(analyzer, query, frame, number, ()) or ())


def _of_output(
    analyzer: Analyzer, query: Node, frame: Frame, number: int, path: tuple[object, ...]
) -> list[Row] | None:
    if len(path) > 50:
        return None
    if query["setOperations"]:
        return _of_arms(analyzer, query["setOperations"], frame, number, path)
    entries = frames.targets(query)
    if number > len(entries):
        return None
    return _of_node(analyzer, entries[number - 1]["expr"], frame, path)


def _of_arms(
    analyzer: Analyzer, node: Node, frame: Frame, number: int, path: tuple[object, ...]
) -> list[Row] | None:
    if node["node"] == "RANGETBLREF":
        index = int(node["rtindex"])
        query = frame.entry(index)["subquery"]
        inner = analyzer.frame(query, frame)
        return _of_output(analyzer, query, inner, number, (*path, (id(frame.query), index)))
    left = _of_arms(analyzer, node["larg"], frame, number, path)
    right = _of_arms(analyzer, node["rarg"], frame, number, path)
    return [*left, *right] if left is not None and right is not None else None


def _of_node(
    analyzer: Analyzer, node: Node, frame: Frame, path: tuple[object, ...]
) -> list[Row] | None:
    node = unwrap(node)
    if node["node"] == "RETURNINGEXPR":
        return _of_node(analyzer, node["retexpr"], frame, path)
    if node["node"] != "VAR":
        return None
    owner, number = frame.up(int(node["varlevelsup"])), int(node["varattno"])
    if owner is None or number <= 0:
        return None
    index = int(node["varno"])
    entry, below = owner.entry(index), (*path, (id(owner.query), index))
    match int(entry["rtekind"]):
        case frames.TABLE:
            relation = int(entry["relid"])
            view = analyzer.catalog.view_query(relation)
            if view:
                return _of_output(analyzer, view, analyzer.frame(view, None), number, below)
            return [Row((relation, number), below, owner, index)]
        case frames.JOIN:
            return _of_node(analyzer, entry["joinaliasvars"][number - 1], owner, path)
        case frames.GROUP:
            return _of_node(analyzer, entry["groupexprs"][number - 1], owner, path)
        case frames.SUBQUERY:
            query = entry["subquery"]
            return _of_output(analyzer, query, analyzer.frame(query, owner), number, below)
        case frames.CTE:
            cte, above = owner.cte(entry)
            if cte is None or above is None:
                return None
            query = cte["ctequery"]
            # A row of a recursive query is a row of its first arm, or made from one.
            if any(step == (id(query), "cte") for step in path):
                return []
            inner = analyzer.frame(query, above)
            return _of_output(analyzer, query, inner, number, (*below, (id(query), "cte")))
    return None


def target_numbers(analyzer: Analyzer, relation: int) -> tuple[int, dict[int, int]]:
    """The table that a statement changes, and which of its columns the target's columns are."""
    view = analyzer.catalog.view_query(relation)
    if view is None:
        table = analyzer.catalog.relations.get(relation)
        return relation, {number: number for number in (table.columns if table else ())}
    frame = analyzer.frame(view, None)
    found: dict[int, int] = {}
    bases = set()
    for number in range(1, len(frames.targets(view)) + 1):
        rows = result_rows(analyzer, view, frame, number)
        if len(rows) == 1:
            bases.add(rows[0].origin[0])
            found[number] = rows[0].origin[1]
    return (bases.pop() if len(bases) == 1 else relation), found


def cells(frame: Frame, node: Node) -> Iterator[Node]:
    """The expressions of a column, one for each row of VALUES."""
    inner = node
    while inner["node"] in ("RELABELTYPE", "COERCETODOMAIN"):
        inner = inner["arg"]
    if inner["node"] == "VAR" and not int(inner["varlevelsup"]):
        entry = frame.entry(int(inner["varno"]))
        if int(entry["rtekind"]) == frames.VALUES:
            for row in entry["values_lists"]:
                yield row[int(inner["varattno"]) - 1]
            return
    yield node
