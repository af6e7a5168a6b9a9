"""`strongroom retention`: what would be destroyed."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from strongroom.errors import StrongroomError
from strongroom.listing import show
from strongroom.retention.asking import Row, asked

app = typer.Typer(
    help="See what retention would destroy. The job apply_retention does it: strongroom maintain.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


# Or typer takes `preview` for the name of the only command, and leaves it out.
@app.callback()
def retention() -> None:
    """See what retention would destroy. The job apply_retention does it: strongroom maintain."""


@app.command(epilog="Example: strongroom retention preview --json")
def preview(
    policy: Annotated[str | None, typer.Argument(help="This policy only.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Count the rows that each policy would destroy now, the people, and what is kept.

    DATABASE_URL says which database; without it, the project's own server is asked. Changes
    nothing. Ends with 1 when a policy can't be carried out.
    """
    with asked() as cursor:
        rows = cursor.execute(
            "SELECT policy, table_name, action, row_count, subject_count, kept_count, problem"
            " FROM kernel.retention_preview(%s)",
            [policy],
        ).fetchall()
    if broken := [row["policy"] for row in rows if row["problem"] is not None]:
        if not as_json:
            _show(rows)
        error = StrongroomError(
            f"can't be carried out: {', '.join(broken)}",
            hint="the last column says why; mend the table or the policy",
        )
        error.answer = {"policies": rows}
        raise error
    if as_json:
        typer.echo(json.dumps({"policies": rows}))
    else:
        _show(rows)


def _show(rows: list[Row]) -> None:
    if not rows:
        typer.echo("there are no policies")
        return
    titles = ("policy", "table", "action", "rows", "people", "kept", "problem")
    show(titles, map(_shown, rows), counts={"rows", "people", "kept"})


def _shown(row: Row) -> tuple[str, ...]:
    counts = (row["row_count"], row["subject_count"], row["kept_count"])
    return (
        row["policy"],
        row["table_name"],
        row["action"],
        *("" if count is None else f"{count:,}" for count in counts),
        row["problem"] or "",
    )
