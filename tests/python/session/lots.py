"""Statements for many items, and a table without row level security that they fill."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from strongroom.session import (
    Session,
    session,
)
from tests.python.fix_databases import Connection
from tests.python.session.shelf import (
    statement,
    value,
)

Item = tuple[Any, ...]
EXTRA = """
CREATE TABLE shelf.counts (
    id bigint CONSTRAINT counts_pkey PRIMARY KEY,
    amount numeric CONSTRAINT counts_amount_check CHECK (amount < 1000),
    note text,
    tags text[],
    mood shelf.mood,
    parts numeric[],
    twin bigint CONSTRAINT counts_twin_fkey REFERENCES shelf.books (id)
        DEFERRABLE INITIALLY DEFERRED
);
GRANT SELECT, INSERT, UPDATE, DELETE ON shelf.counts TO tarot_app, tarot_worker;
"""
ADD = statement(
    "INSERT INTO shelf.books (id, title, twin) VALUES ($1, $2, $3)",
    ("bigint", "text", "bigint"),
    writes=True,
)
ADD_RETURNING = value(
    "INSERT INTO shelf.books (id, title, twin) VALUES ($1, $2, $3) RETURNING title AS v",
    *("bigint", "text", "bigint"),
    writes=True,
    at_most_one=True,
)
BULK = statement(
    "INSERT INTO shelf.books (id, title, twin)"
    " SELECT a, b, c FROM unnest($1, $2, $3) AS u (a, b, c)",
    ("bigint[]", "text[]", "bigint[]"),
    writes=True,
)
BULK_RETURNING = value(f"{BULK.sql} RETURNING title AS v", *BULK.parameters, writes=True)
COPY = statement(
    "COPY shelf.counts (id, amount, note, tags, mood, parts, twin) FROM STDIN (FORMAT BINARY)",
    ("bigint", "numeric", "text", "text[]", "shelf.mood", "numeric[]", "bigint"),
    writes=True,
    role="worker",
    identity=False,
)
HOW_MANY = "SELECT count(*) FROM shelf.books UNION ALL SELECT count(*) FROM shelf.counts"
COUNTED = value("SELECT count(*)::integer AS v FROM shelf.counts", role="worker", identity=False)
ECHO = value("SELECT $1 || $2 AS v", "text", "text")


def whole(item: Item) -> Item:
    return item


def numbered(item: int) -> Item:
    """A row of shelf.counts."""
    return (item, Decimal(item % 100), None, ["a", None], "calm", [Decimal(1), None], None)


def books(count: int, first: int = 100) -> list[Item]:
    return [(first + n, f"book {n}", None) for n in range(count)]


def as_user(connection: Connection, user: int = 1, **rest: Any) -> Session:
    return session(connection, app="tarot", user_id=user, **rest)


def as_worker(connection: Connection, **rest: Any) -> Session:
    return session(connection, app="tarot", role="worker", **rest)
