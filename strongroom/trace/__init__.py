"""Which requirement is proved by which test: the catalogue, the tags in tests, the report.

`tests/requirements/<app>.toml` lists the requirements of an app. A test names the ones it proves in
square brackets, anywhere in its text: one number, a list, or a range of one level. `make trace`
writes `docs/requirements.md` from both.
"""

from __future__ import annotations

from strongroom.trace.catalogue import App, Catalogue, Requirement, read_catalogue
from strongroom.trace.report import Trace, build_trace, to_json, to_markdown
from strongroom.trace.tags import Tag, find_tags

__all__ = [
    "App",
    "Catalogue",
    "Requirement",
    "Tag",
    "Trace",
    "build_trace",
    "find_tags",
    "read_catalogue",
    "to_json",
    "to_markdown",
]
