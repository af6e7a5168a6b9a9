"""A server runs with the right rights, and changes nothing of folders that are not its own."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from strongroom.errors import StrongroomError
from strongroom.server import account, places, postmaster
from strongroom.server.embedded import EmbeddedServer
from strongroom.server.wheel import wheel_binaries

MakeServer = Callable[..., EmbeddedServer]

_LIFE = """
import os, sys, psycopg
from pathlib import Path
from strongroom.server.embedded import EmbeddedServer
server = EmbeddedServer(Path(sys.argv[1]), "test")
assert server.account.kind == "KIND"
for _ in range(2):
    server.start()
    with psycopg.connect(server.url()) as connection:
        print(connection.execute("SELECT current_user").fetchone()[0], os.geteuid())
    server.stop()
"""


def _facts(folder: Path) -> list[tuple[str, int, int, int]]:
    """Mode and owner of a folder and of all folders above it."""
    found = ((path, path.stat()) for path in (folder, *folder.parents))
    return [(str(path), stat.S_IMODE(s.st_mode), s.st_uid, s.st_gid) for path, s in found]


def _touched() -> list[Path]:
    """Folders near which a server's programs, sockets and copies are."""
    programs = wheel_binaries()
    assert programs is not None
    return [programs, Path.home(), Path("/var/lib"), Path("/tmp"), Path.cwd()]


def _works(server: EmbeddedServer) -> None:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute("SELECT current_user").fetchone()
    assert row == ("postgres",)


def _owners(server: EmbeddedServer) -> set[int]:
    """Whose processes they are, as the rest of the machine sees them."""
    found = set()
    for pid in postmaster.members(server.data):
        with suppress(FileNotFoundError):  # A session may end while we look.
            found.add(Path(f"/proc/{pid}").stat().st_uid)
    return found


@pytest.fixture
def private(tmp_path: Path) -> Path:
    """A folder that only its owner may enter, as a home often is."""
    folder = tmp_path / "private"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def dropped_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A stand-in for the folder below which the servers of dropped accounts live."""
    folder = Path(tempfile.gettempdir()) / f"strongroom-home-{os.getpid()}"
    monkeypatch.setattr(places, "_SYSTEM_STATE", folder)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_no_folder_changes_its_mode_or_owner(make_server: MakeServer, private: Path) -> None:
    server = make_server(private / ".strongroom")
    before = [_facts(folder) for folder in (private, *_touched())]
    server.start()
    _works(server)
    server.stop()
    assert [_facts(folder) for folder in (private, *_touched())] == before
    assert stat.S_IMODE(server.state.stat().st_mode) == 0o700


def test_root_runs_in_a_namespace_and_files_stay_roots(
    in_namespace: None, make_server: MakeServer, private: Path
) -> None:
    server = make_server(private / ".strongroom")
    assert server.account.kind == "namespace"
    server.start()
    _works(server)
    assert _owners(server) == {0}
    assert {path.stat().st_uid for path in server.place.rglob("*")} == {0}


def test_root_drops_to_an_ordinary_account_where_namespaces_are_forbidden(
    as_root: None, dropped_home: Path, make_server: MakeServer, private: Path
) -> None:
    before = [_facts(folder) for folder in (private, *_touched())]
    server = make_server(private / ".strongroom", account=account.dropped())
    server.start()
    _works(server)
    assert _owners(server) == {account.dropped().uid}
    assert server.place.parent == dropped_home
    assert stat.S_IMODE(server.place.stat().st_mode) == 0o700
    assert [_facts(folder) for folder in (private, *_touched())] == before
    server.stop()
    assert postmaster.members(server.data) == []


def test_root_without_namespaces_chooses_to_drop(
    as_root: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "namespaces_work", lambda: False)
    chosen = account.choose()
    assert chosen.kind == "dropped"
    assert chosen.uid not in {None, 0}


_FORBID = """
echo 0 > /proc/sys/user/max_user_namespaces
! unshare --user true 2> /dev/null
exec "$@"
"""
_DROPS = """
import sys, psycopg
from pathlib import Path
from strongroom.server import places
from strongroom.server.embedded import EmbeddedServer
places._SYSTEM_STATE = Path(sys.argv[2])
server = EmbeddedServer(Path(sys.argv[1]), "test")
server.start()
with psycopg.connect(server.url()) as connection:
    print(server.account.kind, connection.execute("SELECT 6 * 7").fetchone()[0])
