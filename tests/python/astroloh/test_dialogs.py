"""Dialogs on three platforms, and what the security log says of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from strongroom_db.astroloh import security_logs, user_sessions
from strongroom_db.astroloh.errors import (
    InvalidContext,
    InvalidLifetime,
    NotAKeyedHash,
    NotReportable,
    SessionClosed,
)
from strongroom_db.astroloh.types import DialogContext, KeyedHash, Platform
from tests.python.astroloh.conftest import IP, Assistant, at_once

PLATFORMS: tuple[Platform, ...] = ("yandex_alice", "telegram", "google_assistant")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_dialog_from_its_first_word_to_its_last(assistant: Assistant, platform: Platform) -> None:
    """[A-09] [A-11] [A-27] [A-F15] The same on every platform."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        talk = user_sessions.open_session(db, platform=platform, session_id="s-1")
        first = user_sessions.get_session(db, id=talk)
        assert first is not None
        assert (first.current_state, first.context_data) == ("initial", DialogContext())
        context = DialogContext(intent="daily", awaiting="birth_date", turn=1)
        assert user_sessions.advance_session(
            db, id=talk, from_state="initial", to_state="asking", context=context
        )
        # Another turn that was read before, and comes too late.
        assert not user_sessions.advance_session(
            db, id=talk, from_state="initial", to_state="other", context=context
        )
        seen = user_sessions.get_session(db, id=talk)
        assert seen is not None
        assert (seen.current_state, seen.context_data) == ("asking", context)
        assert user_sessions.open_session(db, platform=platform, session_id="s-1") == talk
        (listed,) = user_sessions.list_active_sessions(db)
        assert (listed.id, listed.platform) == (talk, platform)
        assert user_sessions.end_session(db, id=talk) == 1
        assert user_sessions.end_session(db, id=talk) == 0
        assert user_sessions.get_session(db, id=talk) is None
        assert user_sessions.list_active_sessions(db) == []
        with pytest.raises(SessionClosed):
            user_sessions.open_session(db, platform=platform, session_id="s-1")


def test_a_dialog_holds_no_words_of_the_person(assistant: Assistant) -> None:
    """[A-F15] Free text is refused by the table, an unknown field by the model."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        talk = user_sessions.open_session(db, platform="telegram", session_id="s")
        with pytest.raises(InvalidContext):
            user_sessions.advance_session(
                db,
                id=talk,
                from_state="initial",
                to_state="asking",
                context=DialogContext(topic="I was born in May"),
            )
        with pytest.raises(InvalidLifetime):
            user_sessions.open_session(
                db, platform="telegram", session_id="x", lifetime=timedelta(days=30)
            )
    with pytest.raises(ValueError, match="name"):
        DialogContext.model_validate({"name": "Mira"})


def test_nobody_goes_on_with_the_dialog_of_another(assistant: Assistant) -> None:
    """[A-11.3] [A-F21] Not by the platform's id, and not by ours."""
    mira, ben = assistant.person(), assistant.person()
    with assistant.of(mira) as db:
        talk = user_sessions.open_session(db, platform="telegram", session_id="mira's")
    with assistant.of(ben) as db:
        with pytest.raises(SessionClosed):
            user_sessions.open_session(db, platform="telegram", session_id="mira's")
        assert user_sessions.get_session(db, id=talk) is None
        assert user_sessions.end_session(db, id=talk) == 0
    with assistant.of(mira) as db:
        assert user_sessions.get_session(db, id=talk) is not None


def test_two_turns_at_once(assistant: Assistant) -> None:
    """[A-11] Of two turns that were read in one state, one is taken."""
    mira = assistant.person()
    logins = [assistant.database.connect() for _ in range(4)]
    with assistant.of(mira) as db:
        talk = user_sessions.open_session(db, platform="yandex_alice", session_id="s")

    def turn(login: int, number: int) -> int:
        with assistant.of(mira, logins[login]) as db:
            return user_sessions.advance_session(
                db,
                id=talk,
                from_state="initial" if number == 0 else f"state_{number}",
                to_state=f"state_{number + 1}",
                context=DialogContext(turn=number),
            )

    for number in range(10):
        assert sum(at_once([partial(turn, n, number) for n in range(len(logins))])) == 1


