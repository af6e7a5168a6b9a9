"""Walk a statement: every query level in it, where a value comes from, what it reads and writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.tree import Node, nodes

# Relation OID and column number.
Origin = tuple[int, int]

_SELECT_PRIVILEGE = 2
_WRAPPERS = frozenset({"RELABELTYPE", "COLLATEEXPR", "COERCETODOMAIN"})
_HARMLESS = frozenset(
    {"random", "clock_timestamp", "timeofday", "gen_random_uuid", "uuidv4", "uuidv7", "pg_sleep"}
)


@dataclass(frozen=True, slots=True)
class Footprint:
    """Tables and views that a statement reads and writes; `modifies` also counts functions.

    `stores` are the tables that get new or changed rows: a DELETE writes and stores nothing.
    """

    reads: tuple[str, ...]
    writes: tuple[str, ...]
    stores: tuple[str, ...]
    modifies: bool


def levels(analyzer: Analyzer, query: Node, parent: Frame | None = None) -> Iterator[Frame]:
    """Every query level of a statement, the outer ones first."""
    frame = analyzer.frame(query, parent)
    yield frame
    for field in query.values():
        for node in nodes(field, into_queries=False):
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
    if node["node"] == "FIELDSELECT" and node["arg"]["node"] == "VAR":
        node = {**node["arg"], "varattno": node["fieldnum"]}
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
            return _cte_origin(analyzer, entry, owner, number)
        case frames.FUNCTION:
            return _function_origin(analyzer, entry, number)
    return None


def footprint(analyzer: Analyzer, query: Node) -> Footprint:
    """What a statement reads and writes, views looked through."""
    reads: set[str] = set()
    writes: set[str] = set()
    stores: set[str] = set()
    modifies = False
    for frame in levels(analyzer, query):
        modifies |= bool(frame.query["rowMarks"]) or _calls_volatile(analyzer.catalog, frame)
        for index, entry in enumerate(frame.query["rtable"] or [], 1):
            if int(entry["rtekind"]) != frames.TABLE:
                continue
            table = analyzer.catalog.relations.get(int(entry["relid"]))
            if table is None:
                continue
            if index == frame.target:
                writes.add(table.full_name)
                stores |= {table.full_name} if frame.command != frames.DELETE else set()
            if _privileges(frame.query, entry) & _SELECT_PRIVILEGE:
                reads.add(table.full_name)
                view = analyzer.catalog.view_query(table.oid)
                reads |= set(footprint(analyzer, view).reads) if view else set()
    return Footprint(
        tuple(sorted(reads)),
        tuple(sorted(writes)),
        tuple(sorted(stores)),
        modifies=modifies or bool(writes),
    )


def _table_origin(analyzer: Analyzer, relation: int, number: int) -> Origin | None:
    view = analyzer.catalog.view_query(relation)
    if view:
        return _output_origin(analyzer, view, None, number)
    return (relation, number)


def _output_origin(
    analyzer: Analyzer, query: Node, parent: Frame | None, number: int
) -> Origin | None:
    entries = frames.targets(query)
    if query["setOperations"] or number > len(entries):
        return None
    return origin(analyzer, entries[number - 1]["expr"], analyzer.frame(query, parent))


def _cte_origin(analyzer: Analyzer, entry: Node, frame: Frame, number: int) -> Origin | None:
    owner = frame.up(int(entry["ctelevelsup"]))
    ctes = (owner.query["cteList"] or []) if owner else []
    for cte in ctes:
        if cte["ctename"] == entry["ctename"]:
            return _output_origin(analyzer, cte["ctequery"], owner, number)
    return None


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
    numbers = list(relation.columns)
    return (relation.oid, numbers[number - 1]) if number <= len(numbers) else None


def _privileges(query: Node, entry: Node) -> int:
    if "requiredPerms" in entry:
        return int(entry["requiredPerms"])
    info = query["rteperminfos"][int(entry["perminfoindex"]) - 1]
    return int(info["requiredPerms"])


def _calls_volatile(catalog: Catalog, frame: Frame) -> bool:
    for field in frame.query.values():
        for node in nodes(field, into_queries=False):
            oid = node.get("funcid") or node.get("opfuncid")
            function = catalog.functions.get(int(oid)) if oid else None
            if function is None or function.volatility != "v":
                continue
            if not (function.is_builtin and function.name in _HARMLESS):
                return True
    return False
