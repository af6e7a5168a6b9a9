"""`strongroom doctor`: ask a database's checks, and say what they find."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

import psycopg
import typer

from strongroom.doctor import show
from strongroom.doctor.report import LEVELS, Finding, Report, examine, told
from strongroom.errors import AlarmError, ConnectError, StrongroomError, UsageError, WarnError
from strongroom.lost import told_as_lost
from strongroom.maintain import place
from strongroom.migrate import target

_HINT = "see above: each finding says what mends it; docs/kernel/health.md tells of accepting one"


def doctor(
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="This check only; may be given again, or with commas."),
    ] = None,
    level: Annotated[
        str, typer.Option(metavar="error|warn|info", help="Findings of this level and graver.")
    ] = "info",
    everything: Annotated[bool, typer.Option("--all", help="Accepted findings as well.")] = False,
    form: Annotated[
        str, typer.Option("--format", metavar="text|github", help="How findings are printed.")
    ] = "text",
    as_json: Annotated[bool, typer.Option("--json", help="Machine-readable output.")] = False,
) -> None:
    """Check a database: its rights and policies, its indexes and keys, the state of its server.

    DATABASE_URL says which; without it, the project's own server is asked. Changes nothing.
    Ends with 11 when something is an ERROR, with 10 when something is a WARN, else with 0.

    Example: strongroom doctor --level warn --only long_transaction,blocked_session
    """
    lowest = _level(level)
    if form not in ("text", "github"):
        raise UsageError(f"--format is text or github, not {form}")
    names = [name.strip() for given in only or [] for name in given.split(",") if name.strip()]
    report = _examine(names)
    wanted = LEVELS[: LEVELS.index(lowest) + 1]
    shown = [
        finding
        for finding in report.findings
        if finding.level in wanted and (everything or finding.accepted is None)
    ]
    broken = _verdict(report, wanted)
    if as_json:
        document = _document(report, shown)
        if broken is None:
            typer.echo(json.dumps(document))
        else:
            broken.answer = document
    elif form == "github":
        for line in show.build_annotations(shown):
            typer.echo(line)
        typer.echo(show.summary(report), err=True)
    else:
        show.show(report, shown)
    if broken is not None:
        raise broken


def _level(level: str) -> str:
    if level.upper() not in LEVELS:
        raise UsageError(f"--level is error, warn or info, not {level}")
    return level.upper()


def _examine(only: list[str]) -> Report:
    where = place.find()
    try:
        return examine(where, only)
    except ConnectError as error:
        if target.is_embedded():
            hint = "strongroom migrate apply makes the database and its roles"
            raise ConnectError(error.message, hint=hint) from error
        raise
    except psycopg.Error as error:
        if lost := told_as_lost(error):
            raise lost from error
        raise StrongroomError(told(error)) from error


def _verdict(report: Report, wanted: tuple[str, ...]) -> StrongroomError | None:
    """What the exit code says of the open findings that were asked for."""
    said = ", ".join(f"{report.count(at)} {at}" for at in wanted if report.count(at))
    if report.count("ERROR"):
        return AlarmError(f"the checks found {said}", hint=_HINT)
    if "WARN" in wanted and report.count("WARN"):
        return WarnError(f"the checks found {said}", hint=_HINT)
    return None


def _document(report: Report, shown: list[Finding]) -> dict[str, Any]:
    return {**report.as_dict(), "findings": [asdict(finding) for finding in shown]}
