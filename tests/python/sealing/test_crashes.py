"""The server dies in the middle of rotations, and every field still opens."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from random import Random

import psycopg
import pytest

from strongroom.errors import StrongroomError
from strongroom.sealing import EnvironmentKeys, Keyring
from strongroom.sealing.rotation import Rotation
from strongroom.server import Server
from tests.python.fix_databases import Database
from tests.python.sealing.conftest import new_keys, with_births
from tests.python.sealing.test_rotation import check, fill

CRASHES = 3


@pytest.mark.slow
def test_a_rotation_outlives_its_server(
    own_server: Server, environment: dict[str, str], keys: EnvironmentKeys
) -> None:
    """[A-41] Stopped at random points as `pg_ctl stop -m immediate` does, then begun again."""
    database = Database(own_server, "strongroom")
    with_births(database, keys)
    fill(database, Keyring(keys))
    environment |= new_keys("tarot.location.2")
    random = Random()
    for _ in range(CRASHES):
        with ThreadPoolExecutor(1) as pool:
            said: list[str] = []
            running = pool.submit(_rotate, database, keys, said)
            while not any("sealed anew" in text for text in said) and not running.done():
                time.sleep(0.002)
            time.sleep(random.random() * 0.05)
            _crash(own_server)
            running.result()
        database.close()
        own_server.start()
        check(database, keys)
    assert _rotate(database, keys, []) == "done"
    with psycopg.connect(database.url("strongroom_runner"), autocommit=True) as runner:
        runner.execute("SELECT kernel.retire_encryption_key('tarot.location.1')")
    del environment[EnvironmentKeys.variable("tarot.location.1")]
    check(database, EnvironmentKeys(environment))
    database.close()


def _rotate(database: Database, keys: EnvironmentKeys, said: list[str]) -> str:
    """Rotate in small batches, until it is done or the server dies."""
    try:
        with psycopg.connect(database.url("strongroom_runner"), autocommit=True) as runner:
            rotation = Rotation(
                runner, Keyring(keys), "tarot", "location",
                reencrypt=True, batch=2, grace=0, say=said.append,
            )  # fmt: skip
            rotation.run(rotation.plan())
    except (psycopg.OperationalError, StrongroomError):
        return "died"
    return "done"


def _crash(server: Server) -> None:
    pid = server.status().pid
    assert pid is not None
    os.kill(pid, signal.SIGQUIT)
    while server.status().running:
        time.sleep(0.02)
