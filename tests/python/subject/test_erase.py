"""`strongroom subject erase`: what it shows, what it asks for, and how it ends."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from strongroom.errors import UsageError
from strongroom.sealing import EnvironmentKeys
from strongroom.subject.eraser import erase
from tests.python.fix_databases import Database
from tests.python.sealing.conftest import new_keys, register
from tests.python.subject.conftest import Office, open_office

TAGS = "COMMENT ON COLUMN tarot.births.{} IS E'It.\\n@internal'"


@pytest.fixture
def office(any_database: Database) -> Office:
    """With a key for the evidence."""
    office = open_office(any_database)
    for column in ("user_id", "id", "seen", "updated_at"):
        office.admin.execute(TAGS.format(column).encode())
    office.environment.update(new_keys("tarot.people.1"))
    keys = EnvironmentKeys(office.environment)
    with office.database.connect("strongroom_runner") as runner:
        register(runner, keys, "tarot.people.1", "pseudonym")
    office.seal(office.anna, 1, date(1990, 5, 17), "Omsk")
    return office


def means(office: Office) -> tuple[str, ...]:
    return ("erase", "tarot", str(office.anna), "--yes-i-mean", f"tarot/{office.anna}")


def username(office: Office) -> str | None:
    found: str | None = office.value("SELECT username FROM tarot.users WHERE id = %s", office.anna)
    return found


def test_a_preview_changes_nothing(office: Office) -> None:
    tables = office.json("erase", "tarot", str(office.anna), "--preview")["tables"]
    rows = {t["table"]: (t["action"], t["rows"]) for t in tables}
    assert rows["tarot.births"][1] == 1
    assert rows["tarot.users"] == ("change", 1)
    assert rows["tarot.transactions"][0] == "keep"
    assert username(office) == "anna_k"
    assert office.value("SELECT count(*) FROM kernel.subject_request") == 0
    code, _, said = office.call("erase", "tarot", str(office.anna), "--preview")
    assert (code, "the ledger is kept" in said) == (0, True)


def test_a_person_is_erased_and_the_answer_names_nobody(office: Office) -> None:
    """[A-46] From the question to the evidence, in one call."""
    code, out, said = office.call(*means(office), "--by", "olga", "--regime", "fz152")
    assert code == 0, said
    assert "done" in out
    assert "anna_k" not in out + said
    assert username(office) is None
    assert office.query("SELECT state, regime, subject FROM kernel.subject_request") == [
        ("done", "fz152", None)
    ]
    assert office.value("SELECT count(*) FROM kernel.subject_key WHERE subject IS NOT NULL") == 0
    # Nothing is left to erase, and that is done, too.
    assert office.json(*means(office))["state"] == "done"


def test_somebody_else_must_agree_where_the_app_wants_it(office: Office) -> None:
    office.admin.execute(
        "INSERT INTO kernel.request_policy (app, four_eyes) VALUES ('tarot', true)"
    )
    code, _, said = office.call(*means(office), "--by", "olga")
    assert (code, "somebody else to approve" in said) == (3, True)
    assert username(office) == "anna_k"
    assert office.json(*means(office), "--by", "pavel")["state"] == "done"


def test_a_hold_is_waited_for(office: Office) -> None:
    held = office.value("SELECT kernel.place_hold('case', 'tarot', %s)", str(office.anna))
    code, out, _ = office.call(*means(office), "--json")
    assert (code, '"state": "held"' in out) == (3, True)
    assert username(office) == "anna_k"
    office.admin.execute("SELECT kernel.release_hold(%s::bigint, 'closed')", (held,))
    assert office.json(*means(office))["state"] == "done"


def test_what_is_missing_is_said_before_anything_is_opened(office: Office, tmp_path: Path) -> None:
    code, _, said = office.call(*means(office), keys=False)
    assert (code, "tarot.people.1 is missing" in said) == (2, True)
    genuine = dict(office.environment)
    office.environment.update(new_keys("tarot.people.1"))
    code, _, said = office.call(*means(office))
    assert (code, "not the one that was registered" in said) == (1, True)
    office.environment.update(genuine)
    code, _, said = office.call("erase", "tarot", str(office.anna))
    assert (code, "nobody is there to ask" in said) == (2, True)
    code, _, said = office.call("erase", "tarot", "x", "--yes-i-mean", "tarot/x")
    assert code == 2
    code, _, said = office.call(*means(office), "--regime", "none")
    assert (code, "--regime is gdpr or fz152, not none" in said) == (2, True)
    assert office.value("SELECT count(*) FROM kernel.subject_request") == 0
    assert username(office) == "anna_k"


def test_a_database_of_a_stricter_isolation_makes_no_difference(office: Office) -> None:
    database = office.value("SELECT current_database()")
    office.admin.execute(
        f"ALTER DATABASE {database} SET default_transaction_isolation = 'serializable'".encode()
    )
    person = str(office.anna)
    correct = ("rectify", "tarot", person, "--table", "tarot.users", "--key", f"id={person}")
    mean = ("--yes-i-mean", f"tarot/{person}")
    assert office.json(*correct, "--set", "username=a", "--reason", "letter", *mean) == {"rows": 1}
    assert office.json(*means(office))["state"] == "done"


def test_an_id_that_nobody_has_is_refused(office: Office) -> None:
    """Not done with no rows: it may be a slip of the pen."""
    nobody = ("erase", "tarot", "4711", "--yes-i-mean", "tarot/4711")
    code, _, said = office.call(*nobody)
    assert (code, "nobody of app tarot has this id" in said) == (2, True)
    code, _, said = office.call("erase", "tarot", "4711", "--preview")
    assert (code, "nobody of app tarot has this id" in said) == (0, True)
    assert office.value("SELECT count(*) FROM kernel.subject_request") == 0
    assert office.json(*nobody, "--even-if-nobody")["state"] == "done"
    # What was begun goes on, also when no row is left by then.
    office.admin.execute(
        "SELECT kernel.approve_request(kernel.open_request('tarot', '4712', 'erasure'))"
    )
    going = ("erase", "tarot", "4712", "--yes-i-mean", "tarot/4712")
    assert office.json(*going)["state"] == "done"


def test_the_status_of_a_person_takes_every_spelling_of_the_id(office: Office) -> None:
    office.admin.execute("SELECT kernel.open_request('tarot', '4711', 'access')")
    for spelling in ("4711", " 04711 ", "+4711"):
        assert len(office.json("status", "--subject", spelling)["requests"]) == 1
        assert len(office.json("status", "--app", "tarot", "--subject", spelling)["requests"]) == 1
    assert office.json("status", "--subject", "4712")["requests"] == []
    assert office.json("status", "--subject", "no number")["requests"] == []
    code, _, said = office.call("status", "--app", "tarot", "--subject", "no number")
    assert (code, "no user id of app tarot" in said) == (2, True)


def test_the_function_refuses_another_key_as_the_command_does(office: Office) -> None:
    [(request,)] = office.query(
        "SELECT kernel.open_request('tarot', %s, 'erasure')", str(office.anna)
    )
    office.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    other = EnvironmentKeys(new_keys("tarot.people.1"))
    with (
        office.database.connect("strongroom_runner") as runner,
        pytest.raises(UsageError, match="not the one that was registered"),
    ):
        erase(runner, request, other, "tarot.people.1", lambda _: None)
    assert username(office) == "anna_k"


def test_a_mask_that_fails_shows_no_value(office: Office) -> None:
    office.admin.execute(
        b"COMMENT ON COLUMN tarot.users.telegram_id IS"
        b" E'It.\\n@personal identifier\\n@erase mask (''x'' || username)::bigint'"
    )
    code, told, said = office.call("erase", "tarot", str(office.anna), "--preview")
    assert (code, "22P02" in said) == (1, True)
    assert "anna_k" not in told + said
