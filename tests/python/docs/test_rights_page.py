"""What docs/kernel/subject-rights.md shows of export, correction and search is run."""

from __future__ import annotations

import re
from pathlib import Path

from tests.python.fix_databases import Database

PAGE = Path(__file__).resolve().parents[3] / "docs" / "kernel" / "subject-rights.md"
EXAMPLE = re.compile(r"<!-- example -->\n```sql\n(.*?)^-- (.*?)\n```", re.DOTALL | re.MULTILINE)


def test_the_examples_give_what_the_page_says(database: Database) -> None:
    database.admin().execute(
        "INSERT INTO tarot.users (telegram_id, username) VALUES (700012345, 'anna_of_omsk')"
    )
    examples = EXAMPLE.findall(PAGE.read_text("utf-8"))
    assert len(examples) == 3
    for statements, wanted in examples:
        with database.connect("strongroom_runner", autocommit=False) as runner:
            cursor = runner.execute(statements.encode())
            while cursor.nextset():
                pass
            row = cursor.fetchone()
            assert row is not None
            said = " | ".join(f'"{v}"' if wanted.startswith('"') else str(v) for v in row)
            assert said == wanted
            runner.rollback()
