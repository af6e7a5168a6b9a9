"""Which exceptions a statement can raise: from what it writes, on to all that this sets off.

Followed are views and what runs instead of writing to them, triggers, rewrite rules, foreign keys
from both sides, partitions and inheritance, and the functions that are called: by the tree where
the server has one, else by their text. SQL that a function puts together at run time is not seen;
`@raises` in its comment says what it can raise.

SQLSTATEs count where a function that the statement calls, or a trigger that it fires, names them
in its comment or body. Those of functions further down are for the one in between to name: it may
well have ruled them out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from strongroom_codegen.catalog import Catalog, Function
from strongroom_codegen.error_rules import ErrorRules, ForeignKey, TableRule
from strongroom_codegen.errors_registry import ErrorCode
from strongroom_codegen.footprint import WRITES, Footprint, Use, Walk, signature
from strongroom_codegen.mentions import Texts


class Change(NamedTuple):
    """Rows of a table that are written; `columns` are those that get new values, None: any.

    `clears`: the new values are NULL. `own`: the statement itself does it, or has it done by a
    foreign key or a view, and no function that it calls.
    """

    relation: int
    event: str
    columns: frozenset[str] | None = None
    clears: bool = False
    own: bool = True


class Body(NamedTuple):
    """What a function does: what it writes, and the functions that it calls."""

    changes: tuple[Change, ...]
    calls: tuple[int, ...]


@dataclass(slots=True)
class Violations:
    """Works out the exceptions of one statement after the other over one catalogue."""

    catalog: Catalog
    rules: ErrorRules
    registry: tuple[ErrorCode, ...]
    _texts: Texts = field(init=False)
    _relations: dict[str, int] = field(init=False)
    _functions: dict[str, int] = field(init=False)
    _parents: dict[int, list[int]] = field(init=False)
    _bodies: dict[int, Body] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._texts = Texts(self.catalog)
        self._relations = {r.full_name: r.oid for r in self.catalog.relations.values()}
        self._functions = {
            signature(self.catalog, function): function.oid
            for function in self.catalog.functions.values()
            if not function.is_builtin
        }
        self._parents = {}
        for relation in self.catalog.relations.values():
            for child in relation.children:
                self._parents.setdefault(child, []).append(relation.oid)

    def of(
        self, footprint: Footprint, functions: tuple[int, ...], schemas: tuple[str, ...]
    ) -> set[str]:
        """Names of the exceptions, of the schemas given, that a statement can raise."""
        run = _Run(self, schemas)
        run.waiting += self.changes(footprint.uses, own=True)
        for oid in functions:
            run.function(self.catalog.functions[oid], is_called=True)
        run.finish()
        return run.names

    def body(self, function: Function) -> Body:
        """What a function's body writes and calls; read once."""
        if function.oid not in self._bodies:
            queries = self.catalog.function_queries(function.oid)
            if queries:
                walk = Walk(self.catalog)
                for query in queries:
                    walk.statement(query, ())
                self._bodies[function.oid] = self.walked(walk)
            else:
                found = self._texts.read(function)
                changes = [Change(oid, event, own=False) for oid, event in sorted(found.writes)]
                self._bodies[function.oid] = Body(tuple(changes), tuple(sorted(found.functions)))
        return self._bodies[function.oid]

    def walked(self, walk: Walk) -> Body:
        """What statements that were walked through write and call."""
        found = [Use(r, access, tuple(sorted(c)), t) for (r, access, t), c in walk.uses.items()]
        names = {call.function for call in walk.calls} & self._functions.keys()
        called = sorted(self._functions[name] for name in names)
        return Body(tuple(self.changes(tuple(found), own=False)), tuple(called))

    def changes(self, uses: tuple[Use, ...], *, own: bool) -> list[Change]:
        """The writes among the uses of a statement."""
        found = []
        for use in uses:
            oid = self._relations.get(use.relation)
            if oid is not None and use.access in WRITES:
                columns = frozenset(use.columns) if use.access == "update" else None
                is_own = own and all(step.kind != "function" for step in use.through)
                found.append(Change(oid, use.access, columns, own=is_own))
        return found

    def unknown_raises(self, known: set[str]) -> list[tuple[str, str]]:
        """Functions whose `@raises` names no exception, and the name."""
        found = []
        for function in self.catalog.functions.values():
            for name in _raises(function):
                if name not in known:
                    found.append((signature(self.catalog, function), name))
        return sorted(found)


