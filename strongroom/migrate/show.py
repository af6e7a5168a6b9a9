"""A status as people read it: in the order in which things were done and will be."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from strongroom.migrate.status import Row, Status
from strongroom.project import Project

# More function files than this are counted, not listed.
_LISTED = 12
_STYLES = {"applied": "green", "pending": "yellow", "partial": "yellow"}
_STILL_TO_DO = ("pending", "partial")


def project_line(project: Project) -> str | None:
    """Which project is meant, when it is not the current folder."""
    here = Path.cwd().resolve()
    if here == project.root:
        return None
    if here.is_relative_to(project.root):
        return f"project {project.root}"
    return f"project {project.root} (installed with strongroom: there is none in this folder)"


def show(project: Project, found: Status) -> None:
    """Print a status; the last line says what it comes to."""
    console = Console(soft_wrap=True, emoji=False, highlight=False)
    if line := project_line(project):
        console.print(line, markup=False)
    console.print(f"target {found.target}", markup=False)
    for warning in found.warnings:
        console.print(f"[yellow]warning:[/] {escape(warning)}")
    if found.ledger == "none":
        console.print("nothing was ever applied here")
    if found.ledger == "unrecorded":
        console.print("built by install.sql: the first apply compares and adopts it")
    _show_files(console, found)
    for name in found.invalid_indexes:
        console.print(f"[yellow]invalid index:[/] {escape(name)}")
    if found.deploying:
        console.print(f"deploying now: {escape(found.deploying)}")
    for conflict in found.conflicts:
        console.print(f"[bold red]conflict:[/] {escape(conflict.message)}")
        console.print(f"          {escape(conflict.hint)}")
    console.print(
        "conflict: apply refuses until files and database agree" if found.conflicts else found.state
    )


def _show_files(console: Console, found: Status) -> None:
    states = [row.state for row in found.migrations]
    first = next((n for n, s in enumerate(states) if s in _STILL_TO_DO), len(states))
    for row in found.migrations[:first]:
        _show_row(console, row)
    for name in found.bootstrap:
        console.print(f"  [yellow]pending [/] {escape(name)}")
    for name in found.extensions:
        console.print(f"  [yellow]pending [/] extension {escape(name)}")
    for row in found.migrations[first:]:
        _show_row(console, row)
    for line in found.skipped:
        console.print(f"  [yellow]skipped [/] {escape(line)}")
    for line in _function_lines(found.functions):
        console.print(f"  [yellow]pending [/] {escape(line)}")
    for name, objects in found.removed.items():
        console.print(f"  [yellow]removed [/] {escape(name)} left {escape(', '.join(objects))}")


def _show_row(console: Console, row: Row) -> None:
    if row.state == "skipped":
        # One line for each app, which says why.
        return
    style = _STYLES.get(row.state, "bold red")
    when = f"  {row.applied_at} {row.applied_by or ''}" if row.applied_at else ""
    console.print(f"  [{style}]{row.state:<8}[/] {escape(row.id)}{escape(when)}")


def _function_lines(functions: dict[str, str]) -> list[str]:
    """Function files one by one, or how many there are of each kind (--json has them all)."""
    if len(functions) <= _LISTED:
        return [f"{name} ({reason})" for name, reason in functions.items()]
    reasons = Counter(functions.values())
    return [f"{count} function files ({reason})" for reason, count in reasons.items()]
