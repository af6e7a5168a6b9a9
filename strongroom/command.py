"""The `strongroom` command: one sub-command for each thing a person does."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated

import typer

from strongroom import __version__
from strongroom.ending import in_words
from strongroom.errors import UsageError

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
    """Run the command; what goes wrong is said in words, never as a traceback."""
    with in_words(sys.argv[1:]):
        _refuse_odd_bytes(sys.argv[1:])
        _add_parts(sys.argv[1:])
        _flow(app)
        app()


def _flow(part: typer.Typer) -> None:
    """Let help flow to the width of the terminal, where docstrings have lines of their own."""
    for command in part.registered_commands:
        text = inspect.getdoc(command.callback) or ""
        # A line that is indented, or an item of a list, stays one.
        command.help = re.sub(r"(?<!\n)\n(?![\n -])", " ", text)
    for group in part.registered_groups:
        if group.typer_instance:
            _flow(group.typer_instance)


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
