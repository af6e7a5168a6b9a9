"""CREATE INDEX CONCURRENTLY waits for everybody, so that tools with a naive lock hang on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.python.migrate.conftest import Sandbox

INDEX = (
    "-- depends: 0001.app.start\n-- transactional: false\n"
    "CREATE INDEX CONCURRENTLY items_name_idx ON app.items (name);\n"
)
VALID = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'app.items_name_idx'::regclass"
BUILDING = (
    "SELECT FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' "
    "AND wait_event_type = 'Lock' AND datname = current_database()"
)


@contextmanager
def held_up(sandbox: Sandbox) -> Iterator[None]:
    """A transaction that wrote to the table and stays open: the build has to wait for it."""
    with sandbox.connect() as writer:
        writer.execute("BEGIN")
        writer.execute("INSERT INTO app.items VALUES (1, 'a')")
        yield
        writer.execute("COMMIT")


def test_a_waiting_deployer_does_not_hold_up_the_build(started: Sandbox) -> None:
    started.migration("0002.app.index", INDEX)
    with held_up(started):
        first = started.start("apply", "--yes")
        started.wait_for(BUILDING)
        second = started.start("apply", "--yes")
        assert second.stdout is not None
        lines = [second.stdout.readline(), second.stdout.readline()]
    one, two = first.communicate(timeout=60)[0], second.communicate(timeout=60)[0]
    assert "waiting for pid" in lines[1]
    assert (first.returncode, second.returncode) == (0, 0), one + two
    assert started.value(VALID) is True


def test_killed_while_it_builds(started: Sandbox) -> None:
    started.migration("0002.app.index", INDEX)
    with held_up(started):
        running = started.start("apply", "--yes")
        started.wait_for(BUILDING)
        running.kill()
        running.communicate()
    done = started.run("apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert started.value(VALID) is True
    assert started.applied() == ["0001.app.start", "0002.app.index"]
    assert started.status()["invalid_indexes"] == []
