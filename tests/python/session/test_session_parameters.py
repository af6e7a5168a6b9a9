"""Parameters of every type arrive as what psycopg's own cursor would have sent."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.session import BadParameter, Session, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import value

EAST = timezone(timedelta(hours=5, minutes=30))
VALUES: dict[str, list[Any]] = {
    "smallint": [0, -(2**15), 2**15 - 1],
    "integer": [0, -(2**31), 2**31 - 1],
    "bigint": [0, -(2**63), 2**63 - 1],
    "oid": [0, 2**32 - 1],
    "boolean": [True, False],
    "text": ["", "é", "a'b\\c\"d", "\n", "x" * 100_000, "\U0001d538"],
    "character varying": ["", "é"],
    "character": ["x"],
    "name": ["n"],
    "real": [0.0, -1.5, float("inf")],
    "double precision": [0.1, -1e300, 7, float("-inf")],
    "numeric": [Decimal("1.50"), Decimal("-0.00001"), 10**40, 0, Decimal("Infinity")],
    "timestamp with time zone": [
        datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(9999, 12, 30, 23, 59, 59, 999999, EAST),
        datetime(1999, 12, 31, 23, 59, 59, 999999, EAST),
    ],
    "timestamp without time zone": [datetime(2026, 1, 2, 3, 4, 5, 6), datetime.min, datetime.max],
    "date": [date(2026, 1, 2), date.min, date.max],
    "time without time zone": [time(0), time(23, 59, 59, 999999)],
    "time with time zone": [time(1, 2, 3, 4, UTC), time(1, 2, tzinfo=EAST)],
    "interval": [timedelta(0), timedelta(days=-1, microseconds=1), timedelta(days=40_000)],
    "uuid": [UUID(int=0), UUID(int=2**128 - 1)],
    "bytea": [b"", b"\x00\xff\\"],
    "jsonb": [{"a": [1, None, "é"]}, [], "text", 1.5, True],
    "json": [{"a": [1, None, "é"]}, []],
    "shelf.mood": ["calm"],
    "shelf.title": ["a title"],
    "bigint[]": [[], [1, None, -1]],
    "text[]": [[], ["", None, 'a"b\\c{},', "NULL"]],
    "numeric[]": [[Decimal("1.5"), None, Decimal(3)]],
    "boolean[]": [[True, None, False]],
    "uuid[]": [[UUID(int=5)]],
    "timestamp with time zone[]": [[datetime(2026, 1, 2, tzinfo=UTC), None]],
    "jsonb[]": [[{"a": 1}, [1]]],
    "shelf.mood[]": [["calm", None, "wild"]],
    "shelf.title[]": [["a", None]],
}
CASES = [(type_, given_) for type_, values in VALUES.items() for given_ in values]


@pytest.fixture
def db(connection: Connection) -> Iterator[Session]:
    """A session of user 1."""
    with session(connection, app="tarot", user_id=1) as found:
        yield found


@pytest.mark.parametrize("prepare", [True, False])
def test_every_type_there_and_back(shelf_everywhere: Database, prepare: bool) -> None:
    connection = shelf_everywhere.connect()
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        for type_, sent in CASES:
            back = db.one(value(f"SELECT $1::{type_} AS v", type_), (sent,))
            assert back == sent, type_
            if isinstance(sent, datetime | time) and sent.tzinfo and type_.startswith("timestamp"):
                assert back.tzinfo is UTC or back.utcoffset() == timedelta(0)
            assert db.one(value(f"SELECT $1::{type_} AS v", type_), (None,)) is None


def test_the_server_sees_what_psycopg_sends(db: Session, admin: Connection) -> None:
    for type_, sent in CASES:
        if type_.startswith("json"):
            continue
        ours = db.one(value(f"SELECT $1::{type_}::text AS v", type_), (sent,))
        query = f"SELECT (%s::{type_})::text".encode()
        assert (ours,) == admin.execute(query, (sent,)).fetchone(), type_


BAD: list[tuple[str, list[object]]] = [
    ("integer", [True, 1.0, "1", 2**31, Decimal(1)]),
    ("smallint", [2**15]),
    ("oid", [-1]),
    ("boolean", [1, "t"]),
    ("text", [1, b"x", "a\0b", "\ud800"]),
    ("shelf.mood", [1]),
    ("real", ["1", True, 1e300]),
    ("double precision", [10**400]),
    ("numeric", [1.5, True, "1", Decimal("sNaN")]),
    ("timestamp with time zone", [datetime(2026, 1, 1), date(2026, 1, 1), "2026-01-01"]),
    ("timestamp without time zone", [datetime(2026, 1, 1, tzinfo=UTC)]),
    ("date", [datetime(2026, 1, 1)]),
    ("time without time zone", [time(1, tzinfo=UTC)]),
    ("time with time zone", [time(1)]),
    ("interval", [5]),
    ("uuid", ["00000000-0000-0000-0000-000000000000"]),
    ("bytea", ["x"]),
    ("jsonb", [object()]),
    ("bigint[]", [1, "12", {1}, [[1]], ["1"], iter([])]),
    ("text[]", ["abc"]),
]


@pytest.mark.parametrize(("type_", "bad"), [(t, bad) for t, many in BAD for bad in many])
def test_another_python_type_is_refused(db: Session, type_: str, bad: object) -> None:
    with pytest.raises(BadParameter, match=r"\$1") as caught:
        db.one(value(f"SELECT $1::{type_} AS v", type_), (bad,))
    assert type(bad).__name__ in str(caught.value)


def test_enums_of_python_are_their_values(db: Session) -> None:
    class Mood(enum.StrEnum):
        CALM = "calm"

    class Level(enum.IntEnum):
        TWO = 2

    assert db.one(value("SELECT $1 AS v", "shelf.mood"), (Mood.CALM,)) == "calm"
    assert db.one(value("SELECT $1 AS v", "integer"), (Level.TWO,)) == 2


def test_json_as_an_encoder_writes_it(db: Session) -> None:
    for encoded in (b'{"a":1}', '{"a":1}'):
        for type_ in ("json", "jsonb"):
            write = value("SELECT $1 AS v", type_, encode=(lambda _, said=encoded: said,))
            assert db.one(write, (object(),)) == {"a": 1}


def test_types_known_by_name_only_take_their_text(db: Session) -> None:
    for type_, text in (("inet", "10.0.0.1"), ("money", "$2.00"), ("point", "(1,2)")):
        assert db.one(value(f"SELECT $1::{type_}::text AS v", type_), (text,))[:4] == text[:4]


ROUND_TRIPS = {
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "double precision": st.floats(allow_nan=False),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=6, max_value=10**30),
    "text": st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    "bytea": st.binary(),
    "timestamp with time zone": st.datetimes(
        datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones()
    ),
    "timestamp without time zone": st.datetimes(),
    "date": st.dates(),
    "time without time zone": st.times(),
    "interval": st.timedeltas(timedelta(days=-(10**6)), timedelta(days=10**6)),
    "uuid": st.uuids(),
}


def in_utc(value: Any) -> Any:
    """Python holds a time that a zone's clock skips or repeats unequal to any in another zone."""
    aware = isinstance(value, datetime) and value.tzinfo is not None
    return value.astimezone(UTC) if aware else value


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
@pytest.mark.parametrize("type_", ROUND_TRIPS)
def test_any_value_there_and_back(db: Session, type_: str, data: st.DataObject) -> None:
    sent: Any = data.draw(ROUND_TRIPS[type_])
    assert db.one(value(f"SELECT $1::{type_} AS v", type_), (sent,)) == in_utc(sent)
    many = data.draw(st.lists(st.none() | ROUND_TRIPS[type_], max_size=4))
    back = db.one(value(f"SELECT $1::{type_}[] AS v", f"{type_}[]"), (many,))
    assert back == [in_utc(each) for each in many]
    if type_ == "timestamp with time zone":
        epoch = value("SELECT extract(epoch FROM $1) AS v", type_)
        assert (
            db.one(epoch, (sent,))
            == Decimal((sent - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
            / 1_000_000
        )
