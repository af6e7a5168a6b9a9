"""Two databases compared by kernel.catalog_snapshot(): what differs is the report."""

from __future__ import annotations

from collections.abc import Mapping

from strongroom.migrate.target import Connection

Snapshot = Mapping[tuple[str, str], str]
_EXISTS = "SELECT pg_catalog.to_regproc('kernel.catalog_snapshot') IS NOT NULL"
_QUERY = "SELECT kind, identity, definition FROM kernel.catalog_snapshot()"


def take(connection: Connection) -> Snapshot | None:
    """Every object's definition by (kind, identity); None where there is no such function."""
    if connection.execute(_EXISTS).fetchone() != (True,):
        return None
    return {(kind, name): text for kind, name, text in connection.execute(_QUERY)}


def differences(here: Snapshot, there: Snapshot, names: tuple[str, str]) -> list[str]:
    """Lines that say what differs; `names` are what people call the two."""
    lines = []
    for key in sorted(here.keys() | there.keys()):
        kind, identity = key
        if key not in there:
            lines.append(f"{kind} {identity}: only in {names[0]}")
        elif key not in here:
            lines.append(f"{kind} {identity}: only in {names[1]}")
        elif here[key] != there[key]:
            lines.append(f"{kind} {identity}:")
            lines += _both(names[0], here[key]) + _both(names[1], there[key])
    return lines


def _both(name: str, text: str) -> list[str]:
    indent = "\n" + " " * 6
    return [f"    {name}:{indent}{text.replace(chr(10), indent)}"]
