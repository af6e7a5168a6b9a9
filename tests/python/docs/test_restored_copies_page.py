"""The runbook of docs/kernel/restored-copies.md, on a live database and a copy of it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from strongroom.sealing import FileKeys
from strongroom.sealing.providers import new_key
from strongroom.subject.eraser import erase
from tests.python.fix_databases import Database
from tests.python.subject.copies import Programs, new_database, people

PAGE = Path(__file__).parents[3] / "docs" / "kernel" / "restored-copies.md"
KEY_ID = "tarot.pseudonym.1"


def run(section: str, database: Database, more: dict[str, str]) -> str:
    """Run the commands of a section as the runner of a database."""
    found = re.search(rf"<!-- run: {section} -->\n```sh\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    assert found is not None
    path = os.pathsep.join([str(Path(sys.executable).parent), more["BINARIES"], os.environ["PATH"]])
    environment = {**os.environ, **more, "PATH": path}
    environment["DATABASE_URL"] = database.url("strongroom_runner")
    done = subprocess.run(
        ["sh", "-euc", found[1]], env=environment, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_runbook_brings_a_copy_back(any_database: Database, tmp_path: Path) -> None:
    programs = Programs(any_database, tmp_path)
    keys = tmp_path / "keys"
    keys.touch(0o600)
    keys.write_text(f"{KEY_ID} = {new_key()}\n")
    with any_database.admin() as admin:
        people(admin, 7001, 7002)
    dump = programs.dump(any_database, "--format=custom")
    runner = any_database.connect("strongroom_runner")
    request = runner.execute("SELECT kernel.open_request('tarot', '1', 'erasure')").fetchone()
    assert request is not None
    runner.execute("SELECT kernel.approve_request(%s)", request)
    assert erase(runner, request[0], FileKeys(keys), KEY_ID, print).state == "done"
    names = {
        "LEDGER": str(tmp_path / "tarot.ledger"),
        "KEYS": str(keys),
        "DUMP": str(dump),
        "BINARIES": str(programs.binaries),
    }
    assert "1 new entries" in run("live", any_database, names)
    with new_database(any_database) as copy:
        said = run("copy", copy, {**names, "COPY": copy.url("postgres")})
        assert "1 entries replayed, 1 people erased again; the gate is open" in said
        app = copy.connect(role="tarot_app", app="tarot", user_id=2)
        assert app.execute("SELECT username FROM tarot.users").fetchone() == ("name7002",)
        assert app.execute("SELECT tarot.find_user(7001)").fetchall() == []


@pytest.mark.parametrize(
    "statement", re.findall(r"^SELECT kernel.*;$", PAGE.read_text("utf-8"), re.M)
)
def test_the_statements_of_the_page_work(any_database: Database, statement: str) -> None:
    runner = any_database.connect("strongroom_runner")
    runner.execute(statement.encode())
    found = runner.execute("SELECT detail FROM kernel.check_erasures_not_replayed").fetchone()
    assert found is not None
    assert "It was closed" in found[0]
