"""Python types, and the constants that read them, for values with something inside.

A composite type becomes a class; a whole row of a table is that table's row; a row that a query
makes up gets a class of its own, named after the query and the column.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from strongroom_codegen.catalog import Relation
from strongroom_codegen.inside import Document, Fields, Inside, Items, RowOf, Value
from strongroom_codegen.levels import Origin, result_origin
from strongroom_codegen.model import Field, Reader, RecordModel, RowType
from strongroom_codegen.naming import camel, field_names
from strongroom_codegen.nullability import Analyzer
from strongroom_codegen.pytypes import JSON, ROWS_MODULE, STR, TYPES_MODULE, PyType
from strongroom_codegen.shapes import output

if TYPE_CHECKING:
    from strongroom_codegen.app_types import AppTypes

_SESSION = "strongroom.session"
_JSON_TYPES = frozenset({"json", "jsonb"})
# What JSON of the server's making says in full; see LEAVES in strongroom/session/record_json.py.
_JSON_LEAVES = frozenset(
    {"int2", "int4", "int8", "bool", "text", "varchar", "bpchar", "name", "citext", "float4"}
    | {"float8", "numeric", "uuid", "date", "time", "timestamp", "timestamptz", *_JSON_TYPES}
)
Shaped = tuple[PyType, Reader | None]
_AS_TEXT: Shaped = (STR, Reader("Text()", ((_SESSION, "Text"),)))


def shaped(types: AppTypes, value: Value, name: str) -> Shaped:
    """The Python type of a value; and its shape, where it needs one.

    `name` is for a row that the query makes up, should there be one inside.
    """
    base, inside = types.catalog.base_type(value.type or _TEXT), value.inside
    if types.override(value.type):
        return types.column_type(value.type, value.origin) or STR, None
    if isinstance(inside, Document):
        return _document(types, inside, name)
    if isinstance(inside, RowOf):
        return _record(types, types.catalog.relations[inside.relation])
    if isinstance(inside, Fields):
        return _made_up(types, inside, name)
    if isinstance(inside, Items) or (base.category == "A" and base.element):
        python, reader = _list(types, value, name)
        is_domain = types.catalog.types[value.type or _TEXT].kind == "d"
        return (types.column_type(value.type, None) if is_domain else None) or python, reader
    if base.kind == "c":
        return _composite(types, base.relation)
    if base.kind == "p" and base.name != "void":
        # A row of which nothing is known, or an array that only statistics have.
        return _AS_TEXT
    adapter = types.adapter(value.type, value.origin)
    column = types.column_type(value.type, value.origin)
    if column is None:
        return _AS_TEXT
    return column, _stored_json(adapter.name, value) if adapter else None


_TEXT = 25


def relation_row(types: AppTypes, relation: Relation) -> RowType | None:
    """The row of a table or view; None when a column has no Python type."""
    bare = relation.comment.tag("row") or camel(relation.name)
    name = bare if relation.schema == types.app else camel(relation.schema) + bare
    doc = relation.comment.text or f"A row of {relation.full_name}."
    row = _row_type(types, relation_values(types, relation), name, doc, _docs(relation))
    return replace(row, name=types.free_class(name)) if row else None


def relation_values(types: AppTypes, relation: Relation) -> list[tuple[str, Value]]:
    """The columns of a row that a table or view shows."""
    view = types.catalog.view_query(relation.oid)
    analyzer = Analyzer(types.catalog, None)
    verdicts = analyzer.result(view) if view else []
    values = []
    for place, (number, column) in enumerate(relation.columns.items()):
        nullable = not types.catalog.column_not_null(relation.oid, number)
        source: Origin | None = (relation.oid, number)
        inside: Inside | None = types.full_array(relation.oid, number)
        if view:
            source = result_origin(analyzer, view, analyzer.frame(view, None), place + 1)
            nullable = verdicts[place].nullable
            inside = output(analyzer, view, None, place + 1)
        values.append((column.name, Value(column.type, nullable, source, inside)))
    return values


def _loose_values(types: AppTypes, relation: Relation) -> list[tuple[str, Value]]:
    """The fields of a value of a composite type, or of a table's type that is no row of it."""
    is_table = relation.kind != "c"
    values = []
    for number, column in relation.columns.items():
        never = not is_table and column.comment.tag("nonnull") == ""
        source = None if is_table else (relation.oid, number)
        inside = None if is_table else types.full_array(relation.oid, number)
        values.append((column.name, Value(column.type, not never, source, inside)))
    return values


