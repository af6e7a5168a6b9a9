"""Errors of the server become the app's classes, by code and by constraint, without values."""
# ruff: noqa: SIM117 (what raises is often the end of a block; the order is the point)

from __future__ import annotations

import pickle
import traceback
from contextlib import nullcontext
from typing import Any

import psycopg
import pytest
from psycopg import errors

from strongroom.session import DatabaseError, ErrorTable, RuleViolation, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    ADD,
    ERRORS,
    REFUSE,
    TitleTaken,
    TitleTooLong,
    TooMuch,
    TwinMissing,
    statement,
)


def test_by_code(shelf_everywhere: Database) -> None:
    with session(shelf_everywhere.connect(), app="tarot", user_id=1) as db:
        with pytest.raises(TooMuch, match=r"^no, thanks$") as caught:
            db.one(REFUSE, ("SH001", "no, thanks"))
    error = caught.value
    assert (error.message, error.detail, error.hint) == ("no, thanks", "secret detail", "Try less.")
    assert (error.sqlstate, error.constraint) == ("SH001", None)
    assert isinstance(error.__cause__, psycopg.Error)
    assert error.__cause__.sqlstate == "SH001"
    assert isinstance(error, RuleViolation | DatabaseError | psycopg.DatabaseError)


@pytest.mark.parametrize(
    ("values", "expected", "state"),
    [
        ((4, "Emma", None), TitleTaken, "23505"),
        ((4, "x" * 51, None), TitleTooLong, "23514"),
        ((4, "Alone", 99), TwinMissing, "23503"),
    ],
)
@pytest.mark.parametrize("in_block", [False, True])
def test_by_constraint(
    shelf: Database,
    values: tuple[object, ...],
    expected: type[RuleViolation],
    state: str,
    in_block: bool,
) -> None:
    block: Any
    with session(shelf.connect(), app="tarot", user_id=1) as db:
        block = db.transaction() if in_block else nullcontext()
        with pytest.raises(expected) as caught, block:
            db.exec(ADD, values)
    error = caught.value
    assert str(error) == error.message == expected.text
    assert (error.detail, error.sqlstate) == (None, state)
    assert isinstance(error.__cause__, psycopg.IntegrityError)
    assert error.__cause__.sqlstate == state


def test_texts_hold_no_values(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(TitleTaken) as mapped:
            db.exec(ADD, (77, title := "Emma", None))
        with pytest.raises(psycopg.errors.RaiseException) as raised:
            db.one(REFUSE, ("P0001", "not mapped"))
    assert all(title not in str(error) for error in (mapped.value, mapped.value.__cause__))
    assert str(raised.value) == "not mapped\nHINT:  Try less."
    assert "secret" not in "".join(traceback.format_exception(raised.value))
    assert raised.value.diag.message_detail == "secret detail"


def test_traces_are_short(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(errors.RaiseException) as caught:
            db.one(REFUSE, ("P0001", "no"))
        with pytest.raises(TooMuch) as mapped:
            db.one(REFUSE, ("SH001", "no"))
    assert "During handling" not in "".join(traceback.format_exception(caught.value))
    assert "During handling" not in "".join(traceback.format_exception(mapped.value))


def test_what_the_app_does_not_name_stays_psycopgs(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        for state, expected in (
            ("40001", errors.SerializationFailure),
            ("23514", errors.CheckViolation),
            ("SH999", psycopg.DatabaseError),
        ):
            with pytest.raises(expected) as caught:
                db.one(REFUSE, (state, "no"))
            assert not isinstance(caught.value, DatabaseError)
            assert caught.value.sqlstate == state
        with pytest.raises(psycopg.DatabaseError) as plain:
            db.exec(statement("SELECT shelf.refuse('SH001', 'no')", errors=None))
        assert not isinstance(plain.value, TooMuch)


def test_a_table_names_each_thing_once() -> None:
    table = ErrorTable()
    table.extend(ERRORS)
    table.extend(ERRORS)
    with pytest.raises(ValueError, match="TooMuch and Other"):
        table.register(type("Other", (RuleViolation,), {"sqlstate": "SH001"}))
    with pytest.raises(ValueError, match="names no sqlstate"):
        table.register(type("Empty", (RuleViolation,), {}))


def test_errors_can_be_pickled() -> None:
    error = pickle.loads(pickle.dumps(TooMuch("no", detail="d", hint="h")))
    assert (type(error), str(error), error.detail, error.hint) == (TooMuch, "no", "d", "h")
