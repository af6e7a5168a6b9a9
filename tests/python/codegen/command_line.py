"""Run the command as people do, in a project's folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

NOWHERE = "postgresql://postgres@/postgres?host=/nowhere"
"""Where no server is."""


def run(
    folder: Path,
    *arguments: str,
    url: str = NOWHERE,
    program: tuple[str, ...] = ("-m", "strongroom"),
) -> subprocess.CompletedProcess[str]:
    """What `strongroom` answers there, with this DATABASE_URL."""
    return subprocess.run(
        [sys.executable, *program, *arguments],
        cwd=folder,
        env={**os.environ, "DATABASE_URL": url, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
