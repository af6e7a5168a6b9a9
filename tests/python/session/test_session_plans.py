"""Prepared statements that somebody dropped, or that a migration made stale."""
# ruff: noqa: PT012 (what raises is the block as a whole)

from __future__ import annotations

import pytest
from psycopg import errors

from strongroom.session import BadParameter, ShapeMismatch, StalePlan, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import ADD, RENAME_FROM, TITLES, assert_clean, statement, value

EXTRA = value("SELECT extra AS v FROM shelf.books ORDER BY id")
MOOD = value("SELECT $1 AS v", "shelf.mood")
SETTLE = value(
    "UPDATE shelf.books SET extra = extra WHERE id = 1 RETURNING extra AS v",
    writes=True,
    at_most_one=True,
)


@pytest.mark.parametrize("command", ["DEALLOCATE ALL", "DISCARD ALL"])
def test_dropped_statements_are_prepared_again(shelf_everywhere: Database, command: str) -> None:
    connection = shelf_everywhere.connect()
    with session(connection, app="tarot", user_id=1) as db:
        for number in (4, 5, 6):
            assert db.many(TITLES)[:2] == ["Emma", "Persuasion"]
            db.exec(ADD, (number, f"t{number}", None))
            assert db.one(RENAME_FROM, (number, "!")) == f"t{number}!"
            connection.execute(command.encode())
        assert_clean(connection)
        assert db.many(TITLES) == ["Emma", "Persuasion", "t4!", "t5!", "t6!"]


