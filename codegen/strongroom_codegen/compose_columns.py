"""The columns of a result: Python types, overrides of nullability, usable names."""

from __future__ import annotations

from dataclasses import replace

from strongroom_codegen.analyse import AnalysedColumn, AnalysedQuery
from strongroom_codegen.annotations import Option
from strongroom_codegen.app_types import AppTypes
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.model import ColumnModel
from strongroom_codegen.naming import field_name
from strongroom_codegen.pytypes import OBJECT


def compose_columns(
    found: AnalysedQuery, types: AppTypes, diagnostics: Diagnostics
) -> tuple[ColumnModel, ...]:
    """Every column of a query's result; what can't be typed or named is reported."""
    query = found.prepared.query
    if not found.columns:
        diagnostics.error(
            query.place,
            f"a :{query.kind} query returns rows, and this one has no columns",
            "add RETURNING, or make it :exec",
        )
    columns = tuple(_column(found, column, types, diagnostics) for column in found.columns)
    if len(columns) > 1:
        _check_names(found, columns, diagnostics)
    for option in [*query.all_options("nonnull"), *query.all_options("nullable")]:
        columns = _override(option, columns, diagnostics)
    if query.kind in ("one", "maybe") and not (found.at_most_one or found.declared_one):
        diagnostics.warning(
            query.place,
            f"no unique key proves that this :{query.kind} query finds one row at most",
            "compare all of a unique key, add LIMIT 1, or declare the function with ROWS 1",
        )
    return columns


def _column(
    found: AnalysedQuery, column: AnalysedColumn, types: AppTypes, diagnostics: Diagnostics
) -> ColumnModel:
    python = types.column_type(column.type, column.origin)
    pg_type = types.catalog.types[column.type].format
    if python is None:
        diagnostics.error(
            found.prepared.query.place,
            f'column "{column.name}" has the type {pg_type}, for which there is no Python type',
            f'cast it, or name one in [tool.strongroom.types]: "{pg_type}" = "str"',
        )
    adapter = types.adapter(column.type, column.origin)
    return ColumnModel(
        name=column.name,
        type=python or OBJECT,
        pg_type=pg_type,
        nullable=column.verdict.nullable,
        reason=column.verdict.reason,
        word=column.verdict.word,
        decode=f"{adapter.name}.validate_json" if adapter else None,
    )


def _check_names(
    found: AnalysedQuery, columns: tuple[ColumnModel, ...], diagnostics: Diagnostics
) -> None:
    seen: set[str] = set()
    for column in columns:
        name = field_name(column.name)
        place = found.prepared.query.place
        if name is None:
            diagnostics.error(
                place,
                f'a column is named "{column.name}", which no field of a row can be',
                "give it a name: AS total",
            )
        elif name in seen:
            diagnostics.error(
                place, f'two columns are named "{column.name}"', "rename one of them with AS"
            )
        else:
            seen.add(name)


def _override(
    option: Option, columns: tuple[ColumnModel, ...], diagnostics: Diagnostics
) -> tuple[ColumnModel, ...]:
    nullable = option.name == "nullable"
    changed = {column.name: column for column in columns}
    for name in [part.strip() for part in option.argument.split(",")]:
        column = changed.get(name)
        if column is None:
            diagnostics.error(
                option.place,
                f'@{option.name} names no column of the result: "{name}"',
                did_you_mean(name, changed),
            )
        elif column.nullable == nullable:
            can = "can" if nullable else "can't"
            diagnostics.error(
                option.place,
                f'"{name}" {can} be NULL without @{option.name}: {column.reason}',
                "remove it from the line",
            )
        else:
            reason = f"@{option.name} says so; inferred: {column.reason}"
            changed[name] = replace(column, nullable=nullable, reason=reason)
    return tuple(changed[column.name] for column in columns)
