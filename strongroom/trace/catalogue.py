"""The requirements that exist, read from one TOML file per app."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from strongroom.errors import UsageError

_NUMBER = re.compile(r"(?P<stem>[A-Z]-(?:F|\d+\.)?)(?P<count>\d+)")
_PREFIX = re.compile(r"[A-Z]")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement: its number (`T-15`, `T-10.4`, `T-F8`), its line, and where it is listed."""

    number: str
    line: str
    section: str

    @property
    def table(self) -> str | None:
        """The number of the table that this one is a part of, if it is a part."""
        head, dot, _ = self.number.partition(".")
        return head if dot else None


@dataclass(frozen=True, slots=True)
class App:
    """The requirements of one app, in the order of its file.

    waiting     why a requirement has no test, by its number
    """

    name: str
    title: str
    prefix: str
    requirements: tuple[Requirement, ...]
    waiting: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every app's requirements, apps in the order of their file names."""

    apps: tuple[App, ...]

    def __iter__(self) -> Iterator[Requirement]:
        for app in self.apps:
            yield from app.requirements

    @property
    def numbers(self) -> frozenset[str]:
        return frozenset(requirement.number for requirement in self)

    @property
    def prefixes(self) -> str:
        """The first letters in use, which tell a tag from any other text in brackets."""
        return "".join(sorted(app.prefix for app in self.apps))


def split_number(number: str) -> tuple[str, int] | None:
    """`T-10.4` -> (`T-10.`, 4): what numbers of one level share, and the count within it."""
    match = _NUMBER.fullmatch(number)
    return (match["stem"], int(match["count"])) if match else None


def read_catalogue(folder: Path) -> Catalogue:
    """Read `<folder>/*.toml`; anything that is no requirement is refused with its file."""
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise UsageError(
            f"{folder}: no catalogue of requirements",
            hint="write one file per app, with prefix, title and sections of number = line",
        )
    apps = tuple(_read_app(file) for file in files)
    letters = [app.prefix for app in apps]
    if len(set(letters)) < len(letters):
        raise UsageError(f"{folder}: two files have the same prefix")
    return Catalogue(apps)


def _read_app(file: Path) -> App:
    try:
        document = tomllib.loads(file.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: {error}") from error
    prefix, title = document.pop("prefix", None), document.pop("title", None)
    if not (isinstance(prefix, str) and _PREFIX.fullmatch(prefix) and isinstance(title, str)):
        raise UsageError(f"{file}: needs a one-letter prefix and a title")
    waiting = document.pop("without-a-test", {})
    requirements = tuple(_read_sections(file, prefix, document))
    seen: set[str] = set()
    for requirement in requirements:
        if requirement.number in seen:
            raise UsageError(f"{file}: {requirement.number} is listed twice")
        seen.add(requirement.number)
    for number, reason in waiting.items():
        if number not in seen or not isinstance(reason, str) or not reason.strip():
            raise UsageError(f"{file}: without-a-test: {number} needs to be listed, and a reason")
    return App(file.stem, title, prefix, requirements, waiting)


def _read_sections(file: Path, prefix: str, document: dict[str, Any]) -> Iterator[Requirement]:
    for section, lines in document.items():
        if not isinstance(lines, dict):
            raise UsageError(f"{file}: {section} stands outside a section")
        for number, line in lines.items():
            if not number.startswith(f"{prefix}-") or split_number(number) is None:
                raise UsageError(f"{file}: {number!r} is no requirement number of {prefix}")
            if not isinstance(line, str) or not line.strip() or "\n" in line:
                raise UsageError(f"{file}: {number} needs one line of text")
            yield Requirement(number, line, section)
