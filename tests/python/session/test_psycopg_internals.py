"""A canary: what strongroom/session uses of psycopg beyond its documented interface.

When one of these fails after an upgrade, read strongroom/session/wire.py before anything else.
"""

from __future__ import annotations

import inspect
from importlib import metadata

import psycopg
import pytest
from packaging.requirements import Requirement
from psycopg import generators, pq
from psycopg._capabilities import capabilities
from psycopg.adapt import AdaptersMap, Transformer

from strongroom.session import wire
from tests.python.fix_databases import Connection


def test_psycopg_is_bound_to_a_minor_version() -> None:
    required = {
        Requirement(line).name: Requirement(line) for line in metadata.requires("strongroom") or []
    }
    specifier = required["psycopg"].specifier
    assert specifier.contains(psycopg.__version__)
    assert not specifier.contains("3.4.0")


@pytest.mark.parametrize("kind", [psycopg.Connection, psycopg.AsyncConnection])
def test_a_connection_waits_for_a_generator_under_its_lock(kind: type[object]) -> None:
    assert list(inspect.signature(kind.wait).parameters)[:2] == ["self", "gen"]  # type: ignore[attr-defined]
    assert callable(kind._get_tx_start_command)  # type: ignore[attr-defined]


def test_a_connection_has_the_fields(connection: Connection) -> None:
    assert connection._num_transactions == 0
    assert connection._pipeline is None
    assert connection._get_tx_start_command() == b"BEGIN"
    assert hasattr(connection.lock, "__enter__")
    with connection.transaction():
        assert connection._num_transactions == 1
    with connection.pipeline():
        assert connection._pipeline is not None


def test_generators_and_transformer_are_there() -> None:
    assert callable(generators.send)
    assert callable(generators.fetch)
    transformer = Transformer(AdaptersMap(psycopg.adapters))
    for name in ("set_pgresult", "set_loader_types", "load_row", "load_rows"):
        assert callable(getattr(transformer, name))
    assert wire.can_close_prepared == capabilities.has_send_close_prepared()


def test_the_fast_implementation_is_used() -> None:
    assert pq.__impl__ in ("binary", "c")


def test_an_exchange_gives_one_result_for_each_command(connection: Connection) -> None:
    pgconn = connection.pgconn
    commands = [wire.simple(pgconn, sql) for sql in (b"SELECT 1", b"SELECT 1/0", b"SELECT 2")]
    with connection.lock:
        results = connection.wait(wire.exchange(pgconn, commands))
    expected = [pq.ExecStatus.TUPLES_OK, pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.PIPELINE_ABORTED]
    assert [result.status for result in results] == expected
    assert wire.first_failure(results) is results[1]
    assert not wire.succeeded(commands, results)
    assert pgconn.pipeline_status == pq.PipelineStatus.OFF
    assert connection.execute("SELECT 1").fetchone() == (1,)
