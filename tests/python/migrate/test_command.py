"""`strongroom migrate` as people run it: output, exit codes, other tools."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from yoyo.migrations import MigrationList

from strongroom.errors import UsageError
from strongroom.migrate.backend import Backend
from strongroom.migrate.files import read_migrations
from strongroom.migrate.script import ScriptError
from strongroom.server import PgBouncer
from strongroom.server.embedded import EmbeddedServer
from tests.python.fix_databases import Database
from tests.python.migrate.conftest import ROOT, Sandbox, make_sandbox

MORE = "-- depends: 0001.app.start\nCREATE TABLE app.more (id int);\n"
ASLEEP = (
    "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' "
    "AND datname = current_database() AND pid <> pg_backend_pid() AND wait_event = 'PgSleep'"
)


def test_apply_tells_where_what_and_that_it_is_done(started: Sandbox) -> None:
    started.migration("0002.app.more", MORE)
    done = started.run("apply", "--yes")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].startswith("target postgres@")
    assert started.value("SELECT current_database()") in lines[0]
    assert lines[1] == "migration 0002.app.more ..."
    assert lines[2].startswith("migration 0002.app.more  ok  0.")
    assert lines[-1] == "done: 1 migration applied"
    assert started.run("apply", "--yes").stdout.splitlines()[-1] == "nothing to do"


def test_apply_as_json(started: Sandbox) -> None:
    started.migration("0002.app.more", MORE)
    done = started.run("apply", "--yes", "--json")
    found = json.loads(done.stdout)
    assert found["applied"] == ["0002.app.more"]
    assert "migration 0002.app.more" in done.stderr


def test_without_a_terminal_yes_must_be_said(started: Sandbox) -> None:
    started.migration("0002.app.more", MORE)
    for command in ("apply", "rollback"):
        done = started.run(command)
        assert done.returncode == 2
        assert "--yes" in done.stderr
    assert started.applied() == ["0001.app.start"]


@pytest.mark.parametrize(("answer", "code"), [("n", 1), ("y", 0)])
def test_on_a_terminal_it_shows_and_asks(started: Sandbox, answer: str, code: int) -> None:
    started.migration("0002.app.more", MORE)
    master, slave = pty.openpty()
    running = subprocess.Popen(
        started.command("apply"),
        cwd=started.folder,
        env=started.environment(TERM="dumb"),
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(slave)
    os.write(master, f"{answer}\n".encode())
    output = running.communicate(timeout=60)[0]
    os.close(master)
    assert "  migration 0002.app.more" in output
    assert "apply these?" in output
    assert running.returncode == code, output
    assert ("0002.app.more" in started.applied()) == (answer == "y")


def test_status_check_tells_by_its_exit_code(started: Sandbox) -> None:
    assert started.run("status", "--check").returncode == 0
    started.migration("0002.app.more", MORE)
    assert started.run("status").returncode == 0
    assert started.run("status", "--check").returncode == 3
    started.write("migrations/0001.app.start.sql", "SELECT 1;\n")
    done = started.run("status", "--check")
    assert done.returncode == 6
    assert "edited   0001.app.start" in done.stdout


def test_status_changes_nothing(sandbox: Sandbox) -> None:
    sandbox.migration("0001.app.start", "CREATE SCHEMA app;\n")
    found = sandbox.status()
    assert found["ledger"] == "none"
    assert found["migrations"] == [
        {"id": "0001.app.start", "state": "pending", "applied_at": None, "applied_by": None}
    ]
    assert sandbox.query("SELECT FROM pg_namespace WHERE nspname = 'strongroom'") == []


def test_status_names_who_deploys(started: Sandbox) -> None:
    started.migration("0002.app.slow", "-- depends: 0001.app.start\nSELECT pg_sleep(60);\n")
    running = started.start("apply", "--yes")
    try:
        started.wait_for(ASLEEP)
        assert "strongroom migrate" in started.status()["deploying"]
    finally:
        running.kill()
        running.communicate()


def test_the_work_of_a_killed_deployer_is_waited_for(started: Sandbox) -> None:
    """The server may still be at it when its client is gone."""
    started.migration("0002.app.slow", "-- depends: 0001.app.start\nSELECT pg_sleep(60);\n")
    running = started.start("apply", "--yes")
    started.wait_for(ASLEEP)
    running.kill()
    running.communicate()
    started.migration("0002.app.slow", MORE)
    done = started.run("apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert started.applied() == ["0001.app.start", "0002.app.slow"]


def test_no_such_migration(started: Sandbox) -> None:
    for command in ("apply", "rollback"):
        done = started.run(command, "--yes", "--to", "0099.app.none")
        assert done.returncode == 2
        assert "no such migration: '0099.app.none'" in done.stderr
        assert "0001.app.start" in done.stderr


def test_an_unreachable_server(started: Sandbox, tmp_path: Path) -> None:
    url = f"postgresql://anna:secret-word@/shop?host={tmp_path}&port=5999"
    for command in ("status", "apply --yes", "rollback --yes"):
        done = started.run(*command.split(), DATABASE_URL=url)
        assert done.returncode == 9
        assert f"can't connect to anna@{tmp_path}:5999/shop" in done.stderr
        assert "secret-word" not in done.stderr + done.stdout
        assert "Traceback" not in done.stderr


def test_a_url_that_is_none(started: Sandbox) -> None:
    done = started.run("status", DATABASE_URL="mysql-ish secret-word")
    assert done.returncode == 2
    assert "secret-word" not in done.stderr + done.stdout


def test_a_wrong_password(sandbox: Sandbox, tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path / "state", "test")
    if reason := server.missing():
        pytest.skip(f"server 18 can't run here: {reason}")
    server.start()
    try:
        with psycopg.connect(server.url(), autocommit=True) as admin:
            admin.execute("CREATE ROLE anna LOGIN PASSWORD 'right-word'")
            rules = server.data / "pg_hba.conf"
            rules.write_text(f"local all anna scram-sha-256\n{rules.read_text()}")
            admin.execute("SELECT pg_reload_conf()")
        url = server.url("postgres", "anna").replace("anna@", "anna:{}@")
        _await_refusal(url.format("wrong-word"))
        done = sandbox.run("status", DATABASE_URL=url.format("wrong-word"))
        assert done.returncode == 9
        assert "password authentication failed" in done.stderr
        assert "wrong-word" not in done.stderr + done.stdout
        assert sandbox.run("status", DATABASE_URL=url.format("right-word")).returncode == 0
    finally:
        server.stop()


def test_broken_sql_exits_with_1(started: Sandbox) -> None:
    started.migration("0002.app.more", "-- depends: 0001.app.start\nSELEC 1;\n")
    done = started.run("apply", "--yes")
    assert done.returncode == 1
    assert "migrations/0002.app.more.sql:2:1" in done.stderr
    assert "database unchanged" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_command_has_an_example(sandbox: Sandbox) -> None:
    for command in ("status", "apply", "rollback"):
        done = sandbox.run(command, "--help")
        assert done.returncode == 0
        assert "Example:" in done.stdout


def yoyo(command: str) -> list[str]:
    """The beginning of a command line of the stock command."""
    return [sys.executable, "-m", "yoyo", command, "--batch", "--no-config-file"]


@pytest.mark.parametrize("also", ["", "&options=-c%20role%3Dpostgres"])
def test_stock_yoyo_reads_the_ledger(started: Sandbox, also: str) -> None:
    started.migration("0002.app.more", MORE)
    url = started.url.replace("postgresql://", "postgresql+psycopg://")
    done = subprocess.run(
        [*yoyo("list"), "--database", f"{url}&schema=strongroom{also}", "migrations"],
        cwd=started.folder,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split()[:2] for line in done.stdout.splitlines()[2:]]
    assert sorted(rows) == [["A", "0001.app.start"], ["U", "0002.app.more"]]
    assert started.apply().applied == ["0002.app.more"]


def test_the_backend_is_one_of_yoyo(started: Sandbox) -> None:
    """Whoever calls it through yoyo's own interface gets the atomic behaviour as well."""
    started.migration("0002.app.more", MORE, "DROP TABLE app.more;\nSELECT broken;\n")
    migrations = read_migrations(started.project)
    with Backend(started.target, started.said.append) as backend:
        pending = backend.to_apply(MigrationList(migrations))
        assert [migration.id for migration in pending] == ["0002.app.more"]
        backend.run_id = 1
        backend.apply_migrations(pending)
        assert backend.is_applied(migrations[1])
        with pytest.raises(ScriptError, match="broken"):
            backend.rollback_migrations(backend.to_rollback(MigrationList(migrations)))
        assert started.applied() == ["0001.app.start", "0002.app.more"]
        assert started.query("SELECT FROM app.more") == []
        started.write("migrations/0002.app.more.rollback.sql", "DROP TABLE app.more;\n")
        fresh = read_migrations(started.project)
        backend.rollback_one(fresh[1])
        assert started.applied() == ["0001.app.start"]


