"""A small database with what makes a backup hard, keys for it, and the command as it is called."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom.backup.restore import SCRATCH
from strongroom.backup.stream import read_header
from strongroom.errors import MismatchError
from strongroom.sealing.key_files import add_key
from strongroom.server import Server
from tests.python.fix_templates import new_name

ROOT = Path(__file__).resolve().parents[3]
SECRET = "Anna wants to know whether Boris loves her"
# Names that need quoting, partitions, an owner, row level security, nothing of an app.
CONTENT = f"""
CREATE SCHEMA shop;
CREATE TABLE shop.people (id bigint PRIMARY KEY, name text NOT NULL);
INSERT INTO shop.people SELECT n, '{SECRET} ' || n FROM generate_series(1, 500) AS n;
CREATE TABLE shop."log; ""all"" of" (at date NOT NULL, text text) PARTITION BY RANGE (at);
CREATE TABLE shop.log_old PARTITION OF shop."log; ""all"" of"
    FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE TABLE shop.log_new PARTITION OF shop."log; ""all"" of"
    FOR VALUES FROM ('2021-01-01') TO ('2022-01-01');
INSERT INTO shop."log; ""all"" of" VALUES ('2020-02-01', 'ёлка'), ('2021-02-01', 'b');
CREATE TABLE shop.orders (id bigint PRIMARY KEY, person bigint REFERENCES shop.people);
INSERT INTO shop.orders SELECT n, n FROM generate_series(1, 7) AS n;
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
"""


@dataclass(frozen=True)
class Kept:
    """A database that is backed up into a folder. `made`: databases to drop at the end."""

    server: Server
    name: str
    folder: Path
    keys: Path
    made: list[str] = field(default_factory=list)

    def start(
        self, *arguments: str | Path, url: str | None = None, keys: Path | None = None,
        before: Callable[[], None] | None = None, **more: str,
    ) -> subprocess.Popen[str]:  # fmt: skip
        """Start the command and return at once."""
        words = [*map(str, arguments)]
        if words[0] != "key":
            words += ["--keys", str(keys or self.keys)]
        return subprocess.Popen(
            [sys.executable, "-m", "strongroom", "backup", *words],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url or self.url(), "COLUMNS": "200", **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=before,
        )

    def run(self, *arguments: str | Path, **how: Any) -> tuple[int, dict[str, Any], str]:
        """Exit code, document and standard error of the command with --json."""
        with self.start(*arguments, "--json", **how) as running:
            out, err = running.communicate(timeout=120)
        return running.returncode, json.loads(out) if out else {}, err

    def create(self, *arguments: str | Path) -> Path:
        """A backup that goes well."""
        code, found, err = self.run("create", "--to", self.folder, *arguments)
        assert code == 0, err
        return Path(found["file"])

    def url(self, user: str = "postgres") -> str:
        return self.server.url(self.name, user)

    def new_database(self) -> str:
        """The name of a database that is not there yet, dropped at the end."""
        self.made.append(new_name())
        return self.made[-1]

    def query(self, text: str, database: str | None = None) -> list[Any]:
        """The rows of a query of a superuser."""
        url = self.server.url(database or self.name)
        with closing(psycopg.connect(url, autocommit=True)) as admin:
            cursor = admin.execute(text.encode())
            return cursor.fetchall() if cursor.description else []

    def files(self) -> list[str]:
        """All that is in the folder."""
        return sorted(path.name for path in self.folder.iterdir())

    def databases(self) -> list[str]:
        """What trials and restores of this folder have left: scratch databases, new names."""
        known = [name for (name,) in self.query("SELECT datname FROM pg_database", "postgres")]
        ours = [f"{SCRATCH}{backup[:12]}_" for backup in self._ids()]
        return [n for n in known if n in self.made or n.startswith(tuple(ours))]

    def _ids(self) -> Iterator[str]:
        for path in self.folder.glob("*.backup"):
            with suppress(MismatchError), path.open("rb") as file:
                yield read_header(file, path.name).id


@pytest.fixture(scope="module")
def origin(any_server: Server) -> Iterator[str]:
    """The name of a database with rows, which no test changes."""
    name = new_name()
    with closing(psycopg.connect(any_server.url(), autocommit=True)) as admin:
        named = sql.Identifier(name)
        admin.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(named))
        admin.execute(sql.SQL("ALTER DATABASE {} SET search_path = shop, pg_temp").format(named))
        admin.execute(sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(named))
        with closing(psycopg.connect(any_server.url(name), autocommit=True)) as inside:
            inside.execute(CONTENT.encode())
        yield name
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(named))


@pytest.fixture
def kept(any_server: Server, origin: str, tmp_path: Path) -> Iterator[Kept]:
    """That database with an empty folder and a key."""
    folder = tmp_path / "backups"
    folder.mkdir(mode=0o700)
    keys = tmp_path / "keys"
    add_key(keys, "strongroom.backup.1", as_environment=False)
    found = Kept(any_server, origin, folder, keys)
    yield found
    with closing(psycopg.connect(any_server.url(), autocommit=True)) as admin:
        for name in found.made:
            with suppress(psycopg.Error):
                admin.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )
