"""The command, run on a database of the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql

from tests.python.fix_databases import Database

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Doctor:
    """`strongroom doctor` on one database, as one role."""

    database: Database
    user: str = "strongroom_runner"
    url: str | None = None

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "strongroom", "doctor", *arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "DATABASE_URL": self.url or self.database.url(self.user),
                "COLUMNS": "200",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def ask(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """The exit code and the JSON document."""
        done = self.run("--json", *arguments)
        return done.returncode, json.loads(done.stdout)


@pytest.fixture
def doctor(any_database: Database) -> Doctor:
    """As the role that runs maintenance, on one server."""
    return Doctor(any_database)


@pytest.fixture
def watcher(any_database: Database) -> Iterator[str]:
    """A login that may connect and nothing else; its name."""
    name = f"watch_{any_database.name}"
    role = sql.Identifier(name)
    admin = any_database.admin()
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
    admin.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
            sql.Identifier(any_database.name), role
        )
    )
    try:
        yield name
    finally:
        any_database.close()
        admin = any_database.admin()
        admin.execute(sql.SQL("DROP OWNED BY {}").format(role))
        admin.execute(sql.SQL("DROP ROLE {}").format(role))
