"""The servers of a run: started once, shared by everything, stopped by the last one to leave.

Several runs, and the workers of one, may use the same servers at the same time. Each holds a shared
lock on `.strongroom/<label>-test.users`; who can make it exclusive at the end is alone, and stops.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from strongroom.project import Project, install, read_project, shipped_root
from strongroom.server import Server, debian, embedded, full, installed_majors
from strongroom.server.cluster import LocalServer
from strongroom.server.embedded import EmbeddedServer
from strongroom.server.full import FullServer
from tests.python.memory_folder import keep_in_memory, memory_folder


class TestServers:
    """The servers that this run may use, by label ("18", "17", "15"), newest first."""

    __test__ = False

    def __init__(self, project: Project, wanted: str | None, *, starts: bool) -> None:
        self.project = project
        self.usable: dict[str, Server] = {}
        self.missing: dict[str, str] = {}
        self._starts = starts
        self._users: dict[str, int] = {}
        for server in _candidates(project):
            if reason := server.missing():
                self.missing[server.label] = reason
            else:
                self.usable[server.label] = server
        if wanted is not None:
            self._choose([label.strip() for label in wanted.split(",")])

    def __getitem__(self, label: str) -> Server:
        """The server with this label, running."""
        server = self.usable[label]
        if label not in self._users:
            self._users[label] = self._enter(server)
        return server

    def start_all(self) -> None:
        """Start every server before the workers of a parallel run want them."""
        for label in self.usable:
            _ = self[label]

    def leave(self) -> None:
        """Stop each server that nobody else uses."""
        while self._users:
            label, users = self._users.popitem()
            with self._turn(label):
                if self._starts and _alone(users):
                    self.usable[label].stop()
                os.close(users)

    def _choose(self, labels: list[str]) -> None:
        for label in labels:
            if label not in self.usable:
                reason = self.missing.get(label, f"known: {', '.join(self.usable)}")
                raise pytest.UsageError(f"--servers: no server {label!r} here: {reason}")
        self.usable = {label: self.usable[label] for label in labels}

    def _enter(self, server: Server) -> int:
        users = os.open(self._file(server.label, "users"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC)
        fcntl.flock(users, fcntl.LOCK_SH)
        if self._starts:
            with self._turn(server.label):
                keep_in_memory(self.project.state / f"{server.label}-test", self.project.root)
                server.start()
        return users

    def _file(self, label: str, kind: str) -> Path:
        self.project.state.mkdir(exist_ok=True)
        return self.project.state / f"{label}-test.{kind}"

    @contextmanager
    def _turn(self, label: str) -> Iterator[None]:
        """One process at a time starts or stops a server."""
        with self._file(label, "turn").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def servers_of(config: pytest.Config) -> TestServers:
    """The servers of a run, for fixtures and for the pgTAP files alike."""
    return config.stash[_KEY]


def pytest_configure(config: pytest.Config) -> None:
    """Find out which servers can run; a worker of a parallel run leaves starting to its master."""
    if folder := memory_folder(config.rootpath):
        # Where pytest makes the folders of `tmp_path`; some tests make whole clusters in theirs.
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))
    config.stash[_KEY] = TestServers(
        read_project(config.rootpath),
        config.getoption("--servers"),
        starts=not hasattr(config, "workerinput"),
    )


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say where the tests run, and where they can't."""
    servers = servers_of(config)
    names = ", ".join(servers.usable) or "none can run here"
    return [
        f"servers: {names}",
        *(f"server {label} can't run here: {why}" for label, why in servers.missing.items()),
    ]


def pytest_sessionstart(session: pytest.Session) -> None:
    """Start the servers for parallel workers; one process starts each when it is first needed."""
    if session.config.getoption("numprocesses", None) and not _is_worker(session.config):
        servers_of(session.config).start_all()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what nobody else uses."""
    if servers := config.stash.get(_KEY, None):
        servers.leave()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that needs a server on each of them, or on one of its own."""
    usable = servers_of(metafunc.config).usable
    ends = metafunc.definition.get_closest_marker("ends")
    if "server" in metafunc.fixturenames:
        labels = list(usable)
        if ends:
            labels = list(dict.fromkeys([*labels[:1], *labels[-1:]]))
        metafunc.parametrize("server", labels or [_nowhere()], indirect=True, scope="session")
    if "own_server" in metafunc.fixturenames:
        labels = [label for label in usable if label in _OWN]
        labels = labels if ends else labels[:1]
        metafunc.parametrize("own_server", labels or [_nowhere()], indirect=True)


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Server:
    """A running server; a test that asks for it runs once on each."""
    label: str = request.param
    return servers_of(request.config)[label]


@pytest.fixture(scope="session")
def any_server(request: pytest.FixtureRequest) -> Server:
    """One running server, the newest, for tests where the version does not matter."""
    servers = servers_of(request.config)
    if not servers.usable:
        pytest.skip(_why_nowhere())
    return servers[next(iter(servers.usable))]


def _candidates(project: Project) -> list[Server]:
    found: list[Server] = [embedded(project, name="test"), full(project, name="test")]
    others = {15, *installed_majors()} - {int(server.label) for server in found}
    found += [debian(project, major, name="test") for major in others if major >= 15]
    return sorted(found, key=lambda server: int(server.label), reverse=True)


def _alone(users: int) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _nowhere() -> object:
    return pytest.param("none", marks=pytest.mark.skip(reason=_why_nowhere()))


def _why_nowhere() -> str:
    return "no PostgreSQL server can run on this machine (see the header of this run)"


_KEY = pytest.StashKey[TestServers]()
_OWN: dict[str, type[LocalServer]] = {kind.label: kind for kind in (EmbeddedServer, FullServer)}


@pytest.fixture
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own with the whole database in "strongroom", to be crashed."""
    label: str = request.param
    server = _OWN[label](tmp_path / "state", "own")
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute("CREATE DATABASE strongroom")
    with psycopg.connect(server.url("strongroom"), autocommit=True) as admin:
        install(admin, read_project(shipped_root()))
    yield server
    server.stop()
