"""Subscriptions, payments and events through the generated functions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from strongroom.session import WrongRole
from strongroom_db.saltbitter import (
    event_registrations,
    events,
    payments,
    subscriptions,
    users,
)
from strongroom_db.saltbitter.errors import (
    EventCanceled,
    EventFull,
    TicketNotPaid,
    TicketUsed,
    UnknownEvent,
)
from tests.python.saltbitter.conftest import Platform

_SOON = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)


def test_money_moves_once(platform: Platform) -> None:
    """[S-18] [S-19] [S-F11] [S-F19] [S-F20] Subscribe, pay, get some of it back."""
    ann = platform.account()
    with platform.session(ann) as db:
        assert subscriptions.get_subscription(db) is None
        with pytest.raises(WrongRole):
            payments.settle_payment(db, event_id="e0", stripe_payment_id="pi_1", status="failed")
        begun = payments.start_payment(
            db, type="subscription", amount=Decimal("19.99"), stripe_payment_id="pi_1"
        )
        assert (begun.status, begun.currency) == ("pending", "USD")
    with platform.jobs() as db:
        late = payments.list_pending_payments(db, before=_SOON)
        assert [p.stripe_payment_id for p in late] == ["pi_1"]
        for _ in range(2):
            paid = payments.settle_payment(
                db,
                event_id="e1",
                stripe_payment_id="pi_1",
                status="succeeded",
                amount=Decimal("19.99"),
                currency="USD",
            )
            assert (paid.id, paid.status) == (begun.id, "succeeded")
        took_effect = [
            subscriptions.set_subscription(
                db,
                event_id="e2",
                user_id=ann,
                tier="premium",
                status="active",
                stripe_subscription_id="sub_1",
                stripe_customer_id="cus_1",
                period_start=_SOON - timedelta(days=1),
                period_end=_SOON + timedelta(days=29),
                provider_at=_SOON - timedelta(days=1),
            )
            for _ in range(2)
        ]
        assert took_effect == [True, False]
        ending = subscriptions.list_ending_subscriptions(
            db, status="active", before=_SOON + timedelta(days=30)
        )
        assert [s.user_id for s in ending] == [ann]
        assert [u.id for u in users.list_paying_users(db, tier="premium")] == [ann]
        back = payments.refund_payment(
            db,
            event_id="e3",
            stripe_payment_id="pi_1",
            stripe_refund_id="re_1",
            amount=Decimal("5"),
        )
        assert (back.refunds_id, back.amount) == (begun.id, Decimal("5.00"))
    with platform.session(ann) as db:
        assert users.get_user(db).subscription_tier == "premium"
        subscription = subscriptions.get_subscription(db)
        assert subscription is not None
        assert (subscription.tier, subscription.status) == ("premium", "active")
        book = payments.list_payments(db)
        assert [(p.type, p.amount) for p in book] == [
            ("refund", Decimal("5.00")),
            ("subscription", Decimal("19.99")),
        ]
        sold = {t.payment_type for t in payments.list_payment_types(db)}
        assert {"subscription", "profile_boost", "super_like", "event_ticket"} <= sold


def test_an_event_takes_place(platform: Platform) -> None:
    """[S-20] [S-21] [S-29] [S-30] [S-F7] Announce, pay, register, come; no seat too many."""
    ann, ben = platform.account(), platform.account()
    with platform.jobs() as db:
        free = events.create_event(
            db,
            title="Talk",
            type="ama",
            start_time=_SOON,
            end_time=_SOON + timedelta(hours=1),
            capacity=1,
            video_url="https://example.org/talk",
            time_zone="Europe/Vienna",
        )
        paid = events.create_event(
            db,
            title="Dates",
            type="speed_dating",
            start_time=_SOON + timedelta(days=1),
            end_time=_SOON + timedelta(days=2),
            capacity=10,
            price=Decimal("12.50"),
        )
    with platform.session(ann) as db:
        page = events.list_events(db, limit=1)
        assert [(e.title, e.time_zone) for e in page] == [("Talk", "Europe/Vienna")]
        assert page.next is not None
        assert [e.id for e in events.list_events(db, limit=1, after=page.next)] == [paid]
        assert [e.id for e in events.list_events(db, type="speed_dating")] == [paid]
        assert len(events.list_event_types(db)) == 3
        assert events.get_event_link(db, event_id=free) is None
        first = event_registrations.register_for_event(db, event_id=free)
        assert event_registrations.register_for_event(db, event_id=free) == first
        assert events.get_event_link(db, event_id=free) == "https://example.org/talk"
        with pytest.raises(TicketNotPaid):
            event_registrations.register_for_event(db, event_id=paid)
        ticket = payments.start_payment(
            db, type="event_ticket", amount=Decimal("12.50"), stripe_payment_id="pi_1"
        )
    with platform.session(ben) as db, pytest.raises(EventFull):
        event_registrations.register_for_event(db, event_id=free)
    with platform.jobs() as db:
        payments.settle_payment(
            db,
            event_id="e1",
            stripe_payment_id="pi_1",
            status="succeeded",
            amount=Decimal("12.50"),
            currency="USD",
        )
        assert events.move_event(
            db, event_id=free, start_time=_SOON, end_time=_SOON + timedelta(hours=2), capacity=2
        )
    with platform.session(ann) as db:
        seat = event_registrations.register_for_event(db, event_id=paid, payment_id=ticket.id)
        assert (seat.status, seat.payment_id) == ("registered", ticket.id)
        mine = event_registrations.list_registrations(db)
        assert [r.event_id for r in mine] == [paid, free]
        assert event_registrations.cancel_registration(db, event_id=free)
    with platform.session(ben) as db:
        event_registrations.register_for_event(db, event_id=free)
    with platform.jobs() as db:
        came = event_registrations.set_attendance(db, event_id=free, user_id=ben, status="attended")
        stayed = event_registrations.set_attendance(
            db, event_id=free, user_id=ann, status="no_show"
        )
        assert (came, stayed) == (1, 0)
        attendees = event_registrations.list_attendees(db, event_id=free)
        assert {a.user_id: a.status for a in attendees} == {ann: "canceled", ben: "attended"}


def test_an_event_is_canceled(platform: Platform) -> None:
    """[S-20] [S-21] [S-29] [S-30] All seats go back, nobody takes one, and the money is named."""
    ann, ben = platform.account(), platform.account()
    with platform.jobs() as db:
        event, other = (
            events.create_event(
                db,
                title="Dates",
                type="speed_dating",
                start_time=_SOON,
                end_time=_SOON + timedelta(hours=1),
                capacity=2,
                price=Decimal(10),
            )
            for _ in range(2)
        )
    paid = {}
    for person in (ann, ben):
        with platform.session(person) as db:
            paid[person] = payments.start_payment(
                db, type="event_ticket", amount=Decimal(10), stripe_payment_id=f"pi {person}"
            ).id
        with platform.jobs() as db:
            payments.settle_payment(
                db,
                event_id=f"e {person}",
                stripe_payment_id=f"pi {person}",
                status="succeeded",
                amount=Decimal(10),
                currency="USD",
            )
    with platform.session(ann) as db:
        event_registrations.register_for_event(db, event_id=event, payment_id=paid[ann])
        with pytest.raises(TicketUsed):
            event_registrations.register_for_event(db, event_id=other, payment_id=paid[ann])
    with platform.jobs() as db:
        with pytest.raises(UnknownEvent):
            events.cancel_event(db, event_id=ann)
        assert events.cancel_event(db, event_id=event) == 1
        assert events.cancel_event(db, event_id=event) == 0
        (attendee,) = event_registrations.list_attendees(db, event_id=event)
        assert (attendee.user_id, attendee.status, attendee.payment_id) == (
            ann,
            "canceled",
            paid[ann],
        )
        later = _SOON + timedelta(hours=2)
        assert not events.move_event(
            db, event_id=event, start_time=_SOON, end_time=later, capacity=3
        )
        payments.refund_payment(
            db,
            event_id="r",
            stripe_payment_id=f"pi {ann}",
            stripe_refund_id="re",
            amount=Decimal(10),
        )
    with platform.session(ben) as db:
        assert [e.id for e in events.list_events(db)] == [other]
        with pytest.raises(EventCanceled):
            event_registrations.register_for_event(db, event_id=event, payment_id=paid[ben])
    with platform.session(ann) as db:
        (mine,) = event_registrations.list_registrations(db)
        assert (mine.event_id, mine.status) == (event, "canceled")
        assert mine.event_canceled_at is not None
