"""Real connections that want the same thing at the same moment."""

from __future__ import annotations

from functools import partial

import pytest

from tests.python.tarot.conftest import Bot, at_once, outcome, row

pytestmark = pytest.mark.ends

_SPEND = "SELECT id, credits_after FROM tarot.spend_credits(%s, %s)"
_DRAW = (
    "SELECT reading_id, transaction_id, balance FROM tarot.draw_reading('single', 'Who?',"
    """ '[{"card": "the_fool", "position": 1, "reversed": false}]', 'You.', %s)"""
)
_START = "SELECT id FROM tarot.start_purchase(%s, %s, %s)"
_COMPLETE = "SELECT id, credits_before, credits_after FROM tarot.complete_purchase(%s)"
_REFUND = "SELECT id FROM tarot.refund_transaction(%s, %s, %s)"
_WRITERS = 8
_ROUNDS = 15


def test_eight_spenders_lose_nothing_and_never_overdraw(bot: Bot) -> None:
    """[T-15] [T-16] [T-11.6] One hot account: what is there is spent exactly once."""
    credits, each = 200, 40
    person = bot.person(credits)
    connections = [bot.app(person) for _ in range(_WRITERS)]

    def spend(number: int) -> list[object]:
        keys = (f"spend-{number}-{n}" for n in range(each))
        return [outcome(connections[number], _SPEND, 1, key) for key in keys]

    results = [r for rs in at_once([partial(spend, n) for n in range(_WRITERS)]) for r in rs]
    assert results.count("TR001") == _WRITERS * each - credits
    balances = [r[1] for r in results if isinstance(r, tuple)]
    assert sorted(balances) == list(range(credits))
    assert bot.balance(person) == 0
    assert bot.breaks() == []


def test_the_webhook_arrives_twice_at_once(bot: Bot) -> None:
    """[T-F10] [T-F14] Both calls get the same answer, and the credits come once."""
    person = bot.person()
    app, webhooks = bot.app(person), [bot.worker() for _ in range(_WRITERS)]
    for n in range(_ROUNDS):
        row(app, _START, 10, f"pay-{n}", f"buy-{n}")
        answers = at_once([partial(outcome, w, _COMPLETE, f"pay-{n}") for w in webhooks])
        assert len(set(answers)) == 1, answers
        assert bot.balance(person) == 10 * (n + 1)
    assert bot.breaks() == []


def test_the_same_key_at_once(bot: Bot) -> None:
    """[T-F14] Twins get one movement, and each of them its answer."""
    person = bot.person(1000)
    twins = [bot.app(person) for _ in range(_WRITERS)]
    for n in range(_ROUNDS):
        answers = at_once([partial(outcome, twin, _SPEND, 3, f"spend-{n}") for twin in twins])
        assert set(answers) == {answers[0]}
        assert bot.balance(person) == 1000 - 3 * (n + 1)
    assert bot.breaks() == []


def test_the_same_key_at_once_for_the_last_credits(bot: Bot) -> None:
    """[T-F14] A twin that finds the account empty finds that it was itself who emptied it."""
    person = bot.person()
    twins = [bot.app(person) for _ in range(4)]
    for n in range(_ROUNDS):
        row(bot.clerk, "SELECT tarot.grant_bonus(%s, 3, %s)", person, f"gift-{n}")
        answers = at_once([partial(outcome, twin, _SPEND, 3, f"last-{n}") for twin in twins])
        assert set(answers) == {answers[0]}, answers
        assert isinstance(answers[0], tuple)
        assert bot.balance(person) == 0
        assert outcome(twins[0], _SPEND, 3, "another") == "TR001"
    assert bot.breaks() == []


def test_the_same_key_at_once_for_two_different_things(bot: Bot) -> None:
    """[T-F14] One of them is done, and the others are told that the key is taken."""
    person = bot.person(1000)
    twins = [bot.app(person) for _ in range(4)]
    for n in range(_ROUNDS):
        answers = at_once(
            [partial(outcome, twin, _SPEND, k + 1, f"spend-{n}") for k, twin in enumerate(twins)]
        )
        assert answers.count("TR002") == len(twins) - 1, answers
    assert bot.breaks() == []


