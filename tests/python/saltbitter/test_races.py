"""Real connections that want the same thing at the same moment."""

from __future__ import annotations

from functools import partial
from threading import Event, Thread
from uuid import UUID

from tests.python.fix_databases import Connection
from tests.python.saltbitter.conftest import Platform, at_once, consent, outcome, row

_DECIDE = "SELECT decision, match_id FROM saltbitter.decide(%s, %s)"
_SETTLE = "SELECT id, status FROM saltbitter.settle_payment(%s, %s, 'succeeded', 10, 'USD')"
_REFUND = "SELECT id, amount FROM saltbitter.refund_payment(%s, %s, %s, %s)"
_REGISTER = "SELECT status FROM saltbitter.register_for_event(%s)"
_REGISTER_PAID = "SELECT status FROM saltbitter.register_for_event(%s, %s)"
_EVENT = (
    "INSERT INTO saltbitter.events (title, type, start_time, end_time, capacity, price)"
    " VALUES ('Talk', 'ama', now() + interval '1 day', now() + interval '2 days', %s, %s)"
    " RETURNING id"
)
_ASSESS = (
    "INSERT INTO saltbitter.attachment_assessments"
    " (user_id, anxiety_score, avoidance_score, style, assessment_version, total_questions)"
    " VALUES (%s, 1, 2, 'secure', 'ecr-r/2', 36) RETURNING 1"
)
_WITHDRAW = "SELECT saltbitter.withdraw_consent(%s, 'menu')"
_KEPT = "SELECT count(*) FROM saltbitter.attachment_assessments"
_ROUNDS = 10


def test_two_likes_at_once_make_one_match(platform: Platform) -> None:
    """[S-F2] [S-F3] Whoever commits last learns of the match, and it is there once."""
    for _ in range(_ROUNDS):
        ann, ben = platform.person(), platform.person()
        a, b = platform.app(ann), platform.app(ben)
        answers = at_once(
            [partial(outcome, a, _DECIDE, ben, "liked"), partial(outcome, b, _DECIDE, ann, "liked")]
        )
        assert all(isinstance(answer, tuple) for answer in answers), answers
        assert [answer[1] for answer in answers if answer[1] is not None], answers
        found = [row(side, "SELECT id, status FROM saltbitter.matches") for side in (a, b)]
        assert found[0] == found[1]
        assert found[0][1] == "matched"
        a.close()
        b.close()


def test_the_second_like_waits_for_the_first(platform: Platform) -> None:
    """[S-F3] Step by step: neither sees the other's like when it starts, and yet they match."""
    ann, ben = platform.person(), platform.person()
    a, b = platform.app(ann), platform.app(ben)
    a.execute("BEGIN")
    assert row(a, _DECIDE, ben, "liked")[1] is None
    second = _Behind(platform, b, _DECIDE, ann, "liked")
    a.execute("COMMIT")
    answer = second.answer()
    assert isinstance(answer, tuple)
    assert answer[1] == row(a, "SELECT id FROM saltbitter.matches")[0]


def test_a_like_and_a_pass_at_once_make_no_match(platform: Platform) -> None:
    """[S-F3] In either order."""
    for _ in range(_ROUNDS):
        ann, ben = platform.person(), platform.person()
        a, b = platform.app(ann), platform.app(ben)
        answers = at_once(
            [
                partial(outcome, a, _DECIDE, ben, "liked"),
                partial(outcome, b, _DECIDE, ann, "passed"),
            ]
        )
        assert [answer[1] for answer in answers] == [None, None]
        a.close()
        b.close()


def test_the_last_seat_is_taken_once(platform: Platform) -> None:
    """[S-29] [S-F18] Eight people, three seats: three get one, five are told why not."""
    clerk = platform.worker()
    people = [platform.app(platform.account()) for _ in range(8)]
    for _ in range(_ROUNDS):
        (event,) = row(clerk, _EVENT, 3, 0)
        answers = at_once([partial(outcome, person, _REGISTER, event) for person in people])
        assert sorted(map(str, answers)) == ["('registered',)"] * 3 + ["SB042"] * 5
        query = "SELECT seats_taken FROM saltbitter.events WHERE id = %s"
        assert row(clerk, query, event) == (3,)


def test_the_last_seat_waits_for_who_is_before(platform: Platform) -> None:
    """[S-29] Who is behind gets the seat when the one before gives up."""
    clerk = platform.worker()
    (event,) = row(clerk, _EVENT, 1, 0)
    a, b = platform.app(platform.account()), platform.app(platform.account())
    a.execute("BEGIN")
    assert row(a, _REGISTER, event) == ("registered",)
    second = _Behind(platform, b, _REGISTER, event)
    a.execute("ROLLBACK")
    assert second.answer() == ("registered",)
    assert outcome(a, _REGISTER, event) == "SB042"


