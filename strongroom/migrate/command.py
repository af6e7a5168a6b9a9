"""`strongroom migrate`: look at a database, bring it forward, take migrations back."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console

from strongroom.errors import ConnectError, PendingError, StrongroomError, UsageError
from strongroom.lost import told_as_lost
from strongroom.migrate import apply as applying
from strongroom.migrate import bootstrap, history, target
from strongroom.migrate import rollback as rolling
from strongroom.migrate import status as looking
from strongroom.migrate.files import SqlMigration
from strongroom.migrate.plan import Plan
from strongroom.migrate.report import Say
from strongroom.migrate.show import project_line, show
from strongroom.migrate.status import Status
from strongroom.project import Project, find_project

app = typer.Typer(
    help="Bring a live database to what schema/, functions/ and migrations/ say.\n\n"
    "DATABASE_URL says which database; without it, the project's own server is used.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Wait = Annotated[float, typer.Option(min=0, help="Seconds to wait for another deployer.")]


@app.command(epilog="Example: strongroom migrate status --check || strongroom migrate apply")
def status(
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 3 if something is pending, 6 on conflict.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Say what is applied and what is pending; changes nothing and takes no lock."""
    project = find_project()
    where = _existing(project)
    with _told():
        found = _look(project, where)
    if not as_json:
        show(project, found)
    if check:
        _verdict(found)
    if as_json:
        typer.echo(json.dumps(found.as_dict()))


@app.command(epilog="Example: DATABASE_URL=postgresql://deploy@db1/shop strongroom migrate apply")
def apply(
    yes: Yes = False,
    to: Annotated[str | None, typer.Option(help="Stop after this migration.")] = None,
    wait: Wait = 600.0,
    as_json: Json = False,
) -> None:
    """Apply what is pending: each file as a whole or not at all."""
    ask = _asker(yes, "apply")
    project = find_project()
    say = _speaker(to_stderr=as_json)
    _say_project(project, say)
    with _told():
        if target.is_embedded():
            bootstrap.prepare_embedded(project)

        def confirm(plan: Plan) -> None:
            ask(say, plan.lines())

        done = applying.apply(
            project, target.resolve(project), say, confirm=confirm, to=to, wait=wait
        )
    for path, objects in done.removed.items():
        say(f"{path} is gone, and left {', '.join(objects)}: drop it with a migration")
    if done.held_back:
        files = _counted(len(done.held_back), "function file")
        say(f"held back until every migration is applied: {files}")
    say("nothing to do" if done.nothing else _summary(done))
    if as_json:
        typer.echo(json.dumps(asdict(done)))


@app.command(epilog="Example: strongroom migrate rollback --to 0001.kernel.data-map")
def rollback(
    to: Annotated[str | None, typer.Option(help="Take back all that came after this one.")] = None,
    last: Annotated[bool, typer.Option("--last", help="Take back the last (default).")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Take back every migration.")] = False,
    yes: Yes = False,
    wait: Wait = 600.0,
    as_json: Json = False,
) -> None:
    """Take migrations back, newest first. What they made is dropped, with its rows."""
    if sum((to is not None, last, everything)) > 1:
        raise UsageError("--to, --last and --all exclude each other")
    ask = _asker(yes, "roll back")
    project = find_project()
    say = _speaker(to_stderr=as_json)
    _say_project(project, say)

    def confirm(found: list[SqlMigration]) -> None:
        ask(say, [f"rollback {m.id} by {m.rollback.name}" for m in found])

    with _told():
        until = rolling.Until(to, everything)
        done = rolling.rollback(project, _existing(project), say, until, confirm=confirm, wait=wait)
    count = len(done.rolled_back)
    say(
        f"{_counted(count, 'migration')} rolled back"
        if done.rolled_back
        else "nothing to roll back"
    )
    if as_json:
        typer.echo(json.dumps(asdict(done)))


def _existing(project: Project) -> target.Target:
    """The target; the project's own server must run, for looking must not start it."""
    if target.is_embedded():
        from strongroom.server import embedded

        if not embedded(project).status().running:
            raise ConnectError(
                "the project's server does not run",
                hint="strongroom migrate apply starts it; or set DATABASE_URL",
            )
    return target.resolve(project)


def _look(project: Project, where: target.Target) -> Status:
    try:
        return looking.look(project, where)
    except ConnectError as error:
        if target.is_embedded():
            hint = "strongroom migrate apply makes the database and its roles"
            raise ConnectError(error.message, hint=hint) from error
        raise


def _say_project(project: Project, say: Say) -> None:
    if line := project_line(project):
        say(line)


def _verdict(found: Status) -> None:
    """What --check says by its exit code; with --json, the status is the rest of the answer."""
    try:
        history.refuse(found.conflicts)
        if found.pending:
            raise PendingError("something is pending", hint="strongroom migrate apply")
    except StrongroomError as error:
        error.answer = found.as_dict()
        raise


def _asker(yes: bool, verb: str) -> Any:
    """What asks before anything changes; without a terminal there must be --yes."""
    if not yes and not sys.stdin.isatty():
        raise UsageError(
            f"there is no terminal to ask on before we {verb}", hint="say --yes to go ahead"
        )

    def ask(say: Say, lines: list[str]) -> None:
        if yes:
            return
        for line in lines:
            say(f"  {line}")
        if not typer.confirm(f"{verb} these?", err=True):
            raise StrongroomError("nothing was changed")

    return ask


def _speaker(*, to_stderr: bool) -> Say:
    console = Console(stderr=to_stderr, soft_wrap=True, emoji=False, highlight=False)

    def say(line: str) -> None:
        console.print(line, markup=False)

    return say


def _summary(done: applying.Outcome) -> str:
    parts = [
        (len(done.adopted), "migration", "adopted"),
        (len(done.extensions), "extension", "created"),
        (len(done.applied), "migration", "applied"),
        (len(done.functions), "function file", "applied"),
    ]
    said = ", ".join(f"{_counted(n, what)} {how}" for n, what, how in parts if n)
    return f"done: {said or 'bootstrap'}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


@contextmanager
def _told() -> Iterator[None]:
    """What PostgreSQL says beyond what was expected is told in its words, not as a traceback."""
    try:
        yield
    except psycopg.Error as error:
        if lost := told_as_lost(error):
            raise lost from error
        text = str(error).strip() or type(error).__name__
        raise StrongroomError(f"{error.sqlstate} {text}") from error
