"""What a rotation can't bring over: it is told of, the rest is done, and no key goes before it."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest

from strongroom.errors import StrongroomError
from strongroom.sealing import EnvironmentKeys, Keyring
from strongroom.sealing.rotation import Rotation
from strongroom.session import session
from tests.python.fix_databases import Connection, Database
from tests.python.sealing.conftest import new_keys
from tests.python.sealing.test_commands import call
from tests.python.sealing.test_rotation import DAY, PEOPLE, check, fill, rotate
from tests.python.sealing.test_sessions import read

BREAK = """
UPDATE tarot.births SET {0} = set_byte({0}, 30, get_byte({0}, 30) # 1)
WHERE user_id = 1 AND id IN (3, 5)
"""


def retired(runner: Connection, key: str) -> str | None:
    """Why a key is not retired; None where it is."""
    try:
        runner.execute("SELECT kernel.retire_encryption_key(%s)", [key])
    except psycopg.Error as error:
        if error.sqlstate != "KR085":
            raise
        return error.diag.message_detail
    return None


def test_what_does_not_open_stops_nothing(
    births_everywhere: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    """[A-41] Named by table, column and key of the row; everything else is under the new key."""
    fill(births_everywhere, ring, 10)
    environment |= new_keys("tarot.birth.2")
    with births_everywhere.admin() as admin:
        admin.execute(BREAK.format("born").encode())
    with births_everywhere.connect("strongroom_runner") as runner:
        for fields in (PEOPLE * 10 - 2, 0):  # called again, it finds the same
            with pytest.raises(StrongroomError, match="all but 2 values and 0 data keys") as left:
                rotate(runner, keys, "birth", reencrypt=True)
            answer = left.value.answer
            assert answer["fields"] == fields
            assert answer["left"] == {"tarot.births.born": 2}
            assert [(u["table"], u["column"], u["row_key"]) for u in answer["unopened"]] == [
                ("tarot.births", "born", {"user_id": "1", "id": number}) for number in ("3", "5")
            ]
        assert "2 rows of tarot.births.born" in str(retired(runner, "tarot.birth.1"))
        with births_everywhere.admin() as admin:
            admin.execute("UPDATE tarot.births SET born = NULL WHERE user_id = 1 AND id IN (3, 5)")
        assert rotate(runner, keys, "birth", reencrypt=True).left == {"tarot.births.born": 0}
        assert retired(runner, "tarot.birth.1") is None


def test_an_index_of_what_does_not_open_stays(
    births: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    fill(births, ring, 10)
    environment |= new_keys("tarot.places.2")
    with births.admin() as admin:
        admin.execute(BREAK.format("place").encode())
    with births.connect("strongroom_runner") as runner:
        with pytest.raises(StrongroomError, match="all but 2 values") as left:
            rotate(runner, keys, "places")
        assert left.value.answer["left"] == {"tarot.births.place_index": 2}
        assert {u["column"] for u in left.value.answer["unopened"]} == {"place_index"}


def test_a_data_key_that_was_changed_is_left_alone(
    births: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    """Wrapping anew and sealing anew go on for everybody else."""
    fill(births, ring, 2)
    with births.admin() as admin:
        [(number,)] = admin.execute(
            "UPDATE kernel.subject_key AS k"
            " SET wrapped = set_byte(k.wrapped, 20, get_byte(k.wrapped, 20) # 1)"
            " WHERE subject = '2' AND purpose = 'birth' RETURNING id"
        ).fetchall()
    with births.connect("strongroom_runner") as runner:
        environment |= new_keys("tarot.birth.2", "tarot.birth.3")
        with pytest.raises(StrongroomError, match="0 values and 1 data keys") as left:
            rotate(runner, keys, "birth")
        assert left.value.answer["broken_data_keys"] == [number]
        assert left.value.answer["rewrapped"] == PEOPLE - 1
        with pytest.raises(StrongroomError, match="2 values and ") as left:
            rotate(runner, keys, "birth", reencrypt=True)
        assert {u["data_key"] for u in left.value.answer["unopened"]} == {number}
        assert "does not unwrap" in left.value.answer["unopened"][0]["reason"]
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", user_id=3, keyring=Keyring(keys)) as db,
    ):
        assert read(db) == [(DAY + timedelta(days=n), f"place {n}") for n in range(2)]


def test_the_command_lists_them_and_ends_with_1(
    births: Database, ring: Keyring, environment: dict[str, str]
) -> None:
    fill(births, ring, 10)
    environment |= new_keys("tarot.birth.2")
    with births.admin() as admin:
        admin.execute(BREAK.format("born").encode())
    rotate = ("rotate", "tarot", "birth", "--reencrypt", "--yes", "--grace", "0")
    code, out, err = call(births, environment, *rotate)
    assert (code, "all but 2 values" in err) == (1, True)
    assert "tarot.births.born, row user_id = 1, id = 3: tarot.born does not open" in out
    assert "user_id" not in err
    assert str(DAY.year) not in out + err
    code, out, _ = call(births, environment, *rotate, "--json")
    assert (code, '"unopened_count": 2' in out, '"exit_code": 1' in out) == (1, True, True)


PARTED = """
SET ROLE strongroom_owner;
CREATE TABLE tarot.visits (
    user_id bigint, id bigint, place kernel.sealed, place_index bytea,
    CONSTRAINT visits_pkey PRIMARY KEY (user_id, id)
) PARTITION BY RANGE (id);
CREATE TABLE tarot.visits_1 PARTITION OF tarot.visits FOR VALUES FROM (0) TO (10);
CREATE TABLE tarot.visits_2 PARTITION OF tarot.visits FOR VALUES FROM (10) TO (20);
COMMENT ON COLUMN tarot.visits.place IS E'x\n@sealed text place location pad 32';
COMMENT ON COLUMN tarot.visits.place_index IS E'x\n@blind place places';
SELECT kernel.guard_sealed('tarot.visits');
RESET ROLE;
CREATE SCHEMA "old ;" AUTHORIZATION strongroom_owner;
"""


def test_a_key_stays_while_detached_and_archived_rows_are_under_it(
    births: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    """[A-41] No rotation reaches them, but they would not open any more."""
    fill(births, ring, 10)
    environment |= new_keys("tarot.location.2", "tarot.places.2")
    with births.admin() as admin, births.connect("strongroom_runner") as runner:
        admin.execute(PARTED.encode())
        admin.execute(
            "INSERT INTO tarot.visits SELECT b.user_id, b.id + n, b.place, b.place_index"
            " FROM tarot.births AS b, unnest(ARRAY[0, 10]) AS n (n)"
        )
        admin.execute("ALTER TABLE tarot.visits DETACH PARTITION tarot.visits_1")
        admin.execute("ALTER TABLE tarot.visits DETACH PARTITION tarot.visits_2")
        admin.execute('ALTER TABLE tarot.visits_2 SET SCHEMA "old ;"')
        admin.execute("CREATE TABLE tarot.secret_copy AS SELECT b.place FROM tarot.births AS b")
        sealed = {"tarot.visits_1.place": 30, '"old ;".visits_2.place': 30}
        rotation = Rotation(
            runner, Keyring(keys), "tarot", "location", reencrypt=True, batch=7, grace=0
        )
        # Of a table that it may not read, the owner can't tell.
        assert rotation.run(rotation.plan()).elsewhere == {
            **sealed, "tarot.secret_copy.place": -1
        }  # fmt: skip
        why = str(retired(runner, "tarot.location.1"))
        assert "30 rows of tarot.visits_1.place" in why
        assert '30 rows of "old ;".visits_2.place' in why
        assert "tarot.secret_copy.place, which can't be read" in why
        assert set(rotate(runner, keys, "places").elsewhere) == {
            "tarot.visits_1.place_index", '"old ;".visits_2.place_index'
        }  # fmt: skip
        assert "visits_1.place_index" in str(retired(runner, "tarot.places.1"))
        admin.execute('DROP TABLE tarot.secret_copy, tarot.visits_1, "old ;".visits_2')
        assert retired(runner, "tarot.location.1") is None
        assert retired(runner, "tarot.places.1") is None
    check(births, EnvironmentKeys(environment), 10)
