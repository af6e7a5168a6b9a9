"""Any value of a type there and back, drawn by hypothesis, and the server's text of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from strongroom.session import Session, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import value
from tests.python.session.test_session_types import MORE


@pytest.fixture
def db(connection: Connection) -> Iterator[Session]:
    """A session of user 1."""
    with session(connection, app="tarot", user_id=1) as found:
        yield found


@pytest.fixture
def with_hstore(shelf: Database) -> Iterator[Session]:
    """A session on one server that has types of extensions."""
    shelf.admin().execute(MORE)
    with session(shelf.connect(), app="tarot", user_id=1) as found:
        yield found


@st.composite
def _ranges(draw: st.DrawFn, bounds: st.SearchStrategy[Any]) -> Range[Any]:
    low, high = sorted((draw(bounds), draw(bounds)))
    lower = draw(st.sampled_from([low, None]))
    upper = draw(st.sampled_from([high, None]))
    return Range(lower, upper, draw(st.sampled_from(["[)", "[]", "(]", "()"])))


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=3, max_value=10**20)
ANY: dict[str, st.SearchStrategy[Any]] = {
    "int8range": _ranges(st.integers(-(2**62), 2**62)),
    "numrange": _ranges(NUMBERS),
    "tstzrange": _ranges(st.datetimes(datetime(2, 1, 1), timezones=st.just(UTC))),
    "nummultirange": st.lists(_ranges(NUMBERS), max_size=3).map(Multirange),
    "inet": st.ip_addresses(),
    "cidr": st.ip_addresses().map(ip_network),
    "bit varying": st.text("01"),
    "interval": st.timedeltas(timedelta(days=-(10**6)), timedelta(days=10**6)),
    "xid8": st.integers(0, 2**64 - 1),
}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
@pytest.mark.parametrize("type_", ANY)
def test_the_server_takes_a_value_as_its_text(
    db: Session, admin: Connection, type_: str, data: st.DataObject
) -> None:
    """What comes back is the value as the server normalises it; psycopg's text is the oracle."""
    sent: Any = data.draw(ANY[type_])
    back = db.one(value(f"SELECT $1::{type_} AS v", type_), (sent,))
    assert db.one(value(f"SELECT $1::{type_} AS v", type_), (back,)) == back
    ours = db.one(value(f"SELECT $1::{type_}::text AS v", type_), (sent,))
    plain = str(sent) if type_ in ("bit varying", "xid8") else sent
    assert (ours,) == admin.execute(f"SELECT (%s::{type_})::text".encode(), (plain,)).fetchone()
    if not isinstance(sent, Range | Multirange):
        assert back == sent


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(pairs=st.dictionaries(TEXTS, st.none() | TEXTS, max_size=5))
def test_any_hstore(with_hstore: Session, pairs: dict[str, str | None]) -> None:
    assert with_hstore.one(value("SELECT $1 AS v", "ext.hstore"), (pairs,)) == pairs
