"""docs/query-annotations.md as a project: its blocks are files, its tables show what they hold.

The blocks of docs/coming-from.md are added to them.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PAGE = ROOT / "docs" / "query-annotations.md"
COMING_FROM = ROOT / "docs" / "coming-from.md"
_BLOCK = re.compile(
    r"(?:^<!-- (?P<what>\w+)(?:: (?P<argument>.+?))? -->\n)?"
    r"^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_CODE = re.compile(r"`([^`]+)`")
# In these columns stands what an author writes; the others say what it means.
_WRITTEN = frozenset({"you write", "kind", "example", "line", "tag"})
_COMMANDS = ("line", "what it does")
# Roles belong to the whole server, and another test may have made one of this name.
_GRANTS = """
DO $$ BEGIN
    IF to_regrole('APP_app') IS NOT NULL THEN
        GRANT USAGE ON SCHEMA APP TO APP_app;
        GRANT EXECUTE ON ALL ROUTINES IN SCHEMA APP TO APP_app;
    END IF;
END $$;
"""
_PYPROJECT = '[project]\nname = "strongroom"\n'


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code: `what` is the word of its marker, '' without one; `line` is from 1."""

    what: str
    argument: str
    language: str
    text: str
    line: int
    page: str = ""

    @property
    def name(self) -> str:
        """As Python names it: the page and the line."""
        return f"{self.page}_{self.line}"


@dataclass(frozen=True, slots=True)
class Cell:
    """One piece of code in a table, under the head of its column; `first` is the first head."""

    heads: tuple[str, ...]
    head: str
    code: str
    line: int


def all_blocks() -> list[Block]:
    """The blocks of both pages."""
    return [
        replace(block, page=page.stem.replace("-", "_"))
        for page in (PAGE, COMING_FROM)
        for block in blocks(page.read_text("utf-8"))
    ]


def blocks(text: str) -> list[Block]:
    """Every block of a page, in order."""
    return [
        Block(
            match["what"] or "",
            match["argument"] or "",
            match["language"],
            match["text"],
            text.count("\n", 0, match.start()) + 1,
        )
        for match in _BLOCK.finditer(text)
    ]


def cells(text: str) -> Iterator[Cell]:
    """Every piece of code in the tables of a page."""
    heads: tuple[str, ...] = ()
    for number, line in enumerate(_BLOCK.sub(_blank, text).splitlines(), 1):
        if not line.startswith("|"):
            heads = ()
            continue
        row = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
        if not heads:
            heads = tuple(row)
        for head, cell in zip(heads, row, strict=False):
            for code in _CODE.findall(cell.replace("\\|", "|")):
                yield Cell(heads, head, code, number)


def written(text: str) -> list[Cell]:
    """What the tables say that an author may write; each must stand in a block."""
    return [c for c in cells(text) if c.head in _WRITTEN and c.heads[:2] != _COMMANDS]


def commands(text: str) -> list[str]:
    """The commands of the table of commands."""
    return [c.code for c in cells(text) if c.heads[:2] == _COMMANDS and c.head == _COMMANDS[0]]


def make_project(root: Path, found: list[Block]) -> None:
    """A copy of this repository's schema, and what the blocks add to it and ask of it."""
    for name in ("schema", "functions"):
        shutil.copytree(ROOT / name, root / name)
    (root / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "error-codes.md", root / "docs")
    (root / "queries").mkdir()
    (root / "pyproject.toml").write_text(_PYPROJECT, "utf-8")
    for block in found:
        if block.what == "file":
            _add(root, block.argument, block.text)
    schemas = {b.argument.split("/")[1] for b in found if b.argument.startswith("schema/")}
    for schema in sorted(schemas):
        _add(root, f"schema/{schema}/grants.sql", _GRANTS.replace("APP", schema))


def _add(root: Path, name: str, text: str) -> None:
    target = root / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if name.startswith(("schema/", "functions/")) and not target.exists():
        with (root / "schema" / "install.sql").open("a", encoding="utf-8") as install:
            install.write(f"\\ir ../{name}\n")
    with target.open("a", encoding="utf-8") as file:
        file.write(f"\n{text}")


def program(found: list[Block]) -> str:
    """Every `call` block as a function of a program, which calls them in their order."""
    calls = [block for block in found if block.what == "call"]
    parts = ["from __future__ import annotations", "from strongroom.session import Session"]
    for block in calls:
        parts.append(f"\n\ndef {block.name}(db: Session) -> None:")
        parts.append(textwrap.indent(block.text, "    "))
    names = ", ".join(block.name for block in calls)
    return "\n".join([*parts, f"\nCALLS = [{names}]\n"])


def _blank(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")
