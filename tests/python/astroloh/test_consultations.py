"""Consultations, preferences and what people do with what they are shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from pydantic import JsonValue

from strongroom.session import failed_item
from strongroom_db.astroloh import horoscope_requests, user_interactions, user_preferences
from strongroom_db.astroloh.errors import InvalidInterests, PartnerMismatch, RatingOutOfRange
from strongroom_db.astroloh.rows import AddInteractionsItem
from strongroom_db.astroloh.types import BirthPlace, KeyedHash, Partner, TimeSlot
from tests.python.astroloh.conftest import IP, Assistant

PARTNER = Partner(
    name="Лев",
    birth_date=date(1988, 2, 29),
    birth_time=time(23, 59),
    birth_place=BirthPlace(latitude=59.93, longitude=30.31, time_zone="Europe/Moscow"),
)


def _ask(assistant: Assistant, person: UUID) -> tuple[UUID, datetime]:
    request, now = uuid4(), datetime.now(UTC)
    with assistant.of(person) as db:
        address = KeyedHash(IP.make(assistant.ring, db.index_keys("network"), "203.0.113.9"))
        horoscope_requests.add_request(
            db,
            id=request,
            processed_at=now,
            request_type="compatibility",
            target_date=date(2027, 1, 1),
            partner_data=PARTNER,
            ip_hash=address,
            processing_time_ms=120,
        )
    return request, now


def test_a_consultation_is_sealed_and_opens_for_its_person(assistant: Assistant) -> None:
    """[A-12] [A-40] [A-42] [A-43] [A-51] Day and partner are plain for the person alone."""
    mira, ben = assistant.person(), assistant.person()
    request, now = _ask(assistant, mira)
    with assistant.of(mira) as db:
        opened = horoscope_requests.get_request(db, id=request, processed_at=now)
        assert opened is not None
        assert (opened.target_date, opened.partner_data) == (date(2027, 1, 1), PARTNER)
        with pytest.raises(PartnerMismatch):
            horoscope_requests.add_request(
                db,
                id=uuid4(),
                processed_at=now,
                request_type="daily",
                target_date=None,
                partner_data=PARTNER,
                ip_hash=None,
                processing_time_ms=None,
            )
        (listed,) = horoscope_requests.list_requests(db, request_type="compatibility")
        assert (listed.id, listed.processing_time_ms) == (request, 120)
    with assistant.of(ben) as db:
        assert horoscope_requests.get_request(db, id=request, processed_at=now) is None
        assert horoscope_requests.delete_request(db, id=request, processed_at=now) == 0
        assert not list(horoscope_requests.list_requests(db))
    ((stored,),) = assistant.ask("SELECT encrypted_partner_data FROM astroloh.horoscope_requests")
    assert "Лев".encode() not in stored
    events = assistant.ask(
        "SELECT event_type, count(*) FROM astroloh.security_logs WHERE user_id = %s"
        " AND event_type ~ 'cryption' GROUP BY 1 ORDER BY 1",
        mira,
    )
    assert events == [("decryption", 1), ("encryption", 1)]
    with assistant.of(mira) as db:
        assert horoscope_requests.delete_request(db, id=request, processed_at=now) == 1


def test_jobs_count_what_is_asked(assistant: Assistant) -> None:
    """[A-27] [A-50] By kind, and by the keyed hash of an address."""
    _, now = _ask(assistant, assistant.person())
    _ask(assistant, assistant.person())
    with assistant.worker() as jobs:
        begin, end = now - timedelta(hours=1), now + timedelta(hours=1)
        (counted,) = horoscope_requests.count_requests_by_type(jobs, since=begin, until=end)
        assert (counted.request_type, counted.requests) == ("compatibility", 2)
        lookups = IP.lookups(assistant.ring, jobs.index_keys("network"), "203.0.113.9")
        hashes: list[bytes] = [KeyedHash(one) for one in lookups]
        of_address = horoscope_requests.count_requests_of_address
        assert of_address(jobs, ip_hashes=hashes, since=begin) == 2
        assert of_address(jobs, ip_hashes=[KeyedHash(b"\0" * 34)], since=begin) == 0


def test_preferences_are_said_once_and_learned_beside(assistant: Assistant) -> None:
    """[A-13] [A-27] [A-F16] What a model learned outlives what the person says anew."""
    mira = assistant.person()
    interests: dict[str, JsonValue] = {"career": 0.8, "love": 0.9}
    slots = [TimeSlot(start=time(9), end=time(12))]
    with assistant.of(mira) as db:
        assert user_preferences.get_preferences(db) is None
        user_preferences.set_preferences(
            db, interests=interests, preferred_time_slots=slots, timezone="Europe/Moscow"
        )
        with pytest.raises(InvalidInterests):
            user_preferences.set_preferences(db, interests={"love": 2}, preferred_time_slots=[])
    with assistant.worker() as jobs:
        insights: dict[str, JsonValue] = {"cadence": {"morning": 0.7}}
        assert user_preferences.set_insights(jobs, user_id=mira, preferences=insights) == 1
        (found,) = user_preferences.list_interested(jobs, subject="career")
        assert (found.user_id, found.interests) == (mira, interests)
        assert user_preferences.list_interested(jobs, subject="health") == []
    with assistant.of(mira) as db:
        user_preferences.set_preferences(
            db, interests={}, preferred_time_slots=slots, cultural_context="vedic"
        )
        said = user_preferences.get_preferences(db)
        assert said is not None
        assert (said.interests, said.preferences) == ({}, insights)
        assert (said.communication_style, said.language_preference) == ("balanced", "ru")
        assert said.preferred_time_slots == slots
    with assistant.worker() as jobs:
        (one,) = user_preferences.list_by_culture(jobs, cultural_context="vedic")
        assert one.user_id == mira


def test_interactions_come_one_by_one_and_by_the_thousand(assistant: Assistant) -> None:
    """[A-14] [A-27] [A-31] Bulk is all or nothing."""
    mira = assistant.person()
    sky: dict[str, JsonValue] = {"moon": {"sign": "leo"}}
    with assistant.of(mira) as db:
        user_interactions.add_interaction(
            db,
            interaction_type="like",
            content_type="lunar",
            rating=1,
            feedback_text="Too vague.",
            astronomical_data=sky,
        )
        with pytest.raises(RatingOutOfRange):
            user_interactions.add_interaction(
                db, interaction_type="like", content_type="lunar", rating=6
            )
    now = datetime.now(UTC)

    def item(number: int, rating: int | None = None) -> AddInteractionsItem:
        return AddInteractionsItem(
            user_id=mira,
            interaction_type="view",
            content_type="horoscope",
            content_id=f"day-{number}",
            session_duration=number,
            rating=rating,
            astronomical_data=None,
            occurred_at=now,
        )

    with assistant.worker() as jobs:
        many = (item(number) for number in range(6000))
        assert user_interactions.add_interactions(jobs, items=many) == 6000
        with pytest.raises(RatingOutOfRange) as refused:
            user_interactions.add_interactions(jobs, items=[item(0), item(1, rating=9)])
        assert failed_item(refused.value) in (None, 1)
        begin, end = now - timedelta(hours=1), now + timedelta(hours=1)
        counted = user_interactions.count_interactions_by_type(jobs, since=begin, until=end)
        assert {row.interaction_type: row.interactions for row in counted} == {
            "like": 1,
            "view": 6000,
        }
        learned = user_interactions.list_new_interactions(jobs, since=begin, until=end)
        assert sum(1 for _ in learned) == 6001
        (under,) = user_interactions.list_under_sky(jobs, sky=sky, since=begin)
        assert under.user_id == mira
        (bad,) = user_interactions.list_bad_ratings(jobs, content_type="lunar", since=begin)
        assert bad.rating == 1
    with assistant.of(mira) as db:
        page = user_interactions.list_interactions(db, content_type="lunar")
        assert [row.feedback_text for row in page] == ["Too vague."]
    with assistant.of(assistant.person()) as db:
        assert not list(user_interactions.list_interactions(db))
