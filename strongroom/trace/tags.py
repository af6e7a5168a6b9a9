"""The tags in tests: which requirement numbers a test names, and in which test they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from strongroom.errors import LintError, UsageError
from strongroom.trace.catalogue import Catalogue, split_number

_SUFFIXES = (".py", ".sql")


@dataclass(frozen=True, slots=True)
class Tag:
    """One requirement named by one test."""

    number: str
    file: str
    line: int
    test: str | None
    """The Python test function, as `Class.test_name`; None in SQL and outside functions."""


def find_tags(root: Path, catalogue: Catalogue) -> list[Tag]:
    """Every tag in `<root>/tests`, by file and line; LintError lists all wrong ones at once."""
    scanner = _Scanner(catalogue)
    tags = [tag for file in _test_files(root) for tag in scanner.scan(file, file.relative_to(root))]
    if scanner.problems:
        raise LintError(
            "\n".join(scanner.problems),
            hint="a tag is [T-15], [T-15, T-16] or [T-10.1..T-10.13], as tests/requirements lists",
        )
    return tags


class _Scanner:
    """Finds tags in one text after another and collects what is wrong with them."""

    def __init__(self, catalogue: Catalogue) -> None:
        number = rf"[{catalogue.prefixes}]-F?\d+(?:\.\d+)?"
        # A digit class in a regular expression, [A-F0-9], goes on with a hyphen and is no tag.
        self._tag = re.compile(rf"\[\s*(?P<content>{number}(?![\w-])[^\[\]\n]*)(?P<end>\])?")
        self._part = re.compile(rf"\s*(?P<first>{number})(?:\s*\.\.\s*(?P<last>{number}))?\s*")
        self._order = [requirement.number for requirement in catalogue]
        self._known = catalogue.numbers
        self.problems: list[str] = []

    def scan(self, file: Path, name: Path) -> Iterator[Tag]:
        text = file.read_text("utf-8")
        tests = _test_lines(text, name) if file.suffix == ".py" else {}
        for line, content in enumerate(text.splitlines(), 1):
            for match in self._tag.finditer(content):
                place = f"{name.as_posix()}:{line}"
                if match["end"] is None:
                    self.problems.append(f"{place}: the tag [{match['content']} is not closed")
                    continue
                for number in self._numbers(match["content"], place):
                    yield Tag(number, name.as_posix(), line, tests.get(line))

    def _numbers(self, content: str, place: str) -> Iterator[str]:
        for part in content.split(","):
            match = self._part.fullmatch(part)
            if match is None:
                self.problems.append(f"{place}: {part.strip()!r} in [{content}] is no number")
                continue
            first, last = match["first"], match["last"] or match["first"]
            unknown = [number for number in (first, last) if number not in self._known]
            if unknown:
                self.problems.append(f"{place}: there is no requirement {unknown[0]}")
                continue
            yield from self._range(first, last, place)

    def _range(self, first: str, last: str, place: str) -> Iterable[str]:
        """The numbers of one level between two; those that the catalogue leaves out don't exist."""
        start, end = split_number(first), split_number(last)
        if not (start and end) or start[0] != end[0] or start[1] > end[1]:
            self.problems.append(f"{place}: {first}..{last} is no range of one level, going up")
            return ()
        levels = {number: split_number(number) for number in self._order}
        return [
            number
            for number, level in levels.items()
            if level and level[0] == start[0] and start[1] <= level[1] <= end[1]
        ]


def _test_files(root: Path) -> list[Path]:
    tests = root / "tests"
    if not tests.is_dir():
        raise UsageError(f"{tests}: no such folder")
    return sorted(
        file
        for file in tests.rglob("*")
        if file.suffix in _SUFFIXES and not _is_hidden(file.relative_to(root))
    )


def _is_hidden(name: Path) -> bool:
    return any(part.startswith((".", "__pycache__")) for part in name.parts)


def _test_lines(text: str, name: Path) -> dict[int, str]:
    """Line -> test function around it, decorators included."""
    try:
        module = ast.parse(text)
    except SyntaxError as error:
        raise UsageError(f"{name.as_posix()}:{error.lineno}: {error.msg}") from error
    return dict(_walk(module.body, ()))


def _walk(body: list[ast.stmt], outer: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _walk(node.body, (*outer, node.name))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if not node.name.startswith("test"):
                continue
            start = min([node.lineno, *(item.lineno for item in node.decorator_list)])
            for line in range(start, (node.end_lineno or node.lineno) + 1):
                yield line, ".".join((*outer, node.name))
