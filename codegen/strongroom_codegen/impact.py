"""Which queries, views, functions, triggers and policies a change of a table or column touches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from strongroom.errors import UsageError
from strongroom_codegen.catalog import Catalog, Function, Relation
from strongroom_codegen.diagnostics import did_you_mean
from strongroom_codegen.footprint import WRITES, Step, Use, Walk, signature
from strongroom_codegen.mentions import Mentions, Texts
from strongroom_codegen.model import ProjectModel, QueryModel
from strongroom_codegen.policies import Policy
from strongroom_codegen.tree import nodes

_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_SYSTEM = ("pg_catalog", "information_schema", "pg_toast")


@dataclass(frozen=True, slots=True)
class Target:
    """What would be changed: a relation, or one of its columns."""

    relation: Relation
    column: str | None

    def __str__(self) -> str:
        return self.relation.full_name + (f".{self.column}" if self.column else "")

    def is_used(self, use: Use) -> bool:
        if use.relation != self.relation.full_name:
            return False
        return self.column is None or self.column in use.columns


@dataclass(frozen=True, slots=True, order=True)
class Touch:
    """One thing that is touched.

    access  `reads`, `writes`, or `mentions` where only the text of a function says so
    through  the views, functions and triggers on the way, the outermost first
    """

    kind: str
    name: str
    access: str
    through: tuple[str, ...] = ()
    file: str = ""
    line: int = 0
    generated: str = ""

    def text(self) -> str:
        through = f" through {', '.join(self.through)}" if self.through else ""
        if self.kind != "query":
            return f"{self.kind} {self.name}: {self.access}{through}"
        return f"{self.file}:{self.line}: {self.name}: {self.access}{through} ({self.generated})"

    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "kind": self.kind,
            "name": self.name,
            "access": self.access,
            "through": list(self.through),
        }
        if self.kind == "query":
            found |= {"file": self.file, "line": self.line, "generated": self.generated}
        return found


def find_target(catalog: Catalog, text: str) -> Target:
    """The relation and column that a person named.

    Raises UsageError, with the nearest name, when there is none.
    """
    relations = {
        r.full_name: r
        for r in catalog.relations.values()
        if r.schema not in _SYSTEM and r.kind != "c" and not r.schema.startswith("pg_temp")
    }
    if text not in relations:
        # As SQL writes names, too.
        text = _QUOTED.sub(lambda match: match[1].replace('""', '"'), text)
    if text in relations:
        return Target(relations[text], None)
    name, _, column = text.rpartition(".")
    if name not in relations:
        if "." not in name:
            name = text
        # Without its schema a name is far from every full one.
        same = [full for full in relations if full.endswith(f".{name}")]
        raise UsageError(
            f'there is no table or view "{name}"',
            hint=f"did you mean {min(same)}?" if same else did_you_mean(name, relations),
        )
    columns = [c.name for c in relations[name].columns.values()]
    if column not in columns:
        raise UsageError(f'{name} has no column "{column}"', hint=did_you_mean(column, columns))
    return Target(relations[name], column)


@dataclass(slots=True)
class Impact:
    """The search for everything that a target touches."""

    catalog: Catalog
    target: Target
    # What a function does to the target by its text, and on which way.
    _mentioned: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _mentions: dict[int, Mentions] = field(default_factory=dict)
    _signatures: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        texts = Texts(self.catalog)
        own = [f for f in self.catalog.functions.values() if f.schema not in _SYSTEM]
        self._mentions = {f.oid: texts.read(f) for f in own}
        self._signatures = {signature(self.catalog, f): f.oid for f in own}
        self._spread(own)

    def touches(self, model: ProjectModel, policies: tuple[Policy, ...]) -> list[Touch]:
        """Everything that is touched: queries first, then the objects of the database."""
        queries = [q for app in model.apps for s in app.subjects for q in s.queries]
        found = [t for q in queries for t in self._query(q, model.package)]
        found.sort(key=lambda t: (t.file, t.line, t.access, t.through))
        objects = {*self._views(), *self._functions(), *self._triggers()}
        return [*found, *sorted(objects | set(self._policies(policies)))]

    def _spread(self, functions: list[Function]) -> None:
        """By its text a function touches what it names, calls, and sets off; until none is new."""
        for function in functions:
            if self._mentions[function.oid].speaks_of(self.target.relation.oid, self.target.column):
                self._mentioned[function.oid] = ()
        is_growing = True
        while is_growing:
            is_growing = False
            for function in functions:
                if function.oid in self._mentioned:
                    continue
                way = self._way(self._mentions[function.oid])
                if way is not None:
                    self._mentioned[function.oid] = way
                    is_growing = True

    def _way(self, said: Mentions) -> tuple[str, ...] | None:
        for oid in sorted(said.relations):
            if self.catalog.view_query(oid) and list(self._of_view(oid)):
                return (f"view {self.catalog.relations[oid].full_name}",)
        for oid in sorted(said.functions):
            if oid in self._mentioned or list(self._of_function(oid)):
                return (f"function {signature(self.catalog, self.catalog.functions[oid])}",)
        for relation, event in sorted(said.writes):
            for step in self._set_off(relation, event):
                return (step,)
        return None

    def _set_off(self, relation: int, event: str) -> Iterator[str]:
        """The triggers of a write that touch the target."""
        for trigger in self.catalog.triggers.get(relation, ()):
            if event in trigger.events and trigger.function in self._mentioned:
                yield f"trigger {trigger.name} on {self.catalog.relations[relation].full_name}"

    def _query(self, query: QueryModel, package: str) -> Iterator[Touch]:
        ways = {(access(use), steps(use.through)) for use in query.uses if self.target.is_used(use)}
        for call in query.calls:
            oid = self._signatures.get(call.function, 0)
            if oid in self._mentioned:
                step = f"function {call.function}"
                ways.add(("mentions", (*steps(call.through), step, *self._mentioned[oid])))
        oids = {r.full_name: r.oid for r in self.catalog.relations.values()}
        for use in query.uses:
            if use.access in WRITES:
                for step in self._set_off(oids.get(use.relation, 0), use.access):
                    ways.add(("mentions", (*steps(use.through), step)))
        generated = f"{package}.{query.app}.{query.subject}.{query.function}"
        for word, through in ways:
            yield Touch("query", query.full_name, word, through, query.file, query.line, generated)

    def _of_view(self, oid: int) -> Iterator[Touch]:
        view, tree = self.catalog.relations[oid], self.catalog.view_query(oid)
        walk = Walk(self.catalog)
        if tree and oid != self.target.relation.oid:
            walk.statement(tree, ())
        yield from self._walked("view", view.full_name, walk)

    def _of_function(self, oid: int) -> Iterator[Touch]:
        walk = Walk(self.catalog)
        for query in self.catalog.function_queries(oid):
            walk.statement(query, ())
        yield from self._walked(
            "function", signature(self.catalog, self.catalog.functions[oid]), walk
        )

    def _walked(self, kind: str, name: str, walk: Walk) -> Iterator[Touch]:
        for (relation, word, through), columns in walk.uses.items():
            use = Use(relation, word, tuple(columns), through)
            if self.target.is_used(use) and Step("function", name) not in through:
                yield Touch(kind, name, access(use), steps(through))
        for call in walk.calls:
            oid = self._signatures.get(call.function, 0)
            if oid in self._mentioned:
                step = f"function {call.function}"
                way = (*steps(call.through), step, *self._mentioned[oid])
                yield Touch(kind, name, "mentions", way)

    def _views(self) -> Iterator[Touch]:
        for oid in self.catalog.views:
            if oid in self.catalog.relations and self.catalog.relations[oid].schema not in _SYSTEM:
                yield from self._of_view(oid)

    def _functions(self) -> Iterator[Touch]:
        for name, oid in self._signatures.items():
            if oid in self._mentioned:
                yield Touch("function", name, "mentions", self._mentioned[oid])
            yield from self._of_function(oid)

    def _triggers(self) -> Iterator[Touch]:
        for relation, triggers in self.catalog.triggers.items():
            for trigger in triggers:
                if trigger.function in self._mentioned:
                    table = self.catalog.relations[relation].full_name
                    function = self.catalog.functions[trigger.function]
                    step = f"function {signature(self.catalog, function)}"
                    yield Touch("trigger", f"{trigger.name} on {table}", "mentions", (step,))

    def _policies(self, policies: tuple[Policy, ...]) -> Iterator[Touch]:
        for policy in policies:
            table = self.catalog.relations[policy.relation]
            name = f"{policy.name} on {table.full_name}"
            walk = Walk(self.catalog)
            for condition in policy.conditions:
                walk.statement(condition, ())
            yield from self._walked("policy", name, walk)
            if policy.relation == self.target.relation.oid and (
                self.target.column is None
                or any(_names(c, table, self.target.column) for c in policy.conditions)
            ):
                yield Touch("policy", name, "reads")


def access(use: Use) -> str:
    """The word for what a use does."""
    return "writes" if use.access in WRITES else "reads"


def steps(through: tuple[Step, ...]) -> tuple[str, ...]:
    return tuple(str(step) for step in through)


def show(target: Target, touches: list[Touch]) -> str:
    """For people: a line for each thing, and how many there are."""
    if not touches:
        return f"nothing touches {target}"
    queries = {t.name for t in touches if t.kind == "query"}
    others = {(t.kind, t.name) for t in touches if t.kind != "query"}
    lines = [touch.text() for touch in touches]
    noun = "query" if len(queries) == 1 else "queries"
    others_noun = "object" if len(others) == 1 else "objects"
    closing = f"{target}: {len(queries)} {noun}, {len(others)} other {others_noun}"
    return "\n".join([*lines, closing])


def document(target: Target, touches: list[Touch]) -> str:
    """For programs: `{"target", "touches": [...]}`."""
    found = {"target": str(target), "touches": [touch.document() for touch in touches]}
    return json.dumps(found, indent=2, ensure_ascii=False)


def _names(condition: Any, table: Relation, column: str) -> bool:
    """Whether a policy's condition looks at a column of its own table."""
    number = next(n for n, c in table.columns.items() if c.name == column)
    # Inside a subquery the table of the policy is the first one, a level up.
    own = [n for n in nodes(condition, into_queries=False) if n.get("varlevelsup") == "0"]
    inner = [n for n in nodes(condition) if n.get("varlevelsup") not in (None, "0")]
    return any(
        node["varno"] == "1" and node["varattno"] in (str(number), "0")
        for node in (*own, *inner)
        if node["node"] == "VAR"
    )
