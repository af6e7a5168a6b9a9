"""Take migrations back, each with its functions, each in one transaction."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from psycopg.errors import DeadlockDetected, LockNotAvailable

from strongroom.errors import HistoryError, LintError, PartialError, UsageError
from strongroom.migrate import (
    earlier,
    files,
    history,
    ledger,
    lines,
    retry,
    steps,
    target,
    unfit,
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

# More functions than this are counted, not listed.
_LISTED = 12


@dataclass(frozen=True, slots=True)
class Until:
    """How far back: to a migration that stays, all the way, or (neither) the last one only.

    What stands apart from the one that stays, other apps' above all, is not taken back with `to`.
    """

    to: str | None = None
    everything: bool = False


@dataclass(slots=True)
class Outcome:
    """What was taken back; by function that is still there, what its body names of what is gone."""

    target: str
    rolled_back: list[str] = field(default_factory=list)
    unfit: dict[str, list[str]] = field(default_factory=dict)


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
            # An older version of this command kept less.
            retry.run(backend, lock, "new tables of the ledger", backend.create_ledger)
            backend.begin_run("rollback", source_commit(project))
            before = unfit.names(backend.session)
            try:
                for migration in found:
                    _one(backend, lock, migration, lines.apart_from(migrations, migration.id))
                    outcome.rolled_back.append(migration.id)
            finally:
                # Also when one fails: those before it are taken back.
                if outcome.rolled_back and not backend.session.closed:
                    outcome.unfit = _tell_unfit(backend, before)
        return outcome


def _tell_unfit(backend: Backend, before: unfit.Names) -> dict[str, list[str]]:
    gone = before - unfit.names(backend.session)
    found = unfit.naming(backend.session, gone)
    for function, named in list(found.items())[:_LISTED]:
        backend.say(f"unfit     {function} names {', '.join(named)}, and there is none now")
    if len(found) > _LISTED:
        backend.say(f"unfit     {len(found) - _LISTED} more functions")
    return found


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
        _after_steps(backend, lock, migration, apart)
    backend.say(f"rollback  {migration.id}  ok  {time.monotonic() - begun:.2f} s")


def _after_steps(
    backend: Backend, lock: DeployLock, migration: SqlMigration, apart: frozenset[str]
) -> None:
    """Take the functions and the ledger's rows back, when all statements are done."""

    def action() -> None:
        with backend.work():
            _undo(backend, migration, apart, lambda: None)

    try:
        retry.run(backend, lock, f"functions of {migration.id}", action)
    except MigrationError as error:
        raise PartialError(
            f"{migration.id} stopped after its last statement\n{error.message}\n"
            "its statements stay done",
            hint="; ".join(filter(None, (error.hint, "run the same command again"))),
        ) from error


def _in_one_transaction(backend: Backend, migration: SqlMigration, apart: frozenset[str]) -> None:
    with backend.work(backend.limits.of(migration.rollback)):
        _undo(backend, migration, apart, partial(_run_file, backend, migration.rollback.text))


def _undo(
    backend: Backend,
    migration: SqlMigration,
    apart: frozenset[str],
    run: Callable[[], None],
) -> None:
    """Take a migration back with its functions, by what runs its rollback file."""
    way = earlier.find(backend, migration.id, apart)
    # Earlier bodies first, for the later ones may hold on to what the file drops; those that
    # need what the file brings back come after it.
    waiting = earlier.restore(backend, way.changed, last_try=False)
    gone = _let_go(backend, [*way.staying, *way.same, *(item.now for item in waiting)], run)
    unfit = earlier.restore(backend, waiting, last_try=True)
    for item in unfit:
        backend.say(f"  function {item.now.path}: stays, its version from before does not fit")
    restored = {item.now.path for item in waiting} - {item.now.path for item in unfit}
    earlier.make_again(
        backend, [*way.untouched, *(one for one in gone if one.path not in restored)]
    )
    backend.to_ledger()
    earlier.note_gone(backend)
    stay = [*way.staying, *(item.now for item in unfit)]
    ledger.outlive(backend.session, migration.id, way.place, [source.path for source in stay])
    backend.forget(migration)


def _let_go(backend: Backend, later: Sequence[Source], run: Callable[[], None]) -> list[Source]:
    """Run a rollback file; the function files that had to be dropped for it.

    later   those that came after the migration and are still there
    """
    backend.session.execute("SAVEPOINT undo")
    try:
        run()
    except ScriptError as failure:
        if not isinstance(failure.error, earlier.HELD):
            raise
        backend.session.execute("ROLLBACK TO SAVEPOINT undo")
        gone = earlier.let_go(backend, later)
        if not gone:
            raise
        _run_again(run, failure)
        return gone
    return []


def _run_again(run: Callable[[], None], failure: ScriptError) -> None:
    try:
        run()
    except ScriptError as again:
        if isinstance(again.error, (LockNotAvailable, DeadlockDetected)):
            raise
        # The file may drop by itself what was dropped for it: the first failure tells more.
        raise failure from again


def _run_file(backend: Backend, text: str) -> None:
    backend.to_project()
    backend.run_file(text)
