"""What an apply would do, from the files and the ledger alone."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field

from strongroom.errors import LintError
from strongroom.extensions import Extensions, Needs, needs_of
from strongroom.migrate import bootstrap, files, functions, history
from strongroom.migrate.bootstrap import Part
from strongroom.migrate.files import SqlMigration, line_of
from strongroom.migrate.functions import Pending
from strongroom.migrate.history import Conflict
from strongroom.migrate.ledger import Ledger
from strongroom.migrate.target import Target
from strongroom.project import Project, SqlFile


@dataclass(frozen=True, slots=True)
class Skipped:
    """An app that is left out, and what would change that.

    migrations  how many it has
    commands    for an administrator of the database; none where the server would have to change
    """

    app: str
    reason: str
    migrations: int
    commands: tuple[str, ...]

    def line(self, where: Target) -> str:
        """What a person is told."""
        count = "1 migration" if self.migrations == 1 else f"{self.migrations} migrations"
        said = f"{self.app} ({count}): {self.reason}"
        if not self.commands:
            return said
        address = where.url_for_administrator()
        return f"{said}: psql -d {shlex.quote(address)}" + "".join(
            f" -c {shlex.quote(command)}" for command in self.commands
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in order.

    adopt       the database was built by install.sql and is compared, then recorded
    left        what is dropped, for its file came with a migration that was taken back
    held_back   function files that wait, because `--to` leaves later migrations unapplied
    extensions  those to make before the first migration, and whether only a superuser may
    skipped     apps that lack an extension; nothing of them is in the database, and nothing comes
    """

    bootstrap: list[Part] = field(default_factory=list)
    adopt: bool = False
    extensions: dict[str, bool] = field(default_factory=dict)
    first: list[Pending] = field(default_factory=list)
    migrations: list[SqlMigration] = field(default_factory=list)
    last: list[Pending] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)
    removed: dict[str, list[str]] = field(default_factory=dict)
    left: dict[str, list[str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    needs: Needs = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        work = (self.bootstrap, self.first, self.migrations, self.last, self.left)
        return not self.adopt and not any(work)

    def lines(self) -> list[str]:
        """One line for each thing that would be done."""
        if self.adopt:
            return ["compare this database with the migrations, and adopt it when they agree"]
        kinds = {True: "", False: "  NON-TRANSACTIONAL (resumable)"}
        return [
            *(f"bootstrap {part.file.name}" for part in self.bootstrap),
            *(f"extension {name}" for name in self.extensions),
            *(f"function  {item.file.name}  {item.reason}" for item in self.first),
            *(f"migration {m.id}{kinds[m.forward.headers.transactional]}" for m in self.migrations),
            *(f"function  {item.file.name}  {item.reason}" for item in self.last),
            *(f"function  {path}  left over" for path in self.left),
        ]


def needs(project: Project, migrations: Sequence[SqlMigration]) -> Needs:
    """The extensions of each app, as its schema's comment and its migrations say."""
    headers = ((line_of(m.id), m.forward.headers.extensions) for m in migrations)
    return needs_of(project, headers)


def make(
    project: Project,
    migrations: Sequence[SqlMigration],
    ledger: Ledger,
    has: Extensions,
    *,
    major: int,
    built: bool,
    to: str | None = None,
    without: frozenset[str] = frozenset(),
) -> Plan:
    """The plan for a database.

    has     what it has of the extensions that apps need
    major   the server's major version
    built   whether the project's first schema exists already
    to      id of the last migration to apply; UsageError when there is none
    without  apps that are to be left out, whatever the database has

    LintError when a rollback file belongs to no migration that is here or was applied.
    """
    files.refuse_orphans(project, migrations, ledger.known)
    skipped = _skipped(migrations, ledger, has)
    out = without | {one.app for one in skipped}
    wanted = _up_to(migrations, to)
    left = [m for m in migrations if m.id not in ledger.applied and line_of(m.id) not in out]
    pending = [m for m in left if m in wanted]
    later = len(left) > len(pending)
    first = functions.first(project)
    every = functions.every(project)
    rest = [file for file in every if file not in first and not _is_of(file, out)]
    present = {file.name for file in every}
    last = functions.pending(rest, ledger, major, present)
    touched = {line_of(m.id) for m in pending}
    removed = functions.removed(every, ledger)
    return Plan(
        bootstrap=bootstrap.pending(project, ledger),
        adopt=built and not ledger.exists,
        extensions={n: s for app in touched for n, s in has.to_make.get(app, {}).items()},
        first=functions.pending(first, ledger, major, present),
        migrations=pending,
        last=[] if later else last,
        held_back=[item.file.name for item in last] if later else [],
        removed=removed,
        left={} if later else _left(removed, ledger, pending),
        conflicts=[*history.conflicts(migrations, ledger), *_stuck(pending, has)],
        skipped=skipped,
        needs=needs(project, migrations),
    )


def check(project: Project, plan: Plan) -> None:
    """Refuse what can't be applied: HistoryError, LintError."""
    history.refuse(plan.conflicts)
    for migration in plan.migrations:
        files.lint(project, migration)
        _refuse_shaky(migration, plan.needs)


def _skipped(migrations: Sequence[SqlMigration], ledger: Ledger, has: Extensions) -> list[Skipped]:
    """Apps that lack something and of which nothing is there yet."""
    there = {line_of(name) for name in ledger.known}
    return [
        Skipped(
            app,
            has.why_not(app),
            sum(line_of(migration.id) == app for migration in migrations),
            tuple(has.statements(app)),
        )
        for app in sorted(has.lacks)
        if app not in there
    ]


def _stuck(pending: Sequence[SqlMigration], has: Extensions) -> list[Conflict]:
    """Apps that are there, and whose next migration asks for what is not to be had."""
    found: dict[str, Conflict] = {}
    for migration in pending:
        app = line_of(migration.id)
        if app in has.lacks:
            commands = "; ".join(has.statements(app))
            message = f"{app} can't be brought forward: {has.why_not(app)}"
            hint = f"as an administrator: {commands}" if commands else "bring the server forward"
            found.setdefault(app, Conflict("extension", migration.id, message, hint))
    return list(found.values())


def _refuse_shaky(migration: SqlMigration, needs: Needs) -> None:
    """LintError when a migration builds on an app that may be left out."""
    own = line_of(migration.id)
    for parent in migration.parents:
        app = line_of(parent.id)
        if app != own and app in needs:
            raise LintError(
                f"{migration.forward.name}: depends on {parent.id}, and {app} is left out where "
                f"the server has no extension {needs[app][0]}",
                hint="depend on a migration of the kernel, or of this app",
            )


def _left(
    removed: dict[str, list[str]], ledger: Ledger, pending: Sequence[SqlMigration]
) -> dict[str, list[str]]:
    """What files left that came with migrations that were taken back, and will not be back."""
    coming = {migration.id for migration in pending}
    return {path: names for path, names in removed.items() if ledger.left.get(path, set()) - coming}


def _is_of(file: SqlFile, apps: frozenset[str]) -> bool:
    return file.path.parent.name in apps


def _up_to(migrations: Sequence[SqlMigration], to: str | None) -> Sequence[SqlMigration]:
    if to is None:
        return migrations
    last = files.find(migrations, to)
    return migrations[: migrations.index(last) + 1]
