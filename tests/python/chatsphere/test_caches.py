"""What caches in front of the platform need: lifetimes, announcements, one call to fill them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from strongroom.session import WrongRole, session
from strongroom_db.chatsphere import cache_lifetimes, chatbots, users
from tests.python.chatsphere.conftest import Platform
from tests.python.fix_databases import Connection


def told(listener: Connection, count: int) -> list[str]:
    """What was announced; nothing more than is waited for."""
    notices = [notice.payload for notice in listener.notifies(timeout=5, stop_after=count)]
    return notices + [notice.payload for notice in listener.notifies(timeout=0.1)]


def test_changes_announce_what_is_stale(platform: Platform) -> None:
    """[C-35] [X-6] A bot, an account, a lifetime; once it is committed, and with keys alone."""
    login, listener = platform.database.connect(), platform.database.connect()
    iris = platform.person()
    bot = platform.bot(iris)
    listener.execute("LISTEN chatsphere_stale")
    with session(login, app="chatsphere", user_id=iris) as db:
        users.update_profile(db, full_name="Iris", company_name=None)
        chatbots.delete_chatbot(db, chatbot_id=bot)
    assert told(listener, 2) == [f"user {iris}", f"chatbot {bot}"]
    with session(login, app="chatsphere", user_id=iris) as db, pytest.raises(WrongRole):
        cache_lifetimes.set_cache_lifetime(db, entry="api_response", lifetime=timedelta(seconds=1))
    with session(login, app="chatsphere", role="worker") as jobs:
        for _ in range(2):
            cache_lifetimes.set_cache_lifetime(
                jobs, entry="api_response", lifetime=timedelta(minutes=1)
            )
    assert told(listener, 1) == ["lifetime api_response"]
    undone = login.transaction(force_rollback=True)
    with undone, session(login, app="chatsphere", user_id=iris) as db:
        users.update_profile(db, full_name="Nobody", company_name=None)
    assert told(listener, 1) == []


def test_one_call_fills_a_cache(platform: Platform) -> None:
    """[C-36] Profile, plan and bots of an account; of nobody else."""
    login = platform.database.connect()
    iris, otto = platform.person("pro"), platform.person()
    for name in ("Harbour", "Airport"):
        platform.bot(iris, name)
    with session(login, app="chatsphere", user_id=iris) as db:
        found = cache_lifetimes.read_for_caches(db)
        assert found.subscription_tier == "pro"
        assert [bot.name for bot in found.chatbots] == ["Airport", "Harbour"]
        assert len(cache_lifetimes.read_for_caches(db, chatbots=1).chatbots) == 1
    with session(login, app="chatsphere", user_id=otto) as db:
        assert cache_lifetimes.read_for_caches(db).chatbots == []
