"""A day on the platform through the generated functions."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from strongroom.sealing import NotOpened, SealingError
from strongroom.session import NoIdentity, Session
from strongroom_db.kernel.errors import ConsentMissing
from strongroom_db.saltbitter import (
    ai_interactions,
    attachment_assessments,
    compliance_logs,
    consent_logs,
    decisions,
    matches,
    messages,
    profiles,
    users,
)
from strongroom_db.saltbitter.errors import (
    AiOptedOut,
    AlreadyDecided,
    NotAdult,
    NotAKeyedHash,
    NotMatched,
    PasswordHashInvalid,
    PhotosInvalid,
    ProfileMissing,
    SearchIncomplete,
    WrongPassword,
)
from strongroom_db.saltbitter.types import KeyedHash, Photo
from tests.python.saltbitter.conftest import BORN, HASH, VIENNA, Platform, consent, row


def test_a_person_joins(platform: Platform) -> None:
    """[S-44] [S-10.2] [S-10.4] [S-39] [S-F9] [S-F10] Register, log in, verify, make a profile."""
    with platform.session() as db:
        ann = users.register_user(db, email="Ann@example.org", password_hash=HASH)
        assert ann is not None
        assert users.register_user(db, email="ann@EXAMPLE.org", password_hash=HASH) is None
        with pytest.raises(PasswordHashInvalid):
            users.register_user(db, email="ben@example.org", password_hash="secret")
        login = users.find_login(db, email="ANN@example.org")
        assert login is not None
        assert (login.user_id, login.password_hash) == (ann, HASH)
        assert users.find_login(db, email="nobody@example.org") is None
        with pytest.raises(NoIdentity):
            users.get_user(db)
    with platform.jobs() as db:
        assert users.verify_user(db, user_id=ann, email="other@example.org") == 0
        assert users.verify_user(db, user_id=ann, email="ann@example.org") == 1
    with platform.session(ann) as db:
        users.note_login(db)
        found = users.get_user(db)
        assert (found.email, found.verified, found.subscription_tier) == (
            "ann@example.org",
            True,
            "free",
        )
        assert found.last_login_at is not None
        with pytest.raises(WrongPassword):
            users.change_password(db, current_hash="$2a$12$" + "c" * 53, password_hash=HASH)
        users.change_password(db, current_hash=HASH, password_hash="$2a$12$" + "b" * 53)
        assert users.change_email(db, email="ann@example.net")
        assert not users.get_user(db).verified
        assert profiles.get_profile(db) is None
        with pytest.raises(ProfileMissing):
            profiles.set_location(db, latitude=1, longitude=1)
        with pytest.raises(NotAdult):
            profiles.create_profile(
                db, name="Ann", birth_date=datetime.now(UTC).date(), gender="woman", bio=None
            )
        profiles.create_profile(db, name="Ann", birth_date=BORN, gender="woman")
        photos = [Photo(url="https://example.org/1.jpg")]
        assert profiles.update_profile(db, name="Anna", bio="Hello.", photos=photos) == 1
        with pytest.raises(PhotosInvalid):
            profiles.update_profile(db, name="Anna", bio=None, photos=[Photo(url="ftp://x")])
        profile = profiles.get_profile(db)
        assert profile is not None
        assert (profile.name, profile.photos) == ("Anna", photos)
        assert (profile.completeness_score, profile.has_location) == (Decimal("80.00"), False)
        assert profiles.delete_profile(db) == 1


def test_consent_comes_before_a_search(platform: Platform) -> None:
    """[S-33] [S-34] [S-16] [X-2] Nothing special is kept without consent, nor after it."""
    ann, ben = platform.account(), platform.person("man")
    with platform.session(ann) as db:
        profiles.create_profile(db, name="Ann", birth_date=BORN, gender="woman")
        profiles.set_location(db, latitude=VIENNA[0], longitude=VIENNA[1])
        with pytest.raises(ConsentMissing):
            _search(db)
        with pytest.raises(SearchIncomplete):
            profiles.list_nearby(db, skip=[])
        consent(db, "orientation")
        assert _search(db) == 1
        assert [p.user_id for p in profiles.list_nearby(db, skip=[])] == [ben]
        with pytest.raises(ConsentMissing):
            _assess(db, "40")
        consent(db, "attachment_assessment")
        _assess(db, "40")
        _assess(db, "41.5")
        kept = attachment_assessments.get_assessment(db)
        assert kept is not None
        assert (kept.anxiety_score, kept.style) == (Decimal("41.50"), "anxious")
    with platform.session(ben) as db:
        assert [p.user_id for p in profiles.list_nearby(db, skip=[])] == [ann]
    with platform.session(ann) as db:
        for purpose in ("orientation", "attachment_assessment"):
            assert consent_logs.withdraw_consent(db, purpose=purpose, method="menu")
            assert not consent_logs.withdraw_consent(db, purpose=purpose, method="menu")
        assert attachment_assessments.get_assessment(db) is None
        profile = profiles.get_profile(db)
        assert profile is not None
        assert profile.looking_for_gender is None
        assert {c.purpose: c.is_in_force for c in consent_logs.list_consents(db)} == {
            "attachment_assessment": False,
            "orientation": False,
        }
        with pytest.raises(ConsentMissing):
            _search(db)
    app = platform.app(ann)
    log = app.execute(
        "SELECT consent_type, granted, consent_text, user_id FROM saltbitter.consent_logs"
        " ORDER BY id"
    ).fetchall()
    assert [(kind, granted) for kind, granted, _, _ in log] == [
        ("orientation", True),
        ("attachment_assessment", True),
        ("orientation", False),
        ("attachment_assessment", False),
    ]
    assert all(owner == ann and len(text) > 100 for _, _, text, owner in log)
    with platform.session(ann) as db:
        newest = consent_logs.list_consent_history(db, limit=3)
        assert [(c.consent_type, c.granted) for c in newest] == [
            ("attachment_assessment", False),
            ("orientation", False),
            ("attachment_assessment", True),
        ]
        assert newest.next is not None
        (oldest,) = consent_logs.list_consent_history(db, after=newest.next)
        assert (oldest.consent_type, oldest.granted, oldest.method) == (
            "orientation",
            True,
            "checkbox",
        )
    assert row(platform.app(ben), "SELECT count(*) FROM saltbitter.consent_logs") == (1,)


def test_a_consent_keeps_the_address_it_came_from(platform: Platform) -> None:
    """[S-33] [S-16.6] [S-F21] As a keyed hash, given and withdrawn; a bare digest is refused."""
    ann = platform.account()
    told, taken = (KeyedHash(b"\0\1" + bytes([n]) * 32) for n in (7, 8))
    with platform.session(ann) as db:
        with pytest.raises(NotAKeyedHash):
            consent_logs.give_consent(
                db,
                purpose="orientation",
                version=1,
                method="checkbox",
                ip_hash=KeyedHash(sha256(b"203.0.113.9").digest()),
            )
        consent_logs.give_consent(
            db, purpose="orientation", version=1, method="checkbox", ip_hash=told
        )
        consent_logs.withdraw_consent(db, purpose="orientation", method="menu", ip_hash=taken)
    kept = platform.app(ann).execute(
        "SELECT granted, ip_hash FROM saltbitter.consent_logs ORDER BY id"
    )
    assert kept.fetchall() == [(True, told.hex()), (False, taken.hex())]


def test_who_withdraws_is_found_no_more(platform: Platform) -> None:
    """[S-34] At once, and whichever way they withdraw."""
    ann, ben = platform.person("woman"), platform.person("man")
    with platform.session(ben) as db:
        assert [p.user_id for p in profiles.list_nearby(db, skip=[])] == [ann]
    row(platform.app(ann), "SELECT kernel.withdraw_consent('orientation', 'letter')")
    with platform.session(ben) as db:
        assert profiles.list_nearby(db, skip=[]) == []
    with platform.session(ann) as db, pytest.raises(SearchIncomplete):
        profiles.list_nearby(db, skip=[])


def test_two_people_meet(platform: Platform) -> None:
    """[S-24] [S-25] [S-31] [S-32] [S-40] [S-F3] Find, like, match, write, read, part."""
    ann, ben, eve = platform.person("woman"), platform.person("man"), platform.person("man")
    with platform.jobs() as db:
        matches.set_compatibility(db, one_id=ben, other_id=ann, score=Decimal("61.5"))
        matches.set_compatibility(db, one_id=ann, other_id=ben, score=Decimal("62.5"))
    with platform.session(ann) as db:
        near = profiles.list_nearby(db, skip=[eve])
        assert [(p.user_id, p.within_km) for p in near] == [(ben, 5)]
        assert decisions.decide(db, target_id=ben, decision="liked").match_id is None
        assert matches.list_matches(db) == []
        with pytest.raises(AlreadyDecided):
            decisions.decide(db, target_id=ben, decision="passed")
    with platform.session(ben) as db:
        match = decisions.decide(db, target_id=ann, decision="liked").match_id
        assert match is not None
        other = matches.get_matched_profile(db, match_id=match)
        assert other is not None
        assert (other.user_id, other.name) == (ann, "Somebody")
        for text in ("Hello!", "Are you there?"):
            messages.send_message(db, match_id=match, id=_new_id(), content=text)
    with platform.session(ann) as db:
        (met,) = matches.list_matches(db)
        assert (met.id, met.user_id, met.unread) == (match, ben, 2)
        assert met.compatibility_score == Decimal("62.50")
        assert messages.count_unread(db) == 2
        page = messages.list_messages(db, match_id=match, limit=1)
        assert [m.content for m in page] == ["Are you there?"]
        assert page.next is not None
        older = messages.list_messages(db, match_id=match, limit=1, after=page.next)
        assert [(m.content, m.from_user_id) for m in older] == [("Hello!", ben)]
        assert messages.mark_read(db, match_id=match) == 2
        messages.send_message(db, match_id=match, id=_new_id(), content="Yes.")
    with platform.session(ben) as db:
        assert messages.mark_read(db, match_id=match) == 1
        everything = messages.list_messages(db, match_id=match)
        assert [m.content for m in everything] == ["Yes.", "Are you there?", "Hello!"]
        assert all(m.read_at is not None for m in everything)
    with platform.session(eve) as db:
        assert list(messages.list_messages(db, match_id=match)) == []
        with pytest.raises(NotMatched):
            messages.send_message(db, match_id=match, id=uuid4(), content="Me too.")
        with pytest.raises(NotMatched):
            matches.unmatch(db, match_id=match)
        assert matches.get_matched_profile(db, match_id=match) is None
    with platform.session(ann) as db:
        matches.unmatch(db, match_id=match)
        assert matches.list_matches(db) == []
        with pytest.raises(NotMatched):
            messages.send_message(db, match_id=match, id=_new_id(), content="Bye.")
        assert [d.target_id for d in decisions.list_decisions(db)] == [ben]


def test_what_is_written_is_closed_to_who_has_the_rows(platform: Platform) -> None:
    """[S-40] [S-F15] [X-4] A superuser reads envelopes; one that was moved does not open."""
    ann, ben = platform.person("woman"), platform.person("man")
    match = _meet(platform, ann, ben)
    with platform.session(ann) as db:
        for text in ("first secret", "second secret"):
            messages.send_message(db, match_id=match, id=_new_id(), content=text)
    admin = platform.database.admin()
    stored = [c for (c,) in admin.execute("SELECT content::bytea FROM saltbitter.messages")]
    assert all(b"secret" not in bytes(content) for content in stored)
    keys = admin.execute("SELECT subject FROM kernel.subject_key WHERE app = 'saltbitter'")
    assert keys.fetchall() == [(None,)]
    admin.execute(
        "UPDATE saltbitter.messages AS m SET content = o.content FROM saltbitter.messages AS o"
        " WHERE o.id < m.id"
    )
    with platform.session(ben) as db, pytest.raises((NotOpened, SealingError)):
        messages.list_messages(db, match_id=match)


def test_ai_is_disclosed_and_can_be_refused(platform: Platform) -> None:
    """[S-37] [S-38] [S-35] [S-42] A use is disclosed, then agreed to; who opts out has none."""
    ann = platform.account()
    with platform.session(ann) as db:
        kinds = [t.ai_type for t in ai_interactions.list_ai_types(db)]
        assert kinds == ["practice_companion", "relationship_coach"]
        use = ai_interactions.show_ai_disclosure(db, ai_type=kinds[0], session_id="s1")
        agreed = ai_interactions.consent_to_ai(db, interaction_id=use)
        assert ai_interactions.consent_to_ai(db, interaction_id=use) == agreed
        (noted,) = ai_interactions.list_ai_interactions(db)
        assert (noted.disclosure_shown, noted.user_consented, noted.id) == (True, True, use)
        assert not ai_interactions.is_opted_out(db)
        assert ai_interactions.set_ai_opt_out(db, is_opted_out=True)
        assert ai_interactions.is_opted_out(db)
        with pytest.raises(AiOptedOut):
            ai_interactions.show_ai_disclosure(db, ai_type=kinds[1], session_id=None)
    with platform.jobs() as db:
        compliance_logs.log_compliance(
            db,
            user_id=ann,
            action_type="data_exported",
            regulatory_framework="ccpa",
            details={"case": "7/2026"},
        )
        (exported,) = compliance_logs.list_actions(db, action_type="data_exported")
        assert (exported.user_id, exported.regulatory_framework) == (ann, "ccpa")
    with platform.session(ann) as db:
        assert [entry.action_type for entry in compliance_logs.list_my_log(db)] == [
            "data_exported",
            "ai_opt_out",
            "ai_consent_given",
        ]


def _search(db: Session) -> int:
    return profiles.set_search(
        db, looking_for_gender="man", min_age=18, max_age=99, max_distance_km=50
    )


def _assess(db: Session, anxiety: str) -> None:
    attachment_assessments.save_assessment(
        db,
        anxiety_score=Decimal(anxiety),
        avoidance_score=Decimal(10),
        style="anxious",
        assessment_version="ecr-r/2",
        total_questions=36,
    )


def _meet(platform: Platform, one: UUID, other: UUID) -> UUID:
    with platform.session(one) as db:
        decisions.decide(db, target_id=other, decision="liked")
    with platform.session(other) as db:
        match = decisions.decide(db, target_id=one, decision="liked").match_id
    assert match is not None
    return match


def _new_id() -> UUID:
    """A uuid of version 7; programs make it themselves."""
    instant = int(datetime.now(UTC).timestamp() * 1_000_000)
    high, low = divmod(instant, 1000)
    value = (high << 80) | (0x7 << 76) | ((low * 4) << 64) | (0x2 << 62)
    return UUID(int=value | (uuid4().int & ((1 << 62) - 1)))
