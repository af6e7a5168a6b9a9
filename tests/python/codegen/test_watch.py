"""`generate --watch` as a real process: it follows edits, survives broken SQL, ends on Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from strongroom.project import Project
from strongroom.server import Server
from tests.python.codegen.command_line import run

PATIENCE_S = 120.0
MORE = "\n-- name: more :many\nSELECT p.{column} FROM shop.people AS p ORDER BY p.id;\n"


class Watched:
    """A running `strongroom generate --watch` and what it has said."""

    def __init__(self, project: Project, server: Server, folder: Path) -> None:
        self.out, self.err = folder / "out", folder / "err"
        with self.out.open("w") as out, self.err.open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-u", "-m", "strongroom", "generate", "--watch"],
                cwd=project.root,
                env={**os.environ, "DATABASE_URL": server.url(), "NO_COLOR": "1"},
                stdout=out,
                stderr=err,
            )

    def runs(self) -> int:
        """How many runs have written the package."""
        return self.out.read_text().count("; watching")

    def failures(self) -> int:
        return self.err.read_text().count("nothing was written")

    def wait(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE_S
        while not happened():
            assert self.process.poll() is None, self.err.read_text()
            assert time.monotonic() < end, self.out.read_text() + self.err.read_text()
            time.sleep(0.05)


@pytest.fixture
def watched(project: Project, any_server: Server, tmp_path: Path) -> Iterator[Watched]:
    running = Watched(project, any_server, tmp_path)
    try:
        running.wait(lambda: running.runs() == 1)
        yield running
    finally:
        running.process.kill()
        running.process.wait()


@pytest.mark.slow
def test_follows_edits_and_survives_broken_sql(watched: Watched, project: Project) -> None:
    module = project.generated / "shop_db" / "shop" / "people.py"
    path = project.queries / "shop" / "people.sql"
    before = path.read_text("utf-8")
    path.write_text(before + MORE.format(column="name"), "utf-8")
    watched.wait(lambda: watched.runs() == 2)
    assert "def more(" in module.read_text("utf-8")
    path.write_text(before + MORE.format(column="nme"), "utf-8")
    watched.wait(lambda: watched.failures() == 1)
    assert "error: column p.nme does not exist" in watched.err.read_text()
    assert "def more(" in module.read_text("utf-8")
    (project.root / "pyproject.toml").write_text("[broken", "utf-8")
    watched.wait(lambda: "pyproject.toml can't be read" in watched.err.read_text())
    (project.root / "pyproject.toml").write_text('[project]\nname = "shop"\n', "utf-8")
    path.write_text(before, "utf-8")
    watched.wait(lambda: "def more(" not in module.read_text("utf-8"))
    watched.process.send_signal(signal.SIGINT)
    assert watched.process.wait(PATIENCE_S) == 0
    assert "Traceback" not in watched.err.read_text()


@pytest.mark.slow
def test_looks_at_the_schema_and_ends_when_told(watched: Watched, project: Project) -> None:
    schema = project.schema / "zz.sql"
    schema.write_text("CREATE TABLE shop.zz (id bigintt);\n", "utf-8")
    watched.wait(lambda: watched.failures() == 1)
    assert "schema/zz.sql:1:26: error" in watched.err.read_text()
    schema.unlink()
    watched.wait(lambda: watched.runs() == 2)
    watched.process.send_signal(signal.SIGTERM)
    assert watched.process.wait(PATIENCE_S) == 0


def test_goes_with_no_other_mode(project: Project) -> None:
    done = run(project.root, "generate", "--watch", "--emit", "json")
    assert done.returncode == 2
    assert "--watch writes files" in done.stderr
