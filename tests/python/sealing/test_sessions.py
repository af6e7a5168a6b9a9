"""Sealing and opening through sessions, on a real server."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import psycopg
import pytest

from strongroom.sealing import (
    EnvironmentKeys,
    Keyring,
    MissingKey,
    NotOpened,
    UnknownDataKey,
    WrongKey,
    new_key,
)
from strongroom.session import Session, SessionError, Statement, async_session, session
from tests.python.fix_databases import Database
from tests.python.sealing.conftest import BORN, PLACE, PLACES, SECRET

ADD: Statement[Any] = Statement(
    name="tarot.add_birth",
    sql="INSERT INTO tarot.births (user_id, id, born, place, place_index)"
    " VALUES (kernel.user_bigint(), $1, $2, $3, $4)",
    parameters=("bigint", "bytea", "bytea", "bytea"),
    writes=True,
)
GET: Statement[Any] = Statement(
    name="tarot.get_births",
    sql="SELECT b.id, b.user_id, b.born, b.place FROM tarot.births AS b ORDER BY b.id",
    columns=("id", "user_id", "born", "place"),
    row=lambda *row: row,
)
FIND: Statement[int] = Statement(
    name="tarot.find_births",
    sql="SELECT b.id FROM tarot.births AS b WHERE b.place_index = ANY ($1)",
    parameters=("bytea[]",),
    columns=("id",),
)


def add(db: Session, number: int, born: date, place: str) -> None:
    """A row of this session's user, sealed."""
    row_key = (int(db.sealing_subject or 0), number)
    db.exec(
        ADD,
        (
            number,
            BORN.seal(db.sealing_key("birth"), born, row_key),
            PLACE.seal(db.sealing_key("location"), place, row_key),
            PLACES.make(db.keyring, db.index_keys("places"), place),
        ),
    )


def read(db: Session) -> list[tuple[date, str]]:
    """All rows of this session's user, opened."""
    rows = db.many(GET)
    keys = db.opening_keys(envelope for row in rows for envelope in row[2:])
    return [
        (
            BORN.open(keys, born, (user, number), str(user)),
            PLACE.open(keys, place, (user, number), str(user)),
        )
        for number, user, born, place in rows
    ]


def test_what_is_sealed_is_opened(births_everywhere: Database, ring: Keyring) -> None:
    """[A-05] [A-39] [A-42] [A-43] A date goes in and comes out; the server has an envelope."""
    url = births_everywhere.url()
    with (
        psycopg.connect(url, autocommit=True) as c,
        session(c, app="tarot", user_id=1, keyring=ring) as db,
    ):
        add(db, 1, date(1990, 5, 17), "Omsk")
        add(db, 2, date(1991, 1, 1), "Перт")
        assert read(db) == [(date(1990, 5, 17), "Omsk"), (date(1991, 1, 1), "Перт")]
    with births_everywhere.admin() as admin:
        stored = admin.execute("SELECT born, place FROM tarot.births").fetchall()
    assert all(b"1990" not in b and b"Omsk" not in p for b, p in stored)
    with (
        psycopg.connect(url, autocommit=True) as c,
        session(c, app="tarot", user_id=1, keyring=Keyring(ring.provider)) as db,
    ):
        assert len(read(db)) == 2  # another process, with a ring of its own


def test_each_kind_of_data_has_its_key(births: Database, ring: Keyring) -> None:
    """[A-40] Birth and place are sealed by different data keys, under different master keys."""
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", user_id=1, keyring=ring) as db,
    ):
        assert db.sealing_key("birth").id != db.sealing_key("location").id
    with births.admin() as admin:
        names = admin.execute("SELECT encryption_key_id FROM kernel.subject_key ORDER BY 1")
        assert names.fetchall() == [("tarot.birth.1",), ("tarot.location.1",)]


def test_a_blind_index_finds_equal_values(births: Database, ring: Keyring) -> None:
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", user_id=1, keyring=ring) as db,
    ):
        add(db, 1, date(1990, 5, 17), "Omsk")
        add(db, 2, date(1990, 5, 17), " OMSK ")
        add(db, 3, date(1990, 5, 17), "Tomsk")
        lookups = PLACES.lookups(ring, db.index_keys("places"), "omsk")
        assert sorted(db.many(FIND, (lookups,))) == [1, 2]


def test_async_sessions_do_the_same(births: Database, ring: Keyring) -> None:
    async def work() -> date:
        async with (
            await psycopg.AsyncConnection.connect(births.url()) as c,
            async_session(c, app="tarot", user_id=1, keyring=ring) as db,
        ):
            key = await db.sealing_key("birth")
            sealed = BORN.seal(key, date(2000, 2, 29), (1, 1))
            ring.forget()
            return BORN.open(await db.opening_keys([sealed, None]), sealed, (1, 1), "1")

    assert asyncio.run(work()) == date(2000, 2, 29)


