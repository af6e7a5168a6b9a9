"""The plan of each variant of a query, as its role would get it for arguments not known yet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import errors, sql

from strongroom_codegen.model import QueryModel, VariantModel

Plan = dict[str, Any]

_SETTINGS = (
    "SET LOCAL plan_cache_mode = force_generic_plan",
    "SET LOCAL max_parallel_workers_per_gather = 0",
    "SET LOCAL jit = off",
    # The arguments are NULL here, which would rule out every partition.
    "SET LOCAL enable_partition_pruning = off",
    "SET LOCAL client_min_messages = error",
)
# An identity that a policy can read as a number, and one that it can read as a uuid.
_USERS = ("1", "00000000-0000-4000-8000-000000000001")


@dataclass(frozen=True, slots=True)
class Step:
    """A node of a plan, with those above it, the nearest first."""

    node: Plan
    above: tuple[Plan, ...]

    @property
    def kind(self) -> str:
        return str(self.node["Node Type"])

    @property
    def rows(self) -> float:
        return float(self.node["Plan Rows"])

    def text(self) -> str:
        """As EXPLAIN would write it, in short."""
        name = self.node.get("Relation Name") or self.node.get("Index Name") or ""
        on = f" on {name}" if name else ""
        return f"{self.kind}{on}, {self.rows:,.0f} rows estimated"


class Planner:
    """Plans statements in the transaction in which the tables have their sizes."""

    def __init__(self, connection: psycopg.Connection[Any], *, has_identity: bool) -> None:
        self._connection = connection
        self._users = _USERS if has_identity else ("",)
        self._roles = {
            name
            for (name,) in connection.execute("SELECT rolname FROM pg_catalog.pg_roles").fetchall()
        }
        self._numbers = itertools.count(1)
        for setting in _SETTINGS:
            connection.execute(setting.encode())

    def role_of(self, query: QueryModel) -> str | None:
        """The database role that runs a query; None when there is no such role."""
        name = f"{query.app}_{query.role}"
        return name if name in self._roles else None

    def plan(self, query: QueryModel, variant: VariantModel) -> Plan | psycopg.Error:
        """The generic plan, or why there is none: rights are missing, or it can't be planned."""
        found: Plan | psycopg.Error
        for user in self._users:
            found = self._plan(query, variant, user)
            if not isinstance(found, errors.InvalidTextRepresentation):
                break
        return found

    def _plan(self, query: QueryModel, variant: VariantModel, user: str) -> Plan | psycopg.Error:
        nulls = f"({', '.join(['NULL'] * len(variant.pg_types))})" if variant.pg_types else ""
        types = f"({', '.join(variant.pg_types)})" if variant.pg_types else ""
        # A name of its own: what fails is not forgotten with its savepoint.
        name = f"strongroom_{next(self._numbers)}"
        prepare = f"PREPARE {name}{types} AS {variant.sql}"
        explain = f"EXPLAIN (FORMAT JSON, VERBOSE) EXECUTE {name}{nulls}"
        try:
            with self._connection.transaction(force_rollback=True):
                self._become(query, user)
                self._connection.execute(prepare.encode())
                row = self._connection.execute(explain.encode()).fetchone()
                self._connection.execute(f"DEALLOCATE {name}".encode())
        except psycopg.Error as error:
            return error
        plan: Plan = row[0][0]["Plan"] if row else {}
        return plan

    def _become(self, query: QueryModel, user: str) -> None:
        if user:
            self._connection.execute(
                "SELECT pg_catalog.set_config('kernel.app', %s, true),"
                " pg_catalog.set_config('kernel.user_id', %s, true)",
                (query.app, user),
            )
        role = self.role_of(query)
        if role:
            self._connection.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))


def steps(plan: Plan, above: tuple[Plan, ...] = ()) -> Iterator[Step]:
    """Every node of a plan."""
    yield Step(plan, above)
    for child in plan.get("Plans", []):
        yield from steps(child, (plan, *above))
