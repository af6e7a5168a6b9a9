"""A day of the dating platform: two people who meet, an event with one seat, and who looks on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import SystemRandom
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg

from stage import Stage
from strongroom.sealing import Keyring
from strongroom.session import Session, session
from strongroom_db.kernel.errors import ConsentMissing
from strongroom_db.saltbitter import (
    ai_interactions,
    consent_logs,
    decisions,
    event_registrations,
    events,
    matches,
    messages,
    payments,
    profiles,
    users,
)
from strongroom_db.saltbitter.errors import AiOptedOut, EventFull, NotMatched
from strongroom_db.saltbitter.types import ProfilesGender

T = TypeVar("T")
# Nobody's password: a program hashes what was typed, and sends the hash only.
HASH = "$2b$12$" + "x" * 53


def play(stage: Stage) -> int:
    """The day; gives how often somebody got at what is not theirs."""
    # Somewhere else each day, so that nobody of yesterday is near.
    place = SystemRandom().uniform(-60, 60), SystemRandom().uniform(-180, 180)
    stage.scene("Three people say where they are, and whom they like to meet")
    ada, ben = _join(stage, "Ada", "woman", place), _join(stage, "Ben", "man", place)
    otto = _join(stage, "Otto", "man", place)
    stage.scene("Who is near, and never where")
    _look_around(stage, ada)
    stage.scene("Two likes make a match, and what is written is sealed")
    match = _meet(stage, ada, ben)
    stage.scene("An event with one seat, and a payment that is told twice")
    _sell_out(stage, ada, ben)
    stage.scene("No AI without saying so")
    _refuse_ai(stage, ada)
    stage.scene("Otto looks on")
    return _look_on(stage, otto, match)


def there(value: T | None) -> T:
    """What is certain to be there."""
    assert value is not None
    return value


def _person(stage: Stage, user_id: UUID, keyring: Keyring | None = None) -> Session:
    return session(stage.pool, app="saltbitter", user_id=user_id, keyring=keyring)


def _join(stage: Stage, name: str, gender: ProfilesGender, place: tuple[float, float]) -> UUID:
    with session(stage.pool, app="saltbitter") as db:
        address = f"{name.lower()}-{uuid4().hex[:8]}@example.org"
        user_id = there(users.register_user(db, email=address, password_hash=HASH))
    with _person(stage, user_id) as db:
        profiles.create_profile(db, name=name, birth_date=date(1991, 7, 22), gender=gender)
        try:
            _search(db)
        except ConsentMissing as refused:
            stage.say(f"{name} wants to search: {type(refused).__name__} [{refused.sqlstate}]")
        texts = {t.purpose: t.version for t in consent_logs.list_consent_texts(db, language="en")}
        consent_logs.give_consent(
            db, purpose="orientation", version=texts["orientation"], method="checkbox"
        )
        _search(db)
        profiles.set_location(db, latitude=place[0], longitude=place[1])
    return user_id


def _search(db: Session) -> None:
    profiles.set_search(
        db, looking_for_gender="everyone", min_age=25, max_age=45, max_distance_km=50
    )


def _look_around(stage: Stage, user_id: UUID) -> None:
    with _person(stage, user_id) as db:
        for near in profiles.list_nearby(db, skip=[]):
            stage.say(f"Ada sees {near.name}, {near.age}, within {near.within_km} km")
        moved = profiles.set_location(db, latitude=0, longitude=0)
        stage.say(f"Ada says at once that she is far away: noted {moved}")


def _meet(stage: Stage, ada: UUID, ben: UUID) -> UUID:
    keyring = stage.keyring(seal=("messages",))
    with _person(stage, ada) as db:
        first = decisions.decide(db, target_id=ben, decision="liked")
        stage.say(f"Ada likes Ben; a match: {first.match_id is not None}")
    with _person(stage, ben, keyring) as db:
        match = there(decisions.decide(db, target_id=ada, decision="liked").match_id)
        stage.say("Ben likes Ada; a match: True")
        messages.send_message(db, match_id=match, id=_new_id(), content="Do you like chess?")
    with _person(stage, ada, keyring) as db:
        [message] = messages.list_messages(db, match_id=match).rows
        stage.say(f"Ada reads: {message.content}")
    with psycopg.connect(stage.owner_url) as connection:
        connection.execute("SELECT set_config('role', 'strongroom_owner', true)")
        stored = connection.execute(
            "SELECT left(encode(m.content::bytea, 'hex'), 24) FROM saltbitter.messages AS m"
            " WHERE m.match_id = %s",
            (match,),
        ).fetchone()
    stage.say(f"whoever has the database reads: {there(stored)[0]}...")
    return match


def _sell_out(stage: Stage, ada: UUID, ben: UUID) -> None:
    begin = datetime.now(UTC) + timedelta(days=2)
    with session(stage.pool, app="saltbitter", role="worker") as jobs:
        dinner = events.create_event(
            jobs,
            title="Dinner for one",
            type="speed_dating",
            start_time=begin,
            end_time=begin + timedelta(hours=2),
            capacity=1,
            price=Decimal("12.50"),
        )
    told = f"evt_{uuid4().hex}"
    tickets = {ada: f"pi_{uuid4().hex}", ben: f"pi_{uuid4().hex}"}
    bought = {}
    for person, ticket in tickets.items():
        with _person(stage, person) as db:
            bought[person] = payments.start_payment(
                db, type="event_ticket", amount=Decimal("12.50"), stripe_payment_id=ticket
            )
    with session(stage.pool, app="saltbitter", role="worker") as jobs:
        for event_id in (told, told, f"{told}_2"):
            ticket = tickets[ada] if event_id == told else tickets[ben]
            paid = payments.settle_payment(
                jobs,
                event_id=event_id,
                stripe_payment_id=ticket,
                status="succeeded",
                amount=Decimal("12.50"),
                currency="USD",
            )
            stage.say(f"the provider tells of {paid.amount} {paid.currency}: {paid.status}")
    for name, person in (("Ada", ada), ("Ben", ben)):
        with _person(stage, person) as db:
            try:
                seat = event_registrations.register_for_event(
                    db, event_id=dinner, payment_id=bought[person].id
                )
                stage.say(f"{name}: {seat.status}")
            except EventFull as refused:
                stage.say(f"{name}: {type(refused).__name__} [{refused.sqlstate}]")


def _refuse_ai(stage: Stage, user_id: UUID) -> None:
    with _person(stage, user_id) as db:
        use = ai_interactions.show_ai_disclosure(db, ai_type="relationship_coach", session_id=None)
        ai_interactions.consent_to_ai(db, interaction_id=use)
        stage.say("Ada is told that it is an AI, and agrees")
        ai_interactions.set_ai_opt_out(db, is_opted_out=True)
        try:
            ai_interactions.show_ai_disclosure(db, ai_type="relationship_coach", session_id=None)
        except AiOptedOut as refused:
            stage.say(f"then she wants none: {type(refused).__name__} [{refused.sqlstate}]")


def _look_on(stage: Stage, stranger: UUID, match: UUID) -> int:
    keyring = stage.keyring(seal=("messages",))
    with _person(stage, stranger, keyring) as db:
        read = messages.list_messages(db, match_id=match).rows
        profile = matches.get_matched_profile(db, match_id=match)
        try:
            messages.send_message(db, match_id=match, id=_new_id(), content="Me too!")
            wrong = 1
        except NotMatched as refused:
            stage.say(f"he writes: {type(refused).__name__} [{refused.sqlstate}]")
            wrong = 0
        stage.say(f"he reads {len(read)} messages, and finds {profile}")
    return wrong + len(read) + int(profile is not None)


def _new_id() -> UUID:
    """A uuid of version 7; programs make it themselves, for what is sealed is bound to it."""
    milliseconds = int(datetime.now(UTC).timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | uuid4().int & ((1 << 62) - 1))
