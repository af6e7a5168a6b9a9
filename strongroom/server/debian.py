"""PostgreSQL of the machine's own packages, in a cluster of ours."""

from __future__ import annotations

import os
from pathlib import Path

from strongroom.server.account import Account
from strongroom.server.cluster import LocalServer, not_linux

_PROGRAMS = Path("/usr/lib/postgresql")


class DebianServer(LocalServer):
    """One major version that Debian's (or Ubuntu's) packages put below /usr/lib/postgresql."""

    def __init__(self, state: Path, major: int, name: str, account: Account | None = None) -> None:
        self.label = str(major)
        self.builtin_locale = major >= 17
        super().__init__(state, name, account)

    def missing(self) -> str | None:
        if reason := not_linux():
            return reason
        if not os.access(self.binaries() / "initdb", os.X_OK):
            return f"PostgreSQL {self.label} is not installed (apt-get install postgresql)"
        return None

    def binaries(self) -> Path:
        return _PROGRAMS / self.label / "bin"


def installed_majors() -> list[int]:
    """The major versions that the machine's packages brought, oldest first."""
    found = (path.parent.parent.name for path in _PROGRAMS.glob("*/bin/initdb"))
    return sorted(int(name) for name in found if name.isdigit())
