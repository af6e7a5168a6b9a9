"""Every plpgsql function means what it says: its names, types and columns exist."""

from __future__ import annotations

import pytest

from tests.python.fix_databases import Database

_CHECK = """
SELECT p.oid::regprocedure::text, found.lineno, found.level, found.message
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname = 'plpgsql'
LEFT JOIN (
    -- A function may serve triggers with other transition tables.
    SELECT DISTINCT t.tgfoid, t.tgrelid AS relation,
        max(t.tgoldtable) OVER whole AS old_table, max(t.tgnewtable) OVER whole AS new_table
    FROM pg_trigger AS t
    WHERE NOT t.tgisinternal
    WINDOW whole AS (PARTITION BY t.tgfoid)
) AS t ON t.tgfoid = p.oid
CROSS JOIN LATERAL pgcheck.plpgsql_check_function_tb(
    p.oid, coalesce(t.relation, 0), extra_warnings => false,
    oldtable => t.old_table, newtable => t.new_table
) AS found
WHERE n.nspname IN (SELECT kernel.guarded_schemas())
  AND (p.prorettype <> 'trigger'::regtype OR t.tgfoid IS NOT NULL)
  AND found.level IN ('error', 'warning')
ORDER BY 1, 2
"""


def test_plpgsql_check_finds_nothing(database: Database) -> None:
    with database.admin() as admin:
        available = admin.execute(
            "SELECT FROM pg_available_extensions WHERE name = 'plpgsql_check'"
        ).fetchone()
        if available is None:
            pytest.skip("plpgsql_check is not installed on this server")
        admin.execute("CREATE SCHEMA pgcheck")
        admin.execute("CREATE EXTENSION plpgsql_check SCHEMA pgcheck")
        assert admin.execute(_CHECK).fetchall() == []
        admin.execute(
            "CREATE FUNCTION kernel.broken() RETURNS integer LANGUAGE plpgsql"
            " AS 'BEGIN RETURN (SELECT nothing FROM kernel.data_map); END'"
        )
        assert [row[0] for row in admin.execute(_CHECK).fetchall()] == ["kernel.broken()"]
