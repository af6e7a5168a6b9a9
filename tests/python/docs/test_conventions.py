"""docs/adding-an-app.md, followed in a copy of the project, with the files of conventions.md."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DOCS = ROOT / "docs"
STEP = re.compile(
    r"^ *<!-- (?P<what>file|append|line|row): (?P<path>\S+) -->\n(?P<block> *```.*?\n *```)$"
    r"|^(?P<script> *```sh\n.*?\n *```)$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Step:
    """What a reader does with one block: `sh` runs it, all others write it to `path`."""

    what: str
    path: str
    text: str


def steps(page: str) -> list[Step]:
    """The blocks of a page that a reader acts on, in their order."""
    found = []
    for match in STEP.finditer((DOCS / page).read_text("utf-8")):
        lines = textwrap.dedent(match["block"] or match["script"]).splitlines(keepends=True)
        found.append(Step(match["what"] or "sh", match["path"] or "", "".join(lines[1:-1])))
    return found


def test_steps_are_read_from_a_page() -> None:
    """An overlooked marker would be a step that nobody tries."""
    for page in ("conventions.md", "adding-an-app.md"):
        text = (DOCS / page).read_text("utf-8")
        assert len(steps(page)) == text.count("<!-- ") + text.count("```sh\n")


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """The project as a developer has it: its sources in a repository, with servers of its own."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    run(tmp_path, "git init --quiet")
    yield tmp_path
    run(tmp_path, "strongroom server stop --all")


def run(folder: Path, script: str) -> str:
    """Run commands in the copy, with the copy's own Python packages."""
    forgotten = ("PYTEST_", "PG", "GIT_", "DATABASE_URL")
    kept = {name: v for name, v in os.environ.items() if not name.startswith(forgotten)}
    packages = [folder, folder / "codegen", folder / "generated"]
    ran = subprocess.run(
        ["sh", "-euc", script],
        cwd=folder,
        env={
            **kept,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept["PATH"]]),
            "PYTHONPATH": os.pathsep.join(map(str, packages)),
            "PYTEST_ADDOPTS": "--servers 18",
        },
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def follow(folder: Path, step: Step) -> str:
    """Do one step; gives what a command printed."""
    if step.what == "sh":
        return run(folder, step.text)
    file = folder / step.path
    file.parent.mkdir(parents=True, exist_ok=True)
    text = file.read_text("utf-8") if file.exists() else ""
    if step.what == "file":
        assert not text
        file.write_text(step.text, "utf-8")
    elif step.what == "append":
        file.write_text(text + step.text, "utf-8")
    elif step.what == "line":
        start = re.escape(step.text.partition(":=")[0])
        changed, count = re.subn(f"^{start}:=.*\n", lambda _: step.text, text, flags=re.MULTILINE)
        assert count == 1
        file.write_text(changed, "utf-8")
    else:
        end = text.index("\n", text.rindex("\n| `") + 1) + 1
        file.write_text(text[:end] + step.text + text[end:], "utf-8")
    return ""


@pytest.mark.slow
def test_an_app_is_added_by_following_the_pages(copy: Path) -> None:
    """Tables, rights, a migration that equals them, generated functions, tests: all as printed."""
    told = [follow(copy, step) for step in (*steps("conventions.md"), *steps("adding-an-app.md"))]
    summary = told[-1].splitlines()[-1]
    assert re.search(r"\d+ passed", summary), told[-1]
    assert "tests/python/shop/test_orders.py ." in told[-1]
    assert "tests/pgtap/shop/orders.sql" in told[-1]
