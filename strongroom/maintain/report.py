"""What maintenance does, for people who look on and for programs."""

from __future__ import annotations

from rich.console import Console
from rich.status import Status

from strongroom.maintain.runner import Run
from strongroom.maintain.vacuum import Vacuumed

_STYLES = {"done": "green", "more": "green", "stopped": "yellow"}


class Report:
    """Says each run when it ends, and while it goes on, where there is a terminal."""

    def __init__(self, *, to_stderr: bool) -> None:
        self._console = Console(stderr=to_stderr, soft_wrap=True, emoji=False, highlight=False)
        self._status: Status | None = None

    def say(self, line: str) -> None:
        """One line."""
        self._console.print(line, markup=False)

    def watch(self, run: Run) -> None:
        """A run after one of its batches, or at its end."""
        figures = f"{_counted(run.batches, 'batch')}, {run.done:,} done, {run.seconds:.2f} s"
        if run.outcome == "running":
            self._go_on(f"job {run.job}  {figures}")
            return
        self.close()
        style = _STYLES.get(run.outcome, "bold red")
        code = f"  SQLSTATE {run.error_code}" if run.error_code else ""
        self._console.print(f"job {run.job}  [{style}]{run.outcome}[/]  {figures}{code}")

    def watch_vacuum(self, table: Vacuumed, number: int, count: int) -> None:
        """A table that was vacuumed, or wasn't."""
        if table.outcome == "done":
            self._go_on(f"vacuum {number:,} of {count:,}  {table.table}")
            return
        self.close()
        why = "somebody holds it" if table.sqlstate is None else f"SQLSTATE {table.sqlstate}"
        self._console.print(f"vacuum {table.table}  {table.outcome}: {why}", markup=False)

    def close(self) -> None:
        """Leave nothing moving on the terminal."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _go_on(self, text: str) -> None:
        if not self._console.is_terminal:
            return
        if self._status is None:
            self._status = self._console.status(text)
            self._status.start()
        self._status.update(text)


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}es"
