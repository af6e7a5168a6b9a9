"""docs/query-annotations.md and docs/coming-from.md: all blocks are tried, and what tables show."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from strongroom.project import read_project
from strongroom.sealing import EnvironmentKeys, new_key
from strongroom.server import Server
from strongroom_codegen.annotations import KINDS, OPTIONS
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from strongroom_codegen.scratch import scratch_database
from strongroom_codegen.write import write
from tests.python.docs.annotations_page import (
    COMING_FROM,
    PAGE,
    ROOT,
    all_blocks,
    commands,
    make_project,
    program,
    written,
)

TEXT = PAGE.read_text("utf-8")
COMING = COMING_FROM.read_text("utf-8")
BLOCKS = all_blocks()
MARKERS = {"file": ("sql", "toml"), "refused": ("sql",), "call": ("python",)}
MARKERS["theirs"] = ("sql", "python")  # what another tool reads
# Commands that no single run shows, and the test that sees them work.
ELSEWHERE: dict[str, str] = {}
OBJECTS = ("TABLES", "SEQUENCES", "ROUTINES")
# Of the page's sealed columns: the purposes of their keys, and of which kind these are.
KEYS = {"birth": "seal", "contact": "seal", "mail": "index"}
RUN = """
import sys, psycopg
from strongroom.sealing import EnvironmentKeys, Keyring
from strongroom.session import session
sys.path.insert(0, ".")
from calls import CALLS
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    ring = Keyring(EnvironmentKeys())
    with session(connection, app="tarot", user_id=1, keyring=ring) as db:
        for call in CALLS:
            call(db)
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project that the page's blocks are."""
    folder = tmp_path_factory.mktemp("page")
    make_project(folder, BLOCKS)
    (folder / "calls.py").write_text(program(BLOCKS), "utf-8")
    return folder


@pytest.fixture(scope="module")
def scratch(server: Server, root: Path) -> Iterator[psycopg.Connection[Any]]:
    """The database that the page's queries run on, with one user of tarot."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        project = read_project(root)
        diagnostics = Diagnostics()
        sources = read_sources(project, diagnostics)
        files = render_files(project, sources, build_model(project, sources, diagnostics))
        write(project, files)
        with scratch_database(project) as connection:
            connection.execute("SELECT tarot.register_user(7001, NULL)")
            _grant(connection)
            _register(connection)
            yield connection


ENVIRONMENT = {EnvironmentKeys.variable(f"tarot.{purpose}.1"): new_key() for purpose in KEYS}


def _register(connection: psycopg.Connection[Any]) -> None:
    """The keys of the page's sealed columns."""
    for purpose, kind in KEYS.items():
        name = f"tarot.{purpose}.1"
        fingerprint = EnvironmentKeys(ENVIRONMENT).fingerprint(name)
        connection.execute(
            "SELECT kernel.register_encryption_key(%s, %s, %s)", [name, kind, fingerprint]
        )


def _grant(connection: psycopg.Connection[Any]) -> None:
    """The schemas that the page makes have no roles of their own."""
    for schema in {b.argument.split("/")[1] for b in BLOCKS if b.argument.startswith("schema/")}:
        for right in ("USAGE ON SCHEMA", *(f"ALL ON ALL {kind} IN SCHEMA" for kind in OBJECTS)):
            connection.execute(f"GRANT {right} {schema} TO tarot_app".encode())


def test_every_block_is_tried() -> None:
    """A block without a marker would be an example that nobody runs."""
    idle = [b.name for b in BLOCKS if b.language not in MARKERS.get(b.what, ())]
    assert idle == [], "blocks (by line) without a marker; docs/testing.md says which there are"


def test_every_line_of_a_table_stands_in_a_block() -> None:
    tried = "\n".join(b.text for b in BLOCKS if b.what in ("file", "refused", "call"))
    cells = [*written(TEXT), *written(COMING)]
    # Commands are run by a test of their own.
    cells = [cell for cell in cells if cell.code not in commands(TEXT)]
    missing = [f"{cell.line}: {cell.code}" for cell in cells if cell.code not in tried]
    assert missing == [], "write them, just so, in a block below the table"


def test_every_kind_option_and_tag_is_on_the_page() -> None:
    """What the generator knows is documented, so it has an example, by the test above."""
    codes = [cell.code for cell in written(TEXT)]
    known = {f":{kind}" for kind in KINDS} | {f"@{option}" for option in OPTIONS}
    for file in (ROOT / "codegen").rglob("*.py"):
        known |= {f"@{tag}" for tag in re.findall(r'\btags?\("(\w+)"\)', file.read_text("utf-8"))}
    told = {word for code in codes for word in re.findall(r"[@:]\w+", code)}
    assert sorted(known - told) == []


def test_what_is_refused_is_refused_as_the_page_says(root: Path, any_server: Server) -> None:
    """All refused blocks at once: each has a file of its own and an error of its own."""
    project = read_project(root)
    refused = {f"refused_{b.name}": b for b in BLOCKS if b.what == "refused"}
    files = {name: project.queries / "library" / f"{name}.sql" for name in refused}
    for name, block in refused.items():
        files[name].write_text(block.text, "utf-8")
    try:
        ran = _generate(root, any_server, "generate", "--emit", "json")
    finally:
        for file in files.values():
            file.unlink()
    assert ran.returncode == 1, ran.stderr
    said = {name: [p for p in ran.stderr.split("\n\n") if f"/{name}.sql:" in p] for name in files}
    wrong = {
        block.line: said[name]
        for name, block in refused.items()
        if not any(block.argument in part.partition("\n")[0] for part in said[name])
    }
    assert wrong == {}


@pytest.mark.usefixtures("scratch")
def test_every_call_does_what_the_page_says(
    root: Path, server: Server, scratch: psycopg.Connection[Any]
) -> None:
    packages = [root / "generated", ROOT, ROOT / "codegen"]
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN, server.url(scratch.info.dbname)],
        cwd=root,
        env={
            **os.environ,
            **ENVIRONMENT,
            "PYTHONPATH": os.pathsep.join(map(str, packages)),
        },
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("line", [c for c in commands(TEXT) if c not in ELSEWHERE])
def test_every_command_runs(root: Path, any_server: Server, line: str) -> None:
    program_name, *arguments = shlex.split(line)
    assert program_name == "strongroom"
    if "--check" in arguments:
        assert _generate(root, any_server, "generate").returncode == 0
    ran = _generate(root, any_server, *arguments)
    assert ran.returncode == 0, ran.stderr


def _generate(root: Path, server: Server, *arguments: str) -> subprocess.CompletedProcess[str]:
    packages = [ROOT, ROOT / "codegen"]
    return subprocess.run(
        [sys.executable, "-m", "strongroom", *arguments],
        cwd=root,
        env={
            **os.environ,
            "DATABASE_URL": server.url(),
            "NO_COLOR": "1",
            "PYTHONPATH": os.pathsep.join(map(str, packages)),
        },
        capture_output=True,
        text=True,
    )
