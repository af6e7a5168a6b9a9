"""What a session refuses by itself, and that it sends nothing then."""
# ruff: noqa: SIM117 (what raises is often the end of a block; the order is the point)

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from typing import Any
from uuid import UUID

import psycopg
import pytest

from strongroom.session import (
    UNSET,
    BadParameter,
    Codec,
    NoIdentity,
    SessionError,
    ShapeMismatch,
    WrongRole,
    load_one,
    session,
)
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    EVERY_TITLE,
    TITLE,
    TITLES,
    WHO,
    assert_clean,
    statement,
    value,
)


@contextmanager
def silence(connection: Connection) -> Iterator[None]:
    """Fail unless nothing is sent meanwhile; libpq itself tells."""
    with tempfile.TemporaryFile("w+") as file:
        connection.pgconn.trace(file.fileno())
        try:
            yield
        finally:
            connection.pgconn.untrace()
        file.seek(0)
        assert file.read() == ""


def test_silence_would_notice(connection: Connection) -> None:
    with pytest.raises(AssertionError), silence(connection):
        connection.execute("SELECT 1")


def test_no_identity(connection: Connection) -> None:
    with (
        session(connection, app="tarot") as db,
        silence(connection),
        pytest.raises(NoIdentity, match=r"shelf\.test acts for a user"),
    ):
        db.many(TITLES)
    with session(connection, app=None) as db, silence(connection), pytest.raises(NoIdentity):
        db.many(TITLES)
    with session(connection, app="tarot") as db:
        assert db.one(WHO) == ("tarot_app", "tarot", None, None, None)


def test_wrong_role(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db, silence(connection):
        with pytest.raises(WrongRole, match="for the worker role"):
            db.many(EVERY_TITLE)
    with session(connection, app="tarot", role="worker", user_id=1) as db, silence(connection):
        with pytest.raises(WrongRole, match="for the app role"):
            db.many(TITLES)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"app": None, "user_id": 1}, NoIdentity),
        ({"app": ""}, ValueError),
        ({"app": "tarot", "user_id": ""}, ValueError),
        # PostgreSQL would take these for users 1, 1, 10 and -1.
        ({"app": "tarot", "user_id": " 1 "}, ValueError),
        ({"app": "tarot", "user_id": "0x1"}, ValueError),
        ({"app": "tarot", "user_id": "1_0"}, ValueError),
        ({"app": "tarot", "user_id": "-01"}, ValueError),
        ({"app": "tarot", "user_id": "{0190a1b2-0000-7000-8000-000000000001}"}, ValueError),
        ({"app": "tarot", "user_id": True}, TypeError),
        ({"app": "tarot", "user_id": 1.5}, TypeError),
        ({"app": "tarot", "role": "owner"}, ValueError),
        ({"app": "tarot", "actor": "a\0b"}, ValueError),
        ({"app": "tarot", "actor": "\ud800"}, ValueError),
    ],
)
def test_an_identity_that_makes_no_sense(
    connection: Connection, arguments: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        session(connection, **arguments)


def test_a_user_that_is_no_key_is_not_quoted(connection: Connection) -> None:
    with pytest.raises(ValueError, match="whole number or a UUID") as caught:
        session(connection, app="tarot", user_id="ann@example.com")
    assert "ann" not in str(caught.value)


@contextmanager
def _ended_when_stuck(connection: Connection, other: Connection) -> Iterator[None]:
    """Have the server hang up on who waits for it for ever, so that a test fails instead."""
    end = "SELECT pg_catalog.pg_terminate_backend(%s)"
    pid = connection.info.backend_pid
    timer = threading.Timer(20, lambda: other.execute(end, (pid,)))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("copied", ["TO STDOUT", "FROM STDIN"])
@pytest.mark.parametrize("in_block", [False, True])
def test_copy_as_a_statement(
    admin: Connection, shelf: Database, copied: str, before: int, in_block: bool
) -> None:
    """Sent alone as well: nobody would answer the server, and every call would wait for ever."""
    copy = statement(f"COPY shelf.books {copied}", identity=False)
    stuck = _ended_when_stuck(admin, shelf.admin())
    with stuck, session(admin, app=None, prepare=False) as db:
        with suppress(psycopg.OperationalError), db.transaction() if in_block else nullcontext():
            for _ in range(before):
                db.exec(statement("SELECT 1", identity=False))
            with pytest.raises(psycopg.NotSupportedError, match="COPY can't be run"):
                db.exec(copy)
            assert admin.closed


@pytest.mark.parametrize("prepare", [True, False])
def test_an_app_that_does_not_exist(shelf: Database, prepare: bool) -> None:
    connection = shelf.connect()
    with session(connection, app="nope", user_id=1, prepare=prepare) as db:
        for _ in range(2):
            with pytest.raises(SessionError, match="can't become nope_app: is the app's name"):
                db.many(TITLES)
        with pytest.raises(SessionError, match="nope_app"), db.transaction():
            db.many(TITLES)
    assert_clean(connection)
    with session(connection, app="tarot", user_id=1) as db:
        assert db.many(TITLES)


def test_a_login_that_may_not_become_the_apps_role(shelf: Database) -> None:
    stranger = shelf.connect("strongroom_migrator")
    with (
        session(stranger, app="tarot", user_id=1) as db,
        pytest.raises(SessionError, match="can't become tarot_app"),
    ):
        db.many(TITLES)


def test_a_target_of_another_kind() -> None:
    with pytest.raises(TypeError, match="not str"):
        session("postgresql://", app="tarot")  # type: ignore[arg-type]


def test_ids_of_every_kind_arrive(connection: Connection) -> None:
    said = value("SELECT current_setting('kernel.user_id') AS v")
    key = UUID("0190a1b2-0000-7000-8000-000000000001")
    for user_id in (-5, 2**62, "7", str(key), key):
        with session(connection, app="tarot", user_id=user_id) as db:
            assert db.one(said) == str(user_id)


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ((), "takes 1 parameters, and 0 were given"),
        ((1, 2), "takes 1 parameters, and 2 were given"),
        (("secret",), r"\$1 \(bigint\): an int is expected, got str"),
        ((2**63,), r"\$1 \(bigint\): out of range, got int"),
        ((UNSET,), "UNSET is not a value"),
    ],
)
def test_a_bad_parameter(
    connection: Connection, parameters: tuple[object, ...], reason: str
) -> None:
    with session(connection, app="tarot", user_id=1) as db, silence(connection):
        with pytest.raises(BadParameter, match=reason) as caught:
            db.maybe(TITLE, parameters)
        assert "secret" not in str(caught.value)
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None or caught.value.__suppress_context__
        assert isinstance(caught.value, ValueError)


