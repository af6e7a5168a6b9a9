"""A day of the horoscope assistant: births that only their people can open."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID, uuid4

import psycopg

from stage import Stage
from strongroom.sealing import Keyring
from strongroom.session import session
from strongroom_db.astroloh import consents, security_logs, user_identities, user_sessions, users
from strongroom_db.astroloh.types import BirthPlace, DialogContext
from strongroom_db.kernel.errors import ConsentMissing

PURPOSES = ("birth_date", "birth_time", "birth_location", "name", "target_date", "partner_data")
OMSK = BirthPlace(latitude=54.99, longitude=73.37, time_zone="Asia/Omsk", name="Omsk")


def play(stage: Stage) -> int:
    """The day; gives how much of a birth could be read without its keys."""
    ring = stage.keyring(seal=PURPOSES)
    stage.scene("One person, two platforms")
    nika = _join(stage, "alice-9001")
    stage.scene("Nothing is kept before she agrees")
    wrong = _agree(stage, nika)
    stage.scene("A birth, sealed before it leaves the program")
    wrong += _seal(stage, nika, ring)
    stage.scene("A dialog that goes one step at a time")
    wrong += _talk(stage, nika, ring)
    stage.scene("What touched her data")
    with session(stage.pool, app="astroloh", user_id=nika) as db:
        for event in security_logs.list_my_events(db, limit=3):
            stage.say(f"{event.event_type}: {event.description}")
    stage.scene("She takes it back")
    return wrong + _withdraw(stage, nika)


def _join(stage: Stage, account: str) -> UUID:
    with session(stage.pool, app="astroloh") as db:
        nika = users.register_user(db, platform="yandex_alice", platform_user_id=account)
        known = users.find_user(db, platform="telegram", platform_user_id=f"tg-{account}")
    with session(stage.pool, app="astroloh", user_id=nika) as db:
        if known is None:
            user_identities.link_identity(db, platform="telegram", platform_user_id=f"tg-{account}")
        found = [identity.platform for identity in user_identities.list_identities(db)]
        stage.say(f"comes by {' and '.join(found)}")
    return nika


def _agree(stage: Stage, nika: UUID) -> int:
    refused = 0
    with session(stage.pool, app="astroloh", user_id=nika) as db:
        try:
            users.set_profile(db, zodiac_sign="cancer", gender=None)
        except ConsentMissing as error:
            refused = 1
            stage.say(f"her sign: refused, {error}")
        (wording,) = consents.list_consent_texts(db, language="en")
        stage.say(f"she is asked: {wording.body[:58]}...")
        agreed = consents.give_consent(db, version=wording.version, method="voice")
        users.set_profile(db, zodiac_sign="cancer", gender=None)
    stage.say(f"she says yes to version {wording.version}; her sign: kept")
    return int(not refused or not agreed)


def _seal(stage: Stage, nika: UUID, ring: Keyring) -> int:
    with session(stage.pool, app="astroloh", user_id=nika, keyring=ring) as db:
        users.set_name(db, name="Nika")
        users.set_birth_data(
            db, birth_date=date(1991, 7, 22), birth_time=time(4, 40), birth_location=OMSK
        )
        mine = users.get_birth_data(db)
        assert mine.birth_location is not None
        born = f"{mine.birth_date} {mine.birth_time} in {mine.birth_location.name}"
        stage.say(f"to {mine.name}: born {born}")
    with psycopg.connect(stage.owner_url) as connection:
        connection.execute("SELECT set_config('role', 'strongroom_owner', true)")
        row = connection.execute(
            "SELECT u.encrypted_name FROM astroloh.users AS u WHERE u.id = %s", (nika,)
        ).fetchone()
    assert row is not None
    stage.say(f"to the owner of the database: {bytes(row[0]).hex()[:32]}...")
    return int(b"Nika" in bytes(row[0]))


def _talk(stage: Stage, nika: UUID, ring: Keyring) -> int:
    with session(stage.pool, app="astroloh", user_id=nika, keyring=ring) as db:
        talk = user_sessions.open_session(db, platform="yandex_alice", session_id=f"talk-{uuid4()}")
        before = user_sessions.get_session(db, id=talk)
        assert before is not None
        steps = [
            user_sessions.advance_session(
                db,
                id=talk,
                from_state=before.current_state,
                to_state="asked_for_sign",
                context=DialogContext(),
            )
            for _ in range(2)
        ]
        user_sessions.end_session(db, id=talk)
    stage.say(
        f"the same step twice from {before.current_state!r}: moved {steps[0]}, then {steps[1]}"
    )
    return int(steps != [1, 0])


def _withdraw(stage: Stage, nika: UUID) -> int:
    with session(stage.pool, app="astroloh", user_id=nika) as db:
        consents.withdraw_consent(db, method="voice")
        users.set_profile(db, zodiac_sign=None, gender=None)
        said = [
            f"{'yes' if row.granted else 'no'} to version {row.version}"
            for row in consents.list_consent_history(db, limit=2)
        ]
        me = users.get_user(db)
    stage.say(f"the ledger: {', before that '.join(said)}; her sign: {me.zodiac_sign}")
    return int(me.may_process)
