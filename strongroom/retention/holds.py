"""`strongroom holds`: place, list and release legal holds."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from strongroom.errors import UsageError
from strongroom.listing import show
from strongroom.retention.asking import Row, asked, plain

app = typer.Typer(
    help="Keep a person, a table or a row from being destroyed, and let them go again.\n\n"
    "DATABASE_URL says which database; without it, the project's own server is used.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
By = Annotated[str | None, typer.Option(metavar="NAME", help="Who decides; default: the login.")]
Reason = Annotated[str, typer.Option(help="Why, best as a reference to the case; no names.")]
_COLUMNS = """
SELECT
    id, app, subject, relation::text AS table, row_key AS key, reason, placed_at, placed_by,
    pg_catalog.to_jsonb(expires_at) #>> '{}' AS expires_at, released_at, released_by, release_reason
FROM kernel.legal_hold
"""
_TARGETS = "--app and --subject, or --table, or --table and --key"


@app.command("list", epilog="Example: strongroom holds list --all --json")
def list_holds(
    released: Annotated[bool, typer.Option("--all", help="Released ones as well.")] = False,
    as_json: Json = False,
) -> None:
    """Show the holds that are in force, the oldest first."""
    with asked() as cursor:
        rows = cursor.execute(
            _COLUMNS.encode() + b" WHERE released_at IS NULL OR %s ORDER BY id", [released]
        ).fetchall()
    if as_json:
        typer.echo(json.dumps({"holds": [plain(row) for row in rows]}))
    elif rows:
        _show(rows)
    else:
        typer.echo("nothing is on hold")


@app.command(
    epilog='Example: strongroom holds place --app tarot --subject 42 --reason "case 7/2026"'
)
def place(
    reason: Reason,
    app_name: Annotated[str | None, typer.Option("--app", help="The app of a person.")] = None,
    subject: Annotated[str | None, typer.Option(help="The user id of a person.")] = None,
    table: Annotated[str | None, typer.Option(help="A table, with its schema.")] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN=VALUE", help="One row of it: each column of the key."),
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="When it ends by itself; default: never.")
    ] = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Put a person, a table or a row on hold."""
    if (app_name is None) != (subject is None) or (app_name is None) == (table is None):
        raise UsageError("a hold is on a person, or on a table or a row of it", hint=_TARGETS)
    if key and table is None:
        raise UsageError("--key is of a row of a table", hint=_TARGETS)
    row_key = json.dumps(_read_key(key)) if key else None
    with asked(by) as cursor:
        row = cursor.execute(
            "SELECT kernel.place_hold(%s, %s, %s, %s, %s::jsonb, %s::timestamptz) AS hold",
            [reason, app_name, subject, table, row_key, until],
        ).fetchone()
    assert row is not None
    _tell(row["hold"], "is in force", as_json=as_json)


@app.command(epilog='Example: strongroom holds release 3 --reason "case 7/2026 closed"')
def release(
    hold: Annotated[int, typer.Argument(help="The number of the hold.")],
    reason: Reason,
    by: By = None,
    as_json: Json = False,
) -> None:
    """End a hold. What it kept goes with the next runs of retention."""
    with asked(by) as cursor:
        cursor.execute("SELECT kernel.release_hold(%s::bigint, %s)", [hold, reason])
    _tell(hold, "is released", as_json=as_json)


def _read_key(given: list[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    if wrong := [text for text, equals, _ in pairs if not equals]:
        raise UsageError(f"--key {wrong[0]} has no =", hint="--key user_id=42 --key id=7")
    row_key = {column: value for column, _, value in pairs}
    if len(row_key) < len(pairs):
        raise UsageError("--key names a column twice", hint="each column of the key once")
    return row_key


def _tell(hold: int, what: str, *, as_json: bool) -> None:
    typer.echo(json.dumps({"hold": hold}) if as_json else f"hold {hold} {what}")


def _show(rows: list[Row]) -> None:
    show(("hold", "on", "reason", "placed", "by", "until"), map(_shown, rows))


def _shown(row: Row) -> tuple[str, ...]:
    until = row["expires_at"]
    state = f"released {row['released_at']:%Y-%m-%d}" if row["released_at"] else ""
    return (
        str(row["id"]),
        _target(row),
        row["reason"],
        f"{row['placed_at']:%Y-%m-%d}",
        row["placed_by"],
        state or (until.partition("T")[0] if until else "release"),
    )


def _target(row: dict[str, Any]) -> str:
    if row["subject"] is not None:
        return f"person {row['subject']} of {row['app']}"
    if row["key"] is None:
        return str(row["table"])
    key = ", ".join(f"{column}={value}" for column, value in row["key"].items())
    return f"{row['table']} ({key})"
