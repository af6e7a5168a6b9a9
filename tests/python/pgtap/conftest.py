"""A template for the runner's own tests, and a pytest inside this one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import conninfo

from strongroom.pgtap.databases import clone, drop
from strongroom.server import Server, ensure_pgtap
from tests.python.fix_templates import new_name

FILES = Path(__file__).parent / "files"
Run = Callable[..., pytest.RunResult]


@contextmanager
def copy_of(server: Server, url: str) -> Iterator[str]:
    """The URL of a clone of a database, dropped afterwards."""
    name = new_name()
    with psycopg.connect(server.url(), autocommit=True) as admin:
        clone(admin, name, str(conninfo.conninfo_to_dict(url)["dbname"]))
        try:
            yield server.url(name)
        finally:
            drop(admin, name)


@pytest.fixture(scope="session")
def url(any_server: Server) -> Iterator[str]:
    """A template with pgTAP and one table."""
    with copy_of(any_server, any_server.url("template0")) as made:
        with psycopg.connect(made) as inside:
            inside.execute("CREATE TABLE public.kept (id integer)")
        ensure_pgtap(made)
        yield made


@pytest.fixture
def run(pytester: pytest.Pytester, any_server: Server, url: str) -> Run:
    """Run a pytest on some of the files, in a project of its own."""
    for file in FILES.iterdir():
        shutil.copy(file, pytester.path)

    def run(*arguments: str, subprocess: bool = False) -> pytest.RunResult:
        options = ["-ra", f"--pgtap-url={url}", f"--pgtap-psql={any_server.psql()[0]}"]
        options += ["--pgtap-timeout", "2" if "too_slow.sql" in arguments else "60"]
        method = pytester.runpytest_subprocess if subprocess else pytester.runpytest_inprocess
        return method(*options, *arguments)

    return run
