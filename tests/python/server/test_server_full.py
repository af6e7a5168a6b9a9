"""The full server: made once, run in its own view of the disk, made anew when it is broken."""

from __future__ import annotations

import shutil
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from strongroom.errors import LockError, StrongroomError
from strongroom.server import debian13, postmaster
from strongroom.server.cluster import LocalServer
from strongroom.server.full import FullServer
from strongroom.server.pgbouncer import PgBouncer

pytestmark = pytest.mark.full

Keep = Callable[[LocalServer], LocalServer]


@pytest.fixture(autouse=True)
def usable() -> None:
    """These tests need root, Debian's apt and mount namespaces."""
    if reason := debian13.cannot_use():
        pytest.skip(f"the full server can't run here: {reason}")


@pytest.fixture
def full(tmp_path: Path, keep: Keep) -> FullServer:
    """A full server in this test's folder."""
    made = FullServer(tmp_path / ".strongroom", "test")
    keep(made)
    return made


def _ask(url: str, query: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _mounts_below(*folders: Path) -> list[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [Path(line.split()[4]) for line in lines]
    return [str(p) for p in points if any(p.is_relative_to(folder) for folder in folders)]


def test_it_has_every_extension_that_the_apps_need(full: FullServer) -> None:
    full.start()
    for name in ("postgis", "vector", "pgtap", "plpgsql_check", "pg_trgm"):
        with psycopg.connect(full.url(), autocommit=True) as connection:
            connection.execute(f"CREATE EXTENSION {name} CASCADE".encode())
    near = "SELECT ST_DWithin('POINT(0 0)'::geography, 'POINT(0 0.001)'::geography, 200)"
    assert _ask(full.url(), near) is True
    assert _ask(full.url(), "SELECT '[1,2]'::vector <-> '[1,4]'") == 2.0
    assert f"{_ask(full.url(), 'SHOW server_version')}".startswith("17.")


def test_it_starts_and_stops_like_the_others_and_leaves_no_mount(full: FullServer) -> None:
    full.start()
    first = full.status()
    full.start()
    assert full.status() == first
    with psycopg.connect(full.url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    assert _mounts_below(full.state, debian13.folder()) == []
    full.stop()
    full.stop()
    assert postmaster.members(full.data) == []
    assert not full.status().running
    full.start()
    assert _ask(full.url(), "SELECT answer FROM kept") == 42
    assert _mounts_below(full.state, debian13.folder()) == []


def test_it_runs_as_an_ordinary_account_that_sees_nothing_of_the_machine(full: FullServer) -> None:
    full.start()
    pid = full.status().pid
    assert Path(f"/proc/{pid}").stat().st_uid == debian13.POSTGRES_ID
    seen = _ask(full.url(), "SELECT array_agg(d ORDER BY d) FROM pg_ls_dir('/srv') AS d")
    assert seen == ["data", "log", "password", "socket"]
    assert stat.S_IMODE(full.state.stat().st_mode) == 0o700
    assert list((debian13.folder() / "srv").iterdir()) == []


def test_its_port_wants_a_password(full: FullServer) -> None:
    full.start()
    assert _ask(full.tcp_url(), "SELECT inet_server_port()") == full.port
    without = f"postgresql://postgres@127.0.0.1:{full.port}/postgres"
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(without)
    assert f"{_ask(full.url(), 'SHOW listen_addresses')}" == "127.0.0.1"


def test_its_port_is_remembered_and_changed_when_someone_took_it(full: FullServer) -> None:
    full.start()
    port = full.port
    full.stop()
    full.start()
    assert full.port == port
    full.stop()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", port))
        other.listen()
        full.start()
        assert full.port != port
        assert _ask(full.url(), "SELECT 1") == 1


def test_a_deep_project_is_reached_by_a_short_name(deep: Path, keep: Keep) -> None:
    full = FullServer(deep, "test")
    keep(full)
    full.start()
    link = Path(f"{conninfo_to_dict(full.url())['host']}")
    assert link.is_symlink()
    assert link.resolve().is_relative_to(deep.resolve())
    assert _ask(full.url(), "SELECT 1") == 1
    full.stop()
    assert not link.parent.exists()
    assert full.data.is_dir()
    full.start()
    assert _ask(full.url(), "SELECT 1") == 1


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A cache of this test's own."""
    monkeypatch.setenv("STRONGROOM_CACHE", str(tmp_path / "cache"))
    yield tmp_path / "cache"
    shutil.rmtree(tmp_path / "cache", ignore_errors=True)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_a_broken_folder_and_a_half_made_one_are_made_anew(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one package: server 17 of these tests was made with all of them."""
    few = debian13.PACKAGES[:1]
    listed = " ".join(debian13.PACKAGES)
    assert listed in debian13._INSTALL
    monkeypatch.setattr(debian13, "_INSTALL", debian13._INSTALL.replace(listed, " ".join(few)))
    monkeypatch.setattr(debian13, "_NEEDED", debian13._NEEDED[:3])
    monkeypatch.setattr(debian13, "PACKAGES", few)
    root = debian13.folder()
    half = root.with_name(f"{root.name}.half")
    (root / "usr").mkdir(parents=True)
    (root / "strongroom.json").write_text(debian13._stamp())
    assert not debian13.is_sound(root)
    code = (
        "from strongroom.server import debian13;"
        " debian13.PACKAGES = debian13.PACKAGES[:1]; debian13.ensure()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as builder:
        deadline = time.monotonic() + 300
        while not (half / "usr").exists():
            assert time.monotonic() < deadline, "debootstrap makes nothing"
            time.sleep(0.1)
        # Its debootstrap goes on, and we have to wait for that before we remove what it made.
        builder.kill()
    said: list[str] = []
    assert debian13.ensure(said.append) == root
    assert debian13.is_sound(root)
    assert not half.exists()
    assert _mounts_below(cache) == []
    assert "another process is making" in said[0]
    began = root.stat().st_ctime_ns
    assert debian13.ensure(said.append) == root
    assert root.stat().st_ctime_ns == began
    (root / debian13._NEEDED[-1]).unlink()
    assert not debian13.is_sound(root)


def test_a_folder_with_a_mount_in_it_is_not_removed(tmp_path: Path) -> None:
    # /proc is a mount on every Linux; nothing may be removed that contains one.
    with pytest.raises(StrongroomError, match="is mounted inside"):
        debian13.remove(Path("/proc"))
    debian13.remove(tmp_path / "not there")


def test_too_small_a_disk_is_refused_before_anything_is_made(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(debian13, "_BYTES", 10**18)
    with pytest.raises(StrongroomError, match="GB free"):
        debian13.ensure(lambda _: None)
    assert [path.suffix for path in cache.iterdir()] == [".lock"]


def test_a_second_builder_waits_for_the_first(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with (
        postmaster.locked(lock, what="making it"),
        pytest.raises(LockError, match="making it"),
        postmaster.locked(lock, what="making it", seconds=0.1),
    ):
        pass


def test_pgbouncer_runs_transactions_of_two_clients_on_one_connection(full: FullServer) -> None:
    full.start()
    with (
        PgBouncer(full, options={"default_pool_size": "1"}) as bouncer,
        psycopg.connect(bouncer.url(), autocommit=True) as one,
        psycopg.connect(bouncer.url(), autocommit=True) as two,
    ):
        pids = [c.execute("SELECT pg_backend_pid()").fetchone() for c in (one, two)]
        assert pids[0] == pids[1]
        with one.transaction():
            one.execute("SELECT set_config('some.thing', 'mine', true)")
            assert one.execute("SELECT current_setting('some.thing')").fetchone() == ("mine",)
        row = two.execute("SELECT nullif(current_setting('some.thing', true), '')").fetchone()
        assert row == (None,)
        port = bouncer.port
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{port}/postgres")


def test_pgbouncer_lets_in_whom_it_was_told_with_a_password(full: FullServer) -> None:
    full.start()
    with psycopg.connect(full.url(), autocommit=True) as connection:
        connection.execute("CREATE ROLE visitor LOGIN; CREATE ROLE stranger LOGIN")
    with PgBouncer(full, users=("visitor",)) as bouncer:
        assert _ask(bouncer.url(user="visitor"), "SELECT current_user") == "visitor"
        right = bouncer.url(user="visitor")
        for url in (bouncer.url(user="stranger"), make_conninfo(right, password="wrong")):
            with pytest.raises(psycopg.OperationalError):
                psycopg.connect(url)


def test_pgbouncer_stands_before_the_embedded_server_too(
    make_server: Callable[..., LocalServer],
) -> None:
    server = make_server()
    server.start()
    with PgBouncer(server) as bouncer:
        assert f"{_ask(bouncer.url(), 'SHOW server_version')}".startswith("18")


def test_a_pgbouncer_that_does_not_start_says_why(full: FullServer) -> None:
    full.start()
    bouncer = PgBouncer(full, options={"pool_mode": "nonsense"})
    with pytest.raises(StrongroomError, match="pool_mode"):
        bouncer.start()
