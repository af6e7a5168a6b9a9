"""Every command of `strongroom` says in its --help how it is called."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections.abc import Iterator

import typer
from typer.main import get_command

from strongroom import command


def _all(group: object, path: str) -> Iterator[tuple[str, str]]:
    """Every command with its help; a group by those in it."""
    inside = getattr(group, "commands", {})
    if not inside:
        yield path, f"{getattr(group, 'help', '')} {getattr(group, 'epilog', '')}"
    for name, part in inside.items():
        yield from _all(part, f"{path} {name}")


def test_every_help_has_an_example() -> None:
    command._add_parts([])
    assert isinstance(command.app, typer.Typer)
    found = dict(_all(get_command(command.app), "strongroom"))
    assert len(found) > 12
    without = [p for p, text in found.items() if p not in text.partition("Example: ")[2]]
    assert without == []


def test_help_and_unknown_commands_know_every_command() -> None:
    def run(*arguments: str) -> tuple[int, str]:
        arguments = (sys.executable, "-m", "strongroom", *arguments)
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    code, text = run("--help")
    assert code == 0
    assert all(name in text for name in command._PARTS)
    code, text = run("generat")
    assert code == 2
    assert "generate" in text


def test_help_flows_to_the_width_of_the_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "strongroom", "generate", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "60"},
    )
    lines = [line.strip() for line in done.stdout.partition("╭")[0].splitlines()]
    start = next(n for n, line in enumerate(lines) if line.startswith("Types and nullability"))
    paragraph = lines[start : lines.index("", start)]
    # A word moves to the next line only where it has no room in this one.
    for line, after in itertools.pairwise(paragraph):
        assert len(line) + len(after.split()[0]) > 56, paragraph
