"""A server starts, is found again, stops, and gets over whatever happened to it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from strongroom.errors import StrongroomError
from strongroom.server import postmaster
from strongroom.server.embedded import EmbeddedServer

MakeServer = Callable[..., EmbeddedServer]


def _ask(server: EmbeddedServer, query: str) -> object:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _do(server: EmbeddedServer, statement: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(statement.encode())


def _pid(server: EmbeddedServer) -> int:
    found = postmaster.find(server.data)
    assert found is not None
    return found.pid


def _kill(server: EmbeddedServer) -> int:
    """Kill the postmaster alone, and wait until the kernel has carried that out."""
    pid = _pid(server)
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 30
    while postmaster.find(server.data) is not None:
        assert time.monotonic() < deadline, "the killed postmaster lives on"
        time.sleep(0.005)
    return pid


def _await_death(pids: list[int]) -> None:
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline, "the killed server's processes live on"
        time.sleep(0.01)


def test_start_and_stop_do_nothing_the_second_time(make_server: MakeServer) -> None:
    server = make_server()
    assert not server.status().running
    server.stop()
    server.start()
    pid = _pid(server)
    server.start()
    assert _pid(server) == pid
    status = server.status()
    assert (status.running, status.pid, status.version) == (True, pid, "18")
    assert status.url == server.url()
    server.stop()
    server.stop()
    status = server.status()
    assert (status.running, status.pid, status.url) == (False, None, None)


def test_stop_leaves_no_process_and_no_socket(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    pids = postmaster.members(server.data)
    assert len(pids) > 3
    server.stop()
    assert postmaster.members(server.data) == []
    assert not any(Path(f"/proc/{pid}/cwd").exists() for pid in pids)
    assert list((server.place / "socket").iterdir()) == []


def test_stop_does_not_wait_for_a_busy_session(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute("BEGIN")
        connection.execute("CREATE TABLE left_open ()")
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    server.start()
    assert _ask(server, "SELECT to_regclass('left_open')") is None


def test_data_survive_a_restart(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    _do(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    server.start()
    assert _ask(server, "SELECT answer FROM kept") == 42


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "while a query runs"])
def test_start_after_kill_9(make_server: MakeServer, busy: bool) -> None:
    server = make_server(name="default")
    server.start()
    _do(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    with closing(psycopg.connect(server.url(), autocommit=True)) as connection:
        if busy:
            # Not pg_sleep, which would notice that its postmaster is gone.
            query = b"SELECT count(*) FROM generate_series(1, 1000000000)"
            connection.pgconn.send_query(query)
            time.sleep(0.2)
        killed = _kill(server)
        server.start()
    assert _pid(server) != killed
    assert _ask(server, "SELECT answer FROM kept") == 42


def test_stop_after_kill_9_ends_the_orphans(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    with closing(psycopg.connect(server.url(), autocommit=True)) as connection:
        connection.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000)")
        time.sleep(0.2)
        _kill(server)
        server.stop()
    assert postmaster.members(server.data) == []


@pytest.mark.parametrize("reused", [False, True], ids=["of nobody", "of another process"])
def test_a_stale_pid_file_is_nobody(make_server: MakeServer, reused: bool) -> None:
    server = make_server()
    server.start()
    lines = (server.data / "postmaster.pid").read_text().splitlines()
    server.stop()
    lines[0] = str(os.getpid()) if reused else lines[0]
    (server.data / "postmaster.pid").write_text("\n".join(lines) + "\n")
    assert not server.status().running
    server.start()
    assert _pid(server) != int(lines[0])
    assert _ask(server, "SELECT 1") == 1


def test_a_stale_socket_is_nobody(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    lock = server.place / "socket/.s.PGSQL.5432.lock"
    text = lock.read_text()
    server.stop()
    lock.write_text(text.replace(text.split("\n")[0], str(os.getpid()), 1))
    server.start()
    assert _ask(server, "SELECT 1") == 1


def test_an_empty_pid_file_is_nobody(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text("")
    server.start()
    assert _ask(server, "SELECT 1") == 1


def test_a_half_made_cluster_is_made_anew(make_server: MakeServer, tmp_path: Path) -> None:
    half = tmp_path / ".strongroom/18-test/data.new"
    half.mkdir(parents=True, mode=0o700)
    (half / "PG_VERSION").write_text("18\n")
    server = make_server()
    server.start()
    assert _ask(server, "SELECT 1") == 1
    assert not half.exists()


def test_initdb_killed_at_any_moment_leaves_nothing_in_the_way(
    make_server: MakeServer, tmp_path: Path
) -> None:
    code = (
        "import sys; from pathlib import Path; from strongroom.server.embedded import *; "
        "EmbeddedServer(Path(sys.argv[1]), 'test').start()"
    )
    for number in range(6):
        state = tmp_path / f"p{number}"
        maker = subprocess.Popen([sys.executable, "-c", code, state], start_new_session=True)
        half = state / "18-test/data.new"
        deadline = time.monotonic() + 30
        while not half.exists() and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(number * 0.06)
        os.killpg(maker.pid, signal.SIGKILL)
        maker.wait()
        server = make_server(state)
        server.start()
        assert _ask(server, "SELECT 1") == 1
        server.stop()


def test_a_folder_that_is_no_cluster_is_refused_and_left_alone(
    make_server: MakeServer, tmp_path: Path
) -> None:
    data = tmp_path / ".strongroom/18-test/data"
    data.mkdir(parents=True, mode=0o700)
    (data / "precious").write_text("kept")
    with pytest.raises(StrongroomError, match="no PostgreSQL cluster"):
        make_server().start()
    assert (data / "precious").read_text() == "kept"


def test_starting_at_once_makes_one_server(tmp_path: Path, make_server: MakeServer) -> None:
    code = (
        "import sys; from pathlib import Path; from strongroom.server.embedded import *; "
        "s = EmbeddedServer(Path(sys.argv[1]), 'test'); s.start(); print(s.status().pid)"
    )
    server = make_server()
    command = [sys.executable, "-c", code, str(tmp_path / ".strongroom")]

    def start(_: int) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(start, range(4)))
    assert set(answers) == {f"{_pid(server)}\n"}


def test_threads_that_start_at_once_make_one_server(make_server: MakeServer) -> None:
    servers = [make_server() for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda server: server.start(), servers))
    assert len({_pid(server) for server in servers}) == 1


def test_a_postmaster_that_another_tool_started_is_not_doubled(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    server.stop()
    pg_ctl = server.binaries() / "pg_ctl"
    done = server.account.run([pg_ctl, "start", "-w", "-D", server.data, "-l", server.log])
    assert done.returncode == 0, done.stdout
    pid = _pid(server)
    server.start()
    assert _pid(server) == pid
    server.stop()
    assert postmaster.members(server.data) == []


def test_a_server_that_lost_its_pid_file_is_stopped_for_sure(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    (server.data / "postmaster.pid").unlink()
    pids = postmaster.members(server.data)
    server.stop()
    _await_death(pids)


def test_a_server_that_lost_its_socket_gets_a_new_one(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    shutil.rmtree(server.place / "socket")
    server.start()
    assert _ask(server, "SELECT 1") == 1


def test_servers_of_two_names_know_nothing_of_each_other(make_server: MakeServer) -> None:
    one, two = make_server(name="test"), make_server(name="test-2")
    one.start()
    two.start()
    _do(one, "CREATE TABLE mine ()")
    assert _ask(two, "SELECT to_regclass('mine')") is None
    one.stop()
    assert two.status().running


def test_a_moved_project_starts_again(make_server: MakeServer, tmp_path: Path) -> None:
    server = make_server()
    server.start()
    _do(server, "CREATE TABLE kept AS SELECT 42 AS answer")
    server.stop()
    (tmp_path / ".strongroom").rename(tmp_path / "moved")
    moved = make_server(tmp_path / "moved")
    moved.start()
    assert _ask(moved, "SELECT answer FROM kept") == 42


def test_only_test_servers_do_without_fsync(make_server: MakeServer) -> None:
    for name, fsync in (("test", "off"), ("default", "on")):
        server = make_server(name=name)
        server.start()
        assert _ask(server, "SHOW fsync") == fsync
        assert _ask(server, "SHOW full_page_writes") == fsync
        assert _ask(server, "SHOW listen_addresses") == ""
        assert _ask(server, "SHOW jit") == "off"
        assert _ask(server, "SHOW data_checksums") == "on"


def test_settings_of_ones_own_survive_a_restart(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as file:
        file.write("work_mem = '5MB'\n")
    server.start()
    assert _ask(server, "SHOW work_mem") == "5MB"


def test_a_server_that_does_not_start_says_why(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    server.stop()
    with (server.data / "postgresql.conf").open("a") as file:
        file.write("no_such_setting = 1\n")
    with pytest.raises(StrongroomError, match="no_such_setting"):
        server.start()
    assert not server.status().running


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "ü", "a b", "x" * 41])
def test_a_name_that_is_no_folder_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(StrongroomError, match="can't be a server's name"):
        EmbeddedServer(tmp_path, name)


def test_a_full_disk_is_named(in_namespace: None, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from strongroom.server.embedded import *; "
        "from strongroom.errors import *\n"
        "try: EmbeddedServer(Path(sys.argv[1]), 'test').start()\n"
        "except StrongroomError as error: print(error.hint)\n"
    )
    script = 'mount -t tmpfs -o size=12m none "$1"; exec "$2" -c "$3" "$1/state"'
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-ec", script, "sh", tmp_path, sys.executable, code],
        capture_output=True,
        text=True,
        check=False,
    )
    assert "the disk is full" in done.stdout, done.stderr
