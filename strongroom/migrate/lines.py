"""Lines of migrations: those of one app follow each other, and wait for other apps' by name only.

The line of `0102.shop.create-orders` is "shop"; migrations that are named otherwise are one line.
"""

from __future__ import annotations

from collections.abc import Sequence

from strongroom.migrate.files import SqlMigration, line_of

KERNEL = "kernel"
"""The line that every other one may build on."""


def ancestors(migrations: Sequence[SqlMigration]) -> dict[str, frozenset[str]]:
    """By id: the ids of all that must be applied before; `migrations` are in their order."""
    found: dict[str, frozenset[str]] = {}
    for migration in migrations:
        parents = [parent.id for parent in migration.parents]
        found[migration.id] = frozenset(parents).union(*(found[name] for name in parents))
    return found


def several_heads(migrations: Sequence[SqlMigration]) -> dict[str, list[str]]:
    """By line: the ids that nothing of the line comes after, where they are more than one."""
    before = ancestors(migrations)
    heads: dict[str, list[str]] = {}
    for name in before:
        line = line_of(name)
        followed = any(name in before[other] for other in before if line_of(other) == line)
        if not followed:
            heads.setdefault(line, []).append(name)
    return {line: sorted(names) for line, names in heads.items() if len(names) > 1}


def later_in_line(migrations: Sequence[SqlMigration], name: str) -> list[str]:
    """The ids of a migration's line that stand after it."""
    names = [migration.id for migration in migrations]
    after = names[names.index(name) + 1 :]
    return [other for other in after if line_of(other) == line_of(name)]


def built_on(migrations: Sequence[SqlMigration], name: str) -> frozenset[str]:
    """The ids of all that came after a migration: later in its line, or built on it or on those."""
    before = ancestors(migrations)
    later = later_in_line(migrations, name)
    roots = {name, *later}
    return frozenset(later) | {other for other in before if before[other] & roots}


def apart_from(migrations: Sequence[SqlMigration], name: str) -> frozenset[str]:
    """The lines that a migration has no part in: nothing of theirs is built on it.

    Every line has a part in what the kernel does.
    """
    own = line_of(name)
    if own == KERNEL:
        return frozenset()
    before = ancestors(migrations)
    touched = {line_of(other) for other in before if name in before[other]}
    return frozenset(map(line_of, before)) - touched - {own}
