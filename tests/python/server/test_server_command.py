"""The command `strongroom server`, as a person uses it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from strongroom.server.embedded import EmbeddedServer

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty project, whose server is stopped in the end."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "empty"\n')
    yield tmp_path
    EmbeddedServer(tmp_path / ".strongroom", "default").stop()


@pytest.fixture
def run(project: Path) -> Run:
    """Run the command in the project's folder."""

    def call(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "strongroom", "server", *words],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COLUMNS": "100", **environment},
        )

    return call


def test_a_day_of_a_server(run: Run, project: Path) -> None:
    for _ in range(2):
        done = run("start")
        assert done.returncode == 0, done.stderr
        assert "18-default: running" in done.stdout
    status = json.loads(run("status", "--json").stdout)
    assert set(status) == {
        "label", "name", "running", "pid", "version", "folder", "log", "url"
    }  # fmt: skip
    assert (status["running"], status["label"]) == (True, "18")
    url = run("url").stdout.strip()
    assert url == status["url"].replace("@/postgres?", "@/strongroom?")
    with psycopg.connect(url) as connection:
        assert connection.info.dbname == "strongroom"
    assert run("psql", "--", "-XAtc", "SELECT 6 * 7").stdout == "42\n"
    for _ in range(2):
        assert "18-default: stopped" in run("stop").stdout
    assert json.loads(run("status", "--json").stdout)["url"] is None
    assert (project / ".strongroom/.gitignore").read_text() == "*\n"


def test_psql_starts_the_server_and_passes_on_its_exit_code(run: Run) -> None:
    done = run("psql", "--", "-Xc", "SELECT 1 / 0", "-v", "ON_ERROR_STOP=1")
    assert done.returncode == 1
    assert "division by zero" in done.stderr


def test_psql_goes_where_database_url_says(run: Run, project: Path) -> None:
    done = run("psql", "--", "-Xc", "SELECT 1", DATABASE_URL="host=/nowhere dbname=app")
    assert done.returncode == 2
    assert "/nowhere" in done.stderr
    assert not (project / ".strongroom").exists()


def test_start_says_that_database_url_wins(run: Run) -> None:
    done = run("start", DATABASE_URL="host=/nowhere dbname=app")
    assert done.returncode == 0, done.stderr
    assert "DATABASE_URL is set" in done.stderr


def test_a_server_that_can_not_run_is_named_with_what_to_do(run: Run, tmp_path: Path) -> None:
    done = run("start", "--full", PATH="/nowhere", STRONGROOM_CACHE=str(tmp_path))
    assert done.returncode == 9
    assert "can't run here" in done.stderr
    assert "Dockerfile" in done.stderr


@pytest.mark.parametrize("word", ["start", "stop", "status", "url", "psql"])
def test_help_has_an_example(run: Run, word: str) -> None:
    text = run(word, "--help").stdout
    assert "Example: " in text
    assert "--full" in text


def test_a_bad_name_is_refused_with_words(run: Run) -> None:
    done = run("start", "--name", "../elsewhere")
    assert done.returncode == 1
    assert "can't be a server's name" in done.stderr
    assert "Traceback" not in done.stderr


def test_stop_all_leaves_no_server_of_this_folder_running(run: Run) -> None:
    run("start")
    run("start", "--name", "second")
    done = run("stop", "--all")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("stopped") == 2
    for name in ("default", "second"):
        assert not json.loads(run("status", "--json", "--name", name).stdout)["running"]
