"""Counting while writers write: a counter of the kernel against no counting, and other ways.

The others are the usual trigger that updates one row a group, and the seed's materialised view that
a trigger refreshes; a table of deltas for all counters, keyed by jsonb, stands for what the kernel
does not do. Meanwhile the job folds as often as it can. At the end all figures must be exact.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from place import ROOT, bench_server, describe, fresh_database, run_script
from rounds import scale

from strongroom.project import read_project

MESSAGES = scale(200_000, "BENCH_MESSAGES")
WRITERS = scale(8, "BENCH_WRITERS")
SECONDS = scale(3, "BENCH_SECONDS")
ROUNDS = scale(5, "BENCH_ROUNDS")
SESSIONS, BOTS = 10_000, 100

BASE, OURS, UPSERT, SHARED = "nothing", "counter", "upsert by trigger", "one table, jsonb"
TABLES = {BASE: "plain", OURS: "counted", UPSERT: "upserted", SHARED: "shared", "view": "viewed"}
TARGETS = {"spread": 0.75, "hot": 0.65, "open 2 ms": 0.95}

_SCHEMA = """
DO $$BEGIN
    IF to_regrole('chat_definer') IS NULL THEN
        CREATE ROLE chat_definer;
    END IF;
    GRANT strongroom_client TO chat_definer;
    GRANT chat_definer TO strongroom_owner;
END$$;
CREATE SCHEMA chat AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA chat IS E'Chat bots.\n@app';
GRANT USAGE, CREATE ON SCHEMA chat TO chat_definer;
SET ROLE strongroom_owner;
CREATE TABLE chat.sessions (id integer PRIMARY KEY, chatbot_id integer NOT NULL);
INSERT INTO chat.sessions SELECT n, 1 + n % {bots} FROM generate_series(1, {sessions}) AS n;
"""
_TABLE = """
CREATE TABLE chat.{table} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    session_id integer NOT NULL REFERENCES chat.sessions,
    chatbot_id integer NOT NULL,
    tokens integer NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
INSERT INTO chat.{table} (session_id, chatbot_id, tokens, body)
SELECT s.id, s.chatbot_id, n % 200, 'message ' || n
FROM generate_series(1, {messages}) AS n JOIN chat.sessions AS s ON s.id = 1 + n % {sessions};
CREATE INDEX ON chat.{table} (session_id);
"""
_COUNTERS = """
SELECT kernel.count('chat.counted', 'messages_live', '{chatbot_id}', 'tokens');

CREATE TABLE chat.upserted_totals (
    chatbot_id integer PRIMARY KEY, counted bigint NOT NULL, summed bigint NOT NULL
) WITH (fillfactor = 50);
INSERT INTO chat.upserted_totals
SELECT chatbot_id, count(*), sum(tokens) FROM chat.upserted GROUP BY chatbot_id;
CREATE FUNCTION chat.tg_upsert() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO chat.upserted_totals AS t
    SELECT chatbot_id, count(*), sum(tokens) FROM new_rows GROUP BY chatbot_id ORDER BY chatbot_id
    ON CONFLICT (chatbot_id) DO UPDATE
    SET counted = t.counted + EXCLUDED.counted, summed = t.summed + EXCLUDED.summed;
    RETURN NULL;
END$$;
CREATE TRIGGER t60_upsert AFTER INSERT ON chat.upserted REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION chat.tg_upsert();

CREATE TABLE chat.deltas (
    delta_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    counter integer NOT NULL, grouped jsonb NOT NULL, counted bigint NOT NULL, summed numeric
);
INSERT INTO chat.deltas (counter, grouped, counted, summed)
SELECT 1, jsonb_build_object('chatbot_id', chatbot_id), count(*), sum(tokens)
FROM chat.shared GROUP BY chatbot_id;
CREATE FUNCTION chat.tg_append() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO chat.deltas (counter, grouped, counted, summed)
    SELECT 1, jsonb_build_object('chatbot_id', chatbot_id), count(*), sum(tokens)
    FROM new_rows GROUP BY chatbot_id;
    RETURN NULL;
END$$;
CREATE TRIGGER t60_append AFTER INSERT ON chat.shared REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION chat.tg_append();

CREATE MATERIALIZED VIEW chat.viewed_totals AS
SELECT chatbot_id, count(*) AS counted, sum(tokens) AS summed FROM chat.viewed GROUP BY chatbot_id;
CREATE UNIQUE INDEX ON chat.viewed_totals (chatbot_id);
CREATE FUNCTION chat.tg_refresh() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY chat.viewed_totals;
    RETURN NULL;
