"""Entry point of the plugin: options only; the rest loads when pgTAP files are asked for."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which folders hold pgTAP files and where they run."""
    group = parser.getgroup("pgtap", "pgTAP files")
    group.addoption(
        "--pgtap",
        action="append",
        metavar="PATH",
        default=[],
        help="a pgTAP file or folder to run (may be given more than once)",
    )
    parser.addini(
        "pgtap_paths",
        "files or folders whose .sql files are pgTAP tests",
        type="paths",
        default=[],
    )
