"""`strongroom lint`: checks that need a database to look at plans."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.status import Status

from strongroom.errors import LintError, UsageError
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.generating import project_here, show_diagnostics
from strongroom_codegen.left import say_left
from strongroom_codegen.lint.rules import Finding
from strongroom_codegen.lint.run import Checked, check_queries

app = typer.Typer(
    help="Check queries by the plans that PostgreSQL makes of them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)


@app.callback()
def lint() -> None:
    """Check queries by the plans that PostgreSQL makes of them."""


@app.command(epilog="Example: strongroom lint queries --format github")
def queries(
    form: Annotated[
        str, typer.Option("--format", metavar="text|github", help="How findings are printed.")
    ] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Plan every variant of every query on tables of their declared size (@rows).

    Each query is planned for its own role, with row level security on and an identity set.
    Ends with 7 when a rule is broken. Rules and sizes: docs/query-checks.md.
    """
    if form not in ("text", "github"):
        raise UsageError(f"--format is text or github, not {form}")
    project = project_here()
    diagnostics = Diagnostics()
    try:
        with Console(stderr=True).status("reading queries") as status:
            checked = check_queries(project, diagnostics, _teller(status))
    except QueryError as error:
        if error.diagnostics is not diagnostics:
            diagnostics.found += error.diagnostics.found
        show_diagnostics(diagnostics, form)
        raise LintError(
            "the queries can't be checked as they stand",
            hint="see above: each error says what to do",
        ) from error
    _print(checked, form, as_json=as_json)
    if checked.findings:
        rules = ", ".join(sorted({finding.rule for finding in checked.findings}))
        broken = LintError(
            f"{_many(len(checked.findings), 'finding')} in {_covered(checked)}: {rules}",
            hint="mend them, or say why one is right: -- @lint ignore RULE reason",
        )
        broken.answer = _document(checked)
        raise broken


def _teller(status: Status) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        status.update(f"planning query {done + 1} of {total}")

    return tell


def _print(checked: Checked, form: str, *, as_json: bool) -> None:
    say_left(checked.left, "not checked")
    for role in checked.unbound:
        typer.echo(
            f"note: there is no role {role}: its queries were planned without row level security",
            err=True,
        )
    if as_json:
        # With findings, the error that ends the run prints them as a part of its answer.
        if not checked.findings:
            typer.echo(json.dumps(_document(checked)))
    elif checked.findings:
        typer.echo(report(checked, form))
    else:
        typer.echo(f"{_covered(checked)}: nothing found")


def _document(checked: Checked) -> dict[str, Any]:
    return {
        "findings": [finding.document() for finding in checked.findings],
        "queries": checked.queries,
        "variants": checked.variants,
    }


def _covered(checked: Checked) -> str:
    queries = f"{checked.queries} {'query' if checked.queries == 1 else 'queries'}"
    return f"{queries} in {_many(checked.variants, 'variant')}"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def report(checked: Checked, form: str) -> str:
    """Every finding in the form asked for: `text` or `github`."""
    found = Diagnostics()
    for finding in checked.findings:
        found.error(checked.places[finding.query.full_name].place, _message(finding), finding.mend)
    return found.render(form)


def _message(finding: Finding) -> str:
    return f"{finding.rule}: {finding.why}{finding.when}"
