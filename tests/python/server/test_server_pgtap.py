"""pgTAP is usable on every server, by every role."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from strongroom.errors import StrongroomError
from strongroom.server import apt, pgtap
from strongroom.server.cluster import LocalServer
from strongroom.server.debian import DebianServer, installed_majors
from strongroom.server.embedded import EmbeddedServer

MakeServer = Callable[..., EmbeddedServer]
Keep = Callable[[LocalServer], LocalServer]

_PLAIN = b"SET search_path = pgtap, pg_catalog; SET ROLE plain_tester;"
_REVOKE = b"""
    ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
    CREATE ROLE plain_tester;
"""


@pytest.fixture(autouse=True)
def files() -> None:
    """These tests need pgTAP itself."""
    if reason := pgtap.pgtap_missing():
        pytest.skip(f"no pgTAP here: {reason}")


def _runs_for_all(server: LocalServer) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(_REVOKE)
    pgtap.ensure_pgtap(server.url())
    pgtap.ensure_pgtap(server.url())
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(_PLAIN)
        said = [
            row[0]
            for call in ("plan(2)", "is(1, 1, 'same')", "has_schema('pgtap')", "finish()")
            for row in connection.execute(sql.SQL("SELECT * FROM " + call)).fetchall()
        ]
    assert said[:2] == ["1..2", "ok 1 - same"]
    assert said[2].startswith("ok 2")
    assert len(said) == 3


def _is_extension(server: LocalServer) -> bool:
    with psycopg.connect(server.url()) as connection:
        query = "SELECT FROM pg_catalog.pg_extension WHERE extname = 'pgtap'"
        return connection.execute(query).fetchone() is not None


def test_the_embedded_server_has_it_as_an_extension(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    _runs_for_all(server)
    assert _is_extension(server)


def test_an_older_server_gets_it_as_plain_sql(tmp_path: Path, keep: Keep) -> None:
    majors = [major for major in installed_majors() if major < 18]
    if not majors:
        pytest.skip("no PostgreSQL below 18 in this machine's packages")
    server = keep(DebianServer(tmp_path, majors[0], "test"))
    server.start()
    _runs_for_all(server)


def test_a_server_that_does_not_offer_it_gets_it_as_plain_sql(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    shutil.rmtree(server.state / "share")
    _runs_for_all(server)
    assert not _is_extension(server)


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any pgTAP, and with an empty cache."""
    monkeypatch.setattr(pgtap, "_MACHINE", tmp_path / "nowhere")
    monkeypatch.setenv("STRONGROOM_CACHE", str(tmp_path / "cache"))
    pgtap._search.cache_clear()


def test_it_is_fetched_as_a_package(nowhere: None, request: pytest.FixtureRequest) -> None:
    request.addfinalizer(pgtap._search.cache_clear)
    if shutil.which("apt-cache") is None:
        pytest.skip("no apt here")
    if "-pgtap" not in apt.run("apt-cache", "pkgnames", "postgresql-").stdout:
        pytest.skip("apt knows no pgTAP here (apt-get update was never run)")
    found = pgtap.pgtap_files()
    assert found is not None, pgtap.pgtap_missing()
    assert (found / "pgtap.control").is_file()


def test_a_machine_that_can_not_have_it_says_why(
    nowhere: None,
    make_server: MakeServer,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    request.addfinalizer(pgtap._search.cache_clear)
    monkeypatch.setenv("PATH", "/nowhere")
    assert pgtap.pgtap_files() is None
    assert "no Debian" in f"{pgtap.pgtap_missing()}"
    monkeypatch.undo()
    server = make_server()
    server.start()
    shutil.rmtree(server.state / "share", ignore_errors=True)
    with pytest.raises(StrongroomError, match="there is no pgTAP here"):
        pgtap.ensure_pgtap(server.url())
