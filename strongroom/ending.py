"""How the command ends: what goes wrong is said in words, never as a traceback."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise, takewhile
from typing import Any

from strongroom.errors import StrongroomError

_USAGE = 2


@contextmanager
def in_words(arguments: Sequence[str]) -> Iterator[None]:
    """Ends the process with the exit code of what goes wrong inside, which is said first.

    A command that was asked for JSON says it on standard output too, as its one document.
    """
    as_json = _asked_for_json(arguments)
    try:
        yield
    except StrongroomError as error:
        show_error(error)
        if as_json:
            _answer(error.message, error.hint, error.exit_code, error.answer)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        if as_json:
            _answer("interrupted", None, 130, {})
        sys.exit(130)
    except SystemExit as end:
        if as_json and end.code == _USAGE:
            _answer("these arguments can't be followed", "standard error says why", _USAGE, {})
        raise


def show_error(error: StrongroomError) -> None:
    """What went wrong and what to do, where errors go."""
    from rich.console import Console  # most runs have nothing to say
    from rich.markup import escape

    console = Console(stderr=True, soft_wrap=True, emoji=False)
    console.print(f"[bold red]error:[/] {escape(error.message)}", highlight=False)
    if error.hint:
        console.print(f"[bold]hint:[/]  {escape(error.hint)}", highlight=False)


def _asked_for_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` or `--emit json` stands before what is passed on to another program."""
    ours = list(takewhile(lambda word: word != "--", arguments))
    emitted = ("--emit", "json") in pairwise(ours)
    return "--json" in ours or "--emit=json" in ours or emitted


def _answer(message: str, hint: str | None, exit_code: int, besides: dict[str, Any]) -> None:
    document = {**besides, "error": message, "hint": hint, "exit_code": exit_code}
    print(json.dumps(document), flush=True)
