"""A PostgreSQL server in a folder of ours: made when missing, started, found again, stopped."""

from __future__ import annotations

import os
import re
import shutil
import sys
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from strongroom.errors import ConnectError, StrongroomError
from strongroom.server import account as accounts
from strongroom.server import places, postmaster
from strongroom.server.account import Account
from strongroom.server.wheel import find_psql

_START_SECONDS = 120
_LOG_BYTES = 10_000_000
_BASE_SETTINGS = {
    "listen_addresses": "",
    # The folder of the socket is 0700; the socket itself may be shown to a PgBouncer of ours.
    "unix_socket_permissions": "0777",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
}
_INCLUDE = """
# Written anew at each start; settings of your own go below this line.
include_if_exists = 'strongroom.conf'
"""
# Data of a test server may be lost with the machine; nothing else may.
_TEST_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of a server; `pid` and `url` are None while it does not run."""

    label: str
    name: str
    running: bool
    pid: int | None
    version: str | None
    folder: str
    log: str
    url: str | None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class Server(Protocol):
    """A PostgreSQL server that the project can run."""

    label: str

    def missing(self) -> str | None:
        """None if it can run here, else one line why not."""

    def start(self) -> None:
        """Make it run; nothing to do when it does. StrongroomError with the end of its log."""

    def stop(self) -> None:
        """Make it not run; nothing to do when it doesn't."""

    def status(self) -> ServerStatus:
        """What is known of it now."""

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """A connection URL for libpq, whether it runs or not."""

    def psql(self) -> list[str]:
        """The start of a command line of psql; a URL follows."""


