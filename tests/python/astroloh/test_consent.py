"""Consent: nothing is kept of a person before it, and nothing more after it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from threading import Thread
from time import sleep
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from strongroom.sealing import EnvironmentKeys, Keyring, new_key
from strongroom.sealing.rotation import Rotation
from strongroom.session import Session, session
from strongroom_db.astroloh import (
    consents,
    horoscope_requests,
    recommendations,
    user_clusters,
    user_interactions,
    user_preferences,
    users,
)
from strongroom_db.astroloh.rows import (
    AddInteractionsItem,
    AddRecommendationsItem,
    SetClustersItem,
)
from strongroom_db.astroloh.types import BirthPlace
from strongroom_db.kernel.errors import ConsentMissing, UnknownWording
from tests.python.astroloh.conftest import Assistant, at_once

MOSCOW = BirthPlace(latitude=55.75, longitude=37.62, time_zone="Europe/Moscow", name="Moscow")
BORN = date(1990, 8, 15)


def _withdraw(assistant: Assistant, person: UUID) -> None:
    with assistant.of(person) as db:
        assert consents.withdraw_consent(db, method="voice")


def test_nothing_is_kept_before_and_nothing_more_after(assistant: Assistant) -> None:
    """[A-49] [A-F10] From the first question to the last, by what programs call."""
    mira = assistant.person(agrees=False)
    with session(assistant.login, app="astroloh") as db:
        (english,) = consents.list_consent_texts(db, language="en")
        assert consents.list_consent_texts(db, language="tlh") == []
    with assistant.of(mira) as db:
        assert not users.get_user(db).may_process
        with pytest.raises(ConsentMissing):
            users.set_birth_data(db, birth_date=BORN, birth_time=None, birth_location=MOSCOW)
        with pytest.raises(UnknownWording):
            consents.give_consent(db, version=99, method="voice")
        assert consents.give_consent(db, version=english.version, method="voice")
        assert not consents.give_consent(db, version=english.version, method="voice")
        users.set_birth_data(db, birth_date=BORN, birth_time=time(6), birth_location=MOSCOW)
        users.set_profile(db, zodiac_sign="leo", gender=None)
        user_preferences.set_preferences(db, interests={"love": 1}, preferred_time_slots=[])
        me = users.get_user(db)
        assert me.may_process
        assert me.data_consent
    _withdraw(assistant, mira)
    with assistant.of(mira) as db:
        assert not consents.withdraw_consent(db, method="voice")
        me = users.get_user(db)
        assert not me.may_process
        assert not me.data_consent
        history = consents.list_consent_history(db)
        assert [(row.granted, row.method) for row in history] == [(False, "voice"), (True, "voice")]
        assert {row.body for row in history} == {english.body}
        (said,) = consents.list_consents(db)
        assert (said.purpose, said.is_in_force) == ("data_processing", False)
        with pytest.raises(ConsentMissing):
            users.set_name(db, name="Mira")
        with pytest.raises(ConsentMissing):
            users.set_birth_data(db, birth_date=BORN, birth_time=time(7), birth_location=MOSCOW)
        with pytest.raises(ConsentMissing):
            user_preferences.set_preferences(db, interests={}, preferred_time_slots=[])
        with pytest.raises(ConsentMissing):
            _ask(db)
        # What there is of a person stays theirs: to see, and to forget.
        assert users.get_birth_data(db).birth_time == time(6)
        users.set_birth_data(db, birth_date=None, birth_time=None, birth_location=None)
        assert users.get_birth_data(db).birth_date is None


def _ask(db: Session) -> None:
    horoscope_requests.add_request(
        db,
        id=uuid4(),
        processed_at=datetime.now(UTC),
        request_type="daily",
        target_date=None,
        partner_data=None,
        ip_hash=None,
        processing_time_ms=None,
    )


def _process(assistant: Assistant, people: list[UUID]) -> list[int]:
    now = datetime.now(UTC)
    with assistant.worker() as jobs:
        seen = AddInteractionsItem(
            user_id=people[0],
            interaction_type="view",
            content_type="lunar",
            content_id=None,
            session_duration=None,
            rating=None,
            astronomical_data={"moon": {"sign": "leo"}},
            occurred_at=now,
        )
        advised = AddRecommendationsItem(
            user_id=people[0],
            recommendation_type="content",
            content_type="daily",
            title="Rest",
            description=None,
            recommendation_data=None,
            confidence_score=50,
            priority=1,
            expires_at=None,
        )
        alike = SetClustersItem(
            user_id=people[0],
            cluster_id="fire",
            cluster_name=None,
            cluster_features={"element": "fire"},
            similarity_score=50,
        )
        return [
            user_interactions.add_interactions(
                jobs, items=[replace(seen, user_id=one) for one in people]
            ),
            recommendations.add_recommendations(
                jobs,
                items=[replace(advised, user_id=one) for one in people],
                algorithm_used="hybrid",
                model_version="1",
            ),
            user_clusters.set_clusters(
                jobs, items=[replace(alike, user_id=one) for one in people], algorithm_version="1"
            ),
        ]


def _found(assistant: Assistant) -> list[set[UUID]]:
    since = datetime.now(UTC) - timedelta(hours=1)
    until = since + timedelta(hours=2)
    with assistant.worker() as jobs:
        found: list[Iterable[Any]] = [
            users.list_users_by_sign(jobs, zodiac_sign="leo"),
            user_clusters.list_cluster_members(jobs, cluster_id="fire"),
            user_clusters.list_with_features(jobs, features={"element": "fire"}),
            user_interactions.list_under_sky(jobs, sky={"moon": {"sign": "leo"}}, since=since),
            user_interactions.list_new_interactions(jobs, since=since, until=until),
            user_preferences.list_interested(jobs, subject="love"),
            user_preferences.list_by_culture(jobs, cultural_context="vedic"),
        ]
        return [{getattr(row, "user_id", None) or row.id for row in rows} for rows in found]


def test_jobs_process_nobody_who_withdrew(assistant: Assistant) -> None:
    """[A-49] Who does not agree is left out of what comes in bulk, and of what jobs look for."""
    people = [assistant.person() for _ in range(3)]
    for person in people:
        with assistant.of(person) as db:
            users.set_profile(db, zodiac_sign="leo", gender=None)
            user_preferences.set_preferences(
                db, interests={"love": 1}, preferred_time_slots=[], cultural_context="vedic"
            )
    assert _process(assistant, people) == [3, 3, 3]
    assert _found(assistant) == [set(people)] * 7
    _withdraw(assistant, people[1])
    staying = [people[0], people[2]]
    assert _process(assistant, people) == [2, 2, 2]
    assert _found(assistant) == [set(staying)] * 7
    with assistant.worker() as jobs:
        assert user_preferences.set_insights(jobs, user_id=people[1], preferences={}) == 0
    with assistant.of(people[1]) as db:
        assert recommendations.list_recommendations(db) == []
        (kept,) = recommendations.list_recommendation_history(db)
        assert recommendations.show_recommendation(db, id=kept.id) == 0
        assert recommendations.dismiss_recommendation(db, id=kept.id) == 1


def test_keys_rotate_also_of_who_withdrew(assistant: Assistant) -> None:
    """[A-41] [A-49] A rotation is no processing: what was sealed opens, under new keys."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        users.set_name(db, name="Mira")
    _withdraw(assistant, mira)
    assistant.environment[EnvironmentKeys.variable("astroloh.name.2")] = new_key()
    (before,) = assistant.ask("SELECT encrypted_name FROM astroloh.users WHERE id = %s", mira)
    with assistant.database.connect("strongroom_runner") as runner:
        rotation = Rotation(
            runner, Keyring(assistant.keys), "astroloh", "name", reencrypt=True, grace=0
        )
        assert rotation.run(rotation.plan()).fields == 1
    (after,) = assistant.ask("SELECT encrypted_name FROM astroloh.users WHERE id = %s", mira)
    assert before != after
    with session(
        assistant.login, app="astroloh", user_id=mira, keyring=Keyring(assistant.keys)
    ) as db:
        assert users.get_birth_data(db).name == "Mira"
    # The owner, too, puts nothing else in.
    owner = assistant.database.admin()
    owner.execute("SET ROLE strongroom_owner")
    with pytest.raises(psycopg.errors.DatabaseError) as refused:
        owner.execute(
            "UPDATE astroloh.users SET encrypted_name ="
            " overlay(encrypted_name PLACING '\\x00'::bytea FROM 40) WHERE id = %s",
            (mira,),
        )
    assert refused.value.sqlstate == ConsentMissing.sqlstate


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_who_writes_waits_for_who_withdraws(assistant: Assistant, isolation: str) -> None:
    """[A-49] A withdrawal that is not committed yet is waited for, and then holds."""
    mira = assistant.person()
    withdrawing, writing = assistant.database.connect(), assistant.database.connect()
    writing.execute(f"SET default_transaction_isolation = '{isolation}'".encode())
    outcome: list[str | None] = []

    def write() -> None:
        try:
            with assistant.of(mira, writing) as db, db.transaction():
                users.get_user(db)
                ready.append(True)
                users.set_name(db, name="Mira")
            outcome.append(None)
        except psycopg.Error as error:
            outcome.append(error.sqlstate)

    ready: list[bool] = []
    with assistant.of(mira, withdrawing) as db, db.transaction():
        consents.withdraw_consent(db, method="voice")
        thread = Thread(target=write)
        thread.start()
        while not assistant.ask(
            "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = %s",
            writing.info.backend_pid,
        ):
            assert thread.is_alive()
            sleep(0.01)
    thread.join()
    assert outcome == [ConsentMissing.sqlstate if isolation == "read committed" else "40001"]
    assert assistant.ask("SELECT encrypted_name FROM astroloh.users WHERE id = %s", mira) == [
        (None,)
    ]


def test_yes_and_no_at_once(assistant: Assistant) -> None:
    """[A-F10] Whatever was said last, row and ledger agree."""
    mira = assistant.person(agrees=False)
    logins = [assistant.database.connect() for _ in range(4)]

    def say(number: int) -> None:
        with assistant.of(mira, logins[number]) as db:
            for _ in range(10):
                if number % 2:
                    consents.give_consent(db, version=1 + number // 2, method="button")
                else:
                    consents.withdraw_consent(db, method="button")

    at_once([partial(say, number) for number in range(len(logins))])
    with assistant.of(mira) as db:
        me = users.get_user(db)
    assert me.data_consent == me.may_process
    ((events, logged),) = assistant.ask(
        "SELECT (SELECT count(*) FROM kernel.consent_event WHERE app = 'astroloh'),"
        " (SELECT count(*) FROM astroloh.security_logs WHERE event_type = 'consent')"
    )
    assert events == logged > 1
