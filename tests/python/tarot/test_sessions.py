"""Sessions and what caches need, through the generated functions."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from pydantic import JsonValue

from strongroom.session import NoIdentity, WrongRole, session
from strongroom_db.tarot import cache_lifetimes, readings, sessions, users
from strongroom_db.tarot.errors import (
    CacheLifetimeOutOfRange,
    SessionContextInvalid,
    SessionLifetimeOutOfRange,
)
from strongroom_db.tarot.types import DrawnCard
from tests.python.tarot.conftest import Bot


def test_a_session_from_its_token_to_its_end(bot: Bot) -> None:
    """[T-23] Opened by a person, found by its token, ended by the person."""
    login = bot.database.connect()
    with session(login, app="tarot") as db:
        mira = users.register_user(db, telegram_id=1001, username="mira")
        with pytest.raises(NoIdentity):
            sessions.open_session(db)
    with session(login, app="tarot", user_id=mira) as db:
        opened = sessions.open_session(db, lifetime=timedelta(hours=2))
        with pytest.raises(SessionLifetimeOutOfRange):
            sessions.open_session(db, lifetime=timedelta(days=100))
        step: dict[str, JsonValue] = {"spread": "three"}
        assert sessions.set_session_context(db, session_id=opened.session_id, context=step) == 1
        with pytest.raises(SessionContextInvalid):
            sessions.set_session_context(db, session_id=opened.session_id, context=[1])
    with session(login, app="tarot") as db:
        found = sessions.find_session(db, session_token=opened.session_token)
        assert found is not None
        assert (found.user_id, found.session_id) == (mira, opened.session_id)
        assert (found.context, found.expires_at) == (step, opened.expires_at)
        assert found.cache_until < found.expires_at
    with session(login, app="tarot", user_id=mira) as db:
        [listed] = sessions.list_sessions(db)
        assert (listed.id, listed.context) == (opened.session_id, step)
        assert sessions.end_session(db, session_id=opened.session_id) == 1
        assert sessions.end_session(db, session_id=opened.session_id) == 0
        sessions.open_session(db)
        sessions.open_session(db)
        assert sessions.end_sessions(db) == 2
    with session(login, app="tarot") as db:
        assert sessions.find_session(db, session_token=opened.session_token) is None


def test_a_change_of_a_lifetime_is_told(bot: Bot) -> None:
    """[T-02] [X-6] LISTEN tarot_cache_lifetimes; nothing is told of what did not change."""
    login = bot.database.connect()
    listener = bot.database.connect()
    listener.execute("LISTEN tarot_cache_lifetimes")
    with session(login, app="tarot") as db:
        kept = {entry.entry: entry.lifetime for entry in cache_lifetimes.list_cache_lifetimes(db)}
        assert kept["balance"] == timedelta(minutes=5)
        with pytest.raises(WrongRole):
            cache_lifetimes.set_cache_lifetime(db, entry="balance", lifetime=timedelta(minutes=1))
    with session(login, app="tarot", role="worker") as jobs:
        for lifetime in (timedelta(minutes=1), timedelta(minutes=1)):
            cache_lifetimes.set_cache_lifetime(jobs, entry="balance", lifetime=lifetime)
        with pytest.raises(CacheLifetimeOutOfRange):
            cache_lifetimes.set_cache_lifetime(jobs, entry="balance", lifetime=timedelta(0))
    told = [notice.payload for notice in listener.notifies(timeout=5, stop_after=1)]
    assert told == ["balance"]
    assert [*listener.notifies(timeout=0.2)] == []


def test_one_call_fetches_what_caches_keep(bot: Bot) -> None:
    """[T-27] Balance, readings and sessions of a person; of nobody else."""
    login = bot.database.connect()
    mira, jonas = bot.person(credits=10), bot.person(credits=3)
    with session(login, app="tarot", user_id=mira) as db:
        draw = [DrawnCard(card="the_fool", position=1, reversed=False)]
        for number in range(3):
            readings.draw_reading(
                db,
                spread_type="single",
                question=None,
                cards=draw,
                interpretation=f"answer {number}",
                idempotency_key=f"key-{number}",
            )
        opened = sessions.open_session(db)
        found = cache_lifetimes.read_for_caches(db, readings=2)
    assert found.balance == 7
    assert [reading.interpretation for reading in found.readings] == ["answer 2", "answer 1"]
    assert [kept.id for kept in found.sessions] == [opened.session_id]
    with session(login, app="tarot", user_id=jonas) as db:
        found = cache_lifetimes.read_for_caches(db)
    assert (found.balance, found.readings, found.sessions) == (3, [], [])


def test_a_token_survives_no_copy(bot: Bot) -> None:
    """What is in the database opens nothing: neither the hash nor the row."""
    login = bot.database.connect()
    with session(login, app="tarot", user_id=bot.person(credits=0)) as db:
        sessions.open_session(db)
    [(kept,)] = bot.database.admin().execute("SELECT token_hash FROM tarot.sessions").fetchall()
    with session(login, app="tarot") as db:
        for token in (kept.hex(), f"ts_{kept.hex()}", f"\\x{kept.hex()}"):
            assert sessions.find_session(db, session_token=token) is None
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        login.execute("SELECT token_hash FROM tarot.sessions")
