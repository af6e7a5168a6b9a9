"""Generated functions against other ways to read the same rows, in one run on one server.

One row by key, and a thousand rows of a range; twelve columns with one of jsonb, and the eleven
without it. The base is psycopg's own tuples from one reused binary cursor.
"""

from __future__ import annotations

import psycopg
from orders_generated import MODEL, PLAIN, generated_peers
from peers import COLUMNS, ROWS, Peer, Work, peers, tuples
from place import ROOT, describe, fresh_database, one_core, run_script
from rounds import compare, scale

from strongroom.project import read_project

KEYS = scale(200, "BENCH_KEYS")
RANGES = scale(3, "BENCH_RANGES")
ROUNDS = scale(31, "BENCH_ROUNDS")
BASE = "psycopg tuples (base)"
# Of the base: a row, and a thousand rows; with jsonb, and without.
TARGETS = {True: ({PLAIN: 0.80}, {PLAIN: 0.80, MODEL: 0.95}), False: ({PLAIN: 1.10},) * 2}

_FILL = """
INSERT INTO shop.orders
SELECT
    gen_random_uuid(), n, now() - n * interval '1 second', now(), 'order number ' || n,
    CASE WHEN n % 4 > 0 THEN repeat('word ', n % 20) END, n % 50, n % 3 = 0, n % 100000 / 100.0,
    (ARRAY['new', 'open', 'closed'])[1 + n % 3], gen_random_uuid(),
    jsonb_build_object('size', n, 'tags', jsonb_build_array('a', 'b', 'c'), 'kind', 'k' || n % 7)
FROM generate_series(1, 20000) AS n;
INSERT INTO shop.typed_orders SELECT * FROM shop.orders;
VACUUM ANALYZE shop.orders, shop.typed_orders
"""


def main() -> None:
    project = read_project(ROOT / "benchmarks" / "orders")
    with one_core(), fresh_database("bench_client", project) as url:
        for statement in _FILL.split(";\n"):
            run_script(url, statement)
        with psycopg.connect(url) as connection:
            ids = [
                row[0] for row in connection.execute("SELECT id FROM shop.orders LIMIT %s", (KEYS,))
            ]
        describe(url, "psycopg")
        ranges = [(n * ROWS + 1, n * ROWS + ROWS) for n in range(RANGES)]
        for columns in (tuple(COLUMNS), tuple(COLUMNS)[:-1]):
            _compare(Work(url, columns, ids, ranges))


def _compare(work: Work) -> None:
    ours = dict(generated_peers(work))
    found: dict[str, Peer] = {BASE: tuples(work), **ours, **dict(peers(work))}
    has_json = "details" in work.columns
    for_one, for_many = TARGETS[has_json]
    what = f"{len(work.columns)} columns, {'one' if has_json else 'none'} of jsonb"
    compare(
        f"one row by key, {what}: a row",
        {name: peer.one for name, peer in found.items()},
        base=BASE,
        operations=len(work.ids),
        rounds=ROUNDS,
        targets=for_one,
    )
    compare(
        f"{ROWS} rows, {what}: a row",
        {name: peer.many for name, peer in found.items()},
        base=BASE,
        operations=len(work.ranges) * ROWS,
        rounds=ROUNDS,
        targets=for_many,
    )


if __name__ == "__main__":
    main()
