"""Does a query give one row at most? Proven from unique keys, never guessed."""

from __future__ import annotations

from collections.abc import Iterator

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.levels import unwrap
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.nullability.proofs import Slot
from strongroom_codegen.nullability.relations import is_replaced
from strongroom_codegen.tree import Node, nodes

_WITHOUT_TIES = "0"
_CASTS = ("1", "2")
_BPCHAR, _TIMESTAMPTZ = 1042, 1184
# A column, and the relations of the expression that it is equal to.
Equality = tuple[Slot, frozenset[int]]


def at_most_one(analyzer: Analyzer, frame: Frame, fixed: frozenset[Slot] = frozenset()) -> bool:
    """No two rows; with `fixed`, no two rows that agree in those columns."""
    query = frame.query
    if frame.target and is_replaced(analyzer, frame, frame.entry(frame.target)):
        return False
    # A last row may come with others that are as far in the order.
    if _is_one(query["limitCount"]) and query["limitOption"] == _WITHOUT_TIES:
        return True
    if query["setOperations"] or query["hasTargetSRFs"] == "true":
        return False
    if frame.command == frames.MERGE or query["groupingSets"]:
        return False
    if query["hasAggs"] == "true" and not query["groupClause"]:
        return True
    equalities, leaves = list(_equalities(analyzer, frame)), list(_leaves(query["jointree"]))
    if leaves is None or any(_is_full(node) for node in nodes(query["jointree"])):
        return False
    if query["groupClause"] and _groups_fixed(frame, fixed, equalities):
        return True
    return _all_pinned(analyzer, frame, fixed, equalities, leaves)


def always_one(catalog: Catalog, frame: Frame) -> bool:
    """Exactly one row by construction: INSERT of one VALUES list that nothing may leave out."""
    query = frame.query
    if frame.command != frames.INSERT or query["onConflict"] or query["hasTargetSRFs"] == "true":
        return False
    if query["jointree"]["fromlist"] or query["jointree"]["quals"]:
        return False
    table = catalog.relations.get(int(frame.entry(frame.target)["relid"]))
    return table is not None and table.keeps_inserts


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


def _is_one(limit: Node | None) -> bool:
    while limit and limit["node"] == "FUNCEXPR" and limit["funcformat"] in _CASTS:
        limit = limit["args"][0]
    if limit is None or limit["node"] != "CONST" or limit["constisnull"] == "true":
        return False
    data = bytes(int(part) & 0xFF for part in limit["constvalue"][2:-1])
    return int.from_bytes(data, "little", signed=True) in (0, 1)


def _is_full(node: Node) -> bool:
    return node["node"] == "JOINEXPR" and int(node["jointype"]) == frames.FULL


def _leaves(node: Node) -> Iterator[int]:
    if node["node"] == "RANGETBLREF":
        yield int(node["rtindex"])
    elif node["node"] == "JOINEXPR":
        yield from _leaves(node["larg"])
        yield from _leaves(node["rarg"])
    else:
        for item in node["fromlist"] or []:
            yield from _leaves(item)


def _equalities(analyzer: Analyzer, frame: Frame) -> Iterator[Equality]:
    tree = frame.query["jointree"]
    yield from _of_condition(analyzer, tree["quals"], frame)
    for node in nodes(tree["fromlist"] or [], into_queries=False):
        if node["node"] == "JOINEXPR":
            kind = int(node["jointype"])
            arms = {frames.LEFT: "rarg", frames.RIGHT: "larg"}
            inside = set(_leaves(node[arms[kind]] if kind in arms else node))
            for slot, others in _of_condition(analyzer, node["quals"], frame):
                # The condition of an outer join limits only the side that it may blank.
                if slot[0] in inside:
                    yield slot, others


def _of_condition(analyzer: Analyzer, node: Node | None, frame: Frame) -> Iterator[Equality]:
    if node is None:
        return
    if node["node"] == "BOOLEXPR" and node["boolop"] == "and":
        for arg in node["args"]:
            yield from _of_condition(analyzer, arg, frame)
    if node["node"] != "OPEXPR" or len(node["args"]) != 2:
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
            yield slot, relations


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


def _groups_fixed(frame: Frame, fixed: frozenset[Slot], equalities: list[Equality]) -> bool:
    constant = fixed | {slot for slot, others in equalities if not others}
    wanted = {clause["tleSortGroupRef"] for clause in frame.query["groupClause"]}
    groups = [e["expr"] for e in frame.query["targetList"] if e["ressortgroupref"] in wanted]
    return all(slot_of(group, frame) in constant for group in groups)


def _all_pinned(
    analyzer: Analyzer,
    frame: Frame,
    fixed: frozenset[Slot],
    equalities: list[Equality],
    leaves: list[int],
) -> bool:
    pinned: set[int] = set()
    while True:
        known = fixed | {slot for slot, others in equalities if others <= pinned}
        more = {
            index
            for index in leaves
            if index not in pinned and _is_pinned(analyzer, frame, index, known)
        }
        if not more:
            return pinned >= set(leaves)
        pinned |= more


def _is_pinned(analyzer: Analyzer, frame: Frame, index: int, known: frozenset[Slot]) -> bool:
    entry = frame.entry(index)
    columns = frozenset(number for leaf, number in known if leaf == index)
    match int(entry["rtekind"]):
        case frames.TABLE:
            return _table_pinned(analyzer, entry, columns)
        case frames.SUBQUERY:
            return _query_pinned(analyzer, entry["subquery"], frame, columns)
        case frames.CTE:
            cte, owner = frame.cte(entry)
            if cte is None or cte["cterecursive"] == "true":
                return False
            return _query_pinned(analyzer, cte["ctequery"], owner, columns)
        case frames.FUNCTION:
            return all(_gives_one_row(analyzer, f["funcexpr"]) for f in entry["functions"])
        case frames.VALUES:
            return len(entry["values_lists"]) == 1
    return False


def _gives_one_row(analyzer: Analyzer, call: Node) -> bool:
    if call.get("funcretset", "false") == "false":
        return True
    function = analyzer.catalog.functions.get(int(call["funcid"]))
    return analyzer.trusts_declared_rows and function is not None and function.rows == 1


def _table_pinned(analyzer: Analyzer, entry: Node, columns: frozenset[int]) -> bool:
    table = analyzer.catalog.relations.get(int(entry["relid"]))
    if table is None:
        return False
    view = analyzer.catalog.view_query(table.oid)
    if view:
        return _query_pinned(analyzer, view, None, columns)
    if table.kind == "r" and table.children and entry["inh"] == "true":
        return False
    return any(key <= columns for key in table.keys)


def _query_pinned(
    analyzer: Analyzer, query: Node, parent: Frame | None, columns: frozenset[int]
) -> bool:
    frame = analyzer.frame(query, parent)
    targets = frames.targets(query)
    found = [targets[n - 1]["expr"] for n in columns if 0 < n <= len(targets)]
    slots = [slot_of(node, frame) for node in found if node["node"] != "COLLATEEXPR"]
    return at_most_one(analyzer, frame, frozenset(slot for slot in slots if slot))
