"""What many items in one call cost: one by one in one transaction against batch, bulk and copy.

All insert the same rows into the same table, which is emptied before each turn. The generated way
of one call for each row is the base; the session is plain, so identity and policies cost nothing
here and the ways differ in how the rows travel.
"""

from __future__ import annotations

import psycopg
from place import ROOT, describe, fresh_database, one_core, run_script
from rounds import Case, compare, scale

from strongroom.project import read_project
from strongroom.session import Session, Statement, load_rowcount, session

ITEMS = scale(5_000, "BENCH_ITEMS")
ROUNDS = scale(21, "BENCH_ROUNDS")
ONE_BY_ONE = "one by one, one transaction (base)"
TABLE = (
    "CREATE TABLE bench.sold"
    " (id bigint PRIMARY KEY, title text NOT NULL, note text, cost double precision)"
)
TYPES = ("bigint", "text", "text", "double precision")

Row = tuple[int, str, str | None, float]

INSERT = Statement[int](
    name="bench.sell",
    sql="INSERT INTO bench.sold (id, title, note, cost) VALUES ($1, $2, $3, $4)",
    parameters=TYPES,
    writes=True,
    identity=False,
)
BULK = Statement[int](
    name="bench.sell_many",
    sql="INSERT INTO bench.sold (id, title, note, cost)"
    " SELECT u.id, u.title, u.note, u.cost"
    " FROM unnest($1, $2, $3, $4) AS u (id, title, note, cost)",
    parameters=tuple(f"{name}[]" for name in TYPES),
    writes=True,
    identity=False,
)
COPY = Statement[int](
    name="bench.load",
    sql="COPY bench.sold (id, title, note, cost) FROM STDIN (FORMAT BINARY)",
    parameters=TYPES,
    writes=True,
    role="worker",
    identity=False,
)


def whole(item: Row) -> Row:
    """An item is its own parameters."""
    return item


def main() -> None:
    items: list[Row] = [
        (number, f"title {number}", None if number % 3 else "a note", number / 7)
        for number in range(ITEMS)
    ]
    with one_core(), fresh_database("bench_bulk", read_project(ROOT)) as url:
        run_script(url, "CREATE SCHEMA bench")
        run_script(url, TABLE)
        describe(url, "psycopg")
        connection = psycopg.connect(url, autocommit=True)
        with session(connection, app=None) as db:
            _compare(connection, db, items)
        connection.close()


def _compare(connection: psycopg.Connection, db: Session, items: list[Row]) -> None:
    def one_by_one() -> None:
        with db.transaction():
            for item in items:
                db.rowcount(INSERT, item)

    def emptied(work: Case) -> Case:
        def run() -> object:
            # Emptying is part of the time of each way, and costs all the same.
            connection.execute("TRUNCATE bench.sold")
            return work()

        return run

    compare(
        f"{ITEMS} rows into a table",
        {
            ONE_BY_ONE: emptied(one_by_one),
            ":batch": emptied(lambda: db.batch(INSERT, items, take=whole, load=load_rowcount)),
            ":bulk": emptied(lambda: db.bulk(BULK, items, take=whole)),
            ":copy": emptied(lambda: db.copy(COPY, items, take=whole)),
        },
        base=ONE_BY_ONE,
        operations=ITEMS,
        rounds=ROUNDS,
        targets={":bulk": 0.30, ":copy": 0.22},
    )


if __name__ == "__main__":
    main()
