"""A day of the bot that remembers how people want to be answered."""

from __future__ import annotations

from decimal import Decimal

import psycopg

from stage import Stage
from strongroom.session import session
from strongroom_db.persona import admin_users, user_settings, users, vendor_keys
from strongroom_db.persona.errors import ExchangeRateNotForRoubles, RightMissing


def play(stage: Stage) -> int:
    """The day; gives how many people could do what they may not."""
    stage.scene("Three people write to the bot")
    lena, pavel, olga = (
        _join(stage, number, name)
        for number, name in ((8001, "lena"), (8002, "pavel"), (8003, "olga"))
    )
    stage.scene("Each is answered as they like")
    _set_up(stage, lena)
    stage.scene("A vendor's key, sealed before it leaves the program")
    _make_administrator(stage, olga)
    _keep_key(stage, olga)
    stage.scene("An administrator looks, and it is written down")
    wrong = int(_look(stage, olga, lena) == "refused")
    wrong += _look(stage, pavel, lena) != "refused"
    return wrong


def _join(stage: Stage, telegram_id: int, username: str) -> int:
    with session(stage.pool, app="persona", actor="telegram-bot") as db:
        user_id = users.register_user(
            db, telegram_id=telegram_id, username=f"@{username}", language_code="ru"
        )
    with session(stage.pool, app="persona", user_id=user_id) as db:
        stage.say(f"{users.get_user(db).username} is person {user_id}")
    return user_id


def _set_up(stage: Stage, user_id: int) -> None:
    with session(stage.pool, app="persona", user_id=user_id) as db:
        user_settings.set_signature(db, signature="With tea, Lena")
        user_settings.set_currency(db, default_currency="rub", exchange_rate=Decimal("11.8200"))
        mine = user_settings.get_settings(db)
        stage.say(f"signed {mine.signature!r}, in {mine.default_currency} at {mine.exchange_rate}")
        try:
            user_settings.set_currency(db, default_currency="cny", exchange_rate=Decimal("11.8500"))
        except ExchangeRateNotForRoubles as refused:
            stage.say(f"a rate for yuan: {type(refused).__name__}")


def _make_administrator(stage: Stage, user_id: int) -> None:
    """The first one has nobody above them: whoever runs the database says so."""
    with psycopg.connect(stage.owner_url) as connection:
        connection.execute("SELECT set_config('role', 'strongroom_owner', true)")
        connection.execute(
            "INSERT INTO persona.admin_users (user_id, can_manage_keys, can_manage_users)"
            " VALUES (%s, true, true) ON CONFLICT DO NOTHING",
            (user_id,),
        )
    with session(stage.pool, app="persona", user_id=user_id) as db:
        rights = admin_users.my_rights(db)
        assert rights is not None
        stage.say(f"olga may manage users: {rights.can_manage_users}")


def _keep_key(stage: Stage, user_id: int) -> None:
    """Worker and administrator at once: a person who may, through a program that may."""
    ring = stage.keyring(seal=("vendors",))
    with session(stage.pool, app="persona", user_id=user_id, role="worker", keyring=ring) as jobs:
        vendor_keys.set_vendor_key(jobs, vendor="openai", api_key="sk-not-a-key-of-anyone")
        kept = vendor_keys.get_vendor_key(jobs, vendor="openai")
        assert kept is not None
        stage.say(f"to the worker: {kept.api_key}")
    with psycopg.connect(stage.owner_url) as connection:
        connection.execute("SELECT set_config('role', 'strongroom_owner', true)")
        row = connection.execute("SELECT k.api_key FROM persona.vendor_keys AS k").fetchone()
    assert row is not None
    stage.say(f"to the owner of the database: {bytes(row[0]).hex()[:32]}...")


def _look(stage: Stage, user_id: int, at: int) -> str:
    with session(stage.pool, app="persona", user_id=user_id) as db:
        try:
            seen = users.view_profile(db, user_id=at)
        except RightMissing as refused:
            stage.say(f"person {user_id} looks at person {at}: RightMissing [{refused.sqlstate}]")
            return "refused"
    stage.say(f"person {user_id} looks at person {at}: {seen.username}, {seen.default_currency}")
    return "seen"
