"""What generated code says about sealed fields: fields, and what is sealed and opened by them."""

from __future__ import annotations

from strongroom_codegen.layout import WIDTH, exploded, tuple_source
from strongroom_codegen.literals import quoted
from strongroom_codegen.model import QueryModel, VariantModel
from strongroom_codegen.sealed_columns import SealedColumn
from strongroom_codegen.sealed_names import NamedPart, OpenedColumn, SealedArgument

MODULE = "strongroom.sealing"


def field_source(column: SealedColumn, python: str) -> str:
    """`READINGS_QUESTION_FIELD: sealing.Field[str] = sealing.Field(...)`."""
    values = [quoted(column.schema), quoted(column.label), quoted(column.purpose)]
    if column.of:
        values += [quoted(column.type)] if column.type != "text" else []
        return _assigned(f"{column.constant} = sealing.BlindIndex(", values)
    values.append(quoted(column.type))
    if column.pad:
        values.append(f"padding={column.pad}")
    return _assigned(f"{column.constant}: sealing.Field[{python}] = sealing.Field(", values)


def _assigned(head: str, values: list[str]) -> str:
    flat = f"{head}{', '.join(values)})"
    return flat if len(flat) <= WIDTH else exploded(head, values, ")")


def sealed_fields(query: QueryModel, variant: VariantModel, indent: str) -> list[str]:
    """The fields of a `SealedStatement` besides its statement."""
    names = item_names(query) or variant.names
    fields = []
    takes = [query.sealed.parameters.get(name) for name in names]
    if any(takes):
        items = [_take(query, take, names, indent) if take else "None" for take in takes]
        fields.append(f"takes={tuple_source(items, indent, room=7)}")
    gives = [query.sealed.results.get(number) for number in range(len(query.columns))]
    if any(gives):
        items = [_give(query, give, names, indent) if give else "None" for give in gives]
        fields.append(f"gives={tuple_source(items, indent, room=7)}")
        if query.row:
            fields.append(f"row={query.row}")
    return fields


def constants(query: QueryModel) -> list[str]:
    """The constants of the app's types that the statements of a query name."""
    columns = query.sealed.columns()
    found = {column.constant for column in columns}
    found |= {query.adapters[c.origin] for c in columns if c.origin in query.adapters}
    return sorted(found)


def item_names(query: QueryModel) -> tuple[str, ...]:
    """The parameters of an item, in the order in which it is taken, then the others."""
    if not query.each:
        return ()
    each = tuple(parameter.source for parameter in query.each)
    return (*each, *(name for name in query.variants[0].names if name not in each))


def _take(query: QueryModel, take: SealedArgument, names: tuple[str, ...], indent: str) -> str:
    if take.column.of:
        values = [take.column.constant, *(["looks_up=True"] if take.looks_up else [])]
        return _call("sealing.Blind(", [*values, *_adapter(query, take.column)], indent)
    return _call("sealing.Seal(", _bound(query, take, names), indent)


def _give(query: QueryModel, give: OpenedColumn, names: tuple[str, ...], indent: str) -> str:
    return _call("sealing.Open(", _bound(query, give, names), indent)


def _call(head: str, values: list[str], indent: str) -> str:
    """An item of a tuple one level in, with the comma that follows it."""
    inner = f"{indent}    "
    flat = f"{head}{', '.join(values)})"
    if len(inner) + len(flat) < WIDTH:
        return flat
    return exploded(head, values, ")", inner).removeprefix(inner)


def _bound(
    query: QueryModel, use: SealedArgument | OpenedColumn, names: tuple[str, ...]
) -> list[str]:
    key = tuple_source([_part(part, names) for part in use.row_key])
    subject = _part(use.subject[0], names) if use.subject else "None"
    return [use.column.constant, key, subject, *_adapter(query, use.column)]


def _part(part: NamedPart, names: tuple[str, ...]) -> str:
    if part is None:
        return "sealing.USER"
    if isinstance(part, int):
        return f"sealing.Got({part})"
    return f"sealing.Given({names.index(part)})"


def _adapter(query: QueryModel, column: SealedColumn) -> list[str]:
    name = query.adapters.get(column.origin)
    return [f"adapter={name}"] if name else []
