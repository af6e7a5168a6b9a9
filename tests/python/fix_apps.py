"""Apps that a server can't hold: what tests them is skipped there, and says why."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from strongroom import extensions
from strongroom.server import Server
from tests.python.fix_servers import servers_of


class Apps:
    """The apps that need extensions, and what each server lacks for them."""

    def __init__(self, config: pytest.Config) -> None:
        self._servers = servers_of(config)
        self._needs = extensions.needs_of(self._servers.project)
        self._lacks: dict[str, dict[str, str]] = {}

    def needed_by(self, path: Path, parameters: dict[str, Any]) -> str | None:
        """The app that a test is about, where it needs extensions: by its folder, or by `app`."""
        root = self._servers.project.root
        # The folder of the project may have any name, an app's too.
        parts = path.relative_to(root).parts if path.is_relative_to(root) else path.parts
        named = [*parts[:-1], parameters.get("app")]
        return next((name for name in named if name in self._needs), None)

    def why_not(self, app: str, label: str) -> str | None:
        """Why a server can't hold an app."""
        if label not in self._lacks:
            with psycopg.connect(self._servers[label].url(), autocommit=True) as admin:
                found = extensions.look(admin, self._servers.project, self._needs)
            self._lacks[label] = {app: found.why_not(app) for app in found.lacks}
        return self._lacks[label].get(app)

    def server_for(self, app: str | None) -> Server:
        """The newest server that can hold an app; skips where there is none."""
        labels = list(self._servers.usable)
        for label in labels:
            if app is None or self.why_not(app, label) is None:
                return self._servers[label]
        pytest.skip(f"no server of this run can hold {app}" if labels else "no server can run here")


def apps_of(config: pytest.Config) -> Apps:
    """The apps of a run, for fixtures and for hooks alike."""
    if _KEY not in config.stash:
        config.stash[_KEY] = Apps(config)
    return config.stash[_KEY]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what a server can't hold, before anything is made for it."""
    call = getattr(item, "callspec", None)
    parameters: dict[str, Any] = call.params if call else {}
    label = parameters.get("server") or getattr(getattr(item, "target", None), "label", None)
    if label is None or label not in servers_of(item.config).usable:
        return
    apps = apps_of(item.config)
    app = apps.needed_by(item.path, parameters)
    if app and (reason := apps.why_not(app, label)):
        pytest.skip(f"{app} is not on server {label}: {reason}")


_KEY = pytest.StashKey[Apps]()
