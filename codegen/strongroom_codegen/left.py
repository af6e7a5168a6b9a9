"""Apps that no server here can hold, as people are told of them."""

from __future__ import annotations

from collections.abc import Mapping

import typer


def say_left(left: Mapping[str, str], what: str) -> None:
    """One line for each, with the reason, where errors go."""
    for app, reason in left.items():
        typer.echo(f"{app} is {what}: {reason}", err=True)
