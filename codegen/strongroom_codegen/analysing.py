"""Find out about every query of a run: from what was kept, and from the server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import psycopg

from strongroom.project import Project
from strongroom_codegen.analyse import AnalysedQuery, Examined, conclude, examine
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.describe import Described, Refusal, describe_each
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.kept import Found, Kept, found_about, key_of
from strongroom_codegen.kinds import check_kind
from strongroom_codegen.parameters import PreparedQuery
from strongroom_codegen.sealed_columns import SealedColumns


@dataclass(frozen=True, slots=True)
class Analysis:
    """What queries are analysed with."""

    project: Project
    connection: psycopg.Connection[Any]
    catalog: Catalog
    sealed: SealedColumns
    progress: Callable[[int], None]

    def of_all(
        self, wanted: Sequence[PreparedQuery], diagnostics: Diagnostics, kept: Kept
    ) -> list[AnalysedQuery]:
        """What is known of each query in the end; those that can't be generated are reported."""
        before = kept.read()
        queries = [(key_of(prepared), prepared) for prepared in wanted]
        new = {
            key: prepared
            for key, prepared in queries
            if key not in before or not before[key].holds_for(prepared)
        }
        found = self._ask(new)
        if new or len(before) > len(queries):
            usable = {key: found.get(key) or before[key] for key, _ in queries}
            kept.write({key: one for key, one in usable.items() if one.analysed is not None})
        analysed = []
        for key, prepared in queries:
            one = found.get(key) or before[key]
            for finding in one.findings:
                diagnostics.add(finding)
            # That is never kept: it depends on roles, too, which belong to the whole server.
            if key in new or check_kind(self.connection, prepared, diagnostics):
                analysed += one.of(prepared)
        return analysed

    def _ask(self, new: dict[str, PreparedQuery]) -> dict[str, Found]:
        """What the server says of queries. Each is examined while it is at the next ones."""
        texts = list(dict.fromkeys(v.sql for query in new.values() for v in query.variants))
        answers: dict[str, Described | Refusal] = {}
        own = {key: Diagnostics() for key in new}
        examined: dict[str, list[Examined] | None] = {}
        with closing(describe_each(self.connection, self.catalog, texts, self.progress)) as coming:
            for key, prepared in new.items():
                while any(variant.sql not in answers for variant in prepared.variants):
                    answers.update([next(coming)])
                examined[key] = examine(self.catalog, prepared, answers, own[key], self.project)
            # To its end, where the connection answers others again.
            answers.update(coming)
        return {
            key: self._conclude(prepared, examined[key], own[key]) for key, prepared in new.items()
        }

    def _conclude(
        self, prepared: PreparedQuery, examined: list[Examined] | None, own: Diagnostics
    ) -> Found:
        analysed = None
        if examined is not None:
            analysed = conclude(self.connection, self.catalog, prepared, examined, own, self.sealed)
        return found_about(prepared, analysed, own.found)
