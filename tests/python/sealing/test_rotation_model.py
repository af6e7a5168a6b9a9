"""Rotations against a model of them in Python: each value opens, or no key is retired."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from strongroom.errors import StrongroomError
from strongroom.sealing import EnvironmentKeys, Keyring, MissingKey, UnknownDataKey
from strongroom.sealing.rotation import Rotation
from strongroom.session import Session, Statement, session
from tests.python.fix_databases import Connection, Database
from tests.python.sealing.conftest import BORN, PLACE, PLACES, PURPOSES, new_keys, register
from tests.python.sealing.test_sessions import FIND, GET, add

Row = tuple[int, int]

ROTATED = ("birth", "location", "places")
TOWNS = ("Omsk", "Tomsk", "Perm")
DAY = date(1990, 1, 1)
CLEAR = """
DELETE FROM tarot.births; DELETE FROM kernel.subject_key; DELETE FROM kernel.encryption_key
"""
STATES = "SELECT e.id, e.purpose, e.state FROM kernel.encryption_key AS e"
# What each value is under, read byte by byte, and what became of that key.
UNDER = {
    "birth": "SELECT b.user_id, b.id, k.encryption_key_id, k.replaced_at IS NULL"
    " FROM tarot.births AS b LEFT JOIN kernel.subject_key AS k"
    " ON int8send(k.id) = substring(b.born::bytea FROM 2 FOR 8)",
    "location": "SELECT b.user_id, b.id, k.encryption_key_id, k.replaced_at IS NULL"
    " FROM tarot.births AS b LEFT JOIN kernel.subject_key AS k"
    " ON int8send(k.id) = substring(b.place::bytea FROM 2 FOR 8)",
    "places": "SELECT b.user_id, b.id, e.id, e.state IN ('coming', 'active')"
    " FROM tarot.births AS b JOIN kernel.encryption_key AS e ON e.purpose = 'places'"
    " AND int2send(e.version::smallint) = substring(b.place_index FROM 1 FOR 2)",
}
OPEN_UNDER = """
SELECT count(*) FROM kernel.subject_key AS k WHERE k.encryption_key_id = %s AND k.closed_at IS NULL
"""
UPDATE: Statement[Any] = Statement(
    name="tarot.move_birth",
    sql="UPDATE tarot.births SET place = $2, place_index = $3"
    " WHERE user_id = kernel.user_bigint() AND id = $1",
    parameters=("bigint", "bytea", "bytea"),
    writes=True,
)

users = st.integers(1, 2)
programs = st.integers(0, 1)
purposes = st.sampled_from(ROTATED)
acts = st.one_of(
    st.tuples(st.just("write"), programs, users, st.sampled_from(TOWNS)),
    st.tuples(st.just("move"), programs, st.integers(0, 9), st.sampled_from(TOWNS)),
    st.tuples(st.just("forget"), programs),
    st.tuples(st.just("rotate"), purposes, st.booleans(), st.none()),
    st.tuples(st.just("begin"), purposes),
    st.tuples(st.just("activate"), purposes),
    st.tuples(st.just("rotate"), purposes, st.booleans(), st.none() | st.integers(0, 5)),
    st.tuples(st.just("retire"), purposes, st.sampled_from([0, 0, 0, 1, 2])),
    st.tuples(st.just("shred"), users),
)


class _KilledError(Exception):
    """The program that rotates is gone."""


@dataclass(slots=True)
class Model:
    """The rows as they should open, and the states of the master keys."""

    rows: dict[Row, tuple[date, str]] = field(default_factory=dict)
    shredded: set[Row] = field(default_factory=set)
    states: dict[str, str] = field(
        default_factory=lambda: {f"tarot.{purpose}.1": "active" for purpose in PURPOSES}
    )

    def of(self, purpose: str) -> dict[str, str]:
        return {key: s for key, s in self.states.items() if key.split(".")[1] == purpose}

    def begin(self, key: str, purpose: str) -> None:
        self.states[key] = "coming"
        if PURPOSES[purpose] == "seal":
            self.activate(key, purpose)

    def activate(self, key: str, purpose: str) -> None:
        for other, state in self.of(purpose).items():
            if state in ("coming", "active") and other != key:
                self.states[other] = "retiring"
        self.states[key] = "active"


class Trial:
    """The same acts on the model and on the database."""

    def __init__(self, database: Database, admin: Connection) -> None:
        self.database, self.admin = database, admin
        self.environment = new_keys(*(f"tarot.{purpose}.1" for purpose in PURPOSES))
        self.keys = EnvironmentKeys(self.environment)
        self.model = Model()
        self.rings = [Keyring(self.keys) for _ in range(2)]
        self.numbers = iter(range(1, 1000))
        admin.execute(CLEAR.encode())
        for purpose, kind in PURPOSES.items():
            register(admin, self.keys, f"tarot.{purpose}.1", kind)
        for user in (1, 2):
            for town in TOWNS:
                self.write(user % 2, user, town)

    def write(self, program: int, user: int, town: str) -> None:
        number = next(self.numbers)
        born = DAY + timedelta(days=number)
        self._as(program, user, lambda db: add(db, number, born, town))
        self.model.rows[(user, number)] = (born, town)

    def move(self, program: int, place: int, town: str) -> None:
        if rows := sorted(self.model.rows.keys() - self.model.shredded):
            user, number = key = rows[place % len(rows)]

            def change(db: Session) -> None:
                sealed = PLACE.seal(db.sealing_key("location"), town, key)
                index = PLACES.make(db.keyring, db.index_keys("places"), town)
                db.exec(UPDATE, (number, sealed, index))

            self._as(program, user, change)
            self.model.rows[key] = (self.model.rows[key][0], town)

    def forget(self, program: int) -> None:
        self.rings[program].forget()

    def begin(self, purpose: str) -> None:
        """What a rotation begins with, and no more."""
        key = self._next(purpose)
        register(self.admin, self.keys, key, PURPOSES[purpose])
        self.model.begin(key, purpose)

    def activate(self, purpose: str) -> None:
        for key, state in self.model.of(purpose).items():
            if state == "coming":
                self.admin.execute("SELECT kernel.activate_encryption_key(%s)", [key])
                self.model.activate(key, purpose)
                return

    def rotate(self, purpose: str, reencrypt: bool, steps: int | None) -> None:
        """Whole, or until the program dies after some steps."""
        key = self._next(purpose)
        said: list[str] = []

        def say(text: str) -> None:
            if steps is not None and len(said) >= steps:
                raise _KilledError(text)
            said.append(text)

        with psycopg.connect(self.database.url("strongroom_runner"), autocommit=True) as runner:
            rotation = Rotation(
                runner, Keyring(self.keys), "tarot", purpose,
                reencrypt=reencrypt, batch=2, grace=0, say=say,
            )  # fmt: skip
            plan = rotation.plan()
            assert plan.key == key
            try:
                rotation.run(plan)
            except _KilledError:
                pass
            except StrongroomError:
                # Of a shredded value nobody can make the index anew.
                assert purpose == "places"
                assert self._old("places") <= self.model.shredded != set()
            else:
                assert not self._old(purpose)
        self._follow(key, purpose)

    def retire(self, purpose: str, place: int = 0) -> None:
        """One that is not retired: if and only if another one is used, and nothing is under it."""
        there = [(k, s) for k, s in self.model.of(purpose).items() if s != "retired"]
        key, state = there[place % len(there)]
        is_used = state != "retiring" or self._old(purpose) or self._value(OPEN_UNDER, key)
        try:
            self.admin.execute("SELECT kernel.retire_encryption_key(%s)", [key])
        except psycopg.Error as error:
            if not is_used or error.sqlstate != "KR085":
                raise
        else:
            assert not is_used
            self.model.states[key] = "retired"
            del self.environment[EnvironmentKeys.variable(key)]

    def shred(self, user: int) -> None:
        self.admin.execute("SELECT kernel.shred_subject_keys('tarot', %s)", [str(user)])
        self.model.shredded |= {row for row in self.model.rows if row[0] == user}

    def check(self) -> None:
        """In a program that has just begun, and has no key that was retired."""
        found = {key: state for key, _, state in self.admin.execute(STATES.encode())}
        assert found == self.model.states
        with psycopg.connect(self.database.url(), autocommit=True) as c:
            for user in (1, 2):
                ring = Keyring(self.keys)
                with session(c, app="tarot", user_id=user, keyring=ring) as db:
                    self._check_rows(db, user)
                    for town in TOWNS:
                        lookups = PLACES.lookups(ring, db.index_keys("places"), town)
                        there = {(user, n) for n in db.many(FIND, (lookups,))} - self.model.shredded
                        assert there == {
                            row
                            for row, (_, place) in self.model.rows.items()
                            if place == town and row[0] == user and row not in self.model.shredded
                        }

    def _check_rows(self, db: Session, user: int) -> None:
        rows = db.many(GET)
        assert {(user, row[0]) for row in rows} == {r for r in self.model.rows if r[0] == user}
        keys = db.opening_keys(envelope for row in rows for envelope in row[2:])
        for number, _, born, place in rows:
            key = (user, number)
            if key in self.model.shredded:
                with pytest.raises(UnknownDataKey):
                    BORN.open(keys, born, key, str(user))
                with pytest.raises(UnknownDataKey):
                    PLACE.open(keys, place, key, str(user))
            else:
                opened = (
                    BORN.open(keys, born, key, str(user)),
                    PLACE.open(keys, place, key, str(user)),
                )
                assert opened == self.model.rows[key]

    def _as(self, program: int, user: int, act: Callable[[Session], None]) -> None:
        """By a program that may remember keys that are gone: then it forgets them and repeats."""
        ring = self.rings[program]
        with (
            psycopg.connect(self.database.url(), autocommit=True) as c,
            session(c, app="tarot", user_id=user, keyring=ring) as db,
        ):
            try:
                act(db)
            except (psycopg.Error, MissingKey) as error:
                # Without a time of grace a key may go that a program still makes indexes by.
                if getattr(error, "sqlstate", "KR080") not in ("KR080", "KR081"):
                    raise
                ring.forget()
                act(db)

    def _next(self, purpose: str) -> str:
        key = f"tarot.{purpose}.{len(self.model.of(purpose)) + 1}"
        self.environment.update(new_keys(key))
        return key

    def _follow(self, key: str, purpose: str) -> None:
        """How far a rotation came that may have died."""
        found = {k: state for k, of, state in self.admin.execute(STATES.encode()) if of == purpose}
        if key in found:
            self.model.begin(key, purpose)
            if found[key] == "active":
                self.model.activate(key, purpose)
        assert found == self.model.of(purpose)

    def _old(self, purpose: str) -> set[Row]:
        """Rows under keys that were replaced."""
        rows = self.admin.execute(UNDER[purpose].encode())
        return {(user, number) for user, number, key, is_new in rows if key and not is_new}

    def _value(self, query: str, *values: object) -> Any:
        row = self.admin.execute(query.encode(), values).fetchone()
        assert row is not None
        return row[0]


def test_no_rotation_loses_what_the_model_has(births: Database) -> None:
    """[A-41] Written, rotated, killed, retired and shredded in any order."""
    admin = births.admin()

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(acts, min_size=8, max_size=16))
    @example(
        [
            ("rotate", "location", True, 2),
            ("retire", "location"),
            ("write", 0, 1, "Omsk"),
            ("rotate", "location", True, 3),
            ("rotate", "location", False, None),
            ("retire", "location"),
            ("retire", "location"),
            ("write", 1, 2, "Perm"),
            ("begin", "places"),
            ("retire", "places", 0),
            ("retire", "places", 1),
            ("write", 0, 1, "Tomsk"),
            ("activate", "places"),
            ("move", 1, 2, "Tomsk"),
            ("rotate", "places", False, 1),
            ("retire", "places"),
            ("rotate", "places", False, None),
            ("retire", "places"),
            ("shred", 2),
            ("rotate", "places", False, None),
            ("retire", "places"),
            ("begin", "birth"),
            ("retire", "birth"),
            ("rotate", "birth", False, 1),
            ("retire", "birth"),
            ("rotate", "birth", False, None),
            ("retire", "birth"),
            ("rotate", "birth", True, None),
            ("retire", "birth"),
        ]
    )
    def play(script: list[tuple[Any, ...]]) -> None:
        trial = Trial(births, admin)
        for name, *values in script:
            getattr(trial, name)(*values)
            trial.check()

    play()
