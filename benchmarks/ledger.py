"""Spending credits: the ledger's function against the seed's optimistic update, and a bare UPDATE.

The optimistic way is the one of the seed document: read balance and version, update where the
version is still that one, write the ledger row, and try again (ten times) when somebody was faster.
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import LiteralString
from uuid import uuid4

import psycopg
from place import ROOT, describe, fresh_database, pgbench, run_script
from rounds import scale
from writers import Attempt, Outcome, Tally, contend

from strongroom.project import read_project
from strongroom.session import session
from strongroom_db.tarot import credits

WRITERS = scale(8, "BENCH_WRITERS")
ACCOUNTS = scale(1_000, "BENCH_ACCOUNTS")
SECONDS = scale(2, "BENCH_SECONDS")
ROUNDS = scale(3, "BENCH_ROUNDS")
TRIES = 10

_SEED = """
CREATE SCHEMA seed;
CREATE TABLE seed.credits (
    id bigserial PRIMARY KEY,
    user_id bigint NOT NULL UNIQUE,
    balance integer NOT NULL DEFAULT 0 CHECK (balance >= 0),
    last_updated_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    version integer DEFAULT 1
);
CREATE TABLE seed.transactions (
    id bigserial PRIMARY KEY,
    user_id bigint,
    type varchar(50) NOT NULL,
    amount integer NOT NULL,
    credits_before integer NOT NULL,
    credits_after integer NOT NULL,
    status varchar(50) NOT NULL DEFAULT 'pending',
    created_at timestamptz DEFAULT CURRENT_TIMESTAMP,
    completed_at timestamptz
);
CREATE INDEX ON seed.transactions (user_id, type, created_at);
CREATE INDEX ON seed.transactions (created_at);
INSERT INTO seed.credits (user_id, balance) SELECT n, 1000000000 FROM generate_series(1, {n}) AS n
"""
_READ: LiteralString = "SELECT balance, version FROM seed.credits WHERE user_id = %s"
_UPDATE: LiteralString = """
UPDATE seed.credits
SET balance = balance - 1, version = version + 1, last_updated_at = CURRENT_TIMESTAMP
WHERE user_id = %s AND version = %s
RETURNING balance
"""
_RECORD: LiteralString = """
INSERT INTO seed.transactions
    (user_id, type, amount, credits_before, credits_after, status, completed_at)
VALUES (%s, 'reading', -1, %s, %s, 'completed', CURRENT_TIMESTAMP)
"""
_OPEN: LiteralString = """
WITH people AS MATERIALIZED (
    SELECT tarot.register_user(1000000 + n, 'user' || n) AS id FROM generate_series(1, %s) AS n
),
gifts AS MATERIALIZED (
    SELECT p.id, tarot.grant_bonus(p.id, 1000000, 'start') FROM people AS p
)
SELECT g.id FROM gifts AS g ORDER BY g.id
"""
_BARE = """
\\set u random({low}, {high})
UPDATE seed.credits SET balance = balance - 1 WHERE user_id = :u;
"""
# What a session sends: identity, role and the call under one Sync.
_SPEND = """
\\set u random({low}, {high})
\\set k random(1, 9000000000000000)
\\startpipeline
SELECT set_config('kernel.app', 'tarot', true), set_config('kernel.user_id', :u, true),
    set_config('role', 'tarot_app', true);
