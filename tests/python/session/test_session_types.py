"""Values of every type there and back, and as the server writes them."""

from __future__ import annotations

import enum
import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_interface, ip_network
from typing import Any

import psycopg
import pytest
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from strongroom.session import (
    BadParameter,
    Codec,
    Interval,
    Session,
    SessionError,
    ShapeMismatch,
    enum_of,
    session,
)
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import statement, value

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
# Type, value, and the text that the server has for it.
VALUES: list[tuple[str, Any, str]] = [
    ("int4range", Range(1, 5), "[1,5)"),
    ("int4range", Range(empty=True), "empty"),
    ("int8range", Range(None, 5, "()"), "(,5)"),
    ("numrange", Range(Decimal("1.5"), Decimal(2), "[]"), "[1.5,2]"),
    ("daterange", Range(date(2026, 1, 1), date(2026, 2, 1)), "[2026-01-01,2026-02-01)"),
    ("tsrange", Range(datetime(2026, 1, 1), None, "(]"), '("2026-01-01 00:00:00",)'),
    ("tstzrange", Range(NOON, None), '["2026-01-02 12:00:00+00",)'),
    ("int4multirange", Multirange([Range(1, 3), Range(5, 9)]), "{[1,3),[5,9)}"),
    ("nummultirange", Multirange([Range(Decimal(1), Decimal(3))]), "{[1,3)}"),
    ("datemultirange", Multirange(), "{}"),
    ("inet", ip_address("10.0.0.1"), "10.0.0.1/32"),
    ("inet", ip_interface("10.0.0.1/8"), "10.0.0.1/8"),
    ("inet", ip_address("::1"), "::1/128"),
    ("cidr", ip_network("10.0.0.0/8"), "10.0.0.0/8"),
    ("cidr", ip_network("fe80::/10"), "fe80::/10"),
    ("macaddr", "08:00:2b:01:02:03", "08:00:2b:01:02:03"),
    ("macaddr8", "08:00:2b:01:02:03:04:05", "08:00:2b:01:02:03:04:05"),
    ("interval", timedelta(days=3, hours=-1), "2 days 23:00:00"),
    ("interval", timedelta(microseconds=-1), "-1 days +23:59:59.999999"),
    ("numeric", Decimal("-Infinity"), "-Infinity"),
    ("bit varying", "10110", "10110"),
    ("bit varying", "", ""),
    ("xid8", 2**63, "9223372036854775808"),
    ("pg_lsn", "16/B374D848", "16/B374D848"),
    ("jsonpath", '$."a"', '$."a"'),
    ("money", "$1,234.50", "$1,234.50"),
    ("tsvector", "'a':1 'b'", "'a':1 'b'"),
    ("tsquery", "'a' & 'b'", "'a' & 'b'"),
    ("regtype", "integer", "integer"),
    ("ext.citext", "Ab", "Ab"),
    ("ext.ltree", "a.b_c", "a.b_c"),
    ("ext.hstore", {"a": "1", "b c": None, 'q"\\': "é"}, '"a"=>"1", "b c"=>NULL, "q\\"\\\\"=>"é"'),
    ("ext.hstore", {}, ""),
    ("shelf.prices", Range(Decimal(1), Decimal("2.50")), "[1,2.50)"),
    ("shelf.many_prices", Multirange([Range(Decimal(1), None)]), "{[1,)}"),
    ("shelf.hours", Range(1, 5), "[1,5)"),
    ("shelf.address", ip_address("10.0.0.1"), "10.0.0.1/32"),
]
# Not every server was built with it.
XML = ("xml", "<a>é</a>", "<a>é</a>")
VECTORS = [
    ("ext.vector", [1.0, -2.5, 0.0], "[1,-2.5,0]"),
    ("ext.halfvec", [1.0, -2.5], "[1,-2.5]"),
]
MORE = """
CREATE SCHEMA ext;
GRANT USAGE ON SCHEMA ext TO tarot_app;
CREATE EXTENSION hstore SCHEMA ext;
CREATE EXTENSION ltree SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
CREATE TYPE shelf.prices AS RANGE (subtype = numeric, multirange_type_name = shelf.many_prices);
CREATE DOMAIN shelf.hours AS int4range;
CREATE DOMAIN shelf.address AS inet CHECK (family(VALUE) = 4);
"""


@enum_of("shelf.mood")
class Mood(enum.StrEnum):
    """The enum of the shelf."""

    CALM = "calm"
    WILD = "wild"


