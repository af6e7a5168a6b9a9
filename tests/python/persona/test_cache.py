"""Cached answers: one program asks the model, all others get its answer."""

from __future__ import annotations

import hashlib
import json
import threading
from datetime import timedelta
from functools import partial
from time import sleep

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.session import session
from strongroom_db.persona import app_settings, llm_cache
from strongroom_db.persona.errors import (
    AnswerNotShareable,
    CacheTtlOutOfRange,
    ClaimLost,
    PrivateCacheTtlOutOfRange,
    UnfitCacheKey,
)
from tests.python.fix_databases import Connection, Database
from tests.python.persona.conftest import Bot
from tests.python.tarot.conftest import at_once, outcome, row

pytestmark = pytest.mark.ends

_CLAIM = "SELECT outcome, response_payload, token::text FROM persona.claim_answer(%s, %s, false)"
_STORE = "SELECT persona.store_answer('openai', %s, %s, '{}', %s, false)"
_ROUNDS = 10
_WORDS = st.sampled_from(
    [
        "user",
        "phone",
        "q",
        "a@b.org",
        "+79123456789",
        "@anna_k",
        "sk-",
        "abcdefgh12345678",
        " ",
        "4",
    ]
)
_TEXTS = st.lists(st.one_of(_WORDS, st.text(max_size=3)), max_size=6).map("".join)
_TEXTS_WITHOUT_NUL = _TEXTS.map(
    lambda text: text.replace("\0", "").encode("utf-8", "ignore").decode()
)
_PAYLOADS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(0, 10**12), _TEXTS_WITHOUT_NUL),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(_TEXTS_WITHOUT_NUL, inner, max_size=3)
    ),
    max_leaves=8,
)


def key(request: object) -> str:
    """The cache key that a program makes of a request."""
    return hashlib.sha256(json.dumps(request).encode()).hexdigest()


def serve(connection: Connection, cache_key: str, asked: list[str]) -> object:
    """What a program does for a message: get the answer, or ask the model, or wait."""
    while True:
        state, answer, token = row(connection, _CLAIM, "openai", cache_key)
        if state == "hit":
            return answer
        if state == "claimed":
            asked.append(cache_key)
            sleep(0.05)
            row(connection, _STORE, cache_key, token, json.dumps(f"answer {cache_key[:4]}"))
            return f"answer {cache_key[:4]}"
        sleep(0.01)


def test_a_herd_asks_the_model_once(bot: Bot) -> None:
    """[P-21] [P-13.8] Eight programs want one answer at the same moment, again and again."""
    programs = [bot.worker() for _ in range(8)]
    for n in range(_ROUNDS):
        asked: list[str] = []
        answers = at_once([partial(serve, p, key(n), asked) for p in programs])
        assert asked == [key(n)]
        assert set(answers) == {f"answer {key(n)[:4]}"}
    assert bot.one("SELECT count(*) FROM persona.llm_cache") == _ROUNDS
    assert bot.one("SELECT count(*) FROM persona.llm_cache_claims") == 0


def test_the_answer_expires_under_a_herd(bot: Bot) -> None:
    """[P-21] Whoever finds it expired asks, alone, and the old answer is given to nobody."""
    programs = [bot.worker() for _ in range(6)]
    serve(programs[0], key("x"), [])
    for _ in range(_ROUNDS):
        bot.owner.execute(
            "UPDATE persona.llm_cache SET response_payload = '\"old\"',"
            " created_at = now() - interval '2 days', expires_at = now() - interval '1 day'"
        )
        asked: list[str] = []
        answers = at_once([partial(serve, p, key("x"), asked) for p in programs])
        assert asked == [key("x")]
        assert set(answers) == {f"answer {key('x')[:4]}"}


