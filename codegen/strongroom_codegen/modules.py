"""The text of each kind of generated module, around the parts that are rendered for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from strongroom_codegen.layout import bracketed, docstring, exploded, import_line, tuple_source
from strongroom_codegen.literals import python_literal, quoted
from strongroom_codegen.model import (
    AppModel,
    CodecModel,
    EnumType,
    ErrorClass,
    Field,
    JsonModel,
    LiteralType,
    NamedType,
    RowType,
)

PACKAGE = '"""Typed functions for the queries of each app; asynchronous ones are in `aio`."""\n'
_CODECS = "How values of types are read and written that the settings give another Python type."
_ROW_DECORATOR = '''
_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def _row(cls: type[_T]) -> type[_T]:
    """Slotted and hashable; frozen for type checkers alone, which costs nothing at run time."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
'''


def aio_package(package: str) -> str:
    """`aio/__init__.py`."""
    return f'"""The same functions as in {package}, to be awaited."""\n'


def codecs_module(codecs: Iterable[CodecModel], imports: str) -> str:
    """`types.py` of the package."""
    text = _head(docstring(_CODECS), imports) + "\n"
    for codec in codecs:
        functions = [f"{part.module}.{part.name}" for part in (codec.load, codec.dump) if part]
        text += f"{codec.name} = {bracketed('Codec(', [quoted(codec.type), *functions], ')')}\n"
    return text


def app_package(app: AppModel, location: str, modules: Sequence[str]) -> str:
    """`__init__.py` of an app, which names its modules."""
    names = bracketed("__all__ = [", map(quoted, modules), "]")
    doc = docstring(app.doc or f"Queries of {app.name}.")
    return f"{doc}\n\n{import_line(location, [*modules])}\n\n{names}\n"


def errors_module(app: AppModel, package: str) -> str:
    """`errors.py` of an app."""
    imports = f"from strongroom.session import ErrorTable{', RuleViolation' if app.errors else ''}"
    known = ""
    for name in app.shared_errors:
        imports += f"\nfrom {package}.{name}.errors import ERRORS as {name.upper()}_ERRORS"
        known += f"ERRORS.extend({name.upper()}_ERRORS)\n"
    head = _head(docstring(f"Errors that the database raises for {app.name}."), imports)
    return f"{head}\nERRORS = ErrorTable()\n{known}{''.join(map(_error, app.errors))}"


def _error(error: ErrorClass) -> str:
    text = f"\n\n@ERRORS.register\nclass {error.name}(RuleViolation):\n"
    text += f"{docstring(error.doc, '    ')}\n\n"
    if error.sqlstate:
        text += f"    sqlstate = {quoted(error.sqlstate)}\n"
    if error.constraint:
        text += bracketed("constraint = (", map(quoted, error.constraint), ")", "    ") + "\n"
    if error.also:
        text += f"    also = {_nested_tuple(error.also)}\n"
    if error.on_partitions:
        text += "    on_partitions = True\n"
    if error.columns:
        text += f"    columns = {_nested_tuple(error.columns)}\n"
    if error.domains:
        text += f"    domains = {_nested_tuple(error.domains)}\n"
    if error.text:
        text += f"    text = {quoted(error.text)}\n"
    return text


def rows_module(app: AppModel, imports: str, records: Sequence[str]) -> str:
    """`rows.py` of an app."""
    doc = f"Rows of {app.name}: of its tables, and of queries with a shape of their own."
    text = _head(docstring(doc), imports) + (_ROW_DECORATOR if imports else "")
    return text + "".join(map(_row, app.rows)) + _records(records)


def subject_module(
    doc: str, imports: str, statements: Iterable[str], functions: Iterable[str]
) -> str:
    """A module of functions."""
    text = _head(docstring(doc), imports)
    text += "".join(f"\n{statement}\n" for statement in statements)
    return text + "".join(f"\n\n{function}\n" for function in functions)


def types_module(app: AppModel, imports: str, records: Sequence[str], sealed: Sequence[str]) -> str:
    """`types.py` of an app."""
    values = app.literals or app.domains
    classes = app.models or app.composites
    text = _head(docstring(f"Types of the columns of {app.name}."), imports)
    text += "".join(map(_enum, app.enums))
    text += "\n" if app.enums and values else ""
    text += "".join(map(_literal, app.literals)) + "".join(map(_domain, app.domains))
    text += "".join(map(_json_model, app.models))
    if app.composites:
        text += ("\n" if app.models else "") + _ROW_DECORATOR
        text += "".join(map(_row, app.composites))
    text += "\n" if classes and app.adapters else ""
    text += "\n" if app.adapters else ""
    for adapter in app.adapters:
        python = adapter.type.text()
        text += f"{adapter.name}: TypeAdapter[{python}] = TypeAdapter({python})\n"
    text += _records(records)
    if sealed and (values or classes or app.adapters or app.enums or records):
        text += "\n"
    return text + "".join(f"{field}\n" for field in sealed)


def _head(doc: str, imports: str) -> str:
    text = f"{doc}\n\nfrom __future__ import annotations\n"
    return f"{text}\n{imports}\n" if imports else text


def _records(records: Sequence[str]) -> str:
    return ("\n" if records else "") + "".join(f"\n{record}\n" for record in records)


def _enum(enum: EnumType) -> str:
    doc = docstring(enum.doc or f"The labels of {enum.type}.", "    ")
    members = "".join(f"    {name} = {quoted(label)}\n" for name, label in enum.members)
    return f"\n\n@enum_of({quoted(enum.type)})\nclass {enum.name}(StrEnum):\n{doc}\n\n{members}"


def _literal(literal: LiteralType) -> str:
    head = f"{literal.name}: TypeAlias = Literal["
    values = [python_literal(value) for value in literal.values]
    text = f"{head}{values[0]}]" if len(values) == 1 else exploded(head, values, "]")
    return f"\n{text}\n" + _documented(literal.doc)


def _domain(domain: NamedType) -> str:
    base = domain.base.text()
    text = f"NewType({quoted(domain.name)}, {base})" if domain.is_new else base
    kind = "" if domain.is_new else ": TypeAlias"
    return f"\n{domain.name}{kind} = {text}\n" + _documented(domain.doc)


def _json_model(model: JsonModel) -> str:
    doc = docstring(model.doc or "A json value.", "    ")
    text = f"\n\nclass {model.name}(BaseModel):\n{doc}\n"
    settings = ["frozen=True", 'extra="forbid"']
    if any(field.has_other_key for field in model.fields):
        settings += ["populate_by_name=True", "serialize_by_alias=True"]
        text += f"\n    model_config = ConfigDict(\n        {', '.join(settings)}\n    )\n\n"
    else:
        text += f"\n    model_config = ConfigDict({', '.join(settings)})\n\n"
    taken = taken_names(model.fields)
    return text + "".join(_json_field(field, taken) for field in model.fields)


def _json_field(field: Field, taken: frozenset[str]) -> str:
    head = f"{field.name}: {_field_type(field, taken)}"
    if field.has_other_key:
        key = quoted(field.key)
        named = [f"validation_alias={key}", f"serialization_alias={key}"]
        parts = ["default=None", *named] if field.nullable else named
        text = bracketed(f"{head} = Field(", parts, ")", "    ")
    else:
        text = f"    {head}{' = None' if field.nullable else ''}"
    return f"{text}\n" + _documented(field.doc, "    ")


def _row(row: RowType) -> str:
    taken = taken_names(row.fields)
    text = f"\n\n@_row\nclass {row.name}:\n{docstring(row.doc, '    ')}\n\n"
    for field in row.fields:
        text += f"    {field.name}: {_field_type(field, taken)}\n" + _documented(field.doc, "    ")
    return text


def _documented(doc: str, indent: str = "") -> str:
    return f"{docstring(doc, indent)}\n" if doc else ""


def taken_names(fields: tuple[Field, ...]) -> frozenset[str]:
    """Type names that a field of the same class hides."""
    names = {item.name for item in fields}
    return frozenset(part.name for item in fields for part in item.type.parts()) & names


def _field_type(item: Field, taken: frozenset[str]) -> str:
    text = item.type.text(taken)
    return f"{text} | None" if item.nullable else text


def _nested_tuple(items: Iterable[Iterable[str]]) -> str:
    inner = [tuple_source([quoted(part) for part in item]) for item in items]
    return tuple_source(inner, "    ", room=10)
