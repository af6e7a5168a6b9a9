"""A project whose shop needs extensions, and a role without rights that deploys it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.migrate.apply import apply
from strongroom.migrate.target import Target, owner_of

if TYPE_CHECKING:
    from tests.python.migrate.conftest import Sandbox

TRUSTED, UNTRUSTED, NOWHERE = "pg_trgm", "pageinspect", "no-such_extension"
# The first migration of an app holds what its files of schema/ hold.
TABLE = "CREATE TABLE {app}.things (id int PRIMARY KEY);\n"


@dataclass
class Shop:
    """A project of a café without extensions and a shop with some, and who deploys it."""

    sandbox: Sandbox
    deployer: str

    def need(self, names: str) -> None:
        """Write the shop so that it needs some extensions."""
        self.write("shop", 121, names)

    def write(self, app: str, number: int, names: str) -> None:
        box = self.sandbox
        create = f"CREATE SCHEMA IF NOT EXISTS {app};\n"
        tags = "\n@app" + (f"\n@extensions {names}" if names else "")
        comment = f"COMMENT ON SCHEMA {app} IS\n'An app.{tags}';\n"
        box.write(f"schema/{app}/schema.sql", create + comment)
        box.write(f"schema/{app}/things.sql", TABLE.format(app=app))
        box.write(
            f"functions/{app}/size.sql",
            f"CREATE OR REPLACE FUNCTION {app}.size() RETURNS bigint LANGUAGE sql "
            f"RETURN (SELECT count(*) FROM {app}.things);\n",
        )
        plain = re.sub(r">=\S+", "", names)
        requires = f"-- requires: extension {plain}\n" if names else ""
        box.migration(
            f"{number:04}.{app}.create",
            f"{requires}{create}{comment}{TABLE.format(app=app)}",
            f"DROP SCHEMA {app} CASCADE;\n",
        )

    def apply(self, **options: object) -> list[str]:
        """Apply as the deployer; what was said."""
        said: list[str] = []
        apply(self.sandbox.project, self.target, said.append, **options)  # type: ignore[arg-type]
        return said

    @property
    def target(self) -> Target:
        return Target(self.deployer, owner_of(self.sandbox.project))

    def has(self, app: str) -> tuple[bool, bool]:
        """Whether the schema and the function of an app are there."""
        query = f"SELECT to_regnamespace('{app}') IS NOT NULL, to_regproc('{app}.size') IS NOT NULL"
        found: tuple[bool, bool] = self.sandbox.query(query)[0]
        return found


@dataclass
class Later:
    """An extension that the server does not have yet."""

    name: str
    folder: Path

    def arrive(self, version: str = "1.0") -> None:
        for name, text in self._files(version).items():
            (self.folder / name).write_text(text, "utf-8")

    def leave(self) -> None:
        for name in self._files():
            (self.folder / name).unlink(missing_ok=True)

    def _files(self, version: str = "1.0") -> dict[str, str]:
        return {
            f"{self.name}.control": f"default_version = '{version}'\ntrusted = true\n",
            f"{self.name}--1.0.sql": "CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1;\n",
            f"{self.name}--1.0--1.10.sql": "-- Nothing but a number.\n",
        }
