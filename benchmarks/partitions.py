"""Making and dropping partitions: beside pg_partman, bare DDL, and DELETE with VACUUM.

pg_partman is the one of the server, else Debian's package, unpacked into a scratch folder; where
neither can be had, its figures are left out, and said so.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from place import ROOT, describe, fresh_database
from psycopg import sql
from rounds import Case, compare, scale

from strongroom.maintain.expiry import expire_partitions
from strongroom.project import read_project

PARENTS = scale(100, "BENCH_PARENTS")
ROUNDS = scale(9, "BENCH_ROUNDS")
ROWS = scale(425_000, "BENCH_ROWS_A_MONTH")
OURS, BARE, PEER = "kernel.maintain_partitions()", "bare PARTITION OF", "pg_partman"
COLUMNS = (
    "(id bigint NOT NULL, at timestamptz NOT NULL, kind text NOT NULL, payload jsonb,"
    " PRIMARY KEY (at, id))"
)
PACKAGE = "postgresql-15-partman"
Connection = psycopg.Connection[tuple[object, ...]]


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as scratch,
        fresh_database("bench_partitions", read_project(ROOT)) as url,
        psycopg.connect(url, autocommit=True) as connection,
    ):
        describe(url, "psycopg")
        has_peer = _install_peer(connection, Path(scratch))
        # Tables of the kernel and of the apps: the others have none of these to serve.
        connection.execute("DELETE FROM kernel.partition_policy")
        connection.execute("SET ROLE strongroom_owner")
        connection.execute("CREATE SCHEMA bench")
        _make_parents(connection, has_peer)
        # A session each: whatever one has planned is looked at again after each DDL of its own.
        with _session(url) as ours, _session(url) as bare, _session(url) as peer:
            _nothing_to_do(ours, peer if has_peer else None)
            _one_each(ours, bare, peer if has_peer else None)
    for rows in (ROWS // 10, ROWS):
        with fresh_database("bench_expiry", read_project(ROOT)) as url:
            _expire(url, rows)


@contextmanager
def _session(url: str) -> Iterator[Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE strongroom_owner")
        yield connection


def _install_peer(connection: Connection, scratch: Path) -> bool:
    """Whether pg_partman is there now."""
    try:
        if not connection.execute(
            "SELECT FROM pg_available_extensions WHERE name = 'pg_partman'"
        ).fetchall():
            fetch = ["apt-get", "download", "-q", PACKAGE]
            subprocess.run(fetch, cwd=scratch, check=True, capture_output=True, timeout=60)
            (package,) = scratch.glob("*.deb")
            subprocess.run(["dpkg", "-x", package, scratch], check=True, capture_output=True)
            scratch.chmod(0o755)
            share = scratch / "usr/share/postgresql/15"
            connection.execute(
                "SELECT set_config('extension_control_path', %s, false)", (f"$system:{share}",)
            )
        connection.execute("CREATE SCHEMA partman")
        connection.execute("CREATE EXTENSION pg_partman SCHEMA partman")
        connection.execute("GRANT ALL ON SCHEMA partman TO strongroom_owner")
        for kind in ("TABLES", "SEQUENCES", "FUNCTIONS", "PROCEDURES"):
            connection.execute(f"GRANT ALL ON ALL {kind} IN SCHEMA partman TO strongroom_owner")
    except (OSError, ValueError, subprocess.SubprocessError, psycopg.Error) as error:
        print(f"without pg_partman: {type(error).__name__}; seen before: 4.7 ms a parent, 12 due")
        return False
    row = connection.execute(
        "SELECT extversion FROM pg_extension WHERE extname = 'pg_partman'"
    ).fetchone()
    print(f"pg_partman {row[0] if row else ''}")
    return True


def _make_parents(connection: Connection, has_peer: bool) -> None:
    """Tables with an index and twelve months ahead, for each who makes partitions."""
    for number in range(PARENTS):
        for who in ("ours", "bare", *(["peer"] if has_peer else [])):
            table = sql.Identifier("bench", f"{who}_{number}")
            connection.execute(
                sql.SQL("CREATE TABLE {} {} PARTITION BY RANGE (at)").format(
                    table, sql.SQL(COLUMNS)
                )
            )
            connection.execute(sql.SQL("CREATE INDEX ON {} (kind)").format(table))
        connection.execute(
            "INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)"
            " VALUES (format('bench.ours_%%s', %s::int)::regclass, 'time', '1 month', 12)",
            (number,),
        )
        if has_peer:
            # It skips tables without a row.
            connection.execute(
                "SELECT partman.create_parent(format('bench.peer_%%s', %s::int), 'at', 'native',"
                " 'monthly', p_premake := 12, p_automatic_maintenance := 'on',"
                " p_start_partition := to_char(now(), 'YYYY-MM-01'))",
                (number,),
            )
            connection.execute(f"INSERT INTO bench.peer_{number} VALUES (1, now(), 'k', NULL)")
    connection.execute("SELECT kernel.maintain_partitions()")
    connection.execute(_BARE, ("0", "13"))
    connection.execute(_BARE_DDL.encode())


_BARE = """
SELECT set_config('bench.first', %s, false), set_config('bench.last', %s, false)
"""
_BARE_DDL = """
DO $$
DECLARE
    v_month date := date_trunc('month', now(), 'UTC');