def _document(types: AppTypes, document: Document, name: str) -> Shaped:
    value = document.value
    if value is None or not _fits_json(types, value):
        return JSON, None
    python, reader = shaped(types, value, name)
    inner = reader or _plain(types, value)
    return python, Reader(f"FromJson({inner.text})", (*inner.names, (_SESSION, "FromJson")))


def _plain(types: AppTypes, value: Value) -> Reader:
    if isinstance(value.inside, Items) and value.inside.element:
        inner = _plain(types, value.inside.element)
        return Reader(f"Array({inner.text})", (*inner.names, (_SESSION, "Array")))
    found = types.catalog.base_type(value.type)
    if found.category == "A" and found.element:
        inner = _plain(types, Value(found.element, True))
        return Reader(f"Array({inner.text})", (*inner.names, (_SESSION, "Array")))
    if found.kind == "e":
        python = types.column_type(found.oid, None) or STR
        labels = f", {python.name}" if python != STR else ""
        names = ((python.module, python.name),) if labels else ()
        return Reader(f'Plain("text"{labels})', (*names, (_SESSION, "Plain")))
    return Reader(f'Plain("{found.format}")', ((_SESSION, "Plain"),))


def _fits_json(types: AppTypes, value: Value) -> bool:
    """Whether the JSON that the server makes of a value can be read back as the value."""
    inside, base = value.inside, types.catalog.base_type(value.type or _TEXT)
    if types.override(value.type):
        return False
    if isinstance(inside, Document):
        return inside.value is not None and _fits_json(types, inside.value)
    if isinstance(inside, RowOf):
        relation = types.catalog.relations[inside.relation]
        return all(_fits_json(types, part) for _, part in relation_values(types, relation))
    if isinstance(inside, Fields):
        return all(_fits_json(types, part) for _, part in inside.fields)
    if isinstance(inside, Items) and inside.element:
        return _fits_json(types, inside.element)
    if base.kind == "c":
        relation = types.catalog.relations[base.relation]
        return all(_fits_json(types, part) for _, part in _loose_values(types, relation))
    if base.category == "A" and base.element:
        return _fits_json(types, Value(base.element, True))
    if base.kind == "e":
        # A class of another schema has no name of its own here.
        python = types.column_type(base.oid, None)
        return python is not None and (python == STR or python.module == TYPES_MODULE)
    return base.name in _JSON_LEAVES


def _list(types: AppTypes, value: Value, name: str) -> Shaped:
    base = types.catalog.base_type(value.type or _TEXT)
    if isinstance(value.inside, Items) and value.inside.element:
        element = value.inside.element
    else:
        # Even a domain that is NOT NULL: what an outer join leaves out is stored unchecked.
        element = Value(base.element, value.inside is None)
    # A list of a column's values may hold those of its value list; the array itself has none.
    inner, reader = shaped(types, element, name)
    python = PyType("builtins", "list", (replace(inner, or_none=element.nullable),))
    if reader is None:
        return python, None
    return python, Reader(f"Array({reader.text})", (*reader.names, (_SESSION, "Array")))


def _record(types: AppTypes, relation: Relation) -> Shaped:
    row = types.rows.get(relation.oid)
    if row is None:
        row = relation_row(types, relation)
        if row is None:
            return _AS_TEXT
        types.rows[relation.oid] = row
        types.made.setdefault(row.name, row)
    values = relation_values(types, relation)
    return _reading(types, row, ROWS_MODULE, values, _type_name(types, relation))


def _composite(types: AppTypes, oid: int) -> Shaped:
    relation = types.catalog.relations.get(oid)
    if relation is None:
        return _AS_TEXT
    values = _loose_values(types, relation)
    if oid not in types.composites:
        name = composite_name(types, relation)
        doc = types.catalog.types[relation.row_type].comment.text or relation.comment.text
        if relation.kind != "c":
            doc = (
                f"A value of the type of {relation.full_name}, for which the rules of the table"
                " don't hold."
            )
        row = _row_type(
            types, values, name, doc or f"A value of type {relation.full_name}.", _docs(relation)
        )
        if row is None:
            return _AS_TEXT
        types.composites[oid] = replace(row, name=types.free_class(name))
    return _reading(types, types.composites[oid], TYPES_MODULE, values, _type_name(types, relation))


