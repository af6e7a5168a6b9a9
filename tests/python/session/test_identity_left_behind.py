"""After each kind of failure the connection is closed, or carries nothing of the session."""
# ruff: noqa: SIM117 (what raises is often the end of a block; the order is the point)

from __future__ import annotations

import _thread
import threading
import time
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from psycopg import errors

from strongroom.session import NoRow, Session, SessionError, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    ADD,
    NOTHING_LEFT,
    REFUSE,
    SLEEP,
    TITLE,
    TITLES,
    TooMuch,
    assert_clean,
    left_behind,
    statement,
)

QUICK = replace(SLEEP, timeout_ms=20)
BROKEN = statement("SELECT 1 / $1", ("integer",))
ABSENT = statement("SELECT 1 FROM shelf.absent")
COPY = statement("COPY shelf.books TO STDOUT")


def fail(db: Session, kind: str) -> None:
    """One failure of each kind."""
    match kind:
        case "raise":
            db.one(REFUSE, ("SH001", "no"))
        case "constraint":
            db.exec(ADD, (13, "Unlucky", None))
        case "deferred":
            db.exec(ADD, (4, "Alone", 99))
        case "timeout":
            db.one(QUICK, (30.0,))
        case "division":
            db.exec(BROKEN, (0,))
        case "parse":
            db.exec(ABSENT)
        case "policy":
            db.exec(ADD, (1, "Twice", None))
        case "norow":
            db.one(TITLE, (999,))
        case "copy":
            db.exec(COPY)


KINDS = {
    "raise": TooMuch,
    "constraint": errors.CheckViolation,
    "deferred": psycopg.DatabaseError,
    "timeout": errors.QueryCanceled,
    "division": errors.DivisionByZero,
    "parse": errors.UndefinedTable,
    "policy": errors.UniqueViolation,
    "norow": NoRow,
    "copy": psycopg.Error,
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prepare", [True, False])
def test_after_a_failed_call(connection: Connection, kind: str, prepare: bool) -> None:
    with session(
        connection, app="tarot", user_id=1, actor="a", request_id="r", prepare=prepare
    ) as db:
        for _ in range(2):
            with pytest.raises(KINDS[kind]):
                fail(db, kind)
            if connection.closed:
                assert kind == "copy"
                return
            assert_clean(connection)
            assert db.many(TITLES) == ["Emma", "Persuasion"]
            assert_clean(connection)


@pytest.mark.parametrize("kind", KINDS)
def test_after_a_failed_block(shelf: Database, kind: str) -> None:
    connection = shelf.connect()
    with session(connection, app="tarot", user_id=1) as db:
        db.exec(ADD, (100, "Before", None))
        with pytest.raises(KINDS[kind]):
            block(db, kind)
        if not connection.closed:
            assert_clean(connection)
            assert db.many(TITLES) == ["Emma", "Persuasion", "Before"]
    assert_clean(connection)


def block(db: Session, kind: str) -> None:
    """A block that fails half-way."""
    with db.transaction():
        db.exec(ADD, (5, "Lost", None))
        fail(db, kind)


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - {"copy", "deferred"}))
def test_after_a_failure_in_the_programs_transaction(manual: Connection, kind: str) -> None:
    with session(manual, app="tarot", user_id=1) as db, pytest.raises(KINDS[kind]):
        fail(db, kind)
    manual.rollback()
    assert left_behind(manual) == NOTHING_LEFT


def test_a_role_that_the_login_may_not_take(shelf: Database, admin: Connection) -> None:
    lonely = f"lonely_{shelf.name}"
    admin.execute(f"CREATE ROLE {lonely} LOGIN")
    try:
        admin.execute(f"GRANT CONNECT ON DATABASE {shelf.name} TO {lonely}")
        with psycopg.connect(shelf.url(lonely), autocommit=True) as connection:
            with session(connection, app="tarot", user_id=1) as db:
                with pytest.raises(SessionError, match="can't become tarot_app"):
                    db.many(TITLES)
                with pytest.raises(SessionError, match="can't become"), db.transaction():
                    db.many(TITLES)
            query = (
                "SELECT current_user::text, coalesce(current_setting('kernel.user_id', true), '')"
            )
            assert connection.execute(query).fetchone() == (lonely, "")
    finally:
        admin.execute(f"DROP OWNED BY {lonely}")
        admin.execute(f"DROP ROLE {lonely}")


