"""An app whose extension the first server lacks is generated on the full one, or left as it is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from strongroom.errors import ConnectError, MismatchError, UsageError
from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom.server.embedded import EmbeddedServer
from strongroom_codegen import generating, scratch, servers
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.grants_command import run_grants
from strongroom_codegen.impact_command import run_impact
from strongroom_codegen.lint.run import check_queries

EXTENSION = "far_types"
PYPROJECT = """
[project]
name = "two"

[tool.strongroom]
package = "two_db"
"""
# What the extension brings decides what its queries give.
SCHEMAS = {
    "extensions": "CREATE SCHEMA IF NOT EXISTS extensions;\n",
    "base": """
CREATE SCHEMA base;
CREATE TYPE base.size AS ENUM ('small', 'large');
CREATE TYPE base.colour AS ENUM ('red', 'blue');
""",
    "cafe": """
CREATE SCHEMA cafe;
CREATE TABLE cafe.cups (id int PRIMARY KEY, colour base.colour);
""",
    "shop": """
CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS
'An app.
@app
@extensions far_types';
CREATE TABLE shop.things (id extensions.far PRIMARY KEY, size base.size NOT NULL);
""",
}
CUPS = "-- name: get_cup :one\nSELECT c.id FROM cafe.cups AS c WHERE c.id = :id;\n"
THINGS = "-- name: get_thing :one\nSELECT t.id, t.size FROM shop.things AS t WHERE t.id = :id;\n"
MORE = "\n-- name: more :many\nSELECT {columns} FROM {table} AS t ORDER BY t.id;\n"
LINE = f"this server has no extension {EXTENSION}"


@pytest.fixture(scope="module")
def full_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with an extension that no other one has."""
    server = EmbeddedServer(tmp_path_factory.mktemp("full") / ".strongroom", "test")
    if reason := server.missing():
        pytest.skip(f"the embedded server can't run here: {reason}")
    share = Path(server.settings()["extension_control_path"].split(":")[1]) / "extension"
    (share / f"{EXTENSION}.control").write_text("default_version = '1.0'\n", "utf-8")
    (share / f"{EXTENSION}--1.0.sql").write_text("CREATE DOMAIN far AS int;\n", "utf-8")
    server.start()
    yield server.url()
    server.stop()


