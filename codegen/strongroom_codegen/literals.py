"""Values as Python source, quoted as a formatter would leave them."""

from __future__ import annotations

import ast
import re
from datetime import date, datetime, timedelta
from decimal import Decimal

_HIDDEN = re.compile(r"[^\n\t -~]")
# What a default may be; a bool is an int, and a datetime would be a date.
Default = int | float | str | Decimal | timedelta | date | None
# Where the names come from that `python_literal` writes.
DEFAULT_MODULES = {"Decimal": "decimal", "date": "datetime", "timedelta": "datetime"}


def can_be_default(value: object) -> bool:
    return isinstance(value, Default) and not isinstance(value, datetime)


def python_literal(value: Default) -> str:
    """Python source for a value."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Decimal):
        return f'Decimal("{value}")'
    if isinstance(value, timedelta):
        parts = {"days": value.days, "seconds": value.seconds, "microseconds": value.microseconds}
        return f"timedelta({', '.join(f'{k}={v}' for k, v in parts.items() if v)})"
    if isinstance(value, date):
        return f"date({value.year}, {value.month}, {value.day})"
    return repr(value)


def python_names(source: str) -> set[str]:
    """The names in an expression of Python, whatever its strings hold."""
    nodes = ast.walk(ast.parse(source, mode="eval"))
    return {node.id for node in nodes if isinstance(node, ast.Name)}


def quoted(text: str) -> str:
    """A string in double quotes, in single ones where that saves backslashes."""
    plain = repr(text)
    if plain.startswith("'") and '"' not in text:
        return f'"{plain[1:-1]}"'
    return plain


def block(text: str) -> str:
    r"""The inside of a triple-quoted string: backslashes and quotes survive.

    What can't be seen is written as an escape: it would get lost, or reorder the line.
    """
    last_quote = text.endswith('"')
    inside = text[:-1] if last_quote else text
    escaped = inside.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    escaped = _HIDDEN.sub(_visible, escaped)
    return f'{escaped}\\"' if last_quote else escaped


def _visible(match: re.Match[str]) -> str:
    character = match[0]
    return character if character.isprintable() else repr(character)[1:-1]
