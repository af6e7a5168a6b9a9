"""Transaction blocks: commit, rollback, savepoints, and whose transaction is joined."""
# ruff: noqa: PT012 (what raises is often the end of a block; the order is the point)

from __future__ import annotations

import threading

import psycopg
import pytest

from strongroom.session import TransactionAborted, TransactionConflict, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    ADD,
    NOTHING_LEFT,
    REFUSE,
    TITLES,
    WHO,
    TooMuch,
    TwinMissing,
    assert_clean,
    left_behind,
    value,
)

ISOLATION = value("SELECT current_setting('transaction_isolation') AS v")
READ_ONLY = value("SELECT current_setting('transaction_read_only') AS v")
IDLE = psycopg.pq.TransactionStatus.IDLE
INTRANS = psycopg.pq.TransactionStatus.INTRANS


def test_a_block_commits_or_leaves_nothing(shelf_everywhere: Database) -> None:
    connection = shelf_everywhere.connect()
    with session(connection, app="tarot", user_id=1) as db:
        with db.transaction():
            assert connection.info.transaction_status == IDLE
            db.exec(ADD, (4, "Kept", None))
            assert connection.info.transaction_status == INTRANS
        assert_clean(connection)
        with pytest.raises(ZeroDivisionError), db.transaction():
            db.exec(ADD, (5, "Lost", None))
            raise ZeroDivisionError
        assert_clean(connection)
        assert db.many(TITLES) == ["Emma", "Persuasion", "Kept"]


