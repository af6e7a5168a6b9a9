"""docs/handbook/a-person-asks-to-be-forgotten.md, done from top to bottom for one of tarot."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.python.fix_databases import Connection, Database

PAGE = (
    Path(__file__).resolve().parents[3] / "docs" / "handbook" / "a-person-asks-to-be-forgotten.md"
)
STEP = re.compile(
    r"^<!-- (?:as (?P<role>\w+)|(?P<gives>gives)) -->\n```(?:sql|text)\n(?P<text>.*?)^```$"
    r"|^```sh\n(?P<script>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
PERSON = """
ALTER SEQUENCE tarot.users_id_seq RESTART WITH 42;
SELECT tarot.register_user(700012345, 'anna_of_omsk');
SELECT tarot.grant_bonus(42, 50, 'welcome');
"""
DRAW = """
SELECT tarot.draw_reading(
    'single', 'shall I go to Tomsk?',
    jsonb_build_array(
        jsonb_build_object('card', (tarot.deck())[1], 'position', 1, 'reversed', false)
    ),
    'yes, you shall', 'draw 1'
)
"""


def ask(connection: Connection, statements: str) -> list[str]:
    """The rows of the last statement, as the page writes them."""
    cursor = connection.execute(statements.encode())
    while cursor.nextset():
        pass
    if cursor.description is None:
        return []
    return [" | ".join(map(str, row)) for row in cursor.fetchall()]


def call(database: Database, folder: Path, command: str) -> None:
    name, *arguments = shlex.split(command, comments=True)
    assert name == "strongroom"
    done = subprocess.run(
        [sys.executable, "-m", "strongroom", *arguments],
        cwd=folder,
        env={**os.environ, "DATABASE_URL": database.url("strongroom_runner"), "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"


def test_a_person_is_forgotten_as_the_page_says(database: Database, tmp_path: Path) -> None:
    """Request, preview, hold, approval, erasure, evidence: each command as printed."""
    page = PAGE.read_text("utf-8")
    steps = list(STEP.finditer(page))
    assert len(steps) == page.count("<!-- ") + page.count("```sh\n")
    admin = database.admin()
    admin.execute(PERSON.encode())
    roles = {
        "tarot_app": database.connect(role="tarot_app", app="tarot", user_id=42),
        "strongroom_runner": database.connect("strongroom_runner"),
        "strongroom_owner": admin,
    }
    ask(roles["tarot_app"], DRAW)
    ask(roles["strongroom_runner"], "SELECT set_config('kernel.actor', 'olga of support', false)")
    found: list[str] = []
    for step in steps:
        if step["script"]:
            for line in step["script"].splitlines():
                call(database, tmp_path, line)
        elif step["gives"]:
            assert found == step["text"].splitlines()
        else:
            found = ask(roles[step["role"]], step["text"])
    left = admin.execute(
        "SELECT t.relation, t.column_name"
        " FROM kernel.subject_traces('tarot', '{anna_of_omsk,700012345}') AS t WHERE t.rows > 0"
    )
    assert left.fetchall() == []
    assert "shall I go to Tomsk?" in (tmp_path / "42.json").read_text("utf-8")
    kept = admin.execute("SELECT u.username, u.erased_at IS NOT NULL FROM tarot.users AS u")
    assert kept.fetchall() == [(None, True)]
