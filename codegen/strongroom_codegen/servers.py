"""The servers that are asked about queries: the first one, and the full one for what it lacks."""

from __future__ import annotations

import os
from dataclasses import dataclass

from strongroom.errors import ConnectError
from strongroom.project import Project


@dataclass(frozen=True, slots=True)
class Place:
    """A server on which scratch databases may be made.

    keep    they stay for the next run, because the server is the project's own
    more    what tells the files that are kept about it from those of the first server
    """

    url: str
    keep: bool
    more: str = ""


def first_place(project: Project) -> Place:
    """The server of DATABASE_URL, else the embedded one, started; ConnectError if there is none."""
    url = os.environ.get("DATABASE_URL")
    return Place(url or _embedded_url(project), keep=not url)


def full_place(project: Project) -> Place:
    """The full server, started, for apps that the first one can't hold.

    Raises StrongroomError, with the reason, where there is none.
    """
    if "DATABASE_URL" in os.environ:
        raise ConnectError("DATABASE_URL names the one server to ask")
    return Place(_full_url(project), keep=True, more="-full")


def _embedded_url(project: Project) -> str:
    from strongroom.server import embedded

    server = embedded(project)
    missing = server.missing()
    if missing:
        raise ConnectError(
            f"the embedded server can't run here: {missing}",
            hint="set DATABASE_URL to a server on which a scratch database may be made",
        )
    server.start()
    return server.url()


def _full_url(project: Project) -> str:
    from strongroom.server import full

    server = full(project)
    server.start()
    return server.url()
