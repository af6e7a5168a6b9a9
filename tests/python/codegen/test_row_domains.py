"""Domains over rows, and over lists of them, are those rows and lists, wherever they stand."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from strongroom.project import read_project
from strongroom.server import Server
from strongroom.session import Session, session
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from strongroom_codegen.write import write
from tests.python.codegen.conftest import scratch_on

SCHEMA = """
CREATE SCHEMA yard;
CREATE TYPE yard.address AS (street text, lines text[], at {at});
CREATE DOMAIN yard.home AS yard.address CHECK (VALUE IS NULL OR (VALUE).street <> '');
CREATE DOMAIN yard.castle AS yard.home;
CREATE DOMAIN yard.homes AS yard.address[];
CREATE DOMAIN yard.castles AS yard.castle[];
CREATE TYPE yard.owner AS (
    home yard.home, castle yard.castle, several yard.home[], homes yard.homes, castles yard.castles
);
CREATE DOMAIN yard.lord AS yard.owner;
CREATE TABLE yard.people (
    id integer PRIMARY KEY,
    home yard.home,
    castle yard.castle,
    several yard.home[],
    homes yard.homes,
    castles yard.castles,
    owner yard.owner,
    lord yard.lord,
    lords yard.lord[]
);
"""
QUERIES = """
-- name: add :exec
INSERT INTO yard.people
VALUES (:id, :home, :castle, :several, :homes, :castles, :owner, :lord, :lords);

-- name: add_homes :bulk
INSERT INTO yard.people (id, home)
SELECT i, ROW(s, l, a)::yard.address
FROM unnest(:id::integer[], :home::yard.home[]) AS u (i, s, l, a);

-- name: get :one
SELECT * FROM yard.people WHERE id = :id;

-- name: whole :one
SELECT p, ARRAY[p] AS several FROM yard.people AS p WHERE p.id = :id;

-- name: loose :one
SELECT row(p.home, p.castle) AS pair, ARRAY[p.castle] AS castles FROM yard.people AS p
WHERE p.id = :id;
"""


@pytest.fixture(scope="module", params=["text", "point"])
def yard(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[ModuleType, Session, Any]]:
    """The generated package; with a point in an address everything is sent as text."""
    root = tmp_path_factory.mktemp("yard")
    for name, text in {
        "pyproject.toml": f'[project]\nname = "yard_{request.param}"\n',
        "schema/yard.sql": SCHEMA.format(at=request.param),
        "queries/yard/people.sql": QUERIES,
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    package = f"yard_{request.param}_db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        project, diagnostics = read_project(root), Diagnostics()
        sources = read_sources(project, diagnostics)
        write(project, render_files(project, sources, build_model(project, sources, diagnostics)))
        patch.syspath_prepend(project.generated)
        module = importlib.import_module(f"{package}.yard")
        at = "(1,2)" if request.param == "point" else "here"
        home = module.types.Address(street='a "b"', lines=["x", None], at=at)
        with scratch_on(server, root) as connection, session(connection, app=None) as db:
            yield module, db, home
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]


def test_they_go_in_and_come_out(yard: tuple[ModuleType, Session, Any]) -> None:
    module, db, home = yard
    empty = module.types.Address(street=None, lines=None, at=None)
    owner = module.types.Owner(
        home=home, castle=home, several=[home, None], homes=[empty, None], castles=[home, None]
    )
    nothing = dict.fromkeys(("home", "castle", "several", "homes", "castles"), None)
    given: list[dict[str, Any]] = [
        {**nothing, "owner": None, "lord": None, "lords": None},
        {**nothing, "owner": owner, "lord": owner, "lords": [owner, None]},
        {name: getattr(owner, name) for name in nothing}
        | {"owner": module.types.Owner(**nothing), "lord": None, "lords": []},
    ]
    for number, values in enumerate(given):
        module.people.add(db, id=number, **values)
        person = module.rows.People(id=number, **values)
        assert module.people.get(db, id=number) == person
        whole = module.people.whole(db, id=number)
        assert (whole.p, whole.several) == (person, [person])
        loose = module.people.loose(db, id=number)
        assert (loose.pair.f1, loose.pair.f2) == (person.home, person.castle)
        assert loose.castles == [person.castle]


def test_lists_of_them_are_sent(yard: tuple[ModuleType, Session, Any]) -> None:
    module, db, home = yard
    items = [module.people.AddHomesItem(id=10, home=home), module.people.AddHomesItem(11, home)]
    assert module.people.add_homes(db, items=items) == 2
    assert module.people.get(db, id=11).home == home