BEGIN
    FOR n IN current_setting('bench.first')::int .. current_setting('bench.last')::int LOOP
        FOR i IN 0 .. PARENTS - 1 LOOP
            EXECUTE format(
                'CREATE TABLE bench.%I PARTITION OF bench.%I FOR VALUES FROM (%L) TO (%L)',
                format('bare_%s_%s', i, n), format('bare_%s', i),
                (v_month + n * interval '1 month')::date,
                (v_month + (n + 1) * interval '1 month')::date
            );
        END LOOP;
    END LOOP;
END $$
""".replace("PARENTS", str(PARENTS))


def _nothing_to_do(ours: Connection, peer: Connection | None) -> None:
    cases: dict[str, Case] = {
        OURS: lambda: ours.execute("SELECT kernel.maintain_partitions()"),
    }
    if peer is not None:
        cases[PEER] = lambda: peer.execute("SELECT partman.run_maintenance(p_analyze := false)")
    found = compare(
        f"nothing to do for {PARENTS} parents with 12 months ahead",
        cases,
        base=OURS if peer is None else PEER,
        operations=1,
        rounds=ROUNDS,
    )
    _verdict("nothing to do", found[OURS].median * 1e3, 10.0, "ms")


def _one_each(ours: Connection, bare: Connection, peer: Connection | None) -> None:
    """One month later for each; pg_partman is asked for one more ahead."""
    months = {"ours": 0, "bare": 13}

    def extend() -> None:
        months["ours"] += 1
        ours.execute(
            "SELECT kernel.extend_partitions(now() + %s * interval '1 month')", (months["ours"],)
        )

    def bare_ddl() -> None:
        months["bare"] += 1
        bare.execute(_BARE, (str(months["bare"]), str(months["bare"])))
        bare.execute(_BARE_DDL.encode())

    cases: dict[str, Case] = {BARE: bare_ddl, OURS: extend}
    if peer is not None:
        cases[PEER] = lambda: _premake_one_more(peer)
    found = compare(
        f"one partition each for {PARENTS} parents", cases, base=BARE, operations=1, rounds=ROUNDS
    )
    if peer is not None:
        faster = found[PEER].beside(found[OURS])
        verdict = "met" if faster >= 4 else "MISSED"
        print(f"target: 4 times as fast as pg_partman: {verdict} ({faster:.1f})")


def _premake_one_more(peer: Connection) -> None:
    peer.execute("UPDATE partman.part_config SET premake = premake + 1")
    peer.execute("SELECT partman.run_maintenance(p_analyze := false)")


def _expire(url: str, rows: int) -> None:
    """A month of rows, by DELETE and VACUUM, by bare DDL, and as `strongroom maintain` does it."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET ROLE strongroom_owner")
        connection.execute(_EXPIRY.replace("ROWS", str(rows)).encode())
        for table in ("plain", "bare", "ours"):
            connection.execute(f"VACUUM (ANALYZE) bench.{table}")
        old = [name for (name,) in connection.execute(_OLD).fetchall()]

        def run(statement: str) -> Callable[[], object]:
            return lambda: connection.execute(statement.encode())

        print(f"\na month of {rows:,} rows goes")
        _measure(connection, "DELETE", run(f"DELETE FROM bench.plain WHERE id <= {rows}"))
        _measure(connection, "VACUUM", run("VACUUM bench.plain"))
        detach = "ALTER TABLE {} DETACH PARTITION {} CONCURRENTLY"
        bare = [
            _measure(connection, "bare DETACH", run(detach.format("bench.bare", "bench.bare_1"))),
            _measure(connection, "bare DROP", run("DROP TABLE bench.bare_1")),
        ]
        reading = f"SELECT kernel.begin_expiry('{old[0]}')"
        _measure(connection, "ours: count both ways, digest", run(reading))
        steps = [
            _measure(connection, "ours: DETACH", run(detach.format("bench.ours", old[0]))),
            _measure(
                connection,
                "ours: the same rows?, record, DROP",
                run(f"SELECT kernel.finish_expiry('{old[0]}')"),
            ),
        ]
        whole = _measure(
            connection,
            "ours: all of it, another month",
            lambda: expire_partitions(connection, lambda _: None),
        )
    taken, least = (sum(step[0] for step in way) for way in (steps, bare))
    # 50 ms where these two took 41: how fast large files are cut off is the machine's affair.
    limit = max(50.0, least * 50 / 41)
    _verdict("expiry, its rows being read before", taken, limit, f"ms; {taken / least:.2f} of bare")
    _verdict("log of an expiry", whole[1] / 1e6, 1.0, "MB")


