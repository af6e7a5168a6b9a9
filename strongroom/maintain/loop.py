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
# Somebody was at a table: that passes.
_PASSING = frozenset({"55P03", "40001", "40P01"})


@dataclass(slots=True)
class Done:
    """What a round did.

    left_out    messages of what jobs went past lest all else waits, each with its SQLSTATE
    """

    runs: list[Run] = field(default_factory=list)
    expired: list[dict[str, Any]] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def has_more(self) -> bool:
        return any(run.outcome == "more" for run in self.runs)

    @property
    def failed(self) -> list[str]:
        """What went wrong, with the SQLSTATE of each; not what only waits for a lock."""
        runs = [f"{r.job} ({r.outcome}, {r.error_code})" for r in self.runs if r.failed]
        partitions = [
            f"{p['partition']} ({p['sqlstate']})" for p in self.expired if p["outcome"] == "failed"
        ]
        left_out = [f"{m} ({code})" for m, code in self.left_out.items() if code not in _PASSING]
        return runs + partitions + left_out

    def as_dict(self) -> dict[str, Any]:
        return {
            "runs": [run.as_dict() for run in self.runs],
            "expired": self.expired,
            "left_out": [{"message": m, "sqlstate": code} for m, code in self.left_out.items()],
        }


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
    _left_out: dict[str, str] = field(default_factory=dict)

    def once(self, job: str | None = None) -> Done:
        """All that is due, until nothing is left of it; or one job, due or not."""
        with _told(), closing(self._connect()) as connection:
            runner = Runner(connection, self.stop, self.watch)
            done = Done(left_out=self._left_out)
            if job is not None:
                done.runs.append(runner.run_now(job))
                return done
            while True:
                found = self._round(runner)
                done.runs += found.runs
                done.expired += found.expired
                done.left_out |= found.left_out
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
                message, code = notice.message_primary or "", notice.sqlstate or ""
                # One of class 01 is no more than that, as of an app's own trigger; what was left
                # out comes with the code of the error.
                if not code.startswith("01"):
                    self._left_out[message] = code
                self.say(f"warning: {message} (SQLSTATE {code})")

        connection.add_notice_handler(hear)
        # Whatever a role or a database is set to.
        connection.execute("SET client_min_messages = warning")
        return connection

    def _round(self, runner: Runner) -> Done:
        self._left_out = {}
        done = Done(runner.round(), left_out=self._left_out)
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
