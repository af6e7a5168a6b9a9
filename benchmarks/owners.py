"""What generated reads of an app cost under its policies, and whether deep pages cost more.

A million sources of ten thousand accounts, one of which has a tenth of them. Each query is the text
that the generator wrote, by the role of the app with an identity, beside the same text with the
account in its WHERE, by a superuser, whom no policy binds.
"""

from __future__ import annotations

import psycopg
from place import ROOT, describe, fresh_database, one_core, run_script
from psycopg.pq import ExecStatus, Format
from rounds import Case, compare, scale

from strongroom.project import read_project
from strongroom_db.chatsphere.training_sources import GET_SOURCE, LIST_SOURCES

ROWS = scale(1_000_000, "BENCH_ROWS")
OWNERS = scale(10_000, "BENCH_USERS")
ROUNDS = scale(41, "BENCH_ROUNDS")
PAGE = 50
TARGETS = {"one source": 1.15, "a list": 1.10}
FLAT = 1.3

_FILL = """
SET session_replication_role = replica;
SELECT setseed(0.5);
CREATE UNLOGGED TABLE public.owners AS
SELECT n, gen_random_uuid() AS owner, gen_random_uuid() AS bot
FROM generate_series(0, {owners}) AS n;
INSERT INTO chatsphere.users (id, email, password_hash)
SELECT o.owner, o.n || '@example.org', '$2b$12$' || repeat('x', 53) FROM public.owners AS o;
INSERT INTO chatsphere.chatbots (user_id, id, name)
SELECT o.owner, o.bot, 'Bot' FROM public.owners AS o;
-- In the order of time, as they would come.
INSERT INTO chatsphere.training_sources (
    user_id, chatbot_id, source_type, content, content_hash, status, processed_at, created_at
)
SELECT
    o.owner, o.bot, 'text', 'text ' || made.n, sha256(made.n::text::bytea),
    CASE WHEN waits.is_pending THEN 'pending' ELSE 'completed' END,
    CASE WHEN NOT waits.is_pending THEN now() END,
    now() - ({rows} - made.n) * interval '1 minute'
FROM generate_series(1, {rows}) AS made (n)
-- One of ten, everywhere: more than a platform has that keeps up.
CROSS JOIN LATERAL (SELECT abs(hashint4(-made.n)::bigint) % 10 = 0) AS waits (is_pending)
JOIN public.owners AS o
    ON o.n = CASE WHEN made.n % 10 = 0 THEN 0 ELSE 1 + abs(hashint4(made.n)::bigint) % {owners} END;
INSERT INTO chatsphere.training_jobs (user_id, chatbot_id, source_id)
SELECT s.user_id, s.chatbot_id, s.id
FROM chatsphere.training_sources AS s
WHERE s.status = 'pending';
"""
_ONE = """
SELECT s.user_id::text, s.chatbot_id::text, s.id::text
FROM chatsphere.training_sources AS s
WHERE s.user_id = (
    SELECT o.owner FROM public.owners AS o WHERE o.n = 77
)
ORDER BY s.created_at OFFSET 5 LIMIT 1
"""
_DEEP = """
SELECT s.user_id::text, s.chatbot_id::text, s.created_at::text, s.id::text
FROM chatsphere.training_sources AS s
WHERE s.user_id = (
    SELECT o.owner FROM public.owners AS o WHERE o.n = 0
)
ORDER BY s.created_at DESC, s.id DESC OFFSET %s LIMIT 1
"""
_OWN = "kernel.user_uuid()"


def main() -> None:
    with fresh_database("bench_owners", read_project(ROOT)) as url:
        run_script(url, _FILL.format(rows=ROWS, owners=OWNERS))
        run_script(url, "VACUUM ANALYZE chatsphere.training_sources, chatsphere.training_jobs")
        describe(url)
        with (
            one_core(),
            psycopg.connect(url, autocommit=True) as admin,
            psycopg.connect(url, autocommit=True) as app,
        ):
            owner, bot, source = (str(v) for v in admin.execute(_ONE).fetchall()[0])
            app.execute("SET ROLE chatsphere_app")
            app.execute("SELECT set_config('kernel.app', 'chatsphere', false)")
            app.execute("SELECT set_config('kernel.user_id', %s, false)", (owner,))
            listing = LIST_SOURCES[False, False].sql
            for title, text, values, times in (
                ("one source", GET_SOURCE.sql, (bot, source), 400),
                ("a list", listing, (bot, str(PAGE)), 100),
            ):
                plain = text.replace(_OWN, f"${len(values) + 1}")
                compare(
                    f"{title}, {ROWS:,} rows of {OWNERS:,} accounts",
                    {
                        "WHERE, no policy": _read(admin, plain, (*values, owner), times),
                        "policy": _read(app, text, values, times),
                    },
                    base="WHERE, no policy",
                    operations=times,
                    rounds=ROUNDS,
                    targets={"policy": TARGETS[title]},
                )
            _pages(admin, app)


def _pages(admin: psycopg.Connection, app: psycopg.Connection) -> None:
    """The same page of fifty, ever deeper in the history of one account."""
    every = ROWS // 10
    cases: dict[str, Case] = {}
    for depth in (every // 100, every // 10, every // 2, every - PAGE - 1):
        owner, bot, *place = (str(v) for v in admin.execute(_DEEP, (depth,)).fetchall()[0])
        app.execute("SELECT set_config('kernel.user_id', %s, false)", (owner,))
        if not cases:
            values = (bot, str(PAGE))
            cases["the first page"] = _read(app, LIST_SOURCES[False, False].sql, values, 100)
        values = (bot, *place, str(PAGE))
        cases[f"{depth:,} rows down"] = _read(app, LIST_SOURCES[False, True].sql, values, 100)
    compare(
        f"pages of {PAGE} of an account with {every:,} rows",
        cases,
        base="the first page",
        operations=100,
        rounds=ROUNDS,
        targets=dict.fromkeys(list(cases)[1:], FLAT),
    )


_NUMBER = iter(range(1_000_000))


def _read(connection: psycopg.Connection, query: str, values: tuple[str, ...], times: int) -> Case:
    """Through libpq alone, so that the client's share is the smallest there is."""
    raw = connection.pgconn
    name = f"read{next(_NUMBER)}".encode()
    sent = tuple(value.encode() for value in values)
    done = raw.prepare(name, query.encode())
    if done.status != ExecStatus.COMMAND_OK:
        raise RuntimeError(done.get_error_message())
    expected = raw.exec_prepared(name, sent, result_format=Format.BINARY).ntuples
    if not expected:
        raise RuntimeError(f"{query}: no row")

    def run() -> None:
        for _ in range(times):
            answer = raw.exec_prepared(name, sent, result_format=Format.BINARY)
            if answer.ntuples != expected:
                raise RuntimeError(f"{query}: {answer.ntuples} rows, {expected} before")

    return run


if __name__ == "__main__":
    main()