@pytest.mark.parametrize("spare", [0, 5])
def test_the_same_reading_is_drawn_once(bot: Bot, spare: int) -> None:
    """[T-F14] [T-16] Twins of a drawing pay once, and get one reading, also for the last credit."""
    person = bot.person(spare)
    twins = [bot.app(person) for _ in range(4)]
    for n in range(_ROUNDS):
        row(bot.clerk, "SELECT tarot.grant_bonus(%s, 1, %s)", person, f"gift-{n}")
        answers = at_once([partial(outcome, twin, _DRAW, f"draw-{n}") for twin in twins])
        assert set(answers) == {answers[0]}, answers
        assert isinstance(answers[0], tuple)
        assert bot.balance(person) == spare
    assert row(twins[0], "SELECT count(*) FROM tarot.readings") == (_ROUNDS,)
    assert bot.breaks() == []


def test_a_refund_and_a_spender_want_the_same_credits(bot: Bot) -> None:
    """[T-16] One of them gets the credits, the other is told why not."""
    worker = bot.worker()
    for n in range(_ROUNDS):
        person = bot.person()
        app = bot.app(person)
        (bought,) = row(app, _START, 10, f"pay-{n}", "buy")
        row(worker, _COMPLETE, f"pay-{n}")
        answers = at_once(
            [
                partial(outcome, app, _SPEND, 10, "spend"),
                partial(outcome, worker, _REFUND, person, bought, "back"),
            ]
        )
        assert answers.count("TR001") == 1, answers
        assert bot.balance(person) == 0
    assert bot.breaks() == []


def test_two_refunds_of_one_movement(bot: Bot) -> None:
    """[T-F9] Other keys, the same movement: it is taken back once."""
    workers = [bot.worker() for _ in range(_WRITERS)]
    person = bot.person(100)
    app = bot.app(person)
    for n in range(_ROUNDS):
        (spent, _) = row(app, _SPEND, 100, f"spend-{n}")
        answers = at_once(
            [
                partial(outcome, worker, _REFUND, person, spent, f"back-{n}-{k}")
                for k, worker in enumerate(workers)
            ]
        )
        assert answers.count("TR006") == _WRITERS - 1, answers
        assert bot.balance(person) == 100
    assert bot.breaks() == []


def test_one_person_registers_many_times_at_once(bot: Bot) -> None:
    """[T-14] One person, one account."""
    workers = [bot.worker() for _ in range(_WRITERS)]
    for n in range(_ROUNDS):
        register = "SELECT tarot.register_user(%s, NULL)"
        answers = at_once([partial(outcome, w, register, 9000 + n) for w in workers])
        assert len(set(answers)) == 1, answers
    assert row(workers[0], "SELECT count(*) FROM tarot.credits") == (_ROUNDS,)


def test_a_late_payment_and_the_job_that_gave_it_up(bot: Bot) -> None:
    """[T-21] [T-F8] The purchase is completed or failed, never both."""
    person = bot.person()
    app, webhook, job = bot.app(person), bot.worker(), bot.worker()
    fail = "SELECT tarot.fail_stale_purchases(interval '0')"
    paid = 0
    for n in range(_ROUNDS):
        row(app, _START, 10, f"pay-{n}", f"buy-{n}")
        answer, failed = at_once(
            [partial(outcome, webhook, _COMPLETE, f"pay-{n}"), partial(outcome, job, fail)]
        )
        assert (answer == "TR004") == (failed == (1,)), (answer, failed)
        paid += 10 * (failed == (0,))
        assert bot.balance(person) == paid
    assert bot.breaks() == []


def test_two_jobs_share_the_work(bot: Bot) -> None:
    """[T-20] Each person whose tier ends is taken by one of them, and none waits for the other."""
    people = [bot.person() for _ in range(40)]
    jobs = [bot.worker(), bot.worker()]
    jobs[0].execute(
        "UPDATE tarot.users SET subscription_tier = 'premium',"
        " subscription_expires_at = now() - interval '1 day'"
    )
    expire = "SELECT tarot.expire_subscriptions(5)"
    done = 0
    while found := sum(answer[0] for answer in at_once([partial(row, j, expire) for j in jobs])):
        done += found
    assert done == len(people)
