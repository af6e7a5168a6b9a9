"""Rules of tables that a statement can break, and the exceptions that their comments name.

A rule is a constraint, a unique index that is none, or a column's NOT NULL; `@error Name text` in
its comment (a column's own, for NOT NULL) gives the violation a class.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from strongroom_codegen.catalog import Catalog, Relation
from strongroom_codegen.comments import parse_comment
from strongroom_codegen.model import ErrorClass
from strongroom_codegen.questions import Rows
from strongroom_codegen.tree import Node, nodes, parse_tree

ERROR_RULES = ("generated_columns", "error_constraints", "rewrite_rules")
Target = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class TableRule:
    """A rule of a table; `error` is the name of its exception, '' without one.

    `kind`: c check, f foreign key, p primary key, u unique, x exclusion, i index, n NOT NULL.
    `columns`: those whose new values can break it, None: any. `also`: under which schema, table
    and name its partitions and children report it.
    """

    relation: int
    kind: str
    target: Target
    columns: frozenset[str] | None
    error: str
    text: str
    is_partitioned: bool
    also: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """A foreign key as the table that it points at sees it; actions are a, r, c, n or d."""

    rule: TableRule
    referenced: int
    keys: frozenset[str]
    on_delete: str
    on_update: str
    set_columns: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A rule of the rule system; one that `replaces` runs instead of the statement, always."""

    event: str
    replaces: bool
    queries: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ErrorRules:
    """What the catalogue says about violations."""

    rules: dict[int, list[TableRule]] = field(default_factory=dict)
    pointing: dict[int, list[ForeignKey]] = field(default_factory=dict)
    rewrites: dict[int, list[Rewrite]] = field(default_factory=dict)
    with_generated: frozenset[int] = frozenset()

    def all_rules(self) -> list[TableRule]:
        found = [rule for rules in self.rules.values() for rule in rules]
        return sorted(found, key=lambda rule: (rule.target, rule.kind))


def read_error_rules(catalog: Catalog, rows: Rows) -> ErrorRules:
    """Every rule of the scratch database; `rows` are the answers to `ERROR_RULES`."""
    found = ErrorRules(
        with_generated=frozenset(row["relation"] for row in rows["generated_columns"])
    )
    for row in rows["error_constraints"]:
        rule = _rule(row)
        found.rules.setdefault(rule.relation, []).append(rule)
        if rule.kind == "f":
            key = ForeignKey(
                rule,
                row["referenced"],
                frozenset(row["keys"]),
                row["on_delete"],
                row["on_update"],
                frozenset(row["set_columns"]),
            )
            found.pointing.setdefault(key.referenced, []).append(key)
    for rule in _not_null_rules(catalog):
        found.rules.setdefault(rule.relation, []).append(rule)
    for row in rows["rewrite_rules"]:
        found_nodes = nodes(parse_tree(row["action"]), into_queries=False)
        queries = tuple(node for node in found_nodes if node["node"] == "QUERY")
        rewrite = Rewrite(row["event"], row["replaces"], queries)
        found.rewrites.setdefault(row["relation"], []).append(rewrite)
    return found


def table_errors(rules: ErrorRules, app: str) -> list[ErrorClass]:
    """The exceptions that the comments of a schema's tables name."""
    every = rules.all_rules()
    names: dict[str, set[int]] = {}
    for rule in every:
        if rule.kind != "n":
            names.setdefault(rule.target[2], set()).add(rule.relation)
    errors = []
    for rule in every:
        if not rule.error or rule.target[0] != app:
            continue
        doc = rule.text or f"{rule.target[2]} is violated."
        if rule.kind == "n":
            doc = rule.text or f"{rule.target[1]}.{rule.target[2]} is NULL."
            targets = (rule.target, *rule.also)
            errors.append(ErrorClass(rule.error, doc, columns=targets, text=rule.text or None))
            continue
        # Partitions that are made later have the same names, of checks and foreign keys at least.
        by_name = (
            rule.is_partitioned
            and rule.kind in ("c", "f")
            and names[rule.target[2]] == {rule.relation}
        )
        also = tuple(t for t in rule.also if not (by_name and t[2] == rule.target[2]))
        errors.append(
            ErrorClass(
                rule.error,
                doc,
                constraint=rule.target,
                text=rule.text or None,
                also=also,
                on_partitions=by_name,
            )
        )
    return errors


def _rule(row: dict[str, Any]) -> TableRule:
    error, _, text = (parse_comment(row["comment"]).tag("error") or "").partition(" ")
    return TableRule(
        relation=row["relation"],
        kind=row["kind"],
        target=(row["schema"], row["table_name"], row["name"]),
        columns=None if row["columns"] is None else frozenset(row["columns"]),
        error=error,
        text=text.strip(),
        is_partitioned=row["is_partitioned"],
        also=tuple((schema, table, name) for schema, table, name in row["also"]),
    )


def _not_null_rules(catalog: Catalog) -> list[TableRule]:
    found = []
    for relation in catalog.relations.values():
        if relation.kind not in ("r", "p", "f"):
            continue
        for column in relation.columns.values():
            error, _, text = (column.comment.tag("error") or "").partition(" ")
            if error:
                also = [
                    (below.schema, below.name, column.name)
                    for below in descendants(catalog, relation.oid)
                ]
                found.append(
                    TableRule(
                        relation=relation.oid,
                        kind="n",
                        target=(relation.schema, relation.name, column.name),
                        columns=frozenset({column.name}),
                        error=error,
                        text=text.strip(),
                        is_partitioned=relation.kind == "p",
                        also=tuple(sorted(also)),
                    )
                )
    return found


def descendants(catalog: Catalog, relation: int) -> list[Relation]:
    """The partitions of a table, or the tables that inherit from it, all levels."""
    found: list[Relation] = []
    for child in catalog.relations[relation].children:
        if child in catalog.relations:
            found += [catalog.relations[child], *descendants(catalog, child)]
    return found
