"""Function files: applied again when their content changed, refused where that would harm.

What refuses: a changed signature or result, because the old function would stay or callers would
break; a changed body under an index, a generated column, a CHECK or a partition key, because the
values that were stored with the old body would stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
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
    """A function file that will be applied, and why: new, changed, dropped or replaced.

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


def pending(
    files: Iterable[SqlFile], recorded: Ledger, major: int, present: Container[str]
) -> list[Pending]:
    """The function files that the database does not have as they are, in order.

    present     paths of all that there are
    """
    gone = [source for path, source in recorded.sources.items() if path not in present]
    found = []
    for file in files:
        text = read(file)
        digest = checksum(text, major)
        known = recorded.sources.get(file.name)
        other = _replaced_by(gone, known)
        if reason := _reason(known, digest, recorded.objects) or (other and "replaced"):
            objects = known.objects if known else ()
            left = file.name in recorded.left or other in recorded.left
            found.append(Pending(file, text, digest, reason, objects, left))
    return found


def removed(files: Iterable[SqlFile], recorded: Ledger) -> dict[str, list[str]]:
    """Function files that are no longer in the tree, with what they left in the database."""
    present = {file.name for file in files}
    ours = {name for path in present for name in _objects_of(recorded.sources.get(path))}
    left = {
        source.path: sorted(
            set(source.objects) & recorded.objects - ours - _taken(recorded, source)
        )
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
        waiting = list(left)
        while waiting:
            # What others of them hold on to goes after those.
            held = {path: why for path in waiting if (why := _held(backend, left[path]))}
            for path in waiting:
                if path not in held:
                    backend.say(f"function  {path}  dropped: it came with what was taken back")
            if len(held) == len(waiting):
                for path, why in held.items():
                    backend.say(f"function  {path}  left over\n{why}")
                break
            waiting = list(held)


def restore(backend: Backend, dependents: Dependents, source: Source, current: Source) -> None:
    """Apply an earlier version of a function file, and drop what only the later one made."""
    backend.to_project()
    _make_room(backend, source.text, current.objects)
    seen = routines.look(backend.session)
    backend.run_file(source.text)
    objects, changed, _ = routines.difference(backend.session, seen)
    dependents.refuse(source.path, changed)
    routines.drop(backend.session, set(current.objects) - set(objects))
    backend.record_source("function", source.path, source.checksum, source.text, objects)


def _held(backend: Backend, names: Sequence[str]) -> str | None:
    """Drop functions and triggers, or say what holds on to them."""
    backend.session.execute("SAVEPOINT dropping")
    try:
        routines.drop(backend.session, names)
    except psycopg.errors.DependentObjectsStillExist as error:
        backend.session.execute("ROLLBACK TO SAVEPOINT dropping")
        return f"{error.diag.message_primary}\n{error.diag.message_detail or ''}".rstrip()
    return None


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


def _replaced_by(gone: Iterable[Source], known: Source | None) -> str | None:
    """The file, gone now, that made since what a file had made: it had its name for a while."""
    if known is None:
        return None
    later = (source for source in gone if source.version_id > known.version_id)
    ours = set(known.objects)
    return next((source.path for source in later if not ours.isdisjoint(source.objects)), None)


def _taken(recorded: Ledger, source: Source) -> set[str]:
    """What migrations made since a version of a file; it is theirs."""
    later = (place for place in recorded.places.values() if place.after >= source.version_id)
    return {name for place in later for name in place.objects}


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
