"""Where in the project's files something stands that was read from the database or the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from strongroom.project import Project
from strongroom_codegen.source import Place, Source

_SETTINGS = "pyproject.toml"
_COMMENT = re.compile(r"^[ \t]*COMMENT\s+ON\b", re.IGNORECASE | re.MULTILINE)


@dataclass(slots=True)
class Places:
    """Looks things up in files that are read when the first one is asked for."""

    project: Project
    _sql: list[Source] = field(default_factory=list)

    def of_tag(self, tag: str, *names: str) -> Place | None:
        """A tag in a comment on what has these names; else that tag on anything; None: nowhere."""
        places = list(self._tags(re.compile(rf"{re.escape(tag)}(?![^\s'])")))
        whole = [re.compile(rf'(?<![\w"])"?{re.escape(name)}"?(?![\w"])') for name in names]
        named = (place for place, head in places if all(name.search(head) for name in whole))
        return next(named, places[0][0] if places else None)

    def of_last_tag(self, tag: str) -> Place | None:
        """Where a tag stands again that should stand once."""
        places = list(self._tags(re.compile(rf"{re.escape(tag)}(?![^\s'])")))
        return places[-1][0] if places else None

    def of_setting(self, key: str) -> Place | None:
        """A key of `[tool.strongroom.types]`."""
        path = self.project.root / _SETTINGS
        source = Source(_SETTINGS, path.read_text("utf-8") if path.is_file() else "")
        quoted = re.escape(key)
        lines = rf"""^[ \t]*(?:"{quoted}"|'{quoted}'|{quoted})[ \t]*="""
        section = source.text.find("[tool.strongroom.types]")
        found = re.compile(lines, re.MULTILINE).search(source.text, max(0, section))
        return source.place(found.start()) if found else None

    def _tags(self, tag: re.Pattern[str]) -> Iterator[tuple[Place, str]]:
        """Every place of a tag, with the text from its COMMENT ON up to it."""
        for source in self._sources():
            heads = [match.start() for match in _COMMENT.finditer(source.text)]
            for match in tag.finditer(source.text):
                start = max((head for head in heads if head < match.start()), default=0)
                yield source.place(match.start()), source.text[start : match.start()]

    def _sources(self) -> list[Source]:
        if not self._sql:
            self._sql = [Source(file.name, file.read()) for file in self.project.install_order()]
        return self._sql
