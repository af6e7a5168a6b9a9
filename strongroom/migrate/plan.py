"""What an apply would do, from the files and the ledger alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from strongroom.migrate import bootstrap, files, functions, history
from strongroom.migrate.bootstrap import Part
from strongroom.migrate.files import SqlMigration
from strongroom.migrate.functions import Pending
from strongroom.migrate.history import Conflict
from strongroom.migrate.ledger import Ledger
from strongroom.project import Project


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done, in order.

    adopt       the database was built by install.sql and is compared, then recorded
    held_back   function files that wait, because `--to` leaves later migrations unapplied
    """

    bootstrap: list[Part] = field(default_factory=list)
    adopt: bool = False
    first: list[Pending] = field(default_factory=list)
    migrations: list[SqlMigration] = field(default_factory=list)
    last: list[Pending] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)
    removed: dict[str, list[str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        work = (self.bootstrap, self.first, self.migrations, self.last)
        return not self.adopt and not any(work)

    def lines(self) -> list[str]:
        """One line for each thing that would be done."""
        if self.adopt:
            return ["compare this database with the migrations, and adopt it when they agree"]
        kinds = {True: "", False: "  NON-TRANSACTIONAL (resumable)"}
        return [
            *(f"bootstrap {part.file.name}" for part in self.bootstrap),
            *(f"function  {item.file.name}  {item.reason}" for item in self.first),
            *(f"migration {m.id}{kinds[m.forward.headers.transactional]}" for m in self.migrations),
            *(f"function  {item.file.name}  {item.reason}" for item in self.last),
        ]


def make(
    project: Project,
    migrations: Sequence[SqlMigration],
    ledger: Ledger,
    *,
    major: int,
    built: bool,
    to: str | None = None,
) -> Plan:
    """The plan for a database.

    major   the server's major version
    built   whether the project's first schema exists already
    to      id of the last migration to apply; UsageError when there is none

    LintError when a rollback file belongs to no migration that is here or was applied.
    """
    files.refuse_orphans(project, migrations, ledger.known)
    wanted = _up_to(migrations, to)
    pending = [m for m in wanted if m.id not in ledger.applied]
    later = [m for m in migrations if m not in wanted and m.id not in ledger.applied]
    first = functions.first(project)
    every = functions.every(project)
    last = functions.pending([file for file in every if file not in first], ledger, major)
    return Plan(
        bootstrap=bootstrap.pending(project, ledger),
        adopt=built and not ledger.exists,
        first=functions.pending(first, ledger, major),
        migrations=pending,
        last=[] if later else last,
        held_back=[item.file.name for item in last] if later else [],
        removed=functions.removed(every, ledger),
        conflicts=history.conflicts(migrations, ledger),
    )


def check(project: Project, plan: Plan) -> None:
    """Refuse what can't be applied: HistoryError, LintError."""
    history.refuse(plan.conflicts)
    for migration in plan.migrations:
        files.lint(project, migration)


def _up_to(migrations: Sequence[SqlMigration], to: str | None) -> Sequence[SqlMigration]:
    if to is None:
        return migrations
    last = files.find(migrations, to)
    return migrations[: migrations.index(last) + 1]
