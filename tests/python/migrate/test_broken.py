"""A migration that fails says where, and leaves nothing behind."""

from __future__ import annotations

import pytest

from strongroom.errors import ConnectError
from strongroom.migrate.failure import MigrationError
from tests.python.migrate.conftest import Sandbox


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


def test_psycopg_errors_reach_nobody_as_tracebacks(started: Sandbox) -> None:
    started.execute("ALTER TABLE strongroom.migrate_run RENAME TO gone")
    done = started.run("status")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "42P01" in done.stderr