END$$;
CREATE TRIGGER t60_refresh AFTER INSERT ON chat.viewed
FOR EACH STATEMENT EXECUTE FUNCTION chat.tg_refresh();
"""
_EXACT = """
SELECT count(*) FROM (
    SELECT chatbot_id, count(*), sum(tokens) FROM chat.{table} GROUP BY chatbot_id
    EXCEPT
    SELECT {by}, sum(counted), sum(summed) FROM chat.{totals} GROUP BY 1
) AS wrong
"""
_TOTALS = {
    OURS: ("messages_live", "chatbot_id"),
    UPSERT: ("upserted_totals", "chatbot_id"),
    SHARED: ("deltas", "(grouped ->> 'chatbot_id')::integer"),
    "view": ("viewed_totals", "chatbot_id"),
}
_ONE = (
    "INSERT INTO chat.{{table}} (session_id, chatbot_id, tokens, body)"
    " VALUES ({s}, 1 + {s} % 100, 10, 'hello');\n"
)
_MANY = (
    "INSERT INTO chat.{table} (session_id, chatbot_id, tokens, body)"
    " SELECT s.id, s.chatbot_id, 10, 'hello' FROM (SELECT (random() * 9999)::integer + 1 AS n"
    " FROM generate_series(1, 20)) AS r JOIN chat.sessions AS s ON s.id = r.n;\n"
)
SCRIPTS = {
    "spread": "\\set s random(1, 10000)\n" + _ONE.format(s=":s"),
    "hot": _ONE.format(s="1"),
    "open 2 ms": "BEGIN;\n" + _ONE.format(s="1") + "\\sleep 2 ms\nCOMMIT;\n",
    "2 x 20 rows": "BEGIN;\n" + _MANY * 2 + "COMMIT;\n",
}


def main() -> None:
    with fresh_database("bench_counters", read_project(ROOT)) as url:
        describe(url)
        _prepare(url)
        with _folding(url):
            for title, script in SCRIPTS.items():
                _compare(url, title, script)
        _refreshed(url)
        for case, (totals, by) in _TOTALS.items():
            _check(url, case, totals, by)


def _prepare(url: str) -> None:
    parts = [_SCHEMA.format(bots=BOTS, sessions=SESSIONS)]
    parts += [
        _TABLE.format(table=table, messages=MESSAGES, sessions=SESSIONS)
        for table in TABLES.values()
    ]
    with psycopg.connect(url) as connection:
        for part in [*parts, _COUNTERS]:
            connection.execute(part.encode())
    run_script(url, "VACUUM ANALYZE")


def _compare(url: str, title: str, script: str) -> None:
    """Every case once a round; ratios within the round."""
    cases = (BASE, OURS, UPSERT, SHARED)
    rates: dict[str, list[float]] = {case: [] for case in cases}
    failed = dict.fromkeys(cases, 0)
    for number in range(ROUNDS):
        shift = number % len(cases)
        for case in cases[shift:] + cases[:shift]:
            rate, lost = _pgbench(url, script.format(table=TABLES[case]))
            rates[case].append(rate)
            failed[case] += lost
    print(f"\n{title}: {WRITERS} writers, {ROUNDS} rounds of {SECONDS} s; base: {BASE}")
    for case in cases:
        ratios = [a / b for a, b in zip(rates[case], rates[BASE], strict=True)]
        ratio = statistics.median(ratios)
        rate = statistics.median(rates[case])
        print(f"{case:<18} {rate:>8.0f}/s  x{ratio:.2f}  deadlocked or failed {failed[case]}")
        if case == OURS:
            limit = TARGETS.get(title, 0.0)
            met = ratio >= limit and failed[case] == 0
            print(f"target: >= {limit:.2f}, none failed: {'met' if met else 'MISSED'}", flush=True)


def _pgbench(url: str, script: str) -> tuple[float, int]:
    """Transactions a second, and how many failed."""
    done = subprocess.run(
        [
            bench_server().binaries() / "pgbench",
            *("-n", "-M", "prepared", "-c", str(WRITERS), "-j", "2", "-T", str(SECONDS)),
            *("-f", "/dev/stdin", url),
        ],
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    rate = re.search(r"^tps = ([\d.]+)", done.stdout, re.MULTILINE)
    failed = re.search(r"^number of failed transactions: (\d+)", done.stdout, re.MULTILINE)
    if rate is None:
        raise RuntimeError(done.stdout + done.stderr)
    return float(rate[1]), int(failed[1]) if failed else 0


@contextmanager
def _folding(url: str) -> Iterator[None]:
    """The job, as often as it finds something to fold."""
    stop = threading.Event()

    def fold() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not stop.wait(0.5):
                connection.execute("SELECT kernel.fold_counters()")

    thread = threading.Thread(target=fold)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _refreshed(url: str) -> None:
    """The seed's way, one writer at a time, for it can do no more."""
    base, _ = _pgbench(url, SCRIPTS["spread"].format(table=TABLES[BASE]))
    rate, failed = _pgbench(url, SCRIPTS["spread"].format(table=TABLES["view"]))
    print(f"\nview refreshed by a trigger, {MESSAGES:,} messages, spread")
    print(f"{BASE:<18} {base:>8.0f}/s")
    print(f"{'view':<18} {rate:>8.1f}/s  x{rate / base:.4f}  failed {failed}")


def _check(url: str, case: str, totals: str, by: str) -> None:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            _EXACT.format(table=TABLES[case], totals=totals, by=by).encode()
        ).fetchone()
    assert row is not None
    print(f"{case}: {'exact' if row[0] == 0 else f'WRONG in {row[0]} groups'}")
    if row[0] and case == OURS:
        raise SystemExit(f"{case} is not exact")


if __name__ == "__main__":
    main()
