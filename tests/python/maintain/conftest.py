"""A database whose only due jobs are those of the test, and the command that runs them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.python.fix_databases import Database
from tests.python.maintain.parted import Parted
from tests.python.maintain.parted import prepare as prepare_partitions

ROOT = Path(__file__).parents[3]

# Each batch of a job takes one from what its name has left, and says when it was there.
APP = """
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
GRANT USAGE ON SCHEMA probe TO strongroom_runner;
CREATE TABLE probe.rest (name text PRIMARY KEY, n integer NOT NULL);
CREATE TABLE probe.seen (
    name text NOT NULL, by text NOT NULL, actor text, pid integer DEFAULT pg_backend_pid()
);
ALTER TABLE probe.rest OWNER TO strongroom_owner;
ALTER TABLE probe.seen OWNER TO strongroom_owner;
CREATE FUNCTION probe.work(p_name text, p_seconds float8) RETURNS bigint LANGUAGE plpgsql
SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    UPDATE probe.rest SET n = n - 1 WHERE name = p_name AND n > 0;
    IF NOT FOUND THEN
        RETURN 0;
    END IF;
    INSERT INTO probe.seen (name, by, actor)
    VALUES (p_name, current_setting('role'), kernel.actor());
    PERFORM pg_sleep(p_seconds);
    RETURN 7;
END $$;
ALTER FUNCTION probe.work(text, float8) OWNER TO strongroom_owner;
UPDATE kernel.job SET is_enabled = false;
"""


@dataclass(frozen=True)
class Maintained:
    """A database and its jobs."""

    url: str
    admin_url: str

    def job(self, name: str, batches: int, *, body: str | None = None, **columns: Any) -> None:
        """Register a job with so many batches of 7; `seconds` is what each takes."""
        seconds = columns.pop("seconds", 0.0)
        made = body or f"RETURN probe.work('{name}', {seconds})"
        with psycopg.connect(self.admin_url) as admin:
            admin.execute("INSERT INTO probe.rest VALUES (%s, %s)", [name, batches])
            admin.execute(
                sql.SQL(
                    "CREATE FUNCTION {} () RETURNS bigint LANGUAGE plpgsql AS $f$BEGIN {}; END$f$"
                ).format(sql.Identifier("probe", name), sql.SQL(made))
            )
            values = {"schedule": "1 hour", **columns}
            admin.execute(
                sql.SQL("INSERT INTO kernel.job (name, function_name, {}) VALUES ({})").format(
                    sql.SQL(", ").join(map(sql.Identifier, values)),
                    sql.SQL(", ").join([sql.Placeholder()] * (len(values) + 2)),
                ),
                [name, f"probe.{name}()", *values.values()],
            )
            admin.execute("GRANT EXECUTE ON FUNCTION probe.work(text, float8) TO strongroom_runner")

    def query(self, text: str) -> list[Any]:
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            return admin.execute(text.encode()).fetchall()

    def execute(self, text: str) -> None:
        with psycopg.connect(self.admin_url, autocommit=True) as admin:
            admin.execute(text.encode())

    def runs(self) -> list[Any]:
        """Job, outcome, batches, done, error code of each run, in order."""
        return self.query(
            "SELECT job, outcome, batches, done, error_code FROM kernel.job_run ORDER BY id"
        )

    def wait_for(self, query: str) -> None:
        """Wait until a query finds something."""
        for _ in range(1200):
            if self.query(query):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {query}")

    def start(self, *arguments: str, url: str | None = None) -> subprocess.Popen[str]:
        """Start the command and return at once."""
        return subprocess.Popen(
            [sys.executable, "-m", "strongroom", "maintain", *arguments],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url or self.url, "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Who started the tests may ignore SIGINT, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def run(self, *arguments: str, url: str | None = None) -> tuple[int, dict[str, Any], str]:
        """Run the command with --json: exit code, document, standard error."""
        with self.start(*arguments, "--json", url=url) as running:
            out, err = running.communicate(timeout=60)
        return running.returncode, json.loads(out) if out else {}, err


def prepare(database: Database) -> Maintained:
    """Make the app of the tests in a database."""
    with database.admin() as admin:
        admin.execute(APP.encode())
    return Maintained(database.url("strongroom_runner"), database.url("postgres"))


@pytest.fixture
def maintained(database: Database) -> Maintained:
    """On each server."""
    return prepare(database)


@pytest.fixture
def any_maintained(any_database: Database) -> Maintained:
    """On one server."""
    return prepare(any_database)


@pytest.fixture
def parted(database: Database) -> Parted:
    """On each server."""
    return prepare_partitions(database)


@pytest.fixture
def any_parted(any_database: Database) -> Parted:
    """On one server."""
    return prepare_partitions(any_database)
