"""What every scene of the demo is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

from strongroom.sealing import FileKeys, Keyring
from strongroom.sealing.key_files import add_key
from strongroom.sealing.rotation import Rotation

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the day of one app is played.

    pool        connections of strongroom_login, which owns nothing
    runner_url  of strongroom_runner, for what the people who run the database do
    owner_url   of a login that may become strongroom_owner, for what is done once at the beginning
    keys        the file of the app's keys; may not be there yet
    scene       begins a scene: prints its title
    say         prints one line
    """

    app: str
    pool: ConnectionPool[Any]
    runner_url: str
    owner_url: str
    keys: Path
    scene: Say
    say: Say

    def keyring(self, seal: tuple[str, ...] = (), index: tuple[str, ...] = ()) -> Keyring:
        """The app's keys for these purposes, made and registered where they are missing."""
        with psycopg.connect(self.runner_url, autocommit=True) as connection:
            for kind, purposes in (("seal", seal), ("index", index)):
                for purpose in purposes:
                    have_key(connection, self.keys, self.app, purpose, kind)
        return Keyring(FileKeys(self.keys))


def have_key(
    connection: psycopg.Connection[Any], file: Path, app: str, purpose: str, kind: str
) -> None:
    """Have an active key of a purpose: a new one where the file of the last is gone."""
    provider = FileKeys(file)
    row = connection.execute(
        "SELECT count(*), max(e.id) FILTER (WHERE e.state = 'active')"
        " FROM kernel.encryption_key AS e WHERE e.app = %s AND e.purpose = %s",
        (app, purpose),
    ).fetchone()
    assert row is not None
    if file.exists() and row[1] in provider.names():
        return
    add_key(file, f"{app}.{purpose}.{row[0] + 1}", as_environment=False)
    rotation = Rotation(connection, Keyring(provider), app, purpose, kind=kind)
    rotation.run(rotation.plan())
