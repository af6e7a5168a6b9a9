"""The migrations of a project: `ID.sql` with `ID.rollback.sql` beside it, in yoyo's format."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Sequence
from functools import cache, cached_property
from pathlib import Path

from yoyo.migrations import Migration
from yoyo.topologicalsort import CycleError, topological_sort

from strongroom.errors import HistoryError, LintError, UsageError
from strongroom.migrate import headers, statements
from strongroom.migrate.headers import Headers
from strongroom.migrate.report import place
from strongroom.project import Project

_ROLLBACK = ".rollback.sql"
_SKIPS = re.compile(r"\bskip\s+locked\b", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d+\.([^.]+)\.[^.]+$")


class SqlFile:
    """The text of one file of a migration, read once."""

    def __init__(self, path: Path, name: str) -> None:
        self.path = path
        self.name = name

    @cached_property
    def text(self) -> str:
        """The text with LF and without a byte order mark, so that a checkout changes nothing."""
        try:
            raw = self.path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise LintError(f"{self.name}: not UTF-8 at byte {error.start}") from error
        return raw.replace("\r\n", "\n")

    @cached_property
    def checksum(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @cached_property
    def headers(self) -> Headers:
        try:
            return headers.read(self.text)
        except headers.HeaderError as problem:
            raise LintError(f"{self.name}:{problem.line}: {problem.message}") from problem


class SqlMigration(Migration):  # type: ignore[misc] # yoyo has no types
    """yoyo's migration without yoyo's splitting: a whole file is sent as it is."""

    id: str
    hash: str

    def __init__(self, project: Project, path: Path) -> None:
        super().__init__(path.name.removesuffix(".sql"), str(path), str(path.parent))
        folder = path.parent.name
        self.forward = SqlFile(path, f"{folder}/{path.name}")
        undo = path.with_name(f"{self.id}{_ROLLBACK}")
        self.rollback = SqlFile(undo, f"{folder}/{undo.name}")
        self.parents: frozenset[SqlMigration] = frozenset()

    @property
    def depends(self) -> frozenset[SqlMigration]:
        return self.parents

    def load(self) -> None:
        """Nothing to do: the text is read when it is needed."""

    def __repr__(self) -> str:
        return f"<SqlMigration {self.id}>"


def line_of(name: str) -> str:
    """The app in a migration's id; all that are named otherwise are one line, ""."""
    named = _NUMBERED.match(name)
    return named[1] if named else ""


def read_migrations(project: Project) -> list[SqlMigration]:
    """Every migration in the order of application; LintError or HistoryError when there is none."""
    if not project.migrations.is_dir():
        return []
    for path in sorted(project.migrations.glob("*.py")):
        raise LintError(
            f"{path.parent.name}/{path.name}: migrations are SQL here, and this is Python",
            hint="write the statements into an .sql file",
        )
    paths = sorted(project.migrations.glob("*.sql"))
    found = [SqlMigration(project, p) for p in paths if not p.name.endswith(_ROLLBACK)]
    by_id = {migration.id: migration for migration in found}
    for migration in found:
        migration.parents = frozenset(_parents(migration, by_id))
    try:
        return list(topological_sort(found, {m: m.parents for m in found}))
    except CycleError as error:
        circle = ", ".join(migration.id for migration in error.args[1])
        raise HistoryError(
            f"migrations depend on each other in a circle: {circle}",
            hint="break it in their 'depends' headers",
        ) from error


def refuse_orphans(
    project: Project, migrations: Iterable[SqlMigration], recorded: Container[str]
) -> None:
    """LintError when a rollback file undoes nothing.

    recorded    ids that the ledger knows: what is missing there is a matter of history
    """
    known = {migration.id for migration in migrations}
    for path in sorted(project.migrations.glob(f"*{_ROLLBACK}")):
        name = path.name.removesuffix(_ROLLBACK)
        if name not in known and name not in recorded:
            raise LintError(f"{path.parent.name}/{path.name}: there is no migration to undo")


