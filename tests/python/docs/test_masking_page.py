"""The masked views that docs/kernel/masking.md shows are made, and show what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from tests.python.fix_databases import Connection, Database

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "kernel" / "masking.md").read_text("utf-8")
APP = """
CREATE ROLE shop_analyst;
GRANT strongroom_client TO shop_analyst;
CREATE SCHEMA shop AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA shop IS E'A shop.\n@app';
GRANT USAGE ON SCHEMA shop TO shop_analyst;
SET LOCAL ROLE strongroom_owner;
CREATE TABLE shop.users (
    id bigint PRIMARY KEY, email text, born_on date, joined_at timestamptz DEFAULT now(),
    plan text CHECK (plan IN ('free', 'paid'))
);
CREATE TABLE shop.orders (
    user_id bigint REFERENCES shop.users, id bigint GENERATED ALWAYS AS IDENTITY, price integer,
    note text, ordered_at timestamptz, PRIMARY KEY (user_id, id)
);
INSERT INTO shop.users
SELECT n, 'p' || n, '1990-01-01', now(), 'paid' FROM generate_series(1, 9) AS n;
UPDATE shop.users SET plan = 'free' WHERE id = 3;
INSERT INTO shop.orders (user_id, price, note, ordered_at) VALUES
    (1, 120, 'soon', '2026-03-05 10:00+00'), (2, 199, NULL, '2026-03-31 23:59+00'),
    (3, 49, NULL, '2026-04-01 00:00+00');
"""
_TAGGED = re.compile(r"^\| `(\w+\.\w+)` \| (`@.*?) \| (.*) \|$", re.MULTILINE)


def _block(marker: str, language: str = "sql") -> str:
    found = re.search(rf"<!-- {marker} -->\n.*?```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None, marker
    return found[1]


def _shown(marker: str) -> list[tuple[str, ...]]:
    return [
        tuple(cell.strip() for cell in line.split("|"))
        for line in _block(marker, "text").splitlines()
        if "-+-" not in line
    ]


def _asked(connection: Connection, marker: str) -> list[tuple[str, ...]]:
    found = connection.execute(_block(marker).encode())
    assert found.description is not None
    names = tuple(column.name for column in found.description)
    return [names, *(tuple(map(str, row)) for row in found.fetchall())]


def test_the_example_shows_what_the_page_says(database: Database) -> None:
    with database.connect("postgres", autocommit=False) as admin:
        admin.execute(APP.encode())
        tagged = _TAGGED.findall(PAGE)
        assert len(tagged) == 10
        for column, tags, _ in tagged:
            lines = "\n".join(re.findall(r"`(@.*?)`", tags))
            admin.execute(f"COMMENT ON COLUMN shop.{column} IS '{lines}'".encode())
        admin.execute(_block("masked").encode())
        admin.execute(_block("groups").encode())
        assert _asked(admin, "plan") == _shown("plan")
        hidden = {column for column, _, sees in tagged if sees == "-"}
        columns = admin.execute(
            "SELECT replace(a.attrelid::regclass::text, 'shop.', '') || '.' || a.attname"
            " FROM pg_attribute AS a WHERE a.attnum > 0 AND a.attrelid IN"
            " ('shop.users_masked'::regclass, 'shop.orders_masked'::regclass)"
        )
        shown = {column.replace("_masked", "") for (column,) in columns.fetchall()}
        assert shown == {column for column, _, _ in tagged} - hidden
        admin.execute("SET LOCAL ROLE shop_analyst")
        assert _asked(admin, "query") == _shown("query")
        assert admin.execute("SELECT FROM shop.monthly_orders").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege), admin.transaction():
            admin.execute("SELECT FROM shop.orders")
        before = admin.execute("SELECT id FROM shop.users_masked").fetchall()
        admin.execute("RESET ROLE")
        admin.execute("SET LOCAL ROLE strongroom_runner")
        admin.execute(_block("rotate").encode())
        admin.execute("RESET ROLE")
        after = admin.execute("SELECT id FROM shop.users_masked").fetchall()
        assert len(before) == len(after) == 9
        assert not set(before) & set(after)
        admin.rollback()
