"""Servers that the project can run: embedded 18, the full 17 of Debian 13, the machine's own."""

from __future__ import annotations

from strongroom.project import Project
from strongroom.server.cluster import Server, ServerStatus
from strongroom.server.connect import connect_url
from strongroom.server.debian import DebianServer, installed_majors
from strongroom.server.embedded import EmbeddedServer
from strongroom.server.full import FullServer
from strongroom.server.pgbouncer import PgBouncer
from strongroom.server.pgtap import ensure_pgtap, pgtap_files


def embedded(project: Project, name: str = "default") -> EmbeddedServer:
    """PostgreSQL 18 in the project's folder; servers named test* trade safety for speed."""
    return EmbeddedServer(project.state, name)


def full(project: Project, name: str = "default") -> FullServer:
    """PostgreSQL 17 with PostGIS, pgvector, pgTAP, plpgsql_check; needs root and Debian's apt."""
    return FullServer(project.state, name)


def debian(project: Project, major: int, name: str = "default") -> DebianServer:
    """PostgreSQL of the machine's packages, in a cluster of the project's own."""
    return DebianServer(project.state, major, name)


__all__ = [
    "DebianServer",
    "EmbeddedServer",
    "FullServer",
    "PgBouncer",
    "Server",
    "ServerStatus",
    "connect_url",
    "debian",
    "embedded",
    "ensure_pgtap",
    "full",
    "installed_majors",
    "pgtap_files",
]
