"""Tables get columns while programs run that were generated before: `*` then shows more of them."""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import pytest
from pydantic import TypeAdapter

from strongroom.session import (
    Array,
    Plain,
    ShapeMismatch,
    Statement,
    async_session,
    load_one,
    session,
)
from tests.python.fix_databases import Database
from tests.python.session.shelf import statement

NAMES = ("id", "owner", "title", "mood", "extra", "twin")


def _row(*values: object) -> tuple[object, ...]:
    """Takes six values and no more, as a row class does."""
    number, owner, title, mood, extra, twin = values
    return number, owner, title, mood, extra, twin


def _star(sql: str, *parameters: str, **rest: Any) -> Statement[Any]:
    return statement(sql, parameters, NAMES, row=_row, **rest)


ALL = _star("SELECT * FROM shelf.books ORDER BY id")
ONE = _star("SELECT * FROM shelf.books WHERE id = $1", "bigint", at_most_one=True)
RENAME = _star(
    "UPDATE shelf.books SET title = title || '!' WHERE id = $1 RETURNING *",
    "bigint",
    writes=True,
    at_most_one=True,
)
UNPROVEN = _star(
    "UPDATE shelf.books SET title = title || '?' WHERE id = $1 RETURNING *", "bigint", writes=True
)
READ = TypeAdapter(dict[str, int] | None).validate_json
DECODED = _star(
    "SELECT * FROM shelf.books ORDER BY id", decode=(None, None, None, None, READ, None)
)
SHAPED = statement(
    "SELECT ARRAY[b.title::text] AS titles, b.* FROM shelf.books AS b ORDER BY b.id",
    columns=("titles", *NAMES),
    row=lambda titles, *values: (titles, _row(*values)),
    shapes=(Array(Plain("text")), *[None] * 6),
)
ONE_COLUMN = statement("TABLE shelf.single", columns=("v",))
MORE = (
    "ALTER TABLE shelf.books ADD COLUMN added integer DEFAULT 7",
    "ALTER TABLE shelf.books ADD COLUMN spots point[] DEFAULT '{\"(1,2)\"}'",
)
MADE = (
    "CREATE TABLE shelf.single AS SELECT 1 AS v; GRANT SELECT, UPDATE ON shelf.single TO tarot_app"
)


@pytest.mark.parametrize("prepare", [True, False])
def test_calls_go_on_where_a_table_got_columns(shelf_everywhere: Database, prepare: bool) -> None:
    connection, admin = shelf_everywhere.connect(), shelf_everywhere.admin()
    admin.execute("""UPDATE shelf.books SET extra = '{"a": 1}' WHERE id = 1""")
    admin.execute(MADE)
    titles = []
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for change in ("SELECT", *MORE):
            admin.execute(change.encode())
            everything = db.many(ALL)
            assert [row[0] for row in everything] == [1, 2]
            assert db.one(ONE, (1,)) == everything[0]
            assert db.maybe(ONE, (1,)) == everything[0]
            assert list(db.stream(ALL, fetch=1)) == everything
            assert [row[4] for row in db.many(DECODED)] == [{"a": 1}, None]
            assert db.many(SHAPED)[0] == ([everything[0][2]], everything[0])
            assert db.batch(ONE, (1, 2), take=lambda item: (item,), load=load_one) == everything
            marked = db.batch(RENAME, (2,), take=lambda item: (item,), load=load_one)
            assert [row[0] for row in marked] == [2]
            titles += [db.one(RENAME, (1,))[2], db.one(UNPROVEN, (1,))[2]]
            with db.transaction():
                assert db.many(ALL)[0][2] == titles[-1]
        assert db.many(ONE_COLUMN) == [1]
        admin.execute("ALTER TABLE shelf.single ADD COLUMN w int")
        assert db.many(ONE_COLUMN) == [1]
    # Each write ran once.
    marks = [title.removeprefix("Emma") for title in titles]
    assert marks == ["!", "!?", "!?!", "!?!?", "!?!?!", "!?!?!?"]


def test_a_new_connection_takes_the_columns_that_it_knows(shelf_everywhere: Database) -> None:
    admin = shelf_everywhere.admin()
    for change in MORE:
        admin.execute(change.encode())
    with session(shelf_everywhere.connect(), app="tarot", user_id=1) as db:
        assert len(db.many(ALL)) == 2
        assert db.one(RENAME, (1,))[2] == "Emma!"

    async def main() -> list[Any]:
        url = shelf_everywhere.url()
        async with (
            await psycopg.AsyncConnection.connect(url, autocommit=True) as connection,
            async_session(connection, app="tarot", user_id=1) as db,
        ):
            return await db.many(ALL)

    assert len(asyncio.run(main())) == 2


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE shelf.books DROP COLUMN mood",
        "ALTER TABLE shelf.books RENAME COLUMN mood TO state",
        "ALTER TABLE shelf.books DROP COLUMN mood; ALTER TABLE shelf.books ADD COLUMN mood text",
    ],
)
def test_columns_that_are_others_now_are_refused(shelf_everywhere: Database, change: str) -> None:
    connection, admin = shelf_everywhere.connect(), shelf_everywhere.admin()
    with session(connection, app="tarot", user_id=1) as db:
        db.many(ALL)
        admin.execute(change.encode())
        for call in (lambda: db.many(ALL), lambda: db.one(RENAME, (1,))):
            with pytest.raises(ShapeMismatch):
                call()
        assert admin.execute("SELECT title FROM shelf.books WHERE id = 1").fetchone() == ("Emma",)
