"""How the commands of retention and holds ask a database: as strongroom_runner, in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
from psycopg.rows import dict_row

from strongroom.errors import StrongroomError, UsageError
from strongroom.lost import told_as_lost
from strongroom.maintain import place

Row = dict[str, Any]

# What is wrong with the arguments, and not with the database.
_USAGE = {
    *("KR032", "KR041", "KR042", "KR043", "KR044"),
    *("KR090", "KR091", "KR092", "KR093", "KR110", "KR112", "KR114", "KR115"),
}


@contextmanager
def said() -> Iterator[None]:
    """Errors of the database come as those of the command, by their code."""
    try:
        yield
    except psycopg.Error as error:
        if lost := told_as_lost(error):
            raise lost from error
        message = error.diag.message_primary or str(error).strip() or type(error).__name__
        text = f"{message}: {error.diag.message_detail}" if error.diag.message_detail else message
        if error.sqlstate in _USAGE or (error.sqlstate or "").startswith("22"):
            raise UsageError(text, hint=error.diag.message_hint) from error
        raise StrongroomError(f"{error.sqlstate} {text}", hint=error.diag.message_hint) from error


@contextmanager
def asked(actor: str | None = None) -> Iterator[psycopg.Cursor[Row]]:
    """A cursor in a transaction, for the person named; errors come as those of the command."""
    with said(), closing(place.connect(place.find())) as connection, connection.transaction():
        if actor is not None:
            connection.execute("SELECT pg_catalog.set_config('kernel.actor', %s, true)", [actor])
        with connection.cursor(row_factory=dict_row) as cursor:
            yield cursor


def plain(row: Row) -> Row:
    """A row with its instants as text, for JSON."""
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in row.items()}
