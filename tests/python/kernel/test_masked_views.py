"""Masked views beside what others do at the same time."""

from __future__ import annotations

import threading
import time

from tests.python.fix_databases import Connection, Database

PEOPLE = """
SELECT tarot.register_user(700000000 + n, 'p' || n) FROM generate_series(1, 200) AS n
"""
# Every pseudonym of a person meets the one of the account, under one key.
JOINED = """
SELECT count(*) FROM tarot.users_masked AS u JOIN tarot.credits_masked AS c ON c.user_id = u.id
"""


def together(*callers: tuple[Connection, str, int]) -> list[list[tuple[object, ...]]]:
    """Each calls its statement so many times, at once; the rows of each."""
    found: list[list[tuple[object, ...]]] = [[] for _ in callers]
    failed: list[BaseException] = []
    barrier = threading.Barrier(len(callers))

    def run(number: int, connection: Connection, statement: str, times: int) -> None:
        try:
            barrier.wait()
            for _ in range(times):
                found[number] += connection.execute(statement.encode()).fetchall()
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(n, *each)) for n, each in enumerate(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    return found


def test_a_key_is_rotated_while_an_analyst_joins(database: Database) -> None:
    """A statement sees one key, the old one or the new one, in all its views."""
    database.admin().execute(PEOPLE)
    analyst = database.connect(role="tarot_analyst")
    runner = database.connect("strongroom_runner")
    joined, rotated = together(
        (analyst, JOINED, 30), (runner, "SELECT kernel.rotate_masking_key('tarot')", 30)
    )
    assert set(joined) == {(200,)}
    assert rotated == [(n,) for n in range(2, 32)]


def test_two_migrations_make_a_view_at_once(database: Database) -> None:
    """The second waits for the first; no reader or writer of the table waits for either."""
    first, second = (database.connect("strongroom_migrator") for _ in range(2))
    for owner in (first, second):
        owner.execute("SET ROLE strongroom_owner")
    writer = database.connect(role="tarot_app", app="tarot")
    writer.execute("SET lock_timeout = '10s'")
    make = b"SELECT kernel.masked_view('tarot.users')"
    first.execute("SELECT kernel.drop_masked_view('tarot.users')")
    failed: list[BaseException] = []

    def run() -> None:
        try:
            second.execute(make)
        except BaseException as error:
            failed.append(error)

    waiting = threading.Thread(target=run)
    with first.transaction():
        first.execute(make)
        waiting.start()
        waits = "SELECT FROM pg_locks AS l WHERE l.pid = %s AND NOT l.granted"
        while not database.admin().execute(waits, [second.info.backend_pid]).fetchall():
            assert waiting.is_alive()
            time.sleep(0.01)
        assert writer.execute("SELECT tarot.register_user(5, NULL)").fetchone() is not None
    waiting.join()
    assert failed == []
    findings = database.admin().execute("SELECT FROM kernel.check_masking_drift").fetchall()
    assert findings == []
