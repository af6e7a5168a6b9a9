"""The least that a role must be granted to run its queries, and how that compares with what it has.

Rights are counted as the server counts them: what a query touches itself, and what functions and
views touch that run with the rights of their caller. What runs with its owner's rights is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from strongroom_codegen.footprint import Access, Call, Step, Use, Walk
from strongroom_codegen.grant_facts import GrantFacts
from strongroom_codegen.keywords import sql_name
from strongroom_codegen.model import QueryModel
from strongroom_codegen.tree import Node

_PRIVILEGES: dict[Access, str] = {
    "select": "SELECT",
    "insert": "INSERT",
    "update": "UPDATE",
    "delete": "DELETE",
    "lock": "UPDATE",
    "usage": "USAGE",
}
_ORDER = ("schema", "table", "sequence", "function")


# Kind, object, column or '', privilege.
Held = tuple[str, str, str, str]


class Grant(NamedTuple):
    """One privilege; `column` is '' for the whole object."""

    kind: str
    object: str
    column: str
    privilege: str

    def sql(self, role: str, facts: GrantFacts) -> str:
        """The statement that grants this alone."""
        return _statement(self.kind, self.object, [(self.privilege, [self.column])], role, facts)


class Needs:
    """Gathers what one role needs."""

    def __init__(self, facts: GrantFacts, role: str) -> None:
        self.facts = facts
        self.role = role
        self.grants: set[Grant] = set()
        self.unknown: set[str] = set()
        """Functions that run as their caller, with a body that is not known."""
        self._any_column: set[tuple[str, str]] = set()
        self._seen: set[tuple[str, str]] = set()

    def query(self, query: QueryModel) -> None:
        """What one query needs."""
        self._all(query.uses, query.calls, by_name=True)

    def finish(self) -> set[Grant]:
        """Everything; where any column will do, one that is needed anyway or the key's first."""
        for relation, privilege in sorted(self._any_column):
            if not any(g.object == relation and g.privilege == privilege for g in self.grants):
                column = self._cheapest(relation)
                self.grants.add(Grant("table", relation, column, privilege))
        return self.grants

    def _all(self, uses: Iterable[Use], calls: Iterable[Call], *, by_name: bool) -> None:
        for use in uses:
            tables, _ = self._as_caller(use.through)
            if tables:
                self._use(use)
            if by_name and self._is_looked_up(use.through):
                self._schema(use.relation)
        for call in calls:
            _, functions = self._as_caller(call.through)
            if functions:
                self._call(call)
            if by_name and self._is_looked_up(call.through):
                self._schema(call.function.partition("(")[0])

    def _as_caller(self, through: tuple[Step, ...]) -> tuple[bool, bool]:
        """Whether tables, and functions, are used with the rights of the role itself."""
        tables = functions = True
        for step in through:
            if step.kind == "view":
                tables = tables and step.name in self.facts.invoker_views
            else:
                functions = functions and step.name not in self.facts.definers
                tables = functions
        return tables, functions

    def _is_looked_up(self, through: tuple[Step, ...]) -> bool:
        """Names are looked up in the query itself and in bodies that are strings."""
        if not through:
            return True
        last = through[-1]
        oid = self.facts.functions.get(last.name, 0)
        return (
            last.kind == "function"
            and oid in self.facts.catalog.sql_bodies
            and (self._as_caller(through)[1])
        )

    def _schema(self, name: str) -> None:
        schema = name.partition(".")[0]
        if schema not in self.facts.open_schemas:
            self.grants.add(Grant("schema", schema, "", "USAGE"))

    def _use(self, use: Use) -> None:
        privilege = _PRIVILEGES[use.access]
        if use.relation in self.facts.catalog.sequences.values():
            self.grants.add(Grant("sequence", use.relation, "", privilege))
            return
        if use.access == "delete":
            self.grants.add(Grant("table", use.relation, "", privilege))
        elif use.columns:
            columns = {Grant("table", use.relation, c, privilege) for c in use.columns}
            self.grants |= columns
        else:
            self._any_column.add((use.relation, privilege))
        self._policies(use)
        if use.access in ("insert", "update"):
            self._stored(use)

    def _policies(self, use: Use) -> None:
        """Conditions of policies run with the rights of the role, subqueries included."""
        command = "update" if use.access == "lock" else use.access
        names = self.facts.members.get(self.role, frozenset()) | {"public"}
        for policy in self.facts.policies.get(use.relation, []):
            key = (use.relation, policy.name)
            is_bound = policy.command in ("all", command) and names.intersection(policy.roles)
            if is_bound and key not in self._seen:
                self._seen.add(key)
                for condition in policy.conditions:
                    self._walk(condition)

    def _stored(self, use: Use) -> None:
        """Defaults of what is left out, generated columns, checks, indexes: all as the caller."""
        for expression in self.facts.expressions.get(use.relation, []):
            is_default = not expression.always
            if is_default and (use.access == "update" or expression.column in use.columns):
                continue
            for sequence in expression.sequences:
                self.grants.add(Grant("sequence", sequence, "", "USAGE"))
            self._walk(expression.tree)

    def _walk(self, tree: Node) -> None:
        walk = Walk(self.facts.catalog)
        walk.statement(tree, ())
        uses = [Use(r, a, tuple(sorted(c)), t) for (r, a, t), c in walk.uses.items()]
        self._all(uses, walk.calls, by_name=False)

    def _call(self, call: Call) -> None:
        if call.function not in self.facts.for_everyone:
            self.grants.add(Grant("function", call.function, "", "EXECUTE"))
        oid = self.facts.functions.get(call.function, 0)
        function = self.facts.catalog.functions.get(oid)
        if function and call.function not in self.facts.definers:
            # The source of what is written in C is the name of a symbol.
            is_text = " " in (function.source or "").strip()
            if is_text and not self.facts.catalog.function_queries(oid):
                self.unknown.add(call.function)

    def _cheapest(self, relation: str) -> str:
        """The first column of the key: whoever may lock a row may as well know that it is there."""
        table = next(r for r in self.facts.catalog.relations.values() if r.full_name == relation)
        keys = sorted(min(key.columns) for key in table.keys if not key.conditions)
        number = keys[0] if keys else min(table.columns)
        return table.columns[number].name


