"""A person asks to be forgotten: what the app does, then what whoever runs the database does."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool
from table import Say

from strongroom.sealing import FileKeys, Keyring
from strongroom.sealing.key_files import add_key
from strongroom.sealing.rotation import Rotation
from strongroom.session import session
from strongroom.subject.eraser import erase
from strongroom.subject.erasing import preview, pseudonym_key
from strongroom_db.tarot import users

ACTIONS = {"delete": "deleted", "change": "emptied", "keep": "kept"}


@dataclass
class Office:
    """Where requests of people are answered.

    url   of strongroom_runner
    keys  the file of the key that makes pseudonyms; made where it is not there
    """

    url: str
    keys: Path
    say: Say

    def ask(self, pool: ConnectionPool[Any], user_id: int) -> None:
        """The person asks in the app, and confirms with the code that only they were shown."""
        with session(pool, app="tarot", user_id=user_id) as db:
            asked = users.request_erasure(db)
        with session(pool, app="tarot", user_id=user_id) as db:
            wrong = users.confirm_request(db, request_id=asked.request_id, code="not this")
            assert asked.code is not None
            right = users.confirm_request(db, request_id=asked.request_id, code=asked.code)
            self.say(f"a wrong code is {wrong}, the right one {right}")
            [request] = users.list_requests(db)
            self.say(f"to be answered by {request.due_at:%Y-%m-%d}")

    def forget(self, user_id: int) -> None:
        """What would go, the erasure, and what is left to be found afterwards."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute("SELECT set_config('kernel.actor', 'the office', false)")
            provider = FileKeys(self.keys)
            self._have_key(connection, provider)
            for part in preview(connection, "tarot", str(user_id)):
                if part.rows:
                    self.say(f"{part.table}: {part.rows} to be {ACTIONS[part.action]}")
            request = connection.execute(
                "SELECT kernel.approve_request(r.id), r.id FROM kernel.subject_request AS r"
                " WHERE r.app = 'tarot' AND r.subject = %s AND r.state = 'verified'",
                (str(user_id),),
            ).fetchone()
            assert request is not None
            key_id, fingerprint = pseudonym_key(connection, "tarot")
            Keyring(provider).check(key_id, fingerprint)
            done = erase(connection, request[1], provider, key_id, lambda step: None)
            self.say(f"{done.state}: {done.rows} rows, and the whole database searched since")
            ledger = connection.execute("SELECT count(*) FROM kernel.erasure_ledger").fetchone()
            assert ledger is not None
            self.say(f"restored backups will forget them too: entry {ledger[0]} of the ledger")

    def _have_key(self, connection: psycopg.Connection[Any], provider: FileKeys) -> None:
        """The key that evidence names people by; a new one where the file of the last is gone."""
        row = connection.execute(
            "SELECT count(*), max(e.id) FILTER (WHERE e.state = 'active')"
            " FROM kernel.encryption_key AS e WHERE e.app = 'tarot' AND e.purpose = 'people'"
        ).fetchone()
        assert row is not None
        if self.keys.exists() and row[1] in provider.names():
            return
        add_key(self.keys, f"tarot.people.{row[0] + 1}", as_environment=False)
        rotation = Rotation(connection, Keyring(provider), "tarot", "people", kind="pseudonym")
        rotation.run(rotation.plan())
