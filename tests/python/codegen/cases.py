"""The nullability cases: queries whose first comment line says what is expected of each column."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from strongroom_codegen.annotations import AnnotatedQuery, parse_file
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.parameters import PreparedQuery, prepare
from strongroom_codegen.read import QueryFile
from strongroom_codegen.source import Source

FOLDER = Path(__file__).parent / "nullability"


@dataclass(frozen=True, slots=True)
class Case:
    """A query and, for each column, `name` or `name?` when it can be NULL."""

    prepared: PreparedQuery
    expected: tuple[str, ...]

    @property
    def needs(self) -> int:
        """The server version from which on the query can run."""
        option = self.prepared.query.option("requires")
        return int(option.argument) if option else 0

    @property
    def name(self) -> str:
        return f"{self.prepared.query.subject}.{self.prepared.query.name}"


def read_cases() -> list[Case]:
    """Every case of every file."""
    cases = []
    for path in sorted(FOLDER.glob("*.sql")):
        diagnostics = Diagnostics()
        source = Source(path.name, path.read_text("utf-8"))
        file = parse_file(QueryFile("shop", path.stem, source), diagnostics)
        cases += [_case(query, diagnostics) for query in file.queries]
        assert not diagnostics.found, diagnostics.render()
    return cases


def _case(query: AnnotatedQuery, diagnostics: Diagnostics) -> Case:
    prepared = prepare(query, diagnostics)
    assert prepared, diagnostics.render()
    return Case(prepared, tuple(query.doc.splitlines()[0].split()))
