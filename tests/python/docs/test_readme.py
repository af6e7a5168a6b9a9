"""What README promises is what happens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.python.fix_databases import Database

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text("utf-8")


def test_the_application_example_runs_as_printed(any_database: Database) -> None:
    """The example for developers, word for word, as the application's login."""
    found = re.search(r"<!-- example: application -->\n```python\n(.*?)```", README, re.DOTALL)
    assert found
    ran = subprocess.run(
        [sys.executable, "-c", found[1]],
        env={**os.environ, "DATABASE_URL": any_database.url()},
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "not enough credits - Buy credits first, or choose what costs less.",
        "0 []",
    ]


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_a_link_leads_somewhere(link: str) -> None:
    assert (ROOT / link).exists()


def test_every_page_is_linked() -> None:
    """Who begins with README finds each page of docs/."""
    pages = {page.relative_to(ROOT).as_posix() for page in (ROOT / "docs").rglob("*.md")}
    assert pages - set(re.findall(r"\]\(([^)#:]+)\)", README)) == set()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"^make (\w+)", README, re.MULTILINE))))
def test_a_make_target_exists(target: str) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert re.search(rf"^{target}:", makefile, re.MULTILINE)
