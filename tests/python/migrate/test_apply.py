"""Migrations are applied in order, each in a transaction of its own, and recorded with it."""

from __future__ import annotations

import pytest

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
