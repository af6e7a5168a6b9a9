"""What is generated passes mypy --strict, pyright's strict mode and ruff, for every fixture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from strongroom.project import read_project
from strongroom.server import Server
from tests.python.codegen import sealed_app
from tests.python.codegen.conftest import FIXTURES
from tests.python.codegen.generated_fixtures import generate_into
from tests.python.docs.annotations_page import all_blocks, make_project, program

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(sys.executable).parent
PATHS = [ROOT, ROOT / "codegen"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def generated(any_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages of every fixture and of the page on annotated SQL, and that page's calls."""
    folder = tmp_path_factory.mktemp("generated")
    for root in sorted(p.parent for p in FIXTURES.glob("*/pyproject.toml")):
        generate_into(folder, read_project(root), any_server)
    page = tmp_path_factory.mktemp("page")
    found = all_blocks()
    make_project(page, found)
    generate_into(folder, read_project(page), any_server)
    sealed = tmp_path_factory.mktemp("sealed") / "vault"
    generate_into(folder, sealed_app.make_project(sealed), any_server)
    (folder / "calls.py").write_text(program(found), "utf-8")
    return folder


def _run(folder: Path, *command: str) -> str:
    """What a checker says, if it is not content."""
    paths = os.pathsep.join(map(str, [folder, *PATHS]))
    ran = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "MYPYPATH": paths, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
    )
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def test_mypy(generated: Path) -> None:
    cache = f"--cache-dir={ROOT / '.mypy_cache' / 'fixtures'}"
    options = ("--strict", "--python-version=3.11", "--explicit-package-bases", cache)
    assert _run(generated, sys.executable, "-m", "mypy", *options, ".") == ""


def test_ruff(generated: Path) -> None:
    config = f"--config={ROOT / 'pyproject.toml'}"
    packages = sorted(path.name for path in generated.iterdir() if path.is_dir())
    assert _run(generated, "ruff", "check", "--no-cache", config, *packages) == ""
    assert _run(generated, "ruff", "format", "--no-cache", "--check", config, *packages) == ""


def test_pyright(generated: Path) -> None:
    settings = {
        "include": [str(path) for path in generated.iterdir() if path.is_dir()],
        "typeCheckingMode": "strict",
        "pythonVersion": "3.11",
        "extraPaths": [str(generated), *map(str, PATHS)],
    }
    config = generated / "pyrightconfig.json"
    config.write_text(json.dumps(settings), "utf-8")
    python = f"--pythonpath={sys.executable}"
    assert _run(generated, "basedpyright", python, "--project", str(config)) == ""


@pytest.mark.parametrize("checker", ["mypy", "pyright", "ruff"])
def test_a_checker_finds_what_is_wrong(tmp_path: Path, checker: str) -> None:
    """The checks above can fail."""
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "__init__.py").write_text("import os\nx: int = ''\n", "utf-8")
    check = {"mypy": test_mypy, "pyright": test_pyright, "ruff": test_ruff}[checker]
    with pytest.raises(AssertionError):
        check(tmp_path)
