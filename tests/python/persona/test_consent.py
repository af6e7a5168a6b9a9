"""No answer is kept for a person who does not agree, whatever comes between two steps."""

from __future__ import annotations

import json
from functools import partial

import pytest

from strongroom.session import session
from strongroom_db.kernel.errors import ConsentMissing, WordingSuperseded
from strongroom_db.persona import app_settings, consent_log, llm_cache
from strongroom_db.persona.errors import RightMissing
from tests.python.fix_databases import Connection
from tests.python.persona.conftest import Bot
from tests.python.tarot.conftest import at_once, outcome, row

_CLAIM = "SELECT token FROM persona.claim_answer('openai', %s)"
_STORE = "SELECT persona.store_answer('openai', %s, %s, '{}', %s)"
_WITHDRAW = "SELECT persona.withdraw_consent('menu')"
_KEPT = "SELECT count(*) FROM persona.llm_cache WHERE user_id IS NOT NULL"
_KEY = "a" * 64


def _store(app: Connection, token: object, text: str = "Hello") -> object:
    return outcome(app, _STORE, _KEY, token, json.dumps(text))


def test_a_wording_is_published_agreed_to_and_taken_back(bot: Bot) -> None:
    """[P-30] [P-F14] Through the generated functions: administrator's worker, person, worker."""
    login, root, clerk, anna = bot.login(), bot.admin(), bot.admin(keys=False), bot.person()
    with (
        session(login, app="persona", role="worker", user_id=clerk) as jobs,
        pytest.raises(RightMissing),
    ):
        consent_log.publish_consent(jobs, body="We keep answers.")
    with session(login, app="persona", role="worker", user_id=root) as jobs:
        assert consent_log.publish_consent(jobs, body="We keep answers.") == 1
    with session(login, app="persona", user_id=anna) as db:
        assert app_settings.get_app_settings(db).consent_text == "We keep answers."
        with pytest.raises(ConsentMissing):
            llm_cache.claim_answer(db, vendor="openai", cache_key=_KEY)
        (shown,) = consent_log.list_consent_texts(db, language="ru")
        assert consent_log.give_consent(db, version=shown.version, method="button")
        claim = llm_cache.claim_answer(db, vendor="openai", cache_key=_KEY)
        assert claim.token is not None
        llm_cache.store_answer(
            db,
            vendor="openai",
            cache_key=_KEY,
            token=claim.token,
            request_payload={},
            response_payload="Hello",
        )
    with session(login, app="persona", role="worker", user_id=root) as jobs:
        assert consent_log.publish_consent(jobs, body="We keep answers for ten days.") == 2
    with session(login, app="persona", user_id=anna) as db:
        assert not consent_log.has_consent(db)
        with pytest.raises(WordingSuperseded):
            consent_log.give_consent(db, version=1, method="button")
        with pytest.raises(ConsentMissing):
            llm_cache.claim_answer(db, vendor="openai", cache_key=_KEY)
        assert consent_log.give_consent(db, version=2, method="button")
        assert llm_cache.claim_answer(db, vendor="openai", cache_key=_KEY).outcome == "hit"
        assert consent_log.withdraw_consent(db, method="menu")
        pages = consent_log.list_consent_log(db, limit=2)
        said = [*pages, *consent_log.list_consent_log(db, after=pages.next or "", limit=2)]
        assert [(entry.version, entry.granted) for entry in said] == [
            (2, False),
            (2, True),
            (1, True),
        ]
        assert said[2].consent_text == "We keep answers."
    assert bot.one(_KEPT) == 0


def test_a_consent_that_is_taken_back_meanwhile_waits_for_who_stores(bot: Bot) -> None:
    """[P-30] Stored, not committed yet, taken back, committed: what was stored goes as well."""
    anna = bot.person()
    bot.agree(anna)
    first, second = bot.app(anna), bot.app(anna)
    (token,) = row(first, _CLAIM, _KEY)
    first.execute("BEGIN")
    _store(first, token)
    second.execute("SET lock_timeout = '200ms'")
    assert outcome(second, _WITHDRAW) == "55P03"
    first.execute("COMMIT")
    assert bot.one(_KEPT) == 1
    assert row(second, _WITHDRAW) == (True,)
    assert bot.one(_KEPT) == 0


def test_who_stores_waits_for_a_consent_that_is_being_taken_back(bot: Bot) -> None:
    """[P-30] Taken back, not committed yet: storing waits, and is refused then."""
    anna = bot.person()
    bot.agree(anna)
    first, second = bot.app(anna), bot.app(anna)
    (token,) = row(first, _CLAIM, _KEY)
    second.execute("BEGIN")
    row(second, _WITHDRAW)
    first.execute("SET lock_timeout = '200ms'")
    assert _store(first, token) == "55P03"
    second.execute("COMMIT")
    assert _store(first, token) == "KR130"
    assert bot.one(_KEPT) == 0


def test_storing_and_taking_back_at_once_leaves_nothing(bot: Bot) -> None:
    """[P-30] Many rounds of both at the same moment: nobody's answers stay, and nobody hangs."""
    for _ in range(8):
        anna = bot.person()
        bot.agree(anna)
        apps = [bot.app(anna) for _ in range(4)]
        (token,) = row(apps[0], _CLAIM, _KEY)
        answers = at_once(
            [
                partial(outcome, apps[0], _STORE, _KEY, token, '"Hello"'),
                partial(outcome, apps[1], _WITHDRAW),
                partial(outcome, apps[2], _WITHDRAW),
            ]
        )
        assert answers.count("KR130") + sum(isinstance(answer, tuple) for answer in answers) == 3
        assert sum(answer == (True,) for answer in answers[1:]) == 1
        assert bot.one(_KEPT) == 0
        for app in apps:
            app.close()


def test_the_ledger_alone_is_enough(bot: Bot) -> None:
    """[P-30] Taken back past the app's function: what is kept is given to nobody, and then ends."""
    anna = bot.person()
    bot.agree(anna)
    app = bot.app(anna)
    (token,) = row(app, _CLAIM, _KEY)
    _store(app, token)
    row(app, "SELECT kernel.withdraw_consent('personal_data', 'letter')")
    assert outcome(app, _CLAIM, _KEY) == "KR130"
    assert bot.one("SELECT max(expires_at) < now() + interval '31 days' FROM persona.llm_cache")
    assert row(app, "SELECT persona.forget_answers()") == (1,)
