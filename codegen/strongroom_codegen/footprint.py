"""What a statement reads and writes, column by column, and which functions it calls.

The server says it itself: each range table entry of an analysed statement lists the columns that
are selected, inserted and updated, for the check of rights. Views are looked through, and so are
functions in SQL; what a function in another language does is not known, so it is only listed.
What the server does on its own account (foreign keys, policies, indexes) is not counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from strongroom_codegen.catalog import Catalog, Function, Relation
from strongroom_codegen.nullability import frames
from strongroom_codegen.tree import Node, everywhere

Access = Literal["select", "insert", "update", "delete", "lock", "usage"]
WRITES: frozenset[Access] = frozenset({"insert", "update", "delete"})

_INSERT, _SELECT, _UPDATE, _DELETE = 1, 2, 4, 8
# Bitmaps of columns count from the lowest system column, so that none is negative.
_LOWEST = -7
_SYSTEM = {-1: "ctid", -2: "xmin", -3: "cmin", -4: "xmax", -5: "cmax", -6: "tableoid"}
_OF_SEQUENCES: dict[str, Access] = {"nextval": "usage", "currval": "usage", "setval": "update"}
_CALLS = frozenset({"funcid", "opfuncid", "aggfnoid", "winfnoid"})
_HARMLESS = frozenset(
    {"random", "clock_timestamp", "timeofday", "gen_random_uuid", "uuidv4", "uuidv7", "pg_sleep"}
)


class Step(NamedTuple):
    """A view or function on the way from a query to a table; a function with its arguments."""

    kind: Literal["view", "function"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Use(NamedTuple):
    """What is done to a relation. No columns: that it is there (`count(*)`), or whole rows of it.

    `usage` and `update` of a sequence are nextval() and setval() with its name written out.

    through  the views and functions on the way, the outermost first
    """

    relation: str
    access: Access
    columns: tuple[str, ...]
    through: tuple[Step, ...]


class Call(NamedTuple):
    """A function of the project that is called, with the views and functions on the way."""

    function: str
    through: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Footprint:
    """Tables and views that a statement reads and writes; `modifies` also counts functions."""

    reads: tuple[str, ...]
    writes: tuple[str, ...]
    modifies: bool
    uses: tuple[Use, ...] = ()
    calls: tuple[Call, ...] = ()


def footprint(catalog: Catalog, query: Node) -> Footprint:
    """What a statement does."""
    walk = Walk(catalog)
    walk.statement(query, ())
    return _of(walk.uses, walk.calls, modifies=_modifies(catalog, query))


def union(found: list[Footprint]) -> Footprint:
    """What several variants of one statement do together."""
    uses: dict[tuple[str, Access, tuple[Step, ...]], set[str]] = {}
    for one in found:
        for use in one.uses:
            uses.setdefault((use.relation, use.access, use.through), set()).update(use.columns)
    calls = {call for one in found for call in one.calls}
    return _of(uses, calls, modifies=any(one.modifies for one in found))


def signature(catalog: Catalog, function: Function) -> str:
    """`schema.name(type, type)`: one function, whatever the search path."""
    arguments = ", ".join(_type_name(catalog, oid) for oid in function.arguments)
    return f"{function.full_name}({arguments})"


class Walk:
    """Gathers what statements use; one walk may follow several."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.uses: dict[tuple[str, Access, tuple[Step, ...]], set[str]] = {}
        self.calls: set[Call] = set()

    def statement(self, query: Node, through: tuple[Step, ...]) -> None:
        """A statement, or an expression, with everything below it."""
        for node in everywhere(query):
            if node["node"] == "QUERY":
                self._level(node, through)
            if _CALLS.isdisjoint(node):
                continue
            for name in _CALLS:
                function = self.catalog.functions.get(int(node.get(name) or 0))
                if function and not function.is_builtin:
                    self._call(function, through)
                elif function and function.name in _OF_SEQUENCES:
                    self._sequence(node, _OF_SEQUENCES[function.name], through)

    def _sequence(self, call: Node, access: Access, through: tuple[Step, ...]) -> None:
        for argument in call.get("args") or []:
            if argument["node"] == "CONST" and argument["constisnull"] == "false":
                data = bytes(int(part) & 0xFF for part in argument["constvalue"][2:-1])
                name = self.catalog.sequences.get(int.from_bytes(data[:4], "little"))
                if name:
                    self.uses.setdefault((name, access, through), set())
                return

    def _level(self, query: Node, through: tuple[Step, ...]) -> None:
        for index, entry in enumerate(query["rtable"] or [], 1):
            relation = None
            if int(entry["rtekind"]) == frames.TABLE:
                relation = self.catalog.relations.get(int(entry["relid"]))
            if relation is None:
                continue
            granted = rights(query, entry)
            is_target = index == int(query["resultRelation"])
            for access, numbers in _accesses(granted, is_target=is_target):
                self._use(relation, access, numbers, through)

    def _use(
        self, relation: Relation, access: Access, numbers: list[int], through: tuple[Step, ...]
    ) -> None:
        key = (relation.full_name, access, through)
        self.uses.setdefault(key, set()).update(_names(relation, numbers))
        view = self.catalog.view_query(relation.oid)
        step = Step("view", relation.full_name)
        if view is None or relation.kind == "m" or step in through:
            return
        below = (*through, step)
        if access == "select":
            self.statement(view, below)
        elif access == "lock":
            for base, _ in self._bases(view):
                self._use(base, "lock", [], below)
        elif not self.catalog.instead_triggers(relation.oid):
            self._write_through(view, access, numbers, below)

    def _write_through(
        self, view: Node, access: Access, numbers: list[int], below: tuple[Step, ...]
    ) -> None:
        """The one table below a view that PostgreSQL can write through."""
        self.statement(view, below)
        for base, index in self._bases(view):
            columns = []
            targets = frames.targets(view)
            for number in numbers:
                target = targets[number - 1]["expr"] if 0 < number <= len(targets) else None
                if target and target["node"] == "VAR" and int(target["varno"]) == index:
                    columns.append(int(target["varattno"]))
            self._use(base, access, columns, below)

    def _bases(self, view: Node) -> Iterator[tuple[Relation, int]]:
        for item in (view["jointree"] or {}).get("fromlist") or []:
            if item["node"] != "RANGETBLREF":
                continue
            index = int(item["rtindex"])
            entry = view["rtable"][index - 1]
            base = self.catalog.relations.get(int(entry.get("relid") or 0))
            if base and int(entry["rtekind"]) == frames.TABLE:
                yield base, index

    def _call(self, function: Function, through: tuple[Step, ...]) -> None:
        name = signature(self.catalog, function)
        call = Call(name, through)
        if call in self.calls:
            return
        self.calls.add(call)
        step = Step("function", name)
        if step not in through:
            for query in self.catalog.function_queries(function.oid):
                self.statement(query, (*through, step))


