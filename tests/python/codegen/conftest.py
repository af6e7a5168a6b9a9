"""Projects to generate from, on every server, and the flag that refreshes expected output."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest

from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom.session import Session, session
from strongroom_codegen.catalog import Catalog, read_catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from strongroom_codegen.scratch import scratch_database
from strongroom_codegen.write import write
from tests.python.codegen.sealed_app import vault, vault_package

__all__ = ["vault", "vault_package"]

FIXTURES = Path(__file__).parent / "fixtures"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden",
        action="store_true",
        help="write what the generator gives now as what it should give; review the diff",
    )
    parser.addoption(
        "--oracle",
        type=int,
        default=1,
        metavar="TIMES",
        help="how many times more random rows and queries are tried than usual",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Compare a text with a file, or write the file when asked to."""

    def compare(path: Path, text: str) -> None:
        if request.config.getoption("--refresh-golden", default=False):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        assert path.is_file(), f"{path} is missing; run with --refresh-golden"
        assert text == path.read_text("utf-8")

    return compare


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the shop, to be changed at will."""
    root = tmp_path / "shop"
    shutil.copytree(FIXTURES / "shop", root)
    return read_project(root)


@pytest.fixture
def annex(tmp_path: Path) -> Project:
    """A copy of the annex: views, functions, roles and row level security, without a kernel."""
    root = tmp_path / "annex"
    shutil.copytree(FIXTURES / "annex", root)
    return read_project(root)


@pytest.fixture
def on_server(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The generator works on this server."""
    monkeypatch.setenv("DATABASE_URL", server.url())
    return server


@pytest.fixture
def on_any_server(any_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The generator works on one server, where the version does not matter."""
    monkeypatch.setenv("DATABASE_URL", any_server.url())
    return any_server


@contextmanager
def scratch_on(server: Server, root: Path) -> Iterator[psycopg.Connection[Any]]:
    """A scratch database of a project on a server."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        with scratch_database(read_project(root)) as connection:
            yield connection


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[tuple[psycopg.Connection[Any], Catalog]]:
    """The shop's scratch database and what its catalogue says, for a whole module."""
    with scratch_on(server, FIXTURES / "shop") as connection:
        yield connection, read_catalog(connection)


@pytest.fixture
def package(
    project: Project, on_server: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModuleType]:
    """The generated package of the shop, imported."""
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    write(project, render_files(project, sources, build_model(project, sources, diagnostics)))
    monkeypatch.syspath_prepend(project.generated)
    yield importlib.import_module("shop_db.shop")
    for name in [name for name in sys.modules if name.partition(".")[0] == "shop_db"]:
        del sys.modules[name]


@pytest.fixture
def db(shop: tuple[psycopg.Connection[Any], Catalog]) -> Iterator[Session]:
    """A plain session in a transaction that is rolled back."""
    connection = shop[0]
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path = ''")
        with session(connection, app=None) as db:
            yield db
