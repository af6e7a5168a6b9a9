"""A connection that broke, or that its server ended: every command says so in the same way."""

from __future__ import annotations

import psycopg

from strongroom.errors import ConnectError


def told_as_lost(error: psycopg.Error, hint: str | None = None) -> ConnectError | None:
    """What to raise for an error of a lost connection; None for any other.

    That is one without an SQLSTATE, which libpq found out by itself, and those of class 57P: the
    server stops, crashed, or had enough of the session.
    """
    code = error.sqlstate
    if not (isinstance(error, psycopg.OperationalError) and (code is None or code[:3] == "57P")):
        return None
    said = error.diag.message_primary or str(error).strip() or type(error).__name__
    return ConnectError(f"the connection was lost: {said.splitlines()[0]}", hint=hint)
