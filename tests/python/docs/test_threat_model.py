"""docs/threat-model.md names every function that does more than its caller may, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from strongroom.extensions import needs_of
from strongroom.project import read_project
from tests.python.fix_databases import Database

PROJECT = read_project(Path(__file__).resolve().parents[3])
PAGE = Path(__file__).resolve().parents[3] / "docs" / "threat-model.md"


def test_the_list_of_definer_functions_is_the_catalogues(database: Database) -> None:
    """What it says of apps that a server can't hold is compared on another one."""
    listed = set(re.findall(r"^\| `(\w+\.\w+)`", PAGE.read_text("utf-8"), re.MULTILINE))
    admin = database.admin()
    found = admin.execute(
        """
        SELECT p.pronamespace::regnamespace || '.' || p.proname
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname NOT IN (
            'pg_catalog', 'information_schema', 'pgtap', 'extensions'
        )
        """
    )
    schemas = {name for (name,) in admin.execute("SELECT nspname FROM pg_namespace")}
    here = {name for name in listed if _app_of(name) in schemas}
    assert here == {name for (name,) in found}
    assert {_app_of(name) for name in listed - here} <= needs_of(PROJECT).keys()


def _app_of(function: str) -> str:
    """The schema of a function; of a trigger that the kernel makes, that of its table."""
    made = re.fullmatch(r"kernel\.tg_[a-z]+_(\w+?)__\w+", function)
    return made[1] if made else function.partition(".")[0]
