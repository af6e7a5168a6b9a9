"""Ctrl-C and SIGTERM: end after the current batch; the second one ends the batch too."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class Stop:
    """Whether we were asked to end.

    cancel  what to call when we are asked once more; None while nothing can be canceled
    """

    def __init__(self) -> None:
        self.asked = False
        self.cancel: Callable[[], None] | None = None
        # A sleep goes on after a signal; reading from a pipe that the signal wrote into doesn't.
        self._reader, self._writer = os.pipe()

    def wait(self, seconds: float) -> None:
        """Sleep, until we are asked to end."""
        if not self.asked:
            select.select([self._reader], [], [], seconds)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Take the signals; they get their old meaning back afterwards."""
        before = {s: signal.signal(s, self._hear) for s in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self._reader)
            os.close(self._writer)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.asked and self.cancel is not None:
            self.cancel()
        self.asked = True
        os.write(self._writer, b"\0")
