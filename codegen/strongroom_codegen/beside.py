"""A second process for half of the work, where there is a second processor to run it."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


def has_room() -> bool:
    """Whether a second process helps, and may be forked: on Linux, beside no other thread."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


@contextmanager
def beside(work: Callable[[], bytes]) -> Iterator[Callable[[], bytes | None]]:
    """Do `work` in another process. Gives what waits for its answer; None when it failed there.

    `work` sees everything as it is now, and nothing that it changes is seen here. It must leave
    alone what both would share, such as a connection.
    """
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        os.close(readable)
        _work(work, writable)
    os.close(writable)
    status: int | None = None

    def wait() -> bytes | None:
        nonlocal status
        data = answer.read()
        _, status = os.waitpid(child, 0)
        return data if status == 0 else None

    with os.fdopen(readable, "rb") as answer:
        try:
            yield wait
        finally:
            if status is None:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


def _work(work: Callable[[], bytes], writable: int) -> None:
    """Never returns: what is open or waiting at the end is the first process's to finish."""
    status = 1
    try:
        data = work()
        with os.fdopen(writable, "wb") as answer:
            answer.write(data)
        status = 0
    finally:
        # Whatever went wrong will go wrong again in the first process, and is said there.
        os._exit(status)
