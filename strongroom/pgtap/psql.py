"""One pgTAP file in a psql process of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_OPTIONS = (
    *("--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--pset=pager=off"),
    *("--set=ON_ERROR_STOP=1", "--set=VERBOSITY=verbose", "--command=\\timing on"),
)
_MESSAGE = re.compile(
    r"^psql:(?P<file>.+?):(?P<line>\d+): (?P<severity>[^:]+):\s+(?P<text>.*)$", re.MULTILINE
)
_HARMLESS = frozenset({"NOTICE", "WARNING", "INFO", "LOG", "DEBUG"})
# psql gets this long to say where it was when we interrupted it.
_GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Run:
    """What a psql process did.

    code        its exit code: 0; 1 its own error; 2 connection lost or refused; 3 error in the file
    seconds     how long it took
    timed_out   whether we ended it
    """

    output: str
    errors: str
    code: int
    seconds: float
    timed_out: bool

    @property
    def error(self) -> str | None:
        """`psql:file:line: ERROR: ...` with all that psql said about it, None without an error."""
        found = [m for m in _MESSAGE.finditer(self.errors) if m["severity"] not in _HARMLESS]
        if found:
            return self.errors[found[-1].start() :].strip()
        return self.errors.strip() if self.code else None


def run(psql: Sequence[str], url: str, file: Path, folder: Path, seconds: float) -> Run:
    """Run a file below a folder, which becomes psql's working directory."""
    name = os.path.relpath(file, folder)
    started = time.monotonic()
    process = subprocess.Popen(
        [*psql, *_OPTIONS, f"--dbname={url}", f"--file={name}"],
        cwd=folder,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=seconds)
        timed_out = False
    except subprocess.TimeoutExpired:
        output, errors = _interrupt(process)
        timed_out = True
    except BaseException:
        _interrupt(process)
        raise
    return Run(output, errors, process.returncode, time.monotonic() - started, timed_out)


def _interrupt(process: subprocess.Popen[str]) -> tuple[str, str]:
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=_GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()


def _environment() -> dict[str, str]:
    """Ours, without what would change the output."""
    return {
        **{name: value for name, value in os.environ.items() if name != "PGOPTIONS"},
        "LC_ALL": "C",
        "PGAPPNAME": "pgtap",
        "PGCLIENTENCODING": "UTF8",
    }