def test_what_stock_yoyo_applied_is_applied(sandbox: Sandbox) -> None:
    sandbox.migration("0001.app.start", "CREATE SCHEMA app;\n", "DROP SCHEMA app;\n")
    sandbox.execute("CREATE SCHEMA strongroom")
    url = sandbox.url.replace("postgresql://", "postgresql+psycopg://")
    subprocess.run(
        [*yoyo("apply"), "--database", f"{url}&schema=strongroom", "migrations"],
        cwd=sandbox.folder,
        check=True,
    )
    sandbox.migration("0002.app.more", MORE)
    assert sandbox.apply().applied == ["0002.app.more"]
    assert sandbox.states() == {"0001.app.start": "applied", "0002.app.more": "applied"}
    contents = sandbox.query("SELECT migration_id FROM strongroom.migrate_file ORDER BY 1")
    assert contents == [("0001.app.start",), ("0002.app.more",)]
    sandbox.write("migrations/0001.app.start.sql", "CREATE SCHEMA app; -- edited\n")
    assert sandbox.states()["0001.app.start"] == "edited"


@pytest.fixture
def pooled(started: Sandbox, plain_database: Database) -> Iterator[str]:
    """The URL of a PgBouncer in transaction mode before the database."""
    pooler = PgBouncer(
        plain_database.server, options={"ignore_startup_parameters": "options,search_path"}
    )
    if reason := pooler.missing():
        pytest.skip(reason)
    with pooler:
        yield pooler.url(plain_database.name)


