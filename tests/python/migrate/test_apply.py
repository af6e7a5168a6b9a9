"""A migration is applied as a whole and recorded with it, or leaves nothing."""

from __future__ import annotations

import random
import time

import pytest

from strongroom.errors import ConnectError, LockError, PartialError
from strongroom.migrate import retry
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.rollback import Until
from tests.python.migrate.conftest import Sandbox


def test_apply_rollback_apply(started: Sandbox) -> None:
    """[A-04] [S-09] [T-28] up, down by one, down to nothing, up again."""
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\nALTER TABLE app.items ADD COLUMN price numeric;\n",
        "ALTER TABLE app.items DROP COLUMN price;\n",
    )
    started.function("twice", _function("twice", "a + a"))
    assert started.apply().applied == ["0002.app.more"]
    assert started.value("SELECT app.twice(21)") == 42
    assert started.apply().nothing

    assert started.rollback().rolled_back == ["0002.app.more"]
    assert started.states() == {"0001.app.start": "applied", "0002.app.more": "pending"}
    assert started.rollback(Until(everything=True)).rolled_back == ["0001.app.start"]
    assert started.query("SELECT FROM pg_namespace WHERE nspname = 'app'") == []

    again = started.apply()
    assert again.applied == ["0001.app.start", "0002.app.more"]
    assert again.functions == ["functions/app/twice.sql"]
    assert started.value("SELECT app.twice(21)") == 42


def test_the_log_keeps_what_was_rolled_back(started: Sandbox) -> None:
    started.rollback()
    rows = started.query(
        "SELECT operation, migration_id FROM strongroom._yoyo_log ORDER BY created_at_utc"
    )
    assert rows == [("apply", "0001.app.start"), ("rollback", "0001.app.start")]


def test_broken_sql_says_where_and_changes_nothing(started: Sandbox) -> None:
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\n"
        "CREATE TABLE app.more (id int);\n"
        "UPDATE app.items\n"
        "SET nmae = 'é', id = 1;\n"
        "CREATE TABLE app.never (id int);\n",
    )
    with pytest.raises(MigrationError) as caught:
        started.apply()
    assert caught.value.exit_code == 1
    lines = caught.value.message.splitlines()
    assert lines[1] == "migrations/0002.app.more.sql:4:5"
    assert lines[2] == "  4 | SET nmae = 'é', id = 1;"
    assert lines[3].index("^") == lines[2].index("nmae")
    assert lines[4] == '  42703 column "nmae" of relation "items" does not exist'
    assert lines[-1].startswith("database unchanged")
    assert started.query("SELECT FROM pg_class WHERE relname IN ('more', 'never')") == []
    assert started.applied() == ["0001.app.start"]


def test_an_error_without_a_position_is_placed_at_its_statement(started: Sandbox) -> None:
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\nINSERT INTO app.items VALUES (1, 'a');\n"
        "  INSERT INTO app.items VALUES (1, 'b');\nSELECT 1;\n",
    )
    with pytest.raises(MigrationError) as caught:
        started.apply()
    assert "migrations/0002.app.more.sql:3:3\n" in caught.value.message
    assert "23505 duplicate key value" in caught.value.message
    assert "DETAIL: Key (id)=(1) already exists." in caught.value.message


def test_an_error_at_the_end_of_the_transaction_changes_nothing(started: Sandbox) -> None:
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\n"
        "CREATE TABLE app.lots (item_id int CONSTRAINT lots_item_fkey REFERENCES app.items"
        " DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO app.lots VALUES (7);\n",
    )
    with pytest.raises(MigrationError, match="lots_item_fkey"):
        started.apply()
    assert started.query("SELECT FROM pg_class WHERE relname = 'lots'") == []
    assert started.applied() == ["0001.app.start"]


def test_files_before_a_broken_one_stay_applied(started: Sandbox) -> None:
    """[T-F22] one transaction for each migration."""
    started.migration("0002.app.two", "-- depends: 0001.app.start\nSELECT 1;\n")
    started.migration("0003.app.three", "-- depends: 0002.app.two\nSELECT broken;\n")
    with pytest.raises(MigrationError):
        started.apply()
    assert started.applied() == ["0001.app.start", "0002.app.two"]
    started.migration("0003.app.three", "-- depends: 0002.app.two\nSELECT 1;\n")
    assert started.apply().applied == ["0003.app.three"]


def test_notices_are_shown(started: Sandbox) -> None:
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\nDO $$ BEGIN RAISE NOTICE '% rows', 3; END $$;\n",
    )
    started.apply()
    assert "  notice: 3 rows" in started.said


