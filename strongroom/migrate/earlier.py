"""Function files as they were when a migration began, for the way back.

What a migration that stays did to a file's functions is not undone: it dropped the old arguments,
or stored values with the new body. Such a file stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath

import psycopg

from strongroom.migrate import functions, ledger, report, routines
from strongroom.migrate.backend import Backend
from strongroom.migrate.dependents import Dependents
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.ledger import Place, Source
from strongroom.migrate.script import ScriptError

HELD = (psycopg.errors.DependentObjectsStillExist, psycopg.errors.FeatureNotSupported)
"""Other objects depend on it, and what ALTER COLUMN TYPE says instead."""
_NOT_GRANTED = (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected)


@dataclass(frozen=True, slots=True)
class Restoration:
    """A function file, its version now and the one from when the migration began.

    must    nothing that stays came after that version, so it has to fit
    """

    now: Source
    before: Source
    must: bool


@dataclass(frozen=True, slots=True)
class WayBack:
    """What becomes of function files when a migration is taken back.

    place       where the migration stands among their versions
    changed     get their version from before
    staying     came after the migration, and had no version that would fit
    same        came after it, with the text that they had before
    untouched   have been the same, but the migration dropped or replaced what they made
    """

    place: Place
    changed: list[Restoration]
    staying: list[Source]
    same: list[Source]
    untouched: list[Source]


def find(backend: Backend, name: str, apart: frozenset[str]) -> WayBack:
    """The way back of a migration; files of the lines in `apart` are left alone."""
    places = ledger.places(backend.session)
    # What stock yoyo applied has no place.
    place = places.pop(name, Place(frozenset(), ledger.EVER))
    way = WayBack(place, [], [], [], [])
    before = ledger.before(backend.session, name, place)
    for path, now in ledger.current(backend.session).items():
        if now.kind == "function" and PurePosixPath(path).parent.name not in apart:
            _sort(way, places.values(), before.get(path), now)
    return way


def restore(
    backend: Backend, wanted: Sequence[Restoration], *, last_try: bool
) -> list[Restoration]:
    """Bring back earlier versions; those that can't be yet, or on the last try must not be."""
    failed = []
    dependents = Dependents(backend.session)
    for item in wanted:
        failure = _try(
            backend, partial(functions.restore, backend, dependents, item.before, item.now)
        )
        if failure is None:
            backend.say(f"  function {item.now.path}: the version from before")
        elif last_try and item.must:
            raise _not_restored(item, failure) from _cause(failure)
        else:
            failed.append(item)
    return failed


def let_go(backend: Backend, sources: Iterable[Source]) -> list[Source]:
    """Drop what holds on to tables, columns and types; the files whose work is gone now."""
    left = list(sources)
    names = routines.holding(backend.session, [name for one in left for name in one.objects])
    gone: set[str] = set()
    while True:
        # Those that others hold on to go after them.
        more = {
            name
            for name in set(names) - gone
            if _try(backend, partial(routines.drop, backend.session, [name])) is None
        }
        if not more:
            return [one for one in left if gone.intersection(one.objects)]
        gone |= more


def make_again(backend: Backend, sources: Iterable[Source]) -> None:
    """Run the files of what is missing; the next apply makes what can't be now."""
    waiting = [one for one in sources if _lacks(backend, one)]
    while waiting:
        failed = [one for one in waiting if _try(backend, partial(_run, backend, one))]
        if len(failed) == len(waiting):
            break
        waiting = failed
    for source in waiting:
        backend.say(f"  function {source.path}: not whole until the next apply")


def note_gone(backend: Backend) -> None:
    """Record what is left of files that lost something: that version is there no more."""
    there = routines.every(backend.session)
    for source in ledger.current(backend.session).values():
        if not there.issuperset(source.objects):
            left = [name for name in source.objects if name in there]
            backend.record_source(source.kind, source.path, "", "", left)


def _sort(way: WayBack, others: Iterable[Place], before: Source | None, now: Source) -> None:
    """Put a file where it belongs."""
    later = now.version_id > way.place.after
    if before is None:
        if later:
            way.staying.append(now)
        return
    since = [other for other in others if other.after >= before.version_id]
    ours = {*before.objects, *now.objects}
    if any(ours & other.objects for other in since):
        if later:
            way.staying.append(now)
    elif before.checksum != now.checksum:
        way.changed.append(Restoration(now, before, must=not since))
    elif ours & way.place.objects:
        way.untouched.append(now)
    elif later:
        way.same.append(now)


def _lacks(backend: Backend, source: Source) -> bool:
    found = routines.existing(backend.session, source.objects)
    return not set(found).issuperset(source.objects)


def _run(backend: Backend, source: Source) -> None:
    backend.to_project()
    backend.run_file(source.text)


def _try(backend: Backend, action: Callable[[], None]) -> ScriptError | MigrationError | None:
    """Do something, or leave nothing of it and say why; a lock that is refused is no reason."""
    backend.session.execute("SAVEPOINT attempt")
    try:
        action()
        backend.session.execute("RELEASE SAVEPOINT attempt")
    except (ScriptError, MigrationError, psycopg.Error) as failure:
        known = ScriptError(failure, 0) if isinstance(failure, psycopg.Error) else failure
        if isinstance(_cause(known), _NOT_GRANTED):
            raise
        backend.session.execute("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt")
        return known
    return None


def _cause(failure: ScriptError | MigrationError) -> Exception:
    return failure.error if isinstance(failure, ScriptError) else failure


def _not_restored(item: Restoration, failure: ScriptError | MigrationError) -> MigrationError:
    said = f"the version of {item.now.path} from before can't be brought back\n"
    if isinstance(failure, MigrationError):
        return MigrationError(
            said + failure.message,
            hint="drop these, roll back, and make them again; or let the rollback file do it",
        )
    return MigrationError(
        said + report.explain(item.now.path, item.before.text, failure.error, failure.finished)
    )
