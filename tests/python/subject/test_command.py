"""`strongroom subject rectify | hold | status`, as people and programs call them."""

from __future__ import annotations

from tests.python.subject.conftest import Office


def test_a_wrong_value_is_corrected(offices: Office) -> None:
    """After somebody typed who is meant; who did it, and for what case, is kept."""
    office = offices
    person = str(office.anna)
    ask = ("rectify", "tarot", person, "--table", "tarot.users", "--key", f"id={person}")
    change = (*ask, "--set", "username=Анна", "--reason", "letter 7", "--by", "olga")
    code, _, said = office.call(*change)
    assert (code, "nobody is there to ask" in said) == (2, True)
    code, _, said = office.call(*change, "--yes-i-mean", f"tarot/{office.boris}")
    assert (code, "another person" in said) == (2, True)
    assert office.value("SELECT username FROM tarot.users WHERE id = %s", office.anna) == "anna_k"

    assert office.json(*change, "--yes-i-mean", f"tarot/{person}") == {"rows": 1}
    assert office.query("SELECT id, username FROM tarot.users ORDER BY id") == [
        (office.anna, "Анна"),
        (office.boris, "boris"),
    ]
    assert office.query(
        "SELECT actor, request_id, operation FROM kernel.audit_entries"
        " WHERE request_id = 'letter 7' ORDER BY id"
    ) == [("olga", "letter 7", "UPDATE"), ("olga", "letter 7", "ACCESS")]


def test_errors_of_a_correction_name_no_value(office: Office) -> None:
    person = str(office.anna)
    ask = ("rectify", "tarot", person, "--table", "tarot.users", "--yes-i-mean", f"tarot/{person}")
    for key, change in (
        (f"id={person}", "last_active_at=secret"),
        (f"id={person}", 'username="' + "secret" * 50 + '"'),
        (f"id={person}", "telegram_id=-7777"),
        (f"id={office.boris}", "username=secret"),
        ("secret", "username=secret"),
        (f"id={person}", "secret"),
        (f"id={person}", "secret=secret"),
    ):
        code, out, said = office.call(*ask, "--key", key, "--set", change, "--reason", "r")
        assert (code, out) == (2, "")
        assert "secret" not in said
        assert "7777" not in said
    assert office.value("SELECT username FROM tarot.users WHERE id = %s", office.anna) == "anna_k"


def test_a_hold_keeps_a_person(office: Office) -> None:
    person = str(office.anna)
    means = ("--yes-i-mean", f"tarot/{person}")
    assert office.json("hold", "tarot", person, "--reason", "case 1", *means)["hold"] > 0
    ask = ("rectify", "tarot", person, "--table", "tarot.users", "--key", f"id={person}", *means)
    code, _, said = office.call(*ask, "--set", "username=x", "--reason", "r")
    assert (code, "KR026" in said) == (1, True)


def test_requests_are_shown_by_their_terms(office: Office) -> None:
    assert office.json("status") == {"requests": []}
    for kind, person in (("access", office.anna), ("erasure", office.boris)):
        office.admin.execute("SELECT kernel.open_request('tarot', %s, %s)", (str(person), kind))
    code, out, said = office.call("status", "--app", "tarrot")
    assert (code, out, "there is no app tarrot" in said) == (2, "", True)
    found = office.json("status", "--app", "tarot")["requests"]
    assert {(r["kind"], r["state"], r["is_overdue"]) for r in found} == {
        ("access", "verified", False),
        ("erasure", "verified", False),
    }
    [one] = office.json("status", "--subject", str(office.anna))["requests"]
    assert one["kind"] == "access"
    assert set(one) == {
        *("request", "app", "kind", "regime", "state", "state_reason", "due_at", "is_overdue")
    }
    assert "erasure" in office.call("status")[1]


def test_an_overdue_request_is_an_answer_of_its_own(office: Office) -> None:
    office.admin.execute("SELECT kernel.open_request('tarot', %s, 'access')", (str(office.anna),))
    office.admin.execute("SET session_replication_role = replica")
    office.admin.execute("UPDATE kernel.subject_request SET due_at = now() - interval '1 day'")
    code, out, said = office.call("status", "--json")
    assert (code, "1 requests are overdue" in said) == (3, True)
    assert '"is_overdue": true' in out