@pytest.fixture
def types_everywhere(shelf_everywhere: Database) -> Database:
    """The shelf with types of extensions."""
    shelf_everywhere.admin().execute(MORE)
    return shelf_everywhere


@pytest.fixture
def db(connection: Connection) -> Iterator[Session]:
    """A session of user 1."""
    with session(connection, app="tarot", user_id=1) as found:
        yield found


def _install(database: Database, extension: str) -> None:
    admin = database.admin()
    known = "SELECT 1 FROM pg_available_extensions WHERE name = %s"
    if admin.execute(known, (extension,)).fetchone() is None:
        pytest.skip(f"this server has no {extension}")
    # An app may have brought it, into the schema of the project; this is any other one.
    admin.execute(f"DROP EXTENSION IF EXISTS {extension} CASCADE".encode())
    admin.execute(f"CREATE EXTENSION {extension} SCHEMA ext CASCADE".encode())


def _there_and_back(db: Session, cases: list[tuple[str, Any, str]]) -> None:
    for type_, sent, text in cases:
        with_text = statement(
            f"SELECT $1::{type_} AS v, $1::{type_}::text AS text",
            (type_,),
            ("v", "text"),
            row=lambda *values: values,
        )
        back, written = db.one(with_text, (sent,))
        assert (back, type(back), written) == (sent, type(sent), text), type_
        alone = value(f"SELECT $1::{type_} AS v", type_)
        assert db.one(alone, (sent,)) == sent, type_
        assert db.one(alone, (None,)) is None
        several = value(f"SELECT $1::{type_}[] AS v", f"{type_}[]")
        assert db.one(several, ([sent, None],)) == [sent, None], type_
        assert db.one(several, ([],)) == []


@pytest.mark.parametrize("prepare", [True, False])
def test_every_type(types_everywhere: Database, prepare: bool) -> None:
    admin = types_everywhere.admin()
    query = "SELECT 1 FROM pg_catalog.pg_config WHERE setting LIKE '%--with-libxml%'"
    with_xml = admin.execute(query).fetchone() is not None
    connection = types_everywhere.connect()
    with session(connection, app="tarot", user_id=1, prepare=prepare) as db:
        _there_and_back(db, [*VALUES, *[XML] * with_xml])


def test_every_type_in_a_result_that_is_text(types_everywhere: Database) -> None:
    """A column without a binary form, such as money, makes the whole result text."""
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        for type_, sent, _ in VALUES:
            names = ("v", "vs", "cash")
            both = statement(
                f"SELECT $1::{type_} AS v, ARRAY[$1::{type_}, NULL] AS vs, '1'::money AS cash",
                (type_,),
                names,
                row=lambda *values: values,
            )
            back, many, _ = db.one(both, (sent,))
            assert (back, many, type(back)) == (sent, [sent, None], type(sent)), type_


def test_vectors(types_everywhere: Database) -> None:
    _install(types_everywhere, "vector")
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        _there_and_back(db, VECTORS)
        with pytest.raises(BadParameter, match="a list of float is expected, got str"):
            db.one(value("SELECT $1::ext.vector AS v", "ext.vector"), ("[1]",))


@pytest.mark.full
@pytest.mark.parametrize("beside", ["1", "'(1,2)'::point"], ids=["binary", "text"])
@pytest.mark.parametrize(("type_", "numbers"), [("int2vector", [-1, 2]), ("oidvector", [2**31])])
def test_lists_of_the_catalogue(db: Session, type_: str, numbers: list[int], beside: str) -> None:
    """Their text has no brackets; a column without a binary form makes the whole result text."""
    text = " ".join(map(str, numbers))
    sql = f"SELECT '{text}'::{type_} AS full, ''::{type_} AS empty, {beside} AS beside"
    found = statement(sql, (), ("full", "empty", "beside"), row=lambda *values: values)
    assert db.one(found, ())[:2] == (numbers, [])


def test_geometries_are_ewkb(types_everywhere: Database) -> None:
    _install(types_everywhere, "postgis")
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        for type_ in ("ext.geometry", "ext.geography"):
            point = value(f"SELECT ext.ST_Point(16.37, 48.21, 4326)::{type_} AS v")
            ewkb = db.one(point)
            assert (type(ewkb), len(ewkb)) == (bytes, 25)
            _there_and_back(db, [(type_, ewkb, ewkb.hex().upper())])


