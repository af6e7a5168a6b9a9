"""Holds on rows that were there when the types of their keys were first noted."""

from __future__ import annotations

from pathlib import Path

from tests.python.fix_databases import Database

_MIGRATIONS = Path(__file__).parents[3] / "migrations"
_TABLE = """
CREATE SCHEMA seen;
CREATE TYPE seen.size AS ENUM ('s', 'm');
GRANT USAGE ON SCHEMA seen TO strongroom_owner;
SET ROLE strongroom_owner;
CREATE TABLE tarot.shirts (size seen.size, n numeric(6, 2), PRIMARY KEY (size, n));
INSERT INTO tarot.shirts VALUES ('s', 1), ('m', 1);
SELECT kernel.place_hold(
    'case', p_table => 'tarot.shirts', p_row_key => '{"size": "s", "n": "1.00"}'
);
"""
_TYPES = "SELECT key_types FROM kernel.legal_hold"
_WRITTEN = {"size": "seen.size", "n": "numeric(6,2)"}


def test_a_row_on_hold_keeps_no_other_row(database: Database) -> None:
    """Whatever types the search_path of the migration shows without their schema."""
    connection = database.admin()
    connection.execute(_TABLE.encode())
    assert connection.execute(_TYPES).fetchall() == [(_WRITTEN,)]
    noting = (_MIGRATIONS / "0095.kernel.hold-rows-of-changed-keys.sql").read_text("utf-8")
    noted = noting[noting.index("UPDATE kernel.legal_hold") : noting.index("CREATE OR REPLACE")]
    connection.execute("SET search_path = seen")
    connection.execute("ALTER TABLE kernel.legal_hold DISABLE TRIGGER t10_refuse_change")
    connection.execute(noted.encode())
    assert connection.execute(_TYPES).fetchall() == [({**_WRITTEN, "size": "size"},)]
    migration = (_MIGRATIONS / "0096.kernel.mend-conditions-of-holds.sql").read_bytes()
    for _ in range(2):
        connection.execute(migration)
        assert connection.execute(_TYPES).fetchall() == [(_WRITTEN,)]
    assert connection.execute("SHOW search_path").fetchall() == [("seen",)]
    connection.execute("RESET search_path")
    free = connection.execute("SELECT kernel.erasure_free('tarot.shirts')").fetchone()
    assert free is not None
    left = connection.execute(
        f"SELECT t.size::text FROM tarot.shirts AS t WHERE {free[0]}".encode()
    )
    assert left.fetchall() == [("m",)]
