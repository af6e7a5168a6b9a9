"""The Dockerfile brings what the full server has, and its script serves only who may connect.

There is no Docker where these tests run: the script runs in the full server's own Debian.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from strongroom.server import debian13, places
from strongroom.server.account import clean_environment
from strongroom.server.full import chrooted, free_port

_IMAGE = Path(__file__).parents[3] / "Dockerfile"
_PASSWORD = 'pass word\'s "own"'


def _script() -> str:
    found = re.search(
        r"<<'SCRIPT' /usr/local/bin/serve\n(.*?)^SCRIPT$", _IMAGE.read_text(), re.S | re.M
    )
    assert found is not None
    return found[1].replace("/var/run/postgresql", "/srv")


def test_it_has_the_same_packages() -> None:
    text = _IMAGE.read_text()
    listed = re.search(r"--no-install-recommends \\\n((?: {8}\S+ \\\n)+)", text)
    assert listed is not None
    assert set(listed[1].replace("\\", "").split()) == set(debian13.PACKAGES)
    assert f"FROM debian:{debian13.SUITE}-slim" in text


class Container:
    """The script, run in a view of the disk as a container has it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.port = free_port()
        self._running: list[subprocess.Popen[str]] = []

    def serve(self, **environment: str) -> subprocess.Popen[str]:
        account = chrooted(self.place)
        path = f"{debian13.PROGRAMS}:/usr/sbin:/usr/bin:/sbin:/bin"
        process = subprocess.Popen(
            [*account.prefix, "sh", "-c", _script(), "serve", "-c", f"port={self.port}"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=clean_environment({"PATH": path, "PGDATA": "/srv/data", **environment}),
        )
        self._running.append(process)
        return process

    def stop(self) -> None:
        for process in self._running:
            process.terminate()
            process.communicate(timeout=30)
        self._running.clear()

    def connect(self, password: str) -> psycopg.Connection[tuple[object, ...]]:
        where = f"host=127.0.0.1 port={self.port} user=postgres dbname=postgres"
        deadline = time.monotonic() + 60
        while True:
            try:
                return psycopg.connect(where, password=password)
            except psycopg.OperationalError as error:
                ended = all(process.poll() is not None for process in self._running)
                if "password" in str(error) or ended or time.monotonic() > deadline:
                    raise
                time.sleep(0.05)


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    if reason := debian13.cannot_use():
        pytest.skip(f"the full server can't run here: {reason}")
    debian13.ensure()
    made = Container(places.own_folder(tmp_path / "volume", owner=chrooted(tmp_path)))
    yield made
    made.stop()


@pytest.mark.full
def test_it_serves_who_knows_the_password(container: Container) -> None:
    container.serve(POSTGRES_PASSWORD=_PASSWORD)
    with container.connect(_PASSWORD) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    with pytest.raises(psycopg.OperationalError, match="password"):
        container.connect("wrong")
    container.stop()
    container.serve()
    with container.connect(_PASSWORD) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


@pytest.mark.full
def test_it_wants_a_password_before_it_makes_anything(container: Container) -> None:
    process = container.serve()
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "set POSTGRES_PASSWORD" in output
    assert list(container.place.iterdir()) == []
