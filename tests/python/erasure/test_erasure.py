"""A person is erased, and nobody else."""

from __future__ import annotations

import pytest

from tests.python.erasure.conftest import House

pytestmark = pytest.mark.ends


def test_a_person_goes_and_all_others_stay(house: House) -> None:
    """[A-46] [A-F26] In batches, children first, with evidence of what went and what was kept."""
    before = house.others(2)
    done = house.erase(house.approved(2))
    assert (done.state, done.reason) == ("done", None), house.said
    assert done.rounds == 1
    vacuumed = {line.removeprefix("vacuum ") for line in house.said if line.startswith("vacuum")}
    assert vacuumed >= {
        "probe.posts",
        "probe.likes",
        "probe.letters",
        "probe.users",
        "probe.notes_1",
    }
    assert house.left(2) == {}
    assert house.others(2) == before
    house.check(done.request, 2)


def test_the_evidence_tells_what_was_done_and_not_to_whom(house: House) -> None:
    """[A-F6] [S-F4] [X-3] It outlives the person under a pseudonym, and the request forgets who."""
    request = house.approved(2)
    assert house.erase(request).state == "done"
    act, log, pseudonym, lasts = house.query(
        "SELECT act, log, pseudonym, keep_until >= finished_at + interval '3 years'"
        " FROM kernel.erasure_evidence WHERE id = %s",
        request,
    )[0]
    assert lasts
    assert act["subject"] == bytes(pseudonym).hex()
    assert act["categories"] == ["content", "identifier"]
    tables = {entry["table"]: (entry["action"], entry["rows"]) for entry in act["tables"]}
    assert tables == {
        "probe.posts": ("delete", 120),
        "probe.likes": ("delete", 3),
        "probe.letters": ("change", 6),
        'probe."no""tes;--"': ("delete", 120),
        "probe.users": ("change", 1),
    }
    assert act["kept"] == [
        {
            "table": "probe.payments",
            "columns": ["amount"],
            "reasons": ["the tax office wants it"],
            "rows": 5,
        }
    ]
    steps = [entry["step"] for entry in log if "step" in entry]
    assert steps.index("rows") < steps.index("scan") < steps.index("vacuum")
    assert "name of 2" not in str((act, log))
    assert house.query(
        "SELECT subject, state, code_hash FROM kernel.subject_request WHERE id = %s", request
    ) == [(None, "done", None)]
    assert house.query("SELECT name, erased_at IS NULL FROM probe.users WHERE id = 2") == [
        ("gone 2", False)
    ]


def test_only_what_is_the_persons_in_a_row_of_two_goes(house: House) -> None:
    house.erase(house.approved(2))
    assert house.query(
        "SELECT sender, recipient, body FROM probe.letters WHERE id IN (21, 12) ORDER BY id"
    ) == [(1, None, "letter of 1 to 2"), (None, 1, None)]


def test_rows_on_hold_stay_and_go_when_they_are_released(house: House) -> None:
    """All else goes meanwhile; the keys and the audit log wait with the rows."""
    before = house.others(2)
    request = house.approved(2)
    hold = house.value(
        "SELECT kernel.place_hold('case', p_table => 'probe.posts',"
        ' p_row_key => \'{"user_id": 2, "id": 7}\')'
    )
    held = house.erase(request)
    assert (held.state, held.reason) == ("held", "a legal hold keeps rows of probe.posts")
    assert set(house.left(2)) == {"probe.posts"}
    # What the row that is held refers to, one after the other.
    assert house.left(2)["probe.posts"] == 7
    house.check(request, 2)
    assert house.value("SELECT kernel.tend_requests()") == 0
    assert house.erase(request).state == "held"
    house.admin.execute("SELECT kernel.release_hold(%s, 'closed')", (hold,))
    assert house.value("SELECT kernel.tend_requests()") == 1
    assert house.erase(request).state == "done"
    assert house.others(2) == before
    house.check(request, 2)


def test_a_person_on_hold_is_not_touched(house: House) -> None:
    before = house.left(2)
    request = house.approved(2)
    hold = house.value("SELECT kernel.place_hold('case', 'probe', '2')")
    assert house.erase(request).state == "held"
    assert house.left(2) == before
    assert house.query("SELECT FROM kernel.erasure_step") == []
    house.admin.execute("SELECT kernel.release_hold(%s, 'closed')", (hold,))
    house.admin.execute("SELECT kernel.tend_requests()")
    assert house.erase(request).state == "done"


