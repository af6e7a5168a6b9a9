"""Runs of all policies: each has its turn, whatever others meet; and a preview says what goes."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.python.retention.conftest import Archive, place, release, run

pytestmark = pytest.mark.ends

_CHATS = """
INSERT INTO probe.chats SELECT n, now() - interval '40 days' FROM generate_series(%s::int, %s) AS n
"""
_JOB = "SELECT outcome, error_code FROM kernel.job_run WHERE job = 'apply_retention' ORDER BY id"
_CODES = "SELECT name, error_code FROM kernel.retention_policy WHERE error_code IS NOT NULL"
_FINDINGS = """
SELECT level, detail FROM kernel.findings('{retention_lag}') WHERE starts_with(detail, 'Policy ')
"""
# What a batch of chats meets, and by which code that is told; nothing of it concerns the notes.
_TROUBLES = {
    "an index that is gone": ("DROP INDEX probe.chats_at_idx", "KR030"),
    "a trigger that refuses": (
        "CREATE FUNCTION probe.tg_no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'no' USING ERRCODE = 'P1234'; END $$;"
        "CREATE TRIGGER t BEFORE DELETE ON probe.chats EXECUTE FUNCTION probe.tg_no()",
        "P1234",
    ),
    "a trigger that asserts": (
        "CREATE FUNCTION probe.tg_no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " ASSERT false; END $$;"
        "CREATE TRIGGER t BEFORE DELETE ON probe.chats EXECUTE FUNCTION probe.tg_no()",
        "P0004",
    ),
    "a trigger that refuses at the end": (
        "CREATE FUNCTION probe.tg_no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION 'no' USING ERRCODE = 'P1234'; END $$;"
        "CREATE CONSTRAINT TRIGGER t AFTER DELETE ON probe.chats INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION probe.tg_no()",
        "P1234",
    ),
}
_MENDS = """
CREATE INDEX IF NOT EXISTS chats_at_idx ON probe.chats (at);
DROP TRIGGER IF EXISTS t ON probe.chats
"""


def _job(runner: psycopg.Connection[Any]) -> None:
    """A run of the job, as a scheduler has it."""
    runner.execute("CALL kernel.run_jobs()")


def _again(archive: Archive) -> None:
    archive.admin.execute("UPDATE kernel.job SET next_due_at = now()")


@pytest.mark.parametrize("trouble", _TROUBLES)
def test_one_policy_that_fails_does_not_stop_the_others(any_archive: Archive, trouble: str) -> None:
    archive, runner = any_archive, any_archive.runner()
    statement, code = _TROUBLES[trouble]
    archive.admin.execute(statement.encode())
    # The policy of chats comes first, and again in each later run.
    for first in (1, 101):
        archive.admin.execute(_CHATS, (first, first + 9))
        archive.write(20, first=first)
        _again(archive)
        _job(runner)
        assert archive.notes() == []
        assert archive.query(_CODES) == [("chats", code)]
    assert archive.value("SELECT count(*) FROM probe.chats") == 20
    assert archive.query(_JOB) == [("done", None)] * 2
    archive.check_records()
    (finding,) = archive.query(_FINDINGS)
    assert finding[0] == "ERROR"
    assert "Policy chats of probe.chats: " in finding[1]
    # By hand it says what it met.
    with pytest.raises(psycopg.Error) as raised:
        runner.execute("SELECT kernel.apply_retention('chats')")
    assert raised.value.sqlstate == code
    archive.admin.execute(_MENDS)
    _again(archive)
    _job(runner)
    assert archive.value("SELECT count(*) FROM probe.chats") == 0
    assert archive.query(_CODES) == []
    assert archive.query(_FINDINGS) == []


def test_a_table_that_is_locked_keeps_no_other_waiting(any_archive: Archive) -> None:
    """That passes, and is nothing to be told of."""
    archive, runner = any_archive, any_archive.runner()
    archive.admin.execute(_CHATS, (1, 5))
    archive.write(20)
    other = archive.database.connect("postgres", autocommit=False)
    other.execute("LOCK TABLE probe.chats IN SHARE MODE")
    _job(runner)
    assert archive.notes() == []
    assert archive.query(_CODES) == []
    other.rollback()
    _again(archive)
    _job(runner)
    assert archive.value("SELECT count(*) FROM probe.chats") == 0


def test_a_table_that_grows_old_by_the_moment_has_others_have_their_turn(
    any_archive: Archive,
) -> None:
    """What comes to be past its time during a run is the next run's."""
    archive, runner = any_archive, any_archive.runner()
    archive.write(20)
    gone = []
    for number in range(8):
        archive.admin.execute(
            "INSERT INTO probe.chats VALUES (%s, now() - interval '30 days')", (number,)
        )
        found = runner.execute("SELECT kernel.apply_retention()").fetchone()
        assert found is not None
        gone.append(found[0])
        if found[0] == 0:
            break
    assert archive.notes() == []
    assert gone == [1, 20, 0]


def test_a_preview_is_what_a_run_does(any_archive: Archive) -> None:
    """Rows that refer go first, so that what they referred to goes as well, unless one stays."""
    archive, runner = any_archive, any_archive.runner()
    archive.admin.execute(
        """
        SET ROLE strongroom_owner;
        ALTER TABLE probe.messages ADD COLUMN user_id bigint, ADD COLUMN sent_at timestamptz;
        CREATE INDEX ON probe.messages (sent_at) WHERE sent_at IS NOT NULL;
        INSERT INTO kernel.retention_policy
            (name, relation, action, time_expression, keep_for, keep_nulls, reason)
        VALUES ('messages', 'probe.messages', 'delete', 'sent_at', '30 days', true, 'old');
        RESET ROLE;
        INSERT INTO probe.chats SELECT n, now() - interval '40 days'
        FROM generate_series(1, 6) AS n;
        INSERT INTO probe.messages (id, chat, user_id, sent_at)
        VALUES
            (1, 1, 1, now() - interval '40 days'),
            (2, 2, 1, now() - interval '40 days'), (3, 2, 1, now()),
            (4, 3, 2, now() - interval '40 days'),
            (5, 4, 1, NULL),
            (6, 5, 1, now() - interval '40 days')
        """
    )
    place(runner, app="probe", subject="2")
    hold = place(runner, table="probe.messages", row_key='{"id": 6}')
    told = """
        SELECT policy, row_count, kept_count FROM kernel.retention_preview()
        WHERE policy IN ('chats', 'messages') ORDER BY policy
    """
    rest = "SELECT array_agg(id ORDER BY id) FROM probe.chats"
    assert archive.query(told) == [("chats", 2, 4), ("messages", 2, 2)]
    _job(runner)
    assert archive.value(rest) == [2, 3, 4, 5]
    release(runner, hold)
    assert archive.query(told) == [("chats", 1, 3), ("messages", 1, 1)]
    _again(archive)
    _job(runner)
    assert archive.value(rest) == [2, 3, 4]
    archive.admin.execute("UPDATE kernel.retention_policy SET is_enabled = name <> 'messages'")
    release(runner, 1)
    assert archive.query(told) == [("chats", 0, 3)]
    assert run(runner, "chats") == 0
