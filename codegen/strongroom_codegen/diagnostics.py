"""What is wrong with a query file, shown with its line, a caret and what to do about it.

A run gathers everything it finds in one `Diagnostics`, so that people see all errors at once.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from strongroom.errors import StrongroomError
from strongroom_codegen.source import Place

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding."""

    severity: Severity
    message: str
    place: Place | None
    hint: str | None = None

    def text(self) -> str:
        """For people: place and message, the line, a caret, the hint."""
        where = f"{self.place}: " if self.place else ""
        lines = [f"{where}{self.severity}: {self.message}"]
        if self.place and self.place.text.strip():
            number = str(self.place.line)
            before = self.place.text[: self.place.column - 1]
            pad = "".join(_blank(char) for char in before)
            lines.append(f"  {number} | {self.place.text}")
            lines.append(f"  {' ' * len(number)} | {pad}^")
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)

    def github(self) -> str:
        """A workflow command, which GitHub shows beside the changed line."""
        message = self.message + (f" ({self.hint})" if self.hint else "")
        escaped = message.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
        if self.place is None:
            return f"::{self.severity}::{escaped}"
        where = f"file={self.place.file},line={self.place.line},col={self.place.column}"
        return f"::{self.severity} {where}::{escaped}"


def _blank(char: str) -> str:
    """White space as wide as a character is on a terminal."""
    if char == "\t":
        return char
    if char.isascii():
        return " "
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return ""
    return "  " if unicodedata.east_asian_width(char) in ("W", "F") else " "


@dataclass(slots=True)
class Diagnostics:
    """Everything that one run found, in the order of files and lines."""

    found: list[Diagnostic] = field(default_factory=list)

    def error(self, place: Place | None, message: str, hint: str | None = None) -> None:
        self.add(Diagnostic("error", message, place, hint))

    def warning(self, place: Place | None, message: str, hint: str | None = None) -> None:
        self.add(Diagnostic("warning", message, place, hint))

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self.found)

    def ordered(self) -> list[Diagnostic]:
        def key(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
            place = diagnostic.place
            if place is None:
                return "", 0, 0, diagnostic.message
            return place.file, place.line, place.column, diagnostic.message

        return sorted(self.found, key=key)

    def render(self, form: str = "text") -> str:
        """Every finding in the form asked for: `text` or `github`."""
        if form == "github":
            return "\n".join(d.github() for d in self.ordered())
        return "\n\n".join(d.text() for d in self.ordered())

    def add(self, diagnostic: Diagnostic) -> None:
        # Variants of one query repeat what is wrong with it.
        if diagnostic not in self.found:
            self.found.append(diagnostic)


class QueryError(StrongroomError):
    """The queries, or what they stand on, can't be turned into Python; nothing was written."""

    def __init__(self, diagnostics: Diagnostics) -> None:
        errors = sum(d.severity == "error" for d in diagnostics.found)
        super().__init__(
            f"{counted(errors, 'error', 'errors')}; nothing was written",
            hint="see above: each one says what to do",
        )
        self.diagnostics = diagnostics


def counted(number: int, one: str, many: str) -> str:
    """A number and what is counted."""
    return f"{number} {one if number == 1 else many}"


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint that names the nearest known word, else all of them."""
    import difflib  # only what is wrong needs it

    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]}?"
    return f"known: {', '.join(names)}" if names else None
