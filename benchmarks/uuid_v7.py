"""Cost of an id: kernel.uuid_v7(), PostgreSQL's random and time-ordered ones, a counted bigint.

Made alone (server time for many), and as primary key of an insert of many rows.
"""

from __future__ import annotations

import psycopg
from place import ROOT, describe, fresh_database
from psycopg import sql
from rounds import Case, compare, scale

from strongroom.project import read_project

VALUES = scale(100_000, "BENCH_VALUES")
ROUNDS = scale(15, "BENCH_ROUNDS")


def main() -> None:
    with (
        fresh_database("bench_uuid", read_project(ROOT)) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        describe(url, "psycopg")
        makers = {
            "gen_random_uuid()": "gen_random_uuid()",
            "kernel.uuid_v7()": "kernel.uuid_v7()",
        }
        if connection.info.server_version >= 180000:
            makers["uuidv7() of PostgreSQL 18"] = "uuidv7()"
        base = "gen_random_uuid()"
        compare(
            "an id alone",
            {name: _make(connection, call) for name, call in makers.items()},
            base=base,
            operations=VALUES,
            rounds=ROUNDS,
        )
        for number, call in enumerate(makers.values()):
            _make_table(connection, f"ids_{number}", f"uuid PRIMARY KEY DEFAULT {call}")
        _make_table(connection, "ids_counted", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
        cases = {
            f"row keyed by {name}": _insert(connection, f"ids_{number}")
            for number, name in enumerate(makers)
        }
        cases["row keyed by a counted bigint"] = _insert(connection, "ids_counted")
        compare(
            "an id as the key of a new row, the table growing",
            cases,
            base=f"row keyed by {base}",
            operations=VALUES,
            rounds=ROUNDS,
        )


def _make(connection: psycopg.Connection, call: str) -> Case:
    query = sql.SQL("SELECT count({}) FROM generate_series(1, {})").format(
        sql.SQL(call), sql.Literal(VALUES)
    )
    return lambda: connection.execute(query)


def _make_table(connection: psycopg.Connection, name: str, key: str) -> None:
    connection.execute(
        sql.SQL("CREATE TABLE {} (id {}, number integer NOT NULL)").format(
            sql.Identifier("public", name), sql.SQL(key)
        )
    )


def _insert(connection: psycopg.Connection, table: str) -> Case:
    query = sql.SQL("INSERT INTO {} (number) SELECT n FROM generate_series(1, {}) AS n").format(
        sql.Identifier("public", table), sql.Literal(VALUES)
    )
    return lambda: connection.execute(query)


if __name__ == "__main__":
    main()
