"""Servers of these tests' own, in folders of their own, stopped whatever happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from strongroom.server.account import Account, namespaces_work
from strongroom.server.cluster import LocalServer
from strongroom.server.embedded import EmbeddedServer

MakeServer = Callable[..., EmbeddedServer]


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A short one: sockets have short paths, and pytest's folders are deeper in a parallel run."""
    with TemporaryDirectory(prefix="sr-") as folder:
        yield Path(folder)


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[[LocalServer], LocalServer]:
    """Stop a server when the test is over."""

    def add(server: LocalServer) -> LocalServer:
        request.addfinalizer(server.stop)
        return server

    return add


@pytest.fixture
def make_server(tmp_path: Path, request: pytest.FixtureRequest) -> MakeServer:
    """An embedded server in this test's folder."""

    def make(
        state: Path | None = None, name: str = "test", account: Account | None = None
    ) -> EmbeddedServer:
        server = EmbeddedServer(state or tmp_path / ".strongroom", name, account)
        if reason := server.missing():
            pytest.skip(f"server 18 can't run here: {reason}")
        request.addfinalizer(server.stop)
        return server

    return make


@pytest.fixture
def as_root() -> None:
    """This test is about what root does."""
    if os.geteuid() != 0:
        pytest.skip("only root can drop to another account")


@pytest.fixture
def in_namespace(as_root: None) -> None:
    """This test is about user namespaces."""
    if not namespaces_work():
        pytest.skip("user namespaces are forbidden here")


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """A project folder so deep that no socket's path fits below it."""
    return tmp_path / ("a" * 60) / ("b" * 60) / ".strongroom"
