"""Comments in the SQL and observers: what they say, what they never say, and that they are off."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from strongroom.session import Statement, Tracing, async_session, session
from strongroom.session.telemetry import spans
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import ADD, TITLE, value

SHOWN = value("SELECT current_query() AS v")
TAGS = {"service": "bot", "route": "/a b*/ DROP", "app": "it's"}


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    """Where finished spans are kept."""
    return InMemorySpanExporter()


@pytest.fixture
def tracing(exporter: InMemorySpanExporter) -> Tracing:
    """Spans into that exporter."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    return Tracing(observe=spans(provider.get_tracer("test")))


def test_a_comment_ends_the_statement_and_can_t_be_left(connection: Connection) -> None:
    with session(connection, app="tarot", user_id=1, tracing=Tracing(tags=TAGS)) as db:
        shown: str = db.one(SHOWN)
    assert shown.startswith("SELECT current_query() AS v")
    assert shown.endswith(
        "/*app='it%27s',route='%2Fa%20b%2A%2F%20DROP',service='bot',query='shelf.test'*/"
    )


def test_the_name_of_a_tag_is_encoded_as_its_value_is(connection: Connection) -> None:
    tracing = Tracing(tags={"a b/*/='x": "1", "é": "2"})
    with session(connection, app="tarot", user_id=1, tracing=tracing) as db:
        shown: str = db.one(SHOWN)
    tags = "/*%C3%A9='2',a%20b%2F%2A%2F%3D%27x='1',query='shelf.test'*/"
    assert shown == f"{SHOWN.sql}\n{tags}"


def test_without_tags_the_statement_is_sent_as_it_is(connection: Connection) -> None:
    for tracing in (None, Tracing()):
        with session(connection, app="tarot", user_id=1, tracing=tracing) as db:
            assert db.one(SHOWN) == SHOWN.sql


def test_a_session_with_other_tags_has_its_own_on_the_same_connection(
    connection: Connection,
) -> None:
    for service in ("one", "two", "one"):
        tracing = Tracing(tags={"service": service})
        with session(connection, app="tarot", user_id=1, tracing=tracing) as db:
            for _ in range(2):
                assert f"service='{service}'" in db.one(SHOWN)
    with session(connection, app="tarot", user_id=1) as db:
        assert "/*" not in db.one(SHOWN)


def test_the_name_of_the_query_is_no_tag_of_the_program() -> None:
    with pytest.raises(ValueError, match="query"):
        Tracing(tags={"query": "mine"})


def test_a_call_is_a_span_of_its_name(
    connection: Connection, tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    with session(connection, app="tarot", user_id=1, tracing=tracing) as db:
        db.one(TITLE, (1,))
    span = _only(exporter)
    assert (span.name, span.kind) == ("shelf.test", SpanKind.CLIENT)
    assert span.attributes == {
        "db.system.name": "postgresql",
        "db.query.summary": "shelf.test",
        "strongroom.role": "app",
    }
    assert span.status.status_code is StatusCode.UNSET


def test_a_failed_call_says_class_and_state_and_no_value(
    connection: Connection, tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    with (
        session(connection, app="tarot", user_id=1, tracing=tracing) as db,
        pytest.raises(psycopg.Error),
    ):
        db.exec(ADD, (1, "A title that is known to nobody", None))
    span = _only(exporter)
    assert span.status.status_code is StatusCode.ERROR
    assert (span.attributes or {})["db.response.status_code"] == "23505"
    assert "known to nobody" not in span.to_json()


def test_awaited_calls_are_spans_too(
    shelf: Database, tracing: Tracing, exporter: InMemorySpanExporter
) -> None:
    async def read() -> None:
        async with (
            await psycopg.AsyncConnection.connect(shelf.url(), autocommit=True) as connection,
            async_session(connection, app="tarot", user_id=1, tracing=tracing) as db,
        ):
            await db.one(TITLE, (1,))

    asyncio.run(read())
    assert _only(exporter).name == "shelf.test"


def test_an_observer_sees_the_call_begin_and_end(connection: Connection) -> None:
    seen: list[str] = []

    @contextmanager
    def observe(statement: Statement[Any]) -> Iterator[None]:
        seen.append(f"begin {statement.name}")
        yield
        seen.append(f"end {statement.name}")

    with session(connection, app="tarot", user_id=1, tracing=Tracing(observe=observe)) as db:
        for _ in range(2):
            db.one(TITLE, (1,))
    assert seen == ["begin shelf.test", "end shelf.test"] * 2


def _only(exporter: InMemorySpanExporter) -> ReadableSpan:
    (span,) = exporter.get_finished_spans()
    return span
