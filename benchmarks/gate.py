"""What keeps erased people out costs: the gate of restored copies, and the trigger of tombstones.

The same statements on two tables that differ in nothing else. Prepared once, the gate is a constant
of the plan; parsed and planned each time, it is asked each time.
"""

from __future__ import annotations

import psycopg
from place import ROOT, describe, fresh_database, one_core, run_script
from psycopg.pq import Format
from rounds import Case, compare, scale

from strongroom.project import read_project

USERS = scale(2_000, "BENCH_USERS")
EACH = scale(100, "BENCH_ROWS_EACH")
ROUNDS = scale(41, "BENCH_ROUNDS")
ERASED = 10_000
"""People who were erased, beside the one who writes."""

_TABLE = """
CREATE TABLE bench.{name} (
    user_id bigint NOT NULL, id bigint NOT NULL, title text NOT NULL, PRIMARY KEY (user_id, id)
);
INSERT INTO bench.{name}
SELECT u, n, 'note ' || n FROM generate_series(1, {users}) AS u, generate_series(1, {each}) AS n;
ALTER TABLE bench.{name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE bench.{name} FORCE ROW LEVEL SECURITY;
CREATE POLICY all_own ON bench.{name} TO tarot_app USING (user_id = kernel.user_bigint());
GRANT SELECT, INSERT ON bench.{name} TO tarot_app;
VACUUM ANALYZE bench.{name}"""
_GATE = """
CREATE POLICY all_serving ON bench.gated AS RESTRICTIVE FOR ALL TO tarot_app
USING (kernel.is_serving()) WITH CHECK (kernel.is_serving());
CREATE TRIGGER t05_refuse_erased BEFORE INSERT OR UPDATE ON bench.guarded FOR EACH STATEMENT
WHEN (current_setting('kernel.user_id', true) <> '')
EXECUTE FUNCTION kernel.tg_refuse_erased('bigint');
INSERT INTO kernel.erased_subject (app, digest, erased_at)
SELECT 'bench', kernel.subject_digest('bench', (1000000 + n)::text), now()
FROM generate_series(1, {erased}) AS n;
VACUUM ANALYZE kernel.erased_subject"""
_READS = {
    "a row by key": ("SELECT id, title FROM bench.{} WHERE id = $1", (b"5",), 400),
    "a page of twenty": ("SELECT id, title FROM bench.{} ORDER BY id DESC LIMIT 20", (), 200),
}
_WRITES = {
    "an INSERT of one row": ("(kernel.user_bigint(), nextval('bench.ids'), 'title')", 1, 200),
    "an INSERT of a thousand rows": (
        "SELECT kernel.user_bigint(), nextval('bench.ids'), 'title' FROM generate_series(1, 1000)",
        1_000,
        2,
    ),
}


def main() -> None:
    with one_core(), fresh_database("bench_gate", read_project(ROOT)) as url:
        run_script(url, "CREATE SCHEMA bench")
        run_script(url, "CREATE SEQUENCE bench.ids START 1000000 CACHE 1000")
        run_script(url, "GRANT USAGE ON SEQUENCE bench.ids TO tarot_app")
        run_script(url, "GRANT USAGE ON SCHEMA bench TO tarot_app")
        for name in ("bare", "gated", "guarded"):
            for statement in _TABLE.format(name=name, users=USERS, each=EACH).split(";\n"):
                run_script(url, statement)
        for statement in _GATE.format(erased=ERASED).split(";\n"):
            run_script(url, statement)
        with psycopg.connect(url, autocommit=True) as connection:
            describe(url, "psycopg")
            connection.execute("SELECT set_config('kernel.user_id', '77', false)")
            connection.execute("SET ROLE tarot_app")
            _read(connection)
            _write(connection)


def _read(connection: psycopg.Connection) -> None:
    for title, (query, values, times) in _READS.items():
        for how in ("prepared", "planned each time"):
            cases = {
                name: _case(connection, query.format(table), values, times, how == "prepared")
                for name, table in {"no gate": "bare", "gate": "gated"}.items()
            }
            compare(f"{title}, {how}", cases, base="no gate", operations=times, rounds=ROUNDS)


def _write(connection: psycopg.Connection) -> None:
    for title, (source, rows, times) in _WRITES.items():
        values = source if source.startswith("SELECT") else f"VALUES {source}"
        query = f"INSERT INTO bench.{{}} (user_id, id, title) {values}"
        cases = {
            name: _case(connection, query.format(table), (), times, True)
            for name, table in {"bare": "bare", "gate": "gated", "tombstones": "guarded"}.items()
        }
        operations = rows * times
        compare(
            f"{title}, {ERASED:,} people erased",
            cases,
            base="bare",
            operations=operations,
            rounds=ROUNDS,
        )


def _case(
    connection: psycopg.Connection,
    query: str,
    values: tuple[bytes, ...],
    times: int,
    prepared: bool,
) -> Case:
    """Through libpq alone, in one transaction, so that client and disk have the smallest share."""
    raw = connection.pgconn
    name = query.encode() if prepared else b""
    if prepared:
        raw.prepare(name, query.encode())

    def run() -> None:
        raw.exec_(b"BEGIN")
        for _ in range(times):
            if prepared:
                answer = raw.exec_prepared(name, values, result_format=Format.BINARY)
            else:
                answer = raw.exec_params(query.encode(), values, result_format=Format.BINARY)
            if answer.error_message:
                raise RuntimeError(answer.error_message.decode())
        raw.exec_(b"ROLLBACK")

    return run


if __name__ == "__main__":
    main()
