"""psql and Python leave out the same, and every app says what it needs in three places."""

from __future__ import annotations

import re
import shutil
import subprocess

import psycopg
import pytest

from strongroom.extensions import needs_of
from strongroom.migrate.files import line_of, read_migrations
from strongroom.needs import minimums_of
from strongroom.project import install, read_project
from strongroom.server.wheel import find_psql
from tests.python.fix_databases import Database
from tests.python.migrate.conftest import ROOT
from tests.python.migrate.shops import NOWHERE, TRUSTED, UNTRUSTED, Shop

INSTALL = """
\\ir roles.sql
\\ir extensions/schema.sql

-- App: cafe.
\\ir cafe/schema.sql
\\ir cafe/things.sql
\\ir ../functions/cafe/size.sql

-- App: shop.
\\set app shop
\\set needs '{names}'
\\ir extensions/make.psql
\\if :is_whole
\\ir shop/schema.sql
\\ir shop/things.sql
\\ir ../functions/shop/size.sql
\\endif

-- App: zoo.
\\ir zoo/schema.sql
\\ir zoo/things.sql
\\ir ../functions/zoo/size.sql
"""
OWNERS = """
SELECT format('%s %s %s', k.kind, k.name, split_part(k.owner::regrole::text, '_', 1))
FROM (
    SELECT 'schema', nspname, nspowner FROM pg_namespace WHERE nspname IN ('shop', 'cafe', 'zoo')
    UNION ALL
    SELECT 'extension', extname, extowner FROM pg_extension WHERE oid > 16383
    UNION ALL
    SELECT 'function', proname, proowner
    FROM pg_proc WHERE proname = 'size' AND pronamespace <> 'pg_catalog'::regnamespace
) AS k (kind, name, owner)
ORDER BY 1
"""


@pytest.mark.parametrize("who", ["postgres", "deployer"])
@pytest.mark.parametrize(
    ("names", "for_whom"),
    [
        (TRUSTED, {"postgres", "deployer"}),
        (f"{TRUSTED} {UNTRUSTED}", {"postgres"}),
        (f"{TRUSTED} {NOWHERE}", set()),
        (f"{TRUSTED}>=1.0", {"postgres", "deployer"}),
        (f"{TRUSTED}>=1.1000", set()),
    ],
)
def test_psql_and_python_leave_out_the_same(
    shop: Shop, plain_database: Database, names: str, for_whom: set[str], who: str
) -> None:
    box = shop.sandbox
    shop.need(names)
    shop.write("zoo", 131, "")
    box.write("schema/install.sql", INSTALL.format(names=names))
    shutil.copy(ROOT / "schema/extensions/make.psql", box.folder / "schema/extensions")
    url = shop.deployer if who == "deployer" else box.url
    command = [find_psql(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
    done = subprocess.run(
        [*command, "-f", str(box.folder / "schema/install.sql")],
        check=True,
        capture_output=True,
        text=True,
    )
    built = box.query(OWNERS)
    assert shop.has("shop") == ((who in for_whom),) * 2
    assert shop.has("zoo") == (True, True)
    assert done.stdout.startswith("shop is left out: ") == (who not in for_whom)
    for name in ("shop", "cafe", "zoo", "extensions"):
        box.execute(f"DROP SCHEMA IF EXISTS {name} CASCADE")
    with psycopg.connect(url, autocommit=True) as connection:
        install(connection, box.project)
    assert box.query(OWNERS) == built


def test_every_app_says_the_same_in_all_three_places() -> None:
    """The comment of its schema, the headers of its migrations, and install.sql."""
    project = read_project(ROOT)
    said = {app: set(names) for app, names in needs_of(project).items()}
    headers: dict[str, set[str]] = {}
    for migration in read_migrations(project):
        if names := migration.forward.headers.extensions:
            headers.setdefault(line_of(migration.id), set()).update(names)
    assert headers == said
    text = (project.schema / "install.sql").read_text("utf-8")
    blocks = re.findall(
        r"^\\set app (\w+)\n\\set needs '([^'\n]+)'\n\\ir extensions/make\.psql\n"
        r"\\if :is_whole\n(.*?)^\\endif$",
        text,
        re.MULTILINE | re.DOTALL,
    )
    wanted = {app: set(names.split()) for app, names, _ in blocks}
    assert {app: {n.partition(">=")[0] for n in names} for app, names in wanted.items()} == said
    assert {n for names in wanted.values() for n in names if ">=" in n} == {
        f"{name}>={version}" for name, version in minimums_of(project).items()
    }
    assert text.count("\\if") == len(blocks)
    for app, _, lines in blocks:
        inside = set(re.findall(r"^\\ir (\S+)$", lines, re.MULTILINE))
        assert inside == set(re.findall(rf"^\\ir (\S*\b{app}/\S+)$", text, re.MULTILINE))