def test_what_fails_says_why_and_is_tried_again_by_the_same_term(house: House) -> None:
    """A row that others refer to, a trigger that keeps rows in silence, a mask that never ends."""
    due = "SELECT due_at FROM kernel.subject_request WHERE id = %s"
    request = house.approved(2)
    first = house.value(due, request)
    house.admin.execute("INSERT INTO probe.likes VALUES (1, 2, 5)")
    failed = house.erase(request)
    assert (failed.state, failed.reason) == ("failed", "SQLSTATE KR096 in step rows probe.posts")
    house.check(request, 2)

    house.admin.execute("DELETE FROM probe.likes WHERE user_id = 1 AND author = 2")
    house.admin.execute(
        "CREATE FUNCTION probe.keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
        "CREATE TRIGGER t BEFORE DELETE ON probe.posts FOR EACH ROW EXECUTE FUNCTION probe.keep()"
    )
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(request).reason == "SQLSTATE KR096 in step rows probe.posts"

    house.admin.execute("DROP TRIGGER t ON probe.posts")
    house.admin.execute(
        "COMMENT ON COLUMN probe.users.name IS"
        " E'The name.\\n@personal identifier\\n@erase mask gen_random_uuid()'"
    )
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(request).reason == "SQLSTATE KR096 in step rows probe.users"

    house.admin.execute(
        "COMMENT ON COLUMN probe.users.name IS E'The name.\\n@personal identifier\\n@erase null'"
    )
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(request).state == "done"
    assert house.value(due, request) == first
    house.check(request, 2)


def test_a_table_that_says_nothing_stops_the_erasure_before_it_begins(house: House) -> None:
    before = house.left(2)
    request = house.approved(2)
    house.admin.execute("COMMENT ON COLUMN probe.posts.body IS 'Words.'")
    failed = house.erase(request)
    assert (failed.state, failed.reason) == ("failed", "SQLSTATE KR095 in step plan")
    house.admin.execute(
        "COMMENT ON COLUMN probe.posts.body IS E'Words.\\n@personal content\\n@erase delete'"
    )
    assert house.left(2) == before
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(request).state == "done"


def test_a_copy_that_nobody_knew_of_stops_the_erasure_until_somebody_looks(house: House) -> None:
    """[A-46] Every column is searched, not only those that are said to be personal."""
    request = house.approved(2)
    house.admin.execute(
        "UPDATE probe.posts SET body = 'The password is xyzzy-plugh-42'"
        " WHERE (user_id, id) = (2, 1);"
        "CREATE TABLE public.cache (document jsonb);"
        "GRANT SELECT ON public.cache TO strongroom_owner;"
        "GRANT USAGE ON SCHEMA public TO strongroom_owner;"
        'INSERT INTO public.cache VALUES (\'{"a": ["the password is XYZZY-plugh-42"]}\'),'
        " ('[\"nothing\"]')"
    )
    failed = house.erase(request)
    assert (failed.state, failed.reason) == (
        "failed",
        "something of the person is left in public.cache.document",
    )
    house.check(request, 2)
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(request).state == "failed"
    house.admin.execute(
        "SELECT kernel.accept_trace(%s, 'public.cache', 'document', 'a test')", (request,)
    )
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(request).state == "done"
    assert (
        house.value(
            "SELECT act -> 'accepted_traces' -> 0 ->> 'accepted_reason'"
            " FROM kernel.erasure_evidence WHERE id = %s",
            request,
        )
        == "a test"
    )
    house.check(request, 2)


def test_tarot_keeps_the_ledger_and_forgets_the_person(house: House) -> None:
    """[A-46] [X-3] A tombstone is left of the person, and the figures go on adding up."""
    admin = house.admin
    anna, bert = (
        house.value("SELECT tarot.register_user(%s, %s)", number, name)
        for number, name in ((991_001, "anna_k"), (991_002, "bert_k"))
    )
    cards = house.value(
        "SELECT json_build_array(json_build_object("
        "'card', (tarot.deck())[1], 'position', 1, 'reversed', false))::text"
    )
    for person in (anna, bert):
        admin.execute("SELECT tarot.grant_bonus(%s, 50, 'start')", (person,))
        with admin.transaction():
            admin.execute("SELECT set_config('kernel.user_id', %s, true)", (str(person),))
            for n in range(5):
                admin.execute(
                    "SELECT tarot.draw_reading('single', 'shall I?', %s, 'yes', %s)",
                    (cards, f"draw {n}"),
                )
            admin.execute("SELECT tarot.start_purchase(100, %s, 'buy')", (f"pay {person}",))
    admin.execute("SELECT tarot.complete_purchase(%s)", (f"pay {anna}",))
    ledger = house.query("SELECT * FROM tarot.transactions ORDER BY user_id, id")
    others = house.query("SELECT u FROM tarot.users AS u WHERE id <> %s", anna)

    request = house.approved(anna, "tarot")
    done = house.erase(request)
    assert (done.state, done.rows) == ("done", 6), done
    assert house.query("SELECT * FROM tarot.ledger_breaks") == []
    assert house.query("SELECT * FROM tarot.transactions ORDER BY user_id, id") == ledger
    assert house.query("SELECT u FROM tarot.users AS u WHERE id <> %s", anna) == others
    assert house.query(
        "SELECT telegram_id, username, is_active, created_at = erased_at"
        " FROM tarot.users WHERE id = %s",
        anna,
    ) == [(-anna, None, False, True)]
    assert house.query("SELECT user_id, count(*) FROM tarot.readings GROUP BY 1") == [(bert, 5)]
    assert house.query("SELECT user_id FROM tarot.readings_live WHERE user_id = %s", anna) == []
    assert house.query("SELECT tarot.find_user(991001)") == []
    assert (
        house.value(
            "SELECT count(*) FROM kernel.audit_inbox WHERE opening IS NOT NULL"
            " AND app = 'tarot' AND subject = %s",
            str(anna),
        )
        == 0
    )
