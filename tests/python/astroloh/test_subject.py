"""A person with something in every table: what is exported, and what stays when they are gone."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from strongroom.sealing import EnvironmentKeys, new_key
from strongroom.session import session
from strongroom.subject.eraser import erase
from strongroom.subject.exporting import export
from strongroom.subject.opening import Opener
from strongroom_db.astroloh import (
    ab_test_groups,
    ab_tests,
    consents,
    horoscope_requests,
    recommendation_metrics,
    recommendations,
    user_clusters,
    user_interactions,
    user_preferences,
    user_sessions,
    users,
)
from strongroom_db.astroloh.rows import AddRecommendationsItem, SetClustersItem
from strongroom_db.astroloh.types import BirthPlace, Partner
from tests.python.astroloh.conftest import Assistant

MASTER = "astroloh.people.1"
PERSONAL = (
    "user_identities",
    "user_sessions",
    "horoscope_requests",
    "user_preferences",
    "user_interactions",
    "recommendations",
    "user_clusters",
    "ab_test_groups",
)


def _live(assistant: Assistant, person: UUID, word: str) -> None:
    """Everything that a person can leave behind, with a word that only they wrote."""
    now = datetime.now(UTC)
    place = BirthPlace(latitude=55.0, longitude=73.4, time_zone="Asia/Omsk", name=f"place_{word}")
    with assistant.of(person) as db:
        users.set_name(db, name=f"name_{word}")
        users.set_birth_data(
            db, birth_date=date(1990, 8, 15), birth_time=time(6, 30), birth_location=place
        )
        user_sessions.open_session(db, platform="telegram", session_id=f"session_{word}")
        horoscope_requests.add_request(
            db,
            id=uuid4(),
            processed_at=now,
            request_type="compatibility",
            target_date=date(2027, 1, 1),
            partner_data=Partner(name=f"partner_{word}", birth_date=date(1988, 2, 29)),
            ip_hash=None,
            processing_time_ms=12,
        )
        user_preferences.set_preferences(
            db, interests={f"interest_{word}": 1}, preferred_time_slots=[]
        )
        user_interactions.add_interaction(
            db, interaction_type="like", content_type="lunar", feedback_text=f"feedback_{word}"
        )
        ab_test_groups.assign_group(db, test_name="tone")
    with assistant.worker() as jobs:
        recommendations.add_recommendations(
            jobs,
            items=[
                AddRecommendationsItem(
                    user_id=person,
                    recommendation_type="content",
                    content_type="daily",
                    title=f"title_{word}",
                    description=None,
                    recommendation_data=None,
                    confidence_score=50,
                    priority=1,
                    expires_at=None,
                )
            ],
            algorithm_used="hybrid",
            model_version="1",
        )
        user_clusters.set_clusters(
            jobs,
            items=[
                SetClustersItem(
                    user_id=person,
                    cluster_id="fire",
                    cluster_name=f"cluster_{word}",
                    cluster_features={},
                    similarity_score=80,
                )
            ],
            algorithm_version="1",
        )
    with assistant.of(person) as db:
        (advice,) = recommendations.list_recommendations(db)
        recommendation_metrics.add_metric(
            db,
            recommendation_id=advice.id,
            metric_name="ctr",
            metric_value=Decimal("0.25"),
            context_data={"said": f"context_{word}"},
        )


@pytest.fixture
def both(assistant: Assistant) -> tuple[UUID, UUID]:
    """Mira and Ben, who did the same things."""
    with assistant.worker() as jobs:
        ab_tests.add_test(
            jobs,
            test_name="tone",
            groups=["control", "variant_a"],
            test_parameters={},
            test_start_date=datetime.now(UTC) - timedelta(days=1),
        )
    mira, ben = assistant.person(), assistant.person()
    _live(assistant, mira, "canary_mira")
    _live(assistant, ben, "canary_ben")
    return mira, ben


def test_a_person_takes_everything_along(
    assistant: Assistant, both: tuple[UUID, UUID], tmp_path: Path
) -> None:
    """[A-44] [A-47] As JSON, opened, from every table, with what was agreed to; nobody else's."""
    with assistant.database.connect("strongroom_runner") as runner:
        runner.execute("SELECT set_config('kernel.actor', 'olga', false)")
        path = tmp_path / "mira.json"
        opener = Opener("astroloh", assistant.keys)
        done = export(runner, "astroloh", str(both[0]), path, opener, lambda _: None)
    text = path.read_text("utf-8")
    assert "canary_ben" not in text
    words = "name place session partner interest feedback title cluster context"
    for word in words.split():
        assert f"{word}_canary_mira" in text, word
    data = json.loads(text)["data"]
    assert {f"astroloh.{table}" for table in PERSONAL} <= data.keys()
    assert (done.opened, done.sealed) == (6, 0)
    assert data["astroloh.users"][0]["encrypted_birth_date"] == "1990-08-15"
    assert "data_processing" in text


