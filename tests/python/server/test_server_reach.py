"""A server can be reached, from deep folders too, by psycopg and by psql."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from strongroom.errors import StrongroomError
from strongroom.server.connect import ensure_database
from strongroom.server.embedded import EmbeddedServer
from strongroom.server.places import SOCKET_PATH_LIMIT, fits

MakeServer = Callable[..., EmbeddedServer]


def _folder(server: EmbeddedServer) -> Path:
    return Path(f"{conninfo_to_dict(server.url())['host']}")


def test_a_database_and_a_role_with_odd_names_are_reached(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    name = 'o\'d/d @?&=%41 "näme"'
    ensure_database(server, name)
    ensure_database(server, name)
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute('CREATE ROLE "r@/:x" LOGIN')
    with psycopg.connect(server.url(name, "r@/:x")) as connection:
        found = connection.execute("SELECT current_database(), current_user").fetchone()
    assert found == (name, "r@/:x")


def test_psql_reaches_it(make_server: MakeServer) -> None:
    server = make_server()
    server.start()
    command = [*server.psql(), server.url(), "-XAtc", "SELECT 6 * 7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("42\n", "")


def test_a_deep_project_is_reached_through_a_private_folder(
    make_server: MakeServer, deep: Path
) -> None:
    server = make_server(deep)
    server.start()
    folder = _folder(server)
    assert not folder.is_relative_to(deep)
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= SOCKET_PATH_LIMIT
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    again = make_server(deep)
    assert again.url() == server.url()
    with psycopg.connect(again.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
    assert not folder.exists()
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_deep_project_gets_over_the_loss_of_its_socket_folder(
    make_server: MakeServer, deep: Path
) -> None:
    server = make_server(deep)
    server.start()
    shutil.rmtree(_folder(server))
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_folder_of_someone_elses_making_is_not_used_for_sockets(
    make_server: MakeServer, deep: Path, tmp_path: Path
) -> None:
    server = make_server(deep)
    open_to_all = tmp_path / "open"
    open_to_all.mkdir(mode=0o777)
    open_to_all.chmod(0o777)
    server.state.mkdir(parents=True)
    (server.state / "socket-folder").write_text(f"{open_to_all}\n")
    server.start()
    assert _folder(server) != open_to_all
    server.stop()
    assert open_to_all.is_dir()


@pytest.mark.parametrize("name", ["with space", "with,comma", "ünïcode", "it's", "per%cent"])
def test_a_project_folder_with_an_odd_name_is_reached(
    make_server: MakeServer, tmp_path: Path, name: str
) -> None:
    server = make_server(tmp_path / name / ".strongroom")
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize("name", ['quo"te', "$(touch pwned)", "back`tick`", "back\\slash"])
def test_a_folder_whose_name_a_shell_would_read_is_refused(
    make_server: MakeServer, tmp_path: Path, name: str
) -> None:
    server = make_server(tmp_path / name / ".strongroom")
    with pytest.raises(StrongroomError, match="can't work in a folder"):
        server.start()
    assert not (tmp_path / name).exists()


def test_the_limit_is_the_kernels() -> None:
    room = SOCKET_PATH_LIMIT - len("/.s.PGSQL.65535")
    assert fits(Path("/" + "a" * (room - 1)))
    assert not fits(Path("/" + "a" * room))