def composite_name(types: AppTypes, relation: Relation) -> str:
    """The class of a composite type, or of a table's type where a value is no row of the table.

    A pydantic model of the same type has the bare name; a type of another schema says which.
    """
    name = (relation.kind != "c" and relation.comment.tag("row")) or camel(relation.name)
    if relation.schema != types.app:
        name = camel(relation.schema) + name
    if relation.kind != "c":
        return f"{name}Value"
    return f"{name}Record" if relation.row_type in types.models else name


def _made_up(types: AppTypes, fields: Fields, name: str) -> Shaped:
    values = list(fields.fields)
    row = _row_type(types, values, name, "A row that the query makes up.", {})
    if row is None:
        return _AS_TEXT
    shape = [(f.name, f.type, f.nullable) for f in row.fields]
    known = (*types.rows.values(), *types.made.values())
    same = next(
        (r for r in known if [(f.name, f.type, f.nullable) for f in r.fields] == shape), None
    )
    if same is None:
        row = replace(row, name=types.free_class(row.name))
        types.made[row.name] = row
    else:
        row = same
    return _reading(types, row, ROWS_MODULE, values, None)


def _row_type(
    types: AppTypes,
    values: list[tuple[str, Value]],
    name: str,
    doc: str,
    docs: dict[str, str],
) -> RowType | None:
    fields = []
    names = field_names([column for column, _ in values])
    for usable, (column, value) in zip(names, values, strict=True):
        python, _ = shaped(types, value, name + camel(column))
        fields.append(Field(usable, python, value.nullable, docs.get(column, "")))
    return RowType(name, tuple(fields), doc) if fields else None


def _docs(relation: Relation) -> dict[str, str]:
    return {column.name: column.comment.text for column in relation.columns.values()}


def _reading(
    types: AppTypes,
    row: RowType,
    module: str,
    values: list[tuple[str, Value]],
    type_: str | None,
) -> Shaped:
    inside = []
    for column, value in values:
        reader = shaped(types, value, row.name + camel(column))[1]
        inside.append(reader or _domain_in_json(types, value))
    made = RecordModel(
        name="",
        module=module,
        row=row.name,
        names=tuple(column for column, _ in values),
        types=tuple(types.catalog.types[value.type].format for _, value in values),
        type=type_,
        inside=tuple(inside) if any(inside) else (),
        fields=tuple(item.name for item in row.fields),
    )
    constant = f"{constant_of(row.name.removesuffix('Record'))}_RECORD"
    while constant in types.records and replace(types.records[constant], name="") != made:
        constant += "_"
    types.records[constant] = replace(made, name=constant)
    return PyType(module, row.name), Reader(constant, ((module, constant),))


def _type_name(types: AppTypes, relation: Relation) -> str:
    return types.catalog.types[relation.row_type].format


def _domain_in_json(types: AppTypes, value: Value) -> Reader | None:
    """What JSON does not say by itself: the type below a domain, the class of an enum."""
    found = types.catalog.base_type(value.type)
    element = types.catalog.base_type(found.element) if found.element else found
    is_domain = types.catalog.types[value.type].kind == "d"
    is_enum = element.kind == "e" and types.column_type(element.oid, None) != STR
    return _plain(types, value) if (is_domain or is_enum) and _fits_json(types, value) else None


def constant_of(name: str) -> str:
    """`ReadingsCard` -> `READINGS_CARD`."""
    parts = "".join(f"_{c}" if c.isupper() else c for c in name).strip("_")
    return parts.replace("__", "_").upper()


def _stored_json(adapter: str, value: Value) -> Reader:
    required = ", required=True" if not value.nullable else ""
    text = f"Json({adapter}.validate_json, {adapter}.dump_json{required})"
    return Reader(text, ((_SESSION, "Json"), (TYPES_MODULE, adapter)))
