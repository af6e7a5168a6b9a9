"""Erasing a person from the command line: a preview, the request, and the loop that runs it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import psycopg

from strongroom.errors import PendingError, StrongroomError, UsageError
from strongroom.subject.eraser import Erased, erase
from strongroom.subject.pseudonyms import MacProvider

Connection = psycopg.Connection[Any]

_PREVIEW = """
SELECT p.relation, p.action, p.columns::text[], p.kept_columns::text[], p.reasons, p.row_count,
    p.held_count, p.problem
FROM kernel.preview_erasure(%s, %s) AS p
"""
_KEY = """
SELECT k.id, k.fingerprint
FROM kernel.encryption_key AS k
WHERE k.app = %s AND k.kind = 'pseudonym' AND k.state = 'active'
ORDER BY k.id
LIMIT 1
"""
_OPEN = """
SELECT EXISTS (
    SELECT
    FROM kernel.subject_request AS r
    WHERE r.app = %(app)s
      AND r.subject = kernel.canonical_subject(%(app)s, %(subject)s)
      AND r.kind = 'erasure'
      AND r.state NOT IN ('done', 'refused')
)
"""
_STATE = "SELECT r.state FROM kernel.subject_request AS r WHERE r.id = %s"


@dataclass(frozen=True, slots=True)
class Part:
    """What erasure does to one table. rows: of the person; held: of these, kept by a legal hold."""

    table: str
    action: str
    columns: list[str]
    kept_columns: list[str]
    reasons: list[str]
    rows: int
    held: int
    problem: str | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def preview(connection: Connection, app: str, subject: str) -> list[Part]:
    """What an erasure of the person would do now; changes nothing."""
    rows = connection.execute(_PREVIEW, (app, subject)).fetchall()
    return [
        Part(table, action, columns or [], kept or [], reasons or [], count, held, problem)
        for table, action, columns, kept, reasons, count, held, problem in rows
    ]


def require_somebody(connection: Connection, app: str, subject: str, parts: Sequence[Part]) -> None:
    """UsageError where no table has a row of this id, and no erasure of it was begun."""
    if any(part.rows for part in parts):
        return
    row = connection.execute(_OPEN, {"app": app, "subject": subject}).fetchone()
    if row is None or not row[0]:
        raise UsageError(
            f"nobody of app {app} has this id: no table has a row of it",
            hint="look at the id; --even-if-nobody erases what the kernel alone keeps of it",
        )


def pseudonym_key(connection: Connection, app: str) -> tuple[str, bytes]:
    """The key that evidence names the person by, and its fingerprint.

    UsageError where the app has none.
    """
    row = connection.execute(_KEY, (app,)).fetchone()
    if row is None:
        raise UsageError(
            f"app {app} has no active key of kind pseudonym",
            hint="evidence of an erasure needs one: docs/kernel/sealing.md",
        )
    return str(row[0]), bytes(row[1])


def open_erasure(connection: Connection, app: str, subject: str, regime: str) -> UUID:
    """The erasure of the person, approved; one that is open is joined.

    PendingError where the app wants somebody else to approve it.
    """
    row = connection.execute(
        "SELECT kernel.open_request(%s, %s, 'erasure', %s)", (app, subject, regime)
    ).fetchone()
    assert row is not None
    request: UUID = row[0]
    # The hold may have ended since the job last looked.
    connection.execute("SELECT kernel.tend_requests()")
    row = connection.execute(_STATE, (request,)).fetchone()
    if row is not None and row[0] in ("verified", "failed"):
        try:
            connection.execute("SELECT kernel.approve_request(%s)", (request,))
        except psycopg.Error as error:
            if error.sqlstate != "KR093":
                raise
            raise PendingError(
                f"request {request} waits for somebody else to approve it",
                hint="have them run the same command, with their own --by",
            ) from error
    return request


def run(
    connection: Connection,
    request: UUID,
    provider: MacProvider,
    key_id: str,
    say: Callable[[str], None],
) -> Erased:
    """Carry the erasure out. Where it can't be finished now, an error that says so."""
    done = erase(connection, request, provider, key_id, say)
    if done.state == "done":
        return done
    kind = StrongroomError if done.state == "failed" else PendingError
    hints = {
        "failed": "see kernel.erasure_step; the same command tries again",
        "held": "it goes on when the hold is released",
    }
    error = kind(str(done), hint=hints.get(done.state, "the same command goes on"))
    error.answer = done.as_dict()
    raise error
