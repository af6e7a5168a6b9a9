"""Recommendations from the model to the person and back, clusters, experiments, and the end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID

import pytest

from strongroom_db.astroloh import (
    ab_test_groups,
    ab_tests,
    data_deletion_requests,
    recommendation_metrics,
    recommendations,
    user_clusters,
    users,
)
from strongroom_db.astroloh.errors import (
    ExperimentNotRunning,
    MetricOutOfRange,
    UnknownRecommendation,
)
from strongroom_db.astroloh.rows import AddRecommendationsItem, SetClustersItem
from tests.python.astroloh.conftest import Assistant, at_once


def _recommend(assistant: Assistant, person: UUID, *priorities: int) -> None:
    with assistant.worker() as jobs:
        items = [
            AddRecommendationsItem(
                user_id=person,
                recommendation_type="content",
                content_type="daily",
                title=f"Number {priority}",
                description=None,
                recommendation_data={"day": "today"},
                confidence_score=50,
                priority=priority,
                expires_at=None,
            )
            for priority in priorities
        ]
        added = recommendations.add_recommendations(
            jobs, items=items, algorithm_used="hybrid", model_version="7"
        )
        assert added == len(priorities)


def test_a_recommendation_is_shown_measured_and_dismissed(assistant: Assistant) -> None:
    """[A-15] [A-20] [A-31] [A-F19] The most urgent first; each step once."""
    mira, ben = assistant.person(), assistant.person()
    _recommend(assistant, mira, 1, 5, 3)
    with assistant.of(mira) as db:
        waiting = recommendations.list_recommendations(db)
        assert [row.priority for row in waiting] == [5, 3, 1]
        first = waiting[0].id
        assert recommendations.show_recommendation(db, id=first) == 1
        assert recommendations.show_recommendation(db, id=first) == 0
        recommendation_metrics.add_metric(
            db, recommendation_id=first, metric_name="ctr", metric_value=Decimal("0.0375")
        )
        with pytest.raises(MetricOutOfRange):
            recommendation_metrics.add_metric(db, metric_name="ctr", metric_value=Decimal(2))
        assert recommendations.dismiss_recommendation(db, id=first) == 1
        assert recommendations.dismiss_recommendation(db, id=first) == 0
        assert len(recommendations.list_recommendations(db)) == 2
        history = recommendations.list_recommendation_history(db)
        assert [row.status for row in history].count("dismissed") == 1
        (figure,) = recommendation_metrics.list_metrics_of_recommendation(
            db, recommendation_id=first
        )
        assert figure.metric_value == Decimal("0.0375")
    with assistant.of(ben) as db:
        assert recommendations.list_recommendations(db) == []
        assert recommendations.show_recommendation(db, id=waiting[1].id) == 0
        with pytest.raises(UnknownRecommendation):
            recommendation_metrics.add_metric(
                db, recommendation_id=first, metric_name="ctr", metric_value=Decimal(1)
            )
    with assistant.worker() as jobs:
        now = datetime.now(UTC)
        mean = recommendation_metrics.summarise_metric(
            jobs, metric_name="ctr", since=now - timedelta(hours=1), until=now + timedelta(hours=1)
        )
        assert (mean.figures, mean.mean) == (1, Decimal("0.0375"))


def test_two_screens_show_one_recommendation_once(assistant: Assistant) -> None:
    """[A-15.12] Of two that want the same step at once, one takes it."""
    mira = assistant.person()
    _recommend(assistant, mira, *([1, 2, 3, 4, 5] * 2))
    logins = [assistant.database.connect() for _ in range(4)]

    def show(login: int, which: UUID) -> int:
        with assistant.of(mira, logins[login]) as db:
            return recommendations.show_recommendation(db, id=which)

    with assistant.of(mira) as db:
        waiting = recommendations.list_recommendations(db, limit=10)
    for row in waiting:
        assert sum(at_once([partial(show, n, row.id) for n in range(len(logins))])) == 1


def test_clusters_are_said_anew(assistant: Assistant) -> None:
    """[A-16] [A-27] [A-31] [A-F18] A second run of a model changes scores, and adds no row."""
    people = [assistant.person() for _ in range(3)]

    def run(score: int) -> int:
        items = [
            SetClustersItem(
                user_id=person,
                cluster_id="fire",
                cluster_name="Fire",
                cluster_features={"element": "fire"},
                similarity_score=score + number,
            )
            for number, person in enumerate(people)
        ]
        with assistant.worker() as jobs:
            return user_clusters.set_clusters(jobs, items=items, algorithm_version="1")

    assert run(50) == run(70) == 3
    with assistant.worker() as jobs:
        members = user_clusters.list_cluster_members(jobs, cluster_id="fire", min_score=71)
        assert [row.similarity_score for row in members] == [72, 71]
        assert len(user_clusters.list_with_features(jobs, features={"element": "fire"})) == 3
        assert user_clusters.forget_clusters(jobs, user_id=people[0], algorithm_version="1") == 1
    with assistant.of(people[1]) as db:
        (own,) = user_clusters.list_clusters(db)
        assert own.similarity_score == 71


def test_a_person_is_in_one_group_of_an_experiment(assistant: Assistant) -> None:
    """[A-17] [A-F17] However many ask at once, and for as long as it runs."""
    now = datetime.now(UTC)
    with assistant.worker() as jobs:
        ab_tests.add_test(
            jobs,
            test_name="tone",
            groups=["control", "variant_a", "variant_b"],
            test_parameters={"variant_a": {"tone": "warm"}},
            test_start_date=now - timedelta(days=1),
        )
    logins = [assistant.database.connect() for _ in range(4)]

    def assign(login: int, person: UUID) -> str | None:
        with assistant.of(person, logins[login]) as db:
            return ab_test_groups.assign_group(db, test_name="tone")

    for _ in range(6):
        person = assistant.person()
        assert len(set(at_once([partial(assign, n, person) for n in range(len(logins))]))) == 1
    with assistant.of(person) as db:
        (test,) = ab_tests.list_tests(db)
        (group,) = ab_test_groups.list_groups(db)
        assert group.group_name in test.groups
        assert ab_test_groups.leave_test(db, test_name="tone") == 1
        assert ab_test_groups.assign_group(db, test_name="tone") is None
    with assistant.worker() as jobs:
        counted = ab_test_groups.count_groups(jobs, test_name="tone")
        assert sum(row.people for row in counted) == 6
        assert sum(row.active_people for row in counted) == 5
        assert ab_tests.stop_test(jobs, test_name="tone") == 1
    with assistant.of(person) as db, pytest.raises(ExperimentNotRunning):
        ab_test_groups.assign_group(db, test_name="tone")


def test_a_person_asks_to_be_forgotten(assistant: Assistant) -> None:
    """[A-18] [A-46] The code confirms it, and the request is seen until it is done."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        asked = data_deletion_requests.request_erasure(db)
        assert asked.code is not None
        answer = data_deletion_requests.confirm_request(
            db, request_id=asked.request_id, code="wrong"
        )
        assert answer == "rejected"
        answer = data_deletion_requests.confirm_request(
            db, request_id=asked.request_id, code=asked.code
        )
        assert answer == "verified"
        (listed,) = data_deletion_requests.list_deletion_requests(db)
        assert (listed.id, listed.status, listed.verified) == (asked.request_id, "pending", True)
    with assistant.of(assistant.person()) as db:
        assert data_deletion_requests.list_deletion_requests(db) == []


