"""Which results have to be sent as text: something in them has no other form that is known."""

from __future__ import annotations

from strongroom_codegen.catalog import Catalog
from strongroom_codegen.inside import Document, Fields, Items, RowOf, Value
from strongroom_codegen.pytypes import has_rule


def is_text(catalog: Catalog, value: Value) -> bool:
    """Whether a value, or anything in it, is read as PostgreSQL's text of it."""
    inside = value.inside
    if isinstance(inside, Document):
        return False
    if isinstance(inside, RowOf):
        columns = catalog.relations[inside.relation].columns.values()
        return any(_is_text_type(catalog, column.type) for column in columns)
    if isinstance(inside, Fields):
        return any(is_text(catalog, part) for _, part in inside.fields)
    if isinstance(inside, Items):
        return inside.element is not None and is_text(catalog, inside.element)
    return _is_text_type(catalog, value.type)


def _is_text_type(catalog: Catalog, oid: int) -> bool:
    found = catalog.base_type(oid)
    if found.kind == "c":
        relation = catalog.relations.get(found.relation)
        columns = relation.columns.values() if relation else ()
        return not columns or any(_is_text_type(catalog, column.type) for column in columns)
    if below := (found.element if found.category == "A" else 0) or found.subtype:
        return _is_text_type(catalog, below)
    return found.kind in ("b", "p") and not has_rule(found)