def test_an_inner_block_is_a_savepoint(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with db.transaction():
            with pytest.raises(TooMuch), db.transaction():
                db.exec(ADD, (4, "Lost", None))
                db.one(REFUSE, ("SH001", "no"))
            assert db.one(WHO)[:3] == ("tarot_app", "tarot", 1)
            with db.transaction(), db.transaction():
                db.exec(ADD, (5, "Kept", None))
            db.exec(ADD, (6, "Kept too", None))
        assert db.many(TITLES) == ["Emma", "Persuasion", "Kept", "Kept too"]
    assert_clean(connection)


def test_a_swallowed_failure_is_no_commit(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(TransactionAborted, match="was rolled back"), db.transaction():
            db.exec(ADD, (4, "Lost", None))
            with pytest.raises(TooMuch):
                db.one(REFUSE, ("SH001", "no"))
            with pytest.raises(TransactionAborted, match="failed already"), db.transaction():
                pass
        assert not connection.closed
        assert_clean(connection)
        assert db.many(TITLES) == ["Emma", "Persuasion"]


def test_a_deferred_constraint_fails_at_the_end(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(TwinMissing, match=r"^No such twin\.$"):
            db.exec(ADD, (4, "Lost", 99))
        assert_clean(connection)
        with pytest.raises(TwinMissing), db.transaction():
            db.exec(ADD, (4, "Lost", 99))
            assert len(db.many(TITLES)) == 3
        assert_clean(connection)
        with db.transaction():
            db.exec(ADD, (4, "Twin", 5))
            db.exec(ADD, (5, "Other", 4))
        assert db.many(TITLES) == ["Emma", "Persuasion", "Twin", "Other"]


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read", "serializable"])
def test_isolation_and_read_only(connection: Connection, isolation: str) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with db.transaction(isolation=isolation, read_only=True):  # type: ignore[arg-type]
            assert (db.one(ISOLATION), db.one(READ_ONLY)) == (isolation, "on")
            with pytest.raises(TransactionConflict), db.transaction(read_only=True):
                pass
        with pytest.raises(ValueError, match="isolation is one of"):
            db.transaction(isolation="READ; COMMIT").__enter__()  # type: ignore[arg-type]


def test_what_psycopg_was_told_about_transactions_counts(manual: Connection) -> None:
    manual.isolation_level = psycopg.IsolationLevel.SERIALIZABLE
    manual.read_only = True
    with session(manual, app="tarot", user_id=1) as db, db.transaction():
        assert (db.one(ISOLATION), db.one(READ_ONLY)) == ("serializable", "on")


def test_without_autocommit_nothing_is_committed_unasked(
    manual: Connection, admin: Connection
) -> None:
    query = "SELECT count(*) FROM shelf.books WHERE id > 3"
    with session(manual, app="tarot", user_id=1) as db:
        db.exec(ADD, (4, "Waits", None))
        assert admin.execute(query).fetchone() == (0,)
    assert manual.info.transaction_status == INTRANS
    assert left_behind(manual) == NOTHING_LEFT
    manual.commit()
    assert admin.execute(query).fetchone() == (1,)
    with session(manual, app="tarot", user_id=1) as db:
        db.exec(ADD, (5, "Lost", None))
    manual.rollback()
    assert admin.execute(query).fetchone() == (1,)


def test_a_call_joins_the_programs_own_transaction(
    connection: Connection, admin: Connection
) -> None:
    with pytest.raises(ZeroDivisionError), connection.transaction():
        with session(connection, app="tarot", user_id=1) as db:
            db.exec(ADD, (4, "Lost", None))
            with pytest.raises(TooMuch), db.transaction():
                db.one(REFUSE, ("SH001", "no"))
            assert len(db.many(TITLES)) == 3
        assert left_behind(connection) == NOTHING_LEFT
        with session(connection, app="tarot", user_id=2) as db:
            assert db.many(TITLES) == ["Dracula"]
        raise ZeroDivisionError
    assert_clean(connection)
    assert admin.execute("SELECT count(*) FROM shelf.books").fetchone() == (3,)


def test_dropped_statements_do_not_spoil_the_programs_transaction(connection: Connection) -> None:
    with connection.transaction():
        with session(connection, app="tarot", user_id=1) as db:
            db.exec(ADD, (4, "Kept", None))
            connection.execute("DEALLOCATE ALL")
        assert left_behind(connection) == NOTHING_LEFT
    with session(connection, app="tarot", user_id=1) as db:
        assert len(db.many(TITLES)) == 3


def test_a_transaction_never_changes_its_identity(manual: Connection) -> None:
    with (
        session(manual, app="tarot", user_id=1) as one,
        session(manual, app="tarot", user_id=2) as two,
    ):
        assert one.many(TITLES) == ["Emma", "Persuasion"]
        for _ in range(2):
            with pytest.raises(TransactionConflict, match="another session's transaction"):
                two.many(TITLES)
            with pytest.raises(TransactionConflict), two.transaction():
                pass
        assert one.many(TITLES) == ["Emma", "Persuasion"]
        manual.commit()
        assert two.many(TITLES) == ["Dracula"]
        manual.rollback()
        manual.execute("SELECT 1")
        assert one.many(TITLES) == ["Emma", "Persuasion"]


def test_a_failed_transaction_of_another_session_is_refused_as_well(manual: Connection) -> None:
    with (
        session(manual, app="tarot", user_id=1) as one,
        session(manual, app="tarot", user_id=2) as two,
    ):
        with pytest.raises(TooMuch):
            one.one(REFUSE, ("SH001", "no"))
        with pytest.raises(TransactionConflict):
            two.many(TITLES)


def test_two_sessions_take_turns_between_transactions(connection: Connection) -> None:
    with (
        session(connection, app="tarot", user_id=1) as one,
        session(connection, app="tarot", user_id=2) as two,
    ):
        for _ in range(3):
            assert one.many(TITLES) == ["Emma", "Persuasion"]
            assert two.many(TITLES) == ["Dracula"]
        with one.transaction():
            assert one.many(TITLES) == ["Emma", "Persuasion"]
            with pytest.raises(TransactionConflict):
                two.many(TITLES)


def test_a_transaction_ended_by_other_means_is_noticed(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(TransactionConflict, match="other means"), db.transaction():
            db.many(TITLES)
            connection.execute("COMMIT")
            db.many(TITLES)
        with pytest.raises(TransactionConflict, match="other means"), db.transaction():
            db.many(TITLES)
            connection.execute("ROLLBACK")
        with pytest.raises(psycopg.ProgrammingError), db.transaction():
            db.many(TITLES)
            connection.commit()
        with pytest.raises(TransactionConflict, match="begun on this connection"), db.transaction():
            connection.execute("BEGIN")
            db.many(TITLES)
    connection.rollback()
    assert_clean(connection)


def test_a_block_that_outlives_its_session_is_rolled_back(
    connection: Connection, admin: Connection
) -> None:
    db = session(connection, app="tarot", user_id=1)
    block = db.transaction()
    with db:
        block.__enter__()
        db.exec(ADD, (4, "Lost", None))
    assert_clean(connection)
    with pytest.raises(TransactionAborted, match="session ended"):
        block.__exit__(None, None, None)
    assert admin.execute("SELECT count(*) FROM shelf.books").fetchone() == (3,)
    with connection.transaction():  # psycopg's own count of open blocks is right again
        connection.execute("SELECT 1")


def test_blocks_end_in_the_order_in_which_they_began(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        outer, inner = db.transaction(), db.transaction()
        outer.__enter__()
        inner.__enter__()
        db.exec(ADD, (4, "Lost", None))
        with pytest.raises(TransactionConflict, match="another order"):
            outer.__exit__(None, None, None)
        assert len(db.many(TITLES)) == 2
        with pytest.raises(TransactionAborted):
            inner.__exit__(None, None, None)


def test_another_thread_opens_no_block_inside(connection: Connection) -> None:
    caught: list[Exception] = []
    with session(connection, app="tarot", user_id=1) as db:

        def intrude() -> None:
            try:
                with db.transaction():
                    pass
            except Exception as error:
                caught.append(error)

        with db.transaction():
            db.exec(ADD, (4, "Kept", None))
            thread = threading.Thread(target=intrude)
            thread.start()
            thread.join()
        assert len(db.many(TITLES)) == 3
    assert [type(error) for error in caught] == [TransactionConflict]


def test_psycopgs_pipeline_mode_is_refused(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        for _ in range(2):  # also where nothing has to be prepared any more
            with connection.pipeline(), pytest.raises(TransactionConflict, match="pipeline"):
                db.many(TITLES)
            assert db.many(TITLES) == ["Emma", "Persuasion"]
