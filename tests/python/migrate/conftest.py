"""A throw-away project and a throw-away database for each test of the migrations."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom.migrate.apply import Outcome, apply
from strongroom.migrate.rollback import Outcome as RolledBack
from strongroom.migrate.rollback import Until, rollback
from strongroom.migrate.target import Target, owner_of
from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom.server.embedded import EmbeddedServer
from tests.python.fix_databases import Database
from tests.python.fix_templates import new_name
from tests.python.migrate.shops import Later, Shop

Connection = psycopg.Connection[Any]
ROOT = Path(__file__).parents[3]


@dataclass
class Sandbox:
    """A project in a folder and the database that its migrations are applied to."""

    folder: Path
    url: str
    said: list[str] = field(default_factory=list)

    @property
    def project(self) -> Project:
        return read_project(self.folder)

    @property
    def target(self) -> Target:
        return Target(self.url, owner_of(self.project))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    def migration(self, name: str, forward: str, back: str = "SELECT 1;") -> str:
        """Write a migration; its id."""
        self.write(f"migrations/{name}.sql", forward)
        self.write(f"migrations/{name}.rollback.sql", back)
        return name

    def function(self, name: str, text: str) -> None:
        """Write a function file of schema app."""
        self.write(f"functions/app/{name}.sql", text)

    def apply(self, **options: Any) -> Outcome:
        self.said = []
        return apply(self.project, self.target, self.said.append, **options)

    def rollback(self, until: Until = Until()) -> RolledBack:  # noqa: B008 (frozen)
        self.said = []
        return rollback(self.project, self.target, self.said.append, until)

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "strongroom", "migrate", *arguments]

    def environment(self, **changes: str) -> dict[str, str]:
        return {**os.environ, "DATABASE_URL": self.url, "COLUMNS": "200", **changes}

    def run(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run the command in the project's folder, without a terminal."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(**changes),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and return at once."""
        return subprocess.Popen(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Who started the tests may ignore SIGINT, and children inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        )

    def status(self) -> dict[str, Any]:
        done = self.run("status", "--json")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def states(self) -> dict[str, str]:
        return {row["id"]: row["state"] for row in self.status()["migrations"]}

    def connect(self) -> Connection:
        connection: Connection = psycopg.connect(self.url, autocommit=True)
        return connection

    def query(self, text: str) -> list[Any]:
        with self.connect() as connection:
            return connection.execute(text.encode()).fetchall()

    def execute(self, text: str) -> None:
        with self.connect() as connection:
            connection.execute(text.encode())

    def value(self, text: str) -> Any:
        return self.query(text)[0][0]

    def wait_for(self, query: str) -> None:
        """Wait until a query finds something."""
        for _ in range(1200):
            if self.query(query):
                return
            time.sleep(0.05)
        raise AssertionError(f"never true: {query}")

    def applied(self) -> list[str]:
        """The ids in yoyo's table."""
        rows = self.query("SELECT migration_id FROM strongroom._yoyo_migration ORDER BY 1")
        return [row[0] for row in rows]


def make_sandbox(folder: Path, url: str) -> Sandbox:
    """An empty project: a schema app and nothing else."""
    sandbox = Sandbox(folder, url)
    sandbox.write("pyproject.toml", '[project]\nname = "sandbox"\n')
    sandbox.write("schema/app/schema.sql", "CREATE SCHEMA app;\n")
    return sandbox


@pytest.fixture
def plain_database(any_server: Server) -> Iterator[Database]:
    """An empty database on one server, where the version does not matter."""
    found = Database(any_server, new_name())
    name = sql.Identifier(found.name)
    with psycopg.connect(any_server.url(), autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            yield found
        finally:
            found.close()
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@pytest.fixture
def sandbox(tmp_path: Path, plain_database: Database) -> Sandbox:
    """A project without roles, applied as the superuser, on one server."""
    return make_sandbox(tmp_path, plain_database.url("postgres"))


@pytest.fixture
def started(sandbox: Sandbox) -> Sandbox:
    """A project whose first migration, a schema with one table, is applied."""
    sandbox.migration(
        "0001.app.start",
        "CREATE SCHEMA app;\nCREATE TABLE app.items (id int PRIMARY KEY, name text);\n",
        "DROP SCHEMA app CASCADE;\n",
    )
    sandbox.apply()
    return sandbox


@pytest.fixture
def shop(sandbox: Sandbox, plain_database: Database) -> Iterator[Shop]:
    """Applied by a role that is no superuser, as an owner that is none."""
    admin = plain_database.admin()
    for (name,) in admin.execute("SELECT extname FROM pg_extension WHERE oid > 16383").fetchall():
        # What the template was given for apps of this project.
        admin.execute(sql.SQL("DROP EXTENSION {} CASCADE").format(sql.Identifier(name)))
    owner, deployer = (f"{kind}_{plain_database.name}" for kind in ("holder", "deployer"))
    names = [sql.Identifier(name) for name in (owner, deployer, plain_database.name)]
    admin.execute(sql.SQL("CREATE ROLE {}").format(names[0]))
    admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(names[1]))
    admin.execute(sql.SQL("GRANT {} TO {}").format(*names[:2]))
    admin.execute(sql.SQL("GRANT CREATE ON DATABASE {} TO {}").format(names[2], names[0]))
    sandbox.write("schema/roles.sql", f"SET ROLE {owner};\n")
    sandbox.write("schema/extensions/schema.sql", "CREATE SCHEMA IF NOT EXISTS extensions;\n")
    (sandbox.folder / "schema/app/schema.sql").unlink()
    (sandbox.folder / "schema/app").rmdir()
    found = Shop(sandbox, plain_database.url(deployer))
    found.write("cafe", 101, "")
    try:
        yield found
    finally:
        for name in names[:2]:
            admin.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(name))
            admin.execute(sql.SQL("DROP ROLE {}").format(name))


@pytest.fixture
def later(any_server: Server) -> Iterator[Later]:
    if not isinstance(any_server, EmbeddedServer):
        pytest.skip("only the embedded server has a folder of ours for extensions")
    share = any_server.settings()["extension_control_path"].split(":")[1]
    found = Later(new_name().replace("t_", "later_"), Path(share) / "extension")
    yield found
    found.leave()