def test_a_transaction_pooler_is_refused(started: Sandbox, pooled: str) -> None:
    started.migration("0002.app.more", MORE)
    done = started.run("apply", "--yes", DATABASE_URL=pooled)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "a connection pooler is in between" in done.stderr
    assert started.applied() == ["0001.app.start"]
    assert started.run("status", DATABASE_URL=pooled).returncode == 0


def test_a_project_of_its_own_on_the_embedded_server(tmp_path: Path) -> None:
    """Without DATABASE_URL: the server is started, the database made, the roles too."""
    sandbox = make_sandbox(tmp_path, "")
    server = EmbeddedServer(tmp_path / ".strongroom", "default")
    if reason := server.missing():
        pytest.skip(f"server 18 can't run here: {reason}")
    roles = (ROOT / "schema/roles.sql").read_text("utf-8")
    sandbox.write("schema/roles.sql", roles)
    sandbox.migration("0001.app.start", "CREATE SCHEMA app;\n", "DROP SCHEMA app;\n")
    assert sandbox.run("status").returncode == 9
    try:
        first = sandbox.run("apply", "--yes")
        assert first.returncode == 0, first.stderr
        assert "target strongroom_migrator@" in first.stdout
        assert sandbox.run("apply", "--yes").stdout.splitlines()[-1] == "nothing to do"
        sandbox.write("schema/roles.sql", f"{roles}\n-- More to say.\n")
        assert sandbox.run("status", "--check").returncode == 3
        assert "done: bootstrap" in sandbox.run("apply", "--yes").stdout
        assert sandbox.run("rollback", "--yes").returncode == 0
    finally:
        server.stop()


def test_the_target_is_never_the_pooler_by_accident(started: Sandbox) -> None:
    """A direct connection is not taken for a pooler."""
    try:
        started.apply()
    except UsageError as error:
        pytest.fail(error.message)


def _await_refusal(url: str) -> None:
    """Wait until the server has read its rules again."""
    for _ in range(1200):
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return
        time.sleep(0.05)
    raise AssertionError("the password is not asked for")


def test_interrupted_it_changes_nothing(started: Sandbox) -> None:
    started.migration(
        "0002.app.slow",
        "-- depends: 0001.app.start\nCREATE TABLE app.more ();\nSELECT pg_sleep(60);\n",
    )
    running = started.start("apply", "--yes")
    started.wait_for(ASLEEP)
    running.send_signal(signal.SIGINT)
    output = running.communicate(timeout=30)[0]
    assert running.returncode == 130, output
    assert "Traceback" not in output
    assert started.applied() == ["0001.app.start"]
    assert started.query("SELECT FROM pg_class WHERE relname = 'more'") == []
