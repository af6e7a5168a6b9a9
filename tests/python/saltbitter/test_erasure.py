"""Who is erased: what goes with them, what others lose by it, and what stays without them."""

from __future__ import annotations

import hashlib
import hmac
import json
from decimal import Decimal
from uuid import UUID

import pytest

from strongroom.subject.eraser import erase
from strongroom_db.saltbitter import (
    ai_interactions,
    attachment_assessments,
    decisions,
    event_registrations,
    matches,
    messages,
    payments,
    profiles,
    users,
)
from tests.python.saltbitter.conftest import HASH, Platform, consent, row
from tests.python.saltbitter.test_day import _assess, _meet, _new_id

_EVENT = (
    "INSERT INTO saltbitter.events (title, type, start_time, end_time, capacity)"
    " VALUES ('Talk', 'ama', now() + interval '1 day', now() + interval '2 days', 5) RETURNING id"
)
_KEPT = (
    "SELECT to_jsonb(t) - 'updated_at' FROM saltbitter.payments AS t ORDER BY t.id",
    "SELECT to_jsonb(t) FROM saltbitter.compliance_logs AS t ORDER BY t.id",
    "SELECT to_jsonb(t) FROM saltbitter.users AS t WHERE t.id <> %s",
    "SELECT to_jsonb(t) FROM saltbitter.profiles AS t WHERE t.user_id <> %s",
    "SELECT to_jsonb(t) FROM saltbitter.messages AS t"
    " WHERE %s NOT IN (t.from_user_id, t.to_user_id) ORDER BY t.id",
    "SELECT to_jsonb(t) FROM saltbitter.attachment_assessments AS t WHERE t.user_id <> %s",
)


class Keys:
    """A key that is not in the database."""

    def mac(self, key_id: str, data: bytes) -> bytes:
        return hmac.digest(key_id.encode(), data, hashlib.sha256)


@pytest.mark.slow
def test_an_erased_person_leaves_books_and_evidence(platform: Platform) -> None:
    """[S-36] [S-F4] [S-F5] [X-3] Content goes, for both where it is both's; the books stay."""
    ann, ben, eve = (platform.person("woman") for _ in range(3))
    with_ann, without = _meet(platform, ann, ben), _meet(platform, ben, eve)
    (event,) = row(platform.worker(), _EVENT)
    for person in (ann, ben, eve):
        _live(platform, person, event)
    for writer, match in ((ann, with_ann), (ben, with_ann), (ben, without), (eve, without)):
        with platform.session(writer) as db:
            messages.send_message(db, match_id=match, id=_new_id(), content="between us")
    admin = platform.database.admin()

    def kept() -> str:
        return json.dumps(
            [
                [r for (r,) in admin.execute(query.encode(), (ann,) if "%s" in query else None)]
                for query in _KEPT
            ]
        )

    before = kept()
    preview = admin.execute(
        "SELECT relation::text, action FROM kernel.preview_erasure('saltbitter', %s)", (str(ann),)
    ).fetchall()
    assert dict(preview) == {
        "saltbitter.users": "change",
        "saltbitter.payments": "keep",
        "saltbitter.compliance_logs": "keep",
        **dict.fromkeys(
            (
                f"saltbitter.{name}"
                for name in (
                    "ai_interactions",
                    "ai_opt_outs",
                    "attachment_assessments",
                    "decisions",
                    "event_registrations",
                    "matches",
                    "messages",
                    "profiles",
                    "subscriptions",
                )
            ),
            "delete",
        ),
    }
    _erase(platform, ann)
    assert kept() == before
    assert row(admin, "SELECT seats_taken FROM saltbitter.events") == (2,)
    tombstone = row(
        admin,
        "SELECT email, password_hash, verified, subscription_tier, last_login_at, moved_at"
        " FROM saltbitter.users WHERE erased_at IS NOT NULL AND id = %s",
        ann,
    )
    assert tombstone == (f"{ann}@erased.invalid", "*", False, "free", None, None)
    with platform.session(ben) as db:
        assert list(messages.list_messages(db, match_id=with_ann)) == []
        assert [m.id for m in matches.list_matches(db)] == [without]
        assert [d.target_id for d in decisions.list_decisions(db)] == [eve]
        texts = [m.content for m in messages.list_messages(db, match_id=without)]
        assert texts == ["between us", "between us"]
        assert attachment_assessments.get_assessment(db) is not None
    with platform.session() as db:
        assert users.find_login(db, email=f"{ann}@erased.invalid") is None
        anew = users.register_user(db, email="ann@example.org", password_hash=HASH)
        assert anew not in (None, ann)
    consents = admin.execute(
        "SELECT count(*) FILTER (WHERE subject = %s), count(*) FILTER (WHERE pseudonym IS NOT NULL)"
        " FROM kernel.consent_event WHERE app = 'saltbitter'",
        (str(ann),),
    ).fetchone()
    assert consents == (0, 2)


def _live(platform: Platform, person: UUID, event: UUID) -> None:
    with platform.session(person) as db:
        consent(db, "attachment_assessment")
        _assess(db, "40")
        use = ai_interactions.show_ai_disclosure(db, ai_type="practice_companion", session_id=None)
        ai_interactions.consent_to_ai(db, interaction_id=use)
        ai_interactions.set_ai_opt_out(db, is_opted_out=True)
        payments.start_payment(
            db, type="super_like", amount=Decimal("1.99"), stripe_payment_id=f"pi_{person}"
        )
        event_registrations.register_for_event(db, event_id=event)
        users.note_login(db)
        profiles.update_profile(db, name=f"Name {person.hex[:4]}", bio="Words of mine.", photos=[])
    row(
        platform.worker(),
        "SELECT saltbitter.set_subscription(%s, %s, 'elite', 'active', %s, %s,"
        " now() - interval '1 day', now() + interval '1 day', now())",
        f"e {person}",
        person,
        f"sub_{person.hex[:6]}",
        f"cus_{person.hex[:6]}",
    )


def _erase(platform: Platform, person: UUID) -> None:
    admin = platform.database.admin()
    (request,) = row(admin, "SELECT kernel.open_request('saltbitter', %s, 'erasure')", str(person))
    admin.execute("SELECT kernel.approve_request(%s)", (request,))
    said: list[str] = []
    runner = platform.database.connect("strongroom_runner")
    done = erase(runner, request, Keys(), "saltbitter.people.1", said.append)
    traces = admin.execute(
        "SELECT relation_name, column_name FROM kernel.erasure_trace WHERE request_id = %s",
        (request,),
    )
    assert done.state == "done", (done, said, traces.fetchall())
