"""Jobs, one after the other, batch after batch, each batch in a transaction of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import psycopg

from strongroom.errors import LockError, UsageError
from strongroom.maintain.stop import Stop

Connection = psycopg.Connection[Any]

_FAILURES = frozenset({"failed", "timeout", "canceled"})
_RUN_NOT_OPEN = "KR063"
# Held by the session for as long as the job runs, so that nobody takes its run for lost.
# The batches of retention need not wait for the disk: where a server that falls has lost one, rows
# and record are as before together, and go again. The end of the run waits, for all of them.
_LOCK = (
    "SELECT pg_catalog.pg_try_advisory_lock(kernel.lock_space('job'), j.id), j.id, j.timeout, "
    "pg_catalog.to_regprocedure(j.function_name) "
    "= pg_catalog.to_regprocedure('kernel.apply_retention()') "
    "FROM kernel.job AS j WHERE j.name = %s"
)
_UNLOCK = "SELECT pg_catalog.pg_advisory_unlock(kernel.lock_space('job'), %s)"
_TIMEOUT = "SELECT pg_catalog.set_config('statement_timeout', %s, true)"
_DO_NOT_WAIT = "SELECT pg_catalog.set_config('synchronous_commit', 'off', true)"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job, as it stands or as it ended.

    done        how much its batches did, as the job counts
    error_code  SQLSTATE of the error that ended it
    """

    job: str
    run: int
    outcome: str
    batches: int
    done: int
    seconds: float
    error_code: str | None = None

    @property
    def failed(self) -> bool:
        return self.outcome in _FAILURES

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self), "seconds": round(self.seconds, 3)}


Watch = Callable[[Run], None]


class Runner:
    """Runs jobs on one connection, which is in autocommit mode.

    watch   called after each batch and at the end of a run
    """

    def __init__(self, connection: Connection, stop: Stop, watch: Watch) -> None:
        self.connection = connection
        self._stop = stop
        self._watch = watch

    def round(self) -> list[Run]:
        """Run every job that is due, once; those that another runner has are left to it."""
        self.connection.execute("SELECT kernel.close_lost_runs()")
        due = self.connection.execute("SELECT job FROM kernel.due_jobs()").fetchall()
        runs: list[Run] = []
        for (job,) in due:
            if self._stop.asked:
                break
            run = self._run(job, forced=False)
            if run is not None:
                runs.append(run)
        return runs

    def run_now(self, job: str) -> Run:
        """Run one job, due or not.

        UsageError when it is unknown or disabled, LockError when another runner has it.
        """
        found = self.connection.execute(
            "SELECT is_enabled FROM kernel.job WHERE name = %s", [job]
        ).fetchone()
        if found is None:
            raise UsageError(f"no job is named {job!r}", hint="strongroom maintain --list")
        if not found[0]:
            raise UsageError(f"job {job!r} is disabled", hint="kernel.job.is_enabled says so")
        self.connection.execute("SELECT kernel.close_lost_runs()")
        run = self._run(job, forced=True)
        if run is None:
            raise LockError(f"another runner has job {job!r}", hint="try again when it is done")
        return run

    def _run(self, job: str, *, forced: bool) -> Run | None:
        """One run of a job, or None when it is not due or not ours."""
        row = self.connection.execute(_LOCK, [job]).fetchone()
        if row is None or not row[0]:
            return None
        _, key, timeout, may_go_again = row
        try:
            begun = self.connection.execute(
                "SELECT kernel.begin_job_run(%s, p_is_forced => %s)", [job, forced]
            ).fetchone()
            if begun is None or begun[0] is None:
                return None
            waits = not may_go_again
            run = self._batches(job, begun[0], timeout.total_seconds(), waits=waits)
            self._watch(run)
            return run
        finally:
            if not self.connection.closed:
                self.connection.execute(_UNLOCK, [key])

    def _batches(self, job: str, number: int, timeout: float, *, waits: bool) -> Run:
        since = time.monotonic()
        batches = total = 0
        while True:
            try:
                done = self._batch(number, timeout, waits=waits)
            except psycopg.Error as error:
                if self.connection.closed or error.sqlstate is None:
                    raise
                return self._end(
                    Run(job, number, "failed", batches, total, time.monotonic() - since),
                    error.sqlstate,
                )
            batches, total = batches + 1, total + max(done, 0)
            seconds = time.monotonic() - since
            outcome = self._outcome(done, seconds >= timeout)
            so_far = Run(job, number, outcome, batches, total, seconds)
            if outcome != "running":
                return self._end(so_far, None)
            self._watch(so_far)

    def _outcome(self, done: int, is_over: bool) -> str:
        if done <= 0:
            return "done"
        if self._stop.asked:
            return "stopped"
        return "more" if is_over else "running"

    def _batch(self, number: int, timeout: float, *, waits: bool) -> int:
        self._stop.cancel = self.connection.cancel
        try:
            with self.connection.transaction():
                self.connection.execute(_TIMEOUT, [str(round(timeout * 1000))])
                if not waits:
                    self.connection.execute(_DO_NOT_WAIT)
                row = self.connection.execute(
                    "SELECT kernel.run_job_batch(%s)", [number]
                ).fetchone()
        finally:
            self._stop.cancel = None
        assert row is not None
        return int(row[0])

    def _end(self, run: Run, error_code: str | None) -> Run:
        try:
            row = self.connection.execute(
                "SELECT kernel.end_job_run(%s, %s, %s)", [run.run, run.outcome, error_code]
            ).fetchone()
        except psycopg.Error as error:
            if error.sqlstate != _RUN_NOT_OPEN:
                raise
            # Somebody took the job away, and its runs with it. The others are run all the same.
            row = ("lost",)
        assert row is not None
        return Run(run.job, run.run, row[0], run.batches, run.done, run.seconds, error_code)
