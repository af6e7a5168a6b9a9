"""Results of every type equal what psycopg's own cursor reads."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg import errors

from strongroom.session import NoRow, TooManyRows, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import statement, value

SAME = (
    "1::smallint",
    "1::integer",
    "(-1)::bigint",
    "4294967295::oid",
    "true",
    "'é'::text",
    "'é'::varchar(5)",
    "'é'::character(3)",
    "'n'::name",
    "1.5::real",
    "0.1::double precision",
    "'NaN'::numeric::text",
    "1.50::numeric",
    "12345678901234567890.123456789::numeric",
    "'2026-01-02 03:04:05.6'::timestamp",
    "'2026-01-02'::date",
    "'23:59:59.999999'::time",
    "'01:02:03+05:30'::timetz",
    "'-2 days 03:00'::interval",
    "'00000000-0000-0000-0000-0000000000ff'::uuid",
    "'\\x00ff'::bytea",
    """'{"a": [1, null, 1.5]}'::jsonb""",
    """'{"a": [1, null, 1.5]}'::json""",
    "ARRAY[1, NULL, 3]",
    "ARRAY['a', NULL, 'b,\"c']",
    "ARRAY[1.5::numeric]",
    "ARRAY['2026-01-02'::date]",
    "ARRAY['{}'::jsonb]",
    "'{}'::text[]",
    "NULL::integer",
)
OURS = {
    "'calm'::shelf.mood": "calm",
    "ARRAY['calm', NULL]::shelf.mood[]": ["calm", None],
    "'t'::shelf.title": "t",
    "ARRAY['t']::shelf.title[]": ["t"],
    "ROW(1, 'cellar')::shelf.place": (1, "cellar"),
    "ARRAY[ROW(1, NULL)::shelf.place]": [(1, None)],
    "ROW(1, 'a'::text, ARRAY[2])": (1, "a", [2]),
}


@pytest.mark.parametrize("prepare", [True, False])
def test_as_psycopg_reads_them(shelf_everywhere: Database, prepare: bool) -> None:
    connection = shelf_everywhere.connect()
    connection.execute("SET TimeZone = 'UTC'")
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for expression in SAME:
            found = connection.execute(f"SELECT {expression}".encode(), binary=True).fetchall()
            expected = found[0][0]
            for _ in range(2):
                ours = db.one(value(f"SELECT {expression} AS v"))
                assert (ours, type(ours)) == (expected, type(expected)), expression


@pytest.mark.parametrize("prepare", [True, False])
def test_types_of_the_database(shelf_everywhere: Database, prepare: bool) -> None:
    connection = shelf_everywhere.connect()
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for expression, expected in OURS.items():
            assert db.one(value(f"SELECT {expression} AS v")) == expected, expression


def test_a_wide_row_by_position(connection: Connection) -> None:
    columns = tuple(f"c{number}" for number in range(len(SAME)))
    selected = ", ".join(f"{sql} AS {name}" for sql, name in zip(SAME, columns, strict=True))
    wide = statement(f"SELECT {selected}", (), columns, row=lambda *found: found)
    expected = connection.execute(f"SELECT {selected}".encode(), binary=True).fetchone()
    with session(connection, app="tarot", user_id=1) as db:
        assert db.one(wide) == expected
        assert db.many(wide) == [expected]


def test_instants_are_in_utc_whatever_the_session_says(connection: Connection) -> None:
    connection.execute("SET TimeZone = 'Asia/Kolkata'")
    said = value("SELECT '2026-01-02 03:04:05+00'::timestamptz AS v")
    with session(connection, app="tarot", user_id=1) as db:
        found: datetime = db.one(said)
    assert found == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert found.utcoffset() == UTC.utcoffset(None)


@pytest.mark.parametrize("prepare", [True, False])
def test_a_type_without_binary_loader_is_read_as_text(
    connection: Connection, prepare: bool
) -> None:
    mixed = statement(
        "SELECT 7 AS n, '(1,2)'::point AS p, '{\"a\": 1}'::jsonb AS j,"
        " ARRAY['calm']::shelf.mood[] AS m",
        (),
        ("n", "p", "j", "m"),
        row=lambda *found: found,
        decode=(None, None, bytes, None),
    )
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for _ in range(2):
            assert db.one(mixed) == (7, "(1,2)", b'{"a": 1}', ["calm"])


def test_decode_and_convert(connection: Connection) -> None:
    shaped = statement(
        "SELECT '{\"a\": 1}'::jsonb AS a, '[1]'::json AS b, NULL::jsonb AS c, 'x'::text AS d,"
        " NULL::text AS e",
        (),
        ("a", "b", "c", "d", "e"),
        row=lambda *found: found,
        decode=(bytes, bytes.decode, bytes, None, None),
        convert=(len, None, len, str.upper, str.upper),
    )
    with session(connection, app="tarot", user_id=1) as db:
        for _ in range(2):
            assert db.one(shaped) == (8, "[1]", None, "X", None)


def test_many_rows_and_large_values(connection: Connection) -> None:
    rows = statement(
        "SELECT n, repeat('x', n) AS t FROM pg_catalog.generate_series(1, $1) AS n",
        ("integer",),
        ("n", "t"),
        row=lambda number, text: (number, len(text)),
    )
    with session(connection, app="tarot", user_id=1) as db:
        assert db.many(rows, (3000,)) == [(n, n) for n in range(1, 3001)]
        megabytes = value("SELECT $1 AS v", "text")
        assert db.one(megabytes, ("y" * 20_000_000,)) == "y" * 20_000_000


@pytest.mark.parametrize("prepare", [True, False])
def test_rows_without_columns(connection: Connection, prepare: bool) -> None:
    rows = statement("SELECT FROM pg_catalog.generate_series(1, $1)", ("integer",))
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for _ in range(2):
            assert db.one(rows, (1,)) is None
            assert db.maybe(rows, (1,)) is None
            with pytest.raises(TooManyRows, match="found 2 rows"):
                db.one(rows, (2,))
            with pytest.raises(TooManyRows, match="found 2 rows"):
                db.maybe(rows, (2,))
            with pytest.raises(NoRow):
                db.one(rows, (0,))


def test_notices_do_not_disturb(connection: Connection, admin: Connection) -> None:
    heard: list[str] = []
    connection.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
    admin.execute(
        "CREATE FUNCTION shelf.talk() RETURNS integer LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE WARNING 'hear me'; RETURN 1; END $$"
    )
    with session(connection, app="tarot", user_id=1) as db:
        assert db.one(value("SELECT shelf.talk() AS v")) == 1
    assert heard == ["hear me"]


def test_notifications_reach_the_program(connection: Connection) -> None:
    heard: list[Any] = []
    connection.add_notify_handler(heard.append)
    connection.execute("LISTEN shelf")
    with session(connection, app="tarot", user_id=1) as db:
        db.exec(statement("SELECT pg_notify('shelf', 'x')"))
        db.exec(statement("SELECT 1"))
    assert [note.payload for note in heard] == ["x"]


def test_two_commands_are_refused(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        with pytest.raises(errors.SyntaxError, match="multiple commands"):
            db.exec(statement("SELECT 1; SELECT 2"))
        with pytest.raises(psycopg.Error):
            db.exec(statement("COMMIT AND CHAIN"))


@pytest.mark.parametrize("collecting", [True, False])
def test_loading_many_rows_leaves_the_garbage_collector_as_it_was(
    connection: Connection, collecting: bool
) -> None:
    numbers = statement("SELECT n FROM generate_series(1, 25000) AS n", columns=("n",))
    was = gc.isenabled()
    (gc.enable if collecting else gc.disable)()
    try:
        with session(connection, app="tarot", user_id=1) as db:
            assert db.many(numbers) == list(range(1, 25001))
        assert gc.isenabled() is collecting
    finally:
        (gc.enable if was else gc.disable)()


def test_a_row_that_can_t_be_built_leaves_the_garbage_collector_on(connection: Connection) -> None:
    def refuse(number: int) -> int:
        raise LookupError(number)

    numbers = statement("SELECT n FROM generate_series(1, 1000) AS n", columns=("n",), row=refuse)
    assert gc.isenabled()
    with session(connection, app="tarot", user_id=1) as db, pytest.raises(LookupError):
        db.many(numbers)
    assert gc.isenabled()