def test_an_interval_with_months_is_never_made_into_days(types_everywhere: Database) -> None:
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        for cash in ("", ", '1'::money AS cash"):
            columns = ("v", "cash") if cash else ("v",)
            month = statement(f"SELECT '1 month'::interval AS v{cash}", (), columns)
            with pytest.raises(ShapeMismatch, match=r"months or years.*strongroom\.session\.Inter"):
                db.many(month)
        long = value("SELECT '2000000000 days'::interval AS v")
        with pytest.raises(ShapeMismatch, match="too long for a timedelta"):
            db.many(long)


def test_an_interval_as_postgresql_has_it(types_everywhere: Database) -> None:
    codec = Codec("pg_catalog.interval")
    database = types_everywhere
    texts = ["1 mon", "-1 years -2 mons +3 days -04:05:06.789", "00:00:00", "25:00:00", "9999 days"]
    admin = database.admin()
    if admin.info.server_version >= 170000:
        texts += ["infinity", "-infinity"]
    with session(database.connect(), app="tarot", user_id=1) as db:
        plain = value("SELECT '1 day'::interval AS v")
        assert db.one(plain) == timedelta(days=1)
        for text in texts:
            seen = []
            for cash in ("", ", '1'::money AS cash"):
                columns = ("v", "vs", "cash") if cash else ("v", "vs")
                sql = f"SELECT $1::text::interval AS v, ARRAY[$1::text::interval] AS vs{cash}"
                read = statement(
                    sql, ("text",), columns, types=(codec,), row=lambda v, vs, *_: (v, vs)
                )
                found, many = db.one(read, (text,))
                assert (type(found), many) == (Interval, [found])
                seen.append(found)
            assert seen[0] == seen[1]
            same = value("SELECT $1::text AS v", "interval", types=(codec,))
            expected = admin.execute("SELECT %s::interval::text", (text,)).fetchone()
            assert (db.one(same, (seen[0],)),) == expected
    assert Interval.of(timedelta(days=-1, seconds=5)) == Interval(0, -1, 5_000_000)
    assert pickle.loads(pickle.dumps(Interval(1, 2, 3))) == Interval(1, 2, 3)
    assert len({Interval(1), Interval(1)}) == 1


@pytest.mark.parametrize(
    ("type_", "literal"),
    [
        *[("date", each) for each in ("infinity", "-infinity", "4713-01-01 BC", "10000-01-01")],
        *[("timestamp", each) for each in ("infinity", "-infinity", "10000-01-01")],
        *[("timestamptz", each) for each in ("infinity", "-infinity", "10000-01-01")],
        ("daterange", "[2026-01-01,infinity]"),
        ("time", "24:00"),
    ],
)
def test_what_python_has_no_value_for_is_an_error(db: Session, type_: str, literal: str) -> None:
    for many in ("", "[]"):
        written = f'{{"{literal}"}}' if many else literal
        with pytest.raises(psycopg.DataError):
            db.one(value(f"SELECT '{written}'::{type_}{many} AS v"))
    assert db.one(value("SELECT 1 AS v")) == 1


def test_not_a_number(db: Session) -> None:
    for given_ in (Decimal("NaN"), Decimal("-NaN"), Decimal("NaN123")):
        assert db.one(value("SELECT $1 AS v", "numeric"), (given_,)).is_nan()


def test_arrays_of_several_dimensions_are_refused(types_everywhere: Database) -> None:
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        for array in ("'{{1,2},{3,4}}'::int[]", "'[0:1][0:0]={{a},{b}}'::text[]"):
            for rest, columns in (("", ("v",)), (", '1'::money AS cash", ("v", "cash"))):
                with pytest.raises(ShapeMismatch, match="several dimensions"):
                    db.many(statement(f"SELECT {array} AS v{rest}", (), columns))
        with pytest.raises(BadParameter, match="an int is expected, got list"):
            db.one(value("SELECT $1 AS v", "integer[]"), ([[1, 2]],))
        assert db.one(value("SELECT '[0:1]={1,2}'::int[] AS v")) == [1, 2]


