"""Which columns of a query can be NULL, from the tree that PostgreSQL made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from strongroom_codegen.catalog import Catalog, Function
from strongroom_codegen.nullability import frames, grouping
from strongroom_codegen.nullability.expressions import RULES
from strongroom_codegen.nullability.frames import Blanking, Frame, build_frame, returning_frame
from strongroom_codegen.nullability.proofs import Proofs, Slot
from strongroom_codegen.nullability.result_types import keeps_values
from strongroom_codegen.nullability.verdict import Verdict, maybe, never
from strongroom_codegen.tree import Node, queries_of

_UNION, _INTERSECT = "1", "2"
_CAST = "the function casts it to its declared type, which may make a NULL of it"


class Analyzer:
    """The rules over one catalogue; `null_parameters` are those that may be None (None: all)."""

    def __init__(self, catalog: Catalog, null_parameters: frozenset[int] | None) -> None:
        self.catalog = catalog
        self.null_parameters = null_parameters
        # Parameters whose arrays hold no NULL; in a function's body an argument may be any array.
        self.full_arrays: frozenset[int] = frozenset()
        self.proofs = Proofs(catalog)
        # A function declared with ROWS 1 says that it gives one row at most; that is no proof.
        self.trusts_declared_rows = False
        # The tree is kept beside the frame: an id is only good while its object lives.
        self._frames: dict[int, tuple[Node, Frame]] = {}
        self._outputs: dict[int, tuple[Frame, list[Verdict]]] = {}
        # What holds for a level outside every condition, while one is assumed.
        self._unconditional: dict[int, tuple[frozenset[Slot], dict[int, frozenset[Blanking]]]] = {}
        self._running: frozenset[int] = frozenset()

    def result(self, query: Node) -> list[Verdict]:
        """One verdict for each column of a statement's result."""
        return self.outputs(self.frame(query, None))

    def frame(self, query: Node, parent: Frame | None) -> Frame:
        if id(query) not in self._frames:
            self._frames[id(query)] = (query, build_frame(query, parent, self.proofs))
        return self._frames[id(query)][1]

    def outputs(self, frame: Frame) -> list[Verdict]:
        """The columns that a query level hands upwards."""
        if id(frame) not in self._outputs:
            self._outputs[id(frame)] = (frame, self._compute(frame))
        return self._outputs[id(frame)][1]

    def expression(self, node: Node, frame: Frame) -> Verdict:
        """Can this expression be NULL in a row of this query level."""
        if frame.left_out and grouping.form(node, frame) in frame.left_out:
            return maybe(grouping.REASON)
        rule = RULES.get(node["node"])
        if rule is None:
            return maybe(f"nothing is known about {node['node']}")
        return rule(self, node, frame)

    def any_null(self, arguments: Iterable[Node], frame: Frame, what: str) -> Verdict:
        """NULL when one of the arguments is."""
        for argument in arguments:
            found = self.expression(argument, frame)
            if found.nullable:
                return maybe(found.reason, found.word)
        return never(f"{what} of values that are not NULL")

    def all_null(self, arguments: Iterable[Node], frame: Frame, what: str) -> Verdict:
        """NULL only when all the arguments are."""
        found = maybe(f"{what} of nothing")
        for argument in arguments:
            found = self.expression(argument, frame)
            if not found.nullable:
                return never(f"{what} ends in a value: {found.reason}")
        return maybe(f"{what}: {found.reason}", found.word)

    def always_one_row(self, query: Node) -> bool:
        """A subquery that gives exactly one row whatever the tables hold."""
        if int(query["commandType"]) != frames.SELECT or query["setOperations"]:
            return False
        if query["limitCount"] or query["limitOffset"] or query["havingQual"]:
            return False
        if query["hasTargetSRFs"] == "true" or query["groupClause"] or query["groupingSets"]:
            return False
        if query["hasAggs"] == "true":
            return True
        tree = query["jointree"]
        return not tree["fromlist"] and tree["quals"] is None

    def function_result(
        self, function: Function, arguments: list[Node], frame: Frame
    ) -> Verdict | None:
        """A SQL function's single result, from its body; None when that shows nothing."""
        query = self._body(function)
        if query is None or not self.always_one_row(query):
            return None
        outputs = self.function_outputs(function, arguments, frame, [function.result])
        if len(outputs) != 1:
            return None
        said = f"{function.full_name}(): {outputs[0].reason}"
        return Verdict(outputs[0].nullable, said, function.name)

    def function_outputs(
        self, function: Function, arguments: list[Node], frame: Frame, declared: list[int]
    ) -> list[Verdict]:
        """The columns of a SQL function's last statement, called with these arguments.

        Empty when nothing is known, or when it has other columns than those that are declared.
        """
        query = self._body(function)
        entries = frames.targets(query) if query else []
        if query is None or function.oid in self._running or len(entries) != len(declared):
            return []
        inner = Analyzer(self.catalog, self._null_arguments(function, arguments, frame))
        inner._running = self._running | {function.oid}
        return [
            found if keeps_values(self.catalog, entry["expr"], wanted) else maybe(_CAST)
            for found, entry, wanted in zip(inner.result(query), entries, declared, strict=True)
        ]

    def one_row(self, function: Function) -> bool:
        """A SQL function whose last statement gives exactly one row."""
        query = self._body(function)
        return query is not None and self.always_one_row(query)

    @contextmanager
    def assuming(self, frame: Frame, proven: frozenset[Slot]) -> Iterator[None]:
        """Inside, the columns count as proven: a condition guards what is looked at."""
        there = {join for index, _ in proven for join in frame.blanked.get(index, ())}
        blanked = {index: joins - there for index, joins in frame.blanked.items()}
        with self._holding(frame, frame.proven | proven, blanked):
            yield

    @contextmanager
    def assuming_nothing(self, frame: Frame) -> Iterator[None]:
        """Inside, conditions around the expression don't count: another row is looked at."""
        with self._holding(
            frame, *self._unconditional.get(id(frame), (frame.proven, frame.blanked))
        ):
            yield

    @contextmanager
    def _holding(
        self, frame: Frame, proven: frozenset[Slot], blanked: dict[int, frozenset[Blanking]]
    ) -> Iterator[None]:
        before = frame.proven, frame.blanked
        if (proven, blanked) == before:
            yield
            return
        outermost = id(frame) not in self._unconditional
        self._unconditional.setdefault(id(frame), before)
        frame.proven, frame.blanked = proven, blanked
        try:
            # What is worked out for a subquery under a condition holds under it only.
            with self.fresh():
                yield
        finally:
            frame.proven, frame.blanked = before
            if outermost:
                del self._unconditional[id(frame)]

    @contextmanager
    def fresh(self) -> Iterator[None]:
        """Inside, nothing that was worked out before is reused."""
        before = self._frames, self._outputs
        # Views stand alone: no condition and no recursion changes them.
        self._frames = {k: v for k, v in before[0].items() if v[1].parent is None}
        self._outputs = {k: v for k, v in before[1].items() if v[0].parent is None}
        try:
            yield
        finally:
            self._frames, self._outputs = before

    def _compute(self, frame: Frame) -> list[Verdict]:
        query = frame.query
        if query["setOperations"]:
            return self._set_operation(query["setOperations"], frame)
        inside = frame if frame.command == frames.SELECT else returning_frame(frame)
        return [self.expression(entry["expr"], inside) for entry in frames.targets(query)]

    def _set_operation(self, node: Node, frame: Frame) -> list[Verdict]:
        if node["node"] == "RANGETBLREF":
            entry = frame.entry(int(node["rtindex"]))
            return self.outputs(self.frame(entry["subquery"], frame))
        left = self._set_operation(node["larg"], frame)
        right = self._set_operation(node["rarg"], frame)
        pairs = list(zip(left, right, strict=True))
        if node["op"] == _UNION:
            return [a if a.nullable else b for a, b in pairs]
        if node["op"] == _INTERSECT:
            return [a if not a.nullable else b for a, b in pairs]
        return left

    def _null_arguments(
        self, function: Function, arguments: list[Node], frame: Frame
    ) -> frozenset[int]:
        """The numbers of a call's arguments that may be NULL; a default that is left out may."""
        given: dict[int, Node] = {}
        for number, argument in enumerate(arguments, 1):
            if argument["node"] == "NAMEDARGEXPR":
                given[int(argument["argnumber"]) + 1] = argument["arg"]
            else:
                given[number] = argument
        return frozenset(
            number
            for number in range(1, len(function.arguments) + 1)
            if number not in given or self.expression(given[number], frame).nullable
        )

    def _body(self, function: Function) -> Node | None:
        queries = queries_of(function.body) if function.body else []
        return queries[-1] if queries else None
