"""What the server says about rights: who runs what, what is open to everyone, what is granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg
from psycopg.rows import dict_row

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.footprint import signature
from strongroom_codegen.policies import Policy, read_policies
from strongroom_codegen.tree import Node, parse_tree


@dataclass(frozen=True, slots=True)
class TableExpression:
    """A default (`column` without `always`), or what is worked out with each row that is stored."""

    column: str | None
    always: bool
    tree: Node
    sequences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GrantFacts:
    """Functions by signature, views, sequences and tables by `schema.name`."""

    catalog: Catalog
    functions: dict[str, int]
    definers: frozenset[str]
    procedures: frozenset[str]
    for_everyone: frozenset[str]
    invoker_views: frozenset[str]
    open_schemas: frozenset[str]
    policies: dict[str, list[Policy]]
    expressions: dict[str, list[TableExpression]]
    members: dict[str, frozenset[str]]


def read_grant_facts(connection: psycopg.Connection[Any], catalog: Catalog) -> GrantFacts:
    """Ask the scratch database."""
    own = {f.oid: signature(catalog, f) for f in catalog.functions.values() if not f.is_builtin}
    routines = [row for row in _rows(connection, "routine_rights") if row["oid"] in own]
    policies: dict[str, list[Policy]] = {}
    for policy in read_policies(connection):
        name = catalog.relations[policy.relation].full_name
        policies.setdefault(name, []).append(policy)
    expressions: dict[str, list[TableExpression]] = {}
    for row in _rows(connection, "table_expressions"):
        relation = catalog.relations.get(row["relation"])
        if relation:
            found = TableExpression(
                row["column_name"],
                row["always"],
                parse_tree(row["expression"]),
                tuple(row["sequences"]),
            )
            expressions.setdefault(relation.full_name, []).append(found)
    return GrantFacts(
        catalog=catalog,
        functions={name: oid for oid, name in own.items()},
        definers=_named(own, routines, "security_definer"),
        procedures=_named(own, routines, "is_procedure"),
        for_everyone=_named(own, routines, "for_everyone"),
        invoker_views=frozenset(row["name"] for row in _rows(connection, "invoker_views")),
        open_schemas=frozenset(row["name"] for row in _rows(connection, "open_schemas")),
        policies=policies,
        expressions=expressions,
        members={r["role"]: frozenset(r["roles"]) for r in _rows(connection, "memberships")},
    )


def read_held(
    connection: psycopg.Connection[Any], facts: GrantFacts, roles: Iterable[str]
) -> set[tuple[str, str, str, str]]:
    """(kind, object, column or '', privilege) that is granted to one of the roles."""
    names = {str(oid): name for name, oid in facts.functions.items()}
    return {
        (
            row["kind"],
            names.get(row["object"], row["object"]) if row["kind"] == "function" else row["object"],
            row["column_name"] or "",
            row["privilege"],
        )
        for row in _rows(connection, "held_grants", (list(roles),))
    }


def _named(own: dict[int, str], rows: list[dict[str, Any]], flag: str) -> frozenset[str]:
    return frozenset(own[row["oid"]] for row in rows if row[flag])


def _rows(
    connection: psycopg.Connection[Any], name: str, values: tuple[Any, ...] | None = None
) -> list[dict[str, Any]]:
    text = (resources.files("strongroom_codegen") / "sql" / f"{name}.sql").read_text("utf-8")
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(text.encode(), values).fetchall()
