"""Rules about row level security: policies that cost, and conditions that they hold back."""

from __future__ import annotations

from collections.abc import Iterator

from strongroom_codegen.equalities import slot_of
from strongroom_codegen.footprint import signature
from strongroom_codegen.lint.facts import Facts
from strongroom_codegen.lint.rules import SMALL, Finding
from strongroom_codegen.model import QueryModel
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.policies import Policy
from strongroom_codegen.tree import Node, nodes

_EXISTS, _ALL, _ANY = "0", "1", "2"
_COMMANDS = {"insert": "insert", "update": "update", "delete": "delete", "lock": "update"}


def check_policies(facts: Facts, query: QueryModel, role: str) -> Iterator[Finding]:
    """Policies of the tables that the role itself touches."""
    oids = {r.full_name: r.oid for r in facts.catalog.relations.values()}
    for use in query.uses:
        command = _COMMANDS.get(use.access, "select")
        size = facts.sizes.get(oids.get(use.relation, 0), 0)
        if use.through or size <= SMALL:
            continue
        for policy in facts.policies_of(oids[use.relation], role):
            if policy.command in ("all", command):
                yield from _policy(facts, query, use.relation, policy)


def _policy(facts: Facts, query: QueryModel, table: str, policy: Policy) -> Iterator[Finding]:
    name = f"policy {policy.name} on {table}"
    for condition in policy.conditions:
        for node in nodes(condition, into_queries=False):
            if node["node"] == "SUBLINK" and node["subLinkType"] in (_EXISTS, _ALL, _ANY):
                yield Finding(
                    "policy-subquery",
                    query,
                    name,
                    f"{name} holds EXISTS or IN (SELECT ...), which is tried on each row",
                    "write it as: column = ANY (ARRAY(SELECT ...)), which is worked out once",
                )
            function = facts.catalog.functions.get(int(node.get("funcid", 0)))
            if function is None or function.is_builtin or _is_cheap(facts, function.oid, node):
                continue
            yield Finding(
                "policy-call",
                query,
                name,
                f"{name} calls {signature(facts.catalog, function)} bare, on each row that is read",
                f"write it as: (SELECT {function.full_name}(...)), or make it a SQL function"
                " that can be inlined",
            )


def _is_cheap(facts: Facts, function: int, call: Node) -> bool:
    """Whether a call is not made on each row."""
    routine = facts.routines[function]
    kinds = {node["node"] for node in nodes(call["args"])}
    return routine.inlinable or (routine.is_immutable and kinds <= {"CONST"})


def held_back(facts: Facts, tree: Node, role: str) -> set[str]:
    """Tables with a condition that has an index, which row level security keeps from it.

    The server tries a condition that is not leakproof only on rows that the policy has let pass.
    """
    analyzer = Analyzer(facts.catalog, frozenset())
    found = set()
    for query in (node for node in nodes(tree) if node["node"] == "QUERY"):
        frame = analyzer.frame(query, None)
        quals = (query["jointree"] or {}).get("quals")
        inner = nodes([quals, (query["jointree"] or {}).get("fromlist")], into_queries=False)
        for node in inner:
            if node["node"] not in ("OPEXPR", "SCALARARRAYOPEXPR"):
                continue
            routine = facts.routines.get(int(node["opfuncid"]))
            for side in node["args"] if routine and not routine.leakproof else ():
                slot = slot_of(side, frame)
                if slot is None or int(frame.entry(slot[0])["rtekind"]) != frames.TABLE:
                    continue
                oid = int(frame.entry(slot[0])["relid"])
                is_served = any(
                    index.leading == slot[1] and int(node["opno"]) in index.operators
                    for index in facts.indexes.get(oid, [])
                )
                if is_served and _is_barrier(facts, oid, role):
                    found.add(facts.catalog.relations[oid].full_name)
    return found


def _is_barrier(facts: Facts, relation: int, role: str) -> bool:
    """Whether a policy that is more than `true` stands between the role and the rows."""
    policies = facts.policies_of(relation, role)
    return bool(policies) and not any(
        condition["node"] == "CONST" and policy.command in ("all", "select")
        for policy in policies
        for condition in policy.conditions[:1]
    )
