"""What the rules need to know besides the catalogue of the generator."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg
from psycopg.rows import dict_row

from strongroom_codegen.catalog import Catalog, Relation
from strongroom_codegen.policies import Policy, read_policies


@dataclass(frozen=True, slots=True)
class Index:
    """An index: its first column (0 for an expression), the operators that it serves there."""

    name: str
    leading: int
    method: str
    partial: bool
    operators: frozenset[int]


@dataclass(frozen=True, slots=True)
class Routine:
    """How a function is run.

    An `inlinable` one disappears into what calls it; one that `is_immutable` is called while the
    statement is planned, where its arguments are constants.
    """

    leakproof: bool
    inlinable: bool
    is_immutable: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Sizes, indexes, policies and roles, by OID of the table."""

    catalog: Catalog
    sizes: dict[int, float]
    indexes: dict[int, list[Index]]
    policies: dict[int, list[Policy]]
    routines: dict[int, Routine]
    partition_keys: dict[int, str]
    """Partitioned table -> the first column of its key."""
    members: dict[str, frozenset[str]]
    """Role -> itself and every role whose policies are also its own."""

    def relation(self, schema: str, name: str) -> Relation | None:
        full = f"{schema}.{name}"
        return next((r for r in self.catalog.relations.values() if r.full_name == full), None)

    def policies_of(self, relation: int, role: str) -> list[Policy]:
        """The policies that bind a role on a table."""
        names = self.members.get(role, frozenset()) | {"public"}
        return [p for p in self.policies.get(relation, []) if names.intersection(p.roles)]

    def index(self, relation: int, name: str) -> Index | None:
        return next((i for i in self.indexes.get(relation, []) if i.name == name), None)


def read_facts(
    connection: psycopg.Connection[Any], catalog: Catalog, sizes: dict[int, float]
) -> Facts:
    """Ask the scratch database."""
    indexes: dict[int, list[Index]] = {}
    for row in rows(connection, "indexes"):
        index = Index(
            row["name"], row["leading"], row["method"], row["partial"], frozenset(row["operators"])
        )
        indexes.setdefault(row["relation"], []).append(index)
    policies: dict[int, list[Policy]] = {}
    for policy in read_policies(connection):
        policies.setdefault(policy.relation, []).append(policy)
    return Facts(
        catalog=catalog,
        sizes=sizes,
        indexes=indexes,
        policies=policies,
        routines={
            row["oid"]: Routine(row["leakproof"], row["inlinable"], row["is_immutable"])
            for row in rows(connection, "routine_rights")
        },
        partition_keys={row["relation"]: row["name"] for row in rows(connection, "partition_keys")},
        members={row["role"]: frozenset(row["roles"]) for row in rows(connection, "memberships")},
    )


def rows(connection: psycopg.Connection[Any], name: str) -> list[dict[str, Any]]:
    """What one of the package's queries about the catalogue gives."""
    text = (resources.files("strongroom_codegen") / "sql" / f"{name}.sql").read_text("utf-8")
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(text.encode()).fetchall()
