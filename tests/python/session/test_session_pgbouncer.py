"""Sessions through PgBouncer in transaction mode, where connections of clients are mixed."""
# ruff: noqa: PT012, SIM117 (what raises is the block as a whole)

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom.server import PgBouncer, Server
from strongroom.session import Session, Statement, load_rowcount, session
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    ADD,
    NOTHING_LEFT,
    PID,
    REFUSE,
    RENAME_FROM,
    TITLES,
    WHO,
    TooMuch,
    left_behind,
    value,
)

pytestmark = pytest.mark.full

OWN = {1: ["Emma", "Persuasion"], 2: ["Dracula"]}
WAYS = {"prepared": ("200", True), "not prepared": ("0", False)}
"""max_prepared_statements of PgBouncer, and `prepare` of the sessions."""


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    """With prepared statements, and without."""
    return str(request.param)


@pytest.fixture
def bouncer(any_server: Server, way: str) -> Iterator[PgBouncer]:
    """A PgBouncer with one connection to the server, for all clients."""
    options = {"max_prepared_statements": WAYS[way][0], "default_pool_size": "1"}
    found = PgBouncer(any_server, ["strongroom_login"], options)
    if reason := found.missing():
        pytest.skip(reason)
    with found:
        yield found


@pytest.fixture
def clients(bouncer: PgBouncer, shelf: Database) -> Iterator[list[Connection]]:
    """Three clients; they share one connection of the server."""
    url = bouncer.url(shelf.name, "strongroom_login")
    opened = [psycopg.connect(url, autocommit=True, prepare_threshold=None) for _ in range(3)]
    yield opened
    for connection in opened:
        connection.close()


def test_clients_share_a_connection_of_the_server(clients: list[Connection], way: str) -> None:
    pids: set[int] = set()
    for connection in clients:
        with session(connection, app="tarot", user_id=1, prepare=WAYS[way][1]) as db:
            pids |= {db.one(PID), db.one(PID)}
    assert len(pids) == 1


def act(db: Session, user: int, kind: str) -> None:
    """One thing that a client does; it sees its own rows, or fails as it should."""
    match kind:
        case "call":
            assert db.many(TITLES) == OWN[user]
        case "block":
            with db.transaction():
                assert db.one(WHO)[:3] == ("tarot_app", "tarot", user)
                assert db.many(TITLES) == OWN[user]
        case "fail":
            with pytest.raises(TooMuch):
                db.one(REFUSE, ("SH001", "no"))
        case "fail in a block":
            with pytest.raises(TooMuch), db.transaction():
                db.exec(ADD, (50 + user, "Lost", None))
                db.one(REFUSE, ("SH001", "no"))
        case "write":
            with pytest.raises(ZeroDivisionError), db.transaction():
                assert len(db.many(RENAME_FROM, (1, "!"))) == len(OWN[user])
                raise ZeroDivisionError
        case "stream":
            assert list(db.stream(TITLES, fetch=1)) == OWN[user]
            for title in db.stream(TITLES, fetch=1):
                assert title == OWN[user][0]
                break  # dropped with rows left, and with its transaction open
        case "items":
            new = [(1000 * user + n, f"{user} {n}", None) for n in range(600)]
            with pytest.raises(ZeroDivisionError), db.transaction():
                assert sum(db.batch(ADD, new, take=tuple, load=load_rowcount)) == 600
                assert len(db.many(TITLES)) == 600 + len(OWN[user])
                raise ZeroDivisionError


KINDS = ("call", "block", "fail", "fail in a block", "write", "stream", "items")


def test_identity_never_leaks_to_the_next_client(clients: list[Connection], way: str) -> None:
    """[C-42] Whoever gets the connection of the server next is nobody."""
    one, two, bystander = clients
    prepare = WAYS[way][1]
    turns = [
        *itertools.product(KINDS, KINDS),
        *random.Random(7).choices([*itertools.product(KINDS, KINDS)], k=60),
    ]
    for first, second in turns:
        with session(one, app="tarot", user_id=1, actor="a", prepare=prepare) as db:
            act(db, 1, first)
        assert left_behind(bystander) == NOTHING_LEFT
        with session(two, app="tarot", user_id=2, prepare=prepare) as db:
            act(db, 2, second)
        assert left_behind(bystander) == NOTHING_LEFT


def test_clients_side_by_side(bouncer: PgBouncer, shelf: Database, way: str) -> None:
    url = bouncer.url(shelf.name, "strongroom_login")
    prepare = WAYS[way][1]

    def work(number: int) -> int:
        user = 1 + number % 2
        turns = random.Random(number)
        with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
            with session(connection, app="tarot", user_id=user, prepare=prepare) as db:
                for _ in range(60):
                    act(db, user, turns.choice(KINDS))
        return user

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(work, range(4))) == [1, 2, 1, 2]


def test_many_statements_and_a_migration(
    clients: list[Connection], shelf: Database, admin: Connection, way: str
) -> None:
    extra = value("SELECT extra AS v FROM shelf.books ORDER BY id")
    many = [value(f"SELECT {number} AS v") for number in range(450)]
    with session(clients[0], app="tarot", user_id=1, prepare=WAYS[way][1]) as db:
        assert db.many(extra) == [None, None]
        assert [db.one(each) for each in many] == list(range(450))
        assert [db.one(each) for each in many] == list(range(450))
        admin.execute(
            sql.SQL("ALTER TABLE shelf.books ALTER COLUMN extra TYPE text USING {}").format("x")
        )
        assert db.many(extra) == ["x", "x"]


def test_sessions_that_prepare_where_they_must_not_run_nothing_else(
    bouncer: PgBouncer, shelf: Database
) -> None:
    """Names of prepared statements differ, so one client never runs what another prepared."""
    url = bouncer.url(shelf.name, "strongroom_login")
    statements = [value(f"SELECT {number} AS v") for number in range(5)]
    with (
        psycopg.connect(url, autocommit=True, prepare_threshold=None) as one,
        psycopg.connect(url, autocommit=True, prepare_threshold=None) as two,
        session(one, app="tarot", user_id=1) as first,
        session(two, app="tarot", user_id=2) as second,
    ):
        for number in (0, 1, 2, 3, 4, 3, 2, 1, 0):
            assert call(first, statements[number]) in (number, None)
            assert call(second, statements[4 - number]) in (4 - number, None)
            assert call(second, TITLES) in ("Dracula", None)


def call(db: Session, statement: Statement[Any]) -> object:
    """The first value; None where PgBouncer has lost the prepared statement."""
    try:
        return db.many(statement)[0]
    except psycopg.errors.InvalidSqlStatementName:
        return None
