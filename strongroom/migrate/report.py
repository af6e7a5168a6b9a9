"""What a failed statement looks like to a person: file, line, column, the line itself, a caret."""

from __future__ import annotations

from collections.abc import Callable

import psycopg

from strongroom.migrate import statements

Say = Callable[[str], None]


def place(name: str, text: str, offset: int) -> str:
    """`file:line:column` of an offset in characters."""
    line, column = _line_and_column(text, offset)
    return f"{name}:{line}:{column}"


def explain(
    name: str, text: str, error: psycopg.Error, finished: int | None = None, *, base: int = 0
) -> str:
    """Where a text failed and why.

    finished    how many statements had succeeded, for errors that carry no position of their own
    base        where in the text that began which the server counted from
    """
    offset = _offset(text, error, finished, base)
    where = [name] if offset is None else _excerpt(name, text, offset)
    return "\n".join([*where, *_diagnosis(error)])


def _offset(text: str, error: psycopg.Error, finished: int | None, base: int) -> int | None:
    position = error.diag.statement_position
    if position is not None:
        return base + int(position) - 1
    found = statements.parse(text)
    if finished is None or not isinstance(found, list) or finished >= len(found):
        return None
    return found[finished].start


def _excerpt(name: str, text: str, offset: int) -> list[str]:
    line, column = _line_and_column(text, offset)
    source = text.split("\n")[line - 1]
    gutter = f"  {line} | "
    # Tabs stay tabs, so that the caret stands under its character.
    shift = "".join("\t" if char == "\t" else " " for char in source[: column - 1])
    return [f"{name}:{line}:{column}", f"{gutter}{source}", f"{' ' * len(gutter)}{shift}^"]


def _diagnosis(error: psycopg.Error) -> list[str]:
    diag = error.diag
    message = diag.message_primary or str(error).strip() or type(error).__name__
    lines = [f"  {error.sqlstate or '-----'} {message}"]
    for label, value in (
        ("DETAIL", diag.message_detail),
        ("HINT", diag.message_hint),
        ("CONTEXT", diag.context),
        ("QUERY", diag.internal_query),
    ):
        if value:
            indented = value.strip().replace("\n", "\n" + " " * (len(label) + 4))
            lines.append(f"  {label}: {indented}")
    return lines


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    offset = min(max(offset, 0), len(text))
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1
