"""Pages and their tokens."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.session import BadPageToken, BadParameter, read_token, session
from strongroom.session.pages import write_token
from tests.python.fix_databases import Connection
from tests.python.session.shelf import statement

NUMBERS = statement(
    "SELECT n FROM pg_catalog.generate_series(1, 7) AS n WHERE n > $1 ORDER BY n LIMIT $2",
    ("integer", "integer"),
    ("n",),
)
KEYS = st.tuples(
    st.integers(-(2**63), 2**63 - 1),
    st.booleans(),
    st.decimals(allow_nan=False).filter(lambda n: not n.is_finite() or abs(n.adjusted()) < 9999),
    st.floats(allow_nan=False),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.timedeltas(),
    st.uuids(),
    st.binary(),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
)
TYPES = (
    "bigint",
    "boolean",
    "numeric",
    "double precision",
    "timestamp with time zone",
    "timestamp without time zone",
    "date",
    "time without time zone",
    "interval",
    "uuid",
    "bytea",
    "text",
)


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8])
def test_pages_are_all_rows_once(connection: Connection, limit: int) -> None:
    seen: list[int] = []
    after = 0
    with session(connection, app="tarot", user_id=1) as db:
        while True:
            page = db.page(NUMBERS, (after, limit + 1), limit=limit, key=lambda n: (n,))
            assert 1 <= len(page) <= limit
            seen += page
            if page.next is None:
                break
            assert len(page) == limit
            (after,) = read_token(NUMBERS, page.next, ("integer",))
    assert seen == [1, 2, 3, 4, 5, 6, 7]


def test_an_empty_page_is_the_last(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1) as db:
        page = db.page(NUMBERS, (99, 3), limit=2, key=lambda n: (n,))
        assert (page.rows, page.next) == ([], None)
        with pytest.raises(BadParameter, match="at least one row"):
            db.page(NUMBERS, (0, 1), limit=0, key=lambda n: (n,))
        with pytest.raises(BadPageToken, match="NULL in the key"):
            db.page(NUMBERS, (0, 2), limit=1, key=lambda n: (None,))


@given(KEYS)
def test_a_key_survives_its_token(key: tuple[object, ...]) -> None:
    token = write_token(NUMBERS, key)
    read = read_token(NUMBERS, token, TYPES)
    assert read == key
    assert [type(value) for value in read] == [type(value) for value in key]
    assert token.isascii()


def test_a_token_belongs_to_one_query_and_order() -> None:
    token = write_token(NUMBERS, (1,))
    assert read_token(replace(NUMBERS, sql="another variant"), token, ("integer",)) == (1,)
    for other in (replace(NUMBERS, name="shelf.other"), replace(NUMBERS, sort="title")):
        with pytest.raises(BadPageToken):
            read_token(other, token, ("integer",))


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ("1", "integer"),
        (True, "integer"),
        (1.5, "integer"),
        (1, "boolean"),
        (None, "integer"),
        ([1], "text"),
        ("x", "uuid"),
        ("x", "numeric"),
        ("2026-13-01", "date"),
        ("zz", "bytea"),
        (1, "text"),
        (2**63, "bigint"),
        (-(2**31) - 1, "integer"),
        (2**15, "smallint"),
        (-1, "oid"),
        ("1e999999999", "numeric"),
        ("1e-999999999", "numeric"),
        ("9" * 30, "interval"),
        ("a\0b", "text"),
        ("\ud800", "character varying"),
    ],
)
def test_a_token_with_a_value_of_another_type(value: object, type_: str) -> None:
    with pytest.raises(BadPageToken):
        read_token(NUMBERS, _forged(f", {json.dumps(value)}]"), (type_,))


@pytest.mark.parametrize(
    "rest",
    ["", "]", ", 1, 2]", ", 1]]", f", {'9' * 5000}]", ", " + "[" * 50_000, ", 1e400]"],
)
def test_a_token_that_is_made_to_hurt(rest: str) -> None:
    with pytest.raises(BadPageToken):
        read_token(NUMBERS, _forged(rest), ("integer",))


def test_a_token_that_was_cut_off() -> None:
    token = write_token(NUMBERS, (123456,))
    for length in range(len(token)):
        with pytest.raises(BadPageToken):
            read_token(NUMBERS, token[:length], ("integer",))
    assert read_token(NUMBERS, token, ("integer",)) == (123456,)


def test_a_token_of_another_user_grants_nothing(connection: Connection) -> None:
    """It says where to go on, in rows that are the caller's own."""
    ids = statement(
        "SELECT id FROM shelf.books WHERE id > $1 ORDER BY id LIMIT $2",
        ("bigint", "integer"),
        ("id",),
    )
    with session(connection, app="tarot", user_id=1) as db:
        page = db.page(ids, (0, 2), limit=1, key=lambda number: (number,))
    assert page.next
    with session(connection, app="tarot", user_id=2) as db:
        after = read_token(ids, page.next, ("bigint",))
        page = db.page(ids, (*after, 3), limit=2, key=lambda number: (number,))
    assert (page.rows, page.next) == ([3], None)


def _forged(rest: str) -> str:
    """A token of the numbers that goes on as somebody likes."""
    head = base64.urlsafe_b64decode(write_token(NUMBERS, ()) + "===").decode().removesuffix("]")
    return base64.urlsafe_b64encode(f"{head}{rest}".encode()).decode().rstrip("=")


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_nonsense_is_no_token(token: str) -> None:
    with pytest.raises(BadPageToken) as caught:
        read_token(NUMBERS, token, ("integer",))
    assert caught.value.__suppress_context__


def test_the_examples_of_every_type_are_what_they_seem() -> None:
    key = (
        2**62,
        False,
        Decimal("1.50"),
        0.1,
        datetime(2026, 1, 2, tzinfo=UTC),
        datetime(2026, 1, 2, 3),
        date(2026, 1, 2),
        time(1, 2, 3, 4),
        timedelta(days=-1, microseconds=5),
        UUID(int=7),
        b"\x00\xff",
        'a"\\é',
    )
    assert read_token(NUMBERS, write_token(NUMBERS, key), TYPES) == key
