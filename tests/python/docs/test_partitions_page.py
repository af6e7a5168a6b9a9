"""What docs/kernel/partitions.md shows does what the page says."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.python.fix_databases import Connection, Database

PAGE = Path(__file__).resolve().parents[3] / "docs" / "kernel" / "partitions.md"
BLOCK = re.compile(r"<!-- sql: (.+?) -->\n```sql\n(.*?)```", re.DOTALL)
APP = """
CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS E'A shop.\n@app';
CREATE TABLE shop.sales (sold_at date NOT NULL) PARTITION BY RANGE (sold_at);
CREATE POLICY all_serving ON shop.sales AS RESTRICTIVE TO strongroom_owner
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE TABLE shop.sales_old PARTITION OF shop.sales FOR VALUES FROM (MINVALUE) TO ('2026-02-03');
CREATE TABLE shop.clicks (
    user_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    clicked_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT clicks_pkey PRIMARY KEY (user_id, id)
);
ALTER TABLE shop.clicks ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.clicks FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON shop.clicks TO strongroom_owner USING (true) WITH CHECK (true);
INSERT INTO shop.clicks (user_id, clicked_at)
SELECT n % 7, now() - n * interval '1 day' FROM generate_series(1, 500) AS n;
"""


def blocks() -> dict[str, str]:
    return dict(BLOCK.findall(PAGE.read_text("utf-8")))


@pytest.fixture
def owner(database: Database) -> Connection:
    connection = database.connect("strongroom_migrator", role="strongroom_owner")
    connection.execute(APP.encode())
    return connection


def partitions(owner: Connection, table: str) -> list[str]:
    found = owner.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = %s::regclass"
        " ORDER BY 1",
        (table,),
    )
    return [name for (name,) in found]


def findings(owner: Connection, table: str) -> list[object]:
    return owner.execute(
        "SELECT f.detail FROM (SELECT * FROM kernel.check_partition_drift UNION ALL"
        " SELECT * FROM kernel.check_partition_plan UNION ALL"
        " SELECT * FROM kernel.check_partition_runway) AS f WHERE f.metadata ->> 'parent' = %s"
        " UNION ALL SELECT f.detail FROM kernel.check_missing_gate AS f"
        " WHERE concat_ws('.', f.metadata ->> 'schema', f.metadata ->> 'name') = %s",
        (table, table),
    ).fetchall()


def test_every_block_is_run() -> None:
    assert len(blocks()) == PAGE.read_text("utf-8").count("```sql")


def test_the_table_has_its_partitions(owner: Connection) -> None:
    owner.execute(blocks()["a table"].encode())
    now = datetime.now(UTC)
    months = [divmod(now.year * 12 + now.month - 1 + n, 12) for n in range(-1, 13)]
    assert partitions(owner, "shop.visits") == [
        f"shop.visits_p{year}_{month + 1:02}" for year, month in months
    ]
    owner.execute("INSERT INTO shop.visits (user_id, page) VALUES (1, 'home')")
    assert findings(owner, "shop.visits") == []


def test_what_others_made_is_taken_over(owner: Connection) -> None:
    owner.execute("INSERT INTO shop.sales VALUES ('2020-02-29')")
    owner.execute(blocks()["adopt"].encode())
    owner.execute("INSERT INTO shop.sales VALUES (now())")
    assert "shop.sales_old" in partitions(owner, "shop.sales")
    assert findings(owner, "shop.sales") == []


def test_a_table_becomes_its_own_first_partition(owner: Connection) -> None:
    """In a year that has not come when this is run, the page's bound is moved on."""
    year = max(2027, datetime.now(UTC).year + 1)
    shown = {what: text.replace("2027-01-01", f"{year}-01-01") for what, text in blocks().items()}
    for statement in filter(str.strip, shown["prepare"].split(";\n")):
        owner.execute(statement.encode())
    with owner.transaction():
        owner.execute(shown["switch"].encode())
    count = owner.execute("SELECT count(*), max(id) FROM shop.clicks").fetchone()
    assert count == (500, 500)
    row = owner.execute("INSERT INTO shop.clicks (user_id) VALUES (1) RETURNING id").fetchone()
    assert row == (501,)
    owner.execute(
        "INSERT INTO shop.clicks (user_id, clicked_at) VALUES (1, %s)", (f"{year}-01-15",)
    )
    assert f"shop.clicks_p{year}_01" in partitions(owner, "shop.clicks")
    assert partitions(owner, "shop.clicks")[0] == "shop.clicks_first"
    assert findings(owner, "shop.clicks") == []
