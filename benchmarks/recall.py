"""How much of the exact answer a search by meaning gives in a large bot, and what it costs.

Vectors are made as texts are alike: a thing that is spoken of, a part of it, and the wording. All
bots speak of the same things, so what is near in other bots is always in the way. Asked is
chatsphere.search_bot_chunks() as the worker's role; the exact answer compares every vector of the
bot that the filter leaves, as a superuser, whom no policy binds.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import Any

import psycopg
from place import ROOT, describe, fresh_database, run_script
from rounds import scale

from strongroom.project import read_project

VECTORS = scale(100_000, "BENCH_VECTORS")
BOTS = scale(5, "BENCH_BOTS")
QUESTIONS = scale(200, "BENCH_QUESTIONS")
BEST = 10
TARGET = 0.95

_POOLS = """
SELECT setseed(0.5);
CREATE UNLOGGED TABLE public.pools (
    kind text, n integer, v extensions.halfvec(1536), PRIMARY KEY (kind, n)
);
INSERT INTO public.pools
SELECT
    p.kind, n,
    -- n is named, so that each gets one of its own.
    ARRAY(
        SELECT random_normal(0, p.size) FROM generate_series(1, 1536) WHERE n > 0
    )::extensions.halfvec
FROM (
    VALUES ('thing', 300, 1.0), ('part', 3000, 0.7), ('wording', 5000, 0.5), ('asking', 1000, 0.5)
) AS p (kind, number, size)
CROSS JOIN generate_series(1, p.number) AS n;
"""
_FILL = """
SET session_replication_role = replica;
DROP INDEX chatsphere.document_chunks_embedding_idx;
CREATE UNLOGGED TABLE public.bots AS
SELECT n, gen_random_uuid() AS owner, gen_random_uuid() AS bot, gen_random_uuid() AS source
FROM generate_series(0, {bots}) AS n;
INSERT INTO chatsphere.users (id, email, password_hash)
SELECT b.owner, b.n || '@example.org', '$2b$12$' || repeat('x', 53) FROM public.bots AS b;
INSERT INTO chatsphere.chatbots (user_id, id, name)
SELECT b.owner, b.bot, 'Bot' FROM public.bots AS b;
INSERT INTO chatsphere.document_chunks (
    user_id, chatbot_id, source_id, chunk_index, language, content, embedding, embedding_model
)
SELECT
    b.owner, b.bot, b.source, c.n, CASE WHEN c.n / {bots} % 4 = 0 THEN 'de' ELSE 'en' END,
    'piece ' || c.n, {vector}, 'model'
