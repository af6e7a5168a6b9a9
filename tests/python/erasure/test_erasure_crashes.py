"""The server dies in the midst of an erasure, or the eraser does; the next run goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from uuid import UUID

import psycopg
import pytest

from strongroom.server import Server
from strongroom.subject.eraser import erase
from tests.python.erasure.conftest import KEY_ID, House, Keys, furnish
from tests.python.fix_databases import Database

_CRASHES = 4
_ROWS = 1500
_PROGRAM = """
import sys, uuid, psycopg
from strongroom.subject.eraser import erase
from tests.python.erasure.conftest import KEY_ID, Keys
with psycopg.connect(sys.argv[1], autocommit=True) as runner:
    erase(runner, uuid.UUID(sys.argv[2]), Keys(), KEY_ID, print, limit=20)
"""


@pytest.mark.ends
def test_each_run_goes_on_where_the_server_died(own_server: Server) -> None:
    """[A-46] Stopped at random points: nothing half done is called done, others stay."""
    database = Database(own_server, "strongroom")
    house = furnish(database, count=_ROWS)
    before = house.others(2)
    request = house.approved(2)
    random = Random()
    for _ in range(_CRASHES):
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(_run_until_it_dies, house, request)
            time.sleep(0.1 + random.random() * 0.5)
            _crash(own_server)
            running.result()
        database.close()
        own_server.start()
        house = House(database, database.admin())
        house.check(request, 2)
        assert house.others(2) == before
    assert house.erase(request, limit=500).state == "done"
    house.check(request, 2)
    assert house.others(2) == before
    assert (
        house.value(
            "SELECT sum(row_count) FROM kernel.destruction_record"
            " WHERE relation_name = 'probe.posts'"
        )
        == _ROWS
    )
    database.close()


def test_an_eraser_that_is_killed_leaves_whole_steps(database: Database) -> None:
    house = furnish(database, count=400)
    before = house.others(2)
    request = house.approved(2)
    random = Random()
    for _ in range(4):
        eraser = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, database.url("strongroom_runner"), str(request)],
            cwd=Path(__file__).parents[3],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert eraser.stdout is not None
        eraser.stdout.readline()
        time.sleep(random.random() * 0.3)
        eraser.kill()
        eraser.wait()
        eraser.stdout.close()
        house.check(request, 2)
        assert house.others(2) == before
    assert house.erase(request).state == "done"
    house.check(request, 2)
    assert house.others(2) == before


def _run_until_it_dies(house: House, request: UUID) -> None:
    try:
        with psycopg.connect(house.database.url("strongroom_runner"), autocommit=True) as runner:
            erase(runner, request, Keys(), KEY_ID, house.said.append, limit=10)
    except psycopg.OperationalError:
        return


def _crash(server: Server) -> None:
    """What `pg_ctl stop -m immediate` does."""
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    while server.status().running:
        time.sleep(0.02)
