"""A server that goes away in the midst of a command: said in words, with the exit code for it."""

from __future__ import annotations

from contextlib import AbstractContextManager

import psycopg
import pytest

from strongroom.backup.command import _in_words as backup
from strongroom.errors import ConnectError, StrongroomError
from strongroom.lost import told_as_lost
from strongroom.migrate.command import _told
from strongroom.retention.asking import said
from strongroom.sealing.command import _in_words
from tests.python.fix_databases import Database

WAYS = {"retention, holds, subject": said, "keys": _in_words, "migrate": _told, "backup": backup}


@pytest.mark.parametrize("way", WAYS)
def test_a_command_tells_of_it(database: Database, way: str) -> None:
    def work(told: AbstractContextManager[None]) -> None:
        with told, database.admin() as admin, database.admin() as other:
            other.execute("SELECT pg_terminate_backend(%s, 10000)", (admin.info.backend_pid,))
            admin.execute("SELECT 1")

    with pytest.raises(ConnectError, match="the connection was lost: ") as caught:
        work(WAYS[way]())
    assert caught.value.exit_code == 9


@pytest.mark.parametrize("way", WAYS)
def test_a_lock_that_is_not_had_is_another_error(way: str) -> None:
    with pytest.raises(StrongroomError) as caught, WAYS[way]():
        raise psycopg.errors.LockNotAvailable
    assert caught.value.exit_code != 9


def test_what_is_a_lost_connection() -> None:
    for error in (psycopg.OperationalError("gone\nfor good"), psycopg.errors.CrashShutdown()):
        assert told_as_lost(error) is not None
    assert str(told_as_lost(psycopg.OperationalError("a\nb"))) == "the connection was lost: a"
    for other in (psycopg.errors.QueryCanceled(), psycopg.InterfaceError(), psycopg.DataError()):
        assert told_as_lost(other) is None
