"""A day at the tarot table, on a PostgreSQL of this project's own: what `make demo` runs."""

from __future__ import annotations

import sys
import time

from forget import Office
from psycopg_pool import ConnectionPool
from rich.console import Console
from rich.markup import escape
from table import Table

from strongroom.errors import StrongroomError
from strongroom.migrate import apply as migrate
from strongroom.migrate import bootstrap
from strongroom.migrate.target import (
    EMBEDDED_USER,
    Target,
    embedded_url,
    owner_of,
)
from strongroom.project import Project, find_project
from strongroom.server import embedded

LEDGER = (
    "SELECT user_id, type, amount, credits_before, credits_after, status "
    "FROM tarot.transactions ORDER BY id DESC LIMIT 10"
)

console = Console(highlight=False, soft_wrap=True)


def scene(title: str) -> None:
    console.print(f"\n[bold]{escape(title)}[/]")


def say(line: str) -> None:
    console.print(f"  {line}", markup=False)


def prepare(project: Project) -> str:
    """Start the server, bring the database forward; gives the URL that applications use."""
    scene("PostgreSQL 18 in this folder")
    server = embedded(project)
    server.start()
    status = server.status()
    say(f"version {status.version}, process {status.pid}, no TCP port")
    scene("Migrations, as a role that is no superuser")
    bootstrap.prepare_embedded(project)
    # Never DATABASE_URL: a demo plays on nobody's database.
    target = Target(embedded_url(project, EMBEDDED_USER), owner_of(project))
    lines: list[str] = []
    done = migrate.apply(project, target, lines.append)
    for line in lines if done.applied else lines[:1]:
        say(line)
    if done.nothing:
        say("nothing to do: the database is current")
    return embedded_url(project, "strongroom_login")


def play(table: Table, office: Office) -> int:
    """The day; gives the number of breaks in the ledger."""
    scene("People join")
    mira, jonas = table.join(7001, "mira"), table.join(7002, "jonas")
    scene("Credits are bought")
    table.buy(mira, 80)
    scene("Nine spreads from a deck of 78")
    last = table.read_every_spread(mira)
    scene("One that can't be paid")
    table.read_too_much(jonas)
    scene("An answer that got lost")
    table.repeat(mira)
    scene("A refund")
    table.refund(mira, last)
    scene("The history, in pages")
    table.page(mira)
    scene("Others, and nobody")
    table.look_at_others(mira, jonas, last.reading_id)
    scene("A person asks to be forgotten")
    vera = table.join(7003, "vera")
    table.buy(vera, 20)
    table.read(vera, "three")
    office.ask(table.pool, vera)
    office.forget(vera)
    scene("Do the books agree?")
    return table.reconcile()


def show_further(seconds: float) -> None:
    """How to look further, as lines to copy."""
    command_line = ".venv/bin/strongroom"
    run = f"{command_line} server"
    console.print(f"\n[bold green]The day is over[/] after {seconds:.1f} s. Look further:\n")
    for what, command in {
        "a prompt": f"{run} psql",
        "the ledger": f"{run} psql -- -c '{LEDGER}'",
        "its health": f"{command_line} doctor",
        "the server": f"{run} status",
        "stop it": f"{run} stop",
    }.items():
        console.print(f"  {what:<10}  {command}", markup=False)


def main() -> int:
    started = time.monotonic()
    project = find_project()
    try:
        url = prepare(project)
        with ConnectionPool(url, min_size=1, max_size=4, open=True) as pool:
            keys = project.root / ".strongroom" / "tarot-day.keys"
            office = Office(embedded_url(project, "strongroom_runner"), keys, say)
            breaks = play(Table(pool, say), office)
    except StrongroomError as error:
        console.print(f"[bold red]error:[/] {escape(error.message)}")
        if error.hint:
            console.print(f"[bold]hint:[/]  {escape(error.hint)}")
        return error.exit_code
    show_further(time.monotonic() - started)
    return 1 if breaks else 0


if __name__ == "__main__":
    sys.exit(main())
