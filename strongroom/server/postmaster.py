"""Whether a server runs on a data folder, and how to end it.

Two things tell. Every server of ours inherits a file lock (`RunLock`) that lives exactly as long as
its last process, whatever happens to pid files, and also across containers that share the folder.
PostgreSQL's own postmaster.pid says which process it is, and may be stale.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from strongroom.errors import LockError, StrongroomError

with suppress(ImportError):  # On Windows nothing here runs, and `missing` says so.
    import fcntl


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What a live server says about itself in postmaster.pid."""

    pid: int
    port: int
    ready: bool


def find(data: Path) -> Postmaster | None:
    """The server that runs on a data folder; a stale pid file is nobody."""
    try:
        lines = (data / "postmaster.pid").read_text("utf-8", "replace").splitlines()
        pid = int(lines[0])
        port = int(lines[3]) if len(lines) > 3 else 0
    except (OSError, ValueError, IndexError):
        return None
    if not _works_in(pid, data):
        return None
    ready = len(lines) > 7 and lines[7].strip() in {"ready", "standby"}
    return Postmaster(pid, port, ready)


def await_ready(data: Path, seconds: float) -> bool:
    """Whether a server runs on a data folder and takes connections, or will in time."""
    deadline = time.monotonic() + seconds
    while (found := find(data)) is not None and time.monotonic() < deadline:
        if found.ready:
            return True
        time.sleep(0.05)
    return False


def members(data: Path) -> list[int]:
    """Every process that works in a data folder: the postmaster, and orphans that it left."""
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if _works_in(pid, data)]


def _works_in(pid: int, data: Path) -> bool:
    process = Path("/proc") / str(pid)
    try:
        if process.joinpath("stat").read_text().rpartition(")")[2].split()[0] == "Z":
            return False
        here, there = process.joinpath("cwd").stat(), data.stat()
    except (OSError, IndexError):
        return False
    return (here.st_dev, here.st_ino) == (there.st_dev, there.st_ino)


@contextmanager
def locked(file: Path, *, what: str, seconds: float = 120.0) -> Iterator[int]:
    """Hold a file lock, waiting for others; its descriptor, for children that shall hold it too.

    The kernel frees it when its last holder dies.
    """
    try:
        handle = file.open("a")
    except OSError as error:
        raise StrongroomError(
            f"{what}: {file}: {error.strerror}",
            hint="run as the account that owns this folder",
        ) from error
    with handle:
        _acquire(handle.fileno(), seconds, what)
        yield handle.fileno()


def _acquire(descriptor: int, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor):
        if time.monotonic() > deadline:
            raise LockError(
                f"{what}: another process has been at it for {seconds:.0f} s",
                hint="wait for it, or end it, and try again",
            )
        time.sleep(0.05)


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class RunLock:
    """The lock that a server holds while any process of it lives."""

    file: Path

    def is_free(self) -> bool:
        try:
            with self.file.open("a") as handle:
                return try_lock(handle.fileno())
        except FileNotFoundError:
            return True

    def await_free(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while not self.is_free():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    @contextmanager
    def held(self) -> Iterator[int]:
        """The descriptor to hand to the server; it keeps the lock when we let go."""
        with self.file.open("a") as handle:
            if not try_lock(handle.fileno()):
                raise LockError(
                    f"{self.file.parent}: a server runs here that is not ours to see",
                    hint="stop it where it was started (another container, another account)",
                )
            yield handle.fileno()


def end(data: Path, lock: RunLock) -> None:
    """End whatever runs on a data folder: politely, then at once; `lock` tells when it is over."""
    for number, seconds in ((signal.SIGINT, 30.0), (signal.SIGQUIT, 15.0), (signal.SIGKILL, 5.0)):
        found = find(data)
        pids = [found.pid] if found and number != signal.SIGKILL else members(data)
        for pid in pids:
            _send(pid, number)
        if _await_end(data, lock, seconds):
            return
    raise StrongroomError(
        f"{data}: the server did not stop",
        hint="look at its log, and end its processes by hand: "
        + (" ".join(map(str, members(data))) or "none of them is visible from here"),
    )


def _await_end(data: Path, lock: RunLock, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not (lock.is_free() and not members(data)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
    except PermissionError:
        raise StrongroomError(
            f"process {pid} of this server belongs to another account",
            hint="stop it as the account that started it",
        ) from None
