"""The routines and triggers that a transaction made, replaced or dropped, by their identities.

An identity is what pg_identify_object says: that of a routine ends with its arguments.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from strongroom.migrate.target import Connection

# Only what this transaction wrote. A row that is older is not of it, and one that is as young is
# another session's, unless its transaction still runs: we see no row of another that does.
# A partition's share of a trigger comes and goes with the partition.
_WRITTEN = """
SELECT w.catalog, w.oid, w.ctid::text || w.xmin::text
FROM (
    SELECT 'pg_catalog.pg_proc' AS catalog, p.oid, p.ctid, p.xmin
    FROM pg_catalog.pg_proc AS p
    WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    UNION ALL
    SELECT 'pg_catalog.pg_trigger', t.oid, t.ctid, t.xmin
    FROM pg_catalog.pg_trigger AS t
    WHERE NOT t.tgisinternal AND t.tgparentid = 0
) AS w
CROSS JOIN pg_catalog.pg_current_xact_id() AS ours
CROSS JOIN LATERAL (SELECT pg_catalog.age(ours::xid) - pg_catalog.age(w.xmin)) AS s (since)
WHERE CASE
    WHEN s.since >= 0
    THEN pg_catalog.pg_xact_status((ours::text::bigint + s.since)::text::xid8) = 'in progress'
END
"""
_NAMES = """
SELECT (pg_catalog.pg_identify_object(o.catalog::regclass, o.oid, 0)).identity
FROM ROWS FROM (pg_catalog.unnest(%s::text[]), pg_catalog.unnest(%s::oid[])) AS o (catalog, oid)
ORDER BY o.catalog, 1
"""
# Compared as text: to_regprocedure() of an older server fails where a schema is gone.
_ROUTINES = """
SELECT i.identity
FROM pg_catalog.pg_proc AS p
CROSS JOIN LATERAL pg_catalog.pg_identify_object(p.tableoid, p.oid, 0) AS i
WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  AND i.identity = ANY (%s::text[])
"""
_TRIGGERS = """
SELECT i.identity, pg_catalog.format('%%I ON %%s', t.tgname, t.tgrelid::regclass),
    t.tgparentid = 0, EXISTS (
    SELECT
    FROM pg_catalog.pg_depend AS d
    WHERE d.classid = t.tableoid AND d.objid = t.oid AND d.deptype = 'n'
      AND d.refclassid = 'pg_catalog.pg_class'::regclass
)
FROM pg_catalog.pg_trigger AS t
CROSS JOIN LATERAL pg_catalog.pg_identify_object(t.tableoid, t.oid, 0) AS i
WHERE NOT t.tgisinternal AND i.identity = ANY (%s::text[])
"""
_EVERY = """
SELECT (pg_catalog.pg_identify_object(p.tableoid, p.oid, 0)).identity
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
UNION ALL
SELECT (pg_catalog.pg_identify_object(t.tableoid, t.oid, 0)).identity
FROM pg_catalog.pg_trigger AS t
WHERE NOT t.tgisinternal
"""
# What holds on to a table or its row type, and the routines that hold on to those.
_HOLDING = """
WITH RECURSIVE holds (oid) AS (
    SELECT d.objid
    FROM pg_catalog.pg_depend AS d
    LEFT JOIN pg_catalog.pg_type AS t
        ON d.refclassid = 'pg_catalog.pg_type'::regclass AND t.oid = d.refobjid
    WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.deptype = 'n'
      AND (d.refclassid = 'pg_catalog.pg_class'::regclass OR t.oid >= 16384)
    UNION
    SELECT d.objid
    FROM holds AS h
    JOIN pg_catalog.pg_depend AS d
        ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND d.refobjid = h.oid
    WHERE d.classid = 'pg_catalog.pg_proc'::regclass
)
SELECT i.identity
FROM holds AS h
CROSS JOIN LATERAL pg_catalog.pg_identify_object('pg_catalog.pg_proc'::regclass, h.oid, 0) AS i
WHERE i.identity = ANY (%s::text[])
"""

Seen = dict[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class _Trigger:
    """A trigger, and what DROP TRIGGER calls it.

    own     no partition's share of another one, with which it goes
    holds   it needs columns, by name or in its condition
    """

    identity: str
    place: str
    own: bool
    holds: bool


def look(connection: Connection) -> Seen:
    """What this transaction wrote, with what tells one version of a row from the next."""
    rows = connection.execute(_WRITTEN).fetchall()
    return {(catalog, oid): version for catalog, oid, version in rows}


def difference(connection: Connection, before: Seen) -> tuple[list[str], list[int], Seen]:
    """What was made or replaced since a look: identities, oids of routines, and the new look."""
    now = look(connection)
    changed = [key for key, version in now.items() if before.get(key) != version]
    oids = [oid for catalog, oid in changed if catalog == "pg_catalog.pg_proc"]
    return _names(connection, changed), oids, now


def every(connection: Connection) -> frozenset[str]:
    """All that there are."""
    return frozenset(name for (name,) in connection.execute(_EVERY) if name is not None)


class Touched:
    """What a transaction does to routines and triggers; begun before it does anything."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._before = every(connection)

    def now(self) -> list[str]:
        """What it made, replaced and dropped until now."""
        made, _, _ = difference(self._connection, {})
        return sorted({*made, *(self._before - every(self._connection))})


def existing(connection: Connection, names: Collection[str]) -> list[str]:
    """Those of some routines and triggers that exist."""
    triggers = [trigger.identity for trigger in _triggers(connection, names)]
    return [*triggers, *still_there(connection, names)]


def still_there(connection: Connection, names: Collection[str]) -> list[str]:
    """Those of some routines that exist; triggers are no routines."""
    wanted = _of_routines(names)
    return [row[0] for row in connection.execute(_ROUTINES, (wanted,))] if wanted else []


def holding(connection: Connection, names: Collection[str]) -> list[str]:
    """Those of some that a table, a column or a type can't be dropped from under."""
    wanted = _of_routines(names)
    found = [row[0] for row in connection.execute(_HOLDING, (wanted,))] if wanted else []
    triggers = [one.identity for one in _triggers(connection, names) if one.holds and one.own]
    return [*triggers, *found]


def drop(connection: Connection, names: Collection[str]) -> None:
    """Drop those of some routines and triggers that exist; psycopg.Error when one is needed."""
    for trigger in _triggers(connection, names):
        if trigger.own:
            connection.execute(f"DROP TRIGGER {trigger.place}".encode())
    if found := still_there(connection, names):
        # At once, for they may hold on to each other, as an aggregate does to its function.
        connection.execute(f"DROP ROUTINE {', '.join(found)}".encode())


def _triggers(connection: Connection, names: Collection[str]) -> list[_Trigger]:
    """Those of some triggers that exist."""
    wanted = [name for name in names if not name.endswith(")")]
    rows = connection.execute(_TRIGGERS, (wanted,)).fetchall() if wanted else []
    return [_Trigger(*row) for row in rows]


def _of_routines(names: Collection[str]) -> list[str]:
    return sorted(name for name in names if name.endswith(")"))


def _names(connection: Connection, changed: list[tuple[str, int]]) -> list[str]:
    if not changed:
        return []
    catalogs, oids = zip(*changed, strict=True)
    return [row[0] for row in connection.execute(_NAMES, (list(catalogs), list(oids)))]
