"""The catalogue and the tags brought together, as Markdown for people and JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from strongroom.errors import LintError
from strongroom.trace.catalogue import App, Catalogue, Requirement, read_catalogue, split_number
from strongroom.trace.tags import Tag, find_tags

_HEAD = """\
# Requirements and their proofs

`make trace` writes this page from `tests/requirements/*.toml` and the tags in tests; edit those.
A requirement is proved when a test names its number in square brackets. A table is proved also by
proving every part of it.
"""


@dataclass(frozen=True, slots=True)
class Trace:
    """Every requirement with the tags that name it."""

    catalogue: Catalogue
    tags: Mapping[str, tuple[Tag, ...]]

    def is_proved(self, requirement: Requirement) -> bool:
        return bool(self.tags.get(requirement.number)) or self.is_proved_by_parts(requirement)

    def is_proved_by_parts(self, requirement: Requirement) -> bool:
        parts = [part for part in self.catalogue if part.table == requirement.number]
        return bool(parts) and all(self.tags.get(part.number) for part in parts)

    def unproved(self, app: App) -> list[Requirement]:
        return [item for item in app.requirements if not self.is_proved(item)]


def build_trace(root: Path) -> Trace:
    """Read the catalogue and the tests of the project at `root`.

    Raises UsageError for a catalogue or a test that can't be read, LintError for wrong tags.
    """
    catalogue = read_catalogue(root / "tests" / "requirements")
    by_number: dict[str, list[Tag]] = {}
    for tag in find_tags(root, catalogue):
        by_number.setdefault(tag.number, []).append(tag)
    trace = Trace(catalogue, {number: tuple(tags) for number, tags in by_number.items()})
    for app in catalogue.apps:
        proved = app.waiting.keys() - {item.number for item in trace.unproved(app)}
        if proved:
            raise LintError(
                f"{min(proved)} has a test now", hint="remove it from without-a-test of its file"
            )
    return trace


def to_markdown(trace: Trace) -> str:
    """The page `docs/requirements.md`; without line numbers, which move too often."""
    parts = [_HEAD, _summary(trace), _without_test(trace)]
    parts += [_app_section(trace, app) for app in trace.catalogue.apps]
    return "\n".join(parts)


def to_json(trace: Trace) -> str:
    """The same facts for programs, with the line of every tag."""
    apps = [
        {
            "app": app.name,
            "title": app.title,
            "total": len(app.requirements),
            "proved": len(app.requirements) - len(trace.unproved(app)),
            "requirements": [_requirement(trace, item) for item in app.requirements],
        }
        for app in trace.catalogue.apps
    ]
    return json.dumps({"apps": apps}, indent=2, ensure_ascii=False) + "\n"


def _requirement(trace: Trace, item: Requirement) -> dict[str, object]:
    tests = [
        {"file": tag.file, "line": tag.line, "test": tag.test}
        for tag in trace.tags.get(item.number, ())
    ]
    return {
        "number": item.number,
        "line": item.line,
        "section": item.section,
        "proved": trace.is_proved(item),
        "tests": tests,
    }


def _summary(trace: Trace) -> str:
    lines = ["| app | numbers | proved | in all |", "|---|---|---:|---:|"]
    proved = total = 0
    for app in trace.catalogue.apps:
        done = len(app.requirements) - len(trace.unproved(app))
        proved, total = proved + done, total + len(app.requirements)
        lines.append(f"| {_link(app)} | {app.prefix}- | {done} | {len(app.requirements)} |")
    lines.append(f"| all | | {proved} | {total} |")
    return "\n".join(lines) + "\n"


def _link(app: App) -> str:
    return f"[{app.title}](#{app.title.lower().replace(' ', '-')})"


def _without_test(trace: Trace) -> str:
    lines = ["## Without a test", ""]
    for app in trace.catalogue.apps:
        numbers = [item.number for item in trace.unproved(app)]
        lines.append(f"- {app.title}: {', '.join(_ranges(numbers, app)) or 'none'}")
        lines += [
            f"    - {number}: {app.waiting[number]}" for number in numbers if number in app.waiting
        ]
    return "\n".join(lines) + "\n"


def _ranges(numbers: Iterable[str], app: App) -> list[str]:
    """The numbers level by level; those that follow each other are joined as `first..last`."""
    wanted = set(numbers)
    levels: dict[str, list[str]] = {}
    for item in app.requirements:
        stem, _ = split_number(item.number) or (item.number, 0)
        levels.setdefault(stem, []).append(item.number)
    found: list[str] = []
    for level in levels.values():
        for is_wanted, run in groupby(level, wanted.__contains__):
            members = list(run)
            if is_wanted:
                found.append("..".join(dict.fromkeys((members[0], members[-1]))))
    return found


def _app_section(trace: Trace, app: App) -> str:
    lines = [f"## {app.title}", ""]
    for section, items in groupby(app.requirements, lambda item: item.section):
        lines += [f"### {app.prefix}: {section}", "", "| number | requirement | proved by |"]
        lines.append("|---|---|---|")
        lines += [
            f"| {item.number} | {_cell(item.line)} | {_proofs(trace, item)} |" for item in items
        ]
        lines.append("")
    return "\n".join(lines)


def _proofs(trace: Trace, item: Requirement) -> str:
    tags = trace.tags.get(item.number, ())
    by_file: dict[str, list[str]] = {}
    for tag in tags:
        names = by_file.setdefault(tag.file, [])
        if tag.test and tag.test not in names:
            names.append(tag.test)
    if not by_file:
        return "its parts" if trace.is_proved_by_parts(item) else "—"
    return "; ".join(
        f"[{file.removeprefix('tests/')}](../{file})" + _in_brackets(names)
        for file, names in sorted(by_file.items())
    )


def _in_brackets(names: list[str]) -> str:
    return f" ({', '.join(f'`{name}`' for name in names)})" if names else ""


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
