"""What somebody agreed to can still be shown when nobody can tell any more who that was."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from strongroom.subject.pseudonyms import pseudonym
from tests.python.consent.conftest import KEY_ID, Desk, give, has, withdraw
from tests.python.erasure.conftest import Keys

pytestmark = pytest.mark.ends

_NAME = "anna_of_omsk"
_EVENTS = """
SELECT granted, version, method, subject, actor, evidence, pseudonym, key_id
FROM kernel.consent_event
WHERE app = 'tarot' AND (subject IS NULL OR subject = '1')
ORDER BY id
"""
_EXPORT = "SELECT kernel.export_subject('tarot', '1') #> '{data,kernel.consent_event}'"


def _run_to(desk: Desk, request: Any, kind: str) -> None:
    runner = desk.database.connect("strongroom_runner")
    while desk.value("SELECT (kernel.next_erasure_step(%s)).kind", request) != kind:
        runner.execute("SELECT kernel.run_erasure_step(%s)", (request,))


def _say(desk: Desk) -> None:
    """Anna agrees, with her name where it should not be; a worker who is her takes it back."""
    anna = desk.person(1)
    assert give(anna, evidence=f'{{"note": "{_NAME}"}}')
    worker = desk.database.connect(role="tarot_worker", app="tarot", user_id=1)
    worker.execute("SELECT set_config('kernel.actor', %s, false)", (_NAME,))
    assert withdraw(worker)
    assert give(anna)
    assert give(desk.person(2), evidence='{"build": "7"}')


def test_consents_outlive_the_person_under_a_pseudonym(desk: Desk) -> None:
    """[X-2] [X-3] [P-F14] [S-F4] Wording, time and way stay; who it was needs the key."""
    _say(desk)
    others = desk.admin.execute("SELECT * FROM kernel.consent_event WHERE subject = '2'").fetchall()
    done = desk.erase(desk.approved(1))
    assert (done.state, done.reason) == ("done", None)
    name = pseudonym(Keys(), KEY_ID, "tarot", "1")
    assert desk.admin.execute(_EVENTS).fetchall() == [
        (True, 1, "checkbox", None, "person", {}, name, KEY_ID),
        (False, 1, "menu", None, "worker", {}, name, KEY_ID),
        (True, 1, "checkbox", None, "person", {}, name, KEY_ID),
    ]
    act = desk.value("SELECT act FROM kernel.erasure_evidence WHERE id = %s", done.request)
    assert act["consents"] == 3
    assert not has(desk.person(1))
    assert others == (
        desk.admin.execute("SELECT * FROM kernel.consent_event WHERE subject = '2'").fetchall()
    )
    assert has(desk.person(2))
    left = desk.admin.execute("SELECT * FROM kernel.subject_traces('tarot', %s)", ([_NAME],))
    assert [row for row in left if row[2]] == []


def test_an_export_shows_each_event_with_its_wording(desk: Desk) -> None:
    """[A-47] [X-2] And nobody of the staff, nor anybody else."""
    _say(desk)
    desk.admin.execute("SELECT set_config('kernel.actor', 'olga', false)")
    found = desk.value(_EXPORT)
    assert [event["granted"] for event in found] == [True, False, True]
    assert {event["wording"] for event in found} == {"We keep your questions."}
    assert found[0]["evidence"] == {"note": _NAME}
    assert found[0].keys() == {
        "id", "purpose", "granted", "given_at", "method", "evidence", "version", "language",
        "wording",
    }  # fmt: skip


def test_a_consent_that_comes_during_the_erasure_is_not_missed(desk: Desk) -> None:
    """[X-3] After its step, before its end; and while it ends."""
    _say(desk)
    request = desk.approved(1)
    _run_to(desk, request, "vacuum")
    anna = desk.person(1)
    assert withdraw(anna)
    late = desk.person(1, autocommit=False)
    assert give(late, evidence=f'{{"note": "{_NAME}"}}')
    desk.admin.execute(
        "UPDATE kernel.erasure_step SET state = 'done', finished_at = now()"
        " WHERE request_id = %s AND kind = 'vacuum'",
        (request,),
    )
    runner = desk.database.connect("strongroom_runner")
    runner.execute("SET lock_timeout = '30s'")
    finish = "SELECT kernel.finish_erasure(%s, %s, %s)"
    with ThreadPoolExecutor(1) as pool:
        end = pool.submit(lambda: runner.execute(finish, (request, b"x" * 32, "k")).fetchone())
        while not desk.value(
            "SELECT count(*) FROM pg_locks WHERE pid = %s AND NOT granted",
            runner.info.backend_pid,
        ):
            assert not end.done()
            time.sleep(0.005)
        late.commit()
        assert end.result() == (True,)
    said = desk.admin.execute(_EVENTS).fetchall()
    assert [row[0] for row in said] == [True, False, True, False, True]
    assert {(row[3], str(row[5])) for row in said} == {(None, "{}")}


def test_a_hold_keeps_consents_as_they_are(desk: Desk) -> None:
    _say(desk)
    before = desk.admin.execute(_EVENTS).fetchall()
    desk.admin.execute("SELECT kernel.place_hold('case', 'tarot', '1')")
    assert desk.erase(desk.approved(1)).state == "held"
    assert desk.admin.execute(_EVENTS).fetchall() == before


def test_events_of_the_erased_go_after_three_years(desk: Desk) -> None:
    """[X-3] Not before, and not by hand."""
    _say(desk)
    desk.erase(desk.approved(1))
    tend = "SELECT kernel.tend_requests()"
    age = (
        "SET session_replication_role = replica;"
        "UPDATE kernel.consent_event SET erased_at = erased_at - interval '{}'"
        " WHERE erased_at IS NOT NULL; SET session_replication_role = origin"
    )
    desk.admin.execute(age.format("3 years -1 minute").encode())
    assert desk.value(tend) == 0
    desk.admin.execute(age.format("1 minute").encode())
    assert desk.value(tend) == 3
    assert desk.value("SELECT count(*) FROM kernel.consent_event") == 1
