"""Files that move data: a batch a transaction, and on from where it stopped."""

from __future__ import annotations

import threading

import psycopg
import pytest

from strongroom.errors import LintError, PartialError
from tests.python.migrate.conftest import Sandbox

MOVE = """-- depends: 0001.app.start
-- transactional: batches
UPDATE app.items AS i
SET name = 'moved'
WHERE i.id IN (
    SELECT o.id FROM app.items AS o WHERE o.name = 'old' ORDER BY o.id
    LIMIT current_setting('strongroom.batch_size')::bigint
    FOR UPDATE
);
"""
BATCHES = "SELECT count(DISTINCT xmin::text) FROM app.items WHERE name = 'moved'"
LEFT = "SELECT count(*) FROM app.items WHERE name = 'old'"


@pytest.fixture
def filled(started: Sandbox) -> Sandbox:
    """Two thousand five hundred rows that wait."""
    started.execute("INSERT INTO app.items SELECT n, 'old' FROM generate_series(1, 2500) AS n")
    return started


def test_a_thousand_rows_are_a_batch_where_nothing_is_said(filled: Sandbox) -> None:
    """[T-29] 2,500 rows are three transactions."""
    filled.migration("0002.app.move", MOVE)
    assert filled.apply().applied == ["0002.app.move"]
    assert filled.value(LEFT) == 0
    assert filled.value(BATCHES) == 3
    assert "  2,500 rows" in filled.said
    assert filled.query("SELECT FROM strongroom.migrate_step") == []


def test_the_size_can_be_said(filled: Sandbox) -> None:
    """[T-29]"""
    text = MOVE.replace("batches\n", "batches\n-- batch-size: 500\n")
    filled.migration("0002.app.move", text)
    filled.apply()
    assert filled.value(BATCHES) == 5


def test_what_was_moved_stays_when_a_batch_fails(filled: Sandbox) -> None:
    """[T-29] The next apply goes on where it was."""
    filled.execute("ALTER TABLE app.items ADD CHECK (NOT (id = 1700 AND name = 'moved'))")
    filled.migration("0002.app.move", MOVE)
    with pytest.raises(PartialError) as caught:
        filled.apply()
    assert caught.value.exit_code == 8
    assert "stopped at statement 1 of 1" in caught.value.message
    assert filled.value(LEFT) == 1500
    assert filled.states()["0002.app.move"] == "partial"
    filled.execute("ALTER TABLE app.items DROP CONSTRAINT items_check")
    assert filled.apply().applied == ["0002.app.move"]
    assert "  1,500 rows" in filled.said
    assert filled.value(LEFT) == 0


def test_a_killed_runner_is_followed_by_one_that_goes_on(filled: Sandbox) -> None:
    """[T-29] kill -9 between two batches: whole batches are moved, and the rest comes later."""
    filled.execute(
        "CREATE FUNCTION app.rest() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$;"
        "CREATE TRIGGER rest AFTER UPDATE ON app.items EXECUTE FUNCTION app.rest()"
    )
    filled.migration("0002.app.move", MOVE.replace("batches\n", "batches\n-- batch-size: 100\n"))
    running = filled.start("apply", "--yes")
    filled.wait_for("SELECT FROM app.items WHERE name = 'moved'")
    running.kill()
    running.communicate()
    filled.wait_for(
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name"
        " LIKE 'strongroom%' AND datname = current_database())"
    )
    left = filled.value(LEFT)
    assert 0 < left < 2500
    assert left % 100 == 0
    filled.execute("DROP TRIGGER rest ON app.items")
    assert filled.apply().applied == ["0002.app.move"]
    assert f"  {left:,} rows" in filled.said
    assert filled.value(LEFT) == 0


def test_a_batch_waits_its_turn(filled: Sandbox) -> None:
    """A row that somebody holds is waited for, and nothing of the batch is lost."""
    filled.migration("0002.app.move", MOVE.replace("-- dep", "-- lock-timeout: 200ms\n-- dep"))
    with psycopg.connect(filled.url) as other:
        other.execute("SELECT FROM app.items WHERE id = 1200 FOR UPDATE")
        release = threading.Timer(1, other.rollback)
        release.start()
        filled.apply()
        release.join()
    assert any("somebody is in the way (55P03)" in line for line in filled.said)
    assert filled.value(LEFT) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MOVE.replace("strongroom.batch", "batch"), "nothing says how much a batch takes"),
        (MOVE.replace("FOR UPDATE", "FOR UPDATE SKIP  locked"), "would pass for the end"),
        (MOVE + "CREATE TABLE app.more ();", "for INSERT, UPDATE, DELETE and MERGE alone"),
        (MOVE.replace("batches\n", "batches\n-- batch-size: 0\n"), "a number from 1 to 1000000"),
        (MOVE.replace("batches\n", "batch\n"), "'transactional' is true, false or batches"),
        ("-- depends: 0001.app.start\n-- batch-size: 5\nSELECT 1;", "is for files with"),
    ],
    ids=["no size", "skips", "no rows", "zero", "unknown", "size alone"],
)
def test_what_would_not_end_or_not_move_is_refused(filled: Sandbox, text: str, said: str) -> None:
    filled.migration("0002.app.move", text)
    with pytest.raises(LintError) as caught:
        filled.apply()
    assert said in caught.value.message
    assert filled.value(LEFT) == 2500