def test_a_program_that_stores_is_waited_for(bot: Bot) -> None:
    """[P-21] A claim that comes between the answer and its commit waits, and finds the answer."""
    storing, asking = bot.worker(), bot.worker()
    (_, _, token) = row(storing, _CLAIM, "openai", key(1))
    storing.execute("BEGIN")
    row(storing, _STORE, key(1), token, '"soon"')
    found: list[object] = []
    waiting = threading.Thread(
        target=lambda: found.append(outcome(asking, _CLAIM, "openai", key(1)))
    )
    waiting.start()
    blocked = "SELECT count(*) FROM pg_stat_activity WHERE cardinality(pg_blocking_pids(pid)) > 0"
    while not bot.one(blocked):
        sleep(0.01)
    storing.execute("COMMIT")
    waiting.join(60)
    assert found == [("hit", "soon", None)]
    assert bot.one("SELECT count(*) FROM persona.llm_cache_claims") == 0


def test_a_killed_program_is_succeeded_when_its_lease_is_over(bot: Bot) -> None:
    """[P-21] The lease is what ends a claim whose program is gone; the late answer is refused."""
    gone, others = bot.worker(), [bot.worker() for _ in range(4)]
    state, _, token = row(gone, _CLAIM, "openai", key(1))
    assert state == "claimed"
    pid = gone.info.backend_pid
    bot.owner.execute("SELECT pg_terminate_backend(%s)", (pid,))
    assert {row(other, _CLAIM, "openai", key(1))[0] for other in others} == {"busy"}
    bot.owner.execute(
        "UPDATE persona.llm_cache_claims"
        " SET claimed_at = now() - interval '2 min', lease_until = now() - interval '1 min'"
    )
    states = at_once([partial(row, other, _CLAIM, "openai", key(1)) for other in others])
    assert sorted(state for state, _, _ in states) == ["busy", "busy", "busy", "claimed"]
    late = bot.worker()
    assert outcome(late, _STORE, key(1), token, '"late"') == "LB007"
    (heir,) = [token for state, _, token in states if state == "claimed"]
    row(late, _STORE, key(1), heir, '"new"')
    assert row(late, _CLAIM, "openai", key(1))[1] == "new"


def test_the_claim_that_is_given_up_is_the_next_ones(bot: Bot) -> None:
    """[P-21] A model that fails stops nobody; who listens is told."""
    one, other = bot.worker(), bot.worker()
    bot.owner.execute("LISTEN persona_answers")
    (_, _, token) = row(one, _CLAIM, "openai", key(1))
    release = "SELECT persona.release_claim('openai', %s, %s, false)"
    assert row(one, release, key(1), token) == (True,)
    assert row(other, _CLAIM, "openai", key(1))[0] == "claimed"
    (told,) = list(bot.owner.notifies(timeout=5, stop_after=1))
    assert told.payload.startswith("openai:")