def test_one_person_registers_on_all_devices_at_once(platform: Platform) -> None:
    """[S-F17] One person has one seat."""
    clerk = platform.worker()
    person = platform.account()
    devices = [platform.app(person) for _ in range(4)]
    for _ in range(_ROUNDS):
        (event,) = row(clerk, _EVENT, 9, 0)
        answers = at_once([partial(outcome, device, _REGISTER, event) for device in devices])
        assert set(answers) == {("registered",)}
        query = "SELECT seats_taken FROM saltbitter.events WHERE id = %s"
        assert row(clerk, query, event) == (1,)


def test_one_payment_for_two_seats_at_once(platform: Platform) -> None:
    """[S-30] [S-F17] The payment pays for one of them."""
    clerk = platform.worker()
    person = platform.account()
    devices = [platform.app(person) for _ in range(2)]
    for n in range(_ROUNDS):
        paid = _paid(devices[0], clerk, f"pi_{n}")
        events = [row(clerk, _EVENT, 9, 10)[0] for _ in devices]
        answers = at_once(
            [
                partial(outcome, device, _REGISTER_PAID, event, paid)
                for device, event in zip(devices, events, strict=True)
            ]
        )
        assert sorted(map(str, answers)) == ["('registered',)", "23505"], answers


def test_a_refund_and_the_seat_that_it_paid_for(platform: Platform) -> None:
    """[S-30] The seat is given back, or never taken; nobody keeps both money and seat."""
    clerk, webhook = platform.worker(), platform.worker()
    person = platform.app(platform.account())
    for n in range(_ROUNDS):
        paid = _paid(person, clerk, f"pi_{n}")
        (event,) = row(clerk, _EVENT, 9, 10)
        answers = at_once(
            [
                partial(outcome, person, _REGISTER_PAID, event, paid),
                partial(outcome, webhook, _REFUND, f"r{n}", f"pi_{n}", f"re_{n}", 10),
            ]
        )
        assert isinstance(answers[1], tuple), answers
        assert answers[0] in (("registered",), "SB043"), answers
        query = "SELECT seats_taken FROM saltbitter.events WHERE id = %s"
        assert row(clerk, query, event) == (0,)


def test_the_webhook_arrives_twice_at_once(platform: Platform) -> None:
    """[S-F19] Every call gets the same answer, and the payment succeeds once."""
    person = platform.app(platform.account())
    webhooks = [platform.worker() for _ in range(6)]
    for n in range(_ROUNDS):
        _start(person, f"pi_{n}")
        answers = at_once([partial(outcome, w, _SETTLE, f"e{n}", f"pi_{n}") for w in webhooks])
        assert len(set(answers)) == 1, answers
        assert answers[0][1] == "succeeded"
        query = "SELECT count(*) FROM saltbitter.webhook_events"
        assert row(webhooks[0], query) == (n + 1,)


def test_a_refund_is_told_twice_at_once(platform: Platform) -> None:
    """[S-F19] [S-F20] Money goes back once, and never more than was paid."""
    clerk = platform.worker()
    person = platform.app(platform.account())
    webhooks = [platform.worker() for _ in range(4)]
    for n in range(_ROUNDS):
        _paid(person, clerk, f"pi_{n}")
        same = at_once(
            [partial(outcome, w, _REFUND, f"r{n}", f"pi_{n}", f"re_{n}", 4) for w in webhooks]
        )
        assert len(set(same)) == 1, same
        other = at_once(
            [
                partial(outcome, w, _REFUND, f"s{n}{k}", f"pi_{n}", f"rf_{n}{k}", 4)
                for k, w in enumerate(webhooks)
            ]
        )
        assert other.count("SB033") == 3, other


def test_the_same_subscription_message_at_once(platform: Platform) -> None:
    """[S-27] [S-F19] One of the twins takes effect, and the person has one subscription."""
    webhooks = [platform.worker() for _ in range(4)]
    tell = (
        "SELECT saltbitter.set_subscription(%s, %s, 'elite', 'active', %s, NULL,"
        " now() - interval '1 day', now() + interval '1 day', now())"
    )
    for n in range(_ROUNDS):
        person = platform.account()
        answers = at_once(
            [partial(outcome, w, tell, f"e{n}", person, f"sub_{n}") for w in webhooks]
        )
        assert sorted(map(str, answers)) == ["(False,)"] * 3 + ["(True,)"]


