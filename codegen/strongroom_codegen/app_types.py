"""The types of one app: value lists, json models, rows of tables, and which column has which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from strongroom_codegen.catalog import Catalog, Column, PgType, Relation
from strongroom_codegen.compose_shapes import relation_row
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.inside import Items, Value
from strongroom_codegen.levels import Origin
from strongroom_codegen.model import (
    Adapter,
    Field,
    JsonModel,
    LiteralType,
    RecordModel,
    RowType,
)
from strongroom_codegen.named_types import NamedTypes
from strongroom_codegen.naming import camel, class_name, model_field_names
from strongroom_codegen.overrides import Override
from strongroom_codegen.places import Places
from strongroom_codegen.pytypes import STR, TYPES_MODULE, PyType, python_type

_MAP = re.compile(r"map<\s*text\s*,\s*(?P<type>.+?)\s*>$")
_JSON = frozenset({"json", "jsonb"})


@dataclass(slots=True)
class AppTypes:
    """Worked out once for an app, before its queries are."""

    app: str
    catalog: Catalog
    overrides: Mapping[int, Override]
    diagnostics: Diagnostics
    named: NamedTypes
    places: Places
    literals: dict[Origin, LiteralType] = field(default_factory=dict)
    models: dict[int, JsonModel] = field(default_factory=dict)
    adapters: dict[Origin, Adapter] = field(default_factory=dict)
    rows: dict[int, RowType] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    composites: dict[int, RowType] = field(default_factory=dict)
    made: dict[str, RowType] = field(default_factory=dict)
    records: dict[str, RecordModel] = field(default_factory=dict)
    _shapes: dict[object, list[tuple[int, RowType]]] = field(default_factory=dict)
    _shaped: int = 0

    def column_type(self, oid: int, origin: Origin | None) -> PyType | None:
        """The type of a value of PostgreSQL type `oid` that is a copy of a column, if it is."""
        adapter = self.adapter(oid, origin)
        if adapter:
            return adapter.type
        literal = self.literals.get(origin) if origin else None
        if literal:
            return PyType(TYPES_MODULE, literal.name)
        return self.python_type(oid)

    def python_type(self, oid: int) -> PyType | None:
        """The type of a value of which only the PostgreSQL type is known."""
        return python_type(self.catalog, oid, self.overrides, self.named, self.app)

    def compared_type(self, oid: int, origin: Origin | None) -> PyType | None:
        """The type of a parameter that stands beside a column: a domain's where the column has one.

        PREPARE answers with the type below the domain, of which the operator is.
        """
        relation = self.catalog.relations.get(origin[0]) if origin else None
        if relation and origin and origin not in self.literals:
            column = relation.columns[origin[1]].type
            if self.catalog.types[column].kind == "d" and self.catalog.base_type(column).oid == oid:
                return self.column_type(column, origin)
        return self.column_type(oid, origin)

    def rows_of_shape(self, fields: tuple[Field, ...]) -> list[tuple[int, RowType]]:
        """The tables, by OID, whose rows have these names and types, in their order."""
        for oid, row in list(self.rows.items())[self._shaped :]:
            self._shapes.setdefault(_shape_of(row.fields), []).append((oid, row))
        self._shaped = len(self.rows)
        return self._shapes.get(_shape_of(fields), [])

    def free_class(self, name: str) -> str:
        """The name of a class of this app that no other class of it has."""
        found = class_name(name)
        while found in self.classes:
            found += "_"
        self.classes.add(found)
        return found

    def override(self, oid: int) -> bool:
        """Whether the project's configuration says what a type is in Python."""
        found = self.catalog.types.get(oid)
        return found is not None and bool({found.format, found.name} & self.overrides.keys())

    def full_array(self, relation: int, number: int) -> Items | None:
        """What a column's arrays hold where none of their elements is NULL."""
        column = self.catalog.relations[relation].columns[number]
        element = self.catalog.base_type(column.type).element
        return Items(Value(element, False)) if column.full_array and element else None

    def adapter(self, oid: int, origin: Origin | None) -> Adapter | None:
        """How a json value is checked; None for what is no json or has no declared shape."""
        is_json = self.catalog.base_type(oid).name in _JSON
        return self.adapters.get(origin) if origin and is_json else None


def read_app_types(
    app: str,
    catalog: Catalog,
    overrides: Mapping[int, Override],
    diagnostics: Diagnostics,
    named: NamedTypes,
    places: Places,
) -> AppTypes:
    """Every type that the tables of an app's schema declare."""
    types = AppTypes(app, catalog, overrides, diagnostics, named, places)
    types.classes |= {named.names[oid] for oid in named.names if catalog.types[oid].schema == app}
    relations = sorted(
        (r for r in catalog.relations.values() if r.schema == app and not r.is_partition),
        key=lambda relation: relation.name,
    )
    for relation in relations:
        for number, column in relation.columns.items():
            if relation.kind in ("r", "p", "c"):
                _read_column(types, relation, number, column)
    for relation in relations:
        if relation.kind in ("r", "p") or relation.comment.tag("row"):
            row = relation_row(types, relation)
            if row:
                types.rows[relation.oid] = row
    return types


def _read_column(types: AppTypes, relation: Relation, number: int, column: Column) -> None:
    doc = column.comment.text
    if column.values:
        name = types.free_class(camel(relation.name) + camel(column.name))
        types.literals[relation.oid, number] = LiteralType(name, column.values, doc)
    shape = column.comment.tag("json")
    if shape is None:
        return
    found = _shape(types, shape)
    if found is None:
        types.diagnostics.error(
            types.places.of_tag(f"@json {shape}", relation.name, column.name),
            f"@json {shape} of {relation.full_name}.{column.name} names no composite type",
            "write @json schema.type, schema.type[] or map<text, schema.type>",
        )
        return
    constant = f"{relation.name}_{column.name}".upper()
    types.adapters[relation.oid, number] = Adapter(constant, found)


def _shape_of(fields: tuple[Field, ...]) -> tuple[object, ...]:
    return tuple((one.name, one.type, one.nullable) for one in fields)


def _shape(types: AppTypes, shape: str) -> PyType | None:
    matched = _MAP.match(shape)
    if matched:
        inner = _shape(types, matched["type"])
        return PyType("builtins", "dict", (STR, inner)) if inner else None
    if shape.endswith("[]"):
        inner = _shape(types, shape.removesuffix("[]"))
        return PyType("builtins", "list", (inner,)) if inner else None
    found = types.catalog.type_named(shape, types.app)
    return _model_type(types, found) if found and found.kind == "c" else None


def _model_type(types: AppTypes, found: PgType) -> PyType:
    if found.oid not in types.models:
        name = types.free_class(found.name)
        columns = types.catalog.relations[found.relation].columns.values()
        fields = tuple(
            Field(
                field,
                _attribute_type(types, column.type),
                column.comment.tag("nullable") is not None,
                column.comment.text,
                column.name,
            )
            for field, column in zip(
                model_field_names([column.name for column in columns]), columns, strict=True
            )
        )
        types.models[found.oid] = JsonModel(name, fields, found.comment.text)
    return PyType(TYPES_MODULE, types.models[found.oid].name)


def _attribute_type(types: AppTypes, oid: int) -> PyType:
    found = types.catalog.base_type(oid)
    if found.kind == "c":
        return _model_type(types, found)
    if found.category == "A" and found.element:
        return PyType("builtins", "list", (_attribute_type(types, found.element),))
    python = types.python_type(oid) or PyType("pydantic", "JsonValue")
    # In JSON these stand as their text.
    return STR if python.module.startswith(("psycopg.", "strongroom.")) else python
