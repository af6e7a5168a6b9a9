"""Single calls: what they return, whose rows they see, and that each is a transaction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from strongroom.session import NoRow, SessionError, ShapeMismatch, TooManyRows, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    ADD,
    ADD_RETURNING,
    EVERY_TITLE,
    RENAME_FROM,
    TITLE,
    TITLES,
    WHO,
    assert_clean,
    value,
)


def test_a_call_runs_as_the_user_and_role_of_the_session(shelf_everywhere: Database) -> None:
    connection = shelf_everywhere.connect()
    for user in (1, 2):
        with session(connection, app="tarot", user_id=user, actor="bot", request_id="r") as db:
            assert db.one(WHO) == ("tarot_app", "tarot", user, "bot", "r")
            assert db.many(TITLES) == [["Emma", "Persuasion"], ["Dracula"]][user - 1]
        assert_clean(connection)
    with session(connection, app="tarot", role="worker") as db:
        assert db.one(replace(WHO, role="worker")) == ("tarot_worker", "tarot", None, None, None)
        assert sorted(db.many(EVERY_TITLE)) == ["Dracula", "Emma", "Persuasion"]
    assert_clean(connection)


@pytest.mark.parametrize("prepare", [True, False])
def test_every_kind_of_call(connection: Connection, prepare: bool) -> None:
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for number in (4, 5, 6):  # the first call on a connection goes another way than the rest
            title = f"t{number}"
            assert db.one(ADD_RETURNING, (number, title)) == (number, title)
            assert db.one(TITLE, (number,)) == title
            assert db.maybe(TITLE, (number,)) == title
            assert db.maybe(TITLE, (999,)) is None
            assert db.rowcount(RENAME_FROM, (number, "!")) == 1
            assert db.many(RENAME_FROM, (number, "!")) == [title + "!!"]
            db.exec(ADD, (number + 100, "gone", None))
            assert db.rowcount(value("DELETE FROM shelf.books WHERE id > 100", writes=True)) == 1
    assert_clean(connection)


def test_number_of_rows_is_kept(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        for _ in range(2):
            with pytest.raises(NoRow, match=r"^shelf\.test found no row$"):
                db.one(TITLE, (999,))
            with pytest.raises(TooManyRows, match="found 2 rows"):
                db.one(TITLES)
            with pytest.raises(TooManyRows):
                db.maybe(TITLES)


@pytest.mark.parametrize("prepare", [True, False])
def test_a_write_refused_for_its_rows_leaves_nothing(connection: Connection, prepare: bool) -> None:
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for _ in range(2):
            with pytest.raises(TooManyRows):
                db.one(RENAME_FROM, (1, "!"))
            assert_clean(connection)
            with pytest.raises(TooManyRows):
                db.maybe(RENAME_FROM, (1, "!"))
            assert_clean(connection)
        assert db.many(TITLES) == ["Emma", "Persuasion"]
        assert db.one(RENAME_FROM, (2, "!")) == "Persuasion!"
        assert db.many(TITLES) == ["Emma", "Persuasion!"]


def test_a_write_in_a_with_that_finds_no_row_leaves_nothing(connection: Connection) -> None:
    proven = value(
        "WITH changed AS (UPDATE shelf.books SET title = 'changed' WHERE id = 1)"
        " SELECT title AS v FROM shelf.books WHERE id = 999",
        writes=True,
        at_most_one=True,
    )
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(NoRow):
            db.one(proven)
        assert db.many(TITLES) == ["Emma", "Persuasion"]


def test_a_write_whose_row_cannot_be_made_leaves_nothing(connection: Connection) -> None:
    def refuse(_: object) -> object:
        raise ValueError("no")

    for broken, told in (
        ({"decode": (refuse,)}, "column v holds JSON that can't be read: ValueError"),
        ({"convert": (refuse,)}, "^no$"),
    ):
        bad = value(
            "UPDATE shelf.books SET title = 'changed', extra = '1' WHERE id = 1"
            " RETURNING extra AS v",
            writes=True,
            at_most_one=True,
            **broken,
        )
        with session(connection, app="tarot", user_id=1) as db:
            with pytest.raises((ValueError, ShapeMismatch), match=told):
                db.one(bad)
            assert db.many(TITLES) == ["Emma", "Persuasion"]
        assert_clean(connection)


def test_a_session_is_used_inside_its_block(connection: Connection) -> None:
    db = session(connection, app="tarot", user_id=1)
    with pytest.raises(SessionError, match="not open"):
        db.many(TITLES)
    with db:
        assert db.many(TITLES)
        with pytest.raises(SessionError, match="open already"):
            db.__enter__()
    with pytest.raises(SessionError, match="not open"):
        db.many(TITLES)
    with db:
        assert db.many(TITLES)


def test_a_plain_session_sends_no_identity(shelf: Database) -> None:
    plain = value("SELECT current_user::text AS v", identity=False)
    connection = shelf.connect()
    with session(connection, app=None) as db:
        assert db.one(plain) == "strongroom_login"


def test_a_programs_own_adapters_change_nothing(connection: Connection) -> None:
    connection.row_factory = lambda cursor: lambda values: {"mine": values}
    connection.adapters.register_loader("text", type("Odd", (_Odd,), {}))
    with session(connection, app="tarot", user_id=1) as db:
        assert db.many(TITLES) == ["Emma", "Persuasion"]


class _Odd:
    format = 0

    def __init__(self, oid: int, context: object = None) -> None:
        self.oid = oid

    def load(self, data: object) -> str:
        return "odd"
