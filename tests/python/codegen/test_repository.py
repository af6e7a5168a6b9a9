"""The package that is committed is what the SQL of this repository gives, on every server."""

from __future__ import annotations

from pathlib import Path

import strongroom.session
from strongroom.project import read_project
from strongroom.server import Server
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.errors_registry import read_registry
from strongroom_codegen.pipeline import build_parts, read_sources, render_files

PROJECT = read_project(Path(__file__).parents[3])


def test_generated_package_is_current(on_server: Server) -> None:
    diagnostics = Diagnostics()
    sources = read_sources(PROJECT, diagnostics)
    parts = build_parts(PROJECT, sources, diagnostics)
    files = render_files(PROJECT, sources, parts.model, parts.left)
    assert not diagnostics.found, diagnostics.render()
    stale = [p for p, text in files.items() if (PROJECT.generated / p).read_text("utf-8") != text]
    assert stale == [], "run: strongroom generate"


def test_no_error_has_the_name_of_a_class_of_sessions() -> None:
    """Both are caught side by side, so a name must tell which one is meant."""
    names = {code.name for code in read_registry(PROJECT, Diagnostics())}
    assert names
    assert names & set(strongroom.session.__all__) == set()