def test_who_leaves_waits_for_the_message_under_way(platform: Platform) -> None:
    """[S-31] After unmatch has answered, nothing more is written."""
    ann, ben = platform.person(), platform.person()
    a, b = platform.app(ann), platform.app(ben)
    row(a, _DECIDE, ben, "liked")
    (_, match) = row(b, _DECIDE, ann, "liked")
    b.execute("BEGIN")
    row(b, "SELECT saltbitter.unmatch(%s)::text", match)
    late = _Behind(
        platform,
        a,
        "INSERT INTO saltbitter.messages (match_id, id, from_user_id, content)"
        " VALUES (%s, gen_random_uuid(), %s, %s) RETURNING id",
        match,
        ann,
        b"\x01" + bytes(60),
    )
    b.execute("COMMIT")
    assert late.answer() == "SB012"


def test_who_withdraws_waits_for_what_is_being_kept(platform: Platform) -> None:
    """[S-34] And then it goes, though it was not there when they withdrew."""
    ann = platform.person()
    with platform.session(ann) as db:
        consent(db, "attachment_assessment")
    a, b = platform.app(ann), platform.app(ann)
    a.execute("BEGIN")
    row(a, _ASSESS, ann)
    withdrawn = _Behind(platform, b, _WITHDRAW, "attachment_assessment")
    a.execute("COMMIT")
    assert withdrawn.answer() == (True,)
    assert row(a, _KEPT) == (0,)


def test_what_is_kept_waits_for_who_withdraws(platform: Platform) -> None:
    """[S-33] [S-34] And then it is refused: whom they wish to meet, too."""
    ann = platform.person()
    with platform.session(ann) as db:
        consent(db, "attachment_assessment")
    a, b = platform.app(ann), platform.app(ann)
    a.execute("BEGIN")
    row(a, _WITHDRAW, "attachment_assessment")
    late = _Behind(platform, b, _ASSESS, ann)
    a.execute("COMMIT")
    assert late.answer() == "KR130"
    a.execute("BEGIN")
    row(a, _WITHDRAW, "orientation")
    wish = "UPDATE saltbitter.profiles SET looking_for_gender = 'man' RETURNING 1"
    late = _Behind(platform, b, wish)
    a.execute("COMMIT")
    assert late.answer() == "KR130"
    assert row(b, "SELECT looking_for_gender FROM saltbitter.profiles") == (None,)


def test_who_gives_a_seat_back_and_a_refund_wait_for_each_other(platform: Platform) -> None:
    """[S-30] Both take the event before the registration, so neither stops the other for ever."""
    clerk = platform.worker()
    (event,) = row(clerk, _EVENT, 3, 10)
    person = platform.account()
    payment = _paid(platform.app(person), clerk, "pi_0")
    row(platform.app(person), _REGISTER_PAID, event, payment)
    with platform.database.admin() as first:
        # As cancel_registration does, in two steps.
        first.execute("BEGIN")
        row(first, "SELECT id FROM saltbitter.events WHERE id = %s FOR NO KEY UPDATE", event)
        refund = _Behind(platform, clerk, _REFUND, "r0", "pi_0", "re_0", 10)
        cancel = "UPDATE saltbitter.event_registrations SET status = 'canceled' RETURNING status"
        assert outcome(first, cancel) == ("canceled",)
        first.execute("COMMIT")
        assert not isinstance(refund.answer(), str)
    query = "SELECT seats_taken FROM saltbitter.events WHERE id = %s"
    assert row(clerk, query, event) == (0,)


class _Behind:
    """A query on a thread of its own, which waits for a lock by the time this is made."""

    def __init__(
        self, platform: Platform, connection: Connection, query: str, *values: object
    ) -> None:
        self._answers: list[tuple[object, ...] | str] = []
        self._thread = Thread(
            target=lambda: self._answers.append(outcome(connection, query, *values))
        )
        self._thread.start()
        pid = connection.info.backend_pid
        with platform.database.admin() as admin:
            pause = Event()
            while True:
                (waits,) = row(admin, "SELECT cardinality(pg_blocking_pids(%s)) > 0", pid)
                if waits:
                    break
                assert self._thread.is_alive(), self._answers
                pause.wait(0.01)

    def answer(self) -> tuple[object, ...] | str:
        """What came of it, when what it waited for is over."""
        self._thread.join(60)
        (answer,) = self._answers
        return answer


def _start(person: Connection, stripe_id: str) -> UUID:
    query = "SELECT (saltbitter.start_payment('event_ticket', 10, %s)).id"
    (payment,) = row(person, query, stripe_id)
    assert isinstance(payment, UUID)
    return payment


def _paid(person: Connection, clerk: Connection, stripe_id: str) -> UUID:
    payment = _start(person, stripe_id)
    row(clerk, _SETTLE, f"paid {stripe_id}", stripe_id)
    return payment
