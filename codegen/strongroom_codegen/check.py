"""Is the generated package what the sources would give? Digests tell, without a database."""

from __future__ import annotations

from collections.abc import Sequence

from strongroom.project import Project
from strongroom_codegen.errors_registry import ErrorCode
from strongroom_codegen.fingerprint import base_digest, digest
from strongroom_codegen.read import QueryFile
from strongroom_codegen.write import MARKER, orphans, read_stamp


def sources_digest(base: str, files: Sequence[QueryFile]) -> dict[str, str]:
    """By app: the digest of what its files come from; under '' what the package comes from."""
    by_app: dict[str, list[str]] = {}
    for file in files:
        by_app.setdefault(file.app, []).extend((file.source.name, file.source.text))
    everything = [part for app in sorted(by_app) for part in by_app[app]]
    found = {app: digest([base, *parts]) for app, parts in by_app.items()}
    return {**found, "": digest([base, *everything])}


def app_of(path: str) -> str:
    """The app that a path below the generated folder belongs to; '' for the package itself."""
    parts = path.split("/")[1:]
    if parts and parts[0] == "aio":
        parts = parts[1:]
    return parts[0] if len(parts) > 1 else ""


def expected_paths(
    package: str, files: Sequence[QueryFile], registry: tuple[ErrorCode, ...]
) -> list[str]:
    """Every path that generating would write."""
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
    """One line for each generated file that is missing, stale, edited or left over."""
    digests = sources_digest(base_digest(project), files)
    found = []
    expected = expected_paths(project.package, files, registry)
    for path in expected:
        target = project.generated / path
        if not target.is_file():
            found.append(f"{path}: missing")
            continue
        if path.endswith(MARKER):
            continue
        stamp = read_stamp(target.read_text("utf-8"))
        if stamp is None or not stamp[1]:
            found.append(f"{path}: edited by hand")
        elif stamp[0] != digests.get(app_of(path), digests[""]):
            found.append(f"{path}: its sources changed")
    found += [f"{path}: left over" for path in orphans(project, expected)]
    return found
