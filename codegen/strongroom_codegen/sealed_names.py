"""What the variants of a query do with sealed columns, brought together by names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.describe import Described
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.nullability import Analyzer
from strongroom_codegen.parameters import PreparedQuery
from strongroom_codegen.sealed_columns import SealedColumn, SealedColumns
from strongroom_codegen.sealed_findings import Got, Part, SealedUses
from strongroom_codegen.sealed_uses import sealed_uses
from strongroom_codegen.tree import deep

NamedPart: TypeAlias = str | int | None
"""The name of a parameter, the number of a column (from 0), or None for the session's user."""


@dataclass(frozen=True, slots=True)
class SealedArgument:
    """As `SealedParameter`; without `subject` the row is nobody's."""

    column: SealedColumn
    row_key: tuple[NamedPart, ...] = ()
    subject: tuple[NamedPart, ...] = ()
    looks_up: bool = False
    beside: str = ""


@dataclass(frozen=True, slots=True)
class OpenedColumn:
    """As `SealedResult`."""

    column: SealedColumn
    row_key: tuple[NamedPart, ...]
    subject: tuple[NamedPart, ...] = ()


@dataclass(frozen=True, slots=True)
class SealedNames:
    """By the name of a parameter, and by the number of a column."""

    parameters: dict[str, SealedArgument] = field(default_factory=dict)
    results: dict[int, OpenedColumn] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.parameters or self.results)

    def columns(self) -> set[SealedColumn]:
        """The sealed columns and blind indexes that are used."""
        return {
            *(use.column for use in self.parameters.values()),
            *(use.column for use in self.results.values()),
        }


NOTHING = SealedNames()


def sealed_names(
    catalog: Catalog,
    prepared: PreparedQuery,
    described: list[Described],
    sealed: SealedColumns,
    diagnostics: Diagnostics,
) -> SealedNames:
    """What the variants of a query do with sealed columns, where there are such."""
    if not sealed.columns:
        return NOTHING
    option = prepared.query.option("role")
    role = option.argument if option else "app"
    uses = []
    with deep():
        for one in described:
            analyzer, width = Analyzer(catalog, frozenset()), len(one.columns)
            uses.append(
                sealed_uses(analyzer, sealed, one.query, role, one.parameters, width)
                if one.query
                else SealedUses()
            )
    return _merged(prepared, uses, diagnostics)


def _merged(
    prepared: PreparedQuery, found: list[SealedUses], diagnostics: Diagnostics
) -> SealedNames:
    """The same for all variants; what is wrong, or differs, is reported."""
    seen = set()
    for variant, uses in zip(prepared.variants, found, strict=True):
        for problem in uses.problems:
            name = variant.names[problem.number - 1] if problem.number else ""
            if (name, problem) in seen:
                continue
            seen.add((name, problem))
            place = prepared.first_use[name] if name else prepared.query.place
            message = f":{name}: {problem.message}" if name else problem.message
            diagnostics.error(place, message, problem.hint.replace("{name}", name or "value"))
    merged = SealedNames()
    for variant, uses in zip(prepared.variants, found, strict=True):
        one = _named(uses, variant.names)
        for name, argument in one.parameters.items():
            if merged.parameters.setdefault(name, argument) != argument:
                _differs(prepared, f":{name} is sealed", diagnostics)
        if one.results != merged.results and merged.results:
            _differs(prepared, "a column is opened", diagnostics)
        merged.results.update(one.results)
    return merged


def _differs(prepared: PreparedQuery, what: str, diagnostics: Diagnostics) -> None:
    diagnostics.error(
        prepared.query.place,
        f"with and without an optional line, {what} by other keys",
        "make two queries of it, or select the key of the row",
    )


def _named(uses: SealedUses, names: tuple[str, ...]) -> SealedNames:
    def part(found: Part) -> NamedPart:
        if isinstance(found, Got):
            return found.number
        return names[found.number - 1] if found.number else None

    def whose(found: Part | None) -> tuple[NamedPart, ...]:
        return () if found is None else (part(found),)

    return SealedNames(
        {
            names[number - 1]: SealedArgument(
                use.column,
                tuple(map(part, use.row_key)),
                whose(use.subject),
                use.looks_up,
                names[use.beside - 1] if use.beside else "",
            )
            for number, use in uses.parameters.items()
        },
        {
            number: OpenedColumn(
                result.column, tuple(map(part, result.row_key)), whose(result.subject)
            )
            for number, result in uses.results.items()
        },
    )
