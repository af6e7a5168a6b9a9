"""A project of one's own: its settings are on the page, and its tables may lie in public."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import psycopg
import pytest

from strongroom import project as settings
from strongroom.project import read_project
from strongroom.session import session
from tests.python.codegen.command_line import run
from tests.python.fix_databases import Database

PAGE = Path(__file__).parents[3] / "docs" / "query-annotations.md"
SCHEMA = """\
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TABLE authors (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    mood mood,
    kind text NOT NULL CHECK (kind IN ('novelist', 'poet'))
);
"""
QUERIES = """\
-- name: create_author :one
INSERT INTO authors (name, mood, kind) VALUES (:name, :mood, :kind) RETURNING *;

-- name: list_authors :many
SELECT * FROM authors ORDER BY name;
"""
PROGRAM = """\
from collections.abc import Sequence
from my_shop_db.public import authors
from my_shop_db.public.rows import Authors
from my_shop_db.public.types import AuthorsKind, Mood


def fill(db, kinds: Sequence[AuthorsKind]) -> list[Authors]:
    made = [authors.create_author(db, name=kind, mood=Mood.OK, kind=kind) for kind in kinds]
    assert made == authors.list_authors(db)
    return made
"""


def test_the_table_has_every_key_and_its_default(tmp_path: Path) -> None:
    section = PAGE.read_text("utf-8").partition("## A project of your own")[2].partition("\n## ")[0]
    told = dict(re.findall(r"^\| `(\w+)` \| ([^|]*?) \|", section, re.MULTILINE))
    assert told.keys() == settings._KNOWN_KEYS
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "my-shop"\n', "utf-8")
    found = read_project(tmp_path)
    for key, default in told.items():
        value = getattr(found, key)
        if isinstance(value, Path):
            assert default == f'`"{value.relative_to(tmp_path)}"`'
        elif key == "package":
            assert (default, value) == ("the project's name and `_db`", "my_shop_db")
        else:
            assert (default, len(value)) == ("`[]`" if key == "search_path" else "`{}`", 0)


def _project(root: Path, search_path: str) -> None:
    for name, text in {
        "pyproject.toml": f'[project]\nname = "my-shop"\n[tool.strongroom]\n{search_path}\n',
        "schema/schema.sql": SCHEMA,
        "queries/public/authors.sql": QUERIES,
        "generated/fill.py": PROGRAM,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")


def test_tables_in_public_under_names_that_stand_alone(
    tmp_path: Path, empty_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    _project(tmp_path, 'search_path = ["public"]')
    url = empty_database.url(user="postgres")
    done = run(tmp_path, "generate", url=url)
    assert done.returncode == 0, done.stderr
    monkeypatch.syspath_prepend(tmp_path / "generated")
    fill = importlib.import_module("fill").fill
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA.encode())
        with session(connection, app=None) as db:
            made = fill(db, ("novelist", "poet"))
            assert [row.kind for row in made] == ["novelist", "poet"]
            connection.execute("ALTER TABLE authors ADD COLUMN born date")
            authors = importlib.import_module("my_shop_db.public.authors")
            assert authors.list_authors(db) == made


def test_names_that_stand_alone_without_a_search_path(
    tmp_path: Path, empty_database: Database
) -> None:
    _project(tmp_path, "")
    done = run(tmp_path, "generate", url=empty_database.url(user="postgres"))
    assert done.returncode == 1
    assert (
        'queries/public/authors.sql:2:13: error: relation "authors" does not exist' in done.stderr
    )
    assert "or found by search_path in pyproject.toml" in done.stderr
