"""Check every variant of every query."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from strongroom.project import Project
from strongroom_codegen.annotations import AnnotatedQuery
from strongroom_codegen.api import prepare_routines
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.describe import Described, describe
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.lint.facts import Facts, read_facts
from strongroom_codegen.lint.ignores import without_ignored
from strongroom_codegen.lint.plans import Planner
from strongroom_codegen.lint.rules import Finding, variant_in_words
from strongroom_codegen.lint.scans import check_plan
from strongroom_codegen.lint.security import check_policies, held_back
from strongroom_codegen.lint.sizes import inject, read_sizes
from strongroom_codegen.lint.statements import check_text, check_tree
from strongroom_codegen.model import QueryModel, VariantModel
from strongroom_codegen.parameters import Variant
from strongroom_codegen.pipeline import build_parts, read_sources
from strongroom_codegen.places import Places
from strongroom_codegen.scratch import scratch_database
from strongroom_codegen.servers import Place
from strongroom_codegen.tree import Node, nodes

_NO_STATEMENT = "42601"
"""What PREPARE says about a statement that has no plan, as CALL."""
_DENIED = "42501"

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a run found.

    unbound     roles that don't exist, so that policies were not seen
    left        apps that no server here can hold, with the reason
    """

    findings: list[Finding]
    places: dict[str, AnnotatedQuery]
    queries: int
    variants: int
    unbound: tuple[str, ...]
    left: dict[str, str]


def check_queries(project: Project, diagnostics: Diagnostics, progress: Progress) -> Checked:
    """Every finding that nobody ignores.

    Raises QueryError when a query can't be analysed or a line of the checks can't be followed.
    """
    sources = read_sources(project, diagnostics)
    parts = build_parts(project, sources, diagnostics)
    annotated = {query.full_name: query for file in sources.files for query in file.queries}
    queries = [q for app in parts.model.apps for s in app.subjects for q in s.queries]
    run = _Run(project, diagnostics, annotated, progress, len(queries))
    for part in parts.parts:
        run.check(part.place, [query for query in queries if query.app in part.apps])
    kept = without_ignored(run.found, run.annotated.values(), diagnostics)
    if diagnostics.failed:
        raise QueryError(diagnostics)
    count = sum(len(query.variants) for query in queries)
    unbound = tuple(sorted(run.unbound))
    return Checked(kept, run.annotated, len(queries), count, unbound, parts.left)


@dataclass(slots=True)
class _Run:
    """The checks of one server after the other."""

    project: Project
    diagnostics: Diagnostics
    annotated: dict[str, AnnotatedQuery]
    progress: Progress
    total: int
    done: int = 0
    found: list[Finding] = field(default_factory=list)
    unbound: set[str] = field(default_factory=set)

    def check(self, place: Place, queries: list[QueryModel]) -> None:
        """Check queries on a server that can hold their apps."""
        with scratch_database(self.project, place) as connection:
            self._check(connection, queries)

    def _check(self, connection: psycopg.Connection[Any], queries: list[QueryModel]) -> None:
        catalog = read_catalog(connection)
        # What is wrong with a function's comment was said when the model was built.
        routines = prepare_routines(self.project, connection, catalog, Diagnostics())
        self.annotated |= {routine.query.full_name: routine.query for routine in routines}
        sizes = read_sizes(catalog, Places(self.project), self.diagnostics)
        facts = read_facts(connection, catalog, sizes)
        with connection.transaction(force_rollback=True):
            inject(connection, catalog, sizes)
            planner = Planner(connection, has_identity="kernel" in catalog.schemas)
            check = _Check(connection, facts, planner, self.annotated)
            for query in queries:
                self.progress(self.done, self.total)
                self.done += 1
                self.found += check.query(query)
            unbound = {f"{q.app}_{q.role}" for q in queries if planner.role_of(q) is None}
            self.unbound |= unbound


@dataclass(frozen=True, slots=True)
class _Check:
    connection: psycopg.Connection[Any]
    facts: Facts
    planner: Planner
    annotated: dict[str, AnnotatedQuery]

    def query(self, query: QueryModel) -> list[Finding]:
        """The findings of all variants; what several share is told once."""
        found = set[Finding]()
        if query.routine is None:
            found |= set(check_text(query, self.annotated[query.full_name]))
        role = self.planner.role_of(query)
        if role:
            found |= set(check_policies(self.facts, query, role))
        first: dict[tuple[str, str], Finding] = {}
        # The variant with everything given is the one that people have before their eyes.
        for variant in sorted(query.variants, key=lambda v: -len(v.given)):
            words = variant_in_words(query, variant)
            for finding in sorted(set(self._variant(query, variant, role)), key=lambda f: f.why):
                first.setdefault((finding.rule, finding.about), replace(finding, when=words))
        return sorted({*found, *first.values()}, key=lambda f: (f.rule, f.about, f.why))

    def _variant(
        self, query: QueryModel, variant: VariantModel, role: str | None
    ) -> Iterator[Finding]:
        plan = self.planner.plan(query, variant)
        if isinstance(plan, psycopg.Error):
            if plan.sqlstate == _DENIED:
                yield Finding(
                    "denied",
                    query,
                    "",
                    f"{role} may not run it: {plan.diag.message_primary}",
                    "grant what it needs, or change @role: strongroom generate --grants says what",
                )
            elif plan.sqlstate != _NO_STATEMENT:
                raise plan
            return
        whole = Variant(variant.given, variant.order, variant.sql, variant.names, ())
        described = describe(self.connection, self.facts.catalog, whole)
        tree = described.query if isinstance(described, Described) else None
        stuck: set[str] = set()
        bodies = self._bodies(tree) if tree and query.routine else []
        for level in [tree, *bodies] if tree else ():
            yield from check_tree(self.facts, query, level)
            stuck |= held_back(self.facts, level, role) if role else set()
        yield from check_plan(self.facts, query, plan, stuck)

    def _bodies(self, tree: Node) -> list[Node]:
        """What the functions in SQL that a wrapper calls ask for last, which is their result."""
        called = {int(node["funcid"]) for node in nodes(tree) if node.get("funcid")}
        found = [
            self.facts.catalog.function_queries(oid)[-1:]
            for oid in sorted(called)
            if oid in self.facts.catalog.functions
            and not self.facts.catalog.functions[oid].is_builtin
        ]
        return [body for bodies in found for body in bodies]
