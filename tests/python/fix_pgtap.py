"""Where the pgTAP files of this tree run: clones of the template with pgTAP, on each server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
import pytest
from psycopg import conninfo

from strongroom.pgtap.databases import clone, drop, open_gate
from strongroom.pgtap.hooks import Target
from tests.python.fix_servers import servers_of
from tests.python.fix_templates import new_name, templates_of


@dataclass
class ServerTarget:
    """One server of this run; it starts, and its template is built, when its first file runs."""

    config: pytest.Config
    label: str

    @property
    def psql(self) -> Sequence[str]:
        return servers_of(self.config)[self.label].psql()

    def create(self) -> str:
        server = servers_of(self.config)[self.label]
        template = templates_of(self.config).name(server, pgtap=True)
        name = new_name()
        with psycopg.connect(server.url(), autocommit=True) as admin:
            clone(admin, name, template)
        open_gate(server.url(name))
        return server.url(name)

    def drop(self, url: str) -> None:
        name = str(conninfo.conninfo_to_dict(url)["dbname"])
        server = servers_of(self.config)[self.label]
        with psycopg.connect(server.url(), autocommit=True) as admin:
            drop(admin, name)


def pytest_pgtap_targets(config: pytest.Config) -> Sequence[Target]:
    """Run every file on every server that this run may use."""
    return [ServerTarget(config, label) for label in servers_of(config).usable]
