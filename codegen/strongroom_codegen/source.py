"""The text of one file, and where in it something stands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A position in a file, as people count: lines and columns from 1."""

    file: str
    line: int
    column: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Source:
    """A file of the project: its name below the project's root, and its text."""

    name: str
    text: str

    def offset(self, place: Place) -> int:
        """The offset (from 0) of a place in this file."""
        start = 0
        for _ in range(place.line - 1):
            start = self.text.index("\n", start) + 1
        return start + place.column - 1

    def place(self, offset: int) -> Place:
        """Where the character at `offset` (from 0) stands."""
        offset = max(0, min(offset, len(self.text)))
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", offset)
        line = self.text.count("\n", 0, offset) + 1
        text = self.text[start : end if end >= 0 else len(self.text)]
        return Place(self.name, line, offset - start + 1, text)
