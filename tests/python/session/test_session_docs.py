"""The examples of docs/sessions.md run as printed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.python.fix_databases import Database

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "sessions.md").read_text("utf-8")
EXAMPLES = dict(re.findall(r"<!-- example: (\w+) -->\n```python\n(.*?)```", PAGE, re.DOTALL))
SAID = {
    "pool": ["0"],
    "async": ["0"],
    "worker": [
        "tarot.grant_bonus is for the worker role, and this session was opened for app:"
        " open it with role='worker'",
        "5",
    ],
    "transaction": [
        "not enough credits - Buy credits first, or choose what costs less.",
        "True",
    ],
    "tracing": ["9"],
}


def test_every_example_is_tried() -> None:
    assert EXAMPLES.keys() == SAID.keys()
    assert PAGE.count("```python") == len(EXAMPLES)


@pytest.mark.parametrize("name", sorted(SAID))
def test_an_example_runs_as_printed(any_database: Database, name: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", EXAMPLES[name]],
        env={**os.environ, "DATABASE_URL": any_database.url()},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == SAID[name]
