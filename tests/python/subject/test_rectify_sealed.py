"""Corrections of sealed fields: sealed by the command, checked by the database, audited."""

from __future__ import annotations

import json
from datetime import date

import psycopg
import pytest

from strongroom.sealing import EnvironmentKeys, Keyring
from strongroom.session import session
from tests.python.fix_databases import Database
from tests.python.sealing.conftest import PLACES, new_keys
from tests.python.sealing.test_sessions import FIND, read
from tests.python.subject.conftest import Office, open_office


@pytest.fixture
def office(any_database: Database) -> Office:
    office = open_office(any_database)
    office.seal(office.anna, 1, date(1990, 5, 17), "Omsk")
    office.seal(office.boris, 1, date(1980, 1, 1), "Omsk")
    return office


def correct(office: Office, person: int, *sets: str, keys: bool = True) -> tuple[int, str, str]:
    return office.call(
        *("rectify", "tarot", str(person), "--table", "tarot.births", "--key", "id=1"),
        *("--key", f"user_id={person}", "--yes-i-mean", f"tarot/{person}", "--reason", "letter 7"),
        *(part for each in sets for part in ("--set", each)),
        keys=keys,
    )


def opened(office: Office, person: int, place: str = "omsk") -> tuple[object, list[int]]:
    """What the app reads, and which rows it finds by a place."""
    ring = Keyring(EnvironmentKeys(office.environment))
    with (
        psycopg.connect(office.database.url(), autocommit=True) as connection,
        session(connection, app="tarot", user_id=person, keyring=ring) as db,
    ):
        lookups = PLACES.lookups(ring, db.index_keys("places"), place)
        return read(db)[0], db.many(FIND, (lookups,))


def test_a_sealed_field_is_corrected_with_its_blind_index(office: Office) -> None:
    """[A-45] The app opens the new value, finds it, and the log says who, why and which columns."""
    code, out, said = correct(office, office.anna, "born=1991-06-18", "place=Tomsk")
    assert code == 0, said
    assert "Tomsk" not in out + said
    assert "1991" not in out + said
    assert opened(office, office.anna, "TOMSK") == ((date(1991, 6, 18), "Tomsk"), [1])
    assert opened(office, office.anna)[1] == []
    assert opened(office, office.boris) == ((date(1980, 1, 1), "Omsk"), [1])
    [(request, columns)] = office.query(
        "SELECT i.request_id, i.details ->> 'columns' FROM kernel.audit_inbox AS i"
        " WHERE i.details ->> 'action' = 'rectify_data'"
    )
    assert request == "letter 7"
    assert json.loads(columns) == [
        f"tarot.births.{name}" for name in ("born", "place", "place_index")
    ]


def test_it_is_emptied_and_filled_again(office: Office) -> None:
    """Also where the person has no data key any more: one is made."""
    assert correct(office, office.anna, "place=null")[0] == 0
    assert office.query(
        "SELECT place, place_index FROM tarot.births WHERE user_id = %s", office.anna
    ) == [(None, None)]
    office.admin.execute(
        "DELETE FROM kernel.subject_key WHERE subject = %s AND purpose = 'location'",
        [str(office.anna)],
    )
    assert correct(office, office.anna, "place=Perm")[0] == 0
    assert opened(office, office.anna, "perm") == ((date(1990, 5, 17), "Perm"), [1])


def test_what_is_wrong_is_said_and_nothing_is_changed(office: Office) -> None:
    before = office.query("SELECT * FROM tarot.births ORDER BY user_id")
    code, _, said = correct(office, office.anna, "born=17 May 1991")
    assert (code, "the value for born is no date" in said, "1991" in said) == (2, True, False)
    code, _, said = correct(office, office.anna, "place=Perm", keys=False)
    assert (code, "tarot.location.1 is missing" in said) == (2, True)
    office.environment.update(new_keys("tarot.location.1"))
    code, _, said = correct(office, office.anna, "place=Perm")
    assert (code, "not the one that was registered" in said) == (1, True)
    # Another person's row.
    code, _, said = office.call(
        *("rectify", "tarot", str(office.anna), "--table", "tarot.births", "--key", "id=1"),
        *("--key", f"user_id={office.boris}", "--yes-i-mean", f"tarot/{office.anna}"),
        *("--set", "born=1991-06-18", "--reason", "letter 7"),
    )
    assert (code, "no row of tarot.births with this key" in said) == (2, True)
    assert office.query("SELECT * FROM tarot.births ORDER BY user_id") == before


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"born": "1991-06-18"}, "given as no envelope"),
        ({"born": "\\x01"}, "given as no envelope"),
        ({"place": None}, "has the blind index place_index"),
        ({"place_index": "\\x0001"}, "has the blind index place_index"),
        ({"born": "another"}, "under a key that does not fit"),
    ],
)
def test_the_function_takes_no_plain_value_and_nobody_elses(
    office: Office, changes: dict[str, str | None], why: str
) -> None:
    """What the command does is checked by who can't do it."""
    if changes.get("born") == "another":
        other = office.value("SELECT born FROM tarot.births WHERE user_id = %s", office.boris)
        changes = {"born": "\\x" + bytes(other).hex()}
    row_key = json.dumps({"user_id": office.anna, "id": 1})
    values = [str(office.anna), row_key, json.dumps(changes)]
    query = "SELECT kernel.rectify_subject('tarot', %s, 'tarot.births', %s, %s, 'letter 7')"
    with office.database.connect("strongroom_runner") as runner:
        runner.execute("SELECT set_config('kernel.actor', 'olga', false)")
        with pytest.raises(psycopg.Error) as refused:
            runner.execute(query, values)
    assert why in f"{refused.value.diag.message_primary} {refused.value.diag.message_detail}"
