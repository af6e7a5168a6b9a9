"""The hook with which a project says where its pgTAP files run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pytest


class Target(Protocol):
    """Where pgTAP files run; every file runs once on each target."""

    @property
    def label(self) -> str:
        """Its name in the reports, such as the server's version."""

    @property
    def psql(self) -> Sequence[str]:
        """The start of psql's command line."""

    def create(self) -> str:
        """Make a fresh database that has pgTAP; its URL, as a role that may read everything."""

    def drop(self, url: str) -> None:
        """Drop a database that `create` made."""


@pytest.hookspec(firstresult=True)
def pytest_pgtap_targets(config: pytest.Config) -> Sequence[Target] | None:
    """Where pgTAP files run when there is no --pgtap-url; labels must not depend on the process."""
