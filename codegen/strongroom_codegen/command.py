"""`strongroom generate`: its options.

Called without any, the command does not load this module, and so not typer: see strongroom.entry.
"""

from __future__ import annotations

from typing import Annotated

import typer

from strongroom_codegen import generating


def generate(
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether the generated files are up to date.")
    ] = False,
    emit: Annotated[
        str | None, typer.Option(metavar="json", help="Print the model instead of writing files.")
    ] = None,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain-null", metavar="APP.QUERY", help="Say why columns can or can't be NULL."
        ),
    ] = None,
    impact: Annotated[
        str | None,
        typer.Option(
            "--impact",
            metavar="TABLE[.COLUMN]",
            help="Say which queries, views and functions a change would touch.",
        ),
    ] = None,
    grants: Annotated[
        str | None,
        typer.Option(
            "--grants",
            metavar="APP|ROLE",
            help="Print the least grants for its queries; with --check, compare with schema/.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Machine-readable output of --impact.")
    ] = False,
    form: Annotated[
        str, typer.Option("--format", metavar="text|github", help="How findings are printed.")
    ] = "text",
    again: Annotated[
        bool, typer.Option("--watch", help="Generate again when a source changes, until Ctrl-C.")
    ] = False,
) -> None:
    """Generate typed Python from the annotated SQL in queries/.

    Types and nullability come from PostgreSQL itself: a scratch database on the server of
    DATABASE_URL, else on the embedded one; apps whose extensions it lacks are generated on the
    full one. All files are written, or none; those of an app that no server can hold stay.

    Example: strongroom generate --explain-null tarot.list_readings
    """
    generating.generate(
        check=check,
        emit=emit,
        explain=explain,
        impact=impact,
        grants=grants,
        as_json=as_json,
        form=form,
        again=again,
    )
