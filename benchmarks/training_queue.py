"""Claims of training sources a second: one by one and in batches, by 4 workers, against bare SQL.

The bare statement is what chatsphere.claim_sources() runs, sent by a superuser, whom no policy
binds. Both have their turn in each round, on a queue that is filled anew. A queue that ran dry
within a round would measure nothing, so that is said. The second pair of lines is without waiting
for the disk (synchronous_commit = off), as a worker may claim: a claim that a crash takes back is a
source that somebody takes again.
"""

from __future__ import annotations

import statistics

import psycopg
from place import ROOT, describe, fresh_database, pgbench, run_script
from rounds import scale

from strongroom.project import read_project

JOBS = scale(150_000, "BENCH_JOBS")
WORKERS = scale(4, "BENCH_WORKERS")
SECONDS = scale(3, "BENCH_SECONDS")
ROUNDS = scale(5, "BENCH_ROUNDS")
BATCH = 50
TARGETS = {"one by one": 9_000, "in batches": 90_000}

_SOURCES = """
SET session_replication_role = replica;
INSERT INTO chatsphere.users (email, password_hash)
VALUES ('owner@example.org', '$2b$12$' || repeat('x', 53));
INSERT INTO chatsphere.chatbots (user_id, name)
SELECT u.id, 'bot ' || n FROM chatsphere.users AS u, generate_series(1, 100) AS n;
INSERT INTO chatsphere.training_sources (user_id, chatbot_id, source_type, content, content_hash)
SELECT c.user_id, c.id, 'text', 'text ' || n, sha256(n::text::bytea)
FROM (SELECT c.user_id, c.id, row_number() OVER () - 1 AS place FROM chatsphere.chatbots AS c) AS c
JOIN generate_series(1, {sources}) AS n ON n % 100 = c.place;
"""
_FILL = """
SET session_replication_role = replica;
TRUNCATE chatsphere.training_jobs;
INSERT INTO chatsphere.training_jobs (user_id, chatbot_id, source_id)
SELECT s.user_id, s.chatbot_id, s.id FROM chatsphere.training_sources AS s LIMIT {jobs};
"""
_CLAIM = "SELECT source_id, lease_id FROM chatsphere.claim_sources({batch}, '1 hour');\n"
_BARE = (
    "UPDATE chatsphere.training_jobs AS j"
    " SET available_at = now() + interval '1 hour', attempts = j.attempts + 1,"
    " lease_id = gen_random_uuid()"
    " WHERE j.ctid = ANY (ARRAY("
    "SELECT free.ctid FROM chatsphere.training_jobs AS free"
    " WHERE free.available_at <= now() AND free.attempts < 5"
    " ORDER BY free.available_at LIMIT {batch} FOR UPDATE SKIP LOCKED"
    ")) RETURNING j.source_id, j.lease_id;\n"
)


def main() -> None:
    with fresh_database("bench_queue", read_project(ROOT)) as url:
        describe(url)
        cases = (("one by one", 1, JOBS), ("in batches", BATCH, 4 * JOBS))
        run_script(url, _SOURCES.format(sources=4 * JOBS))
        print(f"\nclaims a second, {WORKERS} workers, {ROUNDS} rounds of {SECONDS} s")
        for disk in ("on", "off"):
            for name, batch, jobs in cases:
                _compare(url, name, batch, jobs, disk)


def _compare(url: str, name: str, batch: int, jobs: int, disk: str) -> None:
    owner = f"{url}&options=-csynchronous_commit%3D{disk}"
    worker = f"{owner}%20-crole%3Dchatsphere_worker"
    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(_rate(url, worker, _CLAIM.format(batch=batch), jobs, batch))
        bare.append(_rate(url, owner, _BARE.format(batch=batch), jobs, batch))
    rate, base = statistics.median(ours), statistics.median(bare)
    share = statistics.median(a / b for a, b in zip(ours, bare, strict=True))
    verdict = "met" if rate >= TARGETS[name] else "MISSED"
    if base < TARGETS[name]:
        verdict = "bare SQL does not make it on this disk"
    print(
        f"{name}, synchronous_commit {disk}: {rate:,.0f}, bare SQL {base:,.0f}, share {share:.2f}"
        f" (target {TARGETS[name]:,}: {verdict})",
        flush=True,
    )


def _rate(url: str, caller: str, script: str, jobs: int, batch: int) -> float:
    run_script(url, _FILL.format(jobs=jobs))
    run_script(url, "VACUUM ANALYZE chatsphere.training_jobs")
    run_script(url, "CHECKPOINT")
    rate = batch * pgbench(caller, script, clients=WORKERS, seconds=SECONDS)
    left = "SELECT FROM chatsphere.training_jobs WHERE available_at <= now() LIMIT 1"
    with psycopg.connect(url) as admin:
        if admin.execute(left.encode()).fetchone() is None:
            print("the queue ran dry: BENCH_JOBS is too small")
    return rate


if __name__ == "__main__":
    main()