server.stop()
"""


@pytest.fixture
def forbidding(in_namespace: None) -> Iterator[int]:
    """The process id of a user namespace with all users in it, to forbid further ones inside."""
    with subprocess.Popen(["unshare", "--user", "sleep", "600"]) as holder:
        own = Path("/proc/self/ns/user").readlink()
        while Path(f"/proc/{holder.pid}/ns/user").readlink() == own:
            time.sleep(0.01)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{holder.pid}/{name}").write_text("0 0 65536\n")
        yield holder.pid
        holder.kill()


def test_root_works_where_namespaces_are_really_forbidden(
    forbidding: int, private: Path, dropped_home: Path
) -> None:
    inside = ["nsenter", "--user", f"--target={forbidding}", "sh", "-ec", _FORBID, "sh"]
    done = subprocess.run(
        [*inside, sys.executable, "-c", _DROPS, private / ".strongroom", dropped_home],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
    )
    assert (done.returncode, done.stdout) == (0, "dropped 42\n"), done.stderr


def test_a_dropped_server_is_found_again_by_who_comes_later(
    as_root: None, dropped_home: Path, make_server: MakeServer, private: Path
) -> None:
    first = make_server(private / ".strongroom", account=account.dropped())
    first.start()
    later = make_server(private / ".strongroom")
    assert later.account.kind == "dropped"
    assert later.status() == first.status()
    later.stop()
    assert not first.status().running
    later.start()
    _works(later)


def test_a_cluster_of_a_namespace_is_not_replaced_where_namespaces_are_forbidden(
    in_namespace: None, dropped_home: Path, make_server: MakeServer, private: Path
) -> None:
    made = make_server(private / ".strongroom")
    made.start()
    made.stop()
    with pytest.raises(StrongroomError, match="forbids those now"):
        make_server(private / ".strongroom", account=account.dropped()).start()
    made.start()
    _works(made)


def test_a_dropped_account_can_not_make_root_write_elsewhere(
    as_root: None, dropped_home: Path, make_server: MakeServer, private: Path
) -> None:
    server = make_server(private / ".strongroom", account=account.dropped())
    server.start()
    server.stop()
    precious = private / "precious"
    precious.write_text("kept")
    for name in ("strongroom.conf", "postmaster.pid"):
        (server.data / name).unlink(missing_ok=True)
        (server.data / name).symlink_to(precious)
    server.start()
    _works(server)
    assert precious.read_text() == "kept"
    assert precious.stat().st_uid == 0


def _as_user(uid: int, code: str, state: Path) -> subprocess.CompletedProcess[str]:
    """Run code as a plain user.

    The capability to read lets it reach an interpreter and programs that live in root's home; what
    it may write is limited as any user's is.
    """
    ids = [f"--reuid={uid}", f"--regid={uid}", "--clear-groups"]
    reads = ["--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search"]
    return subprocess.run(
        ["setpriv", *ids, *reads, sys.executable, "-c", code, state],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[3],
        env={**os.environ, "HOME": str(state.parent)},
    )


@pytest.fixture
def home_of() -> Iterator[Callable[[int], Path]]:
    """Make a folder that belongs to a plain user."""
    made: list[Path] = []

    def make(uid: int) -> Path:
        made.append(Path(tempfile.mkdtemp()))
        os.chown(made[-1], uid, uid)
        return made[-1]

    yield make
    for folder in made:
        shutil.rmtree(folder)


def test_an_ordinary_user_runs_it_in_a_folder_of_his_own(
    as_root: None, home_of: Callable[[int], Path]
) -> None:
    uid = pwd.getpwnam("nobody").pw_uid
    home = home_of(uid)
    done = _as_user(uid, _LIFE.replace("KIND", "direct"), home / ".strongroom")
    assert (done.returncode, done.stdout) == (0, f"postgres {uid}\n" * 2), done.stderr
    assert {path.lstat().st_uid for path in (home, *home.rglob("*"))} == {uid}


def test_a_user_without_a_name_runs_it_too(
    in_namespace: None, home_of: Callable[[int], Path]
) -> None:
    home = home_of(31_415)
    done = _as_user(31_415, _LIFE.replace("KIND", "namespace"), home / ".strongroom")
    assert (done.returncode, done.stdout) == (0, "postgres 31415\n" * 2), done.stderr
    assert {path.lstat().st_uid for path in (home, *home.rglob("*"))} == {31_415}


@pytest.mark.parametrize("what", ["start()", "stop()", "status()", "url()"])
def test_a_server_of_another_account_is_not_called_stopped(
    as_root: None, make_server: MakeServer, what: str
) -> None:
    server = make_server(Path(tempfile.mkdtemp()) / ".strongroom")
    server.start()
    server.state.parent.parent.chmod(0o755)
    code = (
        "import sys; from pathlib import Path; from strongroom.server.embedded import *; "
        "from strongroom.errors import *\n"
        f"try: EmbeddedServer(Path(sys.argv[1]), 'test').{what}\n"
        "except StrongroomError as error: print(error.message)\n"
    )
    done = _as_user(pwd.getpwnam("nobody").pw_uid, code, server.state.parent)
    assert "belongs to uid 0" in done.stdout, done.stderr
    server.stop()
    shutil.rmtree(server.state.parent.parent)


@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_another_system_is_told_so(system: str) -> None:
    code = (
        "import sys; sys.modules.update(fcntl=None, pwd=None)\n"
        "from strongroom.server import *; from strongroom.project import read_project\n"
        "from pathlib import Path\n"
        f"sys.platform = {system!r}\n"
        "p = read_project(Path())\n"
        "for s in embedded(p), full(p), debian(p, 15): print(s.missing())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert len(lines) == 3, done.stderr
    assert all(f"this is {system}" in line for line in lines)


def test_a_folder_of_another_account_is_refused(
    as_root: None, make_server: MakeServer, tmp_path: Path
) -> None:
    server = make_server()
    server.state.mkdir(parents=True, mode=0o700)
    os.chown(server.state, 65534, 65534)
    with pytest.raises(StrongroomError, match="belongs to uid 65534"):
        server.start()


def test_surroundings_do_not_change_how_a_server_is_made(
    make_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = {"PGDATA": "/nowhere", "PGPORT": "1", "LC_ALL": "xx_YY", "TZ": "Asia/Tokyo"}
    for name, value in strange.items():
        monkeypatch.setenv(name, value)
    server = make_server()
    server.start()
    with psycopg.connect(server.url(), port=5432) as connection:
        found = [
            connection.execute(f"SHOW {name}".encode()).fetchone()
            for name in ("timezone", "server_encoding", "lc_messages")
        ]
    assert found == [("UTC",), ("UTF8",), ("C",)]
