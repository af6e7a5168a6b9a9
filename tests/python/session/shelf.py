"""A small app of books for the tests of sessions: its schema and its statements."""

from __future__ import annotations

from typing import Any

import psycopg

from strongroom.session import ErrorTable, RuleViolation, Statement

SCHEMA = """
CREATE SCHEMA shelf;
GRANT USAGE ON SCHEMA shelf TO tarot_app, tarot_worker;
CREATE TYPE shelf.mood AS ENUM ('calm', 'wild');
CREATE TYPE shelf.place AS (floor integer, name text);
CREATE DOMAIN shelf.title AS text CONSTRAINT title_length_check CHECK (length(VALUE) <= 50);
CREATE TABLE shelf.books (
    id bigint CONSTRAINT books_pkey PRIMARY KEY,
    owner bigint NOT NULL DEFAULT kernel.user_bigint(),
    title shelf.title NOT NULL,
    mood shelf.mood,
    extra jsonb,
    twin bigint CONSTRAINT books_twin_fkey REFERENCES shelf.books (id)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT books_title_key UNIQUE (owner, title),
    CONSTRAINT books_id_check CHECK (id <> 13)
);
ALTER TABLE shelf.books ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shelf.books TO tarot_app USING (owner = (SELECT kernel.user_bigint()));
CREATE POLICY all_of_them ON shelf.books TO tarot_worker USING (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON shelf.books TO tarot_app, tarot_worker;
CREATE FUNCTION shelf.refuse(code text, message text) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING
        ERRCODE = code, MESSAGE = message, DETAIL = 'secret detail', HINT = 'Try less.';
END
$$;
"""

ERRORS = ErrorTable()


@ERRORS.register
class TooMuch(RuleViolation):
    """What `shelf.refuse` raises."""

    sqlstate = "SH001"


@ERRORS.register
class TitleTaken(RuleViolation):
    """A unique constraint."""

    constraint = ("shelf", "books", "books_title_key")
    text = "You have this one."


@ERRORS.register
class TwinMissing(RuleViolation):
    """A deferred constraint: it fails at the commit."""

    constraint = ("shelf", "books", "books_twin_fkey")
    text = "No such twin."


@ERRORS.register
class TitleTooLong(RuleViolation):
    """A constraint of a domain."""

    domains = (("shelf", "title", "title_length_check"),)
    text = "The title is too long."


def statement(
    sql: str, parameters: tuple[str, ...] = (), columns: tuple[str, ...] = (), **rest: Any
) -> Statement[Any]:
    """A statement of this app."""
    rest.setdefault("errors", ERRORS)
    name = rest.pop("name", "shelf.test")
    return Statement(name=name, sql=sql, parameters=parameters, columns=columns, **rest)


def value(sql: str, *parameters: str, **rest: Any) -> Statement[Any]:
    """A statement with one column, `v`."""
    return statement(sql, parameters, ("v",), **rest)


TITLES = value("SELECT title AS v FROM shelf.books ORDER BY id")
TITLE = value("SELECT title AS v FROM shelf.books WHERE id = $1", "bigint", at_most_one=True)
EVERY_TITLE = value("SELECT title AS v FROM shelf.books", role="worker", identity=False)
ADD = statement(
    "INSERT INTO shelf.books (id, title, twin) VALUES ($1, $2, $3)",
    ("bigint", "text", "bigint"),
    writes=True,
)
ADD_RETURNING = statement(
    "INSERT INTO shelf.books (id, title) VALUES ($1, $2) RETURNING id, title",
    ("bigint", "text"),
    ("id", "title"),
    row=lambda number, title: (number, title),
    writes=True,
    at_most_one=True,
)
RENAME_FROM = value(
    "UPDATE shelf.books SET title = title || $2 WHERE id >= $1 RETURNING title AS v",
    "bigint",
    "text",
    writes=True,
)
REFUSE = value("SELECT shelf.refuse($1, $2) AS v", "text", "text", writes=True, at_most_one=True)
WHO = statement(
    "SELECT current_user::text AS role, kernel.current_app() AS app, kernel.user_bigint() AS id,"
    " kernel.actor() AS actor, kernel.request_id() AS request",
    columns=("role", "app", "id", "actor", "request"),
    row=lambda *values: values,
    at_most_one=True,
    identity=False,
)
SLEEP = value("SELECT 1 AS v FROM pg_catalog.pg_sleep($1)", "double precision")
PID = value("SELECT pg_catalog.pg_backend_pid() AS v", at_most_one=True, identity=False)

LEFT = (
    "SELECT current_user::text, current_setting('role'),"
    " coalesce(current_setting('kernel.app', true), ''),"
    " coalesce(current_setting('kernel.user_id', true), ''),"
    " coalesce(current_setting('kernel.actor', true), ''),"
    " coalesce(current_setting('kernel.request_id', true), ''),"
    " current_setting('statement_timeout')"
)
NOTHING_LEFT = ("strongroom_login", "none", "", "", "", "", "30s")


def left_behind(connection: psycopg.Connection[Any]) -> object:
    """Identity, role and limit of time that the connection has now."""
    return connection.execute(LEFT).fetchone()


def assert_clean(connection: psycopg.Connection[Any]) -> None:
    """It is closed, or idle with nothing of a session on it."""
    if connection.closed:
        return
    assert connection.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert left_behind(connection) == NOTHING_LEFT
