"""Tables of the command, on a terminal and in a file."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

_SHOW = """
from strongroom.listing import show
show(("policy", "rows", "problem"), [("a_policy_with_a_long_name", "1,234", "word " * 30)],
     counts={"rows"})
"""


def test_a_row_is_a_line_where_nobody_looks() -> None:
    told = subprocess.run(
        [sys.executable, "-c", _SHOW],
        env={**os.environ, "COLUMNS": "40"},
        capture_output=True,
        text=True,
        check=True,
    )
    titles, row = told.stdout.splitlines()
    assert titles.split() == ["policy", "rows", "problem"]
    assert row.split() == ["a_policy_with_a_long_name", "1,234", *["word"] * 30]


def test_a_narrow_terminal_folds_all_but_the_name() -> None:
    lines = _on_terminal(columns=60)
    assert len(lines) > 3
    # The titles are bold, which takes letters that no column shows.
    assert max(map(len, lines[1:])) <= 60
    assert lines[1].startswith("a_policy_with_a_long_name  1,234  word")
    assert all(line.split() and set(line.split()) == {"word"} for line in lines[2:])


def _on_terminal(*, columns: int) -> list[str]:
    """What is shown on a terminal of that width."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm"}
    subprocess.run([sys.executable, "-c", _SHOW], env=environment, stdout=theirs, check=True)
    os.close(theirs)
    with os.fdopen(ours, "rb") as screen:
        shown = screen.read1(10_000).decode()
    return [line.rstrip() for line in shown.splitlines()]
