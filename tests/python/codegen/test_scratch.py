"""Scratch databases: kept and cleaned on the embedded server, shared by runs, never half made."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice

import psycopg
import pytest

from strongroom.errors import ConnectError
from strongroom.project import Project
from strongroom.server import Server
from strongroom_codegen import scratch, servers
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.describe import describe_each
from strongroom_codegen.diagnostics import QueryError


@pytest.fixture
def names(
    project: Project, any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], list[str]]:
    """The project works on a test server as if that were its embedded one."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(servers, "_embedded_url", lambda _: any_server.url())

    def read() -> list[str]:
        with psycopg.connect(any_server.url()) as connection:
            rows = connection.execute(
                "SELECT datname FROM pg_catalog.pg_database WHERE starts_with(datname, %s)",
                (f"{scratch._family(project)}_",),
            ).fetchall()
        return [name for (name,) in rows]

    return read


@pytest.fixture(autouse=True)
def _drop(project: Project, any_server: Server, names: Callable[[], list[str]]) -> object:
    yield
    with psycopg.connect(any_server.url(), autocommit=True) as admin:
        for name in names():
            scratch._drop(admin, name)


def test_is_kept_until_the_sql_changes(project: Project, names: Callable[[], list[str]]) -> None:
    for _ in range(2):
        with scratch.scratch_database(project) as connection:
            first = connection.info.dbname
        assert names() == [first]
    (project.schema / "zz.sql").write_text("CREATE TABLE shop.zz (id bigint PRIMARY KEY);\n")
    with scratch.scratch_database(project) as connection:
        second = connection.info.dbname
    assert second != first
    assert names() == [second]


def test_broken_sql_leaves_nothing(project: Project, names: Callable[[], list[str]]) -> None:
    (project.schema / "zz.sql").write_text("CREATE TABEL shop.zz (id bigint);\n")
    with pytest.raises(QueryError), scratch.scratch_database(project):
        pass
    assert names() == []


@pytest.mark.parametrize("taken", [0, 60])
def test_a_server_that_goes_away_is_told_of(
    project: Project, any_server: Server, names: Callable[[], list[str]], taken: int
) -> None:
    """Before the first answer, and while others are on their way."""

    def run() -> None:
        with (
            psycopg.connect(any_server.url(), autocommit=True) as admin,
            scratch.scratch_database(project) as connection,
        ):
            texts = [f"SELECT {n} AS n" for n in range(200)]
            coming = describe_each(connection, read_catalog(connection), texts)
            with closing(coming):
                list(islice(coming, taken))
                admin.execute(
                    "SELECT pg_terminate_backend(%s, 10000)", (connection.info.backend_pid,)
                )
                list(coming)

    with pytest.raises(ConnectError, match="the connection was lost: ") as caught:
        run()
    assert caught.value.hint is not None
    assert "nothing was written" in caught.value.hint
    assert len(names()) == 1


def test_other_errors_are_no_sign_of_that(project: Project, names: Callable[[], list[str]]) -> None:
    with pytest.raises(psycopg.errors.LockNotAvailable), scratch.scratch_database(project):
        raise psycopg.errors.LockNotAvailable
    assert len(names()) == 1


def test_runs_at_once_share_one(project: Project, names: Callable[[], list[str]]) -> None:
    def use(_: int) -> str:
        with scratch.scratch_database(project) as connection:
            assert connection.execute("SELECT count(*) FROM shop.people").fetchone() == (0,)
            return connection.info.dbname

    with ThreadPoolExecutor(4) as pool:
        used = set(pool.map(use, range(4)))
    assert names() == list(used)
