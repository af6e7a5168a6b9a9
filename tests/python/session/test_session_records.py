"""Nested rows, lists of rows and JSON of rows, read and written by shapes, on every server."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.session import (
    Array,
    BadParameter,
    FromJson,
    Json,
    Plain,
    Record,
    SessionError,
    ShapeMismatch,
    Statement,
    session,
)
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import statement, value


@dataclass(slots=True, unsafe_hash=True)
class Place:
    floor: int | None
    name: str | None


@dataclass(slots=True, unsafe_hash=True)
class Parcel:
    weight: Decimal | None
    to: Place | None
    stops: list[Place | None] | None
    notes: list[str | None] | None
    extra: object
    mood: str | None
    seen: datetime | None


PLACE = Record(Place, ("floor", "name"), ("integer", "text"), "shelf.place")
PARCEL = Record(
    Parcel,
    ("weight", "to", "stops", "notes", "extra", "mood", "seen"),
    (
        "numeric",
        "shelf.place",
        "shelf.place[]",
        "text[]",
        "jsonb",
        "shelf.mood",
        "timestamp with time zone",
    ),
    "shelf.parcel",
    (None, PLACE, Array(PLACE), None, None, None, None),
)
TYPES = """
CREATE TYPE shelf.parcel AS (
    weight numeric, "to" shelf.place, stops shelf.place[], notes text[], extra jsonb,
    mood shelf.mood, seen timestamptz
);
CREATE TABLE shelf.rooms (gone integer, id bigint NOT NULL, old text, name varchar(9), size real);
ALTER TABLE shelf.rooms DROP COLUMN gone, DROP COLUMN old;
GRANT SELECT, INSERT, UPDATE ON shelf.rooms TO tarot_app;
"""


@dataclass(slots=True, unsafe_hash=True)
class Room:
    id: int
    name: str | None
    size: float | None


ROOM = Record(Room, ("id", "name", "size"), ("bigint", "character varying", "real"), "shelf.rooms")


@pytest.fixture
def rooms(shelf_everywhere: Database) -> Database:
    admin = shelf_everywhere.admin()
    admin.execute(TYPES)
    admin.execute("INSERT INTO shelf.rooms VALUES (1, 'hall', 2.5), (2, NULL, NULL)")
    return shelf_everywhere


def shaped(sql: str, shape: Any, *parameters: str, **rest: Any) -> Statement[Any]:
    return value(sql, *parameters, shapes=(shape,), **rest)


def both(sql: str, shape: Any) -> list[Statement[Any]]:
    """The same in binary and, beside a column that has no binary loader, in text."""
    as_text = statement(
        sql.replace(" AS v", " AS v, '(1,2)'::point AS p"),
        (),
        ("v", "p"),
        row=lambda found, _: found,
        shapes=(shape, None),
    )
    return [shaped(sql, shape), as_text]


READ = {
    "ROW(1, 'cellar')::shelf.place": (PLACE, Place(1, "cellar")),
    "ROW(NULL, NULL)::shelf.place": (PLACE, Place(None, None)),
    "NULL::shelf.place": (PLACE, None),
    """ROW(-1, 'a,"b"\\ (c) {d} ''é')::shelf.place""": (PLACE, Place(-1, 'a,"b"\\ (c) {d} \'é')),
    "ROW(NULL, '')::shelf.place": (PLACE, Place(None, "")),
    "ARRAY[ROW(1, 'x')::shelf.place, NULL, ROW(NULL, NULL)::shelf.place]": (
        Array(PLACE),
        [Place(1, "x"), None, Place(None, None)],
    ),
    "'{}'::shelf.place[]": (Array(PLACE), []),
    "ROW(1.50, ROW(2, 'b'), ARRAY[ROW(3, 'c'), NULL]::shelf.place[], ARRAY['n', NULL],"
    """ '{"a": [1, null]}', 'calm', '2026-01-02 03:04+00')::shelf.parcel""": (
        PARCEL,
        Parcel(
            Decimal("1.50"),
            Place(2, "b"),
            [Place(3, "c"), None],
            ["n", None],
            {"a": [1, None]},
            "calm",
            datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        ),
    ),
    "ROW(NULL, NULL, NULL, NULL, NULL, NULL, NULL)::shelf.parcel": (
        PARCEL,
        Parcel(None, None, None, None, None, None, None),
    ),
}


@pytest.mark.parametrize("prepare", [True, False])
def test_values_of_composite_types(rooms: Database, prepare: bool) -> None:
    with session(rooms.connect(), app="tarot", user_id=1, prepare=prepare) as db:
        for expression, (shape, expected) in READ.items():
            for wanted in both(f"SELECT {expression} AS v", shape):
                for _ in range(2):
                    assert db.one(wanted) == expected, (expression, wanted.sql)


@pytest.mark.parametrize("prepare", [True, False])
def test_values_that_are_passed_in(rooms: Database, prepare: bool) -> None:
    with session(rooms.connect(), app="tarot", user_id=1, prepare=prepare) as db:
        for shape, name in ((PLACE, "shelf.place"), (PARCEL, "shelf.parcel")):
            for wanted, given_ in READ.values():
                if wanted is shape:
                    echo = shaped("SELECT $1 AS v", shape, name, takes=(shape,))
                    assert db.one(echo, (given_,)) == given_
        places = [Place(1, "x"), None, Place(None, 'q"')]
        echo = shaped("SELECT $1 AS v", Array(PLACE), "shelf.place[]", takes=(Array(PLACE),))
        assert db.one(echo, (places,)) == places
        with pytest.raises(BadParameter, match="a Place is expected"):
            db.one(echo, ([Room(1, None, None)],))


maybe_text = st.none() | st.text(
    st.characters(exclude_characters="\x00", codec="utf-8"), max_size=8
)
PLACES = st.builds(Place, st.none() | st.integers(-(2**31), 2**31 - 1), maybe_text)
PARCELS = st.builds(
    Parcel,
    st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.none() | PLACES,
    st.none() | st.lists(st.none() | PLACES, max_size=3),
    st.none() | st.lists(maybe_text, max_size=3),
    st.none() | st.lists(st.integers(-9, 9), max_size=2),
    st.none() | st.sampled_from(["calm", "wild"]),
    st.none() | st.datetimes(datetime(1, 1, 3), datetime(9998, 1, 1), timezones=st.just(UTC)),
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(parcels=st.lists(PARCELS, max_size=3))
def test_any_value_comes_back(rooms: Database, parcels: list[Parcel]) -> None:
    sql = "SELECT $1 AS v"
    echo = shaped(sql, Array(PARCEL), "shelf.parcel[]", takes=(Array(PARCEL),))
    connection = rooms.connect()
    with session(connection, app="tarot", user_id=1) as db:
        assert db.one(echo, (parcels,)) == parcels
    connection.close()


def test_fields_without_a_binary_form_make_the_whole_row_text(rooms: Database) -> None:
    rooms.admin().execute(
        "CREATE TYPE shelf.odd AS (a tsvector, b bytea, c jsonb, d int[], e date)"
    )
    odd = Record(
        lambda *found: found,
        ("a", "b", "c", "d", "e"),
        ("tsvector", "bytea", "jsonb", "integer[]", "date"),
        "shelf.odd",
    )

    @dataclass
    class Odd:
        a: str
        b: bytes
        c: object
        d: list[int | None]
        e: object

    given_ = Odd("'a' 'b'", b'\x00"\\', {"x": '"'}, [1, None], datetime(2026, 1, 2).date())
    takes = Record(Odd, odd.names, odd.types, odd.type)
    echo = shaped("SELECT $1 AS v", takes, "shelf.odd", takes=(takes,))
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        assert db.one(echo, (given_,)) == given_


ALL_ROOMS = shaped("SELECT r AS v FROM shelf.rooms AS r ORDER BY r.id", ROOM)
MISSED = shaped(
    "SELECT r AS v FROM (VALUES (1), (2), (9)) AS n (id)"
    " LEFT JOIN shelf.rooms AS r ON r.id = n.id ORDER BY n.id",
    ROOM,
)


def test_rows_of_a_table_and_where_an_outer_join_missed(rooms: Database) -> None:
    admin = rooms.admin()
    admin.execute("ALTER TABLE shelf.rooms ALTER id DROP NOT NULL")
    admin.execute("INSERT INTO shelf.rooms VALUES (NULL, NULL, NULL)")
    every = shaped(
        "SELECT r AS v FROM (VALUES (1)) AS n (id) LEFT JOIN shelf.rooms AS r ON r.id IS NULL",
        ROOM,
    )
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        assert db.many(MISSED) == [Room(1, "hall", 2.5), Room(2, None, None), None]
        # A row that is there, though every column of it is NULL.
        assert db.many(every) == [Room(None, None, None)]  # type: ignore[arg-type]


def test_a_column_added_between_two_calls(rooms: Database) -> None:
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        before = db.many(ALL_ROOMS)
        rooms.admin().execute("ALTER TABLE shelf.rooms ADD later text NOT NULL DEFAULT 'x'")
        assert db.many(ALL_ROOMS) == before
        with db.transaction():
            assert db.many(MISSED)[:2] == before
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        assert db.many(ALL_ROOMS) == before


def test_a_column_dropped_between_two_calls(rooms: Database) -> None:
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        db.many(ALL_ROOMS)
        rooms.admin().execute("ALTER TABLE shelf.rooms DROP name")
        with pytest.raises(ShapeMismatch, match=r"fewer columns than the 3 .*\(id, name, size\)"):
            db.many(ALL_ROOMS)
        with pytest.raises(ShapeMismatch, match=r"begins with the columns \(id, size\)"):
            db.many(MISSED)


@pytest.mark.parametrize(("to", "fits"), [("text", True), ("date USING NULL", False)])
def test_a_column_retyped_between_two_calls(rooms: Database, to: str, fits: bool) -> None:
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        before = db.many(ALL_ROOMS)
        rooms.admin().execute(f"ALTER TABLE shelf.rooms ALTER name TYPE {to}".encode())
        for read in (ALL_ROOMS, MISSED):
            if fits:
                assert db.many(read)[:2] == before
            else:
                rooms.admin().execute("UPDATE shelf.rooms SET name = '2026-01-02'")
                with pytest.raises(ShapeMismatch, match=r"name of shelf\.rooms is no longer"):
                    db.many(read)


def test_a_write_is_not_run_for_a_row_that_cannot_be_read(rooms: Database) -> None:
    add = shaped("INSERT INTO shelf.rooms VALUES (7) RETURNING rooms AS v", ROOM, writes=True)
    admin = rooms.admin()
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        assert db.one(add) == Room(7, None, None)
        admin.execute("ALTER TABLE shelf.rooms DROP size")
        with pytest.raises(ShapeMismatch):
            db.one(add)
    found = admin.execute("SELECT count(*) FROM shelf.rooms WHERE id = 7").fetchone()
    assert found == (1,)


def test_rows_that_a_query_makes_up(rooms: Database) -> None:
    made = Record(
        lambda *found: found,
        ("n", "m", "p"),
        ("integer", "shelf.mood", "shelf.place"),
        None,
        (None, None, PLACE),
    )
    sql = "SELECT ROW(1, 'calm'::shelf.mood, ROW(2, 'x')::shelf.place) AS v"
    lists = "SELECT array_agg(ROW(1, NULL::shelf.mood, NULL::shelf.place)) AS v"
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        for wanted in both(sql, made):
            assert db.one(wanted) == (1, "calm", Place(2, "x"))
        for wanted in both(lists, Array(made)):
            assert db.one(wanted) == [(1, None, None)]


JSON_ROW = Record(
    lambda *found: found,
    ("a", "b", "c", "d", "e"),
    ("bigint", "numeric", "uuid", "timestamp with time zone", "jsonb"),
)


def test_json_of_rows_keeps_what_the_values_were(rooms: Database) -> None:
    connection = rooms.connect()
    connection.execute("SET TimeZone = 'Asia/Kolkata'")
    row = (
        "SELECT 9007199254740993::bigint AS a, 12345678901234567890.10::numeric AS b,"
        " '00000000-0000-0000-0000-0000000000ff'::uuid AS c,"
        """ '2026-01-02 03:04:05.6+00'::timestamptz AS d, '{"x": 1.5, "y": null}'::jsonb AS e"""
    )
    expected = (
        9007199254740993,
        Decimal("12345678901234567890.10"),
        UUID(int=255),
        datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=UTC),
        {"x": 1.5, "y": None},
    )
    with session(connection, app="tarot", user_id=1) as db:
        for name in ("jsonb_agg", "json_agg"):
            for wanted in both(
                f"SELECT {name}(s) AS v FROM ({row} UNION ALL SELECT NULL, NULL, NULL, NULL, NULL)"
                " AS s",
                FromJson(Array(JSON_ROW)),
            ):
                assert db.one(wanted) == [expected, (None, None, None, None, None)]
        assert db.one(shaped(f"SELECT to_jsonb(s) AS v FROM ({row}) AS s", FromJson(JSON_ROW))) == (
            expected
        )
        leaf = FromJson(Array(Plain("numeric")))
        assert db.one(shaped("SELECT jsonb_agg(0.10) AS v", leaf)) == [Decimal("0.10")]
        with pytest.raises(ShapeMismatch, match=r"no object with the keys \(a, b, c, d, e\)"):
            db.one(shaped("SELECT '{\"a\": 1}'::jsonb AS v", FromJson(JSON_ROW)))


def test_stored_json_that_has_another_shape(connection: Connection) -> None:
    def only_lists(text: bytes) -> object:
        if not text.startswith(b"["):
            raise ValueError("secret value")
        return text

    stored = Json(only_lists, bytes)
    with session(connection, app="tarot", user_id=1) as db:
        assert db.one(shaped("SELECT '[1]'::jsonb AS v", stored)) == b"[1]"
        assert db.one(shaped("SELECT NULL::jsonb AS v", stored)) is None
        with pytest.raises(ShapeMismatch) as raised:
            db.one(shaped("SELECT 'null'::jsonb AS v", stored))
        assert "secret" not in str(raised.value)


def test_several_dimensions_and_other_types_are_refused(rooms: Database) -> None:
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        square = "SELECT ARRAY[ARRAY[ROW(1, 'a')::shelf.place]] AS v"
        for wanted in both(square, Array(PLACE)):
            with pytest.raises(ShapeMismatch, match="dimensions"):
                db.one(wanted)
        with pytest.raises(ShapeMismatch, match=r"no longer of type shelf\.place"):
            db.one(shaped("SELECT r AS v FROM shelf.rooms AS r", PLACE))
        other = Record(Place, ("floor", "town"), ("integer", "text"), "shelf.place")
        echo = shaped("SELECT $1 AS v", PLACE, "shelf.place", takes=(other,))
        with pytest.raises(SessionError, match=r"shelf.place has the fields \(floor, name\)"):
            db.one(echo, (Place(1, "a"),))


def test_a_field_added_to_a_type_is_left_null(rooms: Database) -> None:
    echo = shaped("SELECT $1 AS v", PLACE, "shelf.place", takes=(PLACE,))
    later = value("SELECT ($1).later AS v", "shelf.place", takes=(PLACE,))
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        assert db.one(echo, (Place(1, "a"),)) == Place(1, "a")
        rooms.admin().execute("ALTER TYPE shelf.place ADD ATTRIBUTE later date")
        assert db.one(echo, (Place(1, "a"),)) == Place(1, "a")
        assert db.one(later, (Place(1, "a"),)) is None


def test_a_type_that_was_made_anew(rooms: Database) -> None:
    echo = shaped("SELECT $1 AS v", PLACE, "shelf.place", takes=(PLACE,))
    with session(rooms.connect(), app="tarot", user_id=1) as db:
        db.one(echo, (Place(1, "a"),))
        admin: psycopg.Connection[Any] = rooms.admin()
        admin.execute("DROP TYPE shelf.place CASCADE")
        admin.execute("CREATE TYPE shelf.place AS (floor integer, name text)")
        assert db.one(echo, (Place(2, "b"),)) == Place(2, "b")
