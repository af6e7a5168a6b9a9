"""The columns of a result: Python types, overrides of nullability, usable names."""

from __future__ import annotations

from dataclasses import replace

from strongroom_codegen.analyse import AnalysedColumn, AnalysedQuery
from strongroom_codegen.annotations import Option
from strongroom_codegen.app_types import AppTypes
from strongroom_codegen.compose_sealed import opened_column
from strongroom_codegen.compose_shapes import shaped
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.inside import Value
from strongroom_codegen.model import ColumnModel
from strongroom_codegen.naming import camel, field_names
from strongroom_codegen.statements import words_of


def compose_columns(
    found: AnalysedQuery, types: AppTypes, diagnostics: Diagnostics
) -> tuple[ColumnModel, ...]:
    """Every column of a query's result; what can't be typed or named is reported."""
    query = found.prepared.query
    if not found.columns:
        diagnostics.error(
            query.place,
            f"a :{query.kind} query returns rows, and this one has no columns",
            "select something, or make it :rowcount"
            if words_of(query.body, 1) == ("SELECT",)
            else "add RETURNING, or make it :exec",
        )
    columns = tuple(
        opened_column(found, number, _column(found, column, types), types)
        for number, column in enumerate(found.columns)
    )
    for option in [*query.all_options("nonnull"), *query.all_options("nullable")]:
        columns = _override(option, columns, diagnostics)
    if query.kind in ("one", "maybe") and not (found.at_most_one or found.declared_one):
        diagnostics.warning(
            query.place,
            f"no unique key proves that this :{query.kind} query finds one row at most",
            "compare all of a unique key, add LIMIT 1, or declare the function with ROWS 1",
        )
    return columns


def _column(found: AnalysedQuery, column: AnalysedColumn, types: AppTypes) -> ColumnModel:
    value = Value(column.type, column.verdict.nullable, column.origin, column.inside)
    query = found.prepared.query
    python, reader = shaped(types, value, camel(query.name) + camel(column.name))
    pg_type = types.catalog.types[column.type].format
    adapter = types.adapter(column.type, column.origin)
    return ColumnModel(
        name=column.name,
        type=python,
        pg_type=pg_type,
        nullable=column.verdict.nullable,
        reason=column.verdict.reason,
        word=column.verdict.word,
        decode=f"{adapter.name}.validate_json" if adapter else None,
        reader=None if adapter else reader,
    )


def _override(
    option: Option, columns: tuple[ColumnModel, ...], diagnostics: Diagnostics
) -> tuple[ColumnModel, ...]:
    nullable = option.name == "nullable"
    changed = list(columns)
    fields = field_names([column.name for column in columns])
    for name in [part.strip() for part in option.argument.split(",")]:
        is_list = name.endswith("[]")
        wanted = name.removesuffix("[]") if is_list else name
        places = [n for n, c in enumerate(columns) if wanted in (c.name, fields[n])]
        if places and is_list:
            for n in places:
                changed[n] = _override_elements(option, changed[n], diagnostics, nullable=nullable)
            continue
        if not places:
            diagnostics.error(
                option.place,
                f'@{option.name} names no column of the result: "{name}"',
                did_you_mean(name, fields),
            )
        elif all(columns[n].nullable == nullable for n in places):
            can = "can" if nullable else "can't"
            diagnostics.error(
                option.place,
                f'"{name}" {can} be NULL without @{option.name}: {columns[places[0]].reason}',
                "remove it from the line",
            )
        for n in places:
            reason = f"@{option.name} says so; inferred: {columns[n].reason}"
            changed[n] = replace(changed[n], nullable=nullable, reason=reason)
    return tuple(changed)


def _override_elements(
    option: Option, column: ColumnModel, diagnostics: Diagnostics, *, nullable: bool
) -> ColumnModel:
    """`@nonnull tags[]`: no element of this column's lists is NULL."""
    if column.type.name != "list":
        diagnostics.error(
            option.place,
            f'@{option.name} {column.name}[]: column "{column.name}" is no list',
            "leave the brackets out",
        )
        return column
    element = column.type.arguments[0]
    if element.or_none == nullable:
        can = "can" if nullable else "can't"
        diagnostics.error(
            option.place,
            f'elements of "{column.name}" {can} be NULL without @{option.name}',
            "remove it from the line",
        )
    changed = replace(column.type, arguments=(replace(element, or_none=nullable),))
    return replace(column, type=changed)
