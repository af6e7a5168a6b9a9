"""Erasure beside writers, holds and other erasers: step by step, on two connections."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from strongroom.subject.eraser import due_erasures, erase
from tests.python.erasure.conftest import KEY_ID, House, Keys

pytestmark = pytest.mark.ends

_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND pid = ANY (%s)"
_STEP = "SELECT kernel.run_erasure_step(%s, 50)"


@contextmanager
def _aside(work: Callable[[], Any]) -> Iterator[Future[Any]]:
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work)


def _wait_until_it_waits(house: House, pid: int, done: Future[Any]) -> None:
    for _ in range(1000):
        if house.value(_WAITING, [pid]):
            return
        assert not done.done(), done
        time.sleep(0.005)
    raise AssertionError("nobody waits")


def _run_to(house: House, request: Any, kind: str) -> None:
    """Steps one after the other, until one of this kind is next."""
    runner = house.runner()
    query = "SELECT (kernel.next_erasure_step(%s)).kind"
    while house.value(query, request) != kind:
        assert runner.execute(_STEP, (request,)).fetchone() != (0,)


def test_rows_that_are_written_meanwhile_go_too(house: House) -> None:
    """[A-46] What comes between the steps is found by the last look, and everything begins anew."""
    before = house.others(2)
    request = house.approved(2)
    _run_to(house, request, "vacuum")
    house.admin.execute("INSERT INTO probe.posts VALUES (2, 999, 'one more')")
    house.admin.execute("UPDATE probe.users SET name = 'me again' WHERE id = 2")
    done = house.erase(request)
    assert (done.state, done.rounds) == ("done", 2)
    assert house.others(2) == before
    house.check(request, 2)
    assert house.value(
        'SELECT act -> \'tables\' @> \'[{"table": "probe.posts", "rows": 121}]\''
        " FROM kernel.erasure_evidence WHERE id = %s",
        request,
    )


def test_the_end_waits_for_a_writer_and_sees_what_it_wrote(house: House) -> None:
    """No row slips between the last look and the end."""
    request = house.approved(2)
    seen: list[bool] = []
    writer = house.database.connect("postgres", autocommit=False)
    _run_to(house, request, "vacuum")
    house.admin.execute(
        "UPDATE kernel.erasure_step SET state = 'done', finished_at = now()"
        " WHERE request_id = %s AND kind = 'vacuum'",
        (request,),
    )
    runner = house.runner()
    writer.execute("INSERT INTO probe.posts VALUES (2, 999, 'in time')")

    def finish() -> None:
        row = runner.execute(
            "SELECT kernel.finish_erasure(%s, %s, %s)", (request, b"x" * 32, KEY_ID)
        ).fetchone()
        assert row is not None
        seen.append(row[0])

    with _aside(finish) as ending:
        _wait_until_it_waits(house, runner.info.backend_pid, ending)
        writer.commit()
        ending.result()
    assert seen == [False]
    assert house.state(request) == "running"
    assert house.erase(request).state == "done"
    house.check(request, 2)


def test_who_writes_all_the_time_makes_it_fail_and_not_lie(house: House) -> None:
    request = house.approved(2)
    number = iter(range(1000, 2000))

    def write() -> bool:
        if house.value("SELECT (kernel.next_erasure_step(%s)).kind", request) == "scan":
            house.admin.execute("INSERT INTO probe.posts VALUES (2, %s, 'more')", (next(number),))
        return True

    failed = house.erase(request, limit=1000, may_go_on=write)
    assert (failed.state, failed.rounds) == ("failed", 11)
    assert failed.reason == "SQLSTATE KR098 in step tokens (somebody goes on writing)"
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    house.check(request, 2)


def test_two_erasers_of_one_person_do_the_work_once(house: House) -> None:
    before = house.others(2)
    request = house.approved(2)
    assert due_erasures(house.runner()) == [request]
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: house.erase(request, limit=7), range(2)))
    assert {done.state for done in both} <= {"done", "running"}
    house.erase(request)
    house.check(request, 2)
    assert house.others(2) == before
    assert (
        house.value(
            "SELECT sum(row_count) FROM kernel.destruction_record"
            " WHERE relation_name = 'probe.posts'"
        )
        == 120
    )


def test_somebody_else_vacuums_for_long(house: House) -> None:
    """Others are in the way, which is no error: the next run goes on."""
    request = house.approved(2)
    other = house.database.connect("postgres", autocommit=False)

    def say(text: str) -> None:
        if text == "vacuum probe.posts":
            other.execute("LOCK TABLE probe.posts IN SHARE UPDATE EXCLUSIVE MODE")

    done = erase(house.runner(), request, Keys(), KEY_ID, say)
    assert done.state == "running"
    other.rollback()
    assert house.erase(request).state == "done"


def test_two_people_are_erased_beside_each_other(house: House) -> None:
    """They share a letter; each takes their own half."""
    requests = {2: house.approved(2), 3: house.approved(3)}
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda request: house.erase(request, limit=9), requests.values()))
    for person, request in requests.items():
        house.erase(request)
        house.check(request, person)
        assert house.state(request) == "done"
    assert (
        house.query("SELECT sender, recipient, body FROM probe.letters WHERE id IN (23, 32)")
        == [(None, None, None)] * 2
    )
    assert house.value("SELECT count(*) FROM probe.posts") == 240
    assert house.value("SELECT count(*) FROM kernel.erasure_ledger") == 2


def test_a_hold_that_is_being_placed_is_waited_for(house: House) -> None:
    """A batch that begins before the hold is committed destroys nothing after it."""
    before = house.left(2)
    request = house.approved(2)
    placing, runner = house.runner(autocommit=False), house.runner()
    placing.execute("SELECT kernel.place_hold('case', 'probe', '2')")
    with _aside(lambda: house.erase(request, connection=runner)) as erasing:
        _wait_until_it_waits(house, runner.info.backend_pid, erasing)
        placing.commit()
        assert erasing.result().state == "held"
    assert house.left(2) == before


def test_a_hold_waits_for_the_batch_and_keeps_what_is_left(house: House) -> None:
    request = house.approved(2)
    _run_to(house, request, "rows")
    batch, placing = house.runner(autocommit=False), house.runner()
    batch.execute(_STEP, (request,))
    hold = "SELECT kernel.place_hold('case', 'probe', '2')"
    with _aside(lambda: placing.execute(hold.encode())) as held:
        _wait_until_it_waits(house, placing.info.backend_pid, held)
        batch.commit()
        held.result()
    left = house.left(2)
    assert left
    assert house.erase(request).state == "held"
    assert house.left(2) == left


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_an_old_snapshot_erases_nothing(any_house: House, level: str) -> None:
    request = any_house.approved(2)
    before = any_house.left(2)
    runner = any_house.runner()
    runner.execute(f"SET default_transaction_isolation TO '{level}'".encode())
    with pytest.raises(psycopg.Error) as raised:
        runner.execute(_STEP, (request,))
    assert raised.value.sqlstate == "KR045"
    assert any_house.left(2) == before
    # The loop sets what it needs, and gives back what was there.
    assert any_house.erase(request, connection=runner).state == "done"
    assert runner.execute("SHOW default_transaction_isolation").fetchone() == (level.lower(),)


def test_a_snapshot_that_still_sees_the_rows_is_outwaited(any_house: House) -> None:
    """VACUUM would leave them in the files, so nothing is called done meanwhile."""
    from strongroom.subject.eraser import erase

    house = any_house
    request = house.approved(2)
    reader = house.database.connect("postgres", autocommit=False)
    reader.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
    reader.execute("SELECT count(*) FROM probe.posts")
    waiting = erase(house.runner(), request, Keys(), KEY_ID, house.said.append, patience=0.3)
    assert waiting.state == "running"
    assert house.said[-1] == "vacuum: older transactions go on"
    reader.commit()
    assert house.erase(request).state == "done"
