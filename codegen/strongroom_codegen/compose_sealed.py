"""Arguments that are sealed and columns that are opened: their Python types."""

from __future__ import annotations

from dataclasses import replace

from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.app_types import AppTypes
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.model import ColumnModel, Parameter
from strongroom_codegen.pytypes import JSON, PyType, without_none
from strongroom_codegen.sealed_columns import TYPES, SealedColumn


def sealed_parameter(found: AnalysedQuery, parameter: Parameter, types: AppTypes) -> Parameter:
    """A parameter as its function takes it: a value of the type that is sealed."""
    use = found.sealed.parameters.get(parameter.source)
    if use is None:
        return parameter
    python = python_of(use.column, types)
    if not (parameter.nullable and python == JSON):
        python = without_none(python)
    beside = use.beside if use.beside in found.sealed.parameters else ""
    return replace(parameter, type=python, encode=None, writer=None, holes=False, beside=beside)


def without_twins(parameters: list[Parameter]) -> list[Parameter]:
    """Blind indexes that are written beside their values take these: they have no argument."""
    names = {parameter.source: parameter for parameter in parameters}
    return [
        replace(p, name=names[p.beside].name, nullable=names[p.beside].nullable)
        if p.beside in names
        else replace(p, beside="")
        for p in parameters
    ]


def opened_column(
    found: AnalysedQuery, number: int, column: ColumnModel, types: AppTypes
) -> ColumnModel:
    """A column as its row holds it: opened, where it is a sealed one."""
    opened = found.sealed.results.get(number)
    if opened is None:
        return column
    python = python_of(opened.column, types)
    return replace(column, type=python, decode=None, reader=None)


def check_app(found: AnalysedQuery, types: AppTypes, diagnostics: Diagnostics) -> None:
    """Keys are an app's own, and so are the queries that use them."""
    query = found.prepared.query
    for column in sorted(found.sealed.columns(), key=lambda column: column.constant):
        if column.schema != types.app:
            diagnostics.error(
                query.place,
                f"{column.full_name} is sealed with keys of {column.schema}",
                f"ask for it in queries/{column.schema}/",
            )


def python_of(column: SealedColumn, types: AppTypes) -> PyType:
    """The type of the values that are sealed in a column."""
    adapter = types.adapters.get(column.origin)
    return adapter.type if adapter else TYPES[column.type]
