"""Retention of a table without partitions: batches with records against one DELETE.

Of a year's million rows, 425,000 go: as many as where the target was measured. The base holds its
locks, and the versions of its rows, until it is through; a batch of `strongroom maintain` lets go
after 50,000 rows, writes down what it destroyed with a digest of the keys, and looks for holds.
Expiry of partitions is in partitions.py.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import psycopg
from place import ROOT, describe, fresh_database
from rounds import scale

from strongroom.maintain.runner import Runner
from strongroom.maintain.stop import Stop
from strongroom.project import read_project

ROWS = scale(1_000_000, "BENCH_ROWS")
ROUNDS = scale(3, "BENCH_ROUNDS")
TARGET = 2.0
Connection = psycopg.Connection[Any]
Case = Callable[[Connection], int]

_APP = """
CREATE SCHEMA bench AUTHORIZATION strongroom_owner;
SET ROLE strongroom_owner;
COMMENT ON SCHEMA bench IS E'An app.\n@app';
CREATE UNLOGGED TABLE bench.source AS
SELECT
    g % 10000 AS user_id, g AS id, now() - interval '365 days' * (1 - g::float8 / {rows}) AS at,
    'kind' || g % 7 AS kind, jsonb_build_object('n', g, 'text', repeat('x', 40)) AS payload
FROM generate_series(1, {rows}::bigint) AS g;
RESET ROLE;
"""
# As the rows arrived: those of a month lie together, which is the best case of one DELETE.
_TABLE = """
SET ROLE strongroom_owner;
DROP TABLE IF EXISTS bench.replies, bench.messages;
CREATE TABLE bench.messages (
    user_id bigint NOT NULL, id bigint NOT NULL, at timestamptz NOT NULL, kind text NOT NULL,
    payload jsonb NOT NULL
);
INSERT INTO bench.messages SELECT * FROM bench.source;
ALTER TABLE bench.messages ADD PRIMARY KEY (user_id, id);
CREATE INDEX messages_at_idx ON bench.messages (at);
CREATE INDEX messages_user_at_idx ON bench.messages (user_id, at);
ALTER TABLE bench.messages ENABLE ROW LEVEL SECURITY;
ALTER TABLE bench.messages FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON bench.messages TO strongroom_owner USING (true) WITH CHECK (true);
DELETE FROM kernel.retention_policy;
INSERT INTO kernel.retention_policy (name, relation, action, time_expression, keep_for, reason)
VALUES ('messages', 'bench.messages', 'delete', 'at', '210 days', 'benchmark');
RESET ROLE;
"""
_REFERENCE = """
CREATE TABLE bench.replies (
    user_id bigint, id bigint,
    FOREIGN KEY (user_id, id) REFERENCES bench.messages (user_id, id)
);
CREATE INDEX ON bench.replies (user_id, id);
ALTER TABLE bench.replies OWNER TO strongroom_owner
"""
_HOLD = "SELECT kernel.place_hold('benchmark', 'bench', n::text) FROM generate_series(0, 99) AS n"
_RELEASE = """
SELECT kernel.release_hold(h.id, 'benchmark')
FROM kernel.legal_hold AS h
WHERE h.released_at IS NULL
"""
DELETE, BATCHES = "one DELETE", "batches with records"
REFERRED = "rows that others may refer to"


def main() -> None:
    with fresh_database("bench_retention", read_project(ROOT)) as url:
        describe(url, "psycopg")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(_APP.format(rows=ROWS).encode())
            _measure(connection)


def _measure(connection: Connection) -> None:
    referred = f"{REFERRED}: {DELETE}"
    # What is done first, what is measured, and what it is compared with.
    cases: dict[str, tuple[str, Case, str]] = {
        DELETE: ("", _delete, DELETE),
        BATCHES: ("", _apply, DELETE),
        f"{BATCHES}, 100 people on hold": (_HOLD, _apply, DELETE),
        referred: (_REFERENCE, _delete, referred),
        f"{REFERRED}: {BATCHES}": (_REFERENCE, _apply, referred),
    }
    seen: dict[str, list[tuple[float, float, int]]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(ROUNDS):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            seen[name].append(_try(connection, *cases[name][:2]))
    print(f"\n155 days of a year of {ROWS:,} rows, {ROUNDS} rounds")
    for name, (_, _, base) in cases.items():
        pairs = zip(seen[name], seen[base], strict=True)
        ratio = statistics.median(mine[0] / other[0] for mine, other in pairs)
        columns = zip(*seen[name], strict=True)
        duration, wal, rows = (statistics.median(column) for column in columns)
        figures = f"{duration * 1e3:>8.0f} ms  WAL {wal:>6.1f} MB  {rows:>9,.0f} rows"
        print(f"{figures}  {ratio:>5.2f}  {name}")
    for name in (BATCHES, f"{REFERRED}: {BATCHES}"):
        pairs = zip(seen[name], seen[cases[name][2]], strict=True)
        ratio = statistics.median(mine[0] / other[0] for mine, other in pairs)
        verdict = "met" if ratio <= TARGET else "MISSED"
        print(f"target: {name} <= {TARGET:.2f}: {verdict} ({ratio:.2f})", flush=True)


def _try(connection: Connection, prepare: str, case: Case) -> tuple[float, float, int]:
    """Seconds, megabytes of WAL, and rows."""
    connection.execute(_TABLE.encode())
    if prepare:
        connection.execute(prepare.encode())
    connection.execute("VACUUM ANALYZE bench.messages")
    connection.execute("CHECKPOINT")
    before = _wal(connection)
    start = time.perf_counter()
    rows = case(connection)
    duration = time.perf_counter() - start
    written = (_wal(connection) - before) / 1e6
    connection.execute(_RELEASE)
    return duration, written, rows


def _delete(connection: Connection) -> int:
    return connection.execute(
        "DELETE FROM bench.messages WHERE at < now() - interval '210 days'"
    ).rowcount


def _apply(connection: Connection) -> int:
    """As `strongroom maintain` does it."""
    return Runner(connection, Stop(), lambda _: None).run_now("apply_retention").done


def _wal(connection: Connection) -> float:
    row = connection.execute("SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')").fetchone()
    return float(row[0]) if row else 0.0


if __name__ == "__main__":
    main()
