"""docs/kernel/health.md: its examples are run, and its table is what the catalogue says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from psycopg import sql

from tests.python.doctor.conftest import Doctor
from tests.python.fix_databases import Database

PAGE = Path(__file__).resolve().parents[3] / "docs" / "kernel" / "health.md"
STEP = re.compile(
    r"^<!-- (?:as (?P<role>\w+)|(?P<gives>gives)|doctor: (?P<options>.+?) ends with (?P<code>\d+))"
    r" -->\n```(?:sql|text)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
VIEWS = """
SELECT c.name, pg_get_viewdef(format('%I.%I', c.schema_name, c.view_name)::regclass), c.about
FROM kernel.checks() AS c
ORDER BY c.name
"""
LEVELS = ("ERROR", "WARN", "INFO")
GROUPS = {"CATALOGUE": "What the schema says", "SERVER": "What the server does"}
REST = "What maintenance does"


def table(database: Database) -> str:
    """The part of the page about the checks, as the catalogue has it."""
    groups: dict[str, list[str]] = {title: [] for title in (*GROUPS.values(), REST)}
    for name, view, about in database.admin().execute(VIEWS).fetchall():
        levels = ", ".join(level for level in LEVELS if f"'{level}'::text" in view)
        category = re.search(r"ARRAY\['(\w+)'::text[^]]*\] AS categories", view)
        title = GROUPS.get(category[1] if category else "", REST)
        groups[title].append(f"| `{name}` | {levels} | {' '.join(about.split())} |")
    parts = [
        "\n".join([f"### {title}", "", "| check | level | finds |", "|---|---|---|", *rows])
        for title, rows in groups.items()
    ]
    return "\n\n".join(parts)


def test_the_table_is_the_catalogues(
    any_database: Database, request: pytest.FixtureRequest
) -> None:
    text = PAGE.read_text("utf-8")
    section = text.partition("<!-- checks -->\n\n")[2].partition("\n\n## ")[0]
    wanted = table(any_database)
    if request.config.getoption("--refresh-golden", default=False):
        PAGE.write_text(text.replace(section, wanted), "utf-8")
        return
    assert section == wanted, "run with --refresh-golden, as docs/testing.md says"


def test_the_examples_do_what_the_page_says(any_database: Database) -> None:
    text = PAGE.read_text("utf-8")
    steps = list(STEP.finditer(text))
    assert len(steps) == text.count("<!-- ") - 1
    rows: list[str] = []
    for step in steps:
        if step["role"]:
            # The owner does not log in; of who asks, the login counts.
            login = "strongroom_runner" if step["role"] == "strongroom_runner" else "postgres"
            with any_database.connect(login) as connection:
                connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(step["role"])))
                cursor = connection.execute(step["text"].encode())
                if cursor.description:
                    rows = [" | ".join(map(str, row)) for row in cursor.fetchall()]
        elif step["gives"]:
            assert step["text"].splitlines() == rows
        else:
            done = Doctor(any_database).run(*step["options"].split())
            assert done.returncode == int(step["code"])
            assert step["text"] in done.stdout
