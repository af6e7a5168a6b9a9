"""An app with sealed columns: generated once, and in databases with keys."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from strongroom.project import Project, read_project
from strongroom.sealing import EnvironmentKeys, Keyring, new_key
from strongroom.session import Session, session
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from strongroom_codegen.write import write
from tests.python.fix_databases import Connection, Database

ROOT = Path(__file__).resolve().parents[3]
SEALED = Path(__file__).parent / "sealed"
PURPOSES = {"vault": "seal", "mail": "seal", "vendor": "seal", "mail_index": "index"}

# The columns of the vault that may be NULL.
OPTIONAL = (
    *("a_date", "a_time", "a_timestamp", "a_timestamptz", "a_numeric", "an_integer", "a_double"),
    *("a_boolean", "a_uuid", "a_bytea", "a_jsonb", "home", "email"),
)
NOTHING: dict[str, Any] = dict.fromkeys(OPTIONAL)


def make_project(root: Path, queries: str = "") -> Project:
    """The kernel and tarot with the vault; `queries`: instead of those of the app."""
    for folder in ("schema", "functions", "docs"):
        shutil.copytree(ROOT / folder, root / folder)
    (root / "pyproject.toml").write_text('[project]\nname = "vault"\n', "utf-8")
    shutil.copy(SEALED / "vault.sql", root / "schema" / "tarot" / "vault.sql")
    with (root / "schema" / "install.sql").open("a") as file:
        file.write("\n\\ir tarot/vault.sql\n")
    target = root / "queries" / "tarot" / "vault.sql"
    target.parent.mkdir(parents=True)
    target.write_text(queries or (SEALED / "queries.sql").read_text("utf-8"), "utf-8")
    return read_project(root)


def generate(project: Project) -> dict[str, str]:
    """Path and text of each generated file."""
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    return render_files(project, sources, build_model(project, sources, diagnostics))


def make_keys() -> EnvironmentKeys:
    """New master keys of every purpose."""
    names = [f"tarot.{purpose}.1" for purpose in PURPOSES]
    return EnvironmentKeys({EnvironmentKeys.variable(name): new_key() for name in names})


def with_vault(database: Database, keys: EnvironmentKeys) -> Database:
    """The tables, and the keys registered."""
    with database.connect("strongroom_migrator") as migrator:
        migrator.execute("SET ROLE strongroom_owner")
        migrator.execute((SEALED / "vault.sql").read_bytes())
    with database.connect("strongroom_runner") as runner:
        for purpose, kind in PURPOSES.items():
            name = f"tarot.{purpose}.1"
            runner.execute(
                "SELECT kernel.register_encryption_key(%s, %s, %s)",
                [name, kind, keys.fingerprint(name)],
            )
    return database


@dataclass
class Vault:
    """The generated package, and a database with keys."""

    calls: ModuleType
    aio: ModuleType
    types: ModuleType
    database: Database
    keys: EnvironmentKeys

    @cached_property
    def connection(self) -> Connection:
        """One login for all sessions."""
        return self.database.connect()

    @cached_property
    def admin(self) -> Connection:
        """A superuser."""
        return self.database.admin()

    def session(self, user: int | None = 1, ring: Keyring | None = None, **rest: Any) -> Session:
        """As user 1, with a keyring of its own."""
        ring = ring or Keyring(self.keys)
        return session(self.connection, app="tarot", user_id=user, keyring=ring, **rest)


@pytest.fixture(scope="module")
def vault_package(any_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the package is imported from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", any_server.url())
        project = make_project(tmp_path_factory.mktemp("vault") / "vault")
        write(project, generate(project))
        patch.syspath_prepend(str(project.generated))
        yield "vault_db"
        for name in [name for name in sys.modules if name.partition(".")[0] == "vault_db"]:
            del sys.modules[name]


@pytest.fixture
def vault(vault_package: str, any_database: Database) -> Vault:
    """The app, with an empty database."""
    keys = make_keys()
    return Vault(
        importlib.import_module(f"{vault_package}.tarot.vault"),
        importlib.import_module(f"{vault_package}.aio.tarot.vault"),
        importlib.import_module(f"{vault_package}.tarot.types"),
        with_vault(any_database, keys),
        keys,
    )
