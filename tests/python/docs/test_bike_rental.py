"""examples/bike_rental: a project that is none of ours, generated and run on every server."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from strongroom.project import find_project, read_project
from strongroom.server import Server
from strongroom_codegen.sources_file import SOURCES
from tests.python.codegen.command_line import run
from tests.python.codegen.generated_fixtures import generate_into

ROOT = Path(__file__).resolve().parents[3]
HERE = ROOT / "examples" / "bike_rental"
SAID = """\
refused: A bike with this frame number is known already.
cheapest first: ['C-1', 'R-1', 'L-1']
at most 25, newest first: ['R-1', 'C-1']
refused: Somebody else is riding this bike.
the cargo bike is with Ida; broken: ['box']
refused: A rental ends after it began.
25 hours cost 60.00
given back twice: None
the last three: ['12.00', '12.00', '12.00']
before those: ['60.00']
cargo: 1 rentals, 60.00 in all, at most 60.00
city: 3 rentals, 36.00 in all, at most 12.00
race: 0 rentals, 0 in all, at most None
retired: 1
left: ['city', 'cargo']
"""


def test_the_committed_package_is_what_the_sql_gives(server: Server, tmp_path: Path) -> None:
    """Without sources.txt, which changes with every change of the generator."""
    project = read_project(HERE)
    generate_into(tmp_path, project, server)
    made, kept = _texts(tmp_path), _texts(project.generated)
    assert made == kept, "run: make generate/code"


def _texts(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.suffix in (".py", ".typed")]
    assert SOURCES not in {path.name for path in files}
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def test_its_queries_are_fit_for_large_tables(any_server: Server) -> None:
    done = run(HERE, "lint", "queries", url=any_server.url())
    assert (done.returncode, done.stdout) == (0, "9 queries in 17 variants: nothing found\n"), (
        done.stderr
    )


def test_the_program_does_what_a_rental_does(server: Server) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", HERE / "rental.py"],
        env={**os.environ, "DATABASE_URL": server.url()},
        capture_output=True,
        text=True,
    )
    assert ran.stderr == ""
    assert ran.stdout == SAID


def test_a_project_is_found_by_its_settings(tmp_path: Path) -> None:
    """Its folders may have other names than ours, and it may lie within another project."""
    assert find_project(HERE / "sql" / "bikes").root == HERE
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[tool.other]\n", "utf-8")
    assert find_project(inner).root != inner
    (inner / "pyproject.toml").write_text("[tool.strongroom.types]\n", "utf-8")
    assert find_project(inner).root == inner


def test_its_page_names_files_that_are_there() -> None:
    text = (HERE / "README.md").read_text("utf-8")
    for name in ("pyproject.toml", "db/tables", "db/routines", "sql/bikes", "src/velo_sql"):
        assert f"({name})" in text
        assert (HERE / name).exists()


@pytest.mark.parametrize("name", ["fleet.py", "rentals.py"])
def test_both_kinds_of_functions_are_there(name: str) -> None:
    package = HERE / "src" / "velo_sql"
    assert "async def " in (package / "aio" / "bikes" / name).read_text("utf-8")
    assert "\ndef " in (package / "bikes" / name).read_text("utf-8")
