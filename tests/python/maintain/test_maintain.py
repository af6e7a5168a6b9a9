"""`strongroom maintain` as people and programs run it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from strongroom.server import Server
from tests.python.fix_databases import Database
from tests.python.maintain.conftest import ROOT, Maintained, prepare

pytestmark = pytest.mark.ends

_HELD = """
SELECT FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database
WHERE l.locktype = 'advisory' AND d.datname = current_database()
"""
_UNDER_WAY = "SELECT FROM kernel.job_run WHERE outcome = 'running' AND batches > 0"


def test_each_due_job_runs_to_its_end_as_the_runner(maintained: Maintained) -> None:
    """[A-24] What is due is done, batch by batch, and the history says so."""
    maintained.job("second", 2)
    maintained.job("first", 3, priority=1)
    maintained.job("later", 1, next_due_at="2999-01-01")
    maintained.job("off", 1, is_enabled=False)
    code, found, err = maintained.run()
    assert (code, found.get("expired")) == (0, []), (found, err)
    assert [(r["job"], r["outcome"], r["batches"], r["done"]) for r in found["runs"]] == [
        ("first", "done", 4, 21),
        ("second", "done", 3, 14),
    ]
    assert [r[:4] for r in maintained.runs()] == [
        ("first", "done", 4, 21),
        ("second", "done", 3, 14),
    ]
    assert maintained.query("SELECT DISTINCT by, actor FROM probe.seen ORDER BY 2") == [
        ("none", "job first"),
        ("none", "job second"),
    ]
    assert "job first  done  4 batches, 21 done" in err
    assert maintained.run()[1] == {"runs": [], "expired": [], "left_out": []}


def test_a_superuser_works_with_the_runners_rights_only(any_maintained: Maintained) -> None:
    any_maintained.job("work", 1)
    assert any_maintained.run(url=any_maintained.admin_url)[0] == 0
    assert any_maintained.query("SELECT by FROM probe.seen") == [("strongroom_runner",)]


def test_a_job_that_fails_or_hangs_does_not_stop_the_others(maintained: Maintained) -> None:
    maintained.job("a", 1, body="RAISE EXCEPTION 'Anna %', 1 / 0")
    maintained.job("b", 1, seconds=60, timeout="300 milliseconds")
    maintained.job("c", 1)
    code, found, err = maintained.run()
    assert code == 1
    assert found["error"] == "failed: a (failed, 22012), b (timeout, 57014)"
    assert [r["outcome"] for r in found["runs"]] == ["failed", "timeout", "done"]
    assert maintained.runs() == [
        ("a", "failed", 0, 0, "22012"),
        ("b", "timeout", 0, 0, "57014"),
        ("c", "done", 2, 7, None),
    ]
    assert maintained.query("SELECT name FROM probe.seen") == [("c",)]
    assert "Anna" not in err


def test_a_job_that_is_taken_away_while_it_runs_stops_no_other(any_maintained: Maintained) -> None:
    """Its runs went with it, so that nothing is left to write down."""
    maintained = any_maintained
    maintained.job("away", 1000, seconds=0.1, priority=1)
    maintained.job("stays", 1, priority=2)
    with maintained.start("--json") as running:
        maintained.wait_for(_UNDER_WAY)
        maintained.execute("DELETE FROM kernel.job WHERE name = 'away'")
        out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert [(r["job"], r["outcome"]) for r in json.loads(out)["runs"]] == [
        ("away", "lost"),
        ("stays", "done"),
    ]
    assert [r[:2] for r in maintained.runs()] == [("stays", "done")]


def test_what_is_left_when_the_time_is_up_is_done_in_the_next_round(
    any_maintained: Maintained,
) -> None:
    any_maintained.job("long", 5, seconds=0.6, timeout="2 seconds")
    any_maintained.job("short", 1)
    code, found, _ = any_maintained.run()
    assert code == 0
    names = [(r["job"], r["outcome"]) for r in found["runs"]]
    assert names[:2] == [("long", "more"), ("short", "done")]
    assert names[-1] == ("long", "done")
    assert any_maintained.query("SELECT n FROM probe.rest WHERE n <> 0") == []


def test_one_job_now(any_maintained: Maintained) -> None:
    any_maintained.job("one", 1, next_due_at="2999-01-01")
    any_maintained.job("other", 1)
    any_maintained.job("off", 1, is_enabled=False)
    assert [r["job"] for r in any_maintained.run("--job", "one")[1]["runs"]] == ["one"]
    code, found, _ = any_maintained.run("--job", "nobody")
    assert (code, found["error"]) == (2, "no job is named 'nobody'")
    code, found, _ = any_maintained.run("--job", "off")
    assert (code, found["error"]) == (2, "job 'off' is disabled")
    with psycopg.connect(any_maintained.admin_url) as other:
        other.execute(
            "SELECT pg_advisory_lock(kernel.lock_space('job'), id) FROM kernel.job "
            "WHERE name = 'other'"
        )
        code, found, _ = any_maintained.run("--job", "other")
    assert (code, found["error"]) == (5, "another runner has job 'other'")


def test_list_and_dry_run_change_nothing(any_maintained: Maintained) -> None:
    any_maintained.job("due", 1)
    any_maintained.job("later", 1, next_due_at="2999-01-01")
    any_maintained.execute(
        "UPDATE kernel.job SET function_name = 'probe.gone()' WHERE name = 'later'"
    )
    code, found, _ = any_maintained.run("--list")
    jobs = {job["job"]: job for job in found["jobs"]}
    assert code == 0
    assert jobs["later"]["problem"] == "there is no such function"
    assert (jobs["due"]["is_due"], jobs["later"]["is_due"]) == (True, False)
    assert not jobs["trim_job_runs"]["enabled"]
    assert [job["job"] for job in any_maintained.run("--dry-run")[1]["jobs"]] == ["due"]
    assert any_maintained.runs() == []
    with any_maintained.start("--list") as running:
        text = running.communicate(timeout=60)[0]
    assert "disabled" in text
    assert "2999-01-01" in text


def test_a_terminal_sees_where_a_job_stands(any_maintained: Maintained) -> None:
    any_maintained.job("long", 3, seconds=0.3)
    master, slave = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "strongroom", "maintain"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": any_maintained.url, "TERM": "xterm"},
        stdout=slave,
        stderr=slave,
    ) as running:
        os.close(slave)
        said = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:
                break
            if not part:
                break
            said += part
    os.close(master)
    assert running.returncode == 0
    assert b"1 batch, 7 done" in said
    assert b"job long" in said


def test_asked_to_end_it_ends_after_the_batch(any_maintained: Maintained) -> None:
    any_maintained.job("long", 1000, seconds=0.2, priority=1)
    any_maintained.job("next", 1)
    for number, arguments, code in (
        (signal.SIGTERM, ["--loop"], 0),
        (signal.SIGINT, ["--loop"], 0),
        (signal.SIGTERM, [], 130),
        (signal.SIGINT, [], 130),
    ):
        with any_maintained.start(*arguments) as running:
            any_maintained.wait_for(_UNDER_WAY)
            running.send_signal(number)
            running.communicate(timeout=60)
        assert running.returncode == code
        assert any_maintained.query(_HELD) == []
    runs = any_maintained.runs()
    assert [(r[0], r[1]) for r in runs] == [("long", "stopped")] * 4
    # What was counted is what was done: the batch that was under way was not torn.
    assert [(sum(r[2] for r in runs),)] == any_maintained.query("SELECT count(*) FROM probe.seen")


def test_asked_twice_it_ends_the_batch(any_maintained: Maintained) -> None:
    any_maintained.job("long", 1, seconds=60)
    with any_maintained.start() as running:
        any_maintained.wait_for(
            "SELECT FROM pg_stat_activity"
            " WHERE wait_event = 'PgSleep' AND datname = current_database()"
        )
        running.send_signal(signal.SIGINT)
        # The second is lost in the first as long as that was not heard.
        time.sleep(2)
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=30)
    assert running.returncode == 1
    assert any_maintained.runs() == [("long", "canceled", 0, 0, "57014")]


def test_the_run_of_a_killed_runner_is_closed_by_the_next(maintained: Maintained) -> None:
    maintained.job("long", 3, seconds=1.0)
    with maintained.start() as running:
        maintained.wait_for("SELECT FROM kernel.job_run WHERE batches = 1")
        running.kill()
        running.communicate()
    maintained.wait_for(
        "SELECT WHERE NOT EXISTS (SELECT FROM pg_stat_activity "
        "WHERE application_name LIKE 'strongroom maintain%' AND datname = current_database())"
    )
    assert [r[1] for r in maintained.runs()] == ["running"]
    # A job whose runner is gone waits a minute, lest it take one runner after the other along.
    assert maintained.run()[1]["runs"] == []
    assert [r[1] for r in maintained.runs()] == ["lost"]
    maintained.execute("UPDATE kernel.job SET next_due_at = now() WHERE name = 'long'")
    assert maintained.run()[0] == 0
    assert [r[1] for r in maintained.runs()] == ["lost", "done"]
    assert maintained.query("SELECT n FROM probe.rest") == [(0,)]


def test_two_runners_share_what_is_due(maintained: Maintained) -> None:
    for n in range(8):
        maintained.job(f"job{n}", 4, seconds=0.05)
    runners = [maintained.start(*a) for a in (["--loop", "--every", "0.1"], [], ["--loop"], [])]
    maintained.wait_for(
        "SELECT WHERE 8 = (SELECT count(*) FROM kernel.job_run WHERE outcome = 'done')"
    )
    for runner in runners:
        runner.terminate()
        runner.communicate(timeout=60)
    assert sorted(r[:4] for r in maintained.runs()) == [
        (f"job{n}", "done", 5, 28) for n in range(8)
    ]
    assert (
        maintained.query("SELECT name, count(*) FROM probe.seen GROUP BY 1 HAVING count(*) <> 4")
        == []
    )
    assert maintained.query("SELECT count(DISTINCT pid) > 1 FROM probe.seen") == [(True,)]


def test_sql_alone_runs_jobs_beside_a_runner(maintained: Maintained) -> None:
    """kernel.run_jobs() commits after each job, and leaves what a runner has."""
    maintained.job("held", 1000, seconds=0.2)
    maintained.job("free", 2)
    maintained.job("worse", 1, body="RAISE EXCEPTION 'no'")
    with maintained.start("--job", "held") as running:
        maintained.wait_for("SELECT FROM kernel.job_run WHERE job = 'held' AND batches > 0")
        # Due again before it is done.
        maintained.execute("UPDATE kernel.job SET next_due_at = now() WHERE name = 'held'")
        with psycopg.connect(maintained.url, autocommit=True) as cron:
            cron.execute("CALL kernel.run_jobs()")
        states = maintained.query("SELECT job, outcome, xmin::text FROM kernel.job_run ORDER BY 1")
        assert [row[:2] for row in states] == [
            ("free", "done"),
            ("held", "running"),
            ("worse", "failed"),
        ]
        assert len({row[2] for row in states}) == 3
        running.terminate()
        running.communicate(timeout=60)
    assert running.returncode == 130


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("ASSERT false; RETURN 0", "P0004"),
        ("INSERT INTO probe.late VALUES (1, 2); RETURN 0", "23503"),
        ("PERFORM probe.gone(); RETURN 0", "42883"),
    ],
    ids=["an assertion", "a deferred constraint", "a function that is gone"],
)
def test_nothing_that_a_job_meets_stops_the_others(
    any_maintained: Maintained, body: str, code: str
) -> None:
    """By the command, by the procedure and in one transaction."""
    maintained = any_maintained
    maintained.execute(
        "CREATE TABLE probe.late (id bigint PRIMARY KEY,"
        " other bigint REFERENCES probe.late (id) DEFERRABLE INITIALLY DEFERRED);"
        "GRANT ALL ON probe.late TO strongroom_runner"
    )
    maintained.job("bad", 1, body=body, priority=1)
    maintained.job("good", 3, priority=2)
    outcomes = [("bad", "failed", 0, 0, code), ("good", "done", 2, 7, None)]
    for call in ("CALL kernel.run_jobs()", "SELECT kernel.run_due_jobs()", None):
        maintained.execute("UPDATE probe.rest SET n = 1; UPDATE kernel.job SET next_due_at = now()")
        if call is None:
            maintained.run()
        else:
            with psycopg.connect(maintained.url, autocommit=True) as cron:
                cron.execute(call.encode())
        assert maintained.runs() == outcomes
        maintained.execute("DELETE FROM kernel.job_run")


def test_a_warning_that_is_no_error_is_said_and_fails_nothing(any_maintained: Maintained) -> None:
    """A trigger of an app may warn of whatever it likes; nothing was left out for it."""
    maintained = any_maintained
    maintained.job("warns", 1, body="RAISE WARNING 'look here'; RETURN 0")
    code, found, err = maintained.run()
    assert (code, found["left_out"]) == (0, []), err
    assert "warning: look here" in err


def test_a_timeout_of_the_caller_ends_the_job_that_it_meets(maintained: Maintained) -> None:
    maintained.job("a", 1)
    maintained.job("b", 1, seconds=60, timeout="200 milliseconds")
    maintained.job("c", 1)
    with psycopg.connect(maintained.url, autocommit=True) as cron:
        cron.execute("SET statement_timeout = '3s'")
        cron.execute("CALL kernel.run_jobs()")
    assert [r[:2] for r in maintained.runs()] == [("a", "done"), ("b", "timeout")]
    with psycopg.connect(maintained.url, autocommit=True) as cron:
        cron.execute("CALL kernel.run_jobs()")
    assert [r[:2] for r in maintained.runs()][2:] == [("c", "done")]


def test_what_stands_in_the_way_is_said(database: Database, empty_database: Database) -> None:
    maintained = prepare(database)
    for url, code, text in (
        ("postgresql://nobody@127.0.0.1:1/none", 9, "can't connect to nobody@127.0.0.1:1/none"),
        (database.url("strongroom_login"), 2, "role 'strongroom_login' may not run maintenance"),
        (database.url("strongroom_migrator"), 2, "'strongroom_migrator' may not run maintenance"),
        (empty_database.url("postgres"), 3, "has no table of jobs"),
    ):
        found = maintained.run(url=url)
        assert found[0] == code
        assert text in found[1]["error"]
        assert found[1]["hint"]
    for arguments in (["--loop", "--list"], ["--every", "5"], ["--dry-run", "--job", "a"]):
        assert maintained.run(*arguments)[0] == 2


def test_a_loop_outlives_its_server(own_server: Server) -> None:
    database = Database(own_server, "strongroom")
    maintained = prepare(database)
    database.close()
    maintained.job("often", 1_000_000, seconds=0.05, schedule="1 second", timeout="10 seconds")
    with maintained.start("--loop", "--every", "0.2") as running:
        for _ in range(2):
            maintained.wait_for(_UNDER_WAY)
            pid = own_server.status().pid
            assert pid is not None
            os.kill(pid, signal.SIGQUIT)
            while own_server.status().running:
                time.sleep(0.05)
            own_server.start()
            maintained.execute("UPDATE kernel.job SET next_due_at = now()")
            maintained.wait_for("SELECT FROM kernel.job_run WHERE outcome = 'lost'")
            maintained.execute(
                "UPDATE kernel.job SET next_due_at = now();"
                "UPDATE kernel.job_run SET outcome = 'failed' WHERE outcome = 'lost'"
            )
        running.terminate()
        said = "".join(running.communicate(timeout=60))
    assert running.returncode == 0
    batches = maintained.query("SELECT sum(batches) FROM kernel.job_run")
    assert batches == maintained.query("SELECT count(*) FROM probe.seen")
    assert "next try in" in said
