"""Do the files and the ledger tell one story?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from strongroom.errors import HistoryError
from strongroom.migrate import lines
from strongroom.migrate.files import SqlMigration
from strongroom.migrate.ledger import Applied, Ledger


@dataclass(frozen=True, slots=True)
class Conflict:
    """A place where files and ledger disagree, and what to do about it."""

    kind: str
    id: str
    message: str
    hint: str


def conflicts(migrations: Sequence[SqlMigration], ledger: Ledger) -> list[Conflict]:
    """Edited, missing, renamed and late files, and an app whose line ends in several places."""
    return [
        *_edited(migrations, ledger),
        *_missing(migrations, ledger),
        *_late(migrations, ledger),
        *_forked(migrations),
        *_changed_midway(migrations, ledger),
    ]


def edited_since(migrations: Sequence[SqlMigration], ledger: Ledger) -> list[Conflict]:
    """Applied migrations whose file, or whose way back, is not what was recorded."""
    return [*_edited(migrations, ledger), *_other_way_back(migrations, ledger)]


def refuse(found: Sequence[Conflict]) -> None:
    """HistoryError that names every conflict."""
    if found:
        hints = dict.fromkeys(conflict.hint for conflict in found)
        raise HistoryError(
            "\n".join(conflict.message for conflict in found), hint="\n       ".join(hints)
        )


def _edited(migrations: Sequence[SqlMigration], ledger: Ledger) -> list[Conflict]:
    return [
        Conflict(
            "edited",
            migration.id,
            f"{migration.forward.name} was edited after it was applied "
            f"({_when(ledger.applied[migration.id])})",
            "restore the file as it was, and write the change as a new migration",
        )
        for migration in migrations
        if _differs(migration, ledger.applied.get(migration.id))
    ]


def _differs(migration: SqlMigration, row: Applied | None) -> bool:
    return row is not None and row.checksum not in (None, migration.forward.checksum)


def _other_way_back(migrations: Sequence[SqlMigration], ledger: Ledger) -> list[Conflict]:
    found = []
    for migration in migrations:
        row, undo = ledger.applied.get(migration.id), migration.rollback
        if row is None or row.rollback_checksum is None or not undo.path.is_file():
            continue
        if row.rollback_checksum != undo.checksum:
            message = f"{undo.name} was edited after {row.id} was applied ({_when(row)})"
            hint = "restore the file as it was, or undo by a new migration instead"
            found.append(Conflict("edited", row.id, message, hint))
    return found


def _missing(migrations: Sequence[SqlMigration], ledger: Ledger) -> list[Conflict]:
    present = {migration.id for migration in migrations}
    by_content = {m.forward.checksum: m for m in migrations if m.id not in ledger.applied}
    found = []
    for row in ledger.applied.values():
        if row.id in present:
            continue
        renamed = by_content.get(row.checksum or "")
        if renamed:
            message = f"{row.id} was applied ({_when(row)}) and is now named {renamed.id}"
            hint = f"give the file its name back: {row.id}.sql"
        else:
            message = f"{row.id} was applied ({_when(row)}) and has no file"
            hint = "this tree is older than the database, or the file was removed: get it back"
        found.append(Conflict("missing", row.id, message, hint))
    return found


def _late(migrations: Sequence[SqlMigration], ledger: Ledger) -> list[Conflict]:
    """What should have been applied before something that is: of its line, or built on it."""
    before = lines.ancestors(migrations)
    found = []
    for migration in migrations:
        if migration.id in ledger.applied:
            continue
        later = lines.later_in_line(migrations, migration.id)
        followers = [name for name in later if name in ledger.applied]
        users = [name for name in ledger.applied if migration.id in before.get(name, ())]
        hint = "number it after the last one of its app, and let it depend on that"
        if followers:
            message = f"{migration.forward.name} comes before {followers[-1]}, which is applied"
            found.append(Conflict("late", migration.id, message, hint))
        elif users:
            message = f"{migration.forward.name} is what {users[-1]} depends on, which is applied"
            hint = "number it after the last one of its app, and let nothing applied depend on it"
            found.append(Conflict("late", migration.id, message, hint))
    return found


def _forked(migrations: Sequence[SqlMigration]) -> list[Conflict]:
    return [
        Conflict(
            "forked",
            ends[-1],
            f"the history of {line or 'this project'} ends in several places: {', '.join(ends)}",
            f"let one depend on the other, such as '-- depends: {ends[0]}' in {ends[-1]}.sql",
        )
        for line, ends in lines.several_heads(migrations).items()
    ]


def _changed_midway(migrations: Sequence[SqlMigration], ledger: Ledger) -> list[Conflict]:
    from strongroom.migrate.steps import changed_steps

    by_id = {migration.id: migration for migration in migrations}
    found = []
    for name in ledger.partial():
        if name not in by_id:
            hint = "get its file back, and finish it with apply"
            found.append(Conflict("missing", name, f"{name} stopped midway and has no file", hint))
            continue
        steps = [s for s in ledger.steps if s.migration_id == name and s.direction == "apply"]
        if number := changed_steps(by_id[name].forward, steps):
            found.append(
                Conflict(
                    "edited",
                    name,
                    f"{by_id[name].forward.name}: statement {number} was executed already, "
                    "and is another one now",
                    "restore the statements that were executed; change only those that follow",
                )
            )
    return found


def _when(row: Applied) -> str:
    who = f" by {row.applied_by}" if row.applied_by else ""
    return f"{row.applied_at:%Y-%m-%d %H:%M} UTC{who}"
