"""A dump and its restore are no break of the seals; nor is a server that dies while it seals."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from strongroom.pgtap.databases import drop
from strongroom.server import Server
from strongroom.server.cluster import LocalServer
from tests.python.audit.conftest import SETUP, Audited, problems, value
from tests.python.fix_databases import Database
from tests.python.fix_templates import new_name

_CHANGES = "SELECT operation, key, old, new, changed FROM kernel.audit_changes('probe.people')"


@pytest.fixture
def restored(audited: Audited) -> Iterator[Audited]:
    """A copy by pg_dump and pg_restore of a database with sealed and waiting entries."""
    server = audited.database.server
    programs = server.binaries() if isinstance(server, LocalServer) else None
    if programs is None or not (programs / "pg_dump").is_file():
        pytest.skip("pg_dump of this server can't be run from here")
    writer = audited.writer()
    writer.execute(
        "INSERT INTO probe.people (id, name) SELECT n, 'N' FROM generate_series(1, 30) n"
    )
    audited.seal_all()
    writer.execute("UPDATE probe.people SET tier = 'gold'")
    audited.seal_all()
    writer.execute("UPDATE probe.people SET name = 'M' WHERE id <= 10")
    dumped = subprocess.run(
        [programs / "pg_dump", "--format=custom", audited.database.url("postgres")],
        capture_output=True,
        check=True,
    )
    copy = Database(server, new_name())
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(copy.name))
        )
        try:
            subprocess.run(
                [programs / "pg_restore", "--exit-on-error", "--dbname", copy.url("postgres")],
                input=dumped.stdout,
                check=True,
            )
            yield Audited(copy)
        finally:
            copy.close()
            drop(admin, copy.name)


def test_a_restored_log_verifies_and_goes_on(audited: Audited, restored: Audited) -> None:
    """[X-3] Up to the root that the first database exported, and beyond it."""
    batch, chain = audited.export()
    runner, writer = restored.runner(), restored.writer()
    assert problems(runner, 1, batch, chain) == []
    told = audited.runner().execute(_CHANGES.encode()).fetchall()
    assert restored.runner().execute(_CHANGES.encode()).fetchall() == told
    assert [change[4] for change in told[-10:]] == [["name"]] * 10
    writer.execute("DELETE FROM probe.people WHERE id = 1")
    # What waited in the dump is sealed here, whatever the numbers of transactions are.
    assert value(runner, "SELECT kernel.seal_audit()") == 11
    assert problems(runner) == []
    assert problems(runner, 1, batch, chain) == []
    assert value(runner, "SELECT kernel.erase_audit('probe', '2')") == 2
    assert problems(runner, 1, batch, chain) == []


def test_numbers_of_transactions_that_begin_anew_break_nothing(any_audited: Audited) -> None:
    """As on another server: entries from a dump carry higher numbers than those of today."""
    admin, runner = any_audited.tamperer(), any_audited.runner()
    admin.execute(
        "INSERT INTO kernel.audit_inbox (transaction_id, app, operation, role)"
        " VALUES ('9999999999999', 'probe', 'ACCESS', 'x')"
    )
    any_audited.writer().execute("INSERT INTO probe.people (id) VALUES (1)")
    assert value(runner, "SELECT kernel.seal_audit()") == 2
    assert problems(runner) == []


@pytest.mark.slow
@pytest.mark.ends
def test_a_server_that_dies_while_it_seals_leaves_whole_batches(own_server: Server) -> None:
    """[A-07] pg_ctl stop -m immediate at random moments: each entry is sealed or waits, once."""
    database = Database(own_server, "strongroom")
    database.admin().execute(SETUP.encode())
    audited, chance = Audited(database), random.Random()
    written = 0
    for _ in range(4):
        audited.writer().execute(
            "INSERT INTO probe.people (id) SELECT n FROM generate_series(%s::int, %s::int) AS n",
            (written + 1, written + 40_000),
        )
        written += 40_000
        sealer = threading.Thread(target=_seal_until_it_dies, args=(audited,))
        sealer.start()
        time.sleep(chance.uniform(0.05, 1.0))
        _crash(own_server)
        sealer.join()
        database.close()
        own_server.start()
        assert problems(audited.runner()) == []
        admin = database.admin()
        assert value(admin, "SELECT count(*) FROM probe.people") == written
        assert value(admin, "SELECT count(*) FROM kernel.audit_entries") == written
        assert value(admin, "SELECT count(DISTINCT key) FROM kernel.audit_entries") == written
    audited.seal_all()
    assert problems(audited.runner()) == []
    assert value(database.admin(), "SELECT count(*) FROM kernel.audit_log") == written
    database.close()


def _seal_until_it_dies(audited: Audited) -> None:
    try:
        with psycopg.connect(audited.database.url("strongroom_runner"), autocommit=True) as runner:
            while True:
                value(runner, "SELECT kernel.seal_audit()")
    except psycopg.OperationalError:
        return


def _crash(server: Server) -> None:
    """What `pg_ctl stop -m immediate` does."""
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    while server.status().running:
        time.sleep(0.02)
