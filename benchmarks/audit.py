"""What an audited table costs its writers, how large the log is, and how long verifying takes.

Beside it a generic trigger for each row that writes OLD and NEW as jsonb, as most recipes do, into
a table without an index; so bytes are compared without those of indexes, which are shown too. The
table has eight columns; "audit" keeps the values of all of them, "audit, 2 personal" keeps hashes
of its two texts.
"""

from __future__ import annotations

import statistics
import time
from typing import Any

import psycopg
from place import ROOT, describe, fresh_database, pgbench, run_script
from rounds import scale

from strongroom.project import read_project

ROWS = scale(100_000, "BENCH_ROWS")
ENTRIES = scale(1_000_000, "BENCH_ENTRIES")
WRITERS = scale(8, "BENCH_WRITERS")
ROUNDS = scale(5, "BENCH_ROUNDS")
# Many short turns, for how quick a machine is changes from second to second, by half and more.
TURNS, SECONDS = scale(20, "BENCH_TURNS"), 1
TABLES = {
    "no audit": "plain",
    "audit": "audited",
    "audit, 2 personal": "personal",
    "row trigger, OLD and NEW": "recipe",
}
BASE, OURS = "no audit", "audit"
BULK, SINGLE, BYTES, VERIFY = 4.5, 0.70, 350, 30

_SCHEMA = """
CREATE SCHEMA shop AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA shop IS E'A shop.\n@app';
SET ROLE strongroom_owner;
"""
_TABLE = """
CREATE TABLE shop.{table} (
    id integer PRIMARY KEY,
    a text NOT NULL,
    b text NOT NULL,
    n integer NOT NULL,
    price numeric NOT NULL,
    at timestamptz NOT NULL DEFAULT now(),
    owner uuid NOT NULL DEFAULT gen_random_uuid(),
    flag boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);
INSERT INTO shop.{table} (id, a, b, n, price)
SELECT n, 'aaaa' || n, repeat('b', 60), 0, n / 7.0 FROM generate_series(1, {rows}) AS n;
"""
_TAG = "COMMENT ON COLUMN shop.{table}.{column} IS E'Told.\\n{tags}';\n"
_RECIPE = """
CREATE TABLE shop.log (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    tab text NOT NULL,
    op text NOT NULL,
    who text,
    old jsonb,
    new jsonb
);
CREATE FUNCTION shop.tg_log() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO shop.log (tab, op, who, old, new)
    VALUES (
        TG_TABLE_NAME, TG_OP, current_setting('kernel.user_id', true), to_jsonb(OLD), to_jsonb(NEW)
    );
    RETURN NULL;
END$$;
CREATE TRIGGER t50_log AFTER UPDATE ON shop.recipe FOR EACH ROW EXECUTE FUNCTION shop.tg_log();
RESET ROLE;
-- So that each round begins with an empty log.
ALTER TABLE kernel.audit_inbox DISABLE TRIGGER USER;
"""
_EMPTY = "TRUNCATE kernel.audit_inbox, shop.log"
_SIZES = """
SELECT sum(pg_table_size(p.relid)), sum(pg_indexes_size(p.relid))
FROM pg_partition_tree('kernel.audit_log') AS p
"""


def main() -> None:
    with fresh_database("bench_audit", read_project(ROOT)) as url:
        run_script(url, _schema())
        describe(url)
        with psycopg.connect(url, autocommit=True) as connection:
            for table in TABLES.values():
                connection.execute(f"VACUUM ANALYZE shop.{table}".encode())
            _bulk(connection)
            _single(connection, url)
            _entries(connection)


def _schema() -> str:
    parts = [_SCHEMA]
    for table in TABLES.values():
        parts.append(_TABLE.format(table=table, rows=ROWS))
        for column in ("id", "a", "b", "n", "price", "at", "owner", "flag"):
            is_personal = table == "personal" and column in ("a", "b")
            tags = "@personal content\\n@erase delete" if is_personal else "@internal"
            tags += "\\n@subject" if column == "id" else ""
            parts.append(_TAG.format(table=table, column=column, tags=tags))
    enabled = [f"SELECT kernel.enable_audit('shop.{t}');\n" for t in ("audited", "personal")]
    return "".join([*parts, *enabled, _RECIPE])


