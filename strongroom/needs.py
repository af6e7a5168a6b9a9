"""The extensions that apps need, as their schemas say; known without a database or its driver."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from strongroom.project import Project

HOME = "extensions"
"""The schema that extensions are made in, where a project has it."""

Needs = Mapping[str, tuple[str, ...]]
"""By app: the names of the extensions that it can't do without."""

_TAG = re.compile(r"^@extensions[ \t]+([\w \t-]+)", re.MULTILINE)


def needs_of(project: Project, required: Iterable[tuple[str, Iterable[str]]] = ()) -> Needs:
    """The extensions of each app: what its schema's comment says, and what `required` adds to it.

    required    pairs of an app and names, as the headers of its migrations say
    """
    found: dict[str, dict[str, None]] = {}
    for path in sorted(project.schema.glob("*/schema.sql")):
        for names in _TAG.findall(path.read_text("utf-8")):
            found.setdefault(path.parent.name, {}).update(dict.fromkeys(names.split()))
    for app, names in required:
        if names:
            found.setdefault(app, {}).update(dict.fromkeys(names))
    return {app: tuple(names) for app, names in found.items()}