def script(role: str, needs: Needs, facts: GrantFacts, source: str) -> str:
    """The grants as SQL, one statement for each object, in the order of kinds and names."""
    grants = needs.finish()
    lines = [f"-- What {source} need as {role}: the least."]
    objects = sorted({(g.kind, g.object) for g in grants}, key=lambda o: (_ORDER.index(o[0]), o[1]))
    for kind, name in objects:
        mine = sorted(g for g in grants if (g.kind, g.object) == (kind, name))
        privileges: dict[str, list[str]] = {}
        for grant in mine:
            privileges.setdefault(grant.privilege, []).append(grant.column)
        lines.append(_statement(kind, name, sorted(privileges.items()), role, facts))
    for function in sorted(needs.unknown):
        lines.append(
            f"-- Not known: {function} runs as its caller; what its body needs comes on top."
        )
    return "\n".join(lines) + "\n"


def missing_and_more(
    needed: set[Grant], held: set[Held], inherited: set[Held], facts: GrantFacts
) -> tuple[list[Grant], list[Grant]]:
    """What a query would fail without, and what no query needs.

    held  granted to the role itself; inherited  to roles whose rights it has
    """
    every = held | inherited
    missing = [
        grant
        for grant in sorted(needed)
        if grant not in every and grant._replace(column="") not in every
    ]
    columns = {
        relation.full_name: {column.name for column in relation.columns.values()}
        for relation in facts.catalog.relations.values()
    }

    def is_needed(one: Grant) -> bool:
        """A grant on a whole table is no more than needed where every column is."""
        listed = columns.get(one.object, set()) if one.kind == "table" and not one.column else set()
        by_column = {one._replace(column=name) for name in listed}
        return one in needed or (bool(by_column) and by_column <= needed)

    return missing, [grant for one in sorted(held) if not is_needed(grant := Grant(*one))]


def _qualified(name: str) -> str:
    """`schema.name` as SQL takes it; the first dot is the one between the two."""
    schema, _, rest = name.partition(".")
    return f"{sql_name(schema)}.{sql_name(rest)}"


def _statement(
    kind: str,
    name: str,
    privileges: Iterable[tuple[str, list[str]]],
    role: str,
    facts: GrantFacts,
) -> str:
    parts = []
    for privilege, columns in privileges:
        listed = ", ".join(sql_name(c) for c in columns if c)
        parts.append(f"{privilege} ({listed})" if listed else privilege)
    word = {"schema": "SCHEMA ", "sequence": "SEQUENCE ", "table": ""}.get(kind, "")
    target = sql_name(name) if kind == "schema" else _qualified(name)
    if kind == "function":
        word = "PROCEDURE " if name in facts.procedures else "FUNCTION "
        path, _, arguments = name.partition("(")
        target = f"{_qualified(path)}({arguments}"
    return f"GRANT {', '.join(parts)} ON {word}{target} TO {sql_name(role)};"


def roles_of(queries: Iterable[QueryModel]) -> Iterator[tuple[str, list[QueryModel]]]:
    """Database role -> its queries, in the order of names."""
    found: dict[str, list[QueryModel]] = {}
    for query in queries:
        found.setdefault(f"{query.app}_{query.role}", []).append(query)
    yield from sorted(found.items())
