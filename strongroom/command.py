"""The `strongroom` command: one sub-command for each thing a person does."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise, takewhile
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from strongroom import __version__
from strongroom.errors import StrongroomError, UsageError

_USAGE = 2
# Where each sub-command is: a command that is called alone need not wait for the others' imports.
_PARTS = {
    "migrate": "strongroom.migrate.command:app",
    "server": "strongroom.server.command:app",
    "maintain": "strongroom.maintain.command:maintain",
    "backup": "strongroom.backup.command:app",
    "doctor": "strongroom.doctor.command:doctor",
    "generate": "strongroom_codegen.command:generate",
    "new": "strongroom_codegen.new_command:app",
    "query": "strongroom_codegen.query_command:app",
    "retention": "strongroom.retention.command:app",
    "holds": "strongroom.retention.holds:app",
    "keys": "strongroom.sealing.command:app",
    "subject": "strongroom.subject.command:app",
    "lint": "strongroom_codegen.lint.command:app",
}

# What a part may lack where its extra is not installed; the others work without it.
_EXTRAS = {"cryptography": "sealing"}

app = typer.Typer(
    name="strongroom",
    help="PostgreSQL data layer: migrations, servers, typed Python from annotated SQL.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


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


@app.command(epilog="Example: strongroom version")
def version() -> None:
    """Print the version of this command."""
    typer.echo(__version__)


def main() -> None:
    """Run the command; what goes wrong is said in words, never as a traceback.

    A command that was asked for JSON says it on standard output too, as its one document.
    """
    as_json = _asked_for_json(sys.argv[1:])
    console = Console(stderr=True, soft_wrap=True, emoji=False)
    try:
        _refuse_odd_bytes(sys.argv[1:])
        if sys.argv[1:] == ["generate"]:
            # Nothing to parse: typer would load pydantic for it.
            _generate()
        else:
            _add_parts(sys.argv[1:])
            app()
    except StrongroomError as error:
        show_error(error)
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


def _generate() -> None:
    try:
        import_module("strongroom_codegen.command").generate()
    except BrokenPipeError:
        # Who reads has gone, as `head` does; typer ends so, too.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


def show_error(error: StrongroomError) -> None:
    """What went wrong and what to do, where errors go."""
    console = Console(stderr=True, soft_wrap=True, emoji=False)
    console.print(f"[bold red]error:[/] {escape(error.message)}", highlight=False)
    if error.hint:
        console.print(f"[bold]hint:[/]  {escape(error.hint)}", highlight=False)


def _refuse_odd_bytes(arguments: Sequence[str]) -> None:
    """Bytes that are no text in this locale come as lone surrogates, which no server takes."""
    for number, word in enumerate(arguments, 1):
        try:
            word.encode()
        except UnicodeEncodeError as error:
            message = f"argument {number} is not text in the encoding of this terminal"
            raise UsageError(message, hint="write it in UTF-8") from error


def _add_parts(arguments: Sequence[str]) -> None:
    """Load the sub-command that is called; all of them for help, or when there is none such."""
    wanted = next((word for word in arguments if not word.startswith("-")), "")
    for name in [wanted] if wanted in _PARTS else _PARTS:
        module, _, attribute = _PARTS[name].partition(":")
        try:
            part = getattr(import_module(module), attribute)
        except ModuleNotFoundError as error:
            lacking = (error.name or "").partition(".")[0]
            extra = _EXTRAS.get(lacking)
            if extra is None:
                raise
            if name == wanted:
                raise UsageError(
                    f"strongroom {name} needs {lacking}",
                    hint=f"pip install 'strongroom[{extra}]'",
                ) from None
            continue
        if isinstance(part, typer.Typer):
            app.add_typer(part, name=name)
        else:
            app.command(name)(part)


def _asked_for_json(arguments: Sequence[str]) -> bool:
    """Whether `--json` or `--emit json` stands before what is passed on to another program."""
    ours = list(takewhile(lambda word: word != "--", arguments))
    emitted = ("--emit", "json") in pairwise(ours)
    return "--json" in ours or "--emit=json" in ours or emitted


def _answer(message: str, hint: str | None, exit_code: int, besides: dict[str, Any]) -> None:
    document = {**besides, "error": message, "hint": hint, "exit_code": exit_code}
    typer.echo(json.dumps(document))
