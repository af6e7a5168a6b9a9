"""Read `docs/error-codes.md`: the SQLSTATEs of our own and the names of their exceptions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from strongroom.project import Project
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.source import Source

_SECTION = re.compile(r"^##\s+`?(?P<namespace>[a-z_][a-z0-9_]*)`?\s+\(`?(?P<letters>[A-Z]{2})`?\)")
_ROW = re.compile(r"^\|(?P<cells>.*)\|\s*$")
_CODE = re.compile(r"[0-9A-Z]{5}")


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One row of the registry."""

    namespace: str
    sqlstate: str
    name: str
    meaning: str
    remedy: str


def read_registry(project: Project, diagnostics: Diagnostics) -> tuple[ErrorCode, ...]:
    """Every code of the registry, in its order; none when the project has no registry."""
    path = project.error_codes
    if not path.is_file():
        return ()
    name = path.relative_to(project.root).as_posix()
    source = Source(name, path.read_text("utf-8"))
    codes: list[ErrorCode] = []
    namespace: str | None = None
    offset = 0
    for line in source.text.splitlines(keepends=True):
        section = _SECTION.match(line)
        if section:
            namespace = section["namespace"]
        elif line.startswith("## "):
            namespace = None
        elif namespace:
            code = _row(line, namespace)
            if code and any(code.sqlstate == c.sqlstate or _same(code, c) for c in codes):
                diagnostics.error(
                    source.place(offset), f"{code.sqlstate} or {code.name} stands here twice"
                )
            elif code:
                codes.append(code)
        offset += len(line)
    return tuple(codes)


def _row(line: str, namespace: str) -> ErrorCode | None:
    match = _ROW.match(line.strip())
    cells = [cell.strip().strip("`") for cell in match["cells"].split("|")] if match else []
    if len(cells) < 4 or not _CODE.fullmatch(cells[0]):
        return None
    return ErrorCode(namespace, *cells[:4])


def _same(code: ErrorCode, other: ErrorCode) -> bool:
    return (code.namespace, code.name) == (other.namespace, other.name)
