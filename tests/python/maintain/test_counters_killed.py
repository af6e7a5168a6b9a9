"""A server that is killed while writers write and a runner folds leaves exact figures."""

from __future__ import annotations

import os
import random
import signal
import threading
import time

import psycopg
import pytest

from strongroom.server import Server
from tests.python.fix_databases import Database
from tests.python.kernel import counted
from tests.python.maintain.conftest import Maintained


def _write(database: Database, seed: int, over: threading.Event) -> None:
    chance = random.Random(seed)
    while not over.is_set():
        try:
            connection = counted.owner(database)
            while not over.is_set():
                connection.execute(
                    "INSERT INTO tarot.orders (kind, amount)"
                    " SELECT chr(97 + n %% 3), n FROM generate_series(1, %s) AS n",
                    [chance.randint(1, 5)],
                )
                connection.execute(
                    "DELETE FROM tarot.orders WHERE id %% 7 = %s", [chance.randrange(7)]
                )
        except psycopg.OperationalError:
            time.sleep(0.1)


@pytest.mark.slow
def test_a_server_killed_amid_folding_is_exact_afterwards(own_server: Server) -> None:
    """[C-23] pg_ctl stop -m immediate, and worse, at random moments of fold and maintain."""
    database = Database(own_server, "strongroom")
    counted.make(database)
    database.close()
    maintained = Maintained(database.url("strongroom_runner"), database.url("postgres"))
    maintained.execute("UPDATE kernel.job SET schedule = '1 second' WHERE name = 'fold_counters'")
    over = threading.Event()
    writers = [threading.Thread(target=_write, args=(database, n, over)) for n in range(3)]
    chance = random.Random(7)
    with maintained.start("--loop", "--every", "0.1") as runner:
        for writer in writers:
            writer.start()
        try:
            for _ in range(5):
                maintained.wait_for(
                    "SELECT FROM kernel.job_run WHERE job = 'fold_counters' AND done > 0"
                    " AND begun_at > pg_postmaster_start_time()"
                )
                time.sleep(chance.uniform(0.0, 1.2))
                pid = own_server.status().pid
                assert pid is not None
                os.kill(pid, signal.SIGQUIT)
                while own_server.status().running:
                    time.sleep(0.02)
                own_server.start()
                maintained.execute("UPDATE kernel.job SET next_due_at = now()")
                with psycopg.connect(maintained.admin_url) as admin:
                    assert admin.execute(counted.WRONG.encode()).fetchall() == []
        finally:
            over.set()
            for writer in writers:
                writer.join()
        # It closes what the last death left open once it is connected again.
        maintained.wait_for(
            "SELECT WHERE NOT EXISTS (SELECT FROM kernel.job_run"
            " WHERE outcome = 'running' AND begun_at < pg_postmaster_start_time())"
        )
        runner.terminate()
        runner.communicate(timeout=60)
    database.close()
    assert runner.returncode == 0
    assert maintained.query(counted.WRONG) == []
    assert set(maintained.query("SELECT kernel.recount(app, name, false) FROM kernel.counter")) == {
        (0,)
    }
    assert maintained.query("SELECT FROM kernel.job_run WHERE outcome = 'running'") == []
