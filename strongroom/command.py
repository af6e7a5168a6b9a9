"""The `strongroom` command: one sub-command for each thing a person does."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from itertools import pairwise, takewhile
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from strongroom import __version__
from strongroom.errors import StrongroomError
from strongroom.migrate.command import app as migrate
from strongroom.server.command import app as server
from strongroom_codegen.command import generate

_USAGE = 2

app = typer.Typer(
    name="strongroom",
    help="PostgreSQL data layer: migrations, servers, typed Python from annotated SQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.add_typer(migrate, name="migrate")
app.add_typer(server, name="server")
app.command()(generate)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """PostgreSQL data layer: migrations, servers, typed Python from annotated SQL."""


@app.command()
def version() -> None:
    """Print the version of this command."""
    typer.echo(__version__)


def main() -> None:
    """Run the command; what goes wrong is said in words, never as a traceback.

    A command that was asked for JSON says it on standard output too, as its one document.
    """
    as_json = _asked_for_json(sys.argv[1:])
    console = Console(stderr=True, soft_wrap=True)
    try:
        app()
    except StrongroomError as error:
        console.print(f"[bold red]error:[/] {escape(error.message)}", highlight=False)
        if error.hint:
            console.print(f"[bold]hint:[/]  {escape(error.hint)}", highlight=False)
        if as_json:
            _answer(error.message, error.hint, error.exit_code, error.answer)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console.print("interrupted")
        if as_json:
            _answer("interrupted", None, 130, {})
        sys.exit(130)
    except SystemExit as end:
        if as_json and end.code == _USAGE:
            _answer("these arguments can't be followed", "standard error says why", _USAGE, {})
        raise


def _asked_for_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` or `--emit json` stands before what is passed on to another program."""
    ours = list(takewhile(lambda word: word != "--", arguments))
    emitted = ("--emit", "json") in pairwise(ours)
    return "--json" in ours or "--emit=json" in ours or emitted


def _answer(message: str, hint: str | None, exit_code: int, besides: dict[str, Any]) -> None:
    document = {**besides, "error": message, "hint": hint, "exit_code": exit_code}
    typer.echo(json.dumps(document))
