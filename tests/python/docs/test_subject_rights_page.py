"""What docs/kernel/subject-rights.md shows is run, and says what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from strongroom.subject.eraser import due_erasures, erase
from tests.python.erasure.conftest import Keys
from tests.python.fix_databases import Connection, Database

_PAGE = (Path(__file__).resolve().parents[3] / "docs/kernel/subject-rights.md").read_text("utf-8")


def _block(marker: str, language: str = "sql") -> str:
    found = re.search(rf"<!-- {marker} -->\n.*?```{language}\n(.*?)```", _PAGE, re.DOTALL)
    assert found is not None, marker
    return found[1]


def _shown(marker: str) -> list[tuple[str, ...]]:
    return [
        tuple(cell.strip() for cell in line.split("|"))
        for line in _block(marker, "text").splitlines()
        if "-+-" not in line
    ]


def _asked(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    found = connection.execute(query.encode())
    assert found.description is not None
    rows = [
        tuple("{" + ",".join(c) + "}" if isinstance(c, list) else str(c) for c in row)
        for row in found.fetchall()
    ]
    return [tuple(column.name for column in found.description), *rows]


def test_a_person_of_tarot_is_erased_as_the_page_shows(database: Database) -> None:
    admin = database.admin()
    admin.execute("SELECT tarot.register_user(555, 'anna')")
    admin.execute("SELECT tarot.grant_bonus(1, 50, 'start')")
    app = database.connect(role="tarot_app", app="tarot", user_id=1)
    card = admin.execute("SELECT (tarot.deck())[1]").fetchone()
    assert card is not None
    cards = f'[{{"card": "{card[0]}", "position": 1, "reversed": false}}]'
    for n in range(3):
        draw = "SELECT tarot.draw_reading('single', 'shall I?', %s, 'yes', %s)"
        app.execute(draw, (cards, f"draw {n}"))

    assert _asked(admin, _block("preview")) == _shown("preview")
    assert _asked(app, _block("ask"))[1:] == [("verified",)]
    runner = database.connect("strongroom_runner")
    runner.execute(_block("approve").encode())
    (request,) = due_erasures(runner)
    names = {"erase": erase, "connection": runner, "request": request, "provider": Keys()}
    exec(_block("run", "python"), names)
    assert admin.execute("SELECT * FROM tarot.ledger_breaks").fetchall() == []


def test_the_diagram_shows_the_steps_that_there_are(any_database: Database) -> None:
    states = ("requested", "verified", "held", "approved", "running", "done", "failed", "refused")
    shown = {
        move
        for move in re.findall(r"^ +(\w+) --> (\w+)", _PAGE, re.MULTILINE)
        if set(move) <= set(states)
    }
    legal = any_database.admin().execute(
        "SELECT f, t FROM unnest(%(s)s::text[]) AS f, unnest(%(s)s::text[]) AS t"
        " WHERE kernel.is_request_move(f, t)",
        {"s": list(states)},
    )
    assert shown == set(legal.fetchall())
