"""Bring a database to what the sources say."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg

from strongroom import extensions
from strongroom.errors import UsageError
from strongroom.extensions import Needs
from strongroom.migrate import (
    adopt,
    bootstrap,
    earlier,
    functions,
    ledger,
    plan,
    retry,
    steps,
    target,
)
from strongroom.migrate.backend import Backend
from strongroom.migrate.files import SqlMigration, read_migrations
from strongroom.migrate.functions import Pending
from strongroom.migrate.ledger import Ledger
from strongroom.migrate.lock import DeployLock
from strongroom.migrate.plan import Plan
from strongroom.migrate.report import Say
from strongroom.migrate.script import ScriptError
from strongroom.migrate.target import EMBEDDED_USER, Target
from strongroom.project import Project

# More function files than this are counted, not listed.
_LISTED = 12
_HAS_PARTITIONS = """
SELECT pg_catalog.to_regclass('kernel.partition_policy') IS NOT NULL
   AND pg_catalog.to_regprocedure('kernel.maintain_partitions()') IS NOT NULL
"""
Confirm = Callable[[Plan], None]


@dataclass(slots=True)
class Outcome:
    """What was done to a database; `skipped` are apps with the reason."""

    target: str
    bootstrap: list[str] = field(default_factory=list)
    extensions: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)
    adopted: list[str] = field(default_factory=list)
    applied: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)
    removed: dict[str, list[str]] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        done = (self.bootstrap, self.extensions, self.adopted, self.applied, self.functions)
        return not any(done)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: which migrations, up to which one, and without which apps."""

    migrations: Sequence[SqlMigration]
    to: str | None = None
    without: frozenset[str] = frozenset()


@dataclass(slots=True)
class Run:
    """One apply: who does it, under which lock, and what came of it."""

    project: Project
    backend: Backend
    lock: DeployLock
    say: Say
    outcome: Outcome

    def ledger(self) -> Ledger:
        return read_ledger(self.backend)


def apply(
    project: Project,
    where: Target,
    say: Say,
    *,
    confirm: Confirm = lambda _: None,
    to: str | None = None,
    wait: float = 600.0,
    without: frozenset[str] = frozenset(),
) -> Outcome:
    """Apply what is pending and say what was done.

    confirm     called with the plan before anything changes; raises to stop
    to          the last migration to apply; functions wait until the rest is applied too
    wait        seconds to wait for another deployer
    without     apps to leave out, whatever the database has

    Raises the errors of strongroom.errors; each file is applied as a whole or not at all.
    """
    wanted = Wanted(read_migrations(project), to, without)
    with connected(project, where, say) as backend:
        outcome = Outcome(target.describe(backend.session))
        found = _plan(project, backend, wanted)
        plan.check(project, found)
        outcome.held_back, outcome.removed = found.held_back, found.removed
        for one in found.skipped:
            outcome.skipped[one.app] = one.reason
            say(f"skipped   {one.line(where)}")
        if found.empty:
            return outcome
        confirm(found)
        with deploy_lock(where, backend, say, wait) as lock:
            again = _plan(project, backend, wanted)
            plan.check(project, again)
            if again.lines() != found.lines():
                say("another deployer changed what is pending")
            run = Run(project, backend, lock, say, outcome)
            _execute(run, wanted, again)
            # A migration may have dropped what a file had left.
            outcome.removed = _plan(project, backend, wanted).removed
        return outcome


@contextmanager
def connected(project: Project, where: Target, say: Say) -> Iterator[Backend]:
    """A backend that may change the database; tells where it is, refuses poolers and standbys."""
    with Backend(where, say, project.search_path) as backend:
        say(f"target {target.describe(backend.session)}")
        if target.behind_pooler(backend.session):
            raise UsageError(
                "another process answers than the one that greeted us", hint=target.POOLER_HINT
            )
        standby = backend.session.execute("SELECT pg_catalog.pg_is_in_recovery()").fetchone()
        if standby == (True,):
            raise UsageError("this server is a standby", hint="give the address of the primary")
        yield backend


def read_ledger(backend: Backend) -> Ledger:
    """The ledger, read as the owner where there is one; UsageError when we may not."""
    owned = has_owner(backend)
    try:
        with backend.work(as_owner=owned):
            return ledger.read(backend.session)
    except psycopg.errors.InsufficientPrivilege as error:
        must_become_owner(backend)
        raise ledger.may_not_read(backend.session, error) from error


def has_owner(backend: Backend) -> bool:
    """Whether the owner's role exists and we may become it."""
    owner = backend.target.owner
    return owner is not None and target.may_become(backend.session, owner)


def must_become_owner(backend: Backend) -> None:
    """UsageError when the role that connected may not become the owner."""
    owner, user = backend.target.owner, backend.session.info.user
    if owner is not None and not has_owner(backend):
        raise UsageError(
            f"role {user!r} may not become {owner!r}, which owns what migrations make",
            hint=f'connect as {EMBEDDED_USER}, or as an administrator: GRANT {owner} TO "{user}"',
        )


def is_built(project: Project, connection: psycopg.Connection[Any]) -> bool:
    """Whether the kernel's schema is there."""
    needed = (project.schema / "kernel" / "schema.sql").is_file()
    return needed and ledger.has_schema(connection, "kernel")