def test_settings_of_a_file_do_not_reach_the_next(started: Sandbox) -> None:
    started.migration(
        "0002.app.two",
        "-- depends: 0001.app.start\nSET search_path = app; SET app.x = 'leak';\n"
        "SET lock_timeout = 7; CREATE TEMP TABLE t (id int);\n",
    )
    started.migration(
        "0003.app.three",
        "-- depends: 0002.app.two\nCREATE TABLE app.seen AS SELECT current_setting('app.x', true) "
        "AS x, current_setting('search_path') AS path, current_setting('lock_timeout') AS lock;\n"
        "CREATE TEMP TABLE t (id int);\n",
    )
    started.apply()
    assert started.query("SELECT nullif(x, ''), path, lock FROM app.seen") == [
        (None, "public", "2s")
    ]


def test_a_file_may_set_its_own_limits(started: Sandbox) -> None:
    started.migration(
        "0002.app.two",
        "-- depends: 0001.app.start\n-- lock-timeout: 7s\n-- statement-timeout: 50ms\n"
        "CREATE TABLE app.seen AS SELECT current_setting('lock_timeout') AS lock;\n",
    )
    started.apply()
    assert started.value("SELECT lock FROM app.seen") == "7s"
    started.migration(
        "0003.app.three",
        "-- depends: 0002.app.two\n-- statement-timeout: 50ms\nSELECT pg_sleep(30);\n",
    )
    with pytest.raises(MigrationError, match="57014"):
        started.apply()


def test_a_file_of_300_statements_and_one_of_12000(started: Sandbox) -> None:
    """More statements than yoyo's savepoints allow."""
    body = "".join(f"CREATE TABLE app.t{n} (id int);\n" for n in range(300))
    started.migration("0002.app.many", f"-- depends: 0001.app.start\n{body}")
    rows = "".join(f"INSERT INTO app.items VALUES ({n}, 'x');\n" for n in range(12_000))
    started.migration("0003.app.rows", f"-- depends: 0002.app.many\n{rows}")
    assert started.apply().applied == ["0002.app.many", "0003.app.rows"]
    assert started.value("SELECT count(*) FROM app.items") == 12_000


def test_a_lock_is_tried_again_and_the_blocker_is_named(started: Sandbox) -> None:
    """[T-F22] a short lock_timeout, tried again."""
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\n-- lock-timeout: 600ms\n"
        "ALTER TABLE app.items ADD COLUMN price numeric;\n",
    )
    with started.connect() as blocker:
        blocker.execute("SET application_name = 'monthly report'")
        blocker.execute("BEGIN")
        blocker.execute("SELECT * FROM app.items")
        pid = blocker.info.backend_pid
        done = started.start("apply", "--yes")
        seen = ""
        assert done.stdout is not None
        for line in done.stdout:
            seen += line
            if "a lock was not granted" in line:
                break
        blocker.execute("COMMIT")
        seen += done.communicate(timeout=60)[0]
    assert done.returncode == 0, seen
    assert f"blocked by pid {pid}, role postgres, monthly report" in seen
    assert started.applied() == ["0001.app.start", "0002.app.more"]


def test_a_lock_that_is_never_granted(started: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry, "TRIES", 2)
    started.migration(
        "0002.app.more",
        "-- depends: 0001.app.start\n-- lock-timeout: 400ms\nDROP TABLE app.items;\n",
    )
    with started.connect() as blocker:
        blocker.execute("BEGIN")
        blocker.execute("SELECT * FROM app.items")
        with pytest.raises(LockError, match="in 2 tries, blocked by pid") as caught:
            started.apply()
        blocker.execute("COMMIT")
    assert caught.value.exit_code == 5
    assert "database unchanged" in caught.value.message
    assert started.applied() == ["0001.app.start"]


def test_two_deployers_and_one_waits(started: Sandbox) -> None:
    started.migration(
        "0002.app.slow",
        "-- depends: 0001.app.start\nSELECT pg_sleep(2);\nCREATE TABLE app.one ();\n",
    )
    first = started.start("apply", "--yes")
    _await(
        started,
        "SELECT FROM pg_stat_activity WHERE query LIKE '%pg_sleep(2)%' AND state = "
        "'active' AND pid <> pg_backend_pid()",
    )
    second = started.start("apply", "--yes")
    one, two = first.communicate(timeout=60)[0], second.communicate(timeout=60)[0]
    assert (first.returncode, second.returncode) == (0, 0), one + two
    assert "1 migrations applied" in one
    assert "waiting for pid" in two
    assert "strongroom migrate" in two
    assert started.applied() == ["0001.app.start", "0002.app.slow"]


