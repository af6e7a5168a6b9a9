"""Ten thousand random movements by eight workers, and then the books must balance."""

from __future__ import annotations

import random
from collections import defaultdict
from functools import partial

import pytest

from tests.python.tarot.conftest import Bot, Row, at_once, outcome, row

pytestmark = pytest.mark.ends

_WORKERS = 8
_MOVEMENTS = 1250
_PEOPLE = 5
_KEYS = 900
_SEED = 20260101
# InsufficientCredits, IdempotencyKeyReused, IllegalTransition, UnknownPayment, AlreadyRefunded,
# NotRefundable, UnknownTransaction, PaymentReferenceUsed
_REFUSALS = {"TR001", "TR002", "TR004", "TR005", "TR006", "TR007", "TR008", "TR012"}
_RECENT = """
SELECT coalesce(
    (SELECT id FROM tarot.transactions WHERE user_id = %s ORDER BY id DESC LIMIT 1 OFFSET %s), 0
)
"""

Answer = tuple[int, str, Row | str]


def test_the_books_balance_after_a_storm(bot: Bot) -> None:
    """[T-15] [T-16] [T-F7] [T-F10] [T-F14] Keys and payments collide on purpose."""
    people = [bot.person(50) for _ in range(_PEOPLE)]
    answers = [
        a
        for found in at_once(
            [partial(_work, bot, people, random.Random(_SEED + n)) for n in range(_WORKERS)]
        )
        for a in found
    ]

    assert len(answers) == _WORKERS * _MOVEMENTS
    refused = {answer for _, _, answer in answers if isinstance(answer, str)}
    assert refused <= _REFUSALS
    assert {"TR001", "TR002", "TR006", "TR012"} <= refused
    assert bot.breaks() == []

    by_key: dict[tuple[int, str], set[int]] = defaultdict(set)
    for person, key, answer in answers:
        if isinstance(answer, tuple) and key:
            by_key[person, key].add(answer[0])
    assert len(by_key) > _KEYS
    assert all(len(ids) == 1 for ids in by_key.values()), "a key made two movements"

    worker = bot.worker()
    assert row(worker, "SELECT min(balance) >= 0 FROM tarot.credits") == (True,)
    for person in people:
        moved = row(
            worker,
            "SELECT coalesce(sum(amount), 0) FROM tarot.transactions"
            " WHERE user_id = %s AND status IN ('completed', 'refunded')",
            person,
        )
        assert moved == (bot.balance(person),)


def _work(bot: Bot, people: list[int], chance: random.Random) -> list[Answer]:
    app = {person: bot.app(person) for person in people}
    worker = bot.worker()
    answers: list[Answer] = []
    for _ in range(_MOVEMENTS):
        person = chance.choice(people)
        amount = chance.randint(1, 9)
        key = f"key-{chance.randrange(_KEYS)}"
        payment = f"pay-{chance.randrange(_KEYS)}"
        kind = chance.choices(
            ["spend", "bonus", "start", "complete", "fail", "refund"], [35, 5, 20, 15, 2, 23]
        )[0]
        answer: Row | str
        match kind:
            case "spend":
                query = "SELECT id FROM tarot.spend_credits(%s, %s)"
                answer = outcome(app[person], query, amount, key)
            case "bonus":
                query = "SELECT id FROM tarot.grant_bonus(%s, %s, %s)"
                answer = outcome(worker, query, person, amount, key)
            case "start":
                query = "SELECT id FROM tarot.start_purchase(%s, %s, %s)"
                answer = outcome(app[person], query, amount, payment, key)
            case "complete":
                key = ""
                answer = outcome(worker, "SELECT id FROM tarot.complete_purchase(%s)", payment)
            case "fail":
                key = ""
                answer = outcome(worker, "SELECT id FROM tarot.fail_purchase(%s, 'no')", payment)
            case _:
                query = "SELECT id FROM tarot.refund_transaction(%s, %s, %s)"
                number = outcome(worker, _RECENT, person, chance.randrange(6))
                answer = outcome(worker, query, person, number[0], key)
        answers.append((person, key, answer))
    return answers
