"""Parameters that an INSERT or UPDATE stores in sealed columns and blind indexes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from strongroom_codegen.nullability import frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.parameter_uses import parameter_number
from strongroom_codegen.sealed_columns import SealedColumn, SealedTable
from strongroom_codegen.sealed_findings import APP, Findings, Part, SealedParameter
from strongroom_codegen.sealed_sources import USER, Source, cells, pinned, source_of
from strongroom_codegen.tree import Node

_MAKES_A_CHOICE = {"COALESCEEXPR": "args", "MINMAXEXPR": "args"}
_GIVE_KEY = "give {column} as a parameter: a row with sealed columns gets its key from the client"


@dataclass(slots=True)
class Writer:
    """One INSERT or UPDATE of a table with sealed columns."""

    finder: Findings
    frame: Frame
    relation: int
    table: SealedTable
    numbers: dict[int, int]
    entries: dict[int, Node]

    def target_list(self) -> None:
        columns = self.finder.sealed.columns
        pins = pinned(self.finder.analyzer, self.frame)
        seals: list[SealedParameter] = []
        for number, node in self.entries.items():
            column = columns.get((self.relation, number))
            if column is None:
                continue
            for row, cell in enumerate(cells(self.frame, node)):
                for choice in _choices(cell):
                    source = source_of(self.finder.analyzer, choice, self.frame)
                    if source is None or source.is_user:
                        continue
                    made = self._made(source, column, row, pins)
                    if made:
                        seals.append(made)
        if self.frame.command == frames.UPDATE:
            self._keeps_keys()
        for made in seals:
            self.finder.add(made)

    def _made(
        self,
        source: Source,
        column: SealedColumn,
        row: int,
        pins: dict[tuple[int, int], Source],
    ) -> SealedParameter | None:
        if column.of:
            return SealedParameter(source.number, column, beside=self._beside(column, row))
        key: list[Part] = []
        for number in self.table.key:
            part = self._part(number, row, pins)
            if part is None or (part.is_element and part.rows != source.rows):
                name = self.table.names[number]
                is_update = self.frame.command == frames.UPDATE
                self.finder.problem(
                    f"{column.full_name} is sealed for one row, and {name} of that is not known",
                    f"compare it: WHERE {name} = :{name}"
                    if is_update
                    else _GIVE_KEY.format(column=name),
                    source.number,
                )
                return None
            key.append(part)
        subject: Part | None = None
        if self.table.subjects:
            subject = self._part(self.table.subjects[0], row, pins)
            if subject is None or (subject.is_element and subject.rows != source.rows):
                self.finder.problem(
                    f"{column.full_name} is sealed for a person, and whose row it is, is not known",
                    f"give or compare {self.table.names[self.table.subjects[0]]} as a parameter",
                    source.number,
                )
                return None
        return SealedParameter(source.number, column, tuple(key), subject)

    def _part(self, number: int, row: int, pins: dict[tuple[int, int], Source]) -> Source | None:
        source = None
        if self.frame.command == frames.UPDATE:
            at = next((n for n, base in self.numbers.items() if base == number), 0)
            source = pins.get((self.frame.target, at))
        elif number in self.entries:
            found = list(cells(self.frame, self.entries[number]))
            cell = found[row] if len(found) > 1 else found[0]
            source = source_of(self.finder.analyzer, cell, self.frame)
            if source is None:
                return None
        if not self.finder.fits(source, (self.relation, number)):
            return None
        is_own = self.table.subjects == (number,) and self.finder.role == APP
        return source or (USER if is_own else None)

    def _beside(self, column: SealedColumn, row: int) -> int:
        """The parameter that is sealed beside this index, in the same row."""
        if column.of not in self.entries:
            return 0
        found = list(cells(self.frame, self.entries[column.of]))
        cell = found[row] if len(found) > 1 else found[0]
        source = source_of(self.finder.analyzer, cell, self.frame)
        return source.number if source else 0

    def _keeps_keys(self) -> None:
        changed = [number for number in self.table.key if number in self.entries]
        if changed:
            self._moves(changed[0])

    def _moves(self, number: int) -> None:
        self.finder.problem(
            f"{self.table.names[number]} of {self.table.name} is part of the key that sealed values"
            " are bound to: after this none of them would open",
            "insert the row anew and delete the old one",
        )

    def on_conflict(self, clause: Node) -> None:
        """What is stored in the row that is there already is bound to the key of the new one."""
        pins: dict[tuple[int, int], Source] = {}
        is_key = int(clause["constraint"]) == self.table.key_constraint != 0
        inferred = {
            self.numbers.get(int(element["expr"]["varattno"]), 0)
            for element in clause["arbiterElems"] or []
            if element["expr"]["node"] == "VAR"
        }
        is_key = is_key or inferred == set(self.table.key)
        for entry in clause["onConflictSet"] or []:
            base = self.numbers.get(int(entry["resno"]), 0)
            if base in self.table.key and entry["resjunk"] != "true":
                # What the rows conflict by is the same in both.
                is_same = _is_column(entry["expr"], clause["exclRelIndex"], entry["resno"])
                if not (is_same and (is_key or base in inferred)):
                    self._moves(base)
            column = self.finder.sealed.columns.get((self.relation, base))
            if column is None or entry["resjunk"] == "true":
                continue
            for choice in _choices(entry["expr"]):
                number = parameter_number(choice)
                is_new = choice["node"] == "VAR" and choice["varno"] == clause["exclRelIndex"]
                if (number or is_new) and not column.of and not is_key:
                    key = ", ".join(self.table.names[n] for n in self.table.key)
                    self.finder.problem(
                        f"{column.full_name} is sealed for the new row's key, and the row that it"
                        " conflicts with may have another",
                        f"write ON CONFLICT ({key})",
                        number or 0,
                    )
                elif number:
                    made = self._made(Source(number), column, 0, pins)
                    if made:
                        self.finder.add(made)


def _is_column(node: Node, relation: str, number: str) -> bool:
    return node["node"] == "VAR" and (node["varno"], node["varattno"]) == (relation, number)


def _choices(node: Node) -> Iterator[Node]:
    """The expressions of which one is the value: those of COALESCE and CASE."""
    while node["node"] in ("RELABELTYPE", "COERCETODOMAIN"):
        node = node["arg"]
    if node["node"] in _MAKES_A_CHOICE:
        for argument in node[_MAKES_A_CHOICE[node["node"]]]:
            yield from _choices(argument)
    elif node["node"] == "CASEEXPR":
        for when in node["args"]:
            yield from _choices(when["result"])
        if node["defresult"]:
            yield from _choices(node["defresult"])
    else:
        yield node
