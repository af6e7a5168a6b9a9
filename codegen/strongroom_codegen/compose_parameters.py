"""The arguments of a generated function: types, defaults, which may be None, which left out."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg

from strongroom_codegen.analyse import AnalysedParameter, AnalysedQuery
from strongroom_codegen.annotations import Option, ParameterNote
from strongroom_codegen.app_types import AppTypes
from strongroom_codegen.compose_sealed import sealed_parameter, without_twins
from strongroom_codegen.compose_shapes import shaped
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.inside import Items, Value
from strongroom_codegen.levels import Origin
from strongroom_codegen.literals import can_be_default, python_literal
from strongroom_codegen.model import Parameter
from strongroom_codegen.naming import argument_names
from strongroom_codegen.page import LIMIT
from strongroom_codegen.parameters import AFTER
from strongroom_codegen.pytypes import JSON, STR, TYPES_MODULE, PyType, without_none

_LITERAL = re.compile(
    r"(?:'(?:[^']|'')*'|[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|TRUE|FALSE|NULL)$", re.IGNORECASE
)
_WHOLE_NUMBERS = frozenset({"int2", "int4", "int8", "oid", "xid", "xid8"})
_AFTER_DOC = "token of the page before; leave out for the first"
_LIKE = re.compile(r":?(?P<parameter>\w+)\s+(?P<schema>\w+)\.(?P<table>\w+)\.(?P<column>\w+)$")


def compose_parameters(
    found: AnalysedQuery,
    types: AppTypes,
    connection: psycopg.Connection[Any],
    diagnostics: Diagnostics,
) -> tuple[Parameter, ...]:
    """Every argument: those without a default first, in the order of the query."""
    query = found.prepared.query
    notes = {note.name: note for note in query.notes}
    like = _like(query.all_options("like"), found, types, diagnostics)
    names = argument_names(
        [parameter.name for parameter in found.parameters],
        sorts=bool(found.prepared.orders),
    )
    parameters = []
    for parameter in found.parameters:
        note = notes.get(parameter.name)
        parameters.append(
            compose_parameter(
                found, parameter, note, like.get(parameter.name), types, names, diagnostics
            )
        )
        if note and note.default is not None:
            default = _default(note, parameter, types, connection, diagnostics)
            if default is not None:
                _check_listed(note, parameters[-1].type, default, types, diagnostics)
                default = types.named.source(parameters[-1].type, default, types.app)
            parameters[-1] = _with_default(parameters[-1], default)
    parameters = without_twins(parameters)
    return tuple(sorted(parameters, key=lambda p: p.default is not None or p.optional))


def compose_parameter(
    found: AnalysedQuery,
    parameter: AnalysedParameter,
    note: ParameterNote | None,
    like: Origin | None,
    types: AppTypes,
    names: dict[str, str],
    diagnostics: Diagnostics,
) -> Parameter:
    """One argument, without its default."""
    column = like or parameter.column
    is_token = found.prepared.query.kind == "page" and parameter.name == AFTER
    is_limit = found.prepared.query.kind == "page" and parameter.name == LIMIT
    pg_type = types.catalog.types[parameter.type].format
    # An array compared with a column has the column's values as elements, not as itself.
    fits = column is not None and not pg_type.endswith("[]")
    source = column if fits else None
    value = Value(parameter.type, parameter.nullable, source, _elements(types, parameter.type))
    python, writer = shaped(types, value, "")
    if writer is None and fits:
        python = types.compared_type(parameter.type, source) or python
    if not (parameter.nullable and python == JSON):
        python = without_none(python)
    adapter = types.adapter(parameter.type, column)
    made = Parameter(
        name=names[parameter.name],
        source=parameter.name,
        type=STR if is_token else python,
        pg_type=pg_type,
        nullable=parameter.nullable and not is_token and not is_limit,
        default=None,
        optional=parameter.name in found.prepared.optional,
        doc=(note.doc if note else "") or (_AFTER_DOC if is_token else ""),
        encode=f"{adapter.name}.dump_json" if adapter else None,
        writer=None if adapter else writer,
        holes=_takes_holes(types, parameter.type, column),
    )
    return sealed_parameter(found, made, types)


def _elements(types: AppTypes, oid: int) -> Items | None:
    """An array that is passed in: what is compared, or unnested, has no NULL in it."""
    element = types.catalog.base_type(oid).element
    return Items(Value(element, False)) if element else None


def _takes_holes(types: AppTypes, oid: int, column: Origin | None) -> bool:
    """An array that goes where its elements may be NULL."""
    if column is None or not types.catalog.base_type(oid).element:
        return False
    declared = types.catalog.relations[column[0]].columns[column[1]].type
    return types.catalog.is_array(declared) and types.full_array(*column) is None


def _with_default(parameter: Parameter, default: str | None) -> Parameter:
    nullable = parameter.nullable or default == "None"
    return replace(parameter, nullable=nullable, default=default)


def _default(
    note: ParameterNote,
    parameter: AnalysedParameter,
    types: AppTypes,
    connection: psycopg.Connection[Any],
    diagnostics: Diagnostics,
) -> str | None:
    """The default as Python writes it; PostgreSQL itself reads the literal."""
    literal = note.default or ""
    pg_type = types.catalog.types[parameter.type].format
    if not _LITERAL.match(literal):
        diagnostics.error(
            note.place,
            f"the default of :{note.name} is no SQL literal: {literal}",
            "write a number, 'text', TRUE, FALSE or NULL, then two spaces and the description",
        )
        return None
    try:
        with connection.transaction(force_rollback=True):
            row = connection.execute(
                f"SELECT CAST({literal} AS {pg_type}), CAST({literal} AS {pg_type})::text".encode()
            ).fetchone()
    except psycopg.Error as error:
        message = error.diag.message_primary or str(error)
        diagnostics.error(note.place, f"the default of :{note.name}: {message}")
        return None
    value, text = row or (None, None)
    base = types.catalog.base_type(parameter.type).name
    if not _means_the_same(literal, base, text):
        diagnostics.error(
            note.place,
            f"the default of :{note.name} is no {pg_type}: {literal} would become {text}",
            f"write what is meant: {text}",
        )
        return None
    # psycopg would make 30 days of a month.
    has_months = base == "interval" and re.search("mon|year", text or "")
    if has_months or not can_be_default(value):
        diagnostics.error(
            note.place,
            f"a parameter of type {pg_type} can't have a default",
            "leave the default out",
        )
        return None
    return python_literal(value)


def _means_the_same(literal: str, base: str, text: str | None) -> bool:
    """A cast rounds 1.5 to an integer, and makes a number of TRUE, without a word."""
    is_word = literal.upper() in ("TRUE", "FALSE")
    if text is None or literal.startswith("'") or is_word:
        return not is_word or base == "bool"
    if base in _WHOLE_NUMBERS:
        return Decimal(literal) == Decimal(text)
    return base != "bool"


def _check_listed(
    note: ParameterNote, python: PyType, default: str, types: AppTypes, diagnostics: Diagnostics
) -> None:
    """The default of a column with a value list is on the list; of a domain, PostgreSQL says it."""
    lists = (one for one in types.literals.values() if PyType(TYPES_MODULE, one.name) == python)
    listed = next(lists, None)
    values = {python_literal(value): str(value) for value in listed.values} if listed else {}
    if values and default != "None" and default not in values:
        diagnostics.error(
            note.place,
            f"the default of :{note.name} is none of the column's values: {note.default}",
            did_you_mean(default.strip("'\""), values.values()),
        )


def _like(
    options: list[Option], found: AnalysedQuery, types: AppTypes, diagnostics: Diagnostics
) -> dict[str, Origin]:
    """`@like :parameter schema.table.column`: it takes what that column takes."""
    like: dict[str, Origin] = {}
    for option in options:
        match = _LIKE.match(option.argument)
        if match is None or match["parameter"] not in found.prepared.names:
            diagnostics.error(
                option.place,
                "@like names a parameter of the query and a column",
                "write: @like :cards tarot.readings.cards",
            )
            continue
        columns = {
            f"{relation.full_name}.{column.name}": (relation.oid, number)
            for relation in types.catalog.relations.values()
            if relation.schema == match["schema"]
            for number, column in relation.columns.items()
        }
        name = f"{match['schema']}.{match['table']}.{match['column']}"
        if name not in columns:
            diagnostics.error(
                option.place, f"there is no column {name}", did_you_mean(name, columns)
            )
        else:
            like[match["parameter"]] = columns[name]
    return like
