"""SQL files that no install.sql includes: the usual reason why an object is missing."""

from __future__ import annotations

from strongroom.project import Project

MISSING_OBJECT = frozenset({"42P01", "42883", "42704", "3F000"})
"""Undefined table, function, type, schema."""

_SHOWN = 5


def unloaded_files(project: Project) -> list[str]:
    """The files of schema/ and functions/ that are never loaded; names below the project's root."""
    loaded = {file.path.resolve() for file in project.install_order()}
    found = [*project.schema.rglob("*.sql"), *project.functions.rglob("*.sql")]
    return sorted(
        path.relative_to(project.root).as_posix()
        for path in found
        if path.name != "install.sql" and path.resolve() not in loaded
    )


def missing_object_hint(project: Project, sqlstate: str | None) -> str | None:
    """What to say when an object is missing and some files were not loaded, else None."""
    files = unloaded_files(project) if sqlstate in MISSING_OBJECT else []
    if not files:
        return None
    entry = (project.schema / "install.sql").relative_to(project.root).as_posix()
    more = len(files) - _SHOWN
    names = ", ".join(files[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"{entry} does not include {names}: add \\ir lines for what shall be loaded"
