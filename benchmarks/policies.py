"""What row level security costs: the bare policy of the project against the same rows by WHERE.

`user_id = kernel.user_bigint()` is inlined into a comparison with a setting, so it is the condition
of an index scan; identity is set before the clock starts (benchmarks/session.py measures that).
"""

from __future__ import annotations

import psycopg
from place import ROOT, describe, fresh_database, run_script
from psycopg.pq import Format
from rounds import Case, compare, scale

from strongroom.project import read_project

USERS = scale(2_000, "BENCH_USERS")
EACH = scale(100, "BENCH_ROWS_EACH")
ROUNDS = scale(41, "BENCH_ROUNDS")

TABLES = """
CREATE SCHEMA bench;
CREATE TABLE bench.notes (
    user_id bigint NOT NULL,
    id bigint NOT NULL,
    title text NOT NULL,
    PRIMARY KEY (user_id, id)
);
INSERT INTO bench.notes
SELECT u, n, 'note ' || n FROM generate_series(1, {users}) AS u, generate_series(1, {each}) AS n;
CREATE TABLE bench.fenced (LIKE bench.notes INCLUDING ALL);
INSERT INTO bench.fenced SELECT * FROM bench.notes;
ALTER TABLE bench.fenced ENABLE ROW LEVEL SECURITY;
ALTER TABLE bench.fenced FORCE ROW LEVEL SECURITY;
CREATE POLICY fenced_app ON bench.fenced TO tarot_app USING (user_id = kernel.user_bigint());
GRANT USAGE ON SCHEMA bench TO tarot_app;
GRANT SELECT ON bench.notes, bench.fenced TO tarot_app;
VACUUM ANALYZE bench.notes;
VACUUM ANALYZE bench.fenced;
"""
_READS = {
    "one row by key": (
        "SELECT id, title FROM bench.notes WHERE user_id = $1 AND id = $2",
        "SELECT id, title FROM bench.fenced WHERE id = $1",
        400,
    ),
    "all rows of a user": (
        "SELECT id, title FROM bench.notes WHERE user_id = $1",
        "SELECT id, title FROM bench.fenced",
        100,
    ),
    "twenty newest of a user": (
        "SELECT id, title FROM bench.notes WHERE user_id = $1 ORDER BY id DESC LIMIT 20",
        "SELECT id, title FROM bench.fenced ORDER BY id DESC LIMIT 20",
        200,
    ),
}


def main() -> None:
    with fresh_database("bench_policies", read_project(ROOT)) as url:
        for statement in TABLES.format(users=USERS, each=EACH).split(";\n"):
            run_script(url, statement)
        with psycopg.connect(url, autocommit=True) as connection:
            describe(url, "psycopg")
            connection.execute("SELECT set_config('kernel.user_id', '77', false)")
            connection.execute("SET ROLE tarot_app")
            for number, (title, (where, policy, operations)) in enumerate(_READS.items()):
                plain = (b"77", b"5")[: where.count("$")]
                compare(
                    f"{title}, {USERS * EACH} rows in the table",
                    {
                        "WHERE, no policy": _read(
                            connection, f"w{number}", where, plain, operations
                        ),
                        "policy": _read(connection, f"p{number}", policy, plain[1:], operations),
                    },
                    base="WHERE, no policy",
                    operations=operations,
                    rounds=ROUNDS,
                    targets={"policy": 1.15 if number == 0 else 1.05},
                )


def _read(
    connection: psycopg.Connection, name: str, query: str, values: tuple[bytes, ...], times: int
) -> Case:
    """Through libpq alone, so that the client's share is the smallest there is."""
    raw = connection.pgconn
    prepared = name.encode()
    raw.prepare(prepared, query.encode())
    expected = raw.exec_prepared(prepared, values, result_format=Format.BINARY).ntuples
    if not expected:
        raise RuntimeError(f"{query}: no row")

    def run() -> None:
        for _ in range(times):
            answer = raw.exec_prepared(prepared, values, result_format=Format.BINARY)
            if answer.ntuples != expected:
                raise RuntimeError(f"{query}: {answer.ntuples} rows, {expected} before")

    return run


if __name__ == "__main__":
    main()
