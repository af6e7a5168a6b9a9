"""Where the people who run the database answer what somebody asked for."""

from __future__ import annotations

import psycopg

from stage import Stage, have_key
from strongroom.sealing import FileKeys, Keyring
from strongroom.subject.eraser import erase
from strongroom.subject.erasing import preview, pseudonym_key

ACTIONS = {"delete": "deleted", "change": "emptied", "keep": "kept"}


def forget(stage: Stage, user_id: object) -> None:
    """What would go, the erasure that was asked for, and what is left to be found afterwards."""
    with psycopg.connect(stage.runner_url, autocommit=True) as connection:
        connection.execute("SELECT set_config('kernel.actor', 'the office', false)")
        have_key(connection, stage.keys, stage.app, "people", "pseudonym")
        for part in preview(connection, stage.app, str(user_id)):
            if part.rows:
                stage.say(f"{part.table}: {part.rows} to be {ACTIONS[part.action]}")
        request = connection.execute(
            "SELECT kernel.approve_request(r.id), r.id FROM kernel.subject_request AS r"
            " WHERE r.app = %s AND r.subject = %s AND r.state = 'verified'",
            (stage.app, str(user_id)),
        ).fetchone()
        assert request is not None
        provider = FileKeys(stage.keys)
        key_id, fingerprint = pseudonym_key(connection, stage.app)
        Keyring(provider).check(key_id, fingerprint)
        done = erase(connection, request[1], provider, key_id, lambda step: None)
        stage.say(f"{done.state}: {done.rows} rows, and the whole database searched since")
        ledger = connection.execute("SELECT count(*) FROM kernel.erasure_ledger").fetchone()
        assert ledger is not None
        stage.say(f"restored backups will forget them too: entry {ledger[0]} of the ledger")