class LocalServer(ABC):
    """What all servers of ours have in common.

    state   the folder `.strongroom/<label>-<name>`: locks, and what is to be remembered
    place   where the server lives: data, socket, log; the state folder, unless the server's account
            can't reach that
    """

    label: str
    builtin_locale = True

    def __init__(self, state: Path, name: str, account: Account | None = None) -> None:
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", name) or name.startswith("."):
            raise StrongroomError(
                f"{name!r} can't be a server's name", hint="use letters, digits, '-' and '_'"
            )
        self.name = name
        self.state = (state / f"{self.label}-{name}").absolute()
        self._wanted = account

    @abstractmethod
    def missing(self) -> str | None:
        """None if it can run here, else one line why not."""

    @abstractmethod
    def binaries(self) -> Path:
        """The folder of this server's programs, for its own account."""

    @cached_property
    def account(self) -> Account:
        """The rights that this server runs with; where it lives already decides first."""
        if self._wanted is not None:
            return self._wanted
        return accounts.dropped() if self._memory.is_file() else accounts.choose()

    @property
    def place(self) -> Path:
        """Where the server lives."""
        if self._memory.is_file():
            return Path(self._memory.read_text("utf-8").rstrip("\n"))
        return self.state

    @property
    def port(self) -> int:
        """The number in the socket's name."""
        return 5432

    @property
    def data(self) -> Path:
        return self.place / "data"

    @property
    def log(self) -> Path:
        return self.place / "log"

    @property
    def is_test(self) -> bool:
        """Servers named test* trade safety for speed."""
        return self.name.startswith("test")

    def start(self) -> None:
        if reason := self.missing():
            raise ConnectError(
                f"server {self.label} can't run here: {reason}",
                hint="set DATABASE_URL to use a PostgreSQL of your own",
            )
        self._check_access()
        self._check_name()
        places.state_folder(self.state.parent)
        places.own_folder(self.state)
        self._check_owner()
        with self._locked():
            if postmaster.await_ready(self.data, _START_SECONDS) and self._socket.exists():
                return
            self._settle()
            if postmaster.members(self.data):
                # A server that is half up, half down, or orphans of a killed one.
                postmaster.end(self.data, self._run_lock)
            if not self.data.exists():
                self._make_cluster()
            self._check_cluster()
            self._launch()

    def stop(self) -> None:
        self._check_access()
        if not self.state.is_dir():
            return
        with self._locked():
            if postmaster.members(self.data):
                postmaster.end(self.data, self._run_lock)
            elif not self._run_lock.await_free(1.0):
                raise StrongroomError(
                    f"{self.data}: a server runs here whose processes can't be seen from here",
                    hint="stop it where it was started (another container, another account)",
                )
            places.forget_socket_folder(self.state)

    def status(self) -> ServerStatus:
        self._check_access()
        found = postmaster.find(self.data)
        running = found is not None and found.ready
        return ServerStatus(
            label=self.label,
            name=self.name,
            running=running,
            pid=found.pid if found else None,
            version=self._version(),
            folder=str(self.place),
            log=str(self.log),
            url=self.url() if running else None,
        )

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        self._check_access()
        where = f"host={quote(os.fsencode(self._socket.parent))}&port={self.port}"
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?{where}"

    def psql(self) -> list[str]:
        return [find_psql()]

    def settings(self) -> dict[str, str]:
        """Settings of this server; they are written anew at each start."""
        test = _TEST_SETTINGS if self.is_test else {}
        return {**_BASE_SETTINGS, "port": str(self.port), **test}

    def initdb_options(self) -> list[str | Path]:
        if self.builtin_locale:
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        else:
            locale = ["--locale=C.UTF-8", "--lc-messages=C"]
        quick = ["--no-sync"] if self.is_test else []
        return ["--username=postgres", "--encoding=UTF8", "--data-checksums", *locale, *quick]

    def authentication(self) -> list[str | Path]:
        """Who gets in: the folder of the socket is the guard."""
        return ["--auth=trust"]

    @property
    def _memory(self) -> Path:
        return self.state / "place"

    @property
    def _run_lock(self) -> postmaster.RunLock:
        return postmaster.RunLock(self.state / "running.lock")

    @property
    def _socket(self) -> Path:
        folder = places.known_socket_folder(self.state, self.place)
        return folder / f".s.PGSQL.{self.port}"

    def _locked(self) -> AbstractContextManager[int]:
        return postmaster.locked(
            self.state / "lock", what=f"starting or stopping server {self.label}-{self.name}"
        )

    def _settle(self) -> None:
        """Decide where the server lives, once."""
        if self.account.kind != "dropped" or self._memory.is_file():
            return
        if (self.state / "data").exists():
            raise StrongroomError(
                f"{self.state}: root made this cluster inside a user namespace, and this machine "
                "forbids those now",
                hint="allow user namespaces, or move the folder away to begin with a new cluster",
            )
        self._memory.write_text(f"{places.private_place(self.account)}\n", "utf-8")

    def _make_cluster(self) -> None:
        """Make the cluster beside its place and move it there: what is there is complete."""
        half = self.place / "data.new"
        if half.exists():
            shutil.rmtree(half)
        options = [*self.initdb_options(), *self.authentication()]
        done = self.account.run([self.binaries() / "initdb", "-D", half, *options])
        if done.returncode != 0:
            raise _explain(f"initdb failed in {self.place}", done.stdout)
        self.account.write(half / "postgresql.conf", _INCLUDE, append=True)
        half.rename(self.data)

    def _check_name(self) -> None:
        # initdb and pg_ctl hand these names to a shell inside double quotes.
        if strange := set(str(self.place)) & set('"$`\\\n'):
            raise StrongroomError(
                f"{self.place}: PostgreSQL's programs can't work in a folder with "
                f"{' '.join(map(repr, sorted(strange)))} in its name",
                hint="give the project's folder another name",
            )

    def _check_cluster(self) -> None:
        if not (self.data / "PG_VERSION").is_file():
            raise StrongroomError(
                f"{self.data} is no PostgreSQL cluster: it has no PG_VERSION",
                hint="move that folder away; nothing of it is deleted for you",
            )

    def _check_access(self) -> None:
        """Refuse what another account made: PostgreSQL would, and with less clear words."""
        owner = self.state.stat().st_uid if self.state.exists() else os.geteuid()
        if os.geteuid() not in {0, owner}:
            raise StrongroomError(
                f"{self.state} belongs to uid {owner}, and we are uid {os.geteuid()}",
                hint="run as its owner, or use a project folder of your own",
            )

    def _check_owner(self) -> None:
        """Root may look at and stop a server of another account, but does not start it."""
        owner = self.state.stat().st_uid
        if owner != os.geteuid():
            raise StrongroomError(
                f"{self.state} belongs to uid {owner}, and we are uid {os.geteuid()}",
                hint="start it as its owner, or use a project folder of your own",
            )

    def _launch(self) -> None:
        folder = self._make_socket_folder()
        where = {"unix_socket_directories": self.account.seen(folder)}
        self._write_settings({**self.settings(), **where})
        timeout = ["-w", "-t", str(_START_SECONDS), "-s"]
        socket = folder / self._socket.name
        self._rotate_log()
        with self._run_lock.held() as descriptor:
            # We hold the lock that every server of ours holds, so these can only be stale, even
            # when their process id is someone's again.
            stale = [self.data / "postmaster.pid", socket, Path(f"{socket}.lock")]
            self.account.run(["rm", "-f", *stale])
            done = self.account.run(
                [self.binaries() / "pg_ctl", "start", "-D", self.data, "-l", self.log, *timeout],
                pass_fds=(descriptor,),
            )
        if done.returncode != 0:
            raise _explain(
                f"server {self.label} did not start in {self.place}", done.stdout + self._tail()
            )

    def _rotate_log(self) -> None:
        if self.log.is_file() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.place / "log.1")

    def _make_socket_folder(self) -> Path:
        return places.socket_folder(self.state, self.place, self.account)

    def _write_settings(self, settings: dict[str, str]) -> None:
        lines = [f"{name} = {_quoted(value)}\n" for name, value in sorted(settings.items())]
        self.account.write(self.data / "strongroom.conf", "".join(lines))

    def _tail(self, lines: int = 15) -> str:
        try:
            text = self.log.read_text("utf-8", "replace")
        except OSError:
            return ""
        return f"the end of {self.log}:\n" + "\n".join(text.splitlines()[-lines:])

    def _version(self) -> str | None:
        try:
            return (self.data / "PG_VERSION").read_text("utf-8").strip()
        except OSError:
            return None


def not_linux() -> str | None:
    """One line when this is no Linux, which is what our servers need."""
    if sys.platform == "linux":
        return None
    return f"strongroom's own servers need Linux, and this is {sys.platform}"


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _explain(what: str, output: str) -> StrongroomError:
    hint = None
    if "No space left on device" in output or "Disk quota exceeded" in output:
        hint = "the disk is full: give it some space, then start again"
    elif "could not create shared memory segment" in output:
        hint = "the machine is short of shared memory: stop another server, then start again"
    return StrongroomError(f"{what}\n{output.strip()}", hint=hint)
