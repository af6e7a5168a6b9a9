"""What queries read and write, column by column, and what breaks when one of them goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from strongroom.project import Project
from strongroom.server import Server
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.emit import emit_json
from strongroom_codegen.model import ProjectModel
from strongroom_codegen.pipeline import build_model, read_sources

CHECKS = Path(__file__).parent / "checks"
Golden = Callable[[Path, str], None]


def _model(project: Project) -> ProjectModel:
    diagnostics = Diagnostics()
    return build_model(project, read_sources(project, diagnostics), diagnostics)


def test_columns_of_every_query(library: Project, on_server: Server, golden: Golden) -> None:
    """Star, whole row, system column, RETURNING, ON CONFLICT, MERGE, CTEs, views, functions."""
    lines = []
    for query in json.loads(emit_json(_model(library)))["queries"]:
        lines.append(f"{query['name']}: reads {query['reads']}, writes {query['writes']}")
        for use in query["uses"]:
            through = "".join(f" <- {step}" for step in reversed(use["through"]))
            columns = ", ".join(use["columns"])
            lines.append(f"    {use['access']} {use['relation']} ({columns}){through}")
        lines += [f"    call {name}" for name in query["calls"]]
    golden(CHECKS / "footprint.text", "\n".join(lines) + "\n")
