"""Who says yes and no at once: step by step, on two connections."""

from __future__ import annotations

import random
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.python.consent.conftest import Desk, give, has, withdraw
from tests.python.fix_databases import Connection

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = %s"


def _wait_until_it_waits(desk: Desk, connection: Connection, done: Future[Any]) -> None:
    for _ in range(1000):
        if desk.value(_WAITING, connection.info.backend_pid):
            return
        assert not done.done(), done
        time.sleep(0.005)
    raise AssertionError("nobody waits")


@pytest.mark.parametrize("ends", ["commit", "rollback"])
def test_a_withdrawal_waits_for_a_consent_under_way(desk: Desk, ends: str) -> None:
    """[A-F10] What was said last is what holds, and nothing is withdrawn that was not given."""
    first, second = desk.person(1, autocommit=False), desk.person(1)
    assert give(first)
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(withdraw, second)
        _wait_until_it_waits(desk, second, later)
        getattr(first, ends)()
        assert later.result() is (ends == "commit")
    assert desk.events(1) == ([True, False] if ends == "commit" else [])
    assert not has(second)


def test_a_consent_waits_for_a_withdrawal_under_way(desk: Desk) -> None:
    first, second = desk.person(1, autocommit=False), desk.person(1)
    assert give(second)
    assert withdraw(first)
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(give, second)
        _wait_until_it_waits(desk, second, later)
        first.commit()
        assert later.result()
    assert desk.events(1) == [True, False, True]
    assert has(second)


def test_the_same_consent_twice_at_once_is_one_event(desk: Desk) -> None:
    """A double click."""
    first, second = desk.person(1, autocommit=False), desk.person(1)
    assert give(first)
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(give, second)
        _wait_until_it_waits(desk, second, later)
        first.commit()
        assert later.result() is False
    assert desk.events(1) == [True]


def test_others_do_not_wait(desk: Desk) -> None:
    first, second = desk.person(1, autocommit=False), desk.person(2)
    assert give(first)
    second.execute("SET lock_timeout = '1s'")
    assert give(second)
    first.rollback()


def test_a_storm_of_yes_and_no_is_one_story(desk: Desk) -> None:
    """Each event turns what the one before it said, and the last one is what holds."""

    def shout(seed: int) -> None:
        chance = random.Random(seed)
        connection = desk.person(1)
        for _ in range(40):
            chance.choice([give, withdraw])(connection)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(shout, range(4)))
    said = desk.events(1)
    assert said == [n % 2 == 0 for n in range(len(said))]
    assert len(said) > 10
    assert has(desk.person(1)) is said[-1]
    assert desk.value(
        "SELECT bool_and(ordered) FROM (SELECT given_at >= lag(given_at, 1, given_at)"
        " OVER (ORDER BY id) AS ordered FROM kernel.consent_event) AS e"
    )


@pytest.mark.parametrize(("body", "version"), [("We sell them.", 2), ("We rent them.", 3)])
def test_two_publishers_at_once(desk: Desk, body: str, version: int) -> None:
    """The same wording is published once; another one is the next version."""
    first = desk.database.connect("postgres", autocommit=False)
    query = "SELECT kernel.publish_consent_text('tarot', 'advice', 'en', %s)"
    assert first.execute(query, ("We sell them.",)).fetchone() == (2,)
    second = desk.database.connect(role="tarot_worker", app="tarot")
    with ThreadPoolExecutor(1) as pool:
        later = pool.submit(lambda: second.execute(query, (body,)).fetchone())
        _wait_until_it_waits(desk, second, later)
        first.commit()
        assert later.result() == (version,)


def test_a_restored_copy_tells_nobody_and_takes_no_consent(desk: Desk) -> None:
    connection = desk.person(1)
    assert give(connection)
    desk.admin.execute("SELECT kernel.close_gate('a copy')")
    for query in (
        "SELECT kernel.has_consent('advice')",
        "SELECT * FROM kernel.my_consents",
        "SELECT * FROM kernel.current_consent_text",
        "SELECT kernel.withdraw_consent('advice', 'menu')",
    ):
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(query)
        assert refused.value.sqlstate == "KR100", query