def test_dropped_statements_before_a_block_go_unnoticed(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        db.many(TITLES)
        connection.execute("DEALLOCATE ALL")
        with db.transaction(), db.transaction():
            assert db.many(TITLES) == ["Emma", "Persuasion"]
            db.exec(ADD, (4, "Kept", None))
        assert len(db.many(TITLES)) == 3


def test_dropped_statements_in_a_block_stop_it(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(StalePlan, match="repeat the whole transaction"), db.transaction():
            db.exec(ADD, (4, "Lost", None))
            connection.execute("DEALLOCATE ALL")
            db.exec(ADD, (5, "Lost", None))
        assert_clean(connection)
        with db.transaction():
            db.exec(ADD, (4, "Kept", None))
        assert db.many(TITLES) == ["Emma", "Persuasion", "Kept"]


@pytest.mark.parametrize("prepare", [True, False])
def test_a_column_of_another_type(shelf_everywhere: Database, prepare: bool) -> None:
    connection, admin = shelf_everywhere.connect(), shelf_everywhere.admin()
    admin.execute("""UPDATE shelf.books SET extra = '{"a": 1}' WHERE id = 1""")
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        assert db.many(EXTRA) == [{"a": 1}, None]
        assert db.one(SETTLE) == {"a": 1}
        admin.execute("ALTER TABLE shelf.books ALTER COLUMN extra TYPE text")
        assert db.many(EXTRA) == ['{"a": 1}', None]
        if not prepare:  # seen only after it ran; rolled back, and right from then on
            with pytest.raises(ShapeMismatch):
                db.one(SETTLE)
        assert db.one(SETTLE) == '{"a": 1}'
        admin.execute("ALTER TABLE shelf.books DROP COLUMN extra")
        admin.execute("ALTER TABLE shelf.books ADD COLUMN extra integer DEFAULT 7")
        assert db.many(EXTRA) == [7, 7]


def test_one_repetition_is_enough_after_a_migration(
    connection: Connection, admin: Connection
) -> None:
    other = value("SELECT extra AS v FROM shelf.books WHERE id = 1")
    with session(connection, app="tarot", user_id=1) as db:
        db.many(EXTRA)
        db.many(other)
        admin.execute("ALTER TABLE shelf.books ALTER COLUMN extra TYPE text")
        with pytest.raises(StalePlan), db.transaction():
            db.many(TITLES)
            db.many(EXTRA)
        with db.transaction():
            db.many(TITLES)
            assert (db.many(EXTRA), db.many(other)) == ([None, None], [None])


def test_what_does_not_change_the_result_changes_nothing(
    connection: Connection, admin: Connection
) -> None:
    calls = value("SELECT shelf.answer() AS v")
    make = "CREATE FUNCTION shelf.answer() RETURNS integer LANGUAGE sql RETURN {}"
    admin.execute(make.format(41).encode())
    with session(connection, app="tarot", user_id=1) as db:
        assert db.one(calls) == 41
        admin.execute("DROP FUNCTION shelf.answer()")
        admin.execute(make.format(42).encode())
        with db.transaction():
            assert db.one(calls) == 42
            assert db.many(TITLES) == ["Emma", "Persuasion"]
        admin.execute("ALTER TABLE shelf.books ADD COLUMN added integer")
        with db.transaction():
            assert db.many(TITLES) == ["Emma", "Persuasion"]


def test_an_enum_gets_a_new_value(connection: Connection, admin: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        assert db.one(MOOD, ("calm",)) == "calm"
        admin.execute("ALTER TYPE shelf.mood ADD VALUE 'sad'")
        assert db.one(MOOD, ("sad",)) == "sad"


def test_prepared_statements_are_limited(connection: Connection) -> None:
    count = "SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'strongroom%'"
    many = [value(f"SELECT {number} AS v") for number in range(450)]
    with session(connection, app="tarot", user_id=1) as db:
        for number, each in enumerate(many):
            assert db.one(each) == number
        # The identity's own, and the last one that was given up: it goes with the next call.
        assert connection.execute(count).fetchone() == (401,)
        assert [db.one(each) for each in many[:60]] == list(range(60))
        assert connection.execute(count).fetchone() == (401,)


def test_a_statement_given_up_for_a_call_that_was_not_sent(connection: Connection) -> None:
    """It goes with the next call, also with one that nothing else has to precede."""
    many = [value(f"SELECT {number} AS v") for number in range(400)]
    given_up = "SELECT count(*) FROM pg_prepared_statements WHERE statement = 'SELECT 0 AS v'"
    with session(connection, app="tarot", user_id=1) as db:
        for each in many:
            db.one(each)
        with pytest.raises(BadParameter):
            db.one(value("SELECT $1 AS v", "integer"), ("no number",))
        assert connection.execute(given_up).fetchone() == (1,)
        assert db.one(many[-1]) == 399
    assert connection.execute(given_up).fetchone() == (0,)


def test_what_another_session_prepared_is_not_used_without_prepared_statements(
    connection: Connection,
) -> None:
    runs = (
        "SELECT sum(generic_plans + custom_plans)::integer FROM pg_prepared_statements"
        " WHERE statement = %s"
    )
    for prepare in (True, False):
        with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
            for _ in range(3):
                assert db.many(TITLES) == ["Emma", "Persuasion"]
        assert connection.execute(runs, (TITLES.sql,)).fetchone() == (3,)


def test_what_a_plain_session_prepared_gets_the_identity_of_the_next(
    connection: Connection,
) -> None:
    role = value("SELECT current_user::text AS v", at_most_one=True, identity=False)
    with session(connection, app=None) as plain:
        assert [plain.one(role) for _ in range(2)] == ["strongroom_login"] * 2
    with session(connection, app="tarot", user_id=1) as db:
        assert [db.one(role) for _ in range(2)] == ["tarot_app"] * 2


def test_a_failed_first_call_is_prepared_all_the_same(connection: Connection) -> None:
    divide = statement("SELECT 1 / $1 AS v", ("integer",), ("v",))
    with session(connection, app="tarot", user_id=1) as db:
        for _ in range(3):
            with pytest.raises(errors.DivisionByZero, match="division by zero"):
                db.one(divide, (0,))
        assert db.one(divide, (1,)) == 1
    query = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 /%'"
    assert connection.execute(query).fetchone() == (1,)


@pytest.mark.parametrize("prepare", [True, False])
def test_a_type_made_anew_under_its_old_name(shelf_everywhere: Database, prepare: bool) -> None:
    connection, admin = shelf_everywhere.connect(), shelf_everywhere.admin()
    found = value("SELECT mood AS v FROM shelf.books WHERE mood = $1", "shelf.mood")
    many = value("SELECT mood AS v FROM shelf.books WHERE mood = ANY ($1)", "shelf.mood[]")
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        assert (db.many(found, ("calm",)), db.many(many, (["calm"],))) == ([], [])
        for moods in ("'calm', 'sad'", "'sad', 'glad'"):
            admin.execute(
                "ALTER TABLE shelf.books DROP COLUMN mood; DROP TYPE shelf.mood;"
                f" CREATE TYPE shelf.mood AS ENUM ({moods});"
                " ALTER TABLE shelf.books ADD COLUMN mood shelf.mood DEFAULT 'sad'"
            )
            # Where it has to be parsed, it can't be told from a statement that is simply wrong.
            stale = StalePlan if prepare else errors.WrongObjectType
            with pytest.raises(stale), db.transaction():
                db.many(TITLES)
                db.many(many, (["sad"],))
            assert db.many(found, ("sad",)) == ["sad", "sad"]
            with db.transaction():
                assert db.many(many, (["sad", None],)) == ["sad", "sad"]
