"""Rounds of maintenance: one and what it left, or one after the other until we are asked to end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from strongroom.errors import ConnectError, LockError
from strongroom.maintain import place
from strongroom.maintain.expiry import expire_partitions
from strongroom.maintain.runner import Run, Runner, Watch
from strongroom.maintain.stop import Stop
from strongroom.migrate.target import Target

Connection = psycopg.Connection[Any]
Say = Callable[[str], None]

# Looking for partitions that are past their time takes locks; once an hour is often enough.
_EXPIRY_SECONDS = 3600.0
_LONGEST_PAUSE = 60.0


@dataclass(slots=True)
class Done:
    """What a round did."""

    runs: list[Run] = field(default_factory=list)
    expired: list[dict[str, Any]] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        return any(run.outcome == "more" for run in self.runs)

    def as_dict(self) -> dict[str, Any]:
        return {"runs": [run.as_dict() for run in self.runs], "expired": self.expired}


@dataclass(slots=True)
class Maintenance:
    """Maintenance of one database.

    say     one line for people
    watch   called after each batch and at the end of a run
    """

    where: Target
    stop: Stop
    say: Say
    watch: Watch
    _expired_at: float | None = None

    def once(self, job: str | None = None) -> Done:
        """All that is due, until nothing is left of it; or one job, due or not."""
        with _told(), closing(self._connect()) as connection:
            runner = Runner(connection, self.stop, self.watch)
            if job is not None:
                return Done([runner.run_now(job)])
            done = Done()
            while True:
                found = self._round(runner)
                done.runs += found.runs
                done.expired += found.expired
                if self.stop.asked or not found.has_more:
                    return done

    def forever(self, every: float, report: Callable[[Done], None]) -> None:
        """Round after round, `every` seconds apart, until we are asked to end.

        A server that is gone, or busy with a migration, is awaited; what else is wrong is raised.
        """
        attempt = 0
        while not self.stop.asked:
            try:
                with _told(), closing(self._connect()) as connection:
                    attempt = 0
                    runner = Runner(connection, self.stop, self.watch)
                    while not self.stop.asked:
                        done = self._round(runner)
                        if done.runs or done.expired:
                            report(done)
                        if not done.has_more:
                            self.stop.wait(every)
            except (ConnectError, LockError) as error:
                attempt += 1
                seconds = _pause(attempt)
                self.say(f"{error.message}; next try in {seconds:.1f} s")
                self.stop.wait(seconds)

    def _connect(self) -> Connection:
        """A connection whose warnings are said: of what was left out, lest the others wait."""
        connection = place.connect(self.where)

        def hear(notice: psycopg.errors.Diagnostic) -> None:
            # Not its details, which may tell of people.
            if notice.severity_nonlocalized == "WARNING":
                self.say(f"warning: {notice.message_primary} (SQLSTATE {notice.sqlstate})")

        connection.add_notice_handler(hear)
        return connection

    def _round(self, runner: Runner) -> Done:
        done = Done(runner.round())
        if not self.stop.asked and self._expiry_is_due():
            self._expired_at = time.monotonic()
            expired = expire_partitions(
                runner.connection, self.say, may_go_on=lambda: not self.stop.asked
            )
            done.expired = [partition.as_dict() for partition in expired]
        return done

    def _expiry_is_due(self) -> bool:
        at = self._expired_at
        return at is None or time.monotonic() - at >= _EXPIRY_SECONDS


def _pause(attempt: int) -> float:
    """Seconds, growing, and never the same for two runners."""
    return min(_LONGEST_PAUSE, 0.5 * 2.0 ** min(attempt, 10)) * random.uniform(0.5, 1.0)  # noqa: S311


@contextmanager
def _told() -> Iterator[None]:
    """A connection that was lost, or a lock that was not granted, in our own words."""
    try:
        yield
    except psycopg.OperationalError as error:
        text = str(error).strip() or type(error).__name__
        if error.sqlstate is None or error.sqlstate.startswith("57P"):
            raise ConnectError(f"the connection was lost: {text}") from error
        raise LockError(f"{error.sqlstate} {text}") from error
