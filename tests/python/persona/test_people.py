"""People, what they set, and administrators, through the generated functions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from strongroom.session import NoIdentity, NoRow, session
from strongroom_db.kernel.errors import UnfitAccessEntry
from strongroom_db.persona import admin_users, user_settings, users
from strongroom_db.persona.errors import (
    ExchangeRateNotForRoubles,
    ExchangeRateNotPositive,
    LastManager,
    RightMissing,
    UnknownPerson,
    UsernameInvalid,
)
from tests.python.persona.conftest import Bot


def test_a_person_comes_and_sets_things(bot: Bot) -> None:
    """[P-29] [P-20] [P-04] Register, read and write settings; the second person sees none of it."""
    login = bot.login()
    with session(login, app="persona") as db:
        anna = users.register_user(db, telegram_id=7001, username="@anna", language_code="ru")
        boris = users.register_user(db, telegram_id=7002)
        assert users.find_user(db, telegram_id=7001) == anna
        assert users.find_user(db, telegram_id=1) is None
        with pytest.raises(NoIdentity):
            user_settings.get_settings(db)

    with session(login, app="persona", user_id=anna) as db:
        me = users.get_user(db)
        assert (me.username, me.language_code, me.is_admin) == ("anna", "ru", False)
        users.set_profile(db, username="anna", first_name="A", last_name=None, language_code="ru")
        with pytest.raises(UsernameInvalid):
            users.set_profile(
                db, username="@anna", first_name=None, last_name=None, language_code=None
            )
        settings = user_settings.get_settings(db)
        assert (settings.signature, settings.default_currency) == ("@annabbox", "cny")
        user_settings.set_signature(db, signature="Anna")
        user_settings.set_currency(db, default_currency="rub", exchange_rate=Decimal("11.2345"))
        user_settings.set_preferences(db, preferences={"voice": True})
        settings = user_settings.get_settings(db)
        assert settings.exchange_rate == Decimal("11.2345")
        assert settings.exchange_rate_at is not None
        assert settings.preferences == {"voice": True}
        with pytest.raises(ExchangeRateNotPositive):
            user_settings.set_currency(db, default_currency="rub", exchange_rate=Decimal(0))
        with pytest.raises(ExchangeRateNotForRoubles):
            user_settings.set_currency(db, default_currency="cny", exchange_rate=Decimal(1))
        user_settings.set_currency(db, default_currency="cny")
        assert user_settings.get_settings(db).exchange_rate is None

    with session(login, app="persona", user_id=boris) as db:
        assert user_settings.get_settings(db).signature == "@annabbox"
    with session(login, app="persona", user_id=boris + 1) as db, pytest.raises(NoRow):
        user_settings.get_settings(db)


def test_a_profile_that_did_not_change_is_not_written(bot: Bot) -> None:
    """A bot notes names with each message: no row moves, and the audit log does not grow."""
    anna = bot.person()
    seen = "SELECT count(*) FROM kernel.audit_entries WHERE app = 'persona' AND relation = 'users'"
    with session(bot.login(), app="persona", user_id=anna) as db:
        for _ in range(2):
            users.set_profile(
                db, username="anna", first_name=None, last_name=None, language_code=None
            )
    assert bot.one(f"{seen} AND operation = 'UPDATE'") == 1


def test_a_message_to_everybody_reaches_each_once(bot: Bot) -> None:
    """A worker pages through all people."""
    everybody = [bot.person() for _ in range(7)]
    found = []
    with session(bot.login(), app="persona", role="worker") as jobs:
        page = users.list_recipients(jobs, limit=3)
        found += page.rows
        while page.next is not None:
            page = users.list_recipients(jobs, limit=3, after=page.next)
            found += page.rows
    assert [person.id for person in found] == everybody


def test_administrators(bot: Bot) -> None:
    """[P-25] [P-26] [P-29] Rights are given, used, written down and taken."""
    login = bot.login()
    root, anna = bot.admin(), bot.person()
    with session(login, app="persona", user_id=anna) as db:
        assert admin_users.my_rights(db) is None
        for refused in (
            lambda: admin_users.list_admins(db),
            lambda: admin_users.grant_rights(db, user_id=anna, can_manage_users=True),
            lambda: users.view_profile(db, user_id=root),
            lambda: users.find_people(db, username="p1"),
        ):
            with pytest.raises(RightMissing):
                refused()
    with session(login, app="persona", user_id=root, actor="panel", request_id="r-1") as db:
        profile = users.view_profile(db, user_id=anna)
        assert (profile.id, profile.signature) == (anna, "@annabbox")
        changed = user_settings.change_settings_of(
            db, user_id=anna, signature="A.", default_currency="cny", exchange_rate=None
        )
        assert changed == ["user_settings.signature"]
        assert [found.id for found in users.find_people(db, username="@P2")] == [anna]
        with pytest.raises(UnknownPerson):
            users.view_profile(db, user_id=0)
        admin_users.grant_rights(db, user_id=anna, notes="for a week")
        assert [a.notes for a in admin_users.list_admins(db)] == [None, "for a week"]
        assert admin_users.revoke_rights(db, user_id=anna)
        assert not admin_users.revoke_rights(db, user_id=anna)
        with pytest.raises(LastManager):
            admin_users.revoke_rights(db, user_id=root)
    told = bot.owner.execute(
        "SELECT actor, request_id, details ->> 'action' FROM kernel.audit_entries"
        " WHERE operation = 'ACCESS' AND subject = %s ORDER BY id",
        (str(anna),),
    ).fetchall()
    actions = ("view_profile", "update_settings", "find_profile")
    assert told == [(f"admin:{root}", "r-1", action) for action in actions]


def test_who_was_refused_looked_at_nothing_and_nothing_is_written_down(bot: Bot) -> None:
    """[P-24] A look that is rolled back is no entry, and one without an entry shows nothing."""
    root, anna = bot.admin(), bot.person()
    with (
        session(bot.login(), app="persona", user_id=root, request_id="r" * 201) as db,
        pytest.raises(UnfitAccessEntry),
    ):
        users.view_profile(db, user_id=anna)
    assert bot.one("SELECT count(*) FROM kernel.audit_entries WHERE operation = 'ACCESS'") == 0
