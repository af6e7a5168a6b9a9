"""`generate --check` answers before anything slow is loaded, as the whole command would."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from strongroom.project import Project
from strongroom.server import Server
from tests.python.codegen.command_line import NOWHERE, run

LOADED = """
import sys
from strongroom.entry import main
main()
slow = {"typer", "rich", "psycopg", "pydantic", "yoyo", "pglast"}
print(sorted(slow & set(sys.modules)))
"""


def _python(
    project: Project, code: str, *arguments: str, url: str = NOWHERE, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return run(folder or project.root, *arguments, url=url, program=("-c", code))


def _entry(project: Project, *arguments: str) -> tuple[int, str, str]:
    done = _python(project, "from strongroom.entry import main; main()", *arguments)
    return done.returncode, done.stdout, done.stderr


def _whole(project: Project, *arguments: str) -> tuple[int, str, str]:
    done = _python(project, "from strongroom.command import main; main()", *arguments)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def generated(project: Project, any_server: Server) -> Project:
    code = "from strongroom.entry import main; main()"
    done = _python(project, code, "generate", url=any_server.url())
    assert done.returncode == 0, done.stderr
    return project


def test_nothing_slow_is_loaded_when_nothing_changed(generated: Project) -> None:
    done = _python(generated, LOADED, "generate", "--check")
    assert done.stdout == "generated files are up to date\n[]\n"
    (generated.queries / "shop" / "new.sql").write_text("-- name: one :one\nSELECT 1 AS one;\n")
    assert _entry(generated, "generate", "--check")[0] == 4


@pytest.mark.parametrize("arguments", [["--check"], ["--check", "--format", "github"]])
def test_from_a_folder_inside_the_project(generated: Project, arguments: list[str]) -> None:
    code = "from strongroom.entry import main; main()"
    done = _python(generated, code, "generate", *arguments, folder=generated.queries / "shop")
    assert (done.returncode, done.stdout) == (0, "generated files are up to date\n")


def _nothing(project: Project) -> None:
    """As it was generated."""


def _broken_query(project: Project) -> None:
    (project.queries / "shop" / "new.sql").write_text("-- name: one :won\nSELECT 1 AS one;\n")


def _bad_name(project: Project) -> None:
    (project.queries / "shop" / "class.sql").write_text("-- name: a :many\nSELECT 1 AS a;\n")


def _bad_settings(project: Project) -> None:
    path = project.root / "pyproject.toml"
    path.write_text(path.read_text("utf-8") + "\n[tool.strongroom]\nquery = 'q'\n", "utf-8")


def _edited_file(project: Project) -> None:
    path = project.generated / "shop_db" / "shop" / "people.py"
    path.write_text(path.read_text("utf-8") + "\nX = 1\n", "utf-8")


def _changed_schema(project: Project) -> None:
    path = project.schema / "shop.sql"
    path.write_text(path.read_text("utf-8") + "\n-- one more line\n", "utf-8")


@pytest.mark.parametrize(
    "change",
    [_nothing, _broken_query, _bad_name, _bad_settings, _edited_file, _changed_schema],
)
def test_says_what_the_whole_command_says(
    generated: Project, change: Callable[[Project], None]
) -> None:
    change(generated)
    for arguments in (["generate", "--check"], ["generate", "--check", "--format", "github"]):
        assert _entry(generated, *arguments) == _whole(generated, *arguments)
