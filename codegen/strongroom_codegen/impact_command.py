"""`strongroom generate --impact`."""

from __future__ import annotations

import typer

from strongroom.project import Project
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.impact import Impact, document, find_target, show
from strongroom_codegen.pipeline import build_model, read_sources
from strongroom_codegen.policies import read_policies
from strongroom_codegen.scratch import scratch_database


def run_impact(project: Project, diagnostics: Diagnostics, text: str, *, as_json: bool) -> None:
    """Print what a change of a table or column touches.

    Raises UsageError when there is no such table or column.
    """
    with scratch_database(project) as connection:
        catalog, policies = read_catalog(connection), read_policies(connection)
    target = find_target(catalog, text)
    model = build_model(project, read_sources(project, diagnostics), diagnostics)
    touches = Impact(catalog, target).touches(model, policies)
    typer.echo(document(target, touches) if as_json else show(target, touches))