def test_one_dialog_is_begun_many_times_at_once(assistant: Assistant) -> None:
    """[A-11.3] All get the same one, and it began once."""
    mira = assistant.person()
    logins = [assistant.database.connect() for _ in range(4)]

    def begin(login: int, number: int) -> UUID:
        with assistant.of(mira, logins[login]) as db:
            return user_sessions.open_session(db, platform="telegram", session_id=f"s{number}")

    for number in range(8):
        answers = at_once([partial(begin, n, number) for n in range(len(logins))])
        assert len(set(answers)) == 1
    logged = "SELECT count(*) FROM astroloh.security_logs WHERE event_type = 'login'"
    assert assistant.ask(logged) == [(8,)]


def test_addresses_are_kept_as_keyed_hashes(assistant: Assistant) -> None:
    """[A-08] [A-50] [A-F22] Equal addresses meet under one key, which only the program has."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        keys = db.index_keys("network")
        address = KeyedHash(IP.make(assistant.ring, keys, "198.51.100.7"))
        again = KeyedHash(IP.make(assistant.ring, keys, " 198.51.100.7 "))
        other = KeyedHash(IP.make(assistant.ring, keys, "198.51.100.8"))
        assert address == again != other
        assert len(address) == 34
        user_sessions.open_session(
            db, platform="telegram", session_id="s", ip_hash=address, user_agent_hash=other
        )
        with pytest.raises(NotAKeyedHash):
            user_sessions.open_session(
                db, platform="telegram", session_id="t", ip_hash=KeyedHash(b"\0" * 32)
            )
    ((stored, agent),) = assistant.ask(
        "SELECT ip_hash, user_agent_hash FROM astroloh.security_logs WHERE event_type = 'login'"
    )
    assert (stored, agent) == (address, other)


def test_what_programs_report(assistant: Assistant) -> None:
    """[A-07] [A-19] [A-F14] Words of their own; what the database sees is not theirs."""
    mira, ben = assistant.person(), assistant.person()
    with assistant.of(mira) as db:
        security_logs.log_security_event(db, event_type="data_access", description="profile shown")
        with pytest.raises(NotReportable):
            security_logs.log_security_event(db, event_type="deletion", description="never")
        page = security_logs.list_my_events(db, limit=1)
        assert [event.description for event in page] == ["profile shown"]
        older = security_logs.list_my_events(db, limit=5, after=page.next or "")
        assert [event.event_type for event in older] == ["consent", "identity_change"]
    with assistant.of(ben) as db:
        assert all(event.event_type != "data_access" for event in security_logs.list_my_events(db))
    with assistant.worker() as jobs:
        security_logs.log_refused_login(
            jobs, description="no such account", error_message="unknown"
        )
        ((begin, end),) = assistant.ask("SELECT now() - interval '1 hour', now()")
        (failure,) = security_logs.list_failures(jobs, since=begin, until=end)
        assert (failure.user_id, failure.error_message) == (None, "unknown")
        (access,) = security_logs.list_events(
            jobs, event_type="data_access", since=begin, until=end
        )
        assert access.user_id == mira


def test_cleaners_and_a_person_who_talks_on(assistant: Assistant) -> None:
    """[A-23] [A-24] Each dialog that is over goes once, is counted once, and is told of."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        talks = [
            user_sessions.open_session(db, platform="telegram", session_id=f"s-{number}")
            for number in range(30)
        ]
    assistant.ask(
        "UPDATE astroloh.user_sessions SET created_at = now() - interval '2 days',"
        " last_activity = now() - interval '2 days', expires_at = now() - interval '1 day'"
        " WHERE session_id <> 's-0' RETURNING id"
    )
    runners = [assistant.database.connect("strongroom_runner") for _ in range(3)]

    def clean(number: int) -> int:
        row = runners[number].execute("SELECT astroloh.cleanup_expired_sessions()").fetchone()
        assert row is not None
        return int(row[0])

    def talk() -> int:
        with assistant.of(mira) as db:
            return user_sessions.advance_session(
                db,
                id=talks[0],
                from_state="initial",
                to_state="asking",
                context=DialogContext(turn=1),
            )

    tasks: list[Callable[[], int]] = [*(partial(clean, number) for number in range(3)), talk]
    *cleaned, moved = at_once(tasks)
    cleaned.append(clean(0))
    assert (sum(cleaned), moved) == (29, 1)
    assert assistant.ask("SELECT id FROM astroloh.user_sessions") == [(talks[0],)]
    ((told,),) = assistant.ask(
        "SELECT sum(substring(description FROM '^[0-9]+')::integer) FROM astroloh.security_logs"
        " WHERE event_type = 'session_cleanup' AND success"
    )
    assert told == 29
