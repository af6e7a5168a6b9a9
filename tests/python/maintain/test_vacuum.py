"""`strongroom maintain --vacuum`."""

from __future__ import annotations

import psycopg

from tests.python.maintain.conftest import Maintained

_BLOAT = "INSERT INTO probe.rest SELECT n::text, 0 FROM generate_series(1, 2000) AS n"
_PAGES = """
SELECT pg_relation_size('probe.rest'), reltuples FROM pg_class
WHERE oid = 'probe.rest'::regclass
"""


def test_tables_are_vacuumed_and_who_holds_one_is_not_waited_for(
    any_maintained: Maintained,
) -> None:
    """[S-45] [T-03] As the runner, no superuser; what is skipped is said."""
    any_maintained.execute(f"ALTER TABLE probe.rest SET (autovacuum_enabled = off); {_BLOAT}")
    any_maintained.execute("DELETE FROM probe.rest")
    assert any_maintained.query(_PAGES)[0][0] > 0
    with psycopg.connect(any_maintained.admin_url) as other:
        other.execute("LOCK TABLE probe.seen")
        code, found, err = any_maintained.run("--vacuum")
    assert code == 0, err
    outcomes = {table["table"]: table["outcome"] for table in found["vacuumed"]}
    assert (outcomes["probe.rest"], outcomes["probe.seen"]) == ("done", "skipped")
    assert outcomes["tarot.users"] == "done"
    assert "vacuum probe.seen  skipped: somebody holds it" in err
    # The empty end of the table is given back, and the planner knows.
    assert any_maintained.query(_PAGES) == [(0, 0.0)]


def test_vacuum_goes_with_nothing_else(any_maintained: Maintained) -> None:
    code, found, _ = any_maintained.run("--vacuum", "--loop")
    assert code == 2
    assert "exclude each other" in found["error"]
