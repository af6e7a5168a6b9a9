"""A table of tarot with sealed columns, and keys that are made for the test."""

from __future__ import annotations

from datetime import date

import pytest

from strongroom.sealing import BlindIndex, EnvironmentKeys, Field, Keyring, new_key
from tests.python.fix_databases import Connection, Database

APP = """
SET ROLE strongroom_owner;
CREATE TABLE tarot.births (
    user_id bigint, id bigint, born kernel.sealed, place kernel.sealed, place_index bytea,
    seen integer, updated_at timestamptz DEFAULT now(),
    CONSTRAINT births_pkey PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN tarot.births.born IS
    E'Born.\\n@personal birth\\n@erase null\\n@sealed date born birth';
COMMENT ON COLUMN tarot.births.place IS
    E'Where.\\n@personal birth\\n@erase null\\n@sealed text place location pad 32';
COMMENT ON COLUMN tarot.births.place_index IS
    E'Index.\\n@personal birth\\n@erase null\\n@blind place places';
CREATE TABLE tarot.secrets (id text PRIMARY KEY, secret kernel.sealed);
COMMENT ON COLUMN tarot.secrets.secret IS E'A key.\\n@internal\\n@sealed text secret vendor';
ALTER TABLE tarot.births ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
ALTER TABLE tarot.secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.births TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_owner ON tarot.secrets TO strongroom_owner USING (true) WITH CHECK (true);
CREATE POLICY all_own ON tarot.births TO tarot_app
USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());
CREATE POLICY all_worker ON tarot.births TO tarot_worker USING (true) WITH CHECK (true);
CREATE POLICY all_worker ON tarot.secrets TO tarot_worker USING (true) WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON tarot.births TO tarot_app, tarot_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON tarot.secrets TO tarot_worker;
SELECT kernel.guard_sealed('tarot.births');
SELECT kernel.guard_sealed('tarot.secrets');
"""
PURPOSES = {"birth": "seal", "location": "seal", "places": "index", "vendor": "seal"}
BORN: Field[date] = Field("tarot", "born", "birth", "date")
PLACE: Field[str] = Field("tarot", "place", "location", "text", 32)
PLACES = BlindIndex("tarot", "place", "places")
SECRET: Field[str] = Field("tarot", "secret", "vendor", "text")


def register(connection: Connection, keys: EnvironmentKeys, key_id: str, kind: str) -> None:
    """Make a key of the provider the active one of its purpose."""
    connection.execute(
        "SELECT kernel.register_encryption_key(%s, %s, %s)",
        [key_id, kind, keys.fingerprint(key_id)],
    )


def new_keys(*key_ids: str) -> dict[str, str]:
    """An environment with new keys of these names."""
    return {EnvironmentKeys.variable(key_id): new_key() for key_id in key_ids}


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment of the program: version 1 of each key."""
    return new_keys(*(f"tarot.{purpose}.1" for purpose in PURPOSES))


@pytest.fixture
def keys(environment: dict[str, str]) -> EnvironmentKeys:
    """Who keeps the master keys."""
    return EnvironmentKeys(environment)


@pytest.fixture
def ring(keys: EnvironmentKeys) -> Keyring:
    """The keyring of the program."""
    return Keyring(keys)


def with_births(database: Database, keys: EnvironmentKeys) -> Database:
    """The table, and the keys registered."""
    with database.connect("strongroom_migrator") as migrator:
        migrator.execute(APP.encode())
    with database.connect("strongroom_runner") as runner:
        for purpose, kind in PURPOSES.items():
            register(runner, keys, f"tarot.{purpose}.1", kind)
    return database


@pytest.fixture
def births(any_database: Database, keys: EnvironmentKeys) -> Database:
    """The table, on one server."""
    return with_births(any_database, keys)


@pytest.fixture
def births_everywhere(database: Database, keys: EnvironmentKeys) -> Database:
    """The table, on each server."""
    return with_births(database, keys)
