"""Describe every variant of a query and bring what they say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from strongroom.project import Project
from strongroom_codegen.cardinality import always_one, at_most_one
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.describe import Described, Refusal
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.domains import checked_domains, result_types
from strongroom_codegen.element_uses import element_uses
from strongroom_codegen.footprint import Footprint, footprint, union
from strongroom_codegen.inside import Inside, merged
from strongroom_codegen.kinds import check_kind
from strongroom_codegen.levels import Origin, levels, result_origin
from strongroom_codegen.nullability import Analyzer, Verdict, frames
from strongroom_codegen.page import Key, find_key, fits_token
from strongroom_codegen.parameter_uses import Uses, parameter_uses
from strongroom_codegen.parameters import AFTER, PreparedQuery, Variant, place_of
from strongroom_codegen.sealed_columns import NOTHING_SEALED, SealedColumns
from strongroom_codegen.sealed_names import NOTHING, SealedNames, sealed_names
from strongroom_codegen.shapes import output
from strongroom_codegen.statements import always_answers, answers_once, parameter_hint
from strongroom_codegen.tree import Node, below, deep
from strongroom_codegen.unloaded import missing_object_hint

_AMBIGUOUS = "42725"
_UNDETERMINED = "42P18"
_UNDEFINED_COLUMN = "42703"
_UNDEFINED = {"42P01", "42883", "3F000"}
_CHANGES_ROWS = frozenset({frames.UPDATE, frames.DELETE, frames.MERGE})

# Of a statement that the server gives no tree for: it may do anything.
NO_FOOTPRINT = Footprint((), (), modifies=True)


@dataclass(frozen=True, slots=True)
class AnalysedParameter:
    """A parameter: its PostgreSQL type, whether None makes sense, the column that it is for."""

    name: str
    type: int
    nullable: bool
    column: Origin | None


@dataclass(frozen=True, slots=True)
class AnalysedColumn:
    """A column of the result, the table column that it is a copy of, and its nullability."""

    name: str
    type: int
    verdict: Verdict
    origin: Origin | None
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class AnalysedQuery:
    """All that PostgreSQL knows about a query."""

    prepared: PreparedQuery
    parameters: tuple[AnalysedParameter, ...]
    columns: tuple[AnalysedColumn, ...]
    types: tuple[tuple[int, ...], ...]
    at_most_one: bool
    always_one: bool
    declared_one: bool
    footprint: Footprint
    functions: tuple[int, ...]
    domains: frozenset[int]
    key: Key | None
    sealed: SealedNames = NOTHING
    elements: tuple[AnalysedParameter, ...] = ()
    """What the arrays of a `:bulk` query hold, by the names of the arrays."""


@dataclass(frozen=True, slots=True)
class Examined:
    """What one variant says."""

    variant: Variant
    described: Described
    parameters: tuple[AnalysedParameter, ...]
    columns: tuple[AnalysedColumn, ...]
    at_most_one: bool
    always_one: bool
    declared_one: bool
    footprint: Footprint
    functions: tuple[int, ...]
    domains: frozenset[int]
    key: Key | None


def examine(
    catalog: Catalog,
    prepared: PreparedQuery,
    answers: Mapping[str, Described | Refusal],
    diagnostics: Diagnostics,
    project: Project | None = None,
) -> list[Examined] | None:
    """What each variant says, from the server's answers by SQL text; None when it refused one.

    With the project, what is said about a missing object names the files that are not loaded.
    """
    found: list[Examined] = []
    for variant in prepared.variants:
        described = answers[variant.sql]
        if isinstance(described, Refusal):
            _report(prepared, variant, described, diagnostics, project)
            return None
        with deep():
            found.append(_variant(catalog, prepared, variant, described, diagnostics))
    return found


def conclude(
    connection: psycopg.Connection[Any],
    catalog: Catalog,
    prepared: PreparedQuery,
    found: list[Examined],
    diagnostics: Diagnostics,
    sealed: SealedColumns = NOTHING_SEALED,
) -> AnalysedQuery | None:
    """What the variants say together; None when they disagree (reported)."""
    if not check_kind(connection, prepared, diagnostics):
        return None
    with deep():
        elements = _elements(catalog, prepared, found[0].described)
    first = found[0]
    for other in found[1:]:
        if [(c.name, c.type) for c in other.columns] != [(c.name, c.type) for c in first.columns]:
            diagnostics.error(
                prepared.query.place,
                "with and without an optional line this query has different columns",
                "make two queries of it",
            )
            return None
    columns = tuple(_column(same) for same in zip(*(o.columns for o in found), strict=True))
    key = next((o.key for o in found if o.key), None)
    # The comparison itself excludes NULL, so only the first page shows whether there can be one.
    if key and any(columns[n].verdict.nullable for n in key.columns):
        diagnostics.error(
            prepared.first_use[AFTER],
            "a column of the ORDER BY can be NULL, and the comparison leaves such rows out",
            "order by columns that are NOT NULL",
        )
    if key and not all(fits_token(catalog, columns[n].type) for n in key.columns):
        diagnostics.error(
            prepared.first_use[AFTER],
            "a column of the ORDER BY is of a type that the name of the next page can't hold",
            "order by numbers, texts, times, uuids or enums",
        )
    return AnalysedQuery(
        prepared=prepared,
        parameters=_parameters(prepared, found, diagnostics),
        columns=columns,
        types=tuple(o.described.parameters for o in found),
        at_most_one=all(o.at_most_one for o in found),
        always_one=all(o.always_one for o in found),
        declared_one=all(o.declared_one for o in found),
        footprint=union([o.footprint for o in found]),
        functions=tuple(sorted({oid for o in found for oid in o.functions})),
        domains=frozenset[int]().union(*(o.domains for o in found)),
        key=key,
        sealed=sealed_names(catalog, prepared, [o.described for o in found], sealed, diagnostics),
        elements=elements,
    )


def _elements(
    catalog: Catalog, prepared: PreparedQuery, described: Described
) -> tuple[AnalysedParameter, ...]:
    """The items of a `:bulk` query: the elements of the parameters that it unnests."""
    if prepared.query.kind != "bulk" or described.query is None:
        return ()
    analyzer = Analyzer(catalog, frozenset())
    notes = {note.name: note for note in prepared.query.notes}
    found = []
    for number, uses in sorted(element_uses(analyzer, described.query).items()):
        name = prepared.variants[0].names[number - 1]
        element = catalog.types[described.parameters[number - 1]].element
        by_author = name in notes and notes[name].allows_null
        nullable = by_author or uses.allows_null(analyzer)
        found.append(AnalysedParameter(name, element, nullable, uses.column()))
    return tuple(found)


def _variant(
    catalog: Catalog,
    prepared: PreparedQuery,
    variant: Variant,
    described: Described,
    diagnostics: Diagnostics,
) -> Examined:
    query = described.query
    if query is None:
        return _without_tree(catalog, prepared, variant, described)
    _refuse_risky_lines(prepared, query, diagnostics)
    # Replaced by a statement of another kind, a write gives nothing, whatever it says.
    is_silent = not described.columns
    if is_silent and frames.targets(query) and prepared.query.kind not in ("exec", "rowcount"):
        diagnostics.error(
            prepared.query.place,
            "a rule replaces this statement by one of another kind, so RETURNING gives no rows",
            "put it into WITH: WITH done AS (...) SELECT ... FROM done",
        )
    without_nulls = Analyzer(catalog, frozenset())
    uses = parameter_uses(without_nulls, query)
    parameters = _described_parameters(prepared, variant, described, uses, without_nulls)
    allowed = {p.name for p in parameters if p.nullable}
    null = frozenset(n for n, name in enumerate(variant.names, 1) if name in allowed)
    analyzer = Analyzer(catalog, null)
    # An array that is stored may hold NULLs; one that is only compared or unnested may not.
    analyzer.full_arrays = frozenset(
        n for n in range(1, len(variant.names) + 1) if not uses.get(n, Uses()).assigned
    )
    frame = analyzer.frame(query, None)
    is_proven = at_most_one(analyzer, frame)
    return Examined(
        variant=variant,
        described=described,
        parameters=parameters,
        columns=() if is_silent else _columns(analyzer, query, described),
        at_most_one=is_proven,
        always_one=always_one(catalog, frame),
        declared_one=is_proven or _declared_one(catalog, query, prepared.query.kind),
        footprint=footprint(catalog, query),
        functions=_functions(analyzer, query),
        domains=checked_domains(catalog, described.parameters, query),
        key=find_key(analyzer, frame, prepared, variant, diagnostics),
    )


def _without_tree(
    catalog: Catalog, prepared: PreparedQuery, variant: Variant, described: Described
) -> Examined:
    """A statement of which the server hands out no analysed form, such as SHOW."""
    unknown = Verdict(True, "the server gives no analysed form of this statement")
    if always_answers(prepared.query.body) and len(described.columns) == 1:
        unknown = Verdict(False, "the answer to such a statement is a text")
    columns = [AnalysedColumn(c.name, c.type, unknown, None) for c in described.columns]
    answers_one = answers_once(prepared.query.body)
    return Examined(
        variant=variant,
        described=described,
        parameters=_described_parameters(prepared, variant, described, {}, Analyzer(catalog, None)),
        columns=tuple(columns),
        at_most_one=answers_one,
        always_one=answers_one,
        declared_one=False,
        footprint=NO_FOOTPRINT,
        functions=(),
        domains=checked_domains(catalog, described.parameters, None),
        key=None,
    )


def _columns(analyzer: Analyzer, query: Node, described: Described) -> tuple[AnalysedColumn, ...]:
    frame = analyzer.frame(query, None)
    return tuple(
        AnalysedColumn(
            column.name,
            column.type,
            verdict,
            result_origin(analyzer, query, frame, number),
            output(analyzer, query, None, number),
        )
        for number, (column, verdict) in enumerate(
            zip(
                result_types(analyzer.catalog, described.columns, query),
                analyzer.result(query),
                strict=True,
            ),
            1,
        )
    )


def _declared_one(catalog: Catalog, query: Node, kind: str) -> bool:
    """Whether functions that are declared to give one row make it one; others never ask."""
    if kind not in ("one", "maybe"):
        return False
    analyzer = Analyzer(catalog, None)
    analyzer.trusts_declared_rows = True
    return at_most_one(analyzer, analyzer.frame(query, None))


def _described_parameters(
    prepared: PreparedQuery,
    variant: Variant,
    described: Described,
    uses: dict[int, Uses],
    analyzer: Analyzer,
) -> tuple[AnalysedParameter, ...]:
    notes = {note.name: note for note in prepared.query.notes}
    found: dict[str, AnalysedParameter] = {}
    for number, (name, oid) in enumerate(zip(variant.names, described.parameters, strict=True), 1):
        use, note = uses.get(number, Uses()), notes.get(name)
        by_author = note is not None and (note.allows_null or _is_null(note.default))
        nullable = by_author or use.allows_null(analyzer)
        found.setdefault(name, AnalysedParameter(name, oid, nullable, use.column()))
    return tuple(found.values())


def _is_null(literal: str | None) -> bool:
    return literal is not None and literal.upper() == "NULL"


def _parameters(
    prepared: PreparedQuery, found: list[Examined], diagnostics: Diagnostics
) -> tuple[AnalysedParameter, ...]:
    merged: dict[str, AnalysedParameter] = {}
    for one in found:
        for parameter in one.parameters:
            known = merged.setdefault(parameter.name, parameter)
            if known.type != parameter.type:
                diagnostics.error(
                    prepared.first_use[parameter.name],
                    f":{parameter.name} has one type with and another without an optional line",
                    f"write its type: CAST(:{parameter.name} AS ...)",
                )
            if parameter.nullable and not known.nullable:
                merged[parameter.name] = parameter
    return tuple(merged[name] for name in prepared.names)


def _column(same: tuple[AnalysedColumn, ...]) -> AnalysedColumn:
    found = next((column for column in same if column.verdict.nullable), same[0])
    return replace(found, inside=merged([column.inside for column in same]))


def _functions(analyzer: Analyzer, query: Node) -> tuple[int, ...]:
    """The functions that a statement calls, our own alone."""
    found = set()
    for frame in levels(analyzer, query):
        for node in below(frame.query):
            function = analyzer.catalog.functions.get(int(node.get("funcid", 0)))
            if function and not function.is_builtin:
                found.add(function.oid)
    return tuple(sorted(found))


def _refuse_risky_lines(prepared: PreparedQuery, query: Node, diagnostics: Diagnostics) -> None:
    if prepared.optional and int(query["commandType"]) in _CHANGES_ROWS:
        diagnostics.error(
            prepared.query.place,
            "--? can't stand in a statement that changes rows: one variant could change them all",
            "make two queries of it",
        )


def _report(
    prepared: PreparedQuery,
    variant: Variant,
    refusal: Refusal,
    diagnostics: Diagnostics,
    project: Project | None,
) -> None:
    query = prepared.query
    place = query.source.place(query.body[0].start)
    if query.routine:
        place = query.place
    elif refusal.position:
        place = place_of(query.source, variant, refusal.position)
    message, hint = refusal.message, refusal.hint or refusal.detail
    if refusal.sqlstate == _UNDETERMINED and "$" in message:
        number = int(message.rpartition("$")[2])
        name = variant.names[number - 1]
        place = prepared.first_use[name]
        message = f"PostgreSQL can't tell the type of :{name}"
        hint = f"write it: CAST(:{name} AS text), or whatever it is"
    elif query.kind == "bulk" and refusal.sqlstate == _AMBIGUOUS:
        hint = "give each array its type: unnest(:a::bigint[], :b::text[])"
    elif hinted := parameter_hint(query, place, refusal.sqlstate):
        message, hint = hinted
    elif project and (unloaded := missing_object_hint(project, refusal.sqlstate)):
        hint = unloaded
    elif hint is None and refusal.sqlstate == _UNDEFINED_COLUMN:
        hint = "no table of this query has such a column: see schema/"
    elif hint is None and refusal.sqlstate in _UNDEFINED:
        hint = (
            "names must be qualified by their schema (or found by search_path in pyproject.toml),"
            " and exist in schema/ or functions/"
        )
    if variant.given or prepared.optional:
        left_out = [name for name in prepared.optional if name not in variant.given]
        if left_out:
            message += f" (when :{', :'.join(left_out)} is not given)"
    diagnostics.error(place, message, hint)
