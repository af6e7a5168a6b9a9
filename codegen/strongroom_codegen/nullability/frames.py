"""One query level: its range table, which outer joins can blank which relation, what is proven."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from strongroom_codegen.nullability import grouping
from strongroom_codegen.nullability.proofs import Proofs, Slot
from strongroom_codegen.nullability.verdict import Verdict
from strongroom_codegen.tree import Node, nodes

SELECT, UPDATE, INSERT, DELETE, MERGE = range(1, 6)
INNER, LEFT, FULL, RIGHT = range(4)
TABLE, SUBQUERY, JOIN, FUNCTION, TABLE_FUNCTION, VALUES, CTE = range(7)
GROUP = 9

# The range table index of an outer join, and which of its arms it can blank.
Blanking = tuple[int, int]


@dataclass(slots=True)
class Frame:
    """What holds for the rows of one query level.

    `outer` maps a range table index to the outer joins above it, `blanked` to those of them that
    can replace its row by NULLs in spite of all conditions; `proven` are columns that a condition
    has shown not to be NULL. `left_out` are the expressions that grouping sets leave out.
    """

    query: Node
    parent: Frame | None
    blanked: dict[int, frozenset[Blanking]] = field(default_factory=dict)
    proven: frozenset[Slot] = frozenset()
    outer: dict[int, frozenset[Blanking]] = field(default_factory=dict)
    left_out: tuple[Any, ...] = ()
    left_out_columns: frozenset[Slot] = frozenset()
    unproven: frozenset[int] = frozenset()
    cte_outputs: dict[str, list[Verdict]] = field(default_factory=dict)

    @property
    def command(self) -> int:
        return int(self.query["commandType"])

    @property
    def target(self) -> int:
        return int(self.query["resultRelation"])

    @property
    def padded(self) -> bool:
        """Several set-returning functions in one select list: the shorter ones end in NULLs."""
        # Those of ORDER BY alone count as well: they run with the others.
        found = nodes(self.query["targetList"], into_queries=False)
        sets = [n for n in found if "true" in (n.get("funcretset"), n.get("opretset"))]
        return len(sets) > 1

    def entry(self, index: int) -> Node:
        entry: Node = self.query["rtable"][index - 1]
        return entry

    def up(self, levels: int) -> Frame | None:
        frame: Frame | None = self
        for _ in range(levels):
            frame = frame.parent if frame else None
        return frame

    def cte(self, entry: Node) -> tuple[Node, Frame] | tuple[None, None]:
        """The WITH query that a range table entry stands for, and the level that defines it."""
        owner = self.up(int(entry["ctelevelsup"]))
        for cte in (owner.query["cteList"] or []) if owner else []:
            if owner and cte["ctename"] == entry["ctename"]:
                return cte, owner
        return None, None


def targets(query: Node) -> list[Node]:
    """The columns of the result: RETURNING for a write, else the select list without helpers."""
    entries = query["targetList"] if int(query["commandType"]) == SELECT else query["returningList"]
    # PostgreSQL 18 wraps RETURNING and its aliases.
    if isinstance(entries, dict):
        entries = entries.get("exprs")
    return [entry for entry in entries or [] if entry["resjunk"] == "false"]


def build_frame(query: Node, parent: Frame | None, proofs: Proofs) -> Frame:
    """Walk the joins and conditions of one query level."""
    frame = Frame(query, parent)
    tree = query["jointree"]
    arm = _Walk(frame, proofs).filtered(tree, tree["quals"]) if tree else _Arm()
    having = frozenset[Slot]()
    if query["havingQual"] and not query["groupingSets"]:
        having = proofs.proven(query["havingQual"], frame)
    arm.prove(having)
    frame.blanked = {index: frozenset(joins) for index, joins in arm.blanked.items()}
    frame.outer = {index: frozenset(joins) for index, joins in arm.outer.items()}
    frame.proven = frozenset(arm.proven)
    left_out = grouping.left_out(query)
    frame.left_out = tuple(grouping.form(node, frame) for node in left_out)
    frame.left_out_columns = frozenset(
        grouping.column(node, frame)
        for node in left_out
        if node["node"] == "VAR" and not int(node["varlevelsup"])
    )
    return frame


def returning_frame(frame: Frame) -> Frame:
    """What holds for RETURNING: conditions looked at the old row, a trigger may make another."""
    if frame.command == DELETE:
        return frame
    kept = frozenset(slot for slot in frame.proven if slot[0] != frame.target)
    unproven = {frame.target}
    if frame.command == MERGE and any(
        action.get("matchKind") == "1" or "matchKind" not in action
        for action in frame.query["mergeActionList"] or []
    ):
        # A target row without a source row shows NULLs for the source.
        unproven |= set(range(1, len(frame.query["rtable"]) + 1)) - {frame.target}
    return Frame(
        frame.query,
        frame.parent,
        frame.blanked,
        kept,
        unproven=frozenset(unproven),
        cte_outputs=frame.cte_outputs,
    )


@dataclass(slots=True)
class _Arm:
    """A part of the join tree."""

    blanked: dict[int, set[Blanking]] = field(default_factory=dict)
    outer: dict[int, set[Blanking]] = field(default_factory=dict)
    proven: set[Slot] = field(default_factory=set)

    def add(self, index: int) -> None:
        self.blanked[index], self.outer[index] = set(), set()

    def merge(self, other: _Arm) -> None:
        self.blanked |= other.blanked
        self.outer |= other.outer
        self.proven |= other.proven

    def prove(self, slots: frozenset[Slot]) -> None:
        """Rows that reach this point have values there, so the joins below found their row."""
        mine = {slot for slot in slots if slot[0] in self.blanked}
        self.proven |= mine
        defeated = {join for index, _ in mine for join in self.blanked[index]}
        for joins in self.blanked.values():
            joins -= defeated

    def blank(self, join: Blanking) -> None:
        for joins in (*self.blanked.values(), *self.outer.values()):
            joins.add(join)


@dataclass(slots=True)
class _Walk:
    frame: Frame
    proofs: Proofs

    def filtered(self, node: Node, condition: Node | None) -> _Arm:
        arm = _Arm()
        for item in node["fromlist"] or []:
            arm.merge(self.item(item))
        arm.prove(self._proven(condition))
        return arm

    def item(self, node: Node) -> _Arm:
        if node["node"] == "RANGETBLREF":
            arm = _Arm()
            arm.add(int(node["rtindex"]))
            return arm
        if node["node"] == "FROMEXPR":
            return self.filtered(node, node["quals"])
        if node["node"] != "JOINEXPR":
            raise ValueError(f"unknown join tree node {node['node']}")
        return self._join(node)

    def _join(self, node: Node) -> _Arm:
        left, right = self.item(node["larg"]), self.item(node["rarg"])
        kind, index = int(node["jointype"]), int(node["rtindex"])
        slots = self._proven(node["quals"])
        if kind == LEFT:
            right.prove(slots)
        if kind == RIGHT:
            left.prove(slots)
        if kind in (LEFT, FULL):
            right.blank((index, RIGHT))
        if kind in (RIGHT, FULL):
            left.blank((index, LEFT))
        left.merge(right)
        left.add(index)
        if kind == INNER:
            left.prove(slots)
        return left

    def _proven(self, condition: Node | None) -> frozenset[Slot]:
        return self.proofs.proven(condition, self.frame) if condition else frozenset()