FROM (
    SELECT n, random() AS r, random() AS s, random() AS t FROM generate_series(1, {vectors}) AS n
) AS c
-- The last bot is a small one.
JOIN public.bots AS b ON b.n = CASE WHEN c.n <= 1000 THEN {bots} ELSE c.n % {bots} END
JOIN public.pools AS thing ON thing.kind = 'thing' AND thing.n = 1 + floor(300 * c.r * c.r)
JOIN public.pools AS part ON part.kind = 'part' AND part.n = 1 + floor(3000 * c.s)
JOIN public.pools AS last ON last.kind = 'wording' AND last.n = 1 + floor(5000 * c.t);
"""
_INDEX = """
SET maintenance_work_mem = '1GB';
CREATE INDEX document_chunks_embedding_idx ON chatsphere.document_chunks
USING hnsw (embedding extensions.halfvec_cosine_ops) WITH (m = 16, ef_construction = 96);
"""
_QUESTIONS = """
SELECT ({vector})::text
FROM (
    SELECT n, random() AS r, random() AS s FROM generate_series(1, {questions}) AS n
) AS c
JOIN public.pools AS thing ON thing.kind = 'thing' AND thing.n = 1 + floor(300 * c.r * c.r)
JOIN public.pools AS part ON part.kind = 'part' AND part.n = 1 + floor(3000 * c.s)
JOIN public.pools AS last ON last.kind = 'asking' AND last.n = 1 + c.n % 1000
"""
_VECTOR = "thing.v OPERATOR(extensions.+) part.v OPERATOR(extensions.+) last.v"
_SEARCH = """
SELECT f.chunk_id
FROM chatsphere.search_bot_chunks(%s, %s, NULL, %s, 'model', NULL, %s, %s) AS f
"""
_EXACT = """
SELECT k.id FROM chatsphere.document_chunks AS k
WHERE k.user_id = %s AND k.chatbot_id = %s AND (%s::text IS NULL OR k.language = %s)
ORDER BY (k.embedding OPERATOR(extensions.<=>) %s::extensions.halfvec) + 0 LIMIT %s
"""
_SCANS = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = %s"


@dataclass(frozen=True, slots=True)
class Case:
    """What is asked: of which bot, only in one language or in any."""

    title: str
    bot: int
    language: str | None = None
    target: float = TARGET


_CASES = (
    Case("a large bot", 0),
    Case("three quarters of a large bot, by language", 0, "en"),
    Case("a quarter of a large bot, by language", 0, "de"),
    Case("a small bot", BOTS),
)


def main() -> None:
    with fresh_database("bench_recall", read_project(ROOT)) as url:
        describe(url)
        run_script(url, _POOLS)
        run_script(url, _FILL.format(bots=BOTS, vectors=VECTORS, vector=_VECTOR))
        start = time.perf_counter()
        run_script(url, _INDEX)
        print(f"{VECTORS:,} vectors, index built in {time.perf_counter() - start:.0f} s")
        run_script(url, "VACUUM ANALYZE chatsphere.document_chunks")
        with (
            psycopg.connect(url, autocommit=True) as admin,
            psycopg.connect(url + "&options=-crole%3Dchatsphere_worker", autocommit=True) as worker,
        ):
            asked = _QUESTIONS.format(questions=QUESTIONS, vector=_VECTOR)
            questions = [text for (text,) in admin.execute(asked.encode())]
            print(f"\n{QUESTIONS} questions, the best {BEST}")
            for case in _CASES:
                _measure(admin, worker, case, questions)


def _measure(
    admin: psycopg.Connection[Any],
    worker: psycopg.Connection[Any],
    case: Case,
    questions: list[str],
) -> None:
    whose = "SELECT owner, bot FROM public.bots WHERE n = %s"
    owner, bot = admin.execute(whose.encode(), (case.bot,)).fetchall()[0]
    shares, ours, theirs = [], [], []
    scans = _scans(admin)
    for vector in questions:
        start = time.perf_counter()
        found = worker.execute(
            _SEARCH.encode(), (owner, bot, vector, case.language, BEST)
        ).fetchall()
        middle = time.perf_counter()
        exact = admin.execute(
            _EXACT.encode(), (owner, bot, case.language, case.language, vector, BEST)
        ).fetchall()
        ours.append(middle - start)
        theirs.append(time.perf_counter() - middle)
        shares.append(len(set(found) & set(exact)) / len(exact))
    recall = statistics.mean(shares)
    verdict = "met" if recall >= case.target else "MISSED"
    used = "by the index" if _scans(admin) > scans else "all compared"
    print(
        f"{case.title} ({used}): recall {recall:.3f}, lowest {min(shares):.1f}; "
        f"{statistics.median(ours) * 1e3:.1f} ms, exact SQL "
        f"{statistics.median(theirs) * 1e3:.1f} ms (target {case.target:.2f} {verdict})",
        flush=True,
    )


def _scans(admin: psycopg.Connection[Any]) -> int:
    """How often the index of vectors was used; others' scans are shown after a second."""
    time.sleep(1.5)
    admin.execute("SELECT pg_stat_clear_snapshot()")
    ((scans,),) = admin.execute(_SCANS.encode(), ("document_chunks_embedding_idx",)).fetchall()
    return int(scans)


if __name__ == "__main__":
    main()