def test_a_bot_caches_for_a_person_and_for_everybody(bot: Bot) -> None:
    """[P-21] [P-22] [P-F15] [P-29] Through the generated functions, with the settings' periods."""
    login, anna, boris = bot.login(), bot.person(), bot.person()
    bot.agree(anna, boris)
    with session(login, app="persona", user_id=anna) as db:
        with pytest.raises(UnfitCacheKey):
            llm_cache.claim_answer(db, vendor="openai", cache_key="What is love?")
        claim = llm_cache.claim_answer(db, vendor="openai", cache_key=key("q"))
        assert (claim.outcome, claim.response_payload) == ("claimed", None)
        assert claim.token is not None
        until = llm_cache.store_answer(
            db,
            vendor="openai",
            cache_key=key("q"),
            token=claim.token,
            request_payload={"user": "u1", "text": "I am anna@example.org"},
            response_payload={"text": "Hello anna@example.org"},
        )
        assert until is not None
        found = llm_cache.claim_answer(db, vendor="openai", cache_key=key("q"))
        assert found.response_payload == {"text": "Hello anna@example.org"}
        shared = llm_cache.claim_answer(db, vendor="openai", cache_key=key("q"), is_private=False)
        assert shared.token is not None
        with pytest.raises(AnswerNotShareable):
            llm_cache.store_answer(
                db,
                vendor="openai",
                cache_key=key("q"),
                token=shared.token,
                request_payload={"text": "Hello"},
                response_payload={"text": "Write to anna@example.org"},
                is_private=False,
            )
        assert llm_cache.release_claim(
            db, vendor="openai", cache_key=key("q"), token=shared.token, is_private=False
        )
    with session(login, app="persona", user_id=boris) as db:
        claim = llm_cache.claim_answer(db, vendor="openai", cache_key=key("q"))
        assert (claim.outcome, claim.response_payload) == ("claimed", None)
        assert llm_cache.forget_answers(db) == 0
    kept = bot.one("SELECT request_payload FROM persona.llm_cache")
    assert kept == {"text": "I am [e-mail]"}
    with session(login, app="persona", user_id=anna) as db:
        assert llm_cache.forget_answers(db) == 1
    with session(login, app="persona", role="worker") as jobs:
        ahead = llm_cache.claim_shared_answer(jobs, vendor="yandex", cache_key=key("tip"))
        assert ahead.token is not None
        llm_cache.store_shared_answer(
            jobs,
            vendor="yandex",
            cache_key=key("tip"),
            token=ahead.token,
            request_payload={"q": "tip of the day"},
            response_payload="Sleep.",
        )
        with pytest.raises(ClaimLost):
            llm_cache.store_shared_answer(
                jobs,
                vendor="yandex",
                cache_key=key("tip"),
                token=ahead.token,
                request_payload={},
                response_payload="Twice.",
            )
    with session(login, app="persona", user_id=boris) as db:
        tip = llm_cache.claim_answer(db, vendor="yandex", cache_key=key("tip"), is_private=False)
        assert (tip.outcome, tip.response_payload) == ("hit", "Sleep.")


def test_programs_are_told_when_settings_change(bot: Bot) -> None:
    """[X-6] [P-29] LISTEN persona_settings, and read them again."""
    root, login = bot.admin(), bot.login()
    bot.owner.execute("LISTEN persona_settings")
    with session(login, app="persona", user_id=root) as db:
        old = app_settings.get_app_settings(db)
        app_settings.change_app_settings(
            db,
            active_llm_vendor="proxiapi",
            llm_config={"proxiapi": {"model": "m", "max_tokens": 100}},
            cache_ttl=None,
            private_cache_ttl=old.private_cache_ttl / 2,
        )
        new = app_settings.get_app_settings(db)
    (told,) = list(bot.owner.notifies(timeout=5, stop_after=1))
    assert told.payload == "app_settings"
    assert (new.active_llm_vendor, new.cache_ttl) == ("proxiapi", None)
    assert new.private_cache_ttl == old.private_cache_ttl / 2


def test_how_long_answers_may_be_kept(bot: Bot) -> None:
    """[P-21] Bounds have errors of their own, and for one person the shorter ones."""
    root = bot.admin()
    for refused, shared, private in (
        (CacheTtlOutOfRange, timedelta(days=3661), timedelta(days=1)),
        (PrivateCacheTtlOutOfRange, None, timedelta(days=31)),
        (PrivateCacheTtlOutOfRange, None, timedelta()),
    ):
        with session(bot.login(), app="persona", user_id=root) as db, pytest.raises(refused):
            app_settings.change_app_settings(
                db,
                active_llm_vendor="openai",
                llm_config={},
                cache_ttl=shared,
                private_cache_ttl=private,
            )


@pytest.fixture(scope="module")
def sanitiser(shared_database: Database) -> psycopg.Connection[object]:
    return shared_database.admin()


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(payload=_PAYLOADS)
def test_what_is_sanitised_is_sanitised(
    sanitiser: psycopg.Connection[object], payload: object
) -> None:
    """[P-22] Of any payload nothing is left that would be taken out again."""
    (once, twice) = row(
        sanitiser,
        "SELECT s::text, persona.sanitised(s)::text FROM persona.sanitised(%s::jsonb) AS s",
        json.dumps(payload).replace("\\u0000", ""),
    )
    assert once == twice
    assert not {"a@b.org", "+79123456789"} & set(str(once).split('"'))
