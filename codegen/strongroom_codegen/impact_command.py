"""`strongroom generate --impact`."""

from __future__ import annotations

import typer

from strongroom.errors import UsageError
from strongroom.project import Project
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.impact import Impact, Target, Touch, document, find_target, show
from strongroom_codegen.left import say_left
from strongroom_codegen.pipeline import build_parts, read_sources
from strongroom_codegen.policies import read_policies
from strongroom_codegen.scratch import scratch_database


def run_impact(project: Project, diagnostics: Diagnostics, text: str, *, as_json: bool) -> None:
    """Print what a change of a table or column touches.

    Raises UsageError when there is no such table or column.
    """
    parts = build_parts(project, read_sources(project, diagnostics), diagnostics)
    say_left(parts.left, "not searched")
    target: Target | None = None
    touches: list[Touch] = []
    unknown: UsageError | None = None
    for part in parts.parts:
        with scratch_database(project, part.place) as connection:
            catalog, policies = read_catalog(connection), read_policies(connection)
        try:
            target = find_target(catalog, text)
        except UsageError as error:
            unknown = unknown or error
            continue
        found = Impact(catalog, target).touches(part.model, policies)
        touches += [touch for touch in found if touch not in touches]
    if target is None:
        assert unknown is not None
        raise unknown
    touches.sort(key=lambda touch: touch.kind != "query")
    typer.echo(document(target, touches) if as_json else show(target, touches))
