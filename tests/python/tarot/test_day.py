"""A day at the tarot table through the generated functions, sync and async."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import get_args

import psycopg
import pytest

from strongroom.session import (
    BadPageToken,
    NoIdentity,
    NoRow,
    Session,
    WrongRole,
    async_session,
    session,
)
from strongroom_db.aio.tarot import credits as async_credits
from strongroom_db.tarot import credits, readings, transactions, users
from strongroom_db.tarot.errors import (
    IdempotencyKeyReused,
    InsufficientCredits,
    InvalidDraw,
    InvalidJobArgument,
    PaymentDiffers,
    PaymentReferenceUsed,
    SubscriptionEndOutOfRange,
    VersionConflict,
)
from strongroom_db.tarot.types import DrawnCard, ReadingsSpreadType
from tests.python.tarot.conftest import Bot


def _draw(cards: int) -> list[DrawnCard]:
    suits = ("wands", "cups", "swords", "pentacles")
    ranks = ("ace", "two", "three", "four")
    names = [f"{rank}_of_{suit}" for suit in suits for rank in ranks]
    return [
        DrawnCard(card=names[place], position=place + 1, reversed=place % 2 == 1)
        for place in range(cards)
    ]


def test_a_day(bot: Bot) -> None:
    """[T-14] [T-15] [T-17] [T-F10] [T-F12] [T-F13] [T-F14] Buy, draw, page, refund, reconcile."""
    login = bot.database.connect()
    with session(login, app="tarot") as db:
        mira = users.register_user(db, telegram_id=1001, username="mira")
        assert users.find_user(db, telegram_id=1001) == mira
        assert users.find_user(db, telegram_id=1) is None
        spreads = {s.spread_type: s for s in readings.list_spreads(db)}
        with pytest.raises(NoIdentity):
            credits.get_balance(db)
    assert set(spreads) == set(get_args(ReadingsSpreadType))

    with session(login, app="tarot", user_id=mira) as db:
        assert credits.get_balance(db) == 0
        bought = credits.start_purchase(
            db, amount=100, payment_reference="pay-1", idempotency_key="buy-1"
        )
        with pytest.raises(PaymentReferenceUsed):
            credits.start_purchase(
                db, amount=100, payment_reference="pay-1", idempotency_key="buy-2"
            )
        with pytest.raises(WrongRole):
            credits.complete_purchase(db, payment_reference="pay-1")

    with session(login, app="tarot", role="worker") as jobs:
        assert transactions.find_purchase(jobs, payment_reference="pay-0") is None
        pending = transactions.list_pending_purchases(jobs)
        assert [p.id for p in pending] == [bought.id]
        first = credits.complete_purchase(jobs, payment_reference="pay-1")
        assert credits.complete_purchase(jobs, payment_reference="pay-1") == first

    with session(login, app="tarot", user_id=mira) as db:
        account = credits.get_account(db)
        assert (account.balance, account.version) == (100, 2)
        for kind, spread in spreads.items():
            drawn = readings.draw_reading(
                db,
                spread_type=kind,
                question=None if kind == "single" else f"What of {kind}?",
                cards=_draw(spread.card_count),
                interpretation="We shall see.",
                idempotency_key=f"draw-{kind}",
            )
            assert drawn.price == spread.price
        assert drawn.balance == 100 - sum(s.price for s in spreads.values())
        _history(db, list(spreads))
        with pytest.raises(InvalidDraw):
            readings.draw_reading(
                db,
                spread_type="three",
                question=None,
                cards=_draw(2),
                interpretation="x",
                idempotency_key="bad",
            )
        with pytest.raises(VersionConflict):
            credits.spend_credits(
                db, amount=1, idempotency_key="old", expected_version=account.version
            )
        with pytest.raises(InsufficientCredits) as refused:
            credits.spend_credits(db, amount=1000, idempotency_key="much")
        assert refused.value.sqlstate == "TR001"
        told = f"{refused.value.message} {refused.value.detail}"
        assert not any(sign.isdigit() for sign in told), told
        with pytest.raises(IdempotencyKeyReused):
            credits.spend_credits(db, amount=5, idempotency_key="buy-1")

    with session(login, app="tarot", role="worker") as jobs:
        back = credits.refund_transaction(
            jobs, user_id=mira, transaction_id=drawn.transaction_id, idempotency_key="back-1"
        )
        assert back.amount == drawn.price
        assert transactions.fail_stale_purchases(jobs) == 0
        assert users.expire_subscriptions(jobs) == 0
        assert transactions.list_ledger_breaks(jobs) == []


def test_what_a_provider_takes_is_compared(bot: Bot) -> None:
    """[T-12.3] [T-12.8] [T-F10] With the price that it was begun with; and it goes back."""
    login = bot.database.connect()
    with session(login, app="tarot") as db:
        mira = users.register_user(db, telegram_id=1001)
    with session(login, app="tarot", user_id=mira) as db:
        credits.start_purchase(
            db,
            amount=1000,
            payment_reference="pay",
            idempotency_key="buy",
            price=Decimal("49.90"),
            currency="EUR",
        )
    with session(login, app="tarot", role="worker") as jobs:
        with pytest.raises(PaymentDiffers):
            credits.complete_purchase(
                jobs, payment_reference="pay", price=Decimal("0.49"), currency="EUR"
            )
        with pytest.raises(PaymentDiffers):
            credits.complete_purchase(jobs, payment_reference="pay")
        paid = credits.complete_purchase(
            jobs, payment_reference="pay", price=Decimal("49.9"), currency="EUR"
        )
        assert paid.credits_after == 1000
        # The provider tells of a refund by its own name of the payment.
        found = transactions.find_purchase(jobs, payment_reference="pay")
        assert found is not None
        assert (found.user_id, found.status, found.price) == (mira, "completed", Decimal("49.90"))
        credits.refund_transaction(
            jobs, user_id=found.user_id, transaction_id=found.id, idempotency_key="refund re_1"
        )
        assert transactions.list_ledger_breaks(jobs) == []
    with session(login, app="tarot", user_id=mira) as db:
        assert credits.get_balance(db) == 0
        (back, bought) = transactions.list_transactions(db)
        assert (bought.status, bought.price, bought.currency) == (
            "refunded",
            Decimal("49.90"),
            "EUR",
        )
        assert (back.type, back.price) == ("refund", None)


def test_the_runner_does_the_jobs(bot: Bot) -> None:
    """[T-20] [T-21] Tiers end and purchases fail without a program that remembers to call."""
    runner = bot.database.connect("strongroom_runner")
    jobs = runner.execute(
        "SELECT function_name FROM kernel.job WHERE name LIKE 'tarot%' AND is_enabled ORDER BY 1"
    ).fetchall()
    assert jobs == [("tarot.tend_purchases()",), ("tarot.tend_subscriptions()",)]
    owner = bot.database.admin()
    owner.execute(
        "INSERT INTO tarot.users (telegram_id, subscription_tier, subscription_expires_at)"
        " VALUES (5, 'premium', now() - interval '1 hour'),"
        " (6, 'premium', now() + interval '1 hour')"
    )
    for expected in (1, 0):
        assert runner.execute("SELECT tarot.tend_subscriptions()").fetchone() == (expected,)
    tiers = owner.execute("SELECT subscription_tier FROM tarot.users ORDER BY telegram_id")
    assert tiers.fetchall() == [("basic",), ("premium",)]
    assert runner.execute("SELECT tarot.tend_purchases()").fetchone() == (0,)


def _history(db: Session, kinds: list[str]) -> None:
    page = readings.list_readings(db, limit=4)
    seen = list(page.rows)
    while page.next is not None:
        page = readings.list_readings(db, limit=4, after=page.next)
        seen += page.rows
    assert [r.spread_type for r in seen] == kinds[::-1]
    assert len(seen[0].cards) == seen[0].credit_cost
    assert readings.count_readings(db) == len(kinds)
    with pytest.raises(BadPageToken):
        readings.list_readings(db, after="made up")
    moved = transactions.list_transactions(db, type="reading", limit=2)
    assert [-m.amount for m in moved] == [r.credit_cost for r in seen[:2]]
    one = readings.get_reading(db, reading_id=seen[0].id)
    assert one is not None
    assert one.cards == seen[0].cards
    movement = transactions.get_transaction(db, transaction_id=one.transaction_id or 0)
    assert movement == moved.rows[0]


def test_people(bot: Bot) -> None:
    """[T-14] [T-10.5] [T-10.6] [T-10.7] [T-20] A person's own row, and what jobs do to it."""
    login = bot.database.connect()
    person = bot.person()
    with session(login, app="tarot", user_id=person) as db:
        assert users.get_user(db).last_active_at is None
        users.touch_user(db)
        users.set_username(db, username="mira")
        me = users.get_user(db)
        assert me.last_active_at is not None
        assert (me.username, me.is_active, me.subscription_tier) == ("mira", True, "basic")
        users.set_username(db, username=None)
        assert users.get_user(db).username is None
    with session(login, app="tarot", role="worker") as jobs:
        until = me.created_at.replace(year=me.created_at.year + 1)
        assert users.set_subscription(jobs, user_id=person, tier="premium", expires_at=until) == 1
        assert users.set_subscription(jobs, user_id=-1, tier="basic", expires_at=None) == 0
        assert users.list_expiring_subscriptions(jobs, before=until) == []
        later = until.replace(year=until.year + 1)
        (expiring,) = users.list_expiring_subscriptions(jobs, before=later)
        assert expiring.id == person
        (silent,) = users.list_inactive_users(jobs, since=later)
        assert silent.last_active_at == me.last_active_at
        assert users.set_active(jobs, user_id=person, is_active=False) == 1
        assert users.list_inactive_users(jobs, since=later) == []
    with session(login, app="tarot", user_id=person + 1) as db, pytest.raises(NoRow):
        users.get_user(db)


