"""What cannot run in a transaction is noted statement by statement, and resumed."""

from __future__ import annotations

import pytest

from strongroom.errors import PartialError
from tests.python.migrate.conftest import Sandbox


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