def find(migrations: Sequence[SqlMigration], wanted: str) -> SqlMigration:
    """The migration with an id, or with an id that begins so; UsageError when there is none."""
    same = [m for m in migrations if m.id == wanted]
    found = same or [m for m in migrations if m.id.startswith(wanted)]
    if len(found) == 1:
        return found[0]
    known = ", ".join(m.id for m in (found or migrations))
    if found:
        raise UsageError(f"several migrations begin with {wanted!r}: {known}")
    raise UsageError(f"no such migration: {wanted!r}", hint=f"there are: {known or 'none'}")


def lint(project: Project, migration: SqlMigration) -> None:
    """Refuse what would go wrong or go unrecorded; LintError with file and line."""
    if not migration.rollback.path.is_file():
        raise LintError(
            f"{migration.forward.name}: {migration.rollback.name} is missing",
            hint="write the way back, or a file with '-- irreversible: why' at its top",
        )
    _check_namespace(project, migration)
    _check_statements(migration.forward)
    if migration.rollback.headers.irreversible is None:
        _check_statements(migration.rollback)


def _parents(migration: SqlMigration, known: dict[str, SqlMigration]) -> Iterable[SqlMigration]:
    for name in migration.forward.headers.depends:
        if name not in known:
            raise HistoryError(
                f"{migration.forward.name}: depends on {name!r}, which does not exist",
                hint=f"migrations are named by their file without .sql, such as {min(known)}",
            )
        yield known[name]


def _check_namespace(project: Project, migration: SqlMigration) -> None:
    line = line_of(migration.id)
    known = sorted(path.name for path in project.schema.glob("*/") if path.is_dir())
    if line and known and line not in known:
        raise LintError(
            f"{migration.forward.name}: unknown app {line!r}",
            hint=f"the second part of the name is a folder of {project.schema.name}/: "
            + ", ".join(known),
        )


def _check_statements(file: SqlFile) -> None:
    kind = file.headers
    problem = _first_problem(
        file.text, transactional=kind.transactional, in_batches=kind.batch_size is not None
    )
    if problem:
        start, message = problem
        raise LintError(f"{place(file.name, file.text, start)}: {message}")


@cache
def _first_problem(text: str, *, transactional: bool, in_batches: bool) -> tuple[int, str] | None:
    """Where in a text something may not be said, and why; files are looked at more than once."""
    found = statements.parse(text)
    if isinstance(found, statements.Unparsable):
        return None if transactional else (found.start, found.message)
    for statement in found:
        if in_batches:
            problem = _batch_problem(statement)
        else:
            problem = _problem(statement, transactional=transactional)
        if problem:
            return statement.start, problem
    return None


def _batch_problem(statement: statements.Statement) -> str | None:
    if not statements.moves_rows(statement):
        return "'-- transactional: batches' is for INSERT, UPDATE, DELETE and MERGE alone"
    if "strongroom.batch_size" not in statement.text:
        return (
            "nothing says how much a batch takes: "
            "write LIMIT current_setting('strongroom.batch_size')::bigint"
        )
    if _SKIPS.search(statement.text):
        return "with SKIP LOCKED a batch that skips what is left would pass for the end; remove it"
    return None


def _problem(statement: statements.Statement, *, transactional: bool) -> str | None:
    if statements.ends_transaction(statement):
        return "the runner begins and ends the transaction; remove this"
    if statements.copies_from_client(statement):
        return "there is no client to copy from; write INSERT ... VALUES"
    if transactional:
        if statements.runs_concurrently(statement):
            return (
                "CONCURRENTLY can't run in a transaction; put it into a file of its own "
                "that begins with '-- transactional: false'"
            )
        return None
    if statements.created_index(statement) == (None, "") or (
        type(statement.tree).__name__ == "IndexStmt" and not statement.tree.idxname
    ):
        return "name the index, so that what a failed attempt leaves can be found"
    if statements.needs_no_transaction(statement) or statements.is_setting(statement):
        return None
    return "this needs no '-- transactional: false'; move it to a transactional file"
