"""Servers that the project can run: embedded 18, the full 17 of Debian 13, the machine's own."""

from __future__ import annotations

from strongroom.project import Project
from strongroom.server.cluster import Server, ServerStatus
from strongroom.server.embedded import EmbeddedServer


def embedded(project: Project, name: str = "default") -> EmbeddedServer:
    """PostgreSQL 18 in the project's folder; servers named test* trade safety for speed."""
    return EmbeddedServer(project.state, name)


__all__ = ["EmbeddedServer", "Server", "ServerStatus", "embedded"]
