"""DATABASE_URL wins; without it there is the embedded server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from strongroom.errors import ConnectError, UsageError
from strongroom.project import Project, read_project
from strongroom.server.connect import connect_url, ensure_database
from strongroom.server.embedded import EmbeddedServer

MakeServer = Callable[..., EmbeddedServer]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return read_project(tmp_path)


def test_database_url_wins_and_nothing_is_started(project: Project) -> None:
    given = "postgresql://someone@db.example/app"
    assert connect_url({"DATABASE_URL": f" {given}\n"}, project) == given
    assert connect_url({"DATABASE_URL": "host=db.example dbname=app"}, project)
    assert not project.state.exists()


@pytest.mark.parametrize("environment", [{}, {"DATABASE_URL": " "}], ids=["unset", "blank"])
def test_without_it_the_embedded_server_is_started(
    project: Project, make_server: MakeServer, environment: dict[str, str]
) -> None:
    server = make_server(project.state, name="default")
    url = connect_url(environment, project, "app")
    assert server.status().running
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT current_database()").fetchone() == ("app",)
    assert connect_url(environment, project, "app") == url


@pytest.mark.parametrize(
    "given", ["postgresql://someone:s3cret@[host/app", "mysql://someone:s3cret@host/app", "s3cret"]
)
def test_a_database_url_that_is_none_is_refused_without_repeating_it(
    project: Project, given: str
) -> None:
    with pytest.raises(UsageError) as caught:
        connect_url({"DATABASE_URL": given}, project)
    assert "s3cret" not in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.__cause__ is None


def test_a_server_that_does_not_answer_is_named(make_server: MakeServer) -> None:
    with pytest.raises(ConnectError, match="can't connect"):
        ensure_database(make_server(), "app")
