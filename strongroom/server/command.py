"""`strongroom server`: start, stop, look at and talk to the project's PostgreSQL."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from strongroom.errors import UsageError
from strongroom.project import DATABASE, Project, find_project
from strongroom.server.cluster import Server, ServerStatus
from strongroom.server.connect import ensure_database
from strongroom.server.debian import DebianServer
from strongroom.server.embedded import EmbeddedServer
from strongroom.server.full import FullServer
from strongroom.server.wheel import find_psql

app = typer.Typer(
    help="Run PostgreSQL for this project: version 18, or with --full version 17 and PostGIS.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Full = Annotated[bool, typer.Option("--full", help="PostgreSQL 17 with PostGIS and more.")]
Name = Annotated[str, typer.Option(help="Which server; those named test* do without fsync.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]


@app.command(epilog="Example: strongroom server start")
def start(full: Full = False, name: Name = "default") -> None:
    """Start the server, making its cluster the first time; does nothing when it runs."""
    server = _server(full, name)
    server.start()
    ensure_database(server, DATABASE)
    _show(server.status())
    if os.environ.get("DATABASE_URL"):
        typer.echo("DATABASE_URL is set: other commands use that, and not this server", err=True)


@app.command(epilog="Example: strongroom server stop")
def stop(
    full: Full = False,
    name: Name = "default",
    everything: Annotated[bool, typer.Option("--all", help="Every server of this folder.")] = False,
) -> None:
    """Stop the server; does nothing when it does not run. Its data stay."""
    for server in _servers() if everything else [_server(full, name)]:
        server.stop()
        _show(server.status())


@app.command(epilog="Example: strongroom server status --json")
def status(full: Full = False, name: Name = "default", as_json: Json = False) -> None:
    """Say whether the server runs, and where."""
    found = _server(full, name).status()
    if as_json:
        typer.echo(json.dumps(found.as_dict()))
    else:
        _show(found)


@app.command(epilog='Example: export DATABASE_URL="$(strongroom server url --database app)"')
def url(
    full: Full = False,
    name: Name = "default",
    database: Annotated[str, typer.Option(help="Database.")] = DATABASE,
    user: Annotated[str, typer.Option(help="Role to connect as.")] = "postgres",
) -> None:
    """Print a URL for libpq, psycopg and psql."""
    typer.echo(_server(full, name).url(database, user))


@app.command(
    epilog="Example: strongroom server psql -- -c 'SELECT version()'",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def psql(
    context: typer.Context,
    full: Full = False,
    name: Name = "default",
    database: Annotated[str, typer.Option(help="Database.")] = DATABASE,
    user: Annotated[str, typer.Option(help="Role to connect as.")] = "postgres",
) -> None:
    """Open psql on the server, starting it first; what follows `--` goes to psql.

    DATABASE_URL, when set, is used instead of a server of ours.
    """
    target = os.environ.get("DATABASE_URL")
    if target and full:
        raise UsageError(
            "DATABASE_URL is set, and --full asks for another server", hint="unset one"
        )
    if not target:
        server = _server(full, name)
        server.start()
        ensure_database(server, DATABASE)
        target = server.url(database, user)
    program = find_psql()
    os.execv(program, [program, target, *context.args])  # noqa: S606 (no shell is meant)


def _servers() -> list[Server]:
    """Every server that has a folder here."""
    state = _project().state
    found: list[Server] = []
    for folder in sorted(state.glob("*-*")) if state.is_dir() else ():
        label, _, name = folder.name.partition("-")
        if not folder.is_dir() or not label.isdigit():
            continue
        if label == EmbeddedServer.label:
            found.append(EmbeddedServer(state, name))
        elif label == FullServer.label:
            found.append(FullServer(state, name))
        else:
            found.append(DebianServer(state, int(label), name))
    return found


def _server(full: bool, name: str) -> Server:
    project = _project()
    return FullServer(project.state, name) if full else EmbeddedServer(project.state, name)


def _project() -> Project:
    project = find_project()
    if project.root.name == "_sql":
        # The SQL that ships in the package is no place for data; the current folder is.
        project = replace(project, root=Path.cwd())
    return project


def _show(found: ServerStatus) -> None:
    console = Console(soft_wrap=True, emoji=False, highlight=False)
    state = "[green]running[/]" if found.running else "stopped"
    console.print(f"server {found.label}-{found.name}: {state}")
    if found.pid is not None:
        console.print(f"  pid     {found.pid}")
    if found.version is not None:
        console.print(f"  version {found.version}")
    console.print(f"  folder  {found.folder}", markup=False)
    if found.url is not None:
        console.print(f"  url     {found.url}", markup=False)
