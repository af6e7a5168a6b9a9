"""The examples of docs/kernel/audit.md, run one after the other, answer what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from tests.python.fix_databases import Connection, Database

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "kernel" / "audit.md").read_text("utf-8")
EXAMPLE = re.compile(
    r"<!-- example -->\n```sql\n(.*?)```\n\n<!-- answer -->\n```text\n(.*?)```", re.DOTALL
)
PEOPLE = """
CREATE SCHEMA shop AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA shop IS E'A shop.\n@app';
SET ROLE strongroom_owner;
CREATE TABLE shop.people (id bigint PRIMARY KEY, tier text, name text);
COMMENT ON COLUMN shop.people.id IS E'Id.\n@internal\n@subject';
COMMENT ON COLUMN shop.people.tier IS E'Tier.\n@internal';
COMMENT ON COLUMN shop.people.name IS E'Name.\n@personal identifier\n@erase null';
SELECT kernel.enable_audit('shop.people');
RESET ROLE;
DELETE FROM kernel.audit_inbox;
"""


def test_the_examples_answer_what_the_page_says(database: Database) -> None:
    admin = database.admin()
    admin.execute(PEOPLE.encode())
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) == PAGE.count("<!-- example -->") == 3
    for statements, answer in examples:
        assert _answers(admin, statements) == answer.splitlines()


def _answers(admin: Connection, statements: str) -> list[str]:
    """What the statements answer, run in one transaction; settings answer nothing of interest."""
    lines = []
    with admin.transaction():
        for statement in statements.split(";\n"):
            if not statement.strip():
                continue
            cursor = admin.execute(statement.encode())
            if cursor.description and "set_config" not in statement:
                lines += [" | ".join(map(_text, row)) for row in cursor.fetchall() if row != ("",)]
    return lines


def _text(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list):
        return "{" + ", ".join(value) + "}"
    return str(value).replace("'", '"')
