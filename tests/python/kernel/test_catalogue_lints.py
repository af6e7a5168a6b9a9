"""The project's own database, as its migrations build it, under the checks of the catalogue."""

from __future__ import annotations

from tests.python.fix_databases import Database


def test_the_project_has_no_finding_of_the_catalogue(database: Database) -> None:
    """[X-8] Every later table is held to the same rules: ERROR and WARN fail, on each server."""
    runner = database.connect("strongroom_runner")
    found = runner.execute(
        """
        SELECT f.level, f.detail, f.remediation
        FROM kernel.findings(p_with_accepted => true) AS f
        WHERE f.level <> 'INFO' AND 'CATALOGUE' = ANY (f.categories) OR f.name = 'failed_check'
        """
    ).fetchall()
    assert found == []


def test_a_new_table_is_held_to_them(any_database: Database) -> None:
    """The test above sees what it is there for."""
    any_database.admin().execute("CREATE TABLE tarot.notes (user_id bigint, note text)")
    runner = any_database.connect("strongroom_runner")
    found = runner.execute("SELECT name FROM kernel.findings() WHERE detail ~ 'tarot.notes'")
    assert {name for (name,) in found} == {
        "column_tags",
        "missing_gate",
        "missing_owner_policy",
        "missing_primary_key",
        "row_security_not_forced",
        "row_security_off",
    }
