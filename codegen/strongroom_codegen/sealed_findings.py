"""What is found out about the sealed columns of one statement."""

from __future__ import annotations

from dataclasses import dataclass, field

from strongroom_codegen.levels import Origin
from strongroom_codegen.nullability import Analyzer
from strongroom_codegen.sealed_columns import SealedColumn, SealedColumns
from strongroom_codegen.sealed_sources import Source

APP = "app"
_KIN = {**dict.fromkeys(("int2", "int4", "int8"), "int"), "varchar": "text"}


@dataclass(frozen=True, slots=True)
class Got:
    """A column of the result, counted from 0."""

    number: int


Part = Source | Got


@dataclass(frozen=True, slots=True)
class SealedParameter:
    """A parameter that is sealed, or made into a blind index: `looks_up` all that it may be."""

    number: int
    column: SealedColumn
    row_key: tuple[Part, ...] = ()
    subject: Part | None = None
    looks_up: bool = False
    beside: int = 0
    """The parameter whose value a blind index that is written is made of."""


@dataclass(frozen=True, slots=True)
class SealedResult:
    """A column of the result that is opened."""

    column: SealedColumn
    row_key: tuple[Part, ...]
    subject: Part | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a statement can't be generated; `number` of the parameter that it is about, or 0."""

    message: str
    hint: str
    number: int = 0


@dataclass(slots=True)
class SealedUses:
    """All of it, for one statement."""

    parameters: dict[int, SealedParameter] = field(default_factory=dict)
    results: dict[int, SealedResult] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class Findings:
    """What is found out about one statement."""

    analyzer: Analyzer
    sealed: SealedColumns
    role: str
    types: tuple[int, ...]
    found: SealedUses = field(default_factory=SealedUses)

    def fits(self, source: Source | None, origin: Origin) -> bool:
        """Whether a parameter has the column's type, so that its text is that of the key."""
        if source is None or source.is_user:
            return True
        catalog = self.analyzer.catalog
        given = catalog.base_type(self.types[source.number - 1])
        if source.is_element:
            given = catalog.base_type(given.element)
        column = catalog.base_type(catalog.relations[origin[0]].columns[origin[1]].type)
        return _KIN.get(given.name, given.name) == _KIN.get(column.name, column.name)

    def add(self, made: SealedParameter) -> None:
        """Note what is done with a parameter; it can't be two things."""
        known = self.found.parameters.setdefault(made.number, made)
        if known != made:
            self.problem(
                f"it is for {known.column.full_name} and for {made.column.full_name}, which hold"
                " other bytes",
                "write two parameters",
                made.number,
            )

    def problem(self, message: str, hint: str, number: int = 0) -> None:
        """Note why the statement can't be generated."""
        problem = Problem(message, hint, number)
        if problem not in self.found.problems:
            self.found.problems.append(problem)
