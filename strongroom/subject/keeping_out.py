"""People who were erased before the database kept erased people from writing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

from strongroom.subject.ledger_replay import Say, subjects
from strongroom.subject.pseudonyms import MacProvider, pseudonym

Connection = psycopg.Connection[Any]

_ENTRIES = """
SELECT l.app, l.key_id, l.pseudonym
FROM kernel.erasure_ledger AS l
WHERE l.erased_at < %s AND l.app IN (SELECT kernel.app_schemas())
ORDER BY l.seq
"""
_KEEP_OUT = "SELECT kernel.keep_out_subject(%s, %s, %s, %s)"


def keep_out(
    connection: Connection, before: datetime, provider: MacProvider, say: Say
) -> dict[str, int]:
    """Keep those out of each app whose erasure ended before an instant and left a tombstone.

    How many, by app; those who are kept out already are not counted, so it can be called again.

    connection   in autocommit mode, of strongroom_runner
    provider     has the keys that the entries of the ledger name
    """
    wanted: dict[str, dict[str, set[bytes]]] = {}
    for app, key_id, name in connection.execute(_ENTRIES, (before,)):
        wanted.setdefault(app, {}).setdefault(key_id, set()).add(bytes(name))
    done = {}
    for app, keys in wanted.items():
        found = [
            (subject, name, key_id)
            for subject in subjects(connection, app)
            for key_id, names in keys.items()
            if (name := pseudonym(provider, key_id, app, subject)) in names
        ]
        done[app] = 0
        for person in found:
            row = connection.execute(_KEEP_OUT, (app, *person)).fetchone()
            done[app] += row is not None and bool(row[0])
        say(f"{app}: {len(found):,} erased people have rows, {done[app]:,} newly kept out")
    return done
