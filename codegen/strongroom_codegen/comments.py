"""Comments of the database: documentation first, then tags on lines of their own at the end."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAG = re.compile(r"@(?P<name>[a-z_]+)(?:\s+(?P<argument>.*\S))?\s*$")


@dataclass(frozen=True, slots=True)
class Comment:
    """The text of a comment and its tags, in order."""

    text: str = ""
    tags: tuple[tuple[str, str], ...] = ()

    def tag(self, name: str) -> str | None:
        """The argument of a tag ('' when it has none); None when the tag is not there."""
        return next((argument for tag, argument in self.tags if tag == name), None)


def parse_comment(comment: str | None) -> Comment:
    """Split a comment into its text and its tags."""
    if not comment:
        return Comment()
    if "@" not in comment and "\n" not in comment:
        return Comment(comment.strip())
    lines = comment.strip().splitlines()
    tags: list[tuple[str, str]] = []
    while lines:
        match = _TAG.match(lines[-1].strip())
        if match is None and lines[-1].strip():
            break
        if match:
            tags.insert(0, (match["name"], match["argument"] or ""))
        lines.pop()
    return Comment("\n".join(line.strip() for line in lines).strip(), tuple(tags))
