"""The jobs of a database, as `strongroom maintain --list` shows them."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from strongroom.listing import show

Connection = psycopg.Connection[Any]

_JOBS = """
SELECT
    j.name AS job, j.function_name AS function, j.schedule::text, j.timeout::text, j.priority,
    j.is_enabled AS enabled, j.next_due_at AS due, j.next_due_at <= pg_catalog.now() AS is_due,
    kernel.job_problem(j.function_name) AS problem,
    r.outcome, r.begun_at AS ran, r.batches, r.done, r.error_code
FROM kernel.job AS j
LEFT JOIN LATERAL (
    SELECT * FROM kernel.job_run AS r WHERE r.job = j.name ORDER BY r.id DESC LIMIT 1
) AS r ON true
ORDER BY j.priority, j.name
"""


def read_jobs(connection: Connection) -> list[dict[str, Any]]:
    """Each job with its last run, in the order of priority."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_JOBS).fetchall()


def show_jobs(jobs: list[dict[str, Any]]) -> None:
    """Print a table."""
    titles = ("job", "every", "due", "last run", "outcome", "done")
    show(titles, map(_row, jobs), counts={"done"})


def show_partitions(partitions: list[dict[str, Any]]) -> None:
    """Print a table of those that are past their time."""
    titles = ("partition past its time", "of", "what becomes of it")
    show(titles, ((p["partition"], p["parent"], _end(p)) for p in partitions))


def as_json(job: dict[str, Any]) -> dict[str, Any]:
    """A job with its instants as text."""
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in job.items()}


def _row(job: dict[str, Any]) -> tuple[str, ...]:
    code = f" {job['error_code']}" if job["error_code"] else ""
    return (
        job["job"],
        job["schedule"],
        _due(job),
        "never" if job["ran"] is None else _instant(job["ran"]),
        job["problem"] or f"{job['outcome'] or ''}{code}",
        "" if job["done"] is None else f"{job['done']:,}",
    )


def _end(partition: dict[str, Any]) -> str:
    if partition["is_held"] is None:
        return f"{partition['on_expiry']}, or held: somebody has it locked"
    return "held" if partition["is_held"] else str(partition["on_expiry"])


def _due(job: dict[str, Any]) -> str:
    if not job["enabled"]:
        return "disabled"
    return "now" if job["is_due"] else _instant(job["due"])


def _instant(value: Any) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S}"
