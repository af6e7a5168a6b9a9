"""The job that gathers statistics of tables with partitions as a whole."""

from __future__ import annotations

import psycopg
import pytest

from tests.python.fix_databases import Database
from tests.python.maintain.conftest import Maintained, prepare

# The planner's guess of kinds for the whole table, by its own statistics.
_KINDS = """
SELECT s.stadistinct::integer FROM pg_statistic AS s
JOIN pg_attribute AS a ON a.attrelid = s.starelid AND a.attnum = s.staattnum
WHERE s.starelid = '{}'::regclass AND s.stainherit AND a.attname = 'kind'
"""
_FILL = """
CREATE SCHEMA elsewhere AUTHORIZATION strongroom_owner;
SET ROLE strongroom_owner;
CREATE TABLE {0} (id integer, kind text) PARTITION BY RANGE (id);
CREATE TABLE probe.part PARTITION OF {0} FOR VALUES FROM (0) TO (1000);
INSERT INTO {0} SELECT n, 'kind' || n % 3 FROM generate_series(1, 900) AS n;
CREATE TABLE probe.void (kind text) PARTITION BY LIST (kind);
CREATE TABLE elsewhere.root (LIKE {0}) PARTITION BY RANGE (id);
CREATE TABLE elsewhere.part PARTITION OF elsewhere.root FOR VALUES FROM (0) TO (1000);
INSERT INTO elsewhere.root SELECT n, 'kind' FROM generate_series(1, 900) AS n;
"""
_ROOT = 'probe."a""b;--é"'
_JOB = "SELECT kernel.analyze_roots()"


@pytest.fixture
def filled(database: Database) -> Maintained:
    maintained = prepare(database)
    with psycopg.connect(maintained.admin_url) as admin:
        admin.execute(_FILL.format(_ROOT).encode())
    # What the session counted is known to others once it has ended.
    maintained.wait_for("SELECT WHERE pg_stat_get_live_tuples('probe.part'::regclass) = 900")
    return maintained


def test_the_root_of_partitions_has_statistics(filled: Maintained) -> None:
    """[A-24] Autovacuum never gathers them; the job does so once, and not for what is no app."""
    assert filled.query(_KINDS.format(_ROOT)) == []
    filled.execute(
        "UPDATE kernel.job SET is_enabled = true, next_due_at = now() WHERE name = 'analyze_roots'"
    )
    code, found, _ = filled.run()
    assert (code, [(r["job"], r["outcome"]) for r in found["runs"]]) == (
        0,
        [("analyze_roots", "done")],
    )
    assert filled.query(_KINDS.format(_ROOT)) == [(3,)]
    assert filled.query("SELECT pg_stat_get_last_analyze_time('probe.void'::regclass)") == [(None,)]
    assert filled.query(_KINDS.format("elsewhere.root")) == []
    with psycopg.connect(filled.url, autocommit=True) as runner:
        # A partition that was analyzed since does not make the table due again at once.
        filled.execute("ANALYZE probe.part")
        assert runner.execute(_JOB).fetchone() == (0,)


def test_a_table_that_is_locked_waits_for_the_next_run(filled: Maintained) -> None:
    with psycopg.connect(filled.url, autocommit=True) as runner:
        while runner.execute(_JOB).fetchone() != (0,):
            pass
        filled.execute(
            f"CREATE TABLE probe.more PARTITION OF {_ROOT} FOR VALUES FROM (1000) TO (2000)"
        )
        filled.execute("DELETE FROM pg_statistic WHERE starelid = 'probe.part'::regclass")
        filled.execute(f"SELECT pg_stat_reset_single_table_counters('{_ROOT}'::regclass)")
        said: list[str | None] = []
        runner.add_notice_handler(lambda notice: said.append(notice.message_primary))
        with psycopg.connect(filled.admin_url) as other:
            other.execute(f"LOCK TABLE {_ROOT} IN SHARE UPDATE EXCLUSIVE MODE".encode())
            assert runner.execute(_JOB).fetchone() == (0,)
        assert said == [f"{_ROOT} was not analyzed"]
        assert runner.execute(_JOB).fetchone() == (1,)
        assert runner.execute(_JOB).fetchone() == (0,)


def test_a_root_that_is_locked_waits_for_the_next_run(filled: Maintained) -> None:
    """It is told of, and fails nothing: that passes."""
    filled.execute(
        "UPDATE kernel.job SET is_enabled = true, next_due_at = now() WHERE name = 'analyze_roots'"
    )
    with psycopg.connect(filled.admin_url) as other:
        other.execute(f"LOCK TABLE {_ROOT}".encode())
        code, found, err = filled.run()
    assert code == 0, err
    assert [entry["sqlstate"] for entry in found["left_out"]] == ["55P03"]
    assert "was not analyzed" in found["left_out"][0]["message"]
    assert "warning: " in err
