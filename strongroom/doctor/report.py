"""What the checks of a database said: asked for in one read-only transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from strongroom.errors import PendingError, UsageError
from strongroom.migrate import target
from strongroom.migrate.target import Connection, Target

LEVELS = ("ERROR", "WARN", "INFO")
"""From the gravest on."""

_RIGHTS = """
SELECT
    pg_catalog.has_schema_privilege(n.oid, 'USAGE')
    AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
WHERE n.nspname = 'kernel' AND p.proname = 'findings'
"""
_CHECKS = "SELECT c.name, coalesce(c.about, '') AS about FROM kernel.checks() AS c"
_FINDINGS = "SELECT f.* FROM kernel.findings(%s, true) AS f"


@dataclass(frozen=True, slots=True)
class Check:
    """A check that was asked: its name and what it looks for."""

    name: str
    about: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One row of a check, with the columns of kernel.finding."""

    name: str
    title: str | None
    level: str
    facing: str | None
    categories: list[str] | None
    description: str | None
    detail: str
    remediation: str | None
    metadata: dict[str, Any]
    cache_key: str

    @property
    def check(self) -> str:
        """The check that found it."""
        return str(self.metadata["check"])

    @property
    def accepted(self) -> dict[str, str] | None:
        """Why, by whom and until when somebody lives with it."""
        return self.metadata.get("accepted")


@dataclass(frozen=True, slots=True)
class Report:
    """A database under its checks: `known` counts those that there are, `checks` were asked."""

    where: str
    database: str
    version: str
    role: str
    known: int
    checks: list[Check]
    findings: list[Finding]

    @property
    def open(self) -> list[Finding]:
        """Findings that nobody accepted."""
        return [finding for finding in self.findings if finding.accepted is None]

    @property
    def passed(self) -> list[Check]:
        """Checks without an open finding."""
        failed = {finding.check for finding in self.open}
        return [check for check in self.checks if check.name not in failed]

    def count(self, level: str) -> int:
        """How many open findings are of a level."""
        return sum(finding.level == level for finding in self.open)

    def as_dict(self) -> dict[str, Any]:
        passed = {check.name for check in self.passed}
        return {
            "target": self.where,
            "database": self.database,
            "version": self.version,
            "role": self.role,
            "known_checks": self.known,
            "passed": len(passed),
            "checks": [{**asdict(c), "passed": c.name in passed} for c in self.checks],
            "counts": {level: self.count(level) for level in LEVELS},
            "accepted": len(self.findings) - len(self.open),
        }


def examine(where: Target, only: Sequence[str] = ()) -> Report:
    """Ask the checks, all of them or those named; changes nothing."""
    with where.connect("strongroom doctor") as connection:
        # A check that would wait for a lock becomes a finding.
        with connection.transaction():
            connection.execute("SET TRANSACTION READ ONLY")
            connection.execute("SET LOCAL lock_timeout = '5s'")
            # What a role may take for a statement is meant for applications: all checks are one.
            connection.execute("SET LOCAL statement_timeout = 0")
            _become_reader(connection, where)
            checks = _rows(connection, Check, _CHECKS)
            asked = _chosen(checks, only)
            found = _rows(connection, Finding, _FINDINGS, [check.name for check in asked])
            role = connection.execute("SELECT CURRENT_USER::text").fetchone()
        return Report(
            where=target.describe(connection),
            database=connection.info.dbname,
            version=connection.info.parameter_status("server_version") or "",
            role=role[0] if role else "",
            known=len(checks),
            checks=asked,
            findings=found,
        )


def _become_reader(connection: Connection, where: Target) -> None:
    """Stay who we are where that role may ask, else become the owner."""
    may = connection.execute(_RIGHTS).fetchone()
    if may is None:
        raise PendingError(
            f"database {connection.info.dbname} has no checks: kernel.findings is not there",
            hint="strongroom migrate apply",
        )
    if may == (True,):
        return
    if where.owner and target.may_become(connection, where.owner):
        role = sql.Identifier(where.owner)
        connection.execute(sql.SQL("SET LOCAL ROLE {}").format(role))
        return
    user = connection.info.user
    raise UsageError(
        f"role {user!r} may not ask the checks of database {connection.info.dbname}",
        hint=f'log in as strongroom_runner, or let an administrator GRANT pg_monitor TO "{user}"',
    )


def _chosen(checks: list[Check], only: Sequence[str]) -> list[Check]:
    unknown = sorted(set(only) - {check.name for check in checks})
    if unknown:
        known = ", ".join(check.name for check in checks)
        raise UsageError(f"there is no check {', '.join(unknown)}", hint=f"there are: {known}")
    return [check for check in checks if not only or check.name in only]


def _rows(connection: Connection, kind: type[Any], query: str, *values: object) -> list[Any]:
    with connection.cursor(row_factory=class_row(kind)) as cursor:
        return cursor.execute(query.encode(), values).fetchall()


def told(error: psycopg.Error) -> str:
    """What PostgreSQL says, in one line with its code."""
    return f"{error.sqlstate} {str(error).strip()}"
