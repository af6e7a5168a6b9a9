"""How Python is laid out: what a formatter would do, done while rendering."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from strongroom_codegen.literals import block

WIDTH = 100


def docstring(text: str, indent: str = "") -> str:
    """A docstring with its quotes; one line where it fits."""
    shown = block(text.strip().expandtabs(4))
    lines = [line.strip() and line.rstrip() for line in shown.splitlines()]
    if len(lines) <= 1:
        return f'{indent}"""{"".join(lines)}"""'
    body = "\n".join(f"{indent}{line}" if line else "" for line in lines[1:])
    return f'{indent}"""{lines[0]}\n{body}\n{indent}"""'


def bracketed(head: str, items: Iterable[str], tail: str, indent: str = "") -> str:
    """`head item, item tail` on one line, or one item a line with a comma after the last."""
    parts = list(items)
    flat = f"{indent}{head}{', '.join(parts)}{tail}"
    if "\n" not in flat and len(flat) <= WIDTH:
        return flat
    inner = "".join(f"{indent}    {part},\n" for part in parts)
    return f"{indent}{head}\n{inner}{indent}{tail}"


def exploded(head: str, items: Iterable[str], tail: str, indent: str = "") -> str:
    """One item a line, whatever fits."""
    inner = "".join(f"{indent}    {part},\n" for part in items)
    return f"{indent}{head}\n{inner}{indent}{tail}"


def tuple_source(items: Iterable[str], indent: str = "", *, room: int = 0) -> str:
    """A tuple; `room` is what else stands on its line."""
    parts = list(items)
    flat = f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"
    if len(indent) + room + len(flat) <= WIDTH:
        return flat
    inner = "".join(f"{indent}    {part},\n" for part in parts)
    return f"(\n{inner}{indent})"


def import_lines(imports: dict[str, set[str]]) -> str:
    """Import statements, sorted: the standard library, then the rest, then ours."""
    groups: list[list[str]] = [[], [], []]
    for module in sorted(imports):
        names = sorted(imports[module], key=_import_key)
        groups[_group(module)].append(import_line(module, names))
    return "\n\n".join("\n".join(group) for group in groups if group)


def import_line(module: str, names: list[str]) -> str:
    """One import statement, in brackets where it is too long."""
    flat = f"from {module} import {', '.join(names)}"
    return flat if len(flat) <= WIDTH else exploded(f"from {module} import (", names, ")")


def _import_key(name: str) -> tuple[int, str]:
    # CONSTANTS, then Classes, then functions: the order of the linter's import sorter.
    rank = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return rank, name


def _group(module: str) -> int:
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return 0
    return 1 if top in ("psycopg", "pydantic", "typing_extensions") else 2
