"""The types of one app: value lists, json models, rows of tables, and which column has which."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from strongroom_codegen.catalog import Catalog, Column, PgType, Relation
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.levels import Origin, origin
from strongroom_codegen.model import Adapter, Field, JsonModel, LiteralType, RowType
from strongroom_codegen.named_types import NamedTypes
from strongroom_codegen.naming import camel, class_name, field_names, model_field_names
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.pytypes import STR, TYPES_MODULE, PyType, python_type

_MAP = re.compile(r"map<\s*text\s*,\s*(?P<type>.+?)\s*>$")
_JSON = frozenset({"json", "jsonb"})


@dataclass(slots=True)
class AppTypes:
    """Worked out once for an app, before its queries are."""

    app: str
    catalog: Catalog
    overrides: dict[str, str]
    diagnostics: Diagnostics
    named: NamedTypes
    literals: dict[Origin, LiteralType] = field(default_factory=dict)
    models: dict[int, JsonModel] = field(default_factory=dict)
    adapters: dict[Origin, Adapter] = field(default_factory=dict)
    rows: dict[int, RowType] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)

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

    def free_class(self, name: str) -> str:
        """The name of a class of this app that no other class of it has."""
        found = class_name(name)
        while found in self.classes:
            found += "_"
        self.classes.add(found)
        return found

    def adapter(self, oid: int, origin: Origin | None) -> Adapter | None:
        """How a json value is checked; None for what is no json or has no declared shape."""
        is_json = self.catalog.base_type(oid).name in _JSON
        return self.adapters.get(origin) if origin and is_json else None


def read_app_types(
    app: str,
    catalog: Catalog,
    overrides: dict[str, str],
    diagnostics: Diagnostics,
    named: NamedTypes,
) -> AppTypes:
    """Every type that the tables of an app's schema declare."""
    types = AppTypes(app, catalog, overrides, diagnostics, named)
    types.classes |= {named.names[oid] for oid in named.names if catalog.types[oid].schema == app}
    relations = sorted(
        (r for r in catalog.relations.values() if r.schema == app and not r.is_partition),
        key=lambda relation: relation.name,
    )
    for relation in relations:
        for number, column in relation.columns.items():
            if relation.kind in ("r", "p"):
                _read_column(types, relation, number, column)
    for relation in relations:
        if relation.kind in ("r", "p") or relation.comment.tag("row"):
            row = _row(types, relation)
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
            None,
            f"@json {shape} of {relation.full_name}.{column.name} names no composite type",
            "write @json schema.type, schema.type[] or map<text, schema.type>",
        )
        return
    constant = f"{relation.name}_{column.name}".upper()
    types.adapters[relation.oid, number] = Adapter(constant, found)


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
    return types.python_type(oid) or PyType("pydantic", "JsonValue")


def _row(types: AppTypes, relation: Relation) -> RowType | None:
    """The row of a table or view; None when a column has no Python type."""
    view = types.catalog.view_query(relation.oid)
    analyzer = Analyzer(types.catalog, None)
    verdicts = analyzer.result(view) if view else []
    fields: list[Field] = []
    names = field_names([column.name for column in relation.columns.values()])
    for place, (number, column) in enumerate(relation.columns.items()):
        source: Origin | None = (relation.oid, number)
        if view:
            entry = frames.targets(view)[place]
            source = origin(analyzer, entry["expr"], analyzer.frame(view, None))
        found = types.column_type(column.type, source)
        if found is None:
            return None
        if view:
            nullable = verdicts[place].nullable
        else:
            nullable = not types.catalog.column_not_null(relation.oid, number)
        fields.append(Field(names[place], found, nullable, column.comment.text))
    doc = relation.comment.text or f"A row of {relation.full_name}."
    name = types.free_class(relation.comment.tag("row") or relation.name)
    return RowType(name, tuple(fields), doc)
