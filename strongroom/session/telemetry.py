"""Calls as OpenTelemetry spans. Needs the package `opentelemetry-api` (`strongroom[telemetry]`)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import psycopg
from opentelemetry.trace import SpanKind, StatusCode, Tracer, get_tracer

from strongroom.session.statement import Statement
from strongroom.session.tracing import Observe


def spans(tracer: Tracer | None = None) -> Observe:
    """An observer for `Tracing` that makes each call a span named like the query.

    A span holds the query's name and role, and of an error its class and SQLSTATE; never values,
    and never messages, which may quote them.
    """
    chosen = tracer or get_tracer("strongroom")

    @contextmanager
    def span(statement: Statement[Any]) -> Iterator[None]:
        attributes = {
            "db.system.name": "postgresql",
            "db.query.summary": statement.name,
            "strongroom.role": statement.role,
        }
        with chosen.start_as_current_span(
            statement.name,
            kind=SpanKind.CLIENT,
            attributes=attributes,
            record_exception=False,
            set_status_on_exception=False,
        ) as current:
            try:
                yield
            except Exception as error:
                current.set_status(StatusCode.ERROR)
                current.set_attribute("error.type", type(error).__qualname__)
                state = _sqlstate(error)
                if state is not None:
                    current.set_attribute("db.response.status_code", state)
                raise

    def observe(statement: Statement[Any]) -> AbstractContextManager[object]:
        return span(statement)

    return observe


def _sqlstate(error: Exception) -> str | None:
    return error.sqlstate if isinstance(error, psycopg.Error) else None
