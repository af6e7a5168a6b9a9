"""The counters that docs/kernel/counters.md shows are made, and say what the page says."""

from __future__ import annotations

import re
from pathlib import Path

from psycopg import sql

from tests.python.fix_databases import Database

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "kernel" / "counters.md").read_text("utf-8")
APP = """
CREATE SCHEMA shop AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA shop IS E'A shop.\n@app';
GRANT shop_definer TO strongroom_owner;
GRANT strongroom_client TO shop_app, shop_definer;
GRANT USAGE, CREATE ON SCHEMA shop TO shop_definer;
GRANT USAGE ON SCHEMA shop TO shop_app;
SET LOCAL ROLE strongroom_owner;
CREATE TABLE shop.orders (
    user_id bigint NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY,
    status text NOT NULL DEFAULT 'open',
    price integer NOT NULL,
    ordered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT orders_pkey PRIMARY KEY (user_id, id)
);
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.orders FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON shop.orders TO strongroom_owner USING (true) WITH CHECK (true);
"""
ORDERS = """
INSERT INTO shop.orders (user_id, price) VALUES (1, 20), (1, 30), (2, 99);
INSERT INTO shop.orders (user_id, price, status) VALUES (1, 35, 'paid');
UPDATE shop.orders SET status = 'paid' WHERE price = 20;
"""


def _block(marker: str, language: str = "sql") -> str:
    found = re.search(rf"<!-- {marker} -->\n.*?```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_counts_as_the_page_says(database: Database) -> None:
    shown = [
        tuple(cell.strip() for cell in line.split("|"))
        for line in _block("query: person 1", "text").splitlines()
        if "-+-" not in line
    ]
    with database.connect("postgres", autocommit=False) as admin:
        # Roles belong to the cluster; these are gone with the transaction.
        for role in ("shop_app", "shop_definer"):
            if not admin.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        admin.execute(APP.encode())
        for _ in range(2):
            admin.execute(_block("counters").encode())
        admin.execute(ORDERS.encode())
        days = admin.execute("SELECT status, counted FROM shop.daily_orders_ever ORDER BY 1")
        assert days.fetchall() == [("open", 2), ("paid", 2)]
        admin.execute("SET LOCAL ROLE shop_app")
        admin.execute("SELECT set_config('kernel.user_id', '1', true)")
        found = admin.execute(_block("query: person 1").encode())
        assert found.description is not None
        assert tuple(column.name for column in found.description) == shown[0]
        assert [tuple(map(str, row)) for row in found.fetchall()] == shown[1:]
        admin.execute("RESET ROLE")
        admin.execute("SET LOCAL ROLE strongroom_owner")
        admin.execute("SELECT kernel.drop_counter('shop', 'spending_live')")
        admin.rollback()