class Rights(NamedTuple):
    """What the server checks for one entry of a range table: privileges, columns by number."""

    privileges: int
    selected: list[int]
    inserted: list[int]
    updated: list[int]


def rights(query: Node, entry: Node) -> Rights:
    """The rights that an entry needs; before 16 they stand in the entry itself."""
    info = entry
    if "requiredPerms" not in entry:
        number = int(entry["perminfoindex"])
        if number == 0:
            return Rights(0, [], [], [])
        info = query["rteperminfos"][number - 1]
    fields = ("selectedCols", "insertedCols", "updatedCols")
    columns = [[int(bit) + _LOWEST for bit in info[name] or []] for name in fields]
    return Rights(int(info["requiredPerms"]), *columns)


def _accesses(granted: Rights, *, is_target: bool) -> Iterator[tuple[Access, list[int]]]:
    if granted.privileges & _SELECT:
        yield "select", granted.selected
    if granted.privileges & _INSERT:
        yield "insert", granted.inserted
    if granted.privileges & _UPDATE:
        # FOR UPDATE and its kin ask for the right to update, and change nothing.
        yield ("update" if is_target else "lock"), granted.updated
    if granted.privileges & _DELETE:
        yield "delete", []


def _names(relation: Relation, numbers: list[int]) -> set[str]:
    found = {relation.columns[n].name for n in numbers if n in relation.columns}
    found |= {_SYSTEM[n] for n in numbers if n in _SYSTEM}
    # Number 0 is the whole row.
    return found | ({c.name for c in relation.columns.values()} if 0 in numbers else set())


def _of(
    uses: dict[tuple[str, Access, tuple[Step, ...]], set[str]], calls: set[Call], *, modifies: bool
) -> Footprint:
    found = sorted(
        Use(relation, access, tuple(sorted(columns)), through)
        for (relation, access, through), columns in uses.items()
    )
    writes = sorted({use.relation for use in found if use.access in WRITES})
    return Footprint(
        reads=tuple(sorted({use.relation for use in found if use.access == "select"})),
        writes=tuple(writes),
        modifies=modifies or bool(writes),
        uses=tuple(found),
        calls=tuple(sorted(calls)),
    )


def _modifies(catalog: Catalog, query: Node) -> bool:
    """Whether a statement locks rows or calls what may do anything."""
    for node in everywhere(query):
        if node["node"] == "QUERY" and node["rowMarks"]:
            return True
        oid = node.get("funcid") or node.get("opfuncid")
        function = catalog.functions.get(int(oid)) if oid else None
        if function is None or function.volatility != "v":
            continue
        if not (function.is_builtin and function.name in _HARMLESS):
            return True
    return False


def _type_name(catalog: Catalog, oid: int) -> str:
    found = catalog.types[oid]
    if found.element and found.category == "A":
        return f"{_type_name(catalog, found.element)}[]"
    return found.format if found.schema == "pg_catalog" else f"{found.schema}.{found.name}"
