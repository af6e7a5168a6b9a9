"""What identity costs: protected calls against the same reads unprotected, and their round trips.

The protected read sets app, user and role for its transaction and goes through a policy; the
unprotected one names the user in its WHERE and runs in autocommit, or between BEGIN and COMMIT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
from place import ROOT, describe, fresh_database, one_core, run_script
from policies import TABLES
from rounds import Case, compare, scale
from trips import count_trips

from strongroom.project import read_project
from strongroom.session import Session, Statement, session

CALLS = scale(200, "BENCH_CALLS")
ROUNDS = scale(41, "BENCH_ROUNDS")
USER = 77
PLAIN = "unprotected, psycopg tuple in autocommit (base)"
BLOCK = "unprotected, psycopg tuple between BEGIN and COMMIT (base)"


@dataclass(slots=True)
class Note:
    """A row as generated code has it."""

    id: int
    title: str


_PROTECTED = Statement[Note](
    name="bench.get_note",
    sql="SELECT id, title FROM bench.fenced WHERE id = $1",
    parameters=("bigint",),
    columns=("id", "title"),
    row=Note,
    at_most_one=True,
)
_UNPROTECTED = Statement[Note](
    name="bench.get_any_note",
    sql="SELECT id, title FROM bench.notes WHERE user_id = $1 AND id = $2",
    parameters=("bigint", "bigint"),
    columns=("id", "title"),
    row=Note,
    at_most_one=True,
    identity=False,
)
_RAW = b"SELECT id, title FROM bench.notes WHERE user_id = %s AND id = %s"


def main() -> None:
    with one_core(), fresh_database("bench_session", read_project(ROOT)) as url:
        for statement in TABLES.format(users=2_000, each=100).split(";\n"):
            run_script(url, statement)
        describe(url, "psycopg")
        raw = psycopg.connect(url, autocommit=True)
        login = url.replace("postgres@", "strongroom_login@")
        connections = [psycopg.connect(login, autocommit=True) for _ in range(2)]
        plain = psycopg.connect(url, autocommit=True)
        with (
            session(connections[0], app="tarot", user_id=USER) as db,
            session(plain, app=None) as unprotected,
        ):
            _count(connections[0], db)
            _compare(raw, db, unprotected, connections[1])
        for connection in (raw, plain, *connections):
            connection.close()


def _compare(
    raw: psycopg.Connection, db: Session, unprotected: Session, fresh: psycopg.Connection
) -> None:
    single = "protected single call"
    compare(
        "one read by key",
        {
            PLAIN: _times(_raw_read(raw)),
            single: _times(lambda: db.one(_PROTECTED, (5,))),
            "protected single call, session opened for each": _times(lambda: _open_and_read(fresh)),
            "unprotected session": _times(lambda: unprotected.one(_UNPROTECTED, (USER, 5))),
        },
        base=PLAIN,
        operations=CALLS,
        rounds=ROUNDS,
        targets={single: 1.10},
    )
    compare(
        "a transaction of two reads",
        {
            BLOCK: _times(lambda: _raw_block(raw)),
            "protected transaction": _times(lambda: _block(db)),
        },
        base=BLOCK,
        operations=CALLS,
        rounds=ROUNDS,
        targets={"protected transaction": 1.10},
    )


def _count(connection: psycopg.Connection, db: Session) -> None:
    """Print round trips, and stop if they are more than promised."""
    print("\nround trips, by libpq's trace")

    def expect(what: str, most: int, work: Callable[[], object]) -> None:
        trips = count_trips(connection, work)
        print(f"{what:<48} {trips}")
        if trips > most:
            raise SystemExit(f"{what}: {trips} round trips, {most} were promised")

    def read() -> object:
        return db.one(_PROTECTED, (5,))

    print(f"{'first call of a statement on a connection':<48} {count_trips(connection, read)}")
    expect("single call with identity and role", 1, read)
    with db.transaction():
        expect("first query of a transaction", 1, read)
        expect("second query of a transaction", 1, read)
    expect("a transaction of one query, with its COMMIT", 2, lambda: _block(db, reads=1))


def _block(db: Session, reads: int = 2) -> None:
    with db.transaction():
        for _ in range(reads):
            db.one(_PROTECTED, (5,))


def _open_and_read(connection: psycopg.Connection) -> None:
    with session(connection, app="tarot", user_id=USER) as db:
        db.one(_PROTECTED, (5,))


def _raw_read(connection: psycopg.Connection) -> Case:
    cursor = connection.cursor(binary=True)
    return lambda: cursor.execute(_RAW, (USER, 5), prepare=True).fetchone()


def _raw_block(connection: psycopg.Connection) -> None:
    with connection.transaction(), connection.cursor(binary=True) as cursor:
        for _ in range(2):
            cursor.execute(_RAW, (USER, 5), prepare=True).fetchone()


def _times(work: Case) -> Case:
    def run() -> None:
        for _ in range(CALLS):
            work()

    return run


if __name__ == "__main__":
    main()
