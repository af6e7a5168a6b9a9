"""`strongroom maintain`: run the jobs that are due."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Annotated, Any

import psycopg
import typer

from strongroom.errors import StrongroomError, UsageError
from strongroom.lost import told_as_lost
from strongroom.maintain import listing, place
from strongroom.maintain.expiry import due_partitions
from strongroom.maintain.loop import Done, Maintenance
from strongroom.maintain.report import Report
from strongroom.maintain.stop import Stop
from strongroom.maintain.vacuum import vacuum as run_vacuum
from strongroom.migrate.target import Target

_LOG = "the server's log has the words"
_WORDS = "the server's log has the words; strongroom maintain --list shows each job's last run"


def maintain(
    loop: Annotated[bool, typer.Option("--loop", help="Go on until Ctrl-C or SIGTERM.")] = False,
    every: Annotated[
        float | None, typer.Option(min=0.1, help="Seconds between two rounds of --loop [10].")
    ] = None,
    job: Annotated[str | None, typer.Option(help="Run this job only, and now.")] = None,
    list_jobs: Annotated[
        bool, typer.Option("--list", help="Show the jobs and their last runs; run nothing.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say which jobs and partitions are due; run nothing.")
    ] = False,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="VACUUM ANALYZE each table instead; no jobs.")
    ] = False,
    as_json: Annotated[
        bool,
        typer.Option("--json", help="Machine-readable output; with --loop, a line a round."),
    ] = False,
) -> None:
    """Run the jobs of kernel.job that are due, and drop partitions that are past their time.

    DATABASE_URL says which database; without it, the project's own server is used, as
    strongroom_runner. Ctrl-C or SIGTERM ends it after the batch that is under way.

    Example: DATABASE_URL=postgresql://strongroom_runner@db1/shop strongroom maintain --loop
    """
    if sum((loop, job is not None, list_jobs, dry_run, vacuum)) > 1:
        raise UsageError("--loop, --job, --list, --dry-run and --vacuum exclude each other")
    if every is not None and not loop:
        raise UsageError("--every goes with --loop")
    where = place.find()
    try:
        if list_jobs or dry_run:
            _show(where, due_only=dry_run, as_json=as_json)
        elif vacuum:
            _vacuum(where, as_json)
        else:
            _run(where, job, every if loop and every is not None else 10.0, loop, as_json)
    except psycopg.Error as error:
        if lost := told_as_lost(error):
            raise lost from error
        text = str(error).strip() or type(error).__name__
        raise StrongroomError(f"{error.sqlstate} {text}") from error


def _run(where: Target, job: str | None, every: float, loop: bool, as_json: bool) -> None:
    stop, report = Stop(), Report(to_stderr=as_json)
    work = Maintenance(where, stop, report.say, report.watch)

    def tell(done: Done) -> None:
        if as_json:
            typer.echo(json.dumps(done.as_dict()))

    with stop.listening():
        try:
            if loop:
                work.forever(every, tell)
                return
            done = work.once(job)
        finally:
            report.close()
    if not as_json and not done.runs and not done.expired:
        report.say("nothing is due")
    _verdict(done, stop)
    tell(done)


def _vacuum(where: Target, as_json: bool) -> None:
    stop, report = Stop(), Report(to_stderr=as_json)
    with stop.listening(), closing(place.connect(where)) as connection:
        stop.cancel = connection.cancel
        try:
            done = run_vacuum(connection, report.watch_vacuum, may_go_on=lambda: not stop.asked)
        finally:
            stop.cancel = None
            report.close()
    answer = {"vacuumed": [table.as_dict() for table in done]}
    if stop.asked:
        raise KeyboardInterrupt
    if failed := [f"{t.table} ({t.sqlstate})" for t in done if t.outcome == "failed"]:
        error = StrongroomError(f"failed: {', '.join(failed)}", hint=_LOG)
        error.answer = answer
        raise error
    if as_json:
        typer.echo(json.dumps(answer))
    else:
        report.say(f"{sum(t.outcome == 'done' for t in done):,} tables vacuumed and analysed")


def _verdict(done: Done, stop: Stop) -> None:
    """Whether all went well; what was done is the rest of the answer."""
    if done.failed:
        error = StrongroomError(f"failed: {', '.join(done.failed)}", hint=_WORDS)
        error.answer = done.as_dict()
        raise error
    if stop.asked:
        raise KeyboardInterrupt


def _show(where: Target, *, due_only: bool, as_json: bool) -> None:
    with closing(place.connect(where)) as connection:
        jobs = listing.read_jobs(connection)
        partitions = due_partitions(connection) if due_only else []
    if due_only:
        jobs = [job for job in jobs if job["enabled"] and job["is_due"]]
    if as_json:
        answer: dict[str, Any] = {"jobs": [listing.as_json(job) for job in jobs]}
        typer.echo(json.dumps({**answer, "partitions": partitions} if due_only else answer))
        return
    if jobs:
        listing.show_jobs(jobs)
    if partitions:
        listing.show_partitions(partitions)
    if not jobs and not partitions:
        Report(to_stderr=False).say("nothing is due")
