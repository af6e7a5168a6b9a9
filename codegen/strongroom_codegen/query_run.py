"""Run one call in a transaction of a session, and show what came back."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from strongroom.session import Statement, session
from strongroom.session.identity import Identity
from strongroom_codegen.query_call import Call

# Types that JSON has, by OID: boolean, whole numbers, floating point, json. All else is text.
_JSON: dict[int, Callable[[str], object]] = {
    16: lambda text: text == "t",
    **dict.fromkeys((20, 21, 23), int),
    **dict.fromkeys((700, 701), float),
    **dict.fromkeys((114, 3802), json.loads),
}


@dataclass(frozen=True, slots=True)
class Result:
    """Rows as the server's text, None for NULL; `status` as psql shows it: `SELECT 2`."""

    names: tuple[str, ...]
    types: tuple[int, ...]
    rows: tuple[tuple[str | None, ...], ...]
    status: str

    def table(self) -> str:
        """For people."""
        if not self.names:
            return self.status
        shown = [tuple("NULL" if v is None else _one_line(v) for v in row) for row in self.rows]
        widths = [max(map(_width, cells)) for cells in zip(self.names, *shown, strict=True)]
        rule = tuple("-" * width for width in widths)
        lines = [
            " | ".join(
                cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
            ).rstrip()
            for row in (self.names, rule, *shown)
        ]
        return "\n".join([*lines, self.status])

    def document(self, call: Call, *, committed: bool) -> dict[str, Any]:
        """For programs. Rows are lists: names may stand twice."""
        return {
            "query": call.statement.name,
            "columns": list(self.names),
            "rows": [
                [
                    None if v is None else _JSON.get(type_, str)(v)
                    for v, type_ in zip(row, self.types, strict=True)
                ]
                for row in self.rows
            ],
            "status": self.status,
            "committed": committed,
        }


class _RollBack(Exception):  # noqa: N818 - the way out of a transaction, no error
    pass


def run_call(
    connection: psycopg.Connection[Any], identity: Identity, call: Call, *, commit: bool
) -> Result:
    """Run it under the identity, and end the transaction as asked.

    Raises psycopg.Error; then nothing is kept.
    """
    app, user = identity.app, identity.user_id
    result: Result | None = None
    try:
        with (
            session(connection, app=app, user_id=user, role=identity.role) as db,
            db.transaction(),
        ):
            # The session sends BEGIN and identity with its first statement.
            db.exec(_first(identity))
            *before, last = call.statements()
            for text in before:
                connection.execute(text.encode())
            result = _read(connection.execute(last.encode()))
            if not commit:
                raise _RollBack
    except _RollBack:
        pass
    if result is None:
        raise AssertionError("the transaction ended without a result")
    return result


def _first(identity: Identity) -> Statement[Any]:
    return Statement(name="strongroom.query", sql="SELECT", role=identity.role, identity=False)


def _read(cursor: psycopg.Cursor[Any]) -> Result:
    found = cursor.pgresult
    if found is None:
        raise AssertionError("a statement was executed and has no result")
    columns = range(found.nfields)
    rows = []
    for row in range(found.ntuples):
        values = [found.get_value(row, column) for column in columns]
        rows.append(tuple(None if value is None else value.decode() for value in values))
    return Result(
        tuple((found.fname(n) or b"").decode() for n in columns),
        tuple(found.ftype(n) for n in columns),
        tuple(rows),
        (found.command_status or b"").decode(),
    )


def _one_line(text: str) -> str:
    return text.replace("\n", "\\n").replace("\t", "\\t")


def _width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )
