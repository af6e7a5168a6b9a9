"""Functions that take items: their argument, the type of their answer, and their body."""

from __future__ import annotations

from strongroom_codegen.layout import WIDTH, exploded, tuple_source
from strongroom_codegen.model import Parameter, QueryModel


def item_text(query: QueryModel) -> str:
    """The type of one item."""
    if query.item:
        return query.item
    only = query.each[0]
    return f"{only.type.text()} | None" if only.nullable else only.type.text()


def items_argument(query: QueryModel, *, aio: bool) -> str:
    """The argument that takes the items."""
    item = item_text(query)
    text = f"Iterable[{item}]"
    return f"items: {text} | AsyncIterable[{item}]" if aio else f"items: {text}"


def arguments(query: QueryModel) -> list[Parameter]:
    """The parameters that are arguments of the function."""
    each = {parameter.source for parameter in query.each}
    return [p for p in query.parameters if p.source not in each and not p.beside]


def loader(query: QueryModel) -> str:
    """How a batch reads each answer: by how many rows are proven."""
    if not query.columns:
        return "load_rowcount"
    if query.always_one:
        return "load_one"
    return "load_maybe" if query.at_most_one else "load_all"


def returned(query: QueryModel, result: str) -> str:
    """The type of the function's answer, of the type of a row."""
    if query.kind == "copy":
        return "int"
    if query.kind == "bulk":
        return f"list[{result}]" if query.columns else "int"
    match loader(query):
        case "load_maybe":
            return f"list[{result}]" if result.endswith("None") else f"list[{result} | None]"
        case "load_all":
            return f"list[list[{result}]]"
        case _:
            return f"list[{result}]"


def call(query: QueryModel, statement: str, *, aio: bool) -> str:
    """The body of the function."""
    method = "bulk_rows" if query.kind == "bulk" and query.columns else query.kind
    values = [f"item.{p.name}" for p in query.each] if query.item else ["item"]
    parts = [statement, "items", f"take=lambda item: {tuple_source(values, ' ' * 8, room=19)}"]
    if query.kind == "batch":
        parts.append(f"load={loader(query)}")
    names = query.variants[0].names
    each = {parameter.source for parameter in query.each}
    others = [p for p in query.parameters if p.source not in each]
    fixed = [f"{names.index(p.source)}: {p.name}" for p in others]
    if fixed:
        parts.append(f"fixed={{{', '.join(fixed)}}}")
    if query.chunk is not None:
        parts.append(f"chunk={query.chunk}")
    if query.sealed:
        parts.insert(0, "db")
    where = "sealing_calls" if query.sealed else "db"
    head = f"return {'await ' if aio else ''}{where}.{method}("
    flat = f"    {head}{', '.join(parts)})"
    if "\n" not in flat and len(flat) <= WIDTH:
        return flat
    return exploded(head, parts, ")", "    ")