class Box:
    """A project of two apps, its two servers, and how often the full one was asked for."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch, first: str, full: str) -> None:
        self.root, self.asked, self.full = root, 0, full
        self.write("pyproject.toml", PYPROJECT)
        for name, text in SCHEMAS.items():
            self.write(f"schema/{name}/schema.sql", text)
        self.write("queries/cafe/cups.sql", CUPS)
        self.write("queries/shop/things.sql", THINGS)
        self.is_there = True
        monkeypatch.delenv("DATABASE_URL", raising=False)
        monkeypatch.setattr(servers, "_embedded_url", lambda _: first)
        monkeypatch.setattr(servers, "_full_url", self._full_url)

    def _full_url(self, _: Project) -> str:
        self.asked += 1
        if not self.is_there:
            raise ConnectError("the full server can't run here: only root can run it")
        return self.full

    @property
    def project(self) -> Project:
        return read_project(self.root)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def add(self, name: str, text: str) -> None:
        path = self.root / name
        path.write_text(path.read_text("utf-8") + text, "utf-8")

    def generate(self, *, check: bool = False) -> str:
        """The closing line."""
        said = generating._run(self.project, Diagnostics(), check=check, emit=False, explain=None)
        assert said is not None
        return said

    def files(self) -> dict[str, str]:
        """What was generated."""
        folder = self.project.generated
        return {
            path.relative_to(folder).as_posix(): path.read_text("utf-8")
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix in (".py", ".txt")
        }

    def part(self, app: str) -> dict[str, str]:
        return {name: text for name, text in self.files().items() if f"/{app}/" in name}


@pytest.fixture
def box(
    tmp_path: Path, full_url: str, any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Box]:
    made = Box(tmp_path / "two", monkeypatch, any_server.url(), full_url)
    yield made
    family = scratch._family(made.project)
    with psycopg.connect(any_server.url(), autocommit=True) as admin:
        rows = admin.execute("SELECT datname FROM pg_catalog.pg_database").fetchall()
        for (name,) in rows:
            if name.startswith(family):
                scratch._drop(admin, name)


def test_both_servers_give_what_one_that_holds_all_gives(
    box: Box, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert box.generate() == "2 queries, 21 files changed, 0 removed"
    assert capsys.readouterr().err == f"shop is generated on the full server: {LINE}\n"
    merged = box.files()
    assert "class" in merged["two_db/shop/rows.py"]
    monkeypatch.setenv("DATABASE_URL", box.full)
    assert box.generate() == "2 queries, 0 files changed, 0 removed"
    assert box.files() == merged
    assert os.environ["DATABASE_URL"] == box.full
    assert box.asked == 1


def test_the_full_server_is_asked_about_changes_of_its_app_alone(box: Box) -> None:
    box.generate()
    before = box.part("shop")
    box.add("queries/cafe/cups.sql", MORE.format(columns="t.id", table="cafe.cups"))
    assert box.generate().endswith(", nothing new in shop")
    assert box.asked == 1
    assert box.part("shop") == before
    assert "def more" in box.files()["two_db/cafe/cups.py"]
    box.generate(check=True)
    box.add("queries/shop/things.sql", MORE.format(columns="t.id", table="shop.things"))
    box.generate()
    assert box.asked == 2
    assert "def more" in box.files()["two_db/shop/things.py"]


@pytest.mark.parametrize(
    "change",
    ["edited", "missing", "left over", "schema"],
)
def test_the_full_server_is_asked_when_files_are_not_as_they_were_left(
    box: Box, change: str
) -> None:
    box.generate()
    whole = box.files()
    folder = box.project.generated / "two_db" / "shop"
    if change == "edited":
        (folder / "things.py").write_text(whole["two_db/shop/things.py"] + "\n", "utf-8")
    elif change == "missing":
        (folder / "rows.py").unlink()
    elif change == "left over":
        (folder / "old.py").write_text(whole["two_db/shop/things.py"], "utf-8")
    else:
        box.add("schema/shop/schema.sql", "-- Nothing new.\n")
    with pytest.raises(MismatchError):
        box.generate(check=True)
    box.generate()
    assert box.asked == 2
    assert box.generate(check=True) == "generated files are up to date"
    if change != "schema":
        assert box.files() == whole


def test_what_apps_share_is_asked_of_both(box: Box) -> None:
    """A type that only the left app uses stays where another one makes the module anew."""
    box.generate()
    assert "Size" in box.files()["two_db/base/types.py"]
    box.add("queries/cafe/cups.sql", MORE.format(columns="t.colour", table="cafe.cups"))
    box.generate()
    types = box.files()["two_db/base/types.py"]
    assert "Size" in types
    assert "Colour" in types


def test_what_no_server_can_hold_stays_as_it_is(
    box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the check says so until somebody generates it where it can be held."""
    box.generate()
    before = box.part("shop")
    box.is_there = False
    box.add("queries/shop/things.sql", MORE.format(columns="t.id", table="shop.things"))
    box.add("queries/cafe/cups.sql", MORE.format(columns="t.id", table="cafe.cups"))
    capsys.readouterr()
    box.generate()
    said = (
        f"shop is left as it is: {LINE}, and the full server can't run here: only root can run it"
    )
    assert capsys.readouterr().err == f"{said}\n"
    assert box.part("shop") == before
    assert "def more" in box.files()["two_db/cafe/cups.py"]
    with pytest.raises(MismatchError) as caught:
        box.generate(check=True)
    assert caught.value.message.splitlines()[1:] == ["  queries/shop/things.sql: changed since"]
    box.is_there = True
    box.generate()
    box.generate(check=True)


def test_other_commands_ask_both_too(box: Box, capsys: pytest.CaptureFixture[str]) -> None:
    box.add("queries/shop/things.sql", "\n-- name: all :many\nSELECT * FROM shop.things;\n")
    found = check_queries(box.project, Diagnostics(), lambda done, total: None)
    assert {finding.query.app for finding in found.findings} == {"shop"}
    run_impact(box.project, Diagnostics(), "shop.things.size", as_json=False)
    assert "shop.get_thing" in capsys.readouterr().out
    run_grants(box.project, Diagnostics(), "shop", check=False)
    assert "shop.things" in capsys.readouterr().out
    box.is_there = False
    left = check_queries(box.project, Diagnostics(), lambda done, total: None)
    assert list(left.left) == ["shop"]
    with pytest.raises(UsageError):
        run_impact(box.project, Diagnostics(), "shop.things.size", as_json=False)