def test_jobs_refuse_arguments_that_would_do_harm(bot: Bot) -> None:
    """[T-20] [T-21] A job that was configured wrongly does nothing, and says so."""
    person = bot.person()
    login = bot.database.connect()
    with session(login, app="tarot", user_id=person) as db:
        credits.start_purchase(db, amount=5, payment_reference="pay", idempotency_key="buy")
    with session(login, app="tarot", role="worker") as jobs:
        with pytest.raises(InvalidJobArgument):
            transactions.fail_stale_purchases(jobs, older_than=timedelta(days=-1))
        with pytest.raises(InvalidJobArgument):
            transactions.fail_stale_purchases(jobs, older_than=timedelta(), limit=0)
        with pytest.raises(InvalidJobArgument):
            users.expire_subscriptions(jobs, limit=-1)
        assert len(transactions.list_pending_purchases(jobs).rows) == 1
        for year in (1999, 9999):
            end = datetime(year, 12, 31, tzinfo=UTC)
            with pytest.raises(SubscriptionEndOutOfRange):
                users.set_subscription(jobs, user_id=person, tier="premium", expires_at=end)


def test_the_second_person_sees_nothing_of_the_first(bot: Bot) -> None:
    """[T-14] Through the same functions, with the ids of the first."""
    login = bot.database.connect()
    first, second = bot.person(5), bot.person(5)
    with session(login, app="tarot", user_id=first) as db:
        drawn = readings.draw_reading(
            db,
            spread_type="single",
            question="Mine?",
            cards=_draw(1),
            interpretation="Yours.",
            idempotency_key="draw",
        )
    with session(login, app="tarot", user_id=second) as db:
        assert readings.get_reading(db, reading_id=drawn.reading_id) is None
        assert readings.delete_reading(db, reading_id=drawn.reading_id) == 0
        assert readings.list_readings(db).rows == []
        found = transactions.get_transaction(db, transaction_id=drawn.transaction_id)
        assert found is None
        assert credits.get_balance(db) == 5
    with session(login, app="tarot", user_id=first) as db:
        assert readings.delete_reading(db, reading_id=drawn.reading_id) == 1


def test_async_is_the_same(bot: Bot) -> None:
    """[T-F14] Twins on two async connections get one movement."""
    person = bot.person(10)

    async def spend() -> tuple[int, int]:
        login = await psycopg.AsyncConnection.connect(bot.database.url(), autocommit=True)
        async with login, async_session(login, app="tarot", user_id=person) as db:
            moved = await async_credits.spend_credits(db, amount=3, idempotency_key="twin")
            return moved.id, moved.credits_after

    async def both() -> list[tuple[int, int]]:
        return list(await asyncio.gather(spend(), spend()))

    one, other = asyncio.run(both())
    assert one == other
    assert bot.balance(person) == 7
