"""Counters that were declared when what statements appended had a key."""

from __future__ import annotations

from pathlib import Path

from tests.python.fix_databases import Database
from tests.python.kernel import counted

_MIGRATION = Path(__file__).parents[3] / "migrations/0100.kernel.count-without-keys.sql"
_BEFORE = """
ALTER TABLE tarot.kinds_live_deltas
    ADD COLUMN delta_id bigint NOT NULL GENERATED ALWAYS AS IDENTITY (CACHE 20),
    ADD CONSTRAINT kinds_live_deltas_pkey PRIMARY KEY (delta_id),
    REPLICA IDENTITY DEFAULT;
CREATE OR REPLACE FUNCTION tarot.tg_count_kinds_live() RETURNS trigger LANGUAGE plpgsql VOLATILE
PARALLEL UNSAFE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$BEGIN
    INSERT INTO tarot.kinds_live_deltas (counted, summed, kind)
    SELECT count(*), coalesce(sum(r.amount), 0), r.kind FROM new_rows AS r GROUP BY r.kind;
    RETURN NULL;
END$$;
COMMENT ON COLUMN tarot.kinds_live_deltas.kind IS E'In words of the app.\\n@internal';
"""


def test_their_figures_stay_and_they_lose_their_key(database: Database) -> None:
    """[C-23] With deltas that wait, and after it."""
    connection = counted.make(database)
    connection.execute(_BEFORE.encode())
    write = "INSERT INTO tarot.orders (kind, amount) SELECT 'a', n FROM generate_series(1, 9) AS n"
    connection.execute(write)
    for _ in range(2):
        connection.execute(_MIGRATION.read_bytes())
        assert counted.wrong(connection) == []
        for statement in (
            write,
            "INSERT INTO tarot.orders (kind, amount) VALUES (NULL, NULL)",
            "DELETE FROM tarot.orders WHERE kind IS NULL",
        ):
            connection.execute(statement.encode())
            assert counted.wrong(connection) == []
    drifts = "SELECT detail FROM kernel.check_counter_drift"
    keyless = "SELECT metadata FROM kernel.check_missing_primary_key"
    assert connection.execute(drifts).fetchall() == []
    assert connection.execute(keyless).fetchall() == []
    columns = (
        "SELECT array_agg(attname::text ORDER BY attnum), r.relreplident FROM pg_class AS r"
        " JOIN pg_attribute AS a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE r.oid = 'tarot.kinds_live_deltas'::regclass GROUP BY r.oid"
    )
    assert connection.execute(columns).fetchall() == [(["counted", "summed", "kind"], "f")]
    told = "SELECT col_description('tarot.kinds_live_deltas'::regclass, 3)"
    assert connection.execute(told).fetchall() == [("In words of the app.\n@internal",)]
    connection.execute("SELECT kernel.fold_counters()")
    assert counted.wrong(connection) == []
