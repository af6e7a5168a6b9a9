"""Batches don't wait for the disk; the end of their run does, for all of them."""

from __future__ import annotations

from typing import Any

import pytest

from strongroom.maintain.runner import Runner
from strongroom.maintain.stop import Stop
from tests.python.retention.conftest import Archive

# Where the log is once a batch is done, save for its commit.
_MARKS = """
CREATE TABLE probe.mark (setting text, written pg_lsn);
GRANT INSERT ON probe.mark TO strongroom_owner;
CREATE FUNCTION probe.tg_mark() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO probe.mark
    VALUES (current_setting('synchronous_commit'), pg_current_wal_insert_lsn());
    RETURN NULL;
END $$;
CREATE TRIGGER t60_mark AFTER DELETE ON probe.notes
FOR EACH STATEMENT EXECUTE FUNCTION probe.tg_mark();
CREATE FUNCTION probe.once() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN
    INSERT INTO probe.mark VALUES (current_setting('synchronous_commit'), NULL);
    RETURN 0;
END $$;
GRANT USAGE ON SCHEMA probe TO strongroom_runner;
GRANT EXECUTE ON FUNCTION probe.once() TO strongroom_runner;
GRANT INSERT ON probe.mark TO strongroom_runner;
INSERT INTO kernel.job (name, function_name, schedule)
VALUES ('once', 'probe.once()', '1 day'), ('again', '"kernel".apply_retention()', '1 day');
"""


def _runner(archive: Archive) -> Runner:
    connection = archive.runner()
    # Test servers don't wait for the disk at all.
    connection.execute("SET synchronous_commit = local")
    return Runner(connection, Stop(), lambda _: None)


def _marks(archive: Archive) -> list[Any]:
    return [setting for (setting,) in archive.query("SELECT setting FROM probe.mark")]


@pytest.mark.parametrize(
    ("job", "count", "batches"), [("apply_retention", 120_000, 3), ("again", 100, 1)]
)
def test_a_run_of_retention_waits_once(
    any_archive: Archive, job: str, count: int, batches: int
) -> None:
    """However many batches it has, and whatever the job is called."""
    archive = any_archive
    archive.admin.execute(_MARKS.encode())
    archive.write(count)
    runner = _runner(archive)
    run = runner.run_now(job)
    flushed = runner.connection.execute("SELECT pg_current_wal_flush_lsn()").fetchone()
    assert (run.outcome, run.done) == ("done", count)
    assert _marks(archive) == ["off"] * batches
    assert flushed is not None
    assert archive.value("SELECT max(m.written) < %s FROM probe.mark AS m", flushed[0])
    assert runner.connection.execute("SHOW synchronous_commit").fetchone() == ("local",)


def test_other_jobs_wait_as_they_are_told(any_archive: Archive) -> None:
    """What somebody read of a seal and took along must be there after a fall."""
    any_archive.admin.execute(_MARKS.encode())
    _runner(any_archive).run_now("once")
    assert _marks(any_archive) == ["local"]
    any_archive.write(10)
    any_archive.admin.execute("SET synchronous_commit = local")
    any_archive.admin.execute("SELECT kernel.apply_retention('notes')")
    assert _marks(any_archive) == ["local", "local"]
