"""An app whose extension is not to be had is left out as a whole, and comes when it can."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from strongroom.errors import HistoryError, LintError
from strongroom.migrate.files import read_migrations
from strongroom.migrate.rollback import Until
from strongroom.server import Server
from strongroom.server.wheel import find_psql
from tests.python.fix_databases import Database
from tests.python.migrate.conftest import ROOT, Sandbox
from tests.python.migrate.shops import NOWHERE, TRUSTED, UNTRUSTED, Later, Shop

EXTENSIONS = "SELECT extname, extnamespace::regnamespace::text FROM pg_extension WHERE oid > 16383"


def test_a_trusted_extension_is_made_by_the_owner(shop: Shop) -> None:
    shop.need(f"{TRUSTED} btree_gist")
    assert f"extension {TRUSTED}  ok" in shop.apply()
    assert set(shop.sandbox.query(EXTENSIONS)) == {
        (TRUSTED, "extensions"),
        ("btree_gist", "extensions"),
    }
    owners = "SELECT DISTINCT extowner::regrole::text FROM pg_extension WHERE oid > 16383"
    assert shop.sandbox.value(owners).startswith("holder_")
    assert shop.has("shop") == (True, True)


def test_what_the_server_lacks_leaves_the_whole_app_out(shop: Shop) -> None:
    shop.need(f"{TRUSTED} {NOWHERE}")
    line = f"shop (1 migration): this server has no extension {NOWHERE}"
    assert f"skipped   {line}" in shop.apply()
    assert shop.has("shop") == (False, False)
    assert shop.has("cafe") == (True, True)
    assert shop.sandbox.query(EXTENSIONS) == []
    assert shop.sandbox.applied() == ["0101.cafe.create"]
    done = shop.sandbox.run("status", "--check", DATABASE_URL=shop.deployer)
    assert done.returncode == 0, done.stderr
    lines = [text.strip() for text in done.stdout.splitlines()]
    assert f"skipped  {line}" in lines
    assert lines[-1] == "up to date"
    assert not any("0121.shop" in text or "functions/shop" in text for text in lines)
    found = shop.sandbox.status()
    assert shop.sandbox.states()["0121.shop.create"] == "skipped"
    reason = f"this server has no extension {NOWHERE}"
    assert found["skipped"] == [{"app": "shop", "reason": reason, "commands": []}]
    again = shop.sandbox.run("apply", "--yes", DATABASE_URL=shop.deployer)
    assert again.returncode == 0
    assert again.stdout.splitlines()[-1] == "nothing to do"
    assert f"skipped   {line}" in again.stdout


def test_an_administrator_is_told_the_command(shop: Shop, any_server: Server) -> None:
    """It is run as it stands, and the next apply finds what it needs."""
    shop.need(UNTRUSTED)
    said = next(line for line in shop.apply() if line.startswith("skipped"))
    assert (
        f"shop (1 migration): only an administrator may create extension {UNTRUSTED}: psql" in said
    )
    command = shlex.split(said.partition("psql ")[2])
    subprocess.run([find_psql(), "-X", "-U", "postgres", *command], check=True, capture_output=True)
    assert shop.sandbox.query(EXTENSIONS) == [(UNTRUSTED, "extensions")]
    assert shop.sandbox.status()["state"] == "pending"
    assert not any(line.startswith("skipped") for line in shop.apply())
    assert shop.has("shop") == (True, True)
    assert shop.sandbox.states() == {"0101.cafe.create": "applied", "0121.shop.create": "applied"}


def test_a_superuser_who_applies_makes_what_only_he_may(shop: Shop) -> None:
    """And what the app makes belongs to the owner all the same."""
    shop.need(f"{TRUSTED} {UNTRUSTED}")
    assert [line.split()[1] for line in shop.sandbox.run("status").stdout.splitlines()[2:6]] == [
        "schema/roles.sql",
        "schema/extensions/schema.sql",
        "extension",
        "extension",
    ]
    assert shop.sandbox.apply().extensions == [TRUSTED, UNTRUSTED]
    query = (
        "SELECT extname, extowner::regrole::text = 'postgres' FROM pg_extension WHERE oid > 16383"
    )
    assert dict(shop.sandbox.query(query)) == {TRUSTED: False, UNTRUSTED: True}
    owner = "SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'shop'"
    assert shop.sandbox.value(owner).startswith("holder_")


def test_an_extension_that_arrives_later(shop: Shop, later: Later) -> None:
    """Meanwhile others go on; the app comes with all its migrations, though its number is lower."""
    shop.need(later.name)
    shop.apply()
    shop.sandbox.migration("0150.cafe.more", "-- depends: 0101.cafe.create\nSELECT 1;\n")
    shop.sandbox.migration("0122.shop.more", "-- depends: 0121.shop.create\nSELECT 1;\n")
    shop.apply()
    assert shop.has("shop") == (False, False)
    later.arrive()
    assert f"pending  extension {later.name}" in shop.sandbox.run("status").stdout
    shop.apply()
    assert shop.has("shop") == (True, True)
    assert shop.sandbox.query(EXTENSIONS) == [(later.name, "extensions")]
    assert set(shop.sandbox.states().values()) == {"applied"}
    assert shop.sandbox.rollback().rolled_back == ["0122.shop.more"]


def test_an_extension_that_is_too_old_leaves_the_app_out(shop: Shop, later: Later) -> None:
    """1.10 is no older than 1.10.0, and what is there may be older than what the server offers."""
    shop.need(f"{later.name}>=1.10.0")
    later.arrive()
    reason = f"extension {later.name} is 1.0 here, and 1.10.0 or newer is needed"
    assert f"skipped   shop (1 migration): {reason}" in shop.apply()
    assert shop.has("shop") == (False, False)
    assert shop.sandbox.query(EXTENSIONS) == []

    make = f"CREATE EXTENSION {later.name} SCHEMA extensions"
    shop.sandbox.execute(make)
    later.arrive("1.10")
    said = next(line for line in shop.apply() if line.startswith("skipped"))
    assert f"{reason}: psql" in said
    assert f'ALTER EXTENSION "{later.name}" UPDATE' in said
    shop.sandbox.execute(f"DROP EXTENSION {later.name}")
    shop.apply()
    assert shop.has("shop") == (True, True)
    assert (
        shop.sandbox.value("SELECT max(extversion) FROM pg_extension WHERE oid > 16383") == "1.10"
    )


def test_what_install_left_out_comes_after_the_adoption(
    plain_database: Database, later: Later, tmp_path: Path
) -> None:
    """The whole project and an app more, built by psql before its extension was there."""
    for name in ("schema", "functions", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name)
    box = Sandbox(tmp_path, plain_database.url("postgres"))
    box.write("pyproject.toml", '[project]\nname = "sandbox"\n')
    schema = "CREATE SCHEMA IF NOT EXISTS probe;\nCOMMENT ON SCHEMA probe IS\n'An app.\n"
    schema += f"@app\n@extensions {later.name}';\n"
    box.write("schema/probe/schema.sql", schema)
    with (tmp_path / "schema/install.sql").open("a", encoding="utf-8") as file:
        file.write(f"\\set app probe\n\\set needs {later.name}\n\\ir extensions/make.psql\n")
        file.write("\\if :is_whole\n\\ir probe/schema.sql\n\\endif\n")
    box.migration(
        "9999.probe.create",
        f"-- depends: 0001.kernel.data-map\n-- requires: extension {later.name}\n{schema}",
    )
    command = [find_psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", box.url]
    subprocess.run([*command, "-f", str(tmp_path / "schema/install.sql")], check=True)
    later.arrive()
    done = box.apply()
    assert done.applied == ["9999.probe.create"]
    assert "9999.probe.create" not in done.adopted
    assert len(done.adopted) > 20
    assert box.value("SELECT to_regnamespace('probe') IS NOT NULL")


def test_an_app_that_is_there_is_not_left_behind(shop: Shop) -> None:
    """Half of an app would be a new program on an old table: apply stops before anything."""
    shop.need("")
    shop.apply()
    shop.sandbox.migration(
        "0122.shop.search",
        f"-- depends: 0121.shop.create\n-- requires: extension {UNTRUSTED}\nSELECT 1;\n",
    )
    shop.sandbox.migration("0102.cafe.more", "-- depends: 0101.cafe.create\nSELECT 1;\n")
    with pytest.raises(HistoryError, match="shop can't be brought forward: only an adm") as caught:
        shop.apply()
    assert caught.value.hint
    assert f"CREATE EXTENSION IF NOT EXISTS {UNTRUSTED}" in caught.value.hint.replace('"', "")
    assert shop.sandbox.applied() == ["0101.cafe.create", "0121.shop.create"]
    done = shop.sandbox.run("status", "--check", DATABASE_URL=shop.deployer)
    assert done.returncode == 6
    assert "conflict: shop can't be brought forward" in done.stdout
    assert "pending  0122.shop.search" in done.stdout


def test_nothing_may_build_on_an_app_that_may_be_left_out(shop: Shop) -> None:
    shop.need(TRUSTED)
    shop.sandbox.migration("0130.cafe.late", "-- depends: 0121.shop.create\nSELECT 1;\n")
    shop.sandbox.migration("0101.cafe.create", "SELECT 1;\n")
    shop.sandbox.write(
        "migrations/0130.cafe.late.sql",
        "-- depends: 0101.cafe.create 0121.shop.create\nSELECT 1;\n",
    )
    with pytest.raises(LintError, match=r"0130\.cafe\.late\.sql: depends on 0121\.shop\.create"):
        shop.apply()
    assert shop.has("cafe") == (False, False)


def test_an_extension_in_another_schema_is_moved_by_the_command_that_is_told(shop: Shop) -> None:
    shop.need(TRUSTED)
    shop.sandbox.execute(f"CREATE EXTENSION {TRUSTED}")
    said = next(line for line in shop.apply() if line.startswith("skipped"))
    assert f"extension {TRUSTED} is in schema public, and not in extensions: psql" in said
    command = shlex.split(said.partition("psql ")[2])
    subprocess.run([find_psql(), "-X", "-U", "postgres", *command], check=True, capture_output=True)
    shop.apply()
    assert shop.has("shop") == (True, True)
    assert shop.sandbox.query(EXTENSIONS) == [(TRUSTED, "extensions")]


def test_rollback_leaves_extensions_to_whoever_comes_next(shop: Shop) -> None:
    shop.need(TRUSTED)
    shop.apply()
    shop.sandbox.rollback(Until(everything=True))
    assert shop.has("shop") == (False, False)
    assert shop.sandbox.query(EXTENSIONS) == [(TRUSTED, "extensions")]
    shop.apply()
    assert shop.has("shop") == (True, True)


def test_to_asks_only_for_what_it_needs(shop: Shop) -> None:
    shop.need(TRUSTED)
    shop.apply(to="0101")
    assert shop.sandbox.query(EXTENSIONS) == []
    assert shop.has("shop") == (False, False)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("extension a b-c_d", ("a", "b-c_d")),
        ("vector", None),
        ("extension", None),
        ("extension a,b", None),
    ],
)
def test_the_header_is_one_word_and_names(
    shop: Shop, value: str, names: tuple[str, ...] | None
) -> None:
    shop.sandbox.migration("0121.shop.create", f"-- requires: {value}\nSELECT 1;\n")
    if names is None:
        with pytest.raises(LintError, match="'requires' is the word extension and names"):
            shop.apply()
    else:
        found = read_migrations(shop.sandbox.project)
        assert found[-1].forward.headers.extensions == names