SELECT * FROM tarot.spend_credits(1, :k);
\\endpipeline
"""
SEED = "seed: optimistic update, ten tries"
FUNCTION = "generated spend_credits"


def main() -> None:
    with fresh_database("bench_ledger", read_project(ROOT)) as url:
        run_script(url, _SEED.format(n=ACCOUNTS))
        users = open_accounts(url, ACCOUNTS)
        describe(url, "psycopg")
        hot = _contend(url, "one hot account", users[:1])
        _contend(url, f"{ACCOUNTS} accounts", users)
        _judge(
            "one hot account, times the optimistic rate", hot[FUNCTION].rates, hot[SEED].rates, 5.0
        )
        if hot[FUNCTION].gave_up:
            raise SystemExit(f"the ledger's function gave up {hot[FUNCTION].gave_up} times")
        _limit(url, "one hot account", users[:1])
        _limit(url, f"{ACCOUNTS} accounts", users)
        if broken := ledger_breaks(url):
            raise SystemExit(f"the ledger does not reconcile: {broken} breaks")
        print("\nthe ledger reconciles: no break")


def open_accounts(url: str, accounts: int) -> list[int]:
    """People of the tarot app with a million credits each; their ids."""
    with psycopg.connect(url, autocommit=True) as connection:
        rows = connection.execute(_OPEN, (accounts,)).fetchall()
    return [row[0] for row in rows]


def ledger_breaks(url: str) -> int:
    """Rows of the view that must be empty."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM tarot.ledger_breaks").fetchone()
    return row[0] if row else -1


def _contend(url: str, title: str, users: list[int]) -> dict[str, Tally]:
    return contend(
        title,
        {
            SEED: lambda index: _optimistic(url, random.Random(index), len(users)),
            FUNCTION: lambda index: _spending(url, random.Random(index), users),
        },
        base=SEED,
        writers=WRITERS,
        seconds=SECONDS,
        rounds=ROUNDS,
    )


def _limit(url: str, title: str, users: list[int]) -> None:
    """What the server can do, by pgbench: nothing of Python in the way."""
    bare: list[float] = []
    spent: list[float] = []
    for _ in range(ROUNDS):
        script = _BARE.format(low=1, high=len(users))
        bare.append(pgbench(url, script, clients=WRITERS, seconds=SECONDS))
        script = _SPEND.format(low=users[0], high=users[-1])
        spent.append(pgbench(url, script, clients=WRITERS, seconds=SECONDS))
    print(f"\npgbench, {title}, {WRITERS} clients, {ROUNDS} rounds of {SECONDS} s each")
    print(f"bare UPDATE, no ledger row (base)         {statistics.median(bare):>7.0f}/s")
    print(f"identity, role and the ledger's function  {statistics.median(spent):>7.0f}/s")
    _judge(f"pgbench, {title}, share of a bare UPDATE", spent, bare, 0.65)


def _judge(what: str, rates: list[float], base: list[float], least: float) -> None:
    ratio = statistics.median(mine / other for mine, other in zip(rates, base, strict=True))
    verdict = "met" if ratio >= least else "MISSED"
    print(f"target: {what} >= {least:.2f}: {verdict} ({ratio:.2f})", flush=True)


@contextmanager
def _optimistic(url: str, rng: random.Random, accounts: int) -> Iterator[Attempt]:
    def attempt() -> Outcome:
        user = rng.randint(1, accounts)
        for retries in range(TRIES):
            row = connection.execute(_READ, (user,), prepare=True).fetchone()
            if row is None:
                raise RuntimeError(f"no account {user}")
            with connection.transaction():
                updated = connection.execute(_UPDATE, (user, row[1]), prepare=True).fetchone()
                if updated is not None:
                    connection.execute(_RECORD, (user, row[0], updated[0]), prepare=True)
                    return Outcome(done=True, retries=retries)
        return Outcome(done=False, retries=TRIES)

    with psycopg.connect(url, autocommit=True) as connection:
        yield attempt


@contextmanager
def _spending(url: str, rng: random.Random, users: list[int]) -> Iterator[Attempt]:
    run, numbers = uuid4().hex, count()

    def attempt() -> Outcome:
        with session(connection, app="tarot", user_id=rng.choice(users)) as db:
            credits.spend_credits(db, amount=1, idempotency_key=f"{run}-{next(numbers)}")
        return Outcome(done=True)

    login = url.replace("postgres@", "strongroom_login@")
    with psycopg.connect(login, autocommit=True) as connection:
        yield attempt


if __name__ == "__main__":
    main()
