"""Asking whether this is the person that is meant: typed out, not a key pressed."""

from __future__ import annotations

import sys

import typer

from strongroom.errors import StrongroomError, UsageError


def confirm(what: str, app: str, subject: str, meant: str | None) -> None:
    """Go on only where somebody has typed APP/ID of the person.

    what   will happen; without the person
    meant  --yes-i-mean; None asks at the terminal

    Raises UsageError where there is no terminal, or the option means somebody else.
    """
    wanted = f"{app}/{subject}"
    if meant is not None:
        if meant != wanted:
            raise UsageError(
                "--yes-i-mean means another person", hint="give app and id as in the arguments"
            )
        return
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to ask", hint="--yes-i-mean APP/ID")
    typer.echo(what, err=True)
    typed = typer.prompt("Type APP/ID of the person to go on", err=True)
    if typed.strip() != wanted:
        raise StrongroomError("another person was typed; nothing was changed")
