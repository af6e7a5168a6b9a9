"""Is the generated package what the sources would give? Digests tell, without a database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from strongroom.errors import StrongroomError
from strongroom.project import Project, find_project
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.diagram_pages import edited_diagrams
from strongroom_codegen.errors_registry import ErrorCode, read_registry
from strongroom_codegen.read import QueryFile, read_queries
from strongroom_codegen.sources_file import (
    SOURCES,
    also_made,
    changed_groups,
    source_digests,
    sources_text,
)
from strongroom_codegen.write import MARKER, orphans, read_stamp

UP_TO_DATE = "generated files are up to date"


def expected_paths(
    package: str, files: Sequence[QueryFile], registry: tuple[ErrorCode, ...]
) -> list[str]:
    """Every path that generating would write, `sources.txt` excepted."""
    paths = {f"{package}/__init__.py", f"{package}/aio/__init__.py", f"{package}/{MARKER}"}
    for code in registry:
        paths |= {f"{package}/{code.namespace}/{name}.py" for name in ("__init__", "errors")}
    for file in files:
        names = ("__init__", "errors", "rows", "types", file.subject)
        paths |= {f"{package}/{file.app}/{name}.py" for name in names}
        paths |= {f"{package}/aio/{file.app}/{name}.py" for name in ("__init__", file.subject)}
    return sorted(paths)


def stale_files(
    project: Project, files: Sequence[QueryFile], registry: tuple[ErrorCode, ...]
) -> list[str]:
    """One line for each source that changed and each file that is missing, edited or left over."""
    sources = project.generated / project.package / SOURCES
    also = also_made(sources.read_text("utf-8")) if sources.is_file() else []
    expected = sorted({*expected_paths(project.package, files, registry), *also})
    found: list[str] = []
    texts: dict[str, str] = {}
    for path in expected:
        target = project.generated / path
        if not target.is_file():
            found.append(f"{path}: missing")
            continue
        texts[path] = target.read_text("utf-8")
        if not path.endswith(MARKER) and not read_stamp(texts[path]):
            found.append(f"{path}: edited by hand")
    found += [f"{path}: left over" for path in orphans(project, expected)]
    changed = _changed_sources(project, files, texts, is_whole=not found)
    return [*changed, *found, *edited_diagrams(project)]


def _changed_sources(
    project: Project, files: Sequence[QueryFile], texts: dict[str, str], *, is_whole: bool
) -> list[str]:
    path = f"{project.package}/{SOURCES}"
    target = project.generated / path
    if not target.is_file():
        return [f"{path}: missing"]
    text = target.read_text("utf-8")
    digests = source_digests(project, files)
    changed = [f"{group}: changed since" for group in changed_groups(text, digests)]
    if not changed and is_whole and text != sources_text(digests, texts, also_made(text)):
        return [f"{path}: edited, or merged with files that were generated from other sources"]
    return changed


def is_up_to_date() -> bool:
    """Whether nothing at all has changed; False says only that a closer look is needed.

    Sources without a change need not be parsed again: only what had no error was ever written.
    """
    diagnostics = Diagnostics()
    try:
        here = Path.cwd().resolve()
        project = find_project(here)
        if not here.is_relative_to(project.root):
            return False
        files = read_queries(project, diagnostics)
        registry = read_registry(project, diagnostics)
        return not diagnostics.found and not stale_files(project, files, registry)
    except (StrongroomError, OSError, ValueError):
        # Whatever it is, the command itself says it in words.
        return False
