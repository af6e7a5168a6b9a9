"""Real connections that want the same thing at the same moment."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest

from tests.python.chatsphere.conftest import Platform, Row, at_once, outcome, row

_RESERVE = "SELECT used, usage_limit FROM chatsphere.reserve_usage(%s)"
_CLAIM = "SELECT source_id, lease_id FROM chatsphere.claim_sources(%s)"
_CREATE = "SELECT chatsphere.create_chatbot(%s)"
_OPEN = "SELECT session_id, session_token FROM chatsphere.open_session(%s, %s)"
_SAY = "SELECT message_id FROM chatsphere.say(%s, %s)"
_SYNC = (
    "SELECT chatsphere.sync_subscription(%s, %s, %s, 'pro', 'price', 'active', now(),"
    " now() + interval '1 month')"
)
_VISITOR = "a" * 64


def test_the_last_unit_of_a_limit_is_given_once(platform: Platform) -> None:
    """[C-32] [C-F18] Eight programs of one account: exactly the limit is given, never more."""
    person = platform.person()
    platform.set_limit(person, 100)
    apps = [platform.app(person) for _ in range(8)]

    def reserve(number: int) -> list[Row | str]:
        return [outcome(apps[number], _RESERVE, 1) for _ in range(25)]

    answers = [a for found in at_once([partial(reserve, n) for n in range(8)]) for a in found]
    assert answers.count("SP001") == 100
    assert sorted(a[0] for a in answers if isinstance(a, tuple)) == list(range(1, 101))


def test_calls_of_several_units_are_given_whole_or_not_at_all(platform: Platform) -> None:
    """[C-F18] Threes and fives against a limit that neither of them divides."""
    person = platform.person()
    platform.set_limit(person, 71)
    apps = [platform.app(person) for _ in range(6)]

    def reserve(number: int) -> int:
        units = (3, 5)[number % 2]
        answers = [outcome(apps[number], _RESERVE, units) for _ in range(10)]
        return units * sum(isinstance(answer, tuple) for answer in answers)

    given = sum(at_once([partial(reserve, n) for n in range(6)]))
    used = "SELECT used FROM chatsphere.usage_periods WHERE user_id = %s"
    assert row(platform.clerk, used, person) == (given,)
    assert 71 - 3 < given <= 71


def test_two_claims_never_get_one_source(platform: Platform) -> None:
    """[C-F23] Eight workers empty the queue: each source once, and nobody waits."""
    person = platform.person("pro")
    sources = platform.sources(person, platform.bot(person), 200)
    workers = [platform.worker() for _ in range(8)]

    def work(number: int) -> list[UUID]:
        taken = []
        while found := workers[number].execute(_CLAIM.encode(), (number % 3 + 1,)).fetchall():
            taken += [source for source, _ in found]
        return taken

    claimed = [s for taken in at_once([partial(work, n) for n in range(8)]) for s in taken]
    assert sorted(claimed) == sorted(sources)


def test_a_claim_passes_what_another_one_holds(platform: Platform) -> None:
    """[C-F23] Step by step: the second claim doesn't wait for the first one's transaction."""
    person = platform.person()
    first, second = platform.sources(person, platform.bot(person), 2)
    holder = platform.database.connect(role="chatsphere_worker", app="chatsphere", autocommit=False)
    (held, _) = row(holder, _CLAIM, 1)
    other = platform.worker()
    other.execute("SET lock_timeout = '2s'")
    (taken, _) = row(other, _CLAIM, 5)
    assert {held, taken} == {first, second}
    assert other.execute(_CLAIM.encode(), (5,)).fetchall() == []
    holder.rollback()
    assert row(other, _CLAIM, 5)[0] == held


def test_a_worker_that_died_loses_its_source(platform: Platform) -> None:
    """[C-F23] What was claimed and not heard of comes back; the late answer is refused."""
    person = platform.person()
    bot = platform.bot(person)
    (source,) = platform.sources(person, bot, 1)
    dead, alive = platform.worker(), platform.worker()
    (_, lost) = row(dead, _CLAIM, 1)
    admin = platform.database.admin()
    admin.execute("UPDATE chatsphere.training_jobs SET available_at = now()")
    (again, lease) = row(alive, _CLAIM, 1)
    assert again == source
    complete = "SELECT chatsphere.complete_source(%s, %s, %s, %s)"
    assert outcome(dead, complete, person, bot, source, lost) == "SP012"
    assert outcome(alive, complete, person, bot, source, lease) == ("",)
    assert outcome(alive, complete, person, bot, source, lease) == "SP012"
    status = "SELECT status, processed_at IS NOT NULL FROM chatsphere.training_sources"
    assert row(platform.clerk, status) == ("completed", True)


def test_the_last_bot_of_a_plan_is_made_once(platform: Platform) -> None:
    """[C-F18] Six who make the third of three bots."""
    person = platform.person()
    platform.bot(person, "first")
    platform.bot(person, "second")
    apps = [platform.app(person) for _ in range(6)]
    answers = at_once([partial(outcome, app, _CREATE, f"bot {n}") for n, app in enumerate(apps)])
    assert answers.count("SP008") == 5, answers


def test_the_same_text_is_learned_once(platform: Platform) -> None:
    """[C-F23] The same content from two tabs at once."""
    person = platform.person()
    bot = platform.bot(person)
    apps = [platform.app(person) for _ in range(4)]
    add = "SELECT chatsphere.add_source(%s, 'text', 'the same')"
    answers = at_once([partial(outcome, app, add, bot) for app in apps])
    assert answers.count("23505") == 3, answers
    assert row(platform.clerk, "SELECT count(*) FROM chatsphere.training_jobs") == (1,)


def test_a_visitor_who_opens_twice_has_one_conversation(platform: Platform) -> None:
    """[C-F16] [C-30] Both get the same one, and the newer token alone opens it."""
    bot = platform.bot(platform.person())
    visitors = [platform.app() for _ in range(4)]
    opened = at_once([partial(row, visitor, _OPEN, bot, _VISITOR) for visitor in visitors])
    assert len({session for session, _ in opened}) == 1
    answers = [outcome(visitors[0], _SAY, token, "hello") for _, token in opened]
    assert answers.count("SP013") == 3, answers


@pytest.mark.parametrize("limit", [0, 7])
def test_visitors_share_the_limit_of_the_account(platform: Platform, limit: int) -> None:
    """[C-32] What many visitors say at once is counted exactly."""
    person = platform.person()
    bot = platform.bot(person)
    platform.set_limit(person, limit)
    visitors = [platform.app() for _ in range(4)]
    tokens = [row(v, _OPEN, bot, f"{n}" * 64)[1] for n, v in enumerate(visitors)]

    def speak(number: int) -> list[Row | str]:
        return [outcome(visitors[number], _SAY, tokens[number], f"{n}") for n in range(4)]

    answers = [a for found in at_once([partial(speak, n) for n in range(4)]) for a in found]
    assert answers.count("SP001") == 16 - limit
    assert row(platform.clerk, "SELECT count(*) FROM chatsphere.chat_messages") == (limit,)


def test_totals_are_exact_while_visitors_write(platform: Platform) -> None:
    """[C-21] [C-23] [C-F2] Writers don't wait for each other, and the figures add up."""
    person = platform.person("pro")
    bot = platform.bot(person)
    visitors = [platform.app() for _ in range(4)]
    tokens = [row(v, _OPEN, bot, f"{n}" * 64)[1] for n, v in enumerate(visitors)]
    held = platform.database.connect(role="chatsphere_app", app="chatsphere", autocommit=False)
    (_, waiting) = row(held, _OPEN, bot, "f" * 64)

    def speak(number: int) -> None:
        for n in range(10):
            row(visitors[number], _SAY, tokens[number], f"{n}")

    at_once([partial(speak, n) for n in range(4)])
    owner = platform.app(person)
    totals = (
        "SELECT total_sessions, total_messages, total_tokens FROM chatsphere.user_chatbot_metrics"
    )
    assert row(owner, totals) == (4, 40, 0)
    row(held, _SAY, waiting, "late")
    assert row(owner, totals) == (4, 40, 0)
    held.commit()
    assert row(owner, totals) == (5, 41, 0)


def test_the_webhook_arrives_twice_at_once(platform: Platform) -> None:
    """[C-F19] One subscription, and both calls get its key."""
    person = platform.person()
    hooks = [platform.worker() for _ in range(4)]
    for n in range(5):
        moment = f"2026-01-0{n + 1}"
        answers = at_once([partial(outcome, h, _SYNC, person, "sub", moment) for h in hooks])
        assert len(set(answers)) == 1, answers
        assert isinstance(answers[0], tuple)
    tier = "SELECT subscription_tier, usage_limit FROM chatsphere.users WHERE id = %s"
    assert row(platform.clerk, tier, person) == ("pro", 100000)
