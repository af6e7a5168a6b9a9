"""What a statement does with sealed columns: which parameters are sealed, which columns opened.

Everything is told by the names of parameters, so it holds for each variant of a query.
"""

from __future__ import annotations

from dataclasses import dataclass

from strongroom_codegen.levels import levels, origin
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.sealed_columns import SealedColumn, SealedColumns, SealedTable
from strongroom_codegen.sealed_findings import (
    APP,
    Findings,
    Got,
    Part,
    SealedParameter,
    SealedResult,
    SealedUses,
)
from strongroom_codegen.sealed_sources import (
    USER,
    Row,
    Source,
    cells,
    pinned,
    result_rows,
    source_of,
    target_numbers,
)
from strongroom_codegen.sealed_writes import Writer
from strongroom_codegen.tree import Node, below


def sealed_uses(
    analyzer: Analyzer,
    sealed: SealedColumns,
    query: Node,
    role: str,
    types: tuple[int, ...],
    width: int,
) -> SealedUses:
    """Look through a statement; `types` of its parameters, `width`: columns of its result."""
    finder = _Finder(analyzer, sealed, role, types)
    for frame in levels(analyzer, query):
        finder.writes(frame)
        finder.comparisons(frame)
    for number in range(1, width + 1):
        finder.result(query, number, width)
    return finder.found


@dataclass(slots=True)
class _Finder(Findings):
    def writes(self, frame: Frame) -> None:
        """Parameters that are stored in sealed columns and blind indexes."""
        if frame.command not in (frames.INSERT, frames.UPDATE, frames.MERGE):
            return
        relation, numbers = target_numbers(self.analyzer, int(frame.entry(frame.target)["relid"]))
        table = self.sealed.tables.get(relation)
        if table is None:
            return
        if frame.command == frames.MERGE:
            self.problem(
                f"MERGE can't write {table.name}, which has sealed columns",
                "write INSERT ... ON CONFLICT, or UPDATE",
            )
            return
        entries = {
            numbers.get(int(entry["resno"]), 0): entry["expr"]
            for entry in frame.query["targetList"] or []
            if entry["resjunk"] == "false"
        }
        writer = Writer(self, frame, relation, table, numbers, entries)
        writer.target_list()
        if frame.query["onConflict"]:
            writer.on_conflict(frame.query["onConflict"])

    def comparisons(self, frame: Frame) -> None:
        """Parameters that are compared with blind indexes, and with what can't be compared."""
        for node in below(frame.query):
            if node["node"] not in ("OPEXPR", "SCALARARRAYOPEXPR", "DISTINCTEXPR"):
                continue
            if len(node["args"]) != 2:
                continue
            for side, other in (node["args"], node["args"][::-1]):
                source = source_of(self.analyzer, other, frame)
                column = origin(self.analyzer, side, frame)
                if source is None or source.is_user or column not in self.sealed.columns:
                    continue
                self._compared(node, source, self.sealed.columns[column])

    def _compared(self, node: Node, source: Source, column: SealedColumn) -> None:
        if not column.of:
            self.problem(
                f"{column.full_name} is sealed: no two envelopes of one value are alike",
                "compare its blind index: a bytea column with the tag @blind",
                source.number,
            )
        elif node["node"] != "SCALARARRAYOPEXPR" or source.is_element:
            self.problem(
                f"{column.full_name} is a blind index, of which a value has several meanwhile its"
                " key is exchanged",
                "write: column = ANY (:parameter); the function takes one value",
                source.number,
            )
        else:
            self.add(SealedParameter(source.number, column, looks_up=True))

    def result(self, query: Node, number: int, width: int) -> None:
        """Whether a column of the result is opened, and by which key."""
        frame = self.analyzer.frame(query, None)
        rows = result_rows(self.analyzer, query, frame, number)
        found = {self.sealed.sealed(row.origin) for row in rows}
        column = found.pop() if len(found) == 1 else None
        if column is None:
            return
        relation = rows[0].origin[0]
        table = self.sealed.tables[relation]
        others = {n: result_rows(self.analyzer, query, frame, n) for n in range(1, width + 1)}
        parts = _Parts(self, table, rows, others)
        missing = [table.names[n] for n in table.key if parts.find(n) is None]
        if missing:
            self.problem(
                f"the row's key is needed to open {column.full_name}",
                f"select {' and '.join(missing)} of the same table, too",
            )
            return
        key = tuple(part for n in table.key if (part := parts.find(n)))
        subject = parts.subject()
        if subject is None and table.subjects:
            self.problem(
                f"whose row it is, is needed to open {column.full_name}",
                f"select {table.names[table.subjects[0]]} of the same table, too",
            )
            return
        self.found.results[number - 1] = SealedResult(column, key, subject)


@dataclass(slots=True)
class _Parts:
    """Where the values are that are in the row of a column of the result."""

    finder: Findings
    table: SealedTable
    rows: tuple[Row, ...]
    others: dict[int, tuple[Row, ...]]

    def find(self, number: int) -> Part | None:
        wanted = [((row.origin[0], number), row.path) for row in self.rows]
        for position, rows in self.others.items():
            if [(row.origin, row.path) for row in rows] == wanted:
                return Got(position - 1)
        first = self.rows[0]
        source = None
        if len(self.rows) == 1:
            source = pinned(self.finder.analyzer, first.frame).get((first.index, number))
            if source is None and (first.frame.command, first.frame.target) == (
                frames.INSERT,
                first.index,
            ):
                source = _inserted(self.finder.analyzer, first.frame, number)
        if source and not source.is_element and self.finder.fits(source, (first.origin[0], number)):
            return source
        is_own = self.table.subjects == (number,) and self.finder.role == APP
        return USER if is_own else None

    def subject(self) -> Part | None:
        return self.find(self.table.subjects[0]) if self.table.subjects else None


def _inserted(analyzer: Analyzer, frame: Frame, number: int) -> Source | None:
    for entry in frame.query["targetList"] or []:
        if int(entry["resno"]) == number and len(list(cells(frame, entry["expr"]))) == 1:
            return source_of(analyzer, entry["expr"], frame)
    return None