def _bulk(connection: psycopg.Connection[Any]) -> None:
    times: dict[str, list[float]] = {name: [] for name in TABLES}
    for _ in range(ROUNDS):
        for name, table in TABLES.items():
            connection.execute(_EMPTY)
            connection.execute(f"VACUUM shop.{table}".encode())
            start = time.perf_counter()
            connection.execute(f"UPDATE shop.{table} SET n = n + 1".encode())
            times[name].append(time.perf_counter() - start)
    print(f"\nUPDATE of {ROWS:,} rows by one statement, {ROUNDS} rounds; base: {BASE}")
    ratios = _show(times, 1e6 / ROWS, "us a row")
    _judge(f"{OURS}, bulk <= {BULK}", ratios[OURS] <= BULK, f"{ratios[OURS]:.2f}")


def _single(connection: psycopg.Connection[Any], url: str) -> None:
    rates: dict[str, list[float]] = {name: [] for name in TABLES}
    for _ in range(TURNS):
        for name, table in TABLES.items():
            connection.execute(_EMPTY)
            script = (
                f"\\set i random(1, {ROWS})\nUPDATE shop.{table} SET n = n + 1 WHERE id = :i;\n"
            )
            rates[name].append(pgbench(url, script, clients=WRITERS, seconds=SECONDS))
    print(f"\nUPDATE of one row, {WRITERS} writers, {TURNS} turns of {SECONDS} s; base: {BASE}")
    ratios = _show(rates, 1, "a second")
    _judge(f"{OURS}, single >= {SINGLE}", ratios[OURS] >= SINGLE, f"{ratios[OURS]:.2f}")


def _entries(connection: psycopg.Connection[Any]) -> None:
    print(f"\n{ENTRIES:,} entries, sealed by batches of 10,000 and verified at once")
    for name in ("audit, 2 personal", OURS):
        connection.execute(_EMPTY)
        before = connection.execute(_SIZES).fetchall()[0]
        for _ in range(max(1, ENTRIES // ROWS // 2)):
            connection.execute(f"UPDATE shop.{TABLES[name]} SET n = n + 1".encode())
        size = _value(connection, "SELECT pg_total_relation_size('kernel.audit_inbox')")
        start, count = time.perf_counter(), 0
        while sealed := _value(connection, "SELECT kernel.seal_audit()"):
            count += sealed
        seconds = time.perf_counter() - start
        sizes = zip(connection.execute(_SIZES).fetchall()[0], before, strict=True)
        entry, indexes = ((after - earlier) / count for after, earlier in sizes)
        print(
            f"{name:<26} {size / count:>5.0f} B waiting, {entry:>4.0f} B in the log, its indexes"
            f" {indexes:>4.0f} B more, {count / seconds:>7,.0f} sealed a second"
        )
        _judge(f"{name}, bytes a row <= {BYTES}", entry <= BYTES, f"{entry:.0f}")
    start = time.perf_counter()
    if connection.execute("SELECT * FROM kernel.verify_audit()").fetchall():
        raise RuntimeError("the log does not verify")
    seconds = time.perf_counter() - start
    count = _value(connection, "SELECT count(*) FROM kernel.audit_log")
    print(f"verified {count:,} entries in {seconds:.1f} s")
    _judge(f"verify a million <= {VERIFY} s", seconds * 1e6 / count <= VERIFY, f"{seconds:.1f}")


def _show(figures: dict[str, list[float]], factor: float, unit: str) -> dict[str, float]:
    ratios = {}
    for name, mine in figures.items():
        ratios[name] = statistics.median(a / b for a, b in zip(mine, figures[BASE], strict=True))
        median = statistics.median(mine) * factor
        print(f"{name:<26} {median:>10,.2f} {unit}  x{ratios[name]:.2f}")
    return ratios


def _judge(target: str, is_met: bool, figure: str) -> None:
    print(f"target: {target}: {'met' if is_met else 'MISSED'} ({figure})", flush=True)


def _value(connection: psycopg.Connection[Any], statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return row[0]


if __name__ == "__main__":
    main()
