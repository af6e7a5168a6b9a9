"""Take migrations back, each with its functions, each in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePosixPath

import psycopg

from strongroom.errors import HistoryError, LintError, UsageError
from strongroom.migrate import (
    files,
    functions,
    history,
    ledger,
    lines,
    report,
    retry,
    steps,
    target,
)
from strongroom.migrate.apply import (
    connected,
    deploy_lock,
    must_become_owner,
    read_ledger,
    source_commit,
)
from strongroom.migrate.backend import Backend
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.files import SqlMigration, read_migrations
from strongroom.migrate.ledger import Ledger, Source
from strongroom.migrate.lock import DeployLock
from strongroom.migrate.report import Say
from strongroom.migrate.script import ScriptError
from strongroom.migrate.target import Target
from strongroom.project import Project


@dataclass(frozen=True, slots=True)
class Until:
    """How far back: to a migration that stays, all the way, or (neither) the last one only.

    What stands apart from the one that stays, other apps' above all, is not taken back with `to`.
    """

    to: str | None = None
    everything: bool = False


@dataclass(slots=True)
class Outcome:
    """What was taken back."""

    target: str
    rolled_back: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Restoration:
    """A function file, its version now and the one from before the migration's run."""

    now: Source
    before: Source


def rollback(
    project: Project,
    where: Target,
    say: Say,
    until: Until,
    *,
    confirm: Callable[[list[SqlMigration]], None] = lambda _: None,
    wait: float = 600.0,
) -> Outcome:
    """Roll back what was applied last first; `confirm` raises to stop before anything changes."""
    migrations = read_migrations(project)
    with connected(project, where, say) as backend:
        outcome = Outcome(target.describe(backend.session))
        recorded = read_ledger(backend)
        files.refuse_orphans(project, migrations, recorded.known)
        found = _chosen(migrations, recorded, until)
        if not found:
            return outcome
        confirm(found)
        with deploy_lock(where, backend, say, wait) as lock:
            must_become_owner(backend)
            if _chosen(migrations, read_ledger(backend), until) != found:
                raise UsageError(
                    "another deployer changed what would be rolled back", hint="look again"
                )
            backend.begin_run("rollback", source_commit(project))
            for migration in found:
                _one(backend, lock, migration, lines.apart_from(migrations, migration.id))
                outcome.rolled_back.append(migration.id)
        return outcome


def _chosen(
    migrations: Sequence[SqlMigration], recorded: Ledger, until: Until
) -> list[SqlMigration]:
    present = {migration.id for migration in migrations}
    lost = [name for name in recorded.applied if name not in present]
    if lost:
        raise HistoryError(
            f"applied migrations have no file: {', '.join(lost)}",
            hint="get their files back; only they know the way back",
        )
    if partial := recorded.partial():
        raise HistoryError(
            f"{partial[0]} stopped midway", hint="finish it with apply, then roll back"
        )
    found = list(reversed(_after(_as_applied(migrations, recorded), migrations, until)))
    history.refuse(history.edited_since(found, recorded))
    for migration in found:
        _check(migration)
    return found


def _as_applied(migrations: Sequence[SqlMigration], recorded: Ledger) -> list[SqlMigration]:
    """What is applied, in the order of that: by run, for clocks may go back."""
    applied = [migration for migration in migrations if migration.id in recorded.applied]
    return sorted(applied, key=lambda migration: recorded.applied[migration.id].run_id or 0)


def _after(
    applied: list[SqlMigration], migrations: Sequence[SqlMigration], until: Until
) -> list[SqlMigration]:
    if until.everything:
        return applied
    if until.to is None:
        return applied[-1:]
    stays = files.find(migrations, until.to)
    if stays not in applied:
        raise UsageError(f"{stays.id} is not applied")
    later = lines.built_on(migrations, stays.id)
    return [migration for migration in applied if migration.id in later]


def _check(migration: SqlMigration) -> None:
    if not migration.rollback.path.is_file():
        raise LintError(f"{migration.rollback.name} is missing: there is no way back")
    reason = migration.rollback.headers.irreversible
    if reason is not None:
        raise UsageError(f"{migration.id} can't be rolled back: {reason}")


def _one(
    backend: Backend, lock: DeployLock, migration: SqlMigration, apart: frozenset[str]
) -> None:
    """Take a migration back; functions of the lines in `apart` stay as they are."""
    begun = time.monotonic()
    backend.name_session(f"rollback {migration.id}")
    backend.say(f"rollback  {migration.id} ...")
    undo = migration.rollback
    if undo.headers.transactional:
        action = partial(_in_one_transaction, backend, migration, apart)
        retry.run(backend, lock, undo.name, action, undo.text)
    else:
        done = [s for s in read_ledger(backend).steps if s.migration_id == migration.id]
        steps.run_steps(backend, migration, undo, done, "rollback")
        with backend.work():
            _restore(backend, _restorations(backend, migration, apart), last_try=True)
            backend.forget(migration)
    backend.say(f"rollback  {migration.id}  ok  {time.monotonic() - begun:.2f} s")


def _in_one_transaction(backend: Backend, migration: SqlMigration, apart: frozenset[str]) -> None:
    with backend.work(backend.limits.of(migration.rollback)):
        # Earlier bodies first, for the later ones may hold on to what the file drops; those that
        # need what the file brings back come after it.
        waiting = _restore(backend, _restorations(backend, migration, apart), last_try=False)
        backend.to_project()
        backend.run_file(migration.rollback.text)
        _restore(backend, waiting, last_try=True)
        backend.forget(migration)


def _restorations(
    backend: Backend, migration: SqlMigration, apart: frozenset[str]
) -> list[Restoration]:
    """Function files that came with the migration's run or later and had an earlier version."""
    run_id = _run_of(backend, migration)
    if run_id is None:
        return []
    before = ledger.sources_before(backend.session, run_id)
    now = ledger.sources_before(backend.session, ledger.EVER)
    return [
        Restoration(source, before[path])
        for path, source in now.items()
        if source.kind == "function"
        and source.run_id >= run_id
        and PurePosixPath(path).parent.name not in apart
        and path in before
        and before[path].checksum != source.checksum
    ]


def _run_of(backend: Backend, migration: SqlMigration) -> int | None:
    """The run that applied a migration."""
    row = backend.session.execute(
        "SELECT run_id FROM strongroom.migrate_file WHERE migration_id = %s", (migration.id,)
    ).fetchone()
    return int(row[0]) if row else None


def _restore(
    backend: Backend, wanted: Sequence[Restoration], *, last_try: bool
) -> list[Restoration]:
    """Bring back earlier versions; those that can't be yet, unless this is the last try."""
    failed = []
    for item in wanted:
        backend.session.execute("SAVEPOINT restore")
        try:
            functions.restore(backend, item.before, item.now)
            backend.session.execute("RELEASE SAVEPOINT restore")
            backend.say(f"  function {item.now.path}: the version from before")
        except (ScriptError, psycopg.Error) as failure:
            backend.session.execute("ROLLBACK TO SAVEPOINT restore")
            if last_try:
                error = failure.error if isinstance(failure, ScriptError) else failure
                raise _not_restored(item, failure) from error
            failed.append(item)
    return failed


def _not_restored(item: Restoration, failure: ScriptError | psycopg.Error) -> MigrationError:
    error = failure.error if isinstance(failure, ScriptError) else failure
    finished = failure.finished if isinstance(failure, ScriptError) else None
    return MigrationError(
        f"the version of {item.now.path} from before can't be brought back\n"
        + report.explain(item.now.path, item.before.text, error, finished)
    )
