"""What is computed with a function and stored: it would go stale if the function changed."""

from __future__ import annotations

from collections.abc import Sequence

from strongroom.migrate.failure import MigrationError
from strongroom.migrate.target import Connection

# Through functions with a parsed body, operators, operator classes and casts, to stored values.
# A function that is only named in the text of another's body is not seen, by PostgreSQL or by us.
_STORED = """
WITH RECURSIVE reach (origin, classid, objid, objsubid) AS (
    SELECT p.oid, d.classid, d.objid, d.objsubid
    FROM pg_catalog.pg_proc AS p
    JOIN pg_catalog.pg_depend AS d
        ON d.refclassid = 'pg_catalog.pg_proc'::regclass AND d.refobjid = p.oid
    WHERE p.pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    UNION
    SELECT r.origin, d.classid, d.objid, d.objsubid
    FROM reach AS r
    JOIN pg_catalog.pg_depend AS d ON d.refclassid = r.classid AND d.refobjid = r.objid
    WHERE r.classid IN (
        'pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass,
        'pg_catalog.pg_opclass'::regclass, 'pg_catalog.pg_opfamily'::regclass,
        'pg_catalog.pg_amop'::regclass, 'pg_catalog.pg_amproc'::regclass,
        'pg_catalog.pg_cast'::regclass
    )
)
SELECT r.origin, pg_catalog.array_agg(DISTINCT
    CASE
        WHEN c.relkind IN ('i', 'I') THEN pg_catalog.format('index %%s', i.identity)
        WHEN c.relkind = 'p' THEN pg_catalog.format('partition key of %%s', i.identity)
        WHEN a.attgenerated <> '' THEN pg_catalog.format('generated column %%s', col.identity)
        ELSE pg_catalog.format('%%s %%s', i.type, i.identity)
    END)
FROM reach AS r
LEFT JOIN pg_catalog.pg_class AS c
    ON r.classid = 'pg_catalog.pg_class'::regclass AND c.oid = r.objid
LEFT JOIN pg_catalog.pg_constraint AS k
    ON r.classid = 'pg_catalog.pg_constraint'::regclass AND k.oid = r.objid
LEFT JOIN pg_catalog.pg_attrdef AS e
    ON r.classid = 'pg_catalog.pg_attrdef'::regclass AND e.oid = r.objid
LEFT JOIN pg_catalog.pg_attribute AS a ON a.attrelid = e.adrelid AND a.attnum = e.adnum
CROSS JOIN LATERAL pg_catalog.pg_identify_object(r.classid, r.objid, r.objsubid) AS i
LEFT JOIN LATERAL pg_catalog.pg_identify_object(
    'pg_catalog.pg_class'::regclass, e.adrelid, e.adnum) AS col ON true
WHERE c.relkind IN ('i', 'I', 'p') OR k.contype IN ('c', 'x') OR a.attgenerated = 's'
GROUP BY r.origin
"""
# Not the planner's hints (volatility, cost, parallel safety): they change no value.
_BODIES = """
SELECT p.oid, pg_catalog.md5(pg_catalog.concat_ws(
    ';', p.prolang, p.proisstrict, p.proconfig, p.prosrc, pg_catalog.pg_get_function_sqlbody(p.oid),
    pg_catalog.pg_get_expr(p.proargdefaults, 0)))
FROM pg_catalog.pg_proc AS p
WHERE p.oid = ANY (%s)
"""


class Dependents:
    """What depended on each function when a transaction began, and how the functions were then."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        rows = connection.execute(_STORED, ()).fetchall()
        self._stored: dict[int, list[str]] = dict(rows)
        self._bodies = self._look(list(self._stored))

    def refuse(self, name: str, changed: Sequence[int]) -> None:
        """MigrationError when a changed function has stored values that depend on it."""
        touched = [oid for oid in changed if oid in self._stored]
        if not touched:
            return
        bodies = self._look(touched)
        for oid in touched:
            if bodies[oid] == self._bodies.get(oid):
                continue
            raise MigrationError(
                f"{name}: the function changed, and what was computed with it would stay as it is: "
                + ", ".join(self._stored[oid]),
                hint="write a migration that replaces the function and rebuilds these (REINDEX, "
                "or drop and add again); apply then finds nothing left to do here",
            )

    def _look(self, oids: list[int]) -> dict[int, str]:
        return dict(self._connection.execute(_BODIES, (oids,)).fetchall())