@pytest.mark.parametrize("in_block", [False, True])
def test_a_backend_that_is_terminated(shelf: Database, admin: Connection, in_block: bool) -> None:
    connection = shelf.connect()
    pid = connection.info.backend_pid
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(psycopg.OperationalError):
            killed(db, admin, pid, in_block=in_block)
        assert connection.closed
        with pytest.raises(psycopg.OperationalError, match=r"closed|lost"):
            db.many(TITLES)
    assert admin.execute("SELECT count(*) FROM shelf.books").fetchone() == (3,)


def killed(db: Session, admin: psycopg.Connection[Any], pid: int, *, in_block: bool) -> None:
    """Call with the backend gone; in a block, after it wrote."""
    if not in_block:
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        db.many(TITLES)
        return
    with db.transaction():
        db.exec(ADD, (4, "Lost", None))
        admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))


def test_a_backend_that_is_terminated_in_the_middle_of_a_call(
    connection: Connection, admin: Connection
) -> None:
    pid = connection.info.backend_pid
    killer = threading.Thread(target=when_asleep, args=(admin, pid, "pg_terminate_backend(%s)"))
    with session(connection, app="tarot", user_id=1) as db:
        killer.start()
        with pytest.raises(errors.AdminShutdown):
            db.one(SLEEP, (30.0,))
        killer.join()
        assert connection.closed


def when_asleep(admin: psycopg.Connection[Any], pid: int, then: str) -> None:
    """Do something as soon as the backend sleeps in pg_sleep."""
    query = "SELECT FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'"
    while admin.execute(query, (pid,)).fetchone() is None:
        time.sleep(0.01)
    admin.execute(f"SELECT {then}".encode(), (pid,))


def test_a_cancel_from_elsewhere(connection: Connection, admin: Connection) -> None:
    pid = connection.info.backend_pid
    canceller = threading.Thread(target=when_asleep, args=(admin, pid, "pg_cancel_backend(%s)"))
    with session(connection, app="tarot", user_id=1) as db:
        canceller.start()
        with pytest.raises(errors.QueryCanceled):
            db.one(SLEEP, (30.0,))
        canceller.join()
        assert not connection.closed
        assert_clean(connection)


@pytest.mark.parametrize("in_block", [False, True])
def test_a_keyboard_interrupt(connection: Connection, admin: Connection, in_block: bool) -> None:
    pid = connection.info.backend_pid

    def interrupt() -> None:
        when_asleep(admin, pid, "%s::int")
        _thread.interrupt_main()

    thread = threading.Thread(target=interrupt)
    with session(connection, app="tarot", user_id=1) as db:
        thread.start()
        with pytest.raises(KeyboardInterrupt):
            asleep(db, in_block=in_block)
        thread.join()
        assert not connection.closed
        assert_clean(connection)
        assert db.many(TITLES) == ["Emma", "Persuasion"]


def asleep(db: Session, *, in_block: bool) -> None:
    """Sleep in a call; in a block, after a write."""
    if not in_block:
        db.one(SLEEP, (30.0,))
        return
    with db.transaction():
        db.exec(ADD, (4, "Lost", None))
        db.one(SLEEP, (30.0,))


@pytest.mark.parametrize("prepare", [True, False])
def test_an_interrupt_in_code_of_ours_closes_what_is_not_settled(
    connection: Connection, prepare: bool
) -> None:
    def interrupted(_: object) -> object:
        raise KeyboardInterrupt

    write = statement(
        "INSERT INTO shelf.books (id, title, extra) VALUES (4, 'Lost', '1') RETURNING extra",
        columns=("extra",),
        decode=(interrupted,),
        writes=True,
    )
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        with pytest.raises(KeyboardInterrupt):
            db.many(write)
    assert connection.closed  # its transaction was open, and nobody could end it any more


def test_the_timeout_of_a_statement_is_its_own(connection: Connection) -> None:
    limit = statement("SELECT current_setting('statement_timeout') AS v", columns=("v",))
    limited = replace(limit, timeout_ms=1234)
    with session(connection, app="tarot", user_id=1) as db:
        for _ in range(3):  # also once there is nothing to be prepared any more
            assert db.one(limited) == "1234ms"
            assert db.one(limit) == "30s"
        with db.transaction():
            assert db.one(limited) == "1234ms"
            assert db.one(limit) == "30s"
            assert db.one(QUICK, (0.0,)) == 1
            assert db.one(limit) == "30s"
        assert_clean(connection)
