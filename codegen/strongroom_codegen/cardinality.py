"""Does a query give one row at most? Proven from unique keys, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.equalities import Equality, equalities, is_said, leaves, slot_of
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.nullability.proofs import Slot
from strongroom_codegen.nullability.relations import is_replaced
from strongroom_codegen.tree import Node, nodes

_WITHOUT_TIES = "0"
_IS_NOT_NULL = "1"
_CASTS = ("1", "2")


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
    if any(_is_full(node) for node in nodes(query["jointree"])):
        return False
    level = _Level(analyzer, frame, fixed, list(equalities(analyzer, frame)))
    return level.has_one_group() or level.has_one_row()


def always_one(catalog: Catalog, frame: Frame) -> bool:
    """Exactly one row by construction: INSERT of one VALUES list that nothing may leave out."""
    query = frame.query
    if frame.command != frames.INSERT or query["onConflict"] or query["hasTargetSRFs"] == "true":
        return False
    if query["jointree"]["fromlist"] or query["jointree"]["quals"]:
        return False
    table = catalog.relations.get(int(frame.entry(frame.target)["relid"]))
    return table is not None and table.keeps_inserts


def _is_one(limit: Node | None) -> bool:
    while limit and limit["node"] == "FUNCEXPR" and limit["funcformat"] in _CASTS:
        limit = limit["args"][0]
    if limit is None or limit["node"] != "CONST" or limit["constisnull"] == "true":
        return False
    data = bytes(int(part) & 0xFF for part in limit["constvalue"][2:-1])
    return int.from_bytes(data, "little", signed=True) in (0, 1)


def _is_full(node: Node) -> bool:
    return node["node"] == "JOINEXPR" and int(node["jointype"]) == frames.FULL


@dataclass(frozen=True, slots=True)
class _Level:
    """One query level; two of its rows are looked at that agree in the columns `fixed`.

    A relation is single when both rows have the same row of it, or both none: then so is whatever
    is reckoned from it.
    """

    analyzer: Analyzer
    frame: Frame
    fixed: frozenset[Slot]
    equalities: list[Equality]

    def has_one_group(self) -> bool:
        """Whether what the rows are grouped by is the same in both."""
        if not self.frame.query["groupClause"]:
            return False
        # The condition of an outer join says nothing of a row that it has made up.
        constant = self.fixed | {
            equality.slot
            for equality in self.equalities
            if not equality.others and not self.frame.blanked.get(equality.slot[0])
        }
        wanted = {clause["tleSortGroupRef"] for clause in self.frame.query["groupClause"]}
        entries = self.frame.query["targetList"]
        groups = [entry["expr"] for entry in entries if entry["ressortgroupref"] in wanted]
        return all(slot_of(group, self.frame) in constant for group in groups)

    def has_one_row(self) -> bool:
        """Whether every relation is single, one after the other."""
        single: set[int] = set()
        waiting = set(leaves(self.frame.query["jointree"]))
        while waiting:
            more = {index for index in waiting if self._is_single(index, single)}
            if not more:
                return False
            single |= more
            waiting -= more
        return True

    def _is_single(self, index: int, single: set[int]) -> bool:
        if not self._lateral(index) <= single:
            return False
        # Whether an outer join finds a row depends on the row that it looks for one for; where the
        # two rows agree in a value of it, it has found one for both.
        has_value = any(leaf == index for leaf, _ in self.fixed)
        if not has_value and not self._looked_for(index) <= single:
            return False
        known = [equality for equality in self.equalities if equality.others <= single]
        return self._is_pinned(
            index,
            self.fixed | {equality.slot for equality in known if not equality.or_null},
            self.fixed | {equality.slot for equality in known},
        )

    def _lateral(self, index: int) -> set[int]:
        """The relations beside it that it is reckoned from."""
        entry = self.frame.entry(index)
        kind = int(entry["rtekind"])
        if kind == frames.SUBQUERY:
            return self._named(entry["subquery"], 0)
        if kind == frames.FUNCTION:
            return self._named(entry["functions"], 0)
        return self._named(entry["values_lists"], 0) if kind == frames.VALUES else set()

    def _named(self, value: Any, depth: int) -> set[int]:
        """The relations of this level in what stands so many queries below it."""
        if isinstance(value, list):
            return set().union(*(self._named(item, depth) for item in value))
        if not isinstance(value, dict):
            return set()
        if value["node"] == "VAR":
            is_ours = int(value["varlevelsup"]) == depth
            return self._leaves_of(int(value["varno"])) if is_ours else set()
        below = depth + (value["node"] == "QUERY")
        return set().union(*(self._named(item, below) for item in value.values()))

    def _leaves_of(self, index: int) -> set[int]:
        return next(
            (set(leaves(join)) for join in self._joins() if int(join["rtindex"]) == index), {index}
        )

    def _looked_for(self, index: int) -> set[int]:
        """The relations on the other side of the outer joins that may find no row of this one."""
        found: set[int] = set()
        for number, arm in self.frame.blanked.get(index, ()):
            join = next(join for join in self._joins() if int(join["rtindex"]) == number)
            found |= set(leaves(join["larg" if arm == frames.RIGHT else "rarg"]))
        return found

    def _joins(self) -> list[Node]:
        tree = nodes(self.frame.query["jointree"]["fromlist"] or [], into_queries=False)
        return [node for node in tree if node["node"] == "JOINEXPR"]

    def _is_pinned(self, index: int, known: frozenset[Slot], same: frozenset[Slot]) -> bool:
        """One row at most, where `known` columns have one value and `same` ones may all be NULL."""
        entry = self.frame.entry(index)
        columns = frozenset(number for leaf, number in known if leaf == index)
        match int(entry["rtekind"]):
            case frames.TABLE:
                alike = frozenset(number for leaf, number in same if leaf == index)
                return self._table_pinned(index, entry, columns, alike)
            case frames.SUBQUERY:
                return _query_pinned(self.analyzer, entry["subquery"], self.frame, columns)
            case frames.CTE:
                cte, owner = self.frame.cte(entry)
                if cte is None or cte["cterecursive"] == "true":
                    return False
                return _query_pinned(self.analyzer, cte["ctequery"], owner, columns)
            case frames.FUNCTION:
                return all(_gives_one_row(self.analyzer, f["funcexpr"]) for f in entry["functions"])
            case frames.VALUES:
                return len(entry["values_lists"]) == 1
        return False

    def _table_pinned(
        self, index: int, entry: Node, columns: frozenset[int], alike: frozenset[int]
    ) -> bool:
        table = self.analyzer.catalog.relations.get(int(entry["relid"]))
        if table is None:
            return False
        view = self.analyzer.catalog.view_query(table.oid)
        if view:
            return _query_pinned(self.analyzer, view, None, columns)
        if table.kind == "r" and table.children and entry["inh"] == "true":
            return False
        never = {n for n in table.columns if self._never_null(index, entry, n)}
        return any(
            key.columns <= (alike if key.nulls_alike else columns | (alike & never))
            and all(self._holds(part, index, columns | never) for part in key.conditions)
            for key in table.keys
        )

    def _never_null(self, index: int, entry: Node, number: int) -> bool:
        if (index, number) in self.frame.proven:
            return True
        table, with_children = int(entry["relid"]), entry["inh"] == "true"
        return self.analyzer.catalog.column_not_null(table, number, with_children=with_children)

    def _holds(self, part: Node, index: int, never_null: frozenset[int]) -> bool:
        """Whether a condition of a unique index is true in each row that is looked at."""
        if part["node"] == "NULLTEST" and part["nulltesttype"] == _IS_NOT_NULL:
            column = part["arg"]
            if column["node"] == "VAR" and int(column["varattno"]) in never_null:
                return bool(part["argisrow"] == "false")
        return is_said(part, index, self.frame)


def _gives_one_row(analyzer: Analyzer, call: Node) -> bool:
    if call.get("funcretset", "false") == "false":
        return True
    function = analyzer.catalog.functions.get(int(call["funcid"]))
    return analyzer.trusts_declared_rows and function is not None and function.rows == 1


def _query_pinned(
    analyzer: Analyzer, query: Node, parent: Frame | None, columns: frozenset[int]
) -> bool:
    frame = analyzer.frame(query, parent)
    targets = frames.targets(query)
    found = [targets[n - 1]["expr"] for n in columns if 0 < n <= len(targets)]
    slots = [slot_of(node, frame) for node in found if node["node"] != "COLLATEEXPR"]
    return at_most_one(analyzer, frame, frozenset(slot for slot in slots if slot))