def test_a_person_goes_and_the_figures_stay(assistant: Assistant, both: tuple[UUID, UUID]) -> None:
    """[A-26] [A-46] [A-F6] [A-F8] [A-F26] [X-3] By review, when they were away for too long."""
    mira, ben = both
    assistant.environment[EnvironmentKeys.variable(MASTER)] = new_key()
    assistant.ask(
        "UPDATE astroloh.users SET last_accessed = now() - interval '366 days' WHERE id = %s"
        " RETURNING id",
        mira,
    )
    with assistant.database.connect("strongroom_runner") as runner:
        runner.execute(
            "SELECT kernel.register_encryption_key(%s, 'pseudonym', %s)",
            [MASTER, assistant.keys.fingerprint(MASTER)],
        )
        assert runner.execute("SELECT astroloh.enforce_data_retention()").fetchone() == (1,)
        ((request, subject, state),) = assistant.ask(
            "SELECT id, subject, state FROM kernel.subject_request"
        )
        assert (subject, state) == (str(mira), "verified")
        runner.execute("SELECT kernel.approve_request(%s)", (request,))
        done = erase(runner, request, assistant.keys, MASTER, lambda _: None)
        assert (done.state, done.reason) == ("done", None)
        assert runner.execute("SELECT astroloh.enforce_data_retention()").fetchone() == (0,)
    traces = assistant.ask(
        "SELECT relation::text, column_name FROM kernel.subject_traces("
        "'astroloh', ARRAY['canary_mira']) WHERE rows > 0"
    )
    assert traces == []
    for table in PERSONAL:
        left = assistant.ask(f"SELECT DISTINCT user_id FROM astroloh.{table}")
        assert left == [(ben,)], table
    assert assistant.ask("SELECT id FROM astroloh.users") == [(ben,)]
    # Without the person: figures, counts, events of security, the request, what they agreed to.
    figures = "SELECT user_id, metric_value, context_data IS NULL FROM {} ORDER BY user_id"
    assert assistant.ask(figures.format("astroloh.recommendation_metrics")) == [
        (ben, Decimal("0.2500"), False),
        (None, Decimal("0.2500"), True),
    ]
    assert assistant.ask("SELECT sum(counted) FROM astroloh.daily_interactions_ever") == [(2,)]
    ((events,),) = assistant.ask(
        "SELECT count(*) FROM astroloh.security_logs WHERE user_id IS NULL"
        " AND event_type IN ('login', 'encryption', 'identity_change', 'deletion')"
    )
    assert events >= 4
    assert assistant.ask("SELECT state, ended_at IS NOT NULL FROM kernel.subject_request") == [
        ("done", True)
    ]
    said = assistant.ask(
        "SELECT granted, method, pseudonym IS NOT NULL FROM kernel.consent_event"
        " WHERE app = 'astroloh' AND subject IS NULL ORDER BY id"
    )
    assert said == [(True, "button", True), (False, "retention", True)]
    with session(assistant.login, app="astroloh") as db:
        assert users.find_user(db, platform="telegram", platform_user_id="tg-1") is None
    with assistant.of(ben) as db:
        assert users.get_birth_data(db).name == "name_canary_ben"
        assert [row.granted for row in consents.list_consent_history(db)] == [True]
