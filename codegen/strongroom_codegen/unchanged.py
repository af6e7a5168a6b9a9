"""Apps of which nothing changed since they were generated, so that no server need be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from strongroom.needs import needs_of
from strongroom.project import Project
from strongroom_codegen.check import expected_paths
from strongroom_codegen.diagram_pages import pages
from strongroom_codegen.errors_registry import ErrorCode
from strongroom_codegen.read import QueryFile
from strongroom_codegen.sources_file import (
    SOURCES,
    also_made,
    changed_groups,
    groups_of,
    source_digests,
)
from strongroom_codegen.write import generated_files, read_stamp


def unchanged_apps(
    project: Project, files: Sequence[QueryFile], registry: tuple[ErrorCode, ...]
) -> set[str]:
    """Those of the apps with extensions whose sources, files and diagram are as they were left."""
    target = project.generated / project.package / SOURCES
    text = target.read_text("utf-8") if target.is_file() else ""
    changed = changed_groups(text, source_digests(project, files))
    paths = [*expected_paths(project.package, files, registry), *also_made(text)]
    undrawn = {page.app for page in pages(project) if not page.is_as_written}
    return {
        app
        for app in needs_of(project)
        if app not in undrawn
        and not groups_of(project, app, changed)
        and _is_whole(project, app, paths)
    }


def _is_whole(project: Project, app: str, paths: Sequence[str]) -> bool:
    """Whether the files of an app are those that were written, and no others."""
    found = generated_files(project, app)
    folders = (f"{project.package}/{app}/", f"{project.package}/aio/{app}/")
    wanted = {path for path in paths if path.startswith(folders)}
    return found.keys() == wanted and all(read_stamp(text) for text in found.values())


def shared_changed(project: Project, files: Mapping[str, str], apps: set[str]) -> bool:
    """Whether modules that belong to no app with queries are others than those on the disk.

    files   what would be written: path below the generated folder -> text
    """
    own = {project.package, f"{project.package}/aio"}
    own |= {f"{folder}/{app}" for folder in tuple(own) for app in apps}
    shared = [path for path in files if path.rpartition("/")[0] not in own]
    return any(
        not (project.generated / path).is_file()
        or (project.generated / path).read_text("utf-8") != files[path]
        for path in shared
    )