def test_the_deploy_lock_is_given_up_on_after_a_while(started: Sandbox) -> None:
    started.migration("0002.app.more", "-- depends: 0001.app.start\nSELECT 1;\n")
    with started.connect() as other:
        other.execute("SET application_name = 'another tool'")
        other.execute(f"SELECT pg_advisory_lock({0x5354524F}, 1)")
        with pytest.raises(LockError, match="another tool"):
            started.apply(wait=0.3)
    assert started.apply().applied == ["0002.app.more"]


@pytest.mark.slow
def test_killed_at_any_moment_it_is_before_or_after_a_migration(sandbox: Sandbox) -> None:
    """[T-28] kill -9 at 20 random moments; the next apply needs no help."""
    sandbox.migration("0001.app.start", "CREATE SCHEMA app;\nCREATE TABLE app.log (n int);\n")
    count, ends = 0, set()
    for n in range(2, 9):
        parent = "0001.app.start" if n == 2 else f"000{n - 1}.app.step"
        sandbox.migration(
            f"000{n}.app.step",
            f"-- depends: {parent}\nINSERT INTO app.log VALUES ({n});\nSELECT pg_sleep(0.04);\n"
            f"CREATE TABLE app.t{n} ();\nINSERT INTO app.log VALUES ({n});\n",
        )
    chance = random.Random(20)
    while count < 20:
        running = sandbox.start("apply", "--yes")
        assert running.stdout is not None
        assert running.stdout.readline().startswith("target")
        time.sleep(chance.uniform(0.0, 0.6))
        running.kill()
        running.communicate()
        count += 1
        ends.add(len(_consistent(sandbox)))
        if count % 4 == 0:
            sandbox.execute("DROP SCHEMA IF EXISTS app, strongroom CASCADE")
    assert len(ends) >= 3, "the moments were all alike"
    done = sandbox.run("apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(_consistent(sandbox)) == 8


def _consistent(sandbox: Sandbox) -> set[str]:
    """What is applied; each applied file left all of its marks, every other none."""
    _await(
        sandbox,
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name "
        "LIKE 'strongroom%' AND datname = current_database())",
    )
    if sandbox.value("SELECT to_regclass('strongroom._yoyo_migration') IS NULL"):
        assert sandbox.query("SELECT FROM pg_namespace WHERE nspname = 'app'") == []
        return set()
    ids = set(sandbox.applied())
    companions = sandbox.query("SELECT migration_id FROM strongroom.migrate_file")
    assert {row[0] for row in companions} == ids
    if not ids:
        assert sandbox.query("SELECT FROM pg_namespace WHERE nspname = 'app'") == []
        return ids
    steps = {int(name[:4]) for name in ids if name.endswith("step")}
    rows = sandbox.query("SELECT n, count(*) FROM app.log GROUP BY n")
    assert dict(rows) == dict.fromkeys(steps, 2)
    tables = sandbox.query("SELECT tablename FROM pg_tables WHERE tablename ~ '^t[0-9]$'")
    assert {int(row[0][1:]) for row in tables} == steps
    return ids


def _await(sandbox: Sandbox, query: str) -> None:
    """Wait until a query finds something."""
    for _ in range(400):
        if sandbox.query(query):
            return
        time.sleep(0.05)
    raise AssertionError(f"never true: {query}")


def test_a_failed_concurrent_index_is_replaced_on_the_next_try(started: Sandbox) -> None:
    """[T-F22] what can't be in a transaction stands alone, and resumes."""
    started.execute("INSERT INTO app.items VALUES (1, 'same'), (2, 'same')")
    started.migration(
        "0002.app.indexes",
        "-- depends: 0001.app.start\n-- transactional: false\n"
        "CREATE INDEX CONCURRENTLY items_id_name_idx ON app.items (id, name);\n\n"
        "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS items_name_key ON app.items (name);\n"
        "VACUUM app.items;\n",
        "-- transactional: false\nDROP INDEX CONCURRENTLY app.items_name_key;\n"
        "DROP INDEX CONCURRENTLY app.items_id_name_idx;\n",
    )
    with pytest.raises(PartialError) as caught:
        started.apply()
    assert caught.value.exit_code == 8
    assert "stopped at statement 2 of 3" in caught.value.message
    assert "migrations/0002.app.indexes.sql:5:1" in caught.value.message
    status = started.status()
    assert status["invalid_indexes"] == ["app.items_name_key"]
    assert started.states()["0002.app.indexes"] == "partial"
    first = started.value("SELECT 'app.items_id_name_idx'::regclass::oid")

    started.execute("UPDATE app.items SET name = 'other' WHERE id = 2")
    assert started.apply().applied == ["0002.app.indexes"]
    assert "  1/3 was done before" in started.said
    assert "  dropping the invalid index app.items_name_key of an earlier attempt" in started.said
    assert started.value("SELECT 'app.items_id_name_idx'::regclass::oid") == first
    valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'app.items_name_key'::regclass"
    assert started.value(valid) is True
    assert started.query("SELECT FROM strongroom.migrate_step") == []

    started.rollback()
    assert started.query("SELECT FROM pg_class WHERE relname LIKE 'items_%name%'") == []


def test_a_statement_that_succeeded_unnoticed_is_not_run_again(started: Sandbox) -> None:
    """As after kill -9 between a statement and its note."""
    text = (
        "-- depends: 0001.app.start\n-- transactional: false\n"
        "CREATE INDEX CONCURRENTLY items_name_idx ON app.items (name);\nVACUUM app.gone;\n"
    )
    started.migration("0002.app.indexes", text)
    with pytest.raises(PartialError):
        started.apply()
    started.execute("UPDATE strongroom.migrate_step SET finished_at = NULL")
    started.migration("0002.app.indexes", text.replace("gone", "items"))
    assert started.apply().applied == ["0002.app.indexes"]
    assert "  1/2 had succeeded before the runner was stopped" in started.said


def test_finished_statements_may_not_change(started: Sandbox) -> None:
    text = (
        "-- depends: 0001.app.start\n-- transactional: false\n"
        "CREATE INDEX CONCURRENTLY items_name_idx ON app.items (name);\nVACUUM app.gone;\n"
    )
    started.migration("0002.app.indexes", text)
    with pytest.raises(PartialError):
        started.apply()
    started.migration("0002.app.indexes", text.replace("(name)", "(id)"))
    done = started.run("apply", "--yes")
    assert done.returncode == 6
    assert "statement 1 was executed already" in done.stderr


def test_the_server_goes_away_in_the_middle(started: Sandbox) -> None:
    started.migration(
        "0002.app.two",
        "-- depends: 0001.app.start\nCREATE TABLE app.more ();\n"
        "SELECT pg_terminate_backend(pg_backend_pid());\n",
    )
    with pytest.raises((ConnectError, MigrationError)) as caught:
        started.apply()
    assert caught.value.exit_code == 9
    assert started.applied() == ["0001.app.start"]


def test_to_holds_the_functions_back(started: Sandbox) -> None:
    started.migration("0002.app.two", "-- depends: 0001.app.start\nCREATE TABLE app.two (v int);\n")
    started.function(
        "count_two",
        "CREATE OR REPLACE FUNCTION app.count_two() RETURNS bigint LANGUAGE sql "
        "RETURN (SELECT count(*) FROM app.two);\n",
    )
    held = started.apply(to="0001")
    assert (held.applied, held.functions) == ([], [])
    assert held.held_back == ["functions/app/count_two.sql"]
    assert started.apply().functions == ["functions/app/count_two.sql"]


def test_a_plain_connection_sees_what_runs(started: Sandbox) -> None:
    started.migration(
        "0002.app.two",
        "-- depends: 0001.app.start\nCREATE TABLE app.seen AS SELECT application_name AS name "
        "FROM pg_stat_activity WHERE pid = pg_backend_pid();\n",
    )
    started.apply()
    assert started.value("SELECT name FROM app.seen") == "strongroom migrate: 0002.app.two"


def test_irreversible_says_why(started: Sandbox) -> None:
    started.migration(
        "0002.app.gone",
        "-- depends: 0001.app.start\nDROP TABLE app.items;\n",
        "-- irreversible: the rows are gone\n",
    )
    started.apply()
    done = started.run("rollback", "--yes")
    assert done.returncode == 2
    assert "the rows are gone" in done.stderr


def _function(name: str, body: str, result: str = "int") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION app.{name}(a int) RETURNS {result} LANGUAGE sql IMMUTABLE "
        f"RETURN {body};\n"
    )


def test_psycopg_errors_reach_nobody_as_tracebacks(started: Sandbox) -> None:
    started.execute("ALTER TABLE strongroom.migrate_run RENAME TO gone")
    done = started.run("status")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "42P01" in done.stderr