def test_members_of_enums(types_everywhere: Database) -> None:
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        read = value("SELECT $1::shelf.mood AS v", "shelf.mood", types=(Mood,))
        assert db.one(read, (Mood.CALM,)) is Mood.CALM
        assert db.one(read, ("wild",)) is Mood.WILD
        assert db.one(read, (None,)) is None
        many = value("SELECT $1::shelf.mood[] AS v", "shelf.mood[]", types=(Mood,))
        assert db.one(many, ([Mood.WILD, None],)) == [Mood.WILD, None]
        assert type(db.one(many, (["calm"],))[0]) is Mood
        with pytest.raises(psycopg.DataError, match="invalid input value for enum"):
            db.one(read, ("sad",))


def test_a_label_that_came_later(types_everywhere: Database) -> None:
    admin = types_everywhere.admin()
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        read = value("SELECT mood AS v FROM shelf.books WHERE id = 1", types=(Mood,))
        write = value(
            "UPDATE shelf.books SET mood = 'odd' WHERE id = 1 RETURNING mood AS v",
            types=(Mood,),
            writes=True,
            at_most_one=True,
        )
        assert db.one(read) is None
        admin.execute("ALTER TYPE shelf.mood ADD VALUE 'odd'")
        with pytest.raises(ShapeMismatch, match=r'shelf\.mood has the label "odd".*again'):
            db.one(write)
        assert db.one(read) is None, "a write that can't be told of must not stay"
        admin.execute("UPDATE shelf.books SET mood = 'odd' WHERE id = 1")
        with pytest.raises(ShapeMismatch, match='"odd"'):
            db.one(read)


def test_an_enum_made_anew(types_everywhere: Database) -> None:
    admin = types_everywhere.admin()
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        read = value("SELECT $1::shelf.mood AS v", "shelf.mood", types=(Mood,))
        assert db.one(read, (Mood.CALM,)) is Mood.CALM
        admin.execute("ALTER TYPE shelf.mood RENAME TO old_mood")
        admin.execute("CREATE TYPE shelf.mood AS ENUM ('calm', 'wild')")
        assert db.one(read, (Mood.CALM,)) == "calm"


def test_codecs(types_everywhere: Database) -> None:
    tree = Codec("ext.ltree", lambda text: text.split("."), ".".join)
    points = Codec(
        "pg_catalog.point", lambda text: complex(*eval(text)), lambda c: (c.real, c.imag)
    )
    number = Codec("pg_catalog.numeric", float, lambda number: Decimal(repr(number)))
    with session(types_everywhere.connect(), app="tarot", user_id=1) as db:
        for types, type_, sent in (
            ((tree,), "ext.ltree", ["a", "b"]),
            ((number,), "numeric", 1.5),
            ((number,), "numrange", Range(1.5, 2.5)),
        ):
            read = value(f"SELECT $1::{type_} AS v", type_, types=types)
            assert db.one(read, (sent,)) == sent
            many = value(f"SELECT $1::{type_}[] AS v", f"{type_}[]", types=types)
            assert db.one(many, ([sent, None],)) == [sent, None]
        assert db.one(value("SELECT point '(1,2)' AS v", types=(points,))) == 1 + 2j
        mood = value("SELECT $1::shelf.mood AS v", "shelf.mood")
        for name in ("older", "old"):
            assert db.one(mood, ("calm",)) == "calm"
            admin = types_everywhere.admin()
            admin.execute(f"ALTER TYPE shelf.mood RENAME TO {name}".encode())
            admin.execute("CREATE TYPE shelf.mood AS ENUM ('calm')")
            assert db.one(value("SELECT 1.5 AS v", types=(number,))) == 1.5
        other = Codec("ext.ltree", str, str)
        with pytest.raises(SessionError, match=r"already has another Python type for ext\.ltree"):
            db.one(value("SELECT 'a'::ext.ltree AS v", types=(other,)))


BAD: list[tuple[str, object]] = [
    ("int4range", "[1,5)"),
    ("int4range", Range("a", "b")),
    ("int4multirange", Range(1, 2)),
    ("inet", 5),
    ("inet", "10.0.0.1\0garbage"),
    ("cidr", ip_address("10.0.0.1")),
    ("bit varying", "012"),
    ("interval", Interval(2**31)),
    ("xid8", -1),
    ("numrange", Range(1.5, 2)),
]


@pytest.mark.parametrize(("type_", "bad"), BAD)
def test_another_python_type_is_refused(db: Session, type_: str, bad: object) -> None:
    with pytest.raises(BadParameter, match=r"\$1"):
        db.one(value(f"SELECT $1::{type_} AS v", type_), (bad,))
