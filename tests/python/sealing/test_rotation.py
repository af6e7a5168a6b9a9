"""Rotations: nothing is lost, nobody is stopped, and nothing is left behind."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from random import Random

import psycopg
import pytest

from strongroom.errors import StrongroomError, UsageError
from strongroom.sealing import EnvironmentKeys, Keyring
from strongroom.sealing.outcome import Rotated
from strongroom.sealing.rotation import Rotation
from strongroom.session import session
from tests.python.fix_databases import Connection, Database
from tests.python.sealing.conftest import PLACES, new_keys
from tests.python.sealing.test_sessions import FIND, add, read

DAY = date(1950, 1, 1)
PEOPLE = 3


def fill(database: Database, ring: Keyring, rows: int = 40) -> None:
    """Rows of some people, the first half of them half empty."""
    with psycopg.connect(database.url(), autocommit=True) as c:
        for user in range(1, PEOPLE + 1):
            with session(c, app="tarot", user_id=user, keyring=ring) as db, db.transaction():
                for number in range(rows):
                    add(db, number, DAY + timedelta(days=number), f"place {number}")


def check(database: Database, keys: EnvironmentKeys, rows: int = 40) -> None:
    """Every row opens, in a program that has just begun."""
    with psycopg.connect(database.url(), autocommit=True) as c:
        for user in range(1, PEOPLE + 1):
            ring = Keyring(keys)
            with session(c, app="tarot", user_id=user, keyring=ring) as db:
                assert read(db) == [(DAY + timedelta(days=n), f"place {n}") for n in range(rows)]
                found = db.many(FIND, (PLACES.lookups(ring, db.index_keys("places"), "PLACE 7"),))
                assert found == [7]


def rotate(
    runner: Connection, keys: EnvironmentKeys, purpose: str, *, reencrypt: bool = False
) -> Rotated:
    """One whole rotation, without a time of grace."""
    rotation = Rotation(
        runner, Keyring(keys), "tarot", purpose, reencrypt=reencrypt, batch=7, grace=0
    )
    return rotation.run(rotation.plan())


def test_data_keys_are_wrapped_anew(
    births_everywhere: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    """[A-41] Afterwards the old key is retired, its material is gone, and every row opens."""
    fill(births_everywhere, ring)
    environment |= new_keys("tarot.birth.2")
    with births_everywhere.connect("strongroom_runner") as runner:
        with pytest.raises(psycopg.Error, match="can't be retired") as active:
            runner.execute("SELECT kernel.retire_encryption_key('tarot.birth.1')")
        assert active.value.sqlstate == "KR085"
        done = rotate(runner, keys, "birth")
        assert (done.rewrapped, done.replaced, done.fields) == (PEOPLE, 0, 0)
        assert done.left == {"tarot.births.born": 0}
        runner.execute("SELECT kernel.retire_encryption_key('tarot.birth.1')")
    del environment[EnvironmentKeys.variable("tarot.birth.1")]
    check(births_everywhere, EnvironmentKeys(environment))


def test_rows_are_sealed_anew(
    births_everywhere: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    """[A-41] Under new data keys, in batches; those before are deleted when the key is retired."""
    fill(births_everywhere, ring)
    environment |= new_keys("tarot.location.2", "tarot.places.2")
    with births_everywhere.connect("strongroom_runner") as runner:
        done = rotate(runner, keys, "location", reencrypt=True)
        assert (done.replaced, done.fields, done.left) == (PEOPLE, 120, {"tarot.births.place": 0})
        done = rotate(runner, keys, "places")
        assert (done.fields, done.left) == (120, {"tarot.births.place_index": 0})
        for key in ("tarot.location.1", "tarot.places.1"):
            runner.execute("SELECT kernel.retire_encryption_key(%s)", [key])
            del environment[EnvironmentKeys.variable(key)]
    with births_everywhere.admin() as admin:
        query = "SELECT count(*) FROM kernel.subject_key WHERE purpose = 'location'"
        assert admin.execute(query).fetchone() == (PEOPLE,)
    check(births_everywhere, EnvironmentKeys(environment))


def test_an_old_key_is_not_retired_while_rows_are_left(
    births: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    fill(births, ring, 1)
    environment |= new_keys("tarot.birth.2", "tarot.places.2")
    with births.connect("strongroom_runner") as runner:
        for purpose, kind in (("birth", "seal"), ("places", "index")):
            key = f"tarot.{purpose}.2"
            query = "SELECT kernel.register_encryption_key(%s, %s, %s)"
            runner.execute(query, [key, kind, keys.fingerprint(key)])
        runner.execute("SELECT kernel.activate_encryption_key('tarot.places.2')")
        with pytest.raises(psycopg.Error) as refused:
            runner.execute("SELECT kernel.retire_encryption_key('tarot.birth.1')")
        assert refused.value.diag.message_detail == f"It wraps {PEOPLE} data keys."
        with pytest.raises(psycopg.Error) as refused:
            runner.execute("SELECT kernel.retire_encryption_key('tarot.places.1')")
        assert f"{PEOPLE} rows of tarot.births.place_index" in str(
            refused.value.diag.message_detail
        )
        with pytest.raises(UsageError, match=r"no key to rotate to.*TAROT__LOCATION__2"):
            Rotation(runner, Keyring(keys), "tarot", "location").plan()


def test_readers_and_writers_go_on(
    births: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    """[A-41] While keys rotate again and again, two people write, read and find."""
    fill(births, ring, 10)
    stop, failures, written = threading.Event(), [], [0]
    rings = [Keyring(keys, max_age=0.1) for _ in range(2)]

    def use(user: int) -> None:
        random, number = Random(user), 1000
        try:
            with psycopg.connect(births.url(), autocommit=True) as c:
                while not stop.is_set():
                    with session(c, app="tarot", user_id=user, keyring=rings[user - 1]) as db:
                        add(db, number, DAY, f"place {number}")
                        lookups = PLACES.lookups(
                            db.keyring, db.index_keys("places"), f"place {random.randint(0, 9)}"
                        )
                        assert len(db.many(FIND, (lookups,))) == 1
                        assert len(read(db)) == 10 + number - 999
                    number += 1
                    written[0] += 1
                    stop.wait(0.01)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use, args=(user,)) for user in (1, 2)]
    for thread in threads:
        thread.start()
    try:
        with births.connect("strongroom_runner") as runner:
            for version in range(2, 4):
                for purpose in ("birth", "location", "places"):
                    environment |= new_keys(f"tarot.{purpose}.{version}")
                    rotation = Rotation(
                        runner, Keyring(keys), "tarot", purpose,
                        reencrypt=True, batch=20, grace=0.3,
                    )  # fmt: skip
                    rotation.run(rotation.plan())
                    assert not failures
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert failures == []
    assert written[0] > 20


def test_a_writer_in_its_transaction_is_waited_for(
    births: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    """What it has written under the old key is found when it has committed."""
    fill(births, ring, 1)
    environment |= new_keys("tarot.birth.2")
    said: list[str] = []
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", user_id=1, keyring=ring) as db,
        births.connect("strongroom_runner") as runner,
    ):
        rotation = Rotation(
            runner, Keyring(keys), "tarot", "birth",
            reencrypt=True, grace=0, say=said.append,
        )  # fmt: skip
        plan = rotation.plan()
        with db.transaction():
            add(db, 1, DAY, "late")
            thread = threading.Thread(target=rotation.run, args=(plan,))
            thread.start()
            thread.join(0.7)
            assert thread.is_alive()
        thread.join(20)
        assert not thread.is_alive()
        assert runner.execute(
            "SELECT row_count FROM kernel.rows_under_keys('tarot', 'birth')"
        ).fetchall() == [(0,)]
        with pytest.raises(psycopg.Error) as refused:
            add(db, 2, DAY, "too late")  # the ring still has the old key
        assert refused.value.sqlstate == "KR081"
        ring.forget()
        add(db, 2, DAY, "in time")
        assert len(read(db)) == 3


def test_a_person_who_is_shredded_meanwhile_stays_shredded(
    births: Database, ring: Keyring, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    """The key that a rotation puts in the place of another one goes with it."""
    fill(births, ring, 1)
    environment |= new_keys("tarot.birth.2")
    with (
        births.connect("strongroom_runner") as runner,
        births.connect("strongroom_runner") as other,
    ):
        key = "tarot.birth.2"
        runner.execute(
            "SELECT kernel.register_encryption_key(%s, 'seal', %s)", [key, keys.fingerprint(key)]
        )
        with runner.transaction():
            [(number,)] = runner.execute(
                "SELECT id FROM kernel.data_keys_to_move('tarot', 'birth', true, 9)"
                " WHERE subject = '1'"
            ).fetchall()
            runner.execute(
                "SELECT kernel.replace_data_keys(%s, %s, %s)", [key, [number], [b"x" * 60]]
            )
            thread = threading.Thread(
                target=other.execute, args=("SELECT kernel.shred_subject_keys('tarot', '1')",)
            )
            thread.start()
            thread.join(0.3)
            assert thread.is_alive()
        thread.join(10)
    with births.admin() as admin:
        query = "SELECT count(*) FROM kernel.subject_key WHERE subject = '1'"
        assert admin.execute(query).fetchone() == (0,)


def test_a_table_without_a_guard_is_not_rotated(
    births: Database, keys: EnvironmentKeys, environment: dict[str, str]
) -> None:
    environment |= new_keys("tarot.birth.2")
    with births.admin() as admin:
        admin.execute("DROP TRIGGER t20_guard_update ON tarot.births")
    with (
        births.connect("strongroom_runner") as runner,
        pytest.raises(StrongroomError, match="no guard"),
    ):
        rotate(runner, keys, "birth", reencrypt=True)


@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_a_key_is_not_retired_past_a_row_that_its_snapshot_does_not_show(
    births: Database,
    ring: Keyring,
    keys: EnvironmentKeys,
    environment: dict[str, str],
    level: str,
) -> None:
    """A program that still makes indexes by the old key commits one while the key is retired."""
    fill(births, ring, 1)
    environment |= new_keys("tarot.places.2")
    retire = "SELECT kernel.retire_encryption_key('tarot.places.1')"
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", user_id=1, keyring=ring) as db,
        births.connect("strongroom_runner") as runner,
    ):
        rotate(runner, keys, "places")
        runner.execute(f"BEGIN ISOLATION LEVEL {level}".encode())
        assert runner.execute("SELECT count(*) FROM kernel.encryption_key").fetchone() == (5,)
        add(db, 1, DAY, "late")
        with pytest.raises(psycopg.Error) as refused:
            runner.execute(retire.encode())
        assert refused.value.sqlstate == ("KR085" if level == "READ COMMITTED" else "KR045")
        runner.execute("ROLLBACK")
        rotate(runner, keys, "places")
        assert runner.execute(retire.encode()).fetchone() == (0,)