@dataclass(slots=True)
class _Run:
    """What one statement sets off."""

    world: Violations
    schemas: tuple[str, ...]
    names: set[str] = field(default_factory=set)
    waiting: list[Change] = field(default_factory=list)
    seen: set[Change] = field(default_factory=set)
    visited: set[int] = field(default_factory=set)

    def function(self, function: Function, *, is_called: bool = False) -> None:
        """A function's own exceptions, and all that its body does."""
        if is_called:
            self._named(function)
        if function.oid in self.visited or function.is_builtin:
            return
        self.visited.add(function.oid)
        self._body(self.world.body(function))

    def _body(self, body: Body) -> None:
        self.waiting += body.changes
        for oid in body.calls:
            self.function(self.world.catalog.functions[oid])

    def _named(self, function: Function) -> None:
        """The exceptions that a function names itself."""
        self.names |= set(_raises(function))
        text = f"{function.comment.text} {function.source or ''}"
        self.names |= {
            code.name
            for code in self.world.registry
            if code.namespace in self.schemas and re.search(rf"\b{code.sqlstate}\b", text)
        }

    def finish(self) -> None:
        while self.waiting:
            change = self.waiting.pop()
            if change not in self.seen:
                self.seen.add(change)
                self._change(change)

    def _change(self, change: Change) -> None:
        catalog, rules = self.world.catalog, self.world.rules
        relation = catalog.relations[change.relation]
        if self._rewritten(change):
            return
        triggers = [t for t in catalog.triggers.get(relation.oid, ()) if change.event in t.events]
        for trigger in triggers:
            self.function(catalog.functions[trigger.function], is_called=change.own)
        if relation.kind not in ("r", "p", "f"):
            return
        # A trigger may set other columns, and so do generated ones.
        if triggers or relation.oid in rules.with_generated:
            change = change._replace(columns=None, clears=False)
        family = [relation.oid, *self._ancestors(relation.oid)]
        for oid in family:
            for rule in rules.rules.get(oid, ()):
                inherited = oid != relation.oid and not relation.is_partition
                if not (inherited and rule.kind not in ("c", "n")) and _breaks(rule, change):
                    self._hit(rule)
            for key in rules.pointing.get(oid, ()):
                self._pointed_at(key, change)
        if relation.kind == "p" or change.event != "insert":
            self.waiting += [change._replace(relation=child) for child in relation.children]

    def _rewritten(self, change: Change) -> bool:
        """Follow the rewrite rules; whether one of them replaces the statement."""
        replaced = False
        for rewrite in self.world.rules.rewrites.get(change.relation, ()):
            if rewrite.event != change.event:
                continue
            replaced |= rewrite.replaces
            walk = Walk(self.world.catalog)
            for query in rewrite.queries:
                walk.statement(query, ())
            body = self.world.walked(walk)
            self._body(Body(tuple(c._replace(own=change.own) for c in body.changes), body.calls))
        return replaced

    def _pointed_at(self, key: ForeignKey, change: Change) -> None:
        """What a foreign key does when the row that it points at goes or gets another key."""
        if change.event == "insert":
            return
        is_delete = change.event == "delete"
        if not is_delete and change.columns is not None and not change.columns & key.keys:
            return
        action = key.on_delete if is_delete else key.on_update
        columns = (key.set_columns if is_delete else None) or key.rule.columns
        match action:
            case "c" if is_delete:
                self.waiting.append(Change(key.rule.relation, "delete", own=change.own))
            case "c":
                self.waiting.append(
                    Change(key.rule.relation, "update", key.rule.columns, own=change.own)
                )
            case "n":
                self.waiting.append(
                    Change(key.rule.relation, "update", columns, clears=True, own=change.own)
                )
            case "d":
                self.waiting.append(Change(key.rule.relation, "update", columns, own=change.own))
            case _:
                self._hit(key.rule)

    def _hit(self, rule: TableRule) -> None:
        if rule.error and rule.target[0] in self.schemas:
            self.names.add(rule.error)

    def _ancestors(self, relation: int) -> list[int]:
        found = []
        for parent in self.world._parents.get(relation, ()):
            found += [parent, *self._ancestors(parent)]
        return found


def _breaks(rule: TableRule, change: Change) -> bool:
    """Whether new values can break a rule; taking rows away breaks none of the table's own."""
    if change.event == "delete":
        return False
    if change.clears and rule.kind not in ("c", "n"):
        return False
    if change.event == "insert" or rule.columns is None or change.columns is None:
        return True
    return bool(rule.columns & change.columns)


def _raises(function: Function) -> list[str]:
    argument = function.comment.tag("raises") or ""
    return [name.strip() for name in argument.split(",") if name.strip()]
