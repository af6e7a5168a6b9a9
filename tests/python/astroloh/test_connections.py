"""The program's login and its pool, as the page of the app says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Barrier
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg_pool import ConnectionPool

from strongroom.session import session
from strongroom_db.astroloh import users
from tests.python.astroloh.conftest import Assistant

PAGE = Path(__file__).parents[3] / "docs" / "apps" / "astroloh.md"


@pytest.fixture
def login(assistant: Assistant) -> Iterator[str]:
    """The login of the page, under a name of its own."""
    block = re.search(r"<!-- login -->\n```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    name = f"astroloh_{uuid4().hex[:12]}"
    assistant.admin.execute(block[1].replace("astroloh_bot", name).encode())
    database = sql.Identifier(assistant.database.name)
    connect = sql.SQL("{} CONNECT ON DATABASE {} {} {}")
    role = sql.Identifier(name)
    assistant.admin.execute(connect.format(sql.SQL("GRANT"), database, sql.SQL("TO"), role))
    yield name
    assistant.admin.execute(connect.format(sql.SQL("REVOKE"), database, sql.SQL("FROM"), role))
    assistant.admin.execute(sql.SQL("DROP ROLE {}").format(role))


def test_twenty_connections_with_room_for_a_rush(assistant: Assistant, login: str) -> None:
    """[A-02] Sixty callers share twenty; statements, locks and idle transactions have an end."""
    mira = assistant.person()
    url = assistant.database.url(login)

    twenty = Barrier(20)

    def who(pool: ConnectionPool) -> UUID:
        with session(pool, app="astroloh", user_id=mira) as db, db.transaction():
            found = users.get_user(db).id
            # Nobody goes on before twenty are here at the same moment.
            twenty.wait(60)
            return found

    with ConnectionPool(url, min_size=2, max_size=20) as pool, ThreadPoolExecutor(60) as callers:
        assert list(callers.map(who, [pool] * 60)) == [mira] * 60
        assert pool.get_stats()["pool_size"] == 20
    with psycopg.connect(url, autocommit=True) as connection:
        limits = {
            name: connection.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
        }
        assert [*limits.values()] == [("5s",), ("2s",), ("30s",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SET ROLE astroloh_worker")
    with ExitStack() as open_ones:
        for _ in range(25):
            open_ones.enter_context(psycopg.connect(url))
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            psycopg.connect(url)


def test_a_query_is_prepared_once(assistant: Assistant) -> None:
    """[A-30] However often it is asked on a connection, and by however many people."""
    people = [assistant.person() for _ in range(3)]
    for person in people * 4:
        with assistant.of(person) as db:
            users.get_user(db)
    ((statements, runs),) = assistant.login.execute(
        "SELECT count(*), sum(p.generic_plans + p.custom_plans) FROM pg_prepared_statements AS p"
        " WHERE p.statement ~ 'data_retention_days,' AND p.name LIKE 'strongroom%'"
    ).fetchall()
    assert (statements, runs) == (1, 12)
