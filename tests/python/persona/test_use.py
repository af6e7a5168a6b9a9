"""Figures of use and subscriptions: through the generated functions, and at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest

from strongroom.session import Session, WrongRole, session
from strongroom_db.persona import (
    pd_audit_log,
    plans,
    subscriptions,
    usage_days,
    usage_stats,
)
from strongroom_db.persona.errors import (
    PaymentDiffers,
    PaymentReferenceUsed,
    PlanNotOffered,
    RightMissing,
    SubscriptionRuns,
    SubscriptionUnpaid,
    UnfitUsage,
    UnknownPayment,
)
from tests.python.fix_databases import Connection
from tests.python.persona.conftest import Bot
from tests.python.tarot.conftest import at_once, outcome, row

_ROUNDS = 10


def test_figures_are_exact_when_many_write(bot: Bot) -> None:
    """[P-23] [P-F2] [P-F3] No request is lost, of a person or of the bot, and no row is doubled."""
    person, each = bot.person(), 25
    writers = [bot.app(person) for _ in range(4)], [bot.worker() for _ in range(4)]
    own, system = (
        "SELECT persona.record_usage('openai', 3)",
        ("SELECT persona.record_system_usage('openai', 5)"),
    )

    def write(connection: Connection, statement: str) -> None:
        for _ in range(each):
            row(connection, statement)

    tasks: list[Callable[[], None]] = [
        *(partial(write, w, own) for w in writers[0]),
        *(partial(write, w, system) for w in writers[1]),
    ]
    at_once(tasks)
    figures = bot.owner.execute(
        "SELECT user_id IS NULL, total_requests, total_tokens FROM persona.usage_stats ORDER BY 1"
    ).fetchall()
    assert figures == [(False, 4 * each, 12 * each), (True, 4 * each, 20 * each)]
    assert bot.one("SELECT sum(requests)::int FROM persona.usage_days") == 8 * each


def test_the_first_request_of_the_bot_at_once(bot: Bot) -> None:
    """[P-F2] The row of nobody is made once, however many make it."""
    workers = [bot.worker() for _ in range(6)]
    for vendor in ("openai", "yandex", "proxiapi"):
        statement = f"SELECT persona.record_system_usage('{vendor}')"
        at_once([partial(row, worker, statement) for worker in workers])
        counted = "SELECT total_requests FROM persona.usage_stats WHERE vendor = %s"
        assert bot.one(counted, vendor) == len(workers)


def test_a_person_goes_while_others_are_counted(bot: Bot) -> None:
    """[P-23] What was asked of a vendor stays what it was, whoever goes meanwhile."""
    people = [bot.person() for _ in range(4)]
    for person in people:
        row(bot.app(person), "SELECT persona.record_usage('openai', 10)")
    worker = bot.worker()
    owners = [bot.database.admin() for _ in people]
    tasks: list[Callable[[], object]] = [
        partial(o.execute, b"DELETE FROM persona.users WHERE id = %s", (p,))
        for o, p in zip(owners, people, strict=True)
    ]
    tasks.append(partial(worker.execute, b"SELECT persona.record_system_usage('openai', 10)"))
    at_once(tasks)
    assert bot.one("SELECT sum(total_tokens)::int FROM persona.usage_stats") == 50


def test_figures(bot: Bot) -> None:
    """[P-23] [P-26] [P-29] [P-F18] Own ones, and all of them for who may view them."""
    login, anna, root = bot.login(), bot.person(), bot.admin(users=False, keys=False)
    today = datetime.now(UTC).date()
    with session(login, app="persona", user_id=anna) as db:
        usage_stats.record_usage(db, vendor="openai", tokens=120)
        usage_stats.record_usage(db, vendor="openai")
        with pytest.raises(UnfitUsage):
            usage_stats.record_usage(db, vendor="openai", tokens=-1)
        (mine,) = usage_stats.my_usage(db)
        assert (mine.total_requests, mine.total_tokens) == (2, 120)
        (day,) = usage_days.my_days(db, since=today - timedelta(days=1))
        assert (day.vendor, day.requests, day.tokens) == ("openai", 2, 120)
        with pytest.raises(RightMissing):
            usage_stats.usage_by_vendor(db)
    with session(login, app="persona", role="worker") as jobs:
        usage_stats.record_system_usage(jobs, vendor="yandex", tokens=7, requests=3)
    with session(login, app="persona", user_id=root) as db:
        assert [(t.vendor, t.total_requests) for t in usage_stats.usage_by_vendor(db)] == [
            ("openai", 2),
            ("yandex", 3),
        ]
        assert [t.total_tokens for t in usage_stats.usage_of(db, user_id=anna)] == [120]
        days = usage_days.usage_by_day(db, since=today - timedelta(days=1), until=today)
        assert [(d.vendor, d.people) for d in days] == [("openai", 1), ("yandex", 0)]
        with pytest.raises(RightMissing):
            pd_audit_log.list_pd_audit(
                db, since=datetime(2020, 1, 1, tzinfo=UTC), until=datetime.now(UTC)
            )


def test_the_journal_through_the_generated_function(bot: Bot) -> None:
    """[P-24] [P-29] Who looked at whom, filtered, once it is under a seal."""
    login, anna, root = bot.login(), bot.person(), bot.admin()
    since = datetime.now(UTC) - timedelta(hours=1)
    with session(login, app="persona", user_id=root, request_id="r-1") as db:
        usage_stats.usage_of(db, user_id=anna)
    bot.owner.execute("SELECT kernel.seal_audit()")
    until = since + timedelta(days=1)
    with session(login, app="persona", user_id=root) as db:
        found = pd_audit_log.list_pd_audit(
            db, since=since, until=until, actor_id=root, target_user_id=anna, action="view_usage"
        )
        (entry,) = found
        assert (entry.actor_id, entry.target_user_id, entry.request_id) == (root, anna, "r-1")
        nothing = pd_audit_log.list_pd_audit(db, since=since, until=until, action="view_profile")
        assert nothing == []


def _begin(db: Session, user_id: int, plan: str, payment: str | None = None) -> int:
    return subscriptions.begin_subscription(
        db, user_id=user_id, plan=plan, payment_reference=payment, metadata={}
    )


def test_subscriptions(bot: Bot) -> None:
    """[P-28] [P-04] [P-F16] Begin, tell twice, renew, cancel, page."""
    login, anna, boris = bot.login(), bot.person(), bot.person()
    with session(login, app="persona") as db:
        offered = {plan.plan: plan.price for plan in plans.list_plans(db)}
    assert offered == {"free": Decimal("0.00"), "pro": Decimal("490.00")}
    soon = datetime.now(UTC) + timedelta(days=31)
    with session(login, app="persona", role="worker") as jobs:
        free = _begin(jobs, anna, "free")
        first = _begin(jobs, anna, "pro", "pay-1")
        assert _begin(jobs, anna, "pro", "pay-1") == first
        for refused, call in (
            (PaymentReferenceUsed, partial(_begin, jobs, boris, "pro", "pay-1")),
            (SubscriptionRuns, partial(_begin, jobs, anna, "free")),
            (SubscriptionUnpaid, partial(_begin, jobs, boris, "pro")),
            (PlanNotOffered, partial(_begin, jobs, boris, "gold")),
            (
                PaymentDiffers,
                partial(
                    subscriptions.begin_subscription,
                    jobs,
                    user_id=boris,
                    plan="pro",
                    payment_reference="pay-0",
                    metadata={},
                    amount=Decimal("4.9"),
                    currency="rub",
                ),
            ),
        ):
            with pytest.raises(refused):
                call()
        ending = subscriptions.list_ending_subscriptions(jobs, before=soon)
        assert [s.user_id for s in ending] == [anna]
        second = _begin(jobs, anna, "pro", "pay-2")
        assert subscriptions.list_ending_subscriptions(jobs, before=soon) == []
    with session(login, app="persona", user_id=anna) as db:
        running = subscriptions.get_subscription(db)
        assert running is not None
        assert (running.id, running.price, running.currency) == (first, Decimal(490), "rub")
        assert running.cancelled_at is None
        assert subscriptions.cancel_subscription(db)
        assert not subscriptions.cancel_subscription(db)
        running = subscriptions.get_subscription(db)
        assert running is not None
        assert running.id == first
        assert running.cancelled_at is not None
        page = subscriptions.list_subscriptions(db, limit=2)
        assert [(s.id, s.status) for s in page] == [(second, "cancelled"), (first, "cancelled")]
        assert page.rows[0].started_at == page.rows[1].expires_at
        assert page.next is not None
        older = subscriptions.list_subscriptions(db, limit=1, after=page.next)
        assert [(s.id, s.status) for s in older] == [(free, "cancelled")]
    with session(login, app="persona", user_id=boris) as db:
        assert subscriptions.list_subscriptions(db).rows == []


def test_a_payment_goes_back(bot: Bot) -> None:
    """[P-28] Nobody is served for it, what was paid for after it begins, and it is told once."""
    login, anna = bot.login(), bot.person()
    with session(login, app="persona", role="worker") as jobs:
        _begin(jobs, anna, "pro", "pay-1")
        second = _begin(jobs, anna, "pro", "pay-2")
        _begin(jobs, anna, "pro", "pay-3")
        with pytest.raises(UnknownPayment):
            subscriptions.refund_subscription(jobs, payment_reference="pay-4")
        assert subscriptions.refund_subscription(jobs, payment_reference="pay-3")
    with session(login, app="persona", user_id=anna) as db:
        _, waiting, before = subscriptions.list_subscriptions(db)
        assert (waiting.id, waiting.started_at) == (second, before.expires_at)
    with session(login, app="persona", role="worker") as jobs:
        assert subscriptions.refund_subscription(jobs, payment_reference="pay-1")
        assert not subscriptions.refund_subscription(jobs, payment_reference="pay-1")
    with session(login, app="persona", user_id=anna) as db:
        running = subscriptions.get_subscription(db)
        assert running is not None
        assert running.id == second
        assert running.started_at < datetime.now(UTC)
        with pytest.raises(WrongRole):
            subscriptions.refund_subscription(db, payment_reference="pay-2")
    with session(login, app="persona", role="worker") as jobs:
        subscriptions.refund_subscription(jobs, payment_reference="pay-2")
    with session(login, app="persona", user_id=anna) as db:
        assert subscriptions.get_subscription(db) is None
        assert all(s.refunded_at for s in subscriptions.list_subscriptions(db))


def test_the_webhook_arrives_many_times_at_once(bot: Bot) -> None:
    """[P-28] [P-F16] One payment is one subscription, and each call has its number."""
    hooks = [bot.worker() for _ in range(6)]
    for n in range(_ROUNDS):
        person = bot.person()
        begin = "SELECT persona.begin_subscription(%s, 'pro', %s)"
        answers = at_once([partial(outcome, hook, begin, person, f"pay-{n}") for hook in hooks])
        assert len(set(answers)) == 1, answers
        assert isinstance(answers[0], tuple)
    assert bot.one("SELECT count(*) FROM persona.subscriptions") == _ROUNDS


def test_two_payments_of_one_person_at_once(bot: Bot) -> None:
    """[P-28] [P-F16] One runs, the other waits for it, and no day that was paid for is lost."""
    hooks = [bot.worker(), bot.worker()]
    for n in range(_ROUNDS):
        person = bot.person()
        begin = "SELECT persona.begin_subscription(%s, 'pro', %s)"
        answers = at_once(
            [partial(outcome, hook, begin, person, f"pay-{n}-{k}") for k, hook in enumerate(hooks)]
        )
        assert not [a for a in answers if isinstance(a, str)], answers
        rows = bot.owner.execute(
            "SELECT status, started_at, expires_at FROM persona.subscriptions"
            " WHERE user_id = %s ORDER BY started_at",
            (person,),
        ).fetchall()
        assert [status for status, _, _ in rows] == ["active", "upcoming"]
        assert rows[0][2] == rows[1][1]


def test_two_refunds_and_a_payment_at_once(bot: Bot) -> None:
    """[P-28] Whoever comes first, what runs and what waits follow each other without a gap."""
    hooks = [bot.worker() for _ in range(3)]
    begin = "SELECT persona.begin_subscription(%s, 'pro', %s)"
    for n in range(_ROUNDS):
        person = bot.person()
        for k in range(3):
            row(hooks[0], begin, person, f"pay-{n}-{k}")
        refund = "SELECT persona.refund_subscription(%s)"
        answers = at_once(
            [
                partial(outcome, hooks[0], refund, f"pay-{n}-0"),
                partial(outcome, hooks[1], refund, f"pay-{n}-1"),
                partial(outcome, hooks[2], begin, person, f"pay-{n}-3"),
            ]
        )
        assert not [a for a in answers if isinstance(a, str)], answers
        rows = bot.owner.execute(
            "SELECT payment_reference, status, started_at, expires_at FROM persona.subscriptions"
            " WHERE user_id = %s AND refunded_at IS NULL ORDER BY started_at",
            (person,),
        ).fetchall()
        assert [(p, s) for p, s, _, _ in rows] == [
            (f"pay-{n}-2", "active"),
            (f"pay-{n}-3", "upcoming"),
        ]
        assert rows[0][3] == rows[1][2]


def test_two_jobs_share_what_is_over(bot: Bot) -> None:
    """[P-28] Each subscription is ended by one of them, and none waits for the other."""
    for n in range(8):
        row(bot.owner, "SELECT persona.begin_subscription(%s, 'pro', %s)", bot.person(), f"p{n}")
    bot.owner.execute(
        "UPDATE persona.subscriptions SET started_at = now() - interval '2 days',"
        " expires_at = now() - interval '1 day'"
    )
    runners = [bot.database.connect("strongroom_runner") for _ in range(2)]
    expire = "SELECT persona.expire_subscriptions()"
    answers = at_once([partial(row, runner, expire) for runner in runners])
    assert sum(answer[0] for answer in answers) == 8
