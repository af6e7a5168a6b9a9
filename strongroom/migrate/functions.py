"""Function files: applied again when their content changed, refused where that would harm.

What refuses: a changed signature or result, because the old function would stay or callers would
break; a changed body under an index, a generated column, a CHECK or a partition key, because the
values that were stored with the old body would stay.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import psycopg

from strongroom.migrate import report
from strongroom.migrate.backend import Backend
from strongroom.migrate.dependents import Dependents
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.ledger import Ledger, Source
from strongroom.migrate.script import ScriptError
from strongroom.migrate.target import Connection
from strongroom.project import Project, SqlFile

# Only what this transaction may have written: a row that is older can't have changed in it.
_WRITTEN = """
SELECT 'pg_catalog.pg_proc', p.oid, p.ctid::text || p.xmin::text
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND pg_catalog.age(p.xmin) <= pg_catalog.age(pg_catalog.pg_current_xact_id()::xid)
UNION ALL
SELECT 'pg_catalog.pg_trigger', t.oid, t.ctid::text || t.xmin::text
FROM pg_catalog.pg_trigger AS t
WHERE NOT t.tgisinternal
  AND pg_catalog.age(t.xmin) <= pg_catalog.age(pg_catalog.pg_current_xact_id()::xid)
"""
_NAMES = """
SELECT (pg_catalog.pg_identify_object(o.catalog::regclass, o.oid, 0)).identity
FROM ROWS FROM (pg_catalog.unnest(%s::text[]), pg_catalog.unnest(%s::oid[])) AS o (catalog, oid)
ORDER BY o.catalog, 1
"""
_EXISTING = """
SELECT i.name
FROM pg_catalog.unnest(%s::text[]) AS i (name)
WHERE pg_catalog.to_regprocedure(i.name) IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class Pending:
    """A function file that will be applied, and why: new, changed or dropped."""

    file: SqlFile
    text: str
    checksum: str
    reason: str
    before: tuple[str, ...]


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


def pending(files: Iterable[SqlFile], ledger: Ledger, major: int) -> list[Pending]:
    """The function files that the database does not have as they are, in order."""
    found = []
    for file in files:
        text = read(file)
        digest = checksum(text, major)
        known = ledger.sources.get(file.name)
        if reason := _reason(known, digest, ledger.objects):
            objects = known.objects if known else ()
            found.append(Pending(file, text, digest, reason, objects))
    return found


def removed(files: Iterable[SqlFile], ledger: Ledger) -> dict[str, list[str]]:
    """Function files that are no longer in the tree, with what they left in the database."""
    present = {file.name for file in files}
    ours = {name for path in present for name in _objects_of(ledger.sources.get(path))}
    left = {
        source.path: sorted(set(source.objects) & ledger.objects - ours)
        for source in ledger.sources.values()
        if source.kind == "function" and source.path not in present
    }
    return {path: objects for path, objects in left.items() if objects}


def apply(backend: Backend, files: Sequence[Pending]) -> None:
    """Apply function files in one transaction: callers see all of them change at once."""
    with backend.work():
        dependents = Dependents(backend.session)
        seen = _look(backend.session)
        for item in files:
            backend.to_project()
            _run(backend, item.file.name, item.text)
            objects, changed, seen = _difference(backend.session, seen)
            _refuse_overload(backend.session, item, objects)
            dependents.refuse(item.file.name, changed)
            backend.record_source("function", item.file.name, item.checksum, item.text, objects)


def restore(backend: Backend, source: Source, current: Source) -> None:
    """Apply an earlier version of a function file, and drop what only the later one made."""
    backend.to_project()
    seen = _look(backend.session)
    backend.run_file(source.text)
    objects, _, _ = _difference(backend.session, seen)
    for identity in _still_there(backend.session, set(current.objects) - set(objects)):
        backend.session.execute(f"DROP ROUTINE {identity}".encode())
    backend.record_source("function", source.path, source.checksum, source.text, objects)


def _reason(known: Source | None, digest: str, existing: frozenset[str]) -> str | None:
    if known is None:
        return "new"
    if known.checksum != digest:
        return "changed"
    if not existing.issuperset(known.objects):
        return "dropped"
    return None


def _objects_of(source: Source | None) -> tuple[str, ...]:
    return source.objects if source else ()


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


def _refuse_overload(connection: Connection, item: Pending, objects: list[str]) -> None:
    """The file's earlier functions must be replaced or gone, else two of one name would stay."""
    stale = _still_there(connection, set(item.before) - set(objects))
    if stale:
        raise MigrationError(
            f"{item.file.name}: the signature changed, and {', '.join(stale)} would stay",
            hint="write a migration with " + " ".join(f"DROP ROUTINE {s};" for s in stale),
        )


def _still_there(connection: Connection, identities: set[str]) -> list[str]:
    """Those of some routines that exist; triggers are no routines."""
    names = sorted(identity for identity in identities if identity.endswith(")"))
    if not names:
        return []
    return [row[0] for row in connection.execute(_EXISTING, (names,))]


_Seen = dict[tuple[str, int], str]


def _look(connection: Connection) -> _Seen:
    """What this transaction wrote, with what tells one version of a row from the next."""
    rows = connection.execute(_WRITTEN).fetchall()
    return {(catalog, oid): version for catalog, oid, version in rows}


def _difference(connection: Connection, before: _Seen) -> tuple[list[str], list[int], _Seen]:
    """What was made or replaced since a look: identities, oids of routines, and the new look."""
    now = _look(connection)
    changed = [key for key, version in now.items() if before.get(key) != version]
    routines = [oid for catalog, oid in changed if catalog == "pg_catalog.pg_proc"]
    return _names(connection, changed), routines, now


def _names(connection: Connection, changed: list[tuple[str, int]]) -> list[str]:
    if not changed:
        return []
    catalogs, oids = zip(*changed, strict=True)
    return [row[0] for row in connection.execute(_NAMES, (list(catalogs), list(oids)))]
