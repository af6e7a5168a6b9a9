"""The extensions that apps need, as their schemas say; known without a database or its driver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from strongroom.project import Project

HOME = "extensions"
"""The schema that extensions are made in, where a project has it."""

Needs = Mapping[str, tuple[str, ...]]
"""By app: the names of the extensions that it can't do without."""

Minimums = Mapping[str, str]
"""By extension: the oldest version that will do."""

_TAG = re.compile(r"^@extensions[ \t]+([\w \t.>=-]+)", re.MULTILINE)


def needs_of(project: Project, required: Iterable[tuple[str, Iterable[str]]] = ()) -> Needs:
    """The extensions of each app: what its schema's comment says, and what `required` adds to it.

    required    pairs of an app and names, as the headers of its migrations say
    """
    found: dict[str, dict[str, None]] = {}
    for app, wanted in _tagged(project):
        found.setdefault(app, {}).update((text.partition(">=")[0], None) for text in wanted)
    for app, names in required:
        if names:
            found.setdefault(app, {}).update(dict.fromkeys(names))
    return {app: tuple(names) for app, names in found.items()}


def minimums_of(project: Project) -> Minimums:
    """The oldest version of each extension that every app can live with: `vector>=0.8`."""
    found: dict[str, str] = {}
    for _app, wanted in _tagged(project):
        for text in wanted:
            name, _, version = text.partition(">=")
            if version and _numbers(version) > _numbers(found.get(name, "0")):
                found[name] = version
    return found


def _tagged(project: Project) -> Iterator[tuple[str, list[str]]]:
    for path in sorted(project.schema.glob("*/schema.sql")):
        for names in _TAG.findall(path.read_text("utf-8")):
            yield path.parent.name, names.split()


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]
