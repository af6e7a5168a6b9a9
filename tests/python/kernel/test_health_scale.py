"""The checks do work in proportion to the number of partitions, whatever plans they get."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.python.fix_databases import Database

FEW, MANY = 100, 400
_ROOTS = """
CREATE TABLE tarot.events_{n} (
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    at date NOT NULL,
    note text,
    CONSTRAINT events_{n}_pkey PRIMARY KEY (user_id, id, at),
    CONSTRAINT events_{n}_user_id_fkey FOREIGN KEY (user_id) REFERENCES tarot.users (id)
) PARTITION BY RANGE (at);
CREATE INDEX events_{n}_at_idx ON tarot.events_{n} (at);
"""
_PARTITIONS = """
DO $$
BEGIN
    FOR n IN {first} .. {last} LOOP
        EXECUTE format(
            'CREATE TABLE tarot.part_%1$s PARTITION OF tarot.events_%2$s
            FOR VALUES FROM (%3$L) TO (%4$L)', n, n % 4, date '2000-01-01' + n,
            date '2000-01-01' + n + 1
        );
        EXECUTE format('ALTER TABLE tarot.part_%s ENABLE ROW LEVEL SECURITY', n);
        EXECUTE format('ALTER TABLE tarot.part_%s FORCE ROW LEVEL SECURITY', n);
        EXECUTE format(
            'CREATE POLICY all_owner ON tarot.part_%s TO strongroom_owner
            USING (true) WITH CHECK (true)', n
        );
    END LOOP;
END $$;
"""
_VIEWS = "SELECT c.schema_name, c.view_name FROM kernel.checks() AS c ORDER BY 2"


def work(plan: dict[str, Any]) -> int:
    """Rows that the nodes of a plan gave or threw away, in all their loops."""
    removed = sum(value for key, value in plan.items() if key.startswith("Rows Removed by"))
    own = (plan["Actual Rows"] + removed) * plan["Actual Loops"]
    return int(own) + sum(work(child) for child in plan.get("Plans", ()))


def measured(admin: psycopg.Connection[Any]) -> dict[str, int]:
    """The work of each check."""
    found = {}
    for schema, view in admin.execute(_VIEWS).fetchall():
        explain = sql.SQL("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT * FROM {}")
        row = admin.execute(explain.format(sql.Identifier(schema, view))).fetchone()
        assert row is not None
        found[view] = work(row[0][0]["Plan"])
    return found


@pytest.mark.slow
def test_four_times_the_partitions_are_at_most_five_times_the_work(database: Database) -> None:
    """Something that meets partitions in pairs would take sixteen times as much."""
    admin = database.admin()
    for n in range(4):
        admin.execute(_ROOTS.format(n=n).encode())
    counts = []
    for first, last in ((0, FEW - 1), (FEW, MANY - 1)):
        admin.execute(_PARTITIONS.format(first=first, last=last).encode())
        admin.execute("ANALYZE pg_class, pg_attribute, pg_index, pg_constraint, pg_policy")
        admin.execute("ANALYZE pg_depend, pg_description, pg_inherits, pg_trigger")
        # As if they were large, for the checks that leave small ones out.
        admin.execute(
            "UPDATE pg_class SET relpages = 20000, reltuples = 1000"
            " WHERE relkind IN ('r', 'i') AND relname ~ '^(part|events)_'"
        )
        counts.append(measured(admin))
    few, many = counts
    assert few.keys() == many.keys()
    # What there was before the partitions makes the start; small checks need not grow at all.
    grown = {view: (few[view], many[view]) for view in few if many[view] > 5 * few[view] + 1000}
    assert grown == {}


TABLES = """
DO $$
BEGIN
    FOR n IN 1 .. 1500 LOOP
        EXECUTE format(
            'CREATE TABLE tarot.small_%s (
                user_id bigint NOT NULL REFERENCES tarot.users (id), id bigint, note text
            )', n
        );
    END LOOP;
END $$;
"""


@pytest.mark.slow
def test_many_tables_that_refer_to_one_are_looked_through_in_time(any_database: Database) -> None:
    """What meets foreign keys in pairs takes minutes here, and seconds otherwise."""
    admin = any_database.admin()
    admin.execute(TABLES)
    admin.execute("SET statement_timeout = '60s'")
    for name in ("unreached_person", "masking_drift"):
        admin.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier("kernel", f"check_{name}")))
