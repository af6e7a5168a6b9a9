"""`strongroom query`: what an application sends for a query, shown or run."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from strongroom.errors import ConnectError, StrongroomError, UsageError
from strongroom.project import DATABASE, Project
from strongroom_codegen.query_call import Call, read_call

app = typer.Typer(
    name="query",
    help="Show or run what an application sends for a query.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
Name = Annotated[str, typer.Argument(metavar="APP.QUERY", help="Which query.")]
Values = Annotated[
    list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="Its arguments.")
]
As = Annotated[
    str | None, typer.Option("--as", metavar="USER", help="Whose identity the call carries.")
]
Null = Annotated[
    list[str] | None, typer.Option("--null", metavar="NAME", help="Give NULL for this argument.")
]


@app.command("print", epilog="Example: strongroom query print tarot.list_readings --as 42 limit=5")
def print_(name: Name, values: Values = None, user: As = None, null: Null = None) -> None:
    """Print the SQL of a call: identity, PREPARE and EXECUTE, ready for psql."""
    project = _project()
    call = _call(project, name, values, null)
    typer.echo(call.script(_identity(project, call, user)), nl=False)


@app.command(epilog="Example: strongroom query run tarot.get_balance --as 42")
def run(
    name: Name,
    values: Values = None,
    user: As = None,
    null: Null = None,
    commit: Annotated[bool, typer.Option("--commit", help="Keep what the query changed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Run a call in a transaction of a real session, and roll it back unless told otherwise.

    On the database of DATABASE_URL, else that of the embedded server.
    """
    project = _project()
    call = _call(project, name, values, null)
    result = _run(project, call, user, commit=commit)
    if as_json:
        typer.echo(json.dumps(result.document(call, committed=commit)))
        return
    typer.echo(result.table())
    if call.statement.writes and not commit:
        typer.echo("rolled back; --commit keeps what a query changes", err=True)


def _project() -> Project:
    from strongroom_codegen.check import is_up_to_date
    from strongroom_codegen.generating import project_here

    project = project_here()
    if not is_up_to_date():
        typer.echo("warning: the generated files are not up to date: strongroom generate", err=True)
    return project


def _call(project: Project, name: str, values: list[str] | None, null: list[str] | None) -> Call:
    given: dict[str, str] = {}
    for text in values or []:
        key, equals, value = text.partition("=")
        if not equals or not key:
            # The text itself may be somebody's data, so it is not repeated.
            raise UsageError(
                "an argument is written NAME=VALUE",
                hint="NAME= is the empty text, --null NAME is NULL",
            )
        if key in given:
            raise UsageError(f"{key} is given twice")
        given[key] = value
    return read_call(project, name, given, frozenset(null or ()))


def _identity(project: Project, call: Call, user: str | None) -> Any:
    """Who the call is made for, as an application's session has it."""
    from strongroom.session import NoIdentity
    from strongroom.session.identity import Identity

    guarded = (project.schema / "kernel").is_dir()
    try:
        identity = Identity(call.app if guarded else None, user, None, None, call.statement.role)
        identity.require(call.statement)
    except NoIdentity as error:
        raise UsageError(
            f"{call.statement.name} acts for a user, and none is named", hint="write: --as USER"
        ) from error
    except ValueError as error:
        raise UsageError(f"--as: {error}") from error
    return identity


def _run(project: Project, call: Call, user: str | None, *, commit: bool) -> Any:
    import psycopg

    from strongroom.server.connect import connect_url
    from strongroom_codegen.query_run import run_call

    identity = _identity(project, call, user)
    try:
        with psycopg.connect(
            connect_url(project=project, database=DATABASE),
            autocommit=True,
            client_encoding="UTF8",
        ) as connection:
            return run_call(connection, identity, call, commit=commit)
    except psycopg.OperationalError as error:
        if error.sqlstate is None:
            raise ConnectError(f"no connection to the database: {error}".strip()) from error
        raise _failed(call, error) from error
    except psycopg.Error as error:
        raise _failed(call, error) from error


def _failed(call: Call, error: Any) -> StrongroomError:
    """Without DETAIL, which quotes rows."""
    said = error.diag.message_primary or type(error).__name__
    constraint = f", constraint {error.diag.constraint_name}" if error.diag.constraint_name else ""
    return StrongroomError(
        f"{call.statement.name}: {said} (SQLSTATE {error.sqlstate}{constraint})",
        hint=error.diag.message_hint or "nothing was changed",
    )
