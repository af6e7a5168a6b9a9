"""The `strongroom` command: one sub-command for each thing a person does."""

from __future__ import annotations

import sys

import typer
from rich.console import Console
from rich.markup import escape

from strongroom import __version__
from strongroom.errors import StrongroomError
from strongroom.migrate.command import app as migrate
from strongroom.server.command import app as server
from strongroom_codegen.command import generate

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


@app.command()
def version() -> None:
    """Print the version of this command."""
    typer.echo(__version__)


def main() -> None:
    """Run the command; what goes wrong is said in words, never as a traceback."""
    console = Console(stderr=True, soft_wrap=True)
    try:
        app()
    except StrongroomError as error:
        console.print(f"[bold red]error:[/] {escape(error.message)}", highlight=False)
        if error.hint:
            console.print(f"[bold]hint:[/]  {escape(error.hint)}", highlight=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console.print("interrupted")
        sys.exit(130)