def test_another_persons_value_does_not_open(births: Database, ring: Keyring) -> None:
    """[A-F23] Moved to another person's row, and with its key in this very process."""
    with psycopg.connect(births.url(), autocommit=True) as c:
        with session(c, app="tarot", user_id=1, keyring=ring) as db:
            sealed = BORN.seal(db.sealing_key("birth"), date(1990, 5, 17), (1, 1))
            keys = db.opening_keys([sealed])
        with session(c, app="tarot", user_id=2, keyring=ring) as db:
            with pytest.raises(UnknownDataKey, match="another person's"):
                BORN.open(db.opening_keys([sealed]), sealed, (1, 1), "2")
            with pytest.raises(NotOpened, match="not the key of whose row it is"):
                BORN.open(keys, sealed, (1, 1), "2")
            with pytest.raises(psycopg.Error) as refused, db.transaction():
                db.exec(ADD, (1, sealed, None, None))
            assert refused.value.sqlstate == "KR080"
            with pytest.raises(psycopg.Error) as refused:
                db.sealing_key("birth", "1")
            assert refused.value.sqlstate == "KR083"


def test_a_worker_seals_for_anybody_and_for_the_app(births: Database, ring: Keyring) -> None:
    """[P-27] A secret of the app is sealed by a key of the app."""
    add_secret: Statement[Any] = Statement(
        name="tarot.add_secret",
        sql="INSERT INTO tarot.secrets VALUES ($1, $2)",
        parameters=("text", "bytea"),
        role="worker",
        identity=False,
        writes=True,
    )
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", role="worker", keyring=ring) as db,
    ):
        sealed = SECRET.seal(db.sealing_key("vendor", None), "sk-1", ("openai",))
        db.exec(add_secret, ("openai", sealed))
        assert SECRET.open(db.opening_keys([sealed]), sealed, ("openai",), None) == "sk-1"
        assert db.sealing_key("birth", "7").subject == "7"


def test_a_key_that_was_rolled_back_is_not_used(births: Database, ring: Keyring) -> None:
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", user_id=1, keyring=ring) as db,
    ):
        with pytest.raises(ZeroDivisionError):  # noqa: PT012, SIM117
            with db.transaction():
                add(db, 1, date(1990, 5, 17), "Omsk")
                assert len(read(db)) == 1
                raise ZeroDivisionError
        add(db, 1, date(1990, 5, 17), "Omsk")
        with db.transaction():
            add(db, 2, date(1990, 5, 17), "Omsk")
        assert len(read(db)) == 2


def test_a_wrong_or_missing_key_is_named(births: Database, ring: Keyring) -> None:
    """[A-41] Which key, and nothing of what it is."""
    with psycopg.connect(births.url(), autocommit=True) as c:
        with session(c, app="tarot", user_id=1, keyring=ring) as db:
            add(db, 1, date(1990, 5, 17), "Omsk")
        empty = Keyring(EnvironmentKeys({}))
        with (
            session(c, app="tarot", user_id=1, keyring=empty) as db,
            pytest.raises(MissingKey, match=r"STRONGROOM_KEY_TAROT__(BIRTH|LOCATION)__1"),
        ):
            read(db)
        wrong = {
            EnvironmentKeys.variable(f"tarot.{purpose}.1"): new_key()
            for purpose in ("birth", "location")
        }
        other = Keyring(EnvironmentKeys(wrong))
        with (
            session(c, app="tarot", user_id=1, keyring=other) as db,
            pytest.raises(WrongKey, match=r"key tarot\.\w+\.1 of this provider") as refused,
        ):
            read(db)
        assert str(refused.value.key_id) in ("tarot.birth.1", "tarot.location.1")
        assert not any(key in str(refused.value) for key in wrong.values())


def test_without_a_keyring_it_says_so(births: Database) -> None:
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", user_id=1) as db,
        pytest.raises(SessionError, match="no keyring"),
    ):
        db.sealing_key("birth")


def test_what_was_shredded_does_not_open(births: Database, keys: EnvironmentKeys) -> None:
    """With the data keys gone, the rows tell nothing; a ring forgets within its age."""
    now = 0.0
    ring = Keyring(keys, max_age=10, clock=lambda: now)
    with (
        psycopg.connect(births.url(), autocommit=True) as c,
        session(c, app="tarot", user_id=1, keyring=ring) as db,
    ):
        add(db, 1, date(1990, 5, 17), "Omsk")
        with births.connect("strongroom_runner") as runner:
            assert runner.execute("SELECT kernel.shred_subject_keys('tarot', '1')").fetchone() == (
                2,
            )
        now = 11.0
        with pytest.raises(UnknownDataKey, match=r"data key [0-9]+ is not there"):
            read(db)
        add(db, 2, date(1990, 5, 17), "Omsk")  # under new keys
