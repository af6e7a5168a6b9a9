"""Sealed fields: writing and opening them, beside plain ones and pgcrypto's; rotating a million.

The target of a sealed INSERT was set by a thousand plain rows in a statement that the driver makes
alone, with arrays as text, no identity and no policy: that is its base here, too. Beside it stand
our own plain one, which is faster, and one row a call. Rotation is counted per second of this
process's own time: what the server does meanwhile is its share, which is said beside.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
from place import ROOT, bench_server, describe, fresh_database, run_script
from rounds import Result, compare, scale

from strongroom.project import read_project
from strongroom.sealing import EnvironmentKeys, Field, Keyring, calls, new_key
from strongroom.sealing.rotation import Rotation
from strongroom.sealing.statement import USER, Given, Seal, SealedStatement
from strongroom.session import Session, Statement, session

ROWS = scale(1_000, "BENCH_ROWS")
SINGLE = scale(300, "BENCH_SINGLE")
FIELDS = scale(1_000_000, "BENCH_FIELDS")
PEOPLE = scale(1_000, "BENCH_PEOPLE")
ROUNDS = scale(11, "BENCH_ROUNDS")
INSERT, OPEN, ROTATE = 1.3, 2.5, 50_000
TEXT = "x" * 64
DRIVER, PLAIN = "plain, by psycopg alone", "plain, by a generated function"

_SCHEMA = """
SET ROLE strongroom_owner;
CREATE TABLE tarot.plain (
    user_id bigint, id bigint, note text, born text, CONSTRAINT plain_pkey PRIMARY KEY (user_id, id)
);
CREATE TABLE tarot.sealed (
    user_id bigint, id bigint, note kernel.sealed, born kernel.sealed,
    CONSTRAINT sealed_pkey PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN tarot.sealed.note IS E'A note.\\n@sealed text note notes';
COMMENT ON COLUMN tarot.sealed.born IS E'A day.\\n@sealed text born notes';
SELECT kernel.guard_sealed('tarot.sealed');
ALTER TABLE tarot.plain ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tarot.sealed ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.plain TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_owner ON tarot.sealed TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_own ON tarot.plain TO tarot_app USING (user_id = kernel.user_bigint());
CREATE POLICY all_own ON tarot.sealed TO tarot_app USING (user_id = kernel.user_bigint());
GRANT SELECT, INSERT ON tarot.plain, tarot.sealed TO tarot_app;
"""
_NOTE: Field[str] = Field("tarot", "note", "notes", "text")
_BORN: Field[str] = Field("tarot", "born", "notes", "text")


def _bulk(table: str, type_: str) -> Statement[Any]:
    return Statement(
        name=f"tarot.add_{table}",
        sql=f"INSERT INTO tarot.{table} (user_id, id, note)"
        " SELECT kernel.user_bigint(), n.id, n.note"
        " FROM unnest($1, $2) AS n (id, note)",
        parameters=("bigint[]", f"{type_}[]"),
        writes=True,
    )


def _single(table: str, type_: str) -> Statement[Any]:
    return Statement(
        name=f"tarot.add_one_{table}",
        sql=f"INSERT INTO tarot.{table} (user_id, id, note) VALUES (kernel.user_bigint(), $1, $2)",
        parameters=("bigint", type_),
        writes=True,
    )


def _read(table: str) -> Statement[Any]:
    return Statement(
        name=f"tarot.list_{table}",
        sql=f"SELECT p.id, p.note FROM tarot.{table} AS p WHERE p.id <= $1 ORDER BY p.id",
        parameters=("bigint",),
        columns=("id", "note"),
        row=lambda *row: row,
    )


@dataclass(slots=True)
class Writers:
    """Ways to write rows of person 1, each with ids of its own."""

    db: Session
    connection: psycopg.Connection[Any]
    ids: Any

    def plain(self) -> None:
        items = [next(self.ids) for _ in range(ROWS)]
        self.db.bulk(_BULK_PLAIN, items, take=lambda n: (n, TEXT))

    def sealed(self) -> None:
        items = [next(self.ids) for _ in range(ROWS)]
        calls.bulk(self.db, _GENERATED, items, take=lambda n: (n, TEXT))

    def by_hand(self) -> None:
        key = self.db.sealing_key("notes")
        items = [next(self.ids) for _ in range(ROWS)]
        self.db.bulk(_BULK_SEALED, items, take=lambda n: (n, _NOTE.seal(key, TEXT, (1, n))))

    def one_plain(self) -> None:
        for _ in range(SINGLE):
            self.db.exec(_ONE_PLAIN, (next(self.ids), TEXT))

    def one_sealed(self) -> None:
        for _ in range(SINGLE):
            number = next(self.ids)
            key = self.db.sealing_key("notes")
            self.db.exec(_ONE_SEALED, (number, _NOTE.seal(key, TEXT, (1, number))))

    def driver(self) -> None:
        items = [next(self.ids) for _ in range(ROWS)]
        self.connection.execute(
            "INSERT INTO tarot.plain (user_id, id, note)"
            " SELECT 1, n.id, n.note FROM unnest(%s::bigint[], %s::text[]) AS n (id, note)",
            [items, [TEXT] * ROWS],
        )

    def one_driver(self) -> None:
        for _ in range(SINGLE):
            self.connection.execute(
                "INSERT INTO tarot.plain (user_id, id, note) VALUES (1, %s, %s)",
                (next(self.ids), TEXT),
            )

    def pgcrypto(self) -> None:
        self.connection.execute(
            "INSERT INTO tarot.plain (user_id, id, note)"
            " SELECT 1, n.id, encode(pgp_sym_encrypt(%s, 'secret', 'cipher-algo=aes256'), 'base64')"
            " FROM unnest(%s::bigint[]) AS n (id)",
            [TEXT, [next(self.ids) for _ in range(ROWS)]],
        )


_BULK_PLAIN, _BULK_SEALED = _bulk("plain", "text"), _bulk("sealed", "bytea")
_ONE_PLAIN, _ONE_SEALED = _single("plain", "text"), _single("sealed", "bytea")
# As generated functions have it.
_GENERATED: SealedStatement[Any] = SealedStatement(
    statement=_BULK_SEALED, takes=(None, Seal(_NOTE, (USER, Given(0)), USER))
)
_READ_PLAIN, _READ_SEALED = _read("plain"), _read("sealed")


def main() -> None:
    """Measure on the bench server, and say which targets were met."""
    key_ids = ("tarot.notes.1", "tarot.notes.2")
    environment = {EnvironmentKeys.variable(key_id): new_key() for key_id in key_ids}
    keys = EnvironmentKeys(environment)
    with fresh_database("bench_sealing", read_project(ROOT)) as url:
        describe(url)
        run_script(url, _SCHEMA)
        with psycopg.connect(url, autocommit=True) as admin:
            _register(admin, keys, "tarot.notes.1")
            try:
                admin.execute("CREATE EXTENSION pgcrypto")
                has_pgcrypto = True
            except psycopg.Error:
                has_pgcrypto = False
            login = bench_server().url("bench_sealing", "strongroom_login")
            ring = Keyring(keys, max_age=3600)
            with (
                psycopg.connect(login, autocommit=True) as connection,
                session(connection, app="tarot", user_id=1, keyring=ring) as db,
            ):
                _write(Writers(db, admin, count(1)), has_pgcrypto)
                _open(db, admin, has_pgcrypto)
        with (
            psycopg.connect(
                bench_server().url("bench_sealing", "strongroom_runner"), autocommit=True
            ) as runner,
            psycopg.connect(url, autocommit=True) as admin,
        ):
            _rotate(runner, admin, keys)


def _register(connection: psycopg.Connection[Any], keys: EnvironmentKeys, key_id: str) -> None:
    connection.execute(
        "SELECT kernel.register_encryption_key(%s, 'seal', %s)", [key_id, keys.fingerprint(key_id)]
    )


def _write(writers: Writers, has_pgcrypto: bool) -> None:
    cases = {
        DRIVER: writers.driver,
        PLAIN: writers.plain,
        "sealed": writers.sealed,
        "sealed by hand": writers.by_hand,
    }
    if has_pgcrypto:
        cases["pgp_sym_encrypt"] = writers.pgcrypto
    found = compare(
        f"INSERT of {ROWS:,} rows in one statement", cases,
        base=DRIVER, operations=ROWS, rounds=ROUNDS if not has_pgcrypto else min(ROUNDS, 5),
        targets={"sealed": INSERT},
    )  # fmt: skip
    _beside_ours(found)
    found = compare(
        "INSERT of one row a call",
        {DRIVER: writers.one_driver, PLAIN: writers.one_plain, "sealed": writers.one_sealed},
        base=DRIVER, operations=SINGLE, rounds=ROUNDS,
    )  # fmt: skip
    _beside_ours(found)


def _beside_ours(found: Mapping[str, Result]) -> None:
    print(f"sealed beside {PLAIN}: {found['sealed'].median / found[PLAIN].median:.2f}")


def _open(db: Session, admin: psycopg.Connection[Any], has_pgcrypto: bool) -> None:
    def plain() -> None:
        assert len(db.many(_READ_PLAIN, (10**9,))) > 0

    def sealed() -> None:
        rows = db.many(_READ_SEALED, (10**9,))
        keys = db.opening_keys(note for _, note in rows)
        opened = [_NOTE.open(keys, note, (1, number), "1") for number, note in rows]
        assert opened[0] == TEXT

    def opened() -> float:
        """Seconds of this process's own time for opening what was read."""
        rows = db.many(_READ_SEALED, (10**9,))
        start = time.process_time()
        keys = db.opening_keys(note for _, note in rows)
        for number, note in rows:
            _NOTE.open(keys, note, (1, number), "1")
        return time.process_time() - start

    def pgcrypto() -> None:
        admin.execute(
            "SELECT pgp_sym_decrypt(decode(p.note, 'base64'), 'secret') FROM tarot.plain AS p"
        ).fetchall()

    fields = 10_000
    admin.execute("TRUNCATE tarot.plain, tarot.sealed")
    key = db.sealing_key("notes")
    for start in range(0, fields, ROWS):
        items = range(start, min(start + ROWS, fields))
        db.bulk(_BULK_PLAIN, items, take=lambda n: (n, TEXT))
        db.bulk(_BULK_SEALED, items, take=lambda n: (n, _NOTE.seal(key, TEXT, (1, n))))
    compare(
        f"reading {fields:,} fields", {"plain": plain, "sealed": sealed},
        base="plain", operations=fields, rounds=ROUNDS,
    )  # fmt: skip
    more = statistics.median(opened() for _ in range(ROUNDS)) / fields * 1e6
    print(
        f"target: opening <= {OPEN} us a field: {'met' if more <= OPEN else 'MISSED'} ({more:.2f})"
    )
    if has_pgcrypto:
        admin.execute("TRUNCATE tarot.plain")
        admin.execute(
            "INSERT INTO tarot.plain (user_id, id, note)"
            " SELECT 1, n, encode(pgp_sym_encrypt(%s, 'secret', 'cipher-algo=aes256'), 'base64')"
            " FROM generate_series(1, 500) AS n",
            [TEXT],
        )
        start = time.perf_counter()
        pgcrypto()
        print(f"pgp_sym_decrypt: {(time.perf_counter() - start) / 500 * 1e6:.0f} us a field")


def _fill(admin: psycopg.Connection[Any], keys: EnvironmentKeys, rows: int) -> None:
    """Two fields a row, of many people, sealed here: as an app would have written them."""
    admin.execute("TRUNCATE tarot.plain, tarot.sealed")
    ring = Keyring(keys, max_keys=PEOPLE + 1, max_age=3600)
    login = bench_server().url("bench_sealing", "strongroom_login")
    with psycopg.connect(login, autocommit=True) as connection:
        admin.execute("GRANT INSERT ON tarot.sealed TO tarot_worker")
        admin.execute(
            "CREATE POLICY insert_worker ON tarot.sealed FOR INSERT TO tarot_worker"
            " WITH CHECK (true)"
        )
        with session(connection, app="tarot", role="worker", keyring=ring) as db:
            people = {user: db.sealing_key("notes", str(user)) for user in range(1, PEOPLE + 1)}
    with admin.cursor() as cursor:
        target = "COPY tarot.sealed (user_id, id, note, born) FROM STDIN WITH (FORMAT binary)"
        with cursor.copy(target) as copy:
            copy.set_types(["int8", "int8", "bytea", "bytea"])
            for number in range(rows):
                user = 1 + number % PEOPLE
                key, row_key = people[user], (user, number)
                note = _NOTE.seal(key, TEXT, row_key)
                copy.write_row((user, number, note, _BORN.seal(key, "1990-05-17", row_key)))
    admin.execute("VACUUM ANALYZE tarot.sealed")


def _progress() -> Callable[[str], None]:
    """What it says, every ten seconds, with the time since it began."""
    start = told = time.monotonic()

    def say(text: str) -> None:
        nonlocal told
        if time.monotonic() - told > 10:
            told = time.monotonic()
            print(f"{told - start:6.0f} s  {text}", flush=True)

    return say


def _rotate(
    runner: psycopg.Connection[Any], admin: psycopg.Connection[Any], keys: EnvironmentKeys
) -> None:
    rows = FIELDS // 2
    _fill(admin, keys, rows)
    ring = Keyring(keys, max_keys=2 * PEOPLE + 1, max_age=3600)
    rotation = Rotation(runner, ring, "tarot", "notes", reencrypt=True, grace=0, say=_progress())
    wall, own = time.perf_counter(), time.process_time()
    done = rotation.run(rotation.plan())
    own, wall = time.process_time() - own, time.perf_counter() - wall
    assert done.fields == 2 * rows
    assert set(done.left.values()) == {0}
    rate = done.fields / own
    print(
        f"\nrotation of {done.fields:,} fields of {PEOPLE:,} people: {wall:.1f} s, of which"
        f" {own:.1f} s here; {done.fields / wall:,.0f} fields a second in all"
    )
    verdict = "met" if rate >= ROTATE else "MISSED"
    print(f"target: {ROTATE:,} fields a second of a core: {verdict} ({rate:,.0f})")


if __name__ == "__main__":
    os.chdir(ROOT)
    main()
