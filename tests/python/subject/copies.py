"""Copies of a database, in each way that PostgreSQL's own programs make them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from strongroom.pgtap.databases import clone, drop, open_gate
from strongroom.server.cluster import LocalServer
from tests.python.fix_databases import Connection, Database
from tests.python.fix_templates import new_name

GATE = "kernel.serving_gate"


class Programs:
    """pg_dump, pg_restore and psql of the server that a database is on."""

    def __init__(self, database: Database, folder: Path) -> None:
        server = database.server
        found = server.binaries() if isinstance(server, LocalServer) else None
        if found is None or not (found / "pg_dump").is_file():
            pytest.skip("pg_dump of this server can't be run from here")
        self.binaries = found
        self.folder = folder
        self._psql = server.psql()

    def dump(self, database: Database, *options: str) -> Path:
        """A dump of a database as a superuser; the file, or the folder with --format=directory."""
        place = self.folder / f"dump{len(list(self.folder.iterdir()))}"
        command: list[str | Path] = [
            self.binaries / "pg_dump",
            *options,
            "--file",
            place,
            database.url("postgres"),
        ]
        subprocess.run(command, check=True)
        return place

    def restore(self, dump: Path, database: Database, *options: str, check: bool = True) -> None:
        """Load a dump that is not plain SQL."""
        target: list[str | Path] = ["--dbname", database.url("postgres"), *options, dump]
        subprocess.run(
            [self.binaries / "pg_restore", *target], check=check, capture_output=not check
        )

    def load(self, dump: Path, database: Database) -> None:
        """Load a dump that is plain SQL."""
        command = [
            *self._psql,
            "--no-psqlrc",
            "--quiet",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
        ]
        subprocess.run([*command, "--file", dump, database.url("postgres")], check=True)


def _custom(programs: Programs, origin: Database, copy: Database) -> None:
    programs.restore(programs.dump(origin, "--format=custom"), copy, "--exit-on-error")


def _plain(programs: Programs, origin: Database, copy: Database) -> None:
    programs.load(programs.dump(origin), copy)


def _inserts(programs: Programs, origin: Database, copy: Database) -> None:
    programs.load(programs.dump(origin, "--inserts"), copy)


def _parallel(programs: Programs, origin: Database, copy: Database) -> None:
    dump = programs.dump(origin, "--format=directory", "--jobs=2")
    programs.restore(dump, copy, "--exit-on-error", "--jobs=2")


def _one_transaction(programs: Programs, origin: Database, copy: Database) -> None:
    programs.restore(programs.dump(origin, "--format=custom"), copy, "--single-transaction")


def _tables_then_rows(programs: Programs, origin: Database, copy: Database) -> None:
    dump = programs.dump(origin, "--format=custom")
    programs.restore(dump, copy, "--exit-on-error", "--schema-only")
    programs.restore(dump, copy, "--exit-on-error", "--data-only", "--disable-triggers")


def _without_the_row(programs: Programs, origin: Database, copy: Database) -> None:
    dump = programs.dump(origin, "--format=custom", f"--exclude-table-data={GATE}")
    programs.restore(dump, copy, "--exit-on-error")


def _without_the_table(programs: Programs, origin: Database, copy: Database) -> None:
    # What depends on the table fails; the rest comes.
    dump = programs.dump(origin, "--format=custom", f"--exclude-table={GATE}")
    programs.restore(dump, copy, check=False)


WAYS: dict[str, Callable[[Programs, Database, Database], None]] = {
    "custom format": _custom,
    "plain SQL": _plain,
    "inserts": _inserts,
    "parallel": _parallel,
    "one transaction": _one_transaction,
    "schema, then data": _tables_then_rows,
    "without the gate's row": _without_the_row,
    "without the gate's table": _without_the_table,
}


@contextmanager
def new_database(origin: Database) -> Iterator[Database]:
    """An empty database beside another one."""
    copy = Database(origin.server, new_name())
    with psycopg.connect(origin.server.url(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(copy.name))
        )
        try:
            let_in(copy)
            yield copy
        finally:
            copy.close()
            drop(admin, copy.name)


@contextmanager
def cloned_database(origin: Database, template: str, *, is_open: bool) -> Iterator[Database]:
    """A copy by CREATE DATABASE ... TEMPLATE."""
    copy = Database(origin.server, new_name())
    with psycopg.connect(origin.server.url(), autocommit=True) as admin:
        clone(admin, copy.name, template)
        try:
            if is_open:
                open_gate(copy.url("postgres"))
            yield copy
        finally:
            copy.close()
            drop(admin, copy.name)


def let_in(database: Database) -> None:
    """What `roles.sql` does to a database, which no dump without --create brings."""
    with database.admin() as admin:
        for role in ("strongroom_login", "strongroom_runner"):
            admin.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(database.name), sql.Identifier(role)
                )
            )


def people(admin: Connection, *telegram_ids: int) -> list[int]:
    """Registered people with credits."""
    found = []
    for telegram_id in telegram_ids:
        row = admin.execute(
            "SELECT tarot.register_user(%s, %s)", (telegram_id, f"name{telegram_id}")
        ).fetchone()
        assert row is not None
        admin.execute("SELECT tarot.grant_bonus(%s, 100, 'gift')", row)
        found.append(int(row[0]))
    return found