def test_an_encoder_that_quotes_the_value_is_not_quoted(connection: Connection) -> None:
    def encode(given: object) -> bytes:
        raise ValueError(f"bad: {given}")

    write = statement("SELECT $1", ("jsonb",), encode=(encode,))
    with session(connection, app="tarot", user_id=1) as db, silence(connection):
        with pytest.raises(BadParameter, match="refused by its encoder") as caught:
            db.exec(write, ("secret",))
        assert "secret" not in str(caught.value)


def test_what_a_program_writes_for_many_items_is_not_quoted(counts: Database) -> None:
    def write(given: object) -> bytes:
        raise ValueError(f"bad: {given}")

    codec = Codec("shelf.title", write=write)
    title = value("SELECT $1 AS v", "shelf.title", types=(codec,))
    titles = value("SELECT unnest($1) AS v", "shelf.title[]", types=(codec,))
    copy = statement(
        "COPY shelf.counts (note) FROM STDIN (FORMAT BINARY)", ("text",), encode=(write,)
    )
    take: dict[str, Any] = {"take": lambda item: (item,)}
    with session(counts.connect(), app="tarot", user_id=1) as db:
        for call in (
            lambda: db.one(title, ("secret",)),
            lambda: db.batch(title, ["secret"], load=load_one, **take),
            lambda: db.bulk(titles, ["secret"], **take),
            lambda: db.copy(copy, ["secret"], **take),
        ):
            with pytest.raises(BadParameter, match="refused by its encoder") as caught:
                call()
            assert "secret" not in str(caught.value)
            assert caught.value.__cause__ is None


@pytest.mark.parametrize("prepare", [True, False])
def test_other_columns_than_promised(connection: Connection, prepare: bool) -> None:
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for columns in (("v", "w"), ("w",)):
            with pytest.raises(ShapeMismatch, match=r"answers with columns \(v\)"):
                db.many(statement("SELECT 1 AS v", columns=columns))
        write = "UPDATE shelf.books SET title = 'changed' WHERE id = 1 RETURNING title AS v"
        with pytest.raises(ShapeMismatch):
            db.many(statement(write, columns=("w",), writes=True))
        with pytest.raises(ShapeMismatch, match="neither json nor jsonb"):
            db.many(value(write, writes=True, decode=(bytes,)))
        assert db.many(TITLES) == ["Emma", "Persuasion"]
    assert_clean(connection)


def test_a_type_that_does_not_exist(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(SessionError, match=r"no type shelf\.nothing"):
            db.exec(statement("SELECT $1", ("shelf.nothing",)), ("x",))
    assert_clean(connection)


def test_a_connection_in_another_encoding(shelf: Database) -> None:
    connection = shelf.connect()
    connection.execute("SET client_encoding TO 'LATIN1'")
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(SessionError, match="LATIN1"):
            db.many(TITLES)


def test_a_closed_connection(shelf: Database) -> None:
    connection = shelf.connect()
    connection.close()
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(psycopg.OperationalError, match="closed"):
            db.many(TITLES)