def _measure(connection: Connection, what: str, action: Case) -> tuple[float, float]:
    """Milliseconds and bytes of WAL of an action."""
    before = _wal(connection)
    start = time.perf_counter()
    action()
    elapsed = (time.perf_counter() - start) * 1e3
    log = _wal(connection) - before
    print(f"{what:<36} {elapsed:>9.1f} ms   WAL {log / 1e6:>8.3f} MB", flush=True)
    return elapsed, log


def _wal(connection: Connection) -> float:
    row = connection.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
    assert row is not None
    return float(str(row[0]))


def _verdict(what: str, seen: float, limit: float, unit: str) -> None:
    verdict = "met" if seen <= limit else "MISSED"
    print(f"target: {what} <= {limit:.3g} {unit[:2]}: {verdict} ({seen:.2f} {unit})", flush=True)


_EXPIRY = """
CREATE SCHEMA bench;
CREATE TABLE bench.plain (at timestamptz NOT NULL, id bigint NOT NULL, kind text NOT NULL,
    payload jsonb NOT NULL, PRIMARY KEY (at, id));
CREATE INDEX ON bench.plain (kind, at);
CREATE TABLE bench.bare (LIKE bench.plain INCLUDING ALL) PARTITION BY RANGE (at);
CREATE TABLE bench.ours (LIKE bench.plain INCLUDING ALL) PARTITION BY RANGE (at);
CREATE TABLE bench.bare_1 PARTITION OF bench.bare FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)
VALUES ('bench.ours', 'time', '1 month', 3);
SELECT kernel.create_missing_partitions(d.parent, d.spans, d.suffixes)
FROM kernel.due_partitions(now() - interval '3 months', 'bench.ours') AS d;
UPDATE kernel.partition_policy SET keep = '2 months' WHERE parent = 'bench.ours'::regclass;
INSERT INTO bench.ours
SELECT date_trunc('month', now(), 'UTC') - m * interval '1 month' + n * interval '1 second', n,
    'kind' || n % 7, jsonb_build_object('n', n, 'text', repeat('x', 40))
FROM generate_series(3, 4) AS m, generate_series(1, ROWS) AS n;
INSERT INTO bench.bare
SELECT '2019-12-01'::timestamptz + n * interval '1 second', n, 'kind' || n % 7,
    jsonb_build_object('n', n, 'text', repeat('x', 40))
FROM generate_series(1, ROWS) AS n;
INSERT INTO bench.plain
SELECT '2019-12-01'::timestamptz + n * interval '1 second', n, 'kind' || n % 7,
    jsonb_build_object('n', n, 'text', repeat('x', 40))
FROM generate_series(1, 3 * ROWS) AS n;
"""
_OLD = """
SELECT e.partition::text FROM kernel.expired_partitions() AS e
WHERE pg_relation_size(e.partition) > 0 ORDER BY e.last_position
"""


if __name__ == "__main__":
    main()