def source_commit(project: Project) -> str | None:
    """The commit of the project's folder, where it is a git work tree."""
    command = ["git", "-C", str(project.root), "rev-parse", "HEAD"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


@contextmanager
def deploy_lock(where: Target, backend: Backend, say: Say, wait: float) -> Iterator[DeployLock]:
    """The right to change the database, on a connection of its own."""
    with where.connect("strongroom migrate: deploy lock") as keeper:
        lock = DeployLock(keeper, backend.session, say, wait)
        lock.take()
        yield lock


def _plan(project: Project, backend: Backend, wanted: Wanted) -> Plan:
    needs = plan.needs(project, wanted.migrations)
    return plan.make(
        project,
        wanted.migrations,
        read_ledger(backend),
        extensions.look(backend.session, project, needs),
        major=backend.session.info.server_version // 10000,
        built=is_built(project, backend.session),
        to=wanted.to,
        without=wanted.without,
    )


def _execute(run: Run, wanted: Wanted, todo: Plan) -> None:
    if todo.adopt:
        _adopt(run, wanted.migrations, todo.needs)
        todo = _plan(run.project, run.backend, wanted)
    if todo.empty:
        return
    commit = source_commit(run.project)
    bootstrap.create_roles(run.backend, todo.bootstrap)
    must_become_owner(run.backend)
    # The tables may be in use where a newer version of this command adds to them.
    retry.run(run.backend, run.lock, "new tables of the ledger", run.backend.create_ledger)
    run.backend.begin_run("apply", commit)
    recorded = run.ledger().applied
    unknown = [m for m in wanted.migrations if m.id in recorded and recorded[m.id].checksum is None]
    run.backend.trust(unknown)
    bootstrap.create_schema(run.backend, todo.bootstrap)
    for part in todo.bootstrap:
        run.say(f"bootstrap {part.file.name}  ok")
        run.outcome.bootstrap.append(part.file.name)
    _make_extensions(run, todo.extensions)
    _apply_functions(run, todo.first)
    for migration in todo.migrations:
        _apply_migration(run, migration)
    if not todo.held_back:
        # Looked up anew: migrations may have dropped functions, or made them.
        again = _plan(run.project, run.backend, wanted)
        _apply_functions(run, [*again.first, *again.last])
        if again.left:
            # Once more, for another file may have made them.
            left = _plan(run.project, run.backend, wanted).left
            action = partial(functions.drop_left, run.backend, left)
            retry.run(run.backend, run.lock, "functions that are left over", action)
        _make_partitions(run)


def _make_partitions(run: Run) -> None:
    """Those that are due today: partitions are data, which no migration holds."""
    run.backend.name_session("partitions")
    with run.backend.work():
        if run.backend.session.execute(_HAS_PARTITIONS).fetchone() == (True,):
            run.backend.session.execute("SELECT kernel.maintain_partitions()")


def _make_extensions(run: Run, wanted: dict[str, bool]) -> None:
    """Each as the owner, where a trusted one is his to make, else as the superuser that we are."""
    home = extensions.home_of(run.project)
    for name, as_superuser in wanted.items():
        run.backend.name_session(f"extension {name}")
        with run.backend.work(as_owner=not as_superuser):
            run.backend.session.execute(extensions.creation(name, home))
        run.say(f"extension {name}  ok")
        run.outcome.extensions.append(name)


def _adopt(run: Run, migrations: Sequence[SqlMigration], needs: Needs) -> None:
    run.say("this database was built by install.sql: comparing it with the migrations")
    quiet: Say = lambda _: None  # noqa: E731
    absent = adopt.absent(run.backend, needs)
    with adopt.scratch_database(run.backend.target, run.say) as scratch:
        done = apply(run.project, scratch, quiet, without=absent)
        adopt.refuse_skipped(run.backend, set(done.skipped) - absent)
        with Backend(scratch, quiet, run.project.search_path) as other:
            adopt.check(run.backend, other)
            recorded = read_ledger(other)
    same = [migration for migration in migrations if migration.id in recorded.applied]
    adopt.record(run.backend, same, recorded, source_commit(run.project))
    run.outcome.adopted = [migration.id for migration in same]
    run.say(f"adopted: it is what {len(same)} migrations build")


def _apply_functions(run: Run, pending: Sequence[Pending]) -> None:
    if not pending:
        return
    begun = time.monotonic()
    run.backend.name_session("functions")
    name = pending[0].file.name if len(pending) == 1 else f"{len(pending)} function files"
    retry.run(run.backend, run.lock, name, partial(functions.apply, run.backend, pending))
    for item in pending:
        if len(pending) <= _LISTED:
            run.say(f"function  {item.file.name}  {item.reason}")
        run.outcome.functions.append(item.file.name)
    run.say(f"functions {name}  ok  {time.monotonic() - begun:.2f} s")


def _apply_whole(run: Run, migration: SqlMigration) -> None:
    """In one transaction, if need be without functions that stayed when it was taken back."""
    try:
        run.backend.apply_one(migration)
    except ScriptError as failure:
        recorded = run.ledger()
        stayed = [
            recorded.sources[path] for path, came in recorded.left.items() if migration.id in came
        ]
        if not stayed or not isinstance(failure.error, earlier.HELD):
            raise
        prepare = partial(earlier.let_go, run.backend, stayed)
        try:
            run.backend.apply_one(migration, prepare=prepare)
        except ScriptError as again:
            if isinstance(again.error, earlier.HELD):
                raise failure from again
            raise


def _apply_migration(run: Run, migration: SqlMigration) -> None:
    begun = time.monotonic()
    run.backend.name_session(migration.id)
    run.say(f"migration {migration.id} ...")
    if migration.forward.headers.transactional:
        action = partial(_apply_whole, run, migration)
        file = migration.forward
        retry.run(run.backend, run.lock, file.name, action, file.text)
    else:
        done = [step for step in run.ledger().steps if step.migration_id == migration.id]
        steps.run_steps(run.backend, migration, migration.forward, done, "apply")
        with run.backend.work():
            run.backend.record(migration, [])
    run.say(f"migration {migration.id}  ok  {time.monotonic() - begun:.2f} s")
    run.outcome.applied.append(migration.id)
