"""VACUUM ANALYZE of every table, the most bloated ones first; nobody waits for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import sql

from strongroom.maintain.expiry import OWNER

Connection = psycopg.Connection[Any]

_TABLES = """
SELECT n.nspname, c.relname, coalesce(s.n_dead_tup, 0)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_stat_user_tables AS s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
  AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY 3 DESC, 1, 2
"""


@dataclass(frozen=True, slots=True)
class Vacuumed:
    """What came of a table. `dead`: rows that were dead before, as the server estimated.

    outcome   done; skipped (somebody holds it: the next run takes it); failed, by `sqlstate`
    """

    table: str
    outcome: str
    dead: int
    sqlstate: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


Watch = Callable[[Vacuumed, int, int], None]


def vacuum(
    connection: Connection, watch: Watch, *, may_go_on: Callable[[], bool]
) -> list[Vacuumed]:
    """Vacuum and analyse what the owner has. One table's trouble does not stop the others.

    connection   in autocommit mode, of a role that may become strongroom_owner
    watch        called after each table with its number and how many there are
    may_go_on    asked before each table
    """
    connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(OWNER)))
    try:
        connection.execute("SET statement_timeout = 0")
        tables = connection.execute(_TABLES).fetchall()
        done: list[Vacuumed] = []
        for number, (schema, name, dead) in enumerate(tables, 1):
            if not may_go_on():
                break
            done.append(_vacuum(connection, schema, name, dead))
            watch(done[-1], number, len(tables))
        return done
    finally:
        if not connection.closed:
            connection.execute("RESET statement_timeout")
            connection.execute("RESET ROLE")


def _vacuum(connection: Connection, schema: str, name: str, dead: int) -> Vacuumed:
    table = f"{schema}.{name}"
    skipped: list[str] = []

    def hear(notice: psycopg.errors.Diagnostic) -> None:
        if notice.sqlstate == "55P03":
            skipped.append(table)

    connection.add_notice_handler(hear)
    try:
        text = sql.SQL("VACUUM (ANALYZE, SKIP_LOCKED) {}")
        connection.execute(text.format(sql.Identifier(schema, name)))
    except psycopg.Error as error:
        if connection.closed or error.sqlstate is None:
            raise
        return Vacuumed(table, "failed", dead, error.sqlstate)
    finally:
        connection.remove_notice_handler(hear)
    return Vacuumed(table, "skipped" if skipped else "done", dead)
