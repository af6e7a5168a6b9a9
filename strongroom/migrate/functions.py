"""Function files: applied again when their content changed, refused where that would harm.

What refuses: a changed signature or result, because the old function would stay or callers would
break; a changed body under an index, a generated column, a CHECK or a partition key, because the
values that were stored with the old body would stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import psycopg

from strongroom.migrate import ledger, report, routines
from strongroom.migrate.backend import Backend
from strongroom.migrate.dependents import Dependents
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.ledger import Ledger, Source
from strongroom.migrate.script import ScriptError
from strongroom.migrate.target import Connection
from strongroom.project import Project, SqlFile


@dataclass(frozen=True, slots=True)
class Pending:
    """A function file that will be applied, and why: new, changed or dropped.

    before  what its last version made
    left    that version came with a migration that was taken back
    """

    file: SqlFile
    text: str
    checksum: str
    reason: str
    before: tuple[str, ...]
    left: bool = False


def checksum(text: str, major: int) -> str:
    """The hash of a function file's content; with the server's major where the file asks for it."""
    branches = "server_version" in text
    return hashlib.sha256(f"{text}\0{major if branches else ''}".encode()).hexdigest()


def first(project: Project) -> list[SqlFile]:
    """Functions that need no table; only install.sql can tell which those are."""
    ordered = (project.schema / "install.sql").is_file()
    return project.first_functions() if ordered else []


def every(project: Project) -> list[SqlFile]:
    """All function files in order."""
    return [file for file in project.install_order() if project.is_function(file)]


def read(file: SqlFile) -> str:
    """The text of a file with LF and without a byte order mark."""
    return file.path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def pending(files: Iterable[SqlFile], recorded: Ledger, major: int) -> list[Pending]:
    """The function files that the database does not have as they are, in order."""
    found = []
    for file in files:
        text = read(file)
        digest = checksum(text, major)
        known = recorded.sources.get(file.name)
        if reason := _reason(known, digest, recorded.objects):
            objects = known.objects if known else ()
            left = file.name in recorded.left
            found.append(Pending(file, text, digest, reason, objects, left))
    return found


def removed(files: Iterable[SqlFile], recorded: Ledger) -> dict[str, list[str]]:
    """Function files that are no longer in the tree, with what they left in the database."""
    present = {file.name for file in files}
    ours = {name for path in present for name in _objects_of(recorded.sources.get(path))}
    left = {
        source.path: sorted(set(source.objects) & recorded.objects - ours)
        for source in recorded.sources.values()
        if source.kind == "function" and source.path not in present
    }
    return {path: objects for path, objects in left.items() if objects}


def apply(backend: Backend, files: Sequence[Pending]) -> None:
    """Apply function files in one transaction: callers see all of them change at once."""
    with backend.work():
        dependents = Dependents(backend.session)
        seen = routines.look(backend.session)
        for item in files:
            backend.to_project()
            left = item.left or ledger.was_there(backend.session, item.file.name, item.checksum)
            if left:
                _make_room(backend, item.text, item.before)
            _run(backend, item.file.name, item.text)
            objects, changed, seen = routines.difference(backend.session, seen)
            stale = set(item.before) - set(objects)
            if left:
                routines.drop(backend.session, stale)
            _refuse_overload(backend.session, item, stale)
            dependents.refuse(item.file.name, changed)
            backend.record_source("function", item.file.name, item.checksum, item.text, objects)


def drop_left(backend: Backend, left: Mapping[str, Sequence[str]]) -> None:
    """Drop what files made that went with a migration; what others hold on to stays."""
    with backend.work():
        for path, names in left.items():
            backend.session.execute("SAVEPOINT dropping")
            try:
                routines.drop(backend.session, names)
                backend.say(f"function  {path}  dropped: it came with what was taken back")
            except psycopg.errors.DependentObjectsStillExist as error:
                backend.session.execute("ROLLBACK TO SAVEPOINT dropping")
                said = f"{error.diag.message_primary}\n{error.diag.message_detail or ''}"
                backend.say(f"function  {path}  left over\n{said.rstrip()}")


def restore(backend: Backend, source: Source, current: Source) -> None:
    """Apply an earlier version of a function file, and drop what only the later one made."""
    backend.to_project()
    _make_room(backend, source.text, current.objects)
    seen = routines.look(backend.session)
    backend.run_file(source.text)
    objects, _, _ = routines.difference(backend.session, seen)
    routines.drop(backend.session, set(current.objects) - set(objects))
    backend.record_source("function", source.path, source.checksum, source.text, objects)


def _reason(known: Source | None, digest: str, existing: frozenset[str]) -> str | None:
    if known is None:
        return "new"
    if not known.checksum:
        return "dropped"
    if known.checksum != digest:
        return "changed"
    if not existing.issuperset(known.objects):
        return "dropped"
    return None


def _objects_of(source: Source | None) -> tuple[str, ...]:
    return source.objects if source else ()


def _make_room(backend: Backend, text: str, former: Sequence[str]) -> None:
    """Drop what another version made where its result or its names of parameters are in the way."""
    backend.session.execute("SAVEPOINT trial")
    try:
        backend.run_file(text)
    except ScriptError as failure:
        backend.session.execute("ROLLBACK TO SAVEPOINT trial")
        if isinstance(failure.error, psycopg.errors.InvalidFunctionDefinition):
            routines.drop(backend.session, former)
    else:
        backend.session.execute("ROLLBACK TO SAVEPOINT trial")


def _run(backend: Backend, name: str, text: str) -> None:
    try:
        backend.run_file(text)
    except ScriptError as failure:
        error = failure.error
        hint = None
        if isinstance(error, psycopg.errors.InvalidFunctionDefinition):
            hint = (
                "where the result type or the parameters' names change, write a migration that "
                "drops the function; apply then creates it from this file"
            )
        raise MigrationError(
            report.explain(name, text, error, failure.finished), hint=hint
        ) from error


def _refuse_overload(connection: Connection, item: Pending, former: set[str]) -> None:
    """The file's earlier functions must be replaced or gone, else two of one name would stay."""
    stale = routines.still_there(connection, former)
    if stale:
        raise MigrationError(
            f"{item.file.name}: the signature changed, and {', '.join(stale)} would stay",
            hint="write a migration with " + " ".join(f"DROP ROUTINE {s};" for s in stale),
        )
