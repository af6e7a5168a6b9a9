"""A day in every app that the server can run: what `make demo` plays.

Each folder `<app>_day` beside this file has a module `day` with `play(stage)`, which gives the
number of things that went wrong. The database is the project's own, on the embedded server, or with
--full on the full one, which can hold every app; never that of DATABASE_URL.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool
from rich.console import Console
from rich.markup import escape

from stage import Stage
from strongroom.errors import StrongroomError
from strongroom.migrate import apply as migrate
from strongroom.migrate import bootstrap
from strongroom.migrate.files import line_of
from strongroom.migrate.target import EMBEDDED_USER, Target, owner_of
from strongroom.project import DATABASE, Project, find_project
from strongroom.sealing import SealingError
from strongroom.server import Server, embedded, full

console = Console(highlight=False, soft_wrap=True)
DAYS = Path(__file__).resolve().parent
LEDGER = (
    "SELECT user_id, type, amount, credits_before, credits_after, status "
    "FROM tarot.transactions ORDER BY id DESC LIMIT 10"
)
LOST_KEYS = (
    "What earlier days sealed is lost with their keys, as it is meant. Put the file back, or begin"
    " anew: make clean demo stops this folder's servers and removes what was built"
)


def scene(title: str) -> None:
    console.print(f"\n[bold]{escape(title)}[/]")


def say(line: str) -> None:
    console.print(f"  {line}", markup=False)


def prepare(project: Project, server: Server) -> None:
    """Start the server, and bring the database forward."""
    scene(f"PostgreSQL {server.label} in this folder")
    server.start()
    status = server.status()
    say(f"version {status.version}, process {status.pid}, for this machine only")
    scene("Migrations, as a role that is no superuser")
    bootstrap.prepare(project, server)
    # Never DATABASE_URL: a demo plays on nobody's database.
    target = Target(server.url(DATABASE, EMBEDDED_USER), owner_of(project))
    said: list[str] = []
    begun = time.monotonic()
    with console.status("applying migrations"):
        done = migrate.apply(project, target, said.append)
    say(said[0])
    for app, reason in done.skipped.items():
        say(f"left out   {app}: {reason}")
    if done.nothing:
        say("nothing to do: the database is current")
        return
    for app, count in Counter(map(line_of, done.applied)).items():
        say(f"{app:<10} {count} migration{'s'[: count != 1]}")
    say(f"{len(done.functions)} function files, {time.monotonic() - begun:.1f} s in all")


def shipped_apps(project: Project) -> dict[str, list[str]]:
    """The apps of the project, and the extensions that each needs."""
    found = {}
    for file in sorted(project.schema.glob("*/schema.sql")):
        text = file.read_text("utf-8")
        if re.search(r"^@app\b", text, re.MULTILINE):
            wanted = re.search(r"^@extensions (.+?)'?;?$", text, re.MULTILINE)
            names = wanted[1].split() if wanted else []
            found[file.parent.name] = [name.partition(">=")[0] for name in names]
    return found


def why_not(connection: psycopg.Connection[tuple[object, ...]], extensions: list[str]) -> str:
    """Why an app that is shipped is not in this database."""
    query = "SELECT e.name FROM pg_catalog.pg_available_extensions AS e"
    there = {row[0] for row in connection.execute(query)}
    missing = [name for name in extensions if name not in there]
    return f"this server has no {', '.join(missing)}" if missing else "it is not in this database"


def play_all(project: Project, server: Server) -> int:
    """The day of each app; gives how many went wrong."""
    wrong = 0
    with psycopg.connect(server.url(DATABASE, EMBEDDED_USER), autocommit=True) as connection:
        connection.execute("SELECT set_config('role', 'strongroom_owner', false)")
        here = {str(row[0]) for row in connection.execute("SELECT kernel.app_schemas()")}
        reasons = {
            app: why_not(connection, extensions)
            for app, extensions in shipped_apps(project).items()
            if app not in here
        }
    with ConnectionPool(
        server.url(DATABASE, "strongroom_login"), min_size=1, max_size=4, open=True
    ) as pool:
        for app in sorted({*here, *reasons}):
            if app in reasons:
                console.print(f"\n[bold yellow]{escape(app)}[/] is not played: {reasons[app]}")
            elif not (DAYS / f"{app}_day" / "day.py").is_file():
                console.print(f"\n[bold]{escape(app)}[/] has no day yet")
            else:
                wrong += play_one(project, server, app, pool)
    return wrong


def play_one(project: Project, server: Server, app: str, pool: ConnectionPool[Any]) -> int:
    """The day of one app; 1 if something went wrong."""
    console.print(f"\n[bold cyan]— {escape(app)} —[/]")
    stage = Stage(
        app=app,
        pool=pool,
        runner_url=server.url(DATABASE, "strongroom_runner"),
        owner_url=server.url(DATABASE, EMBEDDED_USER),
        keys=project.state / f"{app}-day-{server.label}.keys",
        scene=scene,
        say=say,
    )
    return 1 if import_module(f"{app}_day.day").play(stage) else 0


def show_further(seconds: float, *, on_full: bool) -> None:
    """How to look further, as lines to copy."""
    command_line = ".venv/bin/strongroom"
    run = f"{command_line} server"
    more = " --full" if on_full else ""
    url = f'DATABASE_URL="$({run} url --full)" ' if on_full else ""
    console.print(f"\n[bold green]The day is over[/] after {seconds:.1f} s. Look further:\n")
    for what, command in {
        "a prompt": f"{run} psql{more}",
        "the ledger": f"{run} psql{more} -- -c '{LEDGER}'",
        "its health": f"{url}{command_line} doctor",
        "the server": f"{run} status{more}",
        "stop it": f"{run} stop{more}",
    }.items():
        console.print(f"  {what:<10}  {command}", markup=False)


def main() -> int:
    started = time.monotonic()
    project = find_project()
    on_full = "--full" in sys.argv[1:]
    server = full(project) if on_full else embedded(project)
    try:
        prepare(project, server)
        wrong = play_all(project, server)
    except StrongroomError as error:
        console.print(f"[bold red]error:[/] {escape(error.message)}")
        if error.hint:
            console.print(f"[bold]hint:[/]  {escape(error.hint)}")
        return error.exit_code
    except SealingError as error:
        console.print(f"[bold red]error:[/] {escape(str(error))}")
        console.print(f"[bold]hint:[/]  {LOST_KEYS}")
        return 1
    show_further(time.monotonic() - started, on_full=on_full)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
