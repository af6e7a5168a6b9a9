"""Digests of what a generated file came from, so that staleness shows without a database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from strongroom.needs import HOME, needs_of
from strongroom.project import Project

_LENGTH = 16
KERNEL = "kernel"


def digest(parts: Iterable[str]) -> str:
    """A short digest of several texts; their borders count."""
    hashed = hashlib.sha256()
    for part in parts:
        data = part.encode()
        hashed.update(len(data).to_bytes(8, "big") + data)
    return hashed.hexdigest()[:_LENGTH]


def schema_digest(project: Project) -> str:
    """Of every SQL file that builds the database, and of the names that find it."""
    parts = [part for file in project.install_order() for part in (file.name, file.read())]
    return digest([*parts, *project.search_path])


def base_digests(project: Project) -> dict[str, str]:
    """By group: the digest of what every generated file may come from."""
    codes = project.error_codes
    types = [f"{key}={value}" for key, value in sorted(project.types.items())]
    base = {
        "the SQL of the schema": schema_digest(project),
        "the error codes": digest([codes.read_text("utf-8") if codes.is_file() else ""]),
        "the settings": digest([project.package, *types]),
        "the generator": generator_digest(),
    }
    rest = list(base.values())[1:]
    apps = {of_app(app): digest([_app_digest(project, app), *rest]) for app in needs_of(project)}
    return base | apps


def of_app(app: str) -> str:
    """The group of an app that not every server can hold, so that it may be older than the rest."""
    return f"all of {app} but its queries"


def _app_digest(project: Project, app: str) -> str:
    """Of what an app may see: its own SQL, and that which belongs to none."""
    own = {app, KERNEL, HOME, project.schema.name}
    files = [file for file in project.install_order() if file.path.parent.name in own]
    return digest(part for file in files for part in (file.name, file.read()))


@cache
def generator_digest() -> str:
    """Of the generator itself: its code and its SQL."""
    files = sorted(_files(resources.files("strongroom_codegen")), key=lambda pair: pair[0])
    return digest(part for pair in files for part in pair)


def _files(folder: Traversable, prefix: str = "") -> Iterable[tuple[str, str]]:
    for item in folder.iterdir():
        name = f"{prefix}{item.name}"
        if item.is_dir() and item.name != "__pycache__":
            yield from _files(item, f"{name}/")
        elif item.name.endswith((".py", ".sql")):
            yield name, item.read_text("utf-8")
