"""Find out about every query of a run: from what was kept, and from the server."""

from __future__ import annotations

import itertools
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from strongroom.project import Project
from strongroom_codegen.analyse import AnalysedQuery, analyse
from strongroom_codegen.beside import beside, has_room
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.describe import describe_all
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.kept import Found, Kept, found_about, key_of, unpickled
from strongroom_codegen.kinds import check_kind
from strongroom_codegen.parameters import PreparedQuery
from strongroom_codegen.scratch import same_again
from strongroom_codegen.sealed_columns import SealedColumns

# Fewer are done sooner than a second process is ready for its half.
_WORTH_TWO = 100


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
        found = self._about(new)
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

    def _about(self, new: dict[str, PreparedQuery]) -> dict[str, Found]:
        if len(new) < _WORTH_TWO or not has_room():
            return self._ask(self.connection, new, self.progress)
        mine = dict(itertools.islice(new.items(), 0, None, 2))
        others = dict(itertools.islice(new.items(), 1, None, 2))
        with beside(lambda: self._ask_again(others)) as answer:
            found = self._ask(self.connection, mine, lambda done: self.progress(2 * done))
            data = answer()
        return found | (unpickled(data) if data else self._ask(self.connection, others))

    def _ask_again(self, new: dict[str, PreparedQuery]) -> bytes:
        """In another process, which needs a connection of its own."""
        with same_again(self.project, self.connection) as connection:
            return pickle.dumps(self._ask(connection, new))

    def _ask(
        self,
        connection: psycopg.Connection[Any],
        new: dict[str, PreparedQuery],
        progress: Callable[[int], None] = lambda done: None,
    ) -> dict[str, Found]:
        texts = list(dict.fromkeys(v.sql for query in new.values() for v in query.variants))
        answers = describe_all(connection, self.catalog, texts, progress)
        found = {}
        for key, prepared in new.items():
            own = Diagnostics()
            analysed = analyse(
                connection, self.catalog, prepared, own, self.project, answers, self.sealed
            )
            found[key] = found_about(prepared, analysed, own.found)
        return found