def test_runners_and_screens_want_the_same_recommendations(assistant: Assistant) -> None:
    """[A-15.12] [A-15.13] Each expires once or is dismissed once, whoever is quicker."""
    mira = assistant.person()
    _recommend(assistant, mira, *([1, 2, 3, 4, 5] * 8))
    ids = assistant.ask(
        "UPDATE astroloh.recommendations SET created_at = now() - interval '2 hours',"
        " expires_at = now() - interval '1 hour' RETURNING id"
    )
    runners = [assistant.database.connect("strongroom_runner") for _ in range(3)]
    screen = assistant.database.connect()

    def expire(number: int) -> int:
        row = runners[number].execute("SELECT astroloh.expire_recommendations()").fetchone()
        assert row is not None
        return int(row[0])

    def dismiss() -> int:
        with assistant.of(mira, screen) as db:
            return sum(recommendations.dismiss_recommendation(db, id=which) for (which,) in ids)

    tasks: list[Callable[[], int]] = [*(partial(expire, n) for n in range(3)), dismiss]
    *expired, dismissed = at_once(tasks)
    left = sum(expire(number) for number in range(3))
    assert sum(expired) + dismissed + left == len(ids)
    states = dict(
        assistant.ask("SELECT status, count(*) FROM astroloh.recommendations GROUP BY status")
    )
    assert states.get("expired", 0) == sum(expired) + left
    assert states.get("dismissed", 0) == dismissed


def test_two_reviews_take_each_person_once(assistant: Assistant) -> None:
    """[A-25] [A-26] [A-F8] [A-F10] Whoever runs it; and who came back is not taken."""
    people = [assistant.person() for _ in range(12)]
    assistant.ask(
        "UPDATE astroloh.users SET last_accessed = now() - interval '400 days' RETURNING id"
    )
    with assistant.of(people[0]) as db:
        users.touch_user(db)
    runners = [assistant.database.connect("strongroom_runner") for _ in range(3)]

    def review(number: int) -> int:
        row = runners[number].execute("SELECT astroloh.enforce_data_retention()").fetchone()
        assert row is not None
        return int(row[0])

    assert sum(at_once([partial(review, number) for number in range(3)])) == 11
    assert review(0) == 0
    opened = assistant.ask(
        "SELECT subject FROM kernel.subject_request WHERE app = 'astroloh' AND kind = 'erasure'"
    )
    assert sorted(subject for (subject,) in opened) == sorted(str(one) for one in people[1:])
    assert assistant.ask(
        "SELECT method, count(*) FROM kernel.consent_event WHERE app = 'astroloh'"
        " AND NOT granted GROUP BY method"
    ) == [("retention", 11)]
    ((told,),) = assistant.ask(
        "SELECT sum(substring(description FROM '^[0-9]+')::integer) FROM astroloh.security_logs"
        " WHERE event_type = 'data_retention'"
    )
    assert told == 11
    with assistant.of(people[0]) as db:
        assert users.get_user(db).may_process
    with assistant.of(people[1]) as db:
        assert not users.get_user(db).may_process
