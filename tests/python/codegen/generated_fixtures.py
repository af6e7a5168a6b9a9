"""Fixture projects, generated somewhere else than where they lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from strongroom.project import Project
from strongroom.server import Server
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from strongroom_codegen.write import write


def generate_into(folder: Path, project: Project, server: Server) -> None:
    """Generate a project's package on a server, below a folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        diagnostics = Diagnostics()
        sources = read_sources(project, diagnostics)
        files = render_files(project, sources, build_model(project, sources, diagnostics))
    assert not diagnostics.failed, diagnostics.render()
    write(replace(project, generated=folder), files)
