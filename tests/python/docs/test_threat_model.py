"""docs/threat-model.md names every function that does more than its caller may, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from tests.python.fix_databases import Database

PAGE = Path(__file__).resolve().parents[3] / "docs" / "threat-model.md"


def test_the_list_of_definer_functions_is_the_catalogues(any_database: Database) -> None:
    listed = set(re.findall(r"^\| `(\w+\.\w+)`", PAGE.read_text("utf-8"), re.MULTILINE))
    found = any_database.admin().execute(
        """
        SELECT p.pronamespace::regnamespace || '.' || p.proname
        FROM pg_proc AS p
        JOIN pg_namespace AS n ON n.oid = p.pronamespace
        WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pgtap')
        """
    )
    assert listed == {name for (name,) in found}
