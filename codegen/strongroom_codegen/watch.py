"""Generate again whenever a source changes, until Ctrl-C.

Files are looked at a few times a second: that works on every file system, network folders and
containers included, needs no further package, and costs a few milliseconds for a thousand files.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from strongroom.project import Project

_INTERVAL_S = 0.25
_QUIET_S = 0.1
Snapshot = dict[Path, tuple[int, int]]


def watch(project: Project, generate: Callable[[], None]) -> None:
    """Call `generate` now and after each change; the editor may still be writing, so after a pause.

    What it prints is its own matter; it must not raise for what a person may write.
    """
    seen: Snapshot | None = None
    with contextlib.suppress(KeyboardInterrupt), _ended_by_terminate():
        while True:
            now = _snapshot(project)
            if now != seen:
                # Taken before the run: what changes meanwhile is seen by the next look.
                seen = _settled(project, now)
                generate()
            time.sleep(_INTERVAL_S)


@contextlib.contextmanager
def _ended_by_terminate() -> Iterator[None]:
    """SIGTERM ends it as Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _settled(project: Project, now: Snapshot) -> Snapshot:
    while True:
        time.sleep(_QUIET_S)
        later = _snapshot(project)
        if later == now:
            return now
        now = later


def _snapshot(project: Project) -> Snapshot:
    """Every source with its time and size; what vanishes while we look is not there."""
    found: Snapshot = {}
    for path in _sources(project):
        with contextlib.suppress(OSError):
            state = path.stat()
            found[path] = (state.st_mtime_ns, state.st_size)
    return found


def _sources(project: Project) -> Iterator[Path]:
    yield project.root / "pyproject.toml"
    yield project.error_codes
    for folder in (project.schema, project.functions, project.queries):
        yield from sorted(folder.rglob("*.sql"))
