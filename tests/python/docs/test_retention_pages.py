"""What docs/kernel/retention.md and docs/kernel/holds.md show is run, and says what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.python.fix_databases import Connection, Database

_FOLDER = Path(__file__).resolve().parents[3] / "docs" / "kernel"
RETENTION = (_FOLDER / "retention.md").read_text("utf-8")
HOLDS = (_FOLDER / "holds.md").read_text("utf-8")
APP = """
CREATE SCHEMA shop AUTHORIZATION strongroom_owner;
SET LOCAL ROLE strongroom_owner;
COMMENT ON SCHEMA shop IS E'A shop.\n@app';
CREATE TABLE shop.users (id bigint PRIMARY KEY, keep_days integer);
COMMENT ON COLUMN shop.users.id IS E'The person.\n@subject';
CREATE TABLE shop.messages (
    user_id bigint, id bigint, sent_at timestamptz NOT NULL, address inet, PRIMARY KEY (user_id, id)
);
CREATE INDEX messages_sent_at_idx ON shop.messages (sent_at);
INSERT INTO shop.users VALUES (7, NULL), (42, 1), (43, 100);
INSERT INTO shop.messages
SELECT p.id, n, now() - make_interval(days => days), '192.0.2.77'
FROM (VALUES (7), (42), (43)) AS p (id)
CROSS JOIN unnest(ARRAY[800, 99, 50, 8, 1]) WITH ORDINALITY AS d (days, n)
WHERE (p.id, n) NOT IN ((42, 1), (43, 2))
"""


def _block(page: str, marker: str, language: str = "sql") -> str:
    found = re.search(rf"<!-- {marker} -->\n.*?```{language}\n(.*?)```", page, re.DOTALL)
    assert found is not None, marker
    return found[1]


def _shown(page: str, marker: str) -> list[tuple[str, ...]]:
    return [
        tuple(cell.strip() for cell in line.split("|"))
        for line in _block(page, marker, "text").splitlines()
        if "-+-" not in line
    ]


def _asked(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    found = connection.execute(query.encode())
    assert found.description is not None
    names = tuple(column.name for column in found.description)
    return [names, *(tuple(map(str, row)) for row in found.fetchall())]


def test_the_examples_do_what_the_pages_say(database: Database) -> None:
    with database.connect("postgres", autocommit=False) as admin:
        admin.execute(APP.encode())
        admin.execute(
            "SELECT kernel.place_hold('x', p_table => 'shop.messages',"
            ' p_row_key => \'{"user_id": 7, "id": 1}\')'
        )
        admin.execute(_block(RETENTION, "policies").encode())
        assert _asked(admin, _block(RETENTION, "preview")) == _shown(RETENTION, "preview")
        admin.execute(_block(RETENTION, "apply").encode())
        assert _asked(admin, _block(RETENTION, "record")) == _shown(RETENTION, "record")
        admin.rollback()


def test_a_hold_is_placed_listed_and_released_as_the_page_says(database: Database) -> None:
    with database.connect("postgres", autocommit=False) as admin:
        admin.execute(APP.encode())
        for statement in _block(HOLDS, "place").split(";")[:-1]:
            admin.execute(statement.encode())
        assert _asked(admin, _block(HOLDS, "list")) == _shown(HOLDS, "list")
        admin.execute(_block(HOLDS, "release").encode())
        assert len(_asked(admin, _block(HOLDS, "list"))) == 2
        admin.rollback()
