"""Items of `:batch`, `:bulk` and `:copy`: what each holds, and the type that it is."""

from __future__ import annotations

from dataclasses import replace

from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.annotations import AnnotatedQuery
from strongroom_codegen.app_types import AppTypes
from strongroom_codegen.compose_parameters import compose_parameter
from strongroom_codegen.compose_sealed import without_twins
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.kinds import ITEMS
from strongroom_codegen.model import Field, Parameter, RowType
from strongroom_codegen.naming import argument_names, camel

_ITEMS = "items"


def compose_items(
    found: AnalysedQuery,
    parameters: tuple[Parameter, ...],
    types: AppTypes,
    diagnostics: Diagnostics,
) -> tuple[tuple[Parameter, ...], tuple[Parameter, ...]]:
    """What an item holds, and all parameters of the statement."""
    query = found.prepared.query
    if query.kind not in ITEMS:
        return (), parameters
    each = sorted(parameters, key=lambda p: found.prepared.names.index(p.source))
    if query.kind == "bulk":
        each, parameters = _elements(found, parameters, types, diagnostics)
    for parameter in each:
        if parameter.default is not None:
            note = next(note for note in query.notes if note.name == parameter.source)
            diagnostics.error(
                note.place,
                f":{parameter.source} is part of an item, so it can't have a default",
                "leave the default out; every item has every value",
            )
        if query.kind == "copy" and not _can_be_copied(types, parameter):
            diagnostics.error(
                found.prepared.first_use[parameter.source],
                f"{parameter.pg_type} can't be copied in binary form",
                "make it a :bulk query",
            )
    fixed = {p.name for p in parameters} - {p.name for p in each}
    if not each:
        diagnostics.error(
            query.place,
            f"a :{query.kind} query runs for items, and this one has no parameter for them"
            if query.kind != "bulk"
            else "a :bulk query takes its items from unnest(), and this one has no parameter there",
            "write FROM unnest(:a, :b) AS u (a, b), or make it :rowcount"
            if query.kind == "bulk"
            else "make it :exec",
        )
    if _ITEMS in fixed:
        diagnostics.error(
            found.prepared.first_use[_ITEMS],
            ":items is the argument that takes the items",
            "name this parameter otherwise",
        )
    return tuple(each), parameters


def _can_be_copied(types: AppTypes, parameter: Parameter) -> bool:
    # A run without :copy queries need not wait for the whole session to be imported.
    from strongroom.session.copies import has_binary_form

    found = next(t for t in types.catalog.types.values() if t.format == parameter.pg_type)
    base = types.catalog.base_type(found.oid)
    element = types.catalog.base_type(base.element) if base.category == "A" else base
    is_string = element.kind == "e" or (element.kind == "b" and element.category == "S")
    return has_binary_form(base.format, is_string)


def _elements(
    found: AnalysedQuery,
    parameters: tuple[Parameter, ...],
    types: AppTypes,
    diagnostics: Diagnostics,
) -> tuple[list[Parameter], tuple[Parameter, ...]]:
    notes = {note.name: note for note in found.prepared.query.notes}
    names = argument_names([element.name for element in found.elements], sorts=False)
    each = [
        compose_parameter(found, element, notes.get(element.name), None, types, names, diagnostics)
        for element in found.elements
    ]
    encodes = {parameter.source: parameter.encode for parameter in each}
    kept = tuple(
        replace(parameter, encode=encodes.get(parameter.source, parameter.encode))
        for parameter in parameters
    )
    return without_twins(each), kept


def item_type(
    query: AnnotatedQuery,
    each: tuple[Parameter, ...],
    rows: dict[str, RowType],
    diagnostics: Diagnostics,
) -> str | None:
    """The name of the class of an item; an item of one value is that value."""
    each = tuple(parameter for parameter in each if not parameter.beside)
    if len(each) < 2:
        return None
    name = f"{camel(query.name)}Item"
    if name in rows:
        diagnostics.error(query.place, f"two row types would be named {name}", "rename the query")
    fields = tuple(Field(p.name, p.type, p.nullable, p.doc) for p in each)
    rows[name] = RowType(name, fields, f"An item of {query.full_name}.")
    return name
