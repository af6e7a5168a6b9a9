"""The pages of apps that have a place for a diagram: `docs/apps/<app>.md` with two markers.

What stands between them bears the digest of its own text, as generated files do, so that an edit
shows without a database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from strongroom.project import Project
from strongroom_codegen.fingerprint import digest

_BLOCK = re.compile(
    r"^<!-- diagram(?:: text (?P<text>[0-9a-f]{16}))? -->\n(?P<body>.*?)^<!-- end of diagram -->$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of an app that wants a diagram; `stamp` is the digest it says its diagram has."""

    app: str
    path: Path
    name: str
    text: str
    stamp: str | None
    body: str

    @property
    def is_as_written(self) -> bool:
        return self.stamp == digest([self.body])

    def with_diagram(self, body: str) -> str:
        block = f"<!-- diagram: text {digest([body])} -->\n{body}<!-- end of diagram -->"
        return _BLOCK.sub(lambda _: block, self.text, count=1)


def pages(project: Project) -> list[Page]:
    """The pages that have a place for a diagram."""
    found = []
    for path in sorted((project.root / "docs" / "apps").glob("*.md")):
        text = path.read_text("utf-8")
        block = _BLOCK.search(text)
        if block:
            name = path.relative_to(project.root).as_posix()
            found.append(Page(path.stem, path, name, text, block["text"], block["body"]))
    return found


def edited_diagrams(project: Project) -> list[str]:
    """A line for each diagram that was never drawn, or that somebody edited."""
    return [
        f"{page.name}: its diagram was "
        + ("never drawn" if page.stamp is None else "edited by hand")
        for page in pages(project)
        if not page.is_as_written
    ]
