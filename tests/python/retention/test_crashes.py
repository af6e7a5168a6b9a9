"""The server dies in the middle of retention, and nothing is lost but what was under way."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

import psycopg
import pytest

from strongroom.server import Server
from tests.python.fix_databases import Database
from tests.python.retention.conftest import Archive, place, prepare, release, run

_ROWS = 12_000
_CRASHES = 4


@pytest.mark.ends
def test_each_row_is_in_one_record_whenever_the_server_dies(own_server: Server) -> None:
    """Stopped at random points of a long run: what went is written down, and nothing else."""
    database = Database(own_server, "strongroom")
    archive = prepare(database)
    archive.write(_ROWS, people=10)
    random = Random()
    for _ in range(_CRASHES):
        with ThreadPoolExecutor(1) as pool:
            before = archive.value("SELECT count(*) FROM probe.gone")
            running = pool.submit(_run_until_it_dies, archive)
            while archive.value("SELECT count(*) FROM probe.gone") == before:
                time.sleep(0.005)
            time.sleep(random.random() * 0.05)
            _crash(own_server)
            running.result()
        database.close()
        own_server.start()
        archive = Archive(database, database.admin())
        archive.check_records()
        assert (
            archive.value(
                "SELECT (SELECT count(*) FROM probe.notes) + (SELECT count(*) FROM probe.gone)"
            )
            == _ROWS
        )
    left = len(archive.notes())
    assert 0 < left < _ROWS

    runner = archive.runner()
    hold = place(runner, app="probe", subject="3")
    first = run(runner) + run(runner)
    assert {user_id for user_id, _ in archive.notes()} == {3}
    release(runner, hold)
    assert first + run(runner) == left
    archive.check_records()
    database.close()


def _run_until_it_dies(archive: Archive) -> None:
    try:
        with psycopg.connect(archive.database.url("strongroom_runner"), autocommit=True) as runner:
            run(runner, limit=40)
    except psycopg.OperationalError:
        return
    raise AssertionError("the server was to die before the end")


def _crash(server: Server) -> None:
    """What `pg_ctl stop -m immediate` does."""
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    while server.status().running:
        time.sleep(0.02)
