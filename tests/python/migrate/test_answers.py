"""What the command answers: JSON also for a failure, the project it used, numbers, examples."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from strongroom import __version__
from tests.python.migrate.conftest import ROOT, Sandbox

MORE = "-- depends: 0001.app.start\nCREATE TABLE app.more (id int);\n"


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """The one JSON document on standard output."""
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("command", ["status", "apply --yes", "rollback --yes"])
def test_a_failure_is_json_too(started: Sandbox, tmp_path: Path, command: str) -> None:
    url = f"postgresql://anna:secret-word@/shop?host={tmp_path}&port=5999"
    done = started.run(*command.split(), "--json", DATABASE_URL=url)
    found = answer(done)
    assert done.returncode == 9
    assert found.keys() == {"error", "hint", "exit_code"}
    assert found["exit_code"] == 9
    assert found["error"].startswith(f"can't connect to anna@{tmp_path}:5999/shop")
    assert "DATABASE_URL" in found["hint"]
    assert "secret-word" not in done.stdout
    assert found["error"].splitlines()[0] in done.stderr


def test_without_json_a_failure_prints_none(started: Sandbox) -> None:
    done = started.run("apply")
    assert (done.returncode, done.stdout) == (2, "")


def test_a_check_answers_with_the_status_and_what_is_wrong(started: Sandbox) -> None:
    clean = answer(started.run("status", "--check", "--json"))
    assert "error" not in clean
    started.migration("0002.app.more", MORE)
    done = started.run("status", "--check", "--json")
    found = answer(done)
    assert (done.returncode, found["exit_code"], found["state"]) == (3, 3, "pending")
    assert [row["state"] for row in found["migrations"]] == ["applied", "pending"]
    started.write("migrations/0001.app.start.sql", "SELECT 1;\n")
    done = started.run("status", "--check", "--json")
    found = answer(done)
    assert (done.returncode, found["exit_code"], found["state"]) == (6, 6, "conflict")
    assert "0001.app.start.sql was edited" in found["error"]


def test_arguments_that_cannot_be_read_are_answered_in_json(started: Sandbox) -> None:
    done = started.run("status", "--json", "--no-such-option")
    assert (done.returncode, answer(done)["exit_code"]) == (2, 2)
    assert "--no-such-option" in done.stderr


def test_other_commands_that_print_json_do_the_same(started: Sandbox) -> None:
    started.write("pyproject.toml", "[tool.strongroom]\nno_such_key = 1\n")
    for arguments in ("server status --json", "generate --emit json"):
        done = subprocess.run(
            [sys.executable, "-m", "strongroom", *arguments.split()],
            cwd=started.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        found = answer(done)
        assert (done.returncode, found["exit_code"]) == (2, 2)
        assert "no_such_key" in found["error"]


def test_version_is_an_option_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "strongroom", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{__version__}\n"


def test_outside_a_project_the_one_that_is_used_is_named(sandbox: Sandbox, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (tmp_path / "pyproject.toml").unlink()
    sandbox.folder = outside
    expected = f"project {ROOT} (installed with strongroom: there is none in this folder)"
    assert sandbox.run("status").stdout.splitlines()[0] == expected
    assert sandbox.run("rollback", "--yes").stdout.splitlines()[0] == expected
    assert sandbox.status()["project"] == str(ROOT)


def test_below_a_project_its_folder_is_named(started: Sandbox, tmp_path: Path) -> None:
    assert "project " not in started.run("status").stdout
    started.folder = tmp_path / "migrations"
    for command in ("status", "apply --yes"):
        lines = started.run(*command.split()).stdout.splitlines()
        assert lines[0] == f"project {tmp_path}"
        assert lines[1].startswith("target ")


def test_one_is_not_many(started: Sandbox) -> None:
    started.migration("0002.app.more", MORE, "DROP TABLE app.more;\n")
    assert started.run("apply", "--yes").stdout.splitlines()[-1] == "done: 1 migration applied"
    assert started.run("rollback", "--yes").stdout.splitlines()[-1] == "1 migration rolled back"
    started.migration("0003.app.three", "-- depends: 0002.app.more\nSELECT 1;\n")
    assert started.run("apply", "--yes").stdout.splitlines()[-1] == "done: 2 migrations applied"


def test_the_example_of_rollback_names_a_migration_that_exists(sandbox: Sandbox) -> None:
    example = re.search(r"--to (\d\S+)", sandbox.run("rollback", "--help").stdout)
    assert example is not None
    assert (ROOT / f"migrations/{example[1]}.sql").is_file()
