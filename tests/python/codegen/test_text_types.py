"""Types for which there is no Python type are PostgreSQL's text of them, both ways."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest
from psycopg.types.range import Range

from strongroom.project import read_project
from strongroom.server import Server
from strongroom.session import Session, session
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from strongroom_codegen.write import write
from tests.python.codegen.conftest import scratch_on
from tests.python.fix_databases import Connection

Places: TypeAlias = tuple[ModuleType, Session, Connection]

TEXTS = {
    "point": "(1,2.5)",
    "line": "{1,2,3}",
    "lseg": "[(0,0),(1,1)]",
    "box": "(2,2),(1,1)",
    "path": "((0,0),(1,1))",
    "polygon": "((0,0),(1,1),(2,0))",
    "circle": "<(0,0),3>",
    "pg_lsn": "16/B374D848",
    "pg_snapshot": "10:20:10,14",
    "txid_snapshot": "10:20:",
    "tid": "(0,1)",
    "cid": "7",
    "refcursor": 'a "cursor", {named}',
    "aclitem": "=r/{owner}",
    "odd.shout": "Say: 'x,y|z' \\ {\"} é",
    "odd.fenced": "(3,4)",
}
# OUT of a function that says no more than `record`; a table without columns; a type with '|'.
SCHEMA = """
CREATE SCHEMA odd;
CREATE TYPE odd.shout;
CREATE FUNCTION odd.shout_in(cstring) RETURNS odd.shout LANGUAGE internal IMMUTABLE STRICT AS
    'textin';
CREATE FUNCTION odd.shout_out(odd.shout) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS
    'textout';
CREATE TYPE odd.shout (INPUT = odd.shout_in, OUTPUT = odd.shout_out, LIKE = text, DELIMITER = '|');
CREATE DOMAIN odd.fenced AS point;
CREATE TYPE odd.spot AS (name text, at point, boxes box[]);
CREATE TABLE odd.nothing ();
CREATE FUNCTION odd.pair() RETURNS record LANGUAGE plpgsql AS
    $$ BEGIN RETURN ROW(1, 'a "b"'::text); END $$;
CREATE TYPE odd.prices AS RANGE (SUBTYPE = money);
"""
QUERIES = (
    "\n".join(
        f"-- name: there_{n} :one\n"
        f"SELECT CAST(:one AS {name}) AS one, CAST(:many AS {name}[]) AS many,"
        f" CAST(:one AS {name})::text AS text;\n"
        for n, name in enumerate(TEXTS)
    )
    + """
-- name: spot :one
SELECT CAST(:spot AS odd.spot) AS spot, ARRAY[CAST(:spot AS odd.spot)] AS spots;

-- name: pair :one
SELECT odd.pair() AS pair, 1 AS number;

-- name: nothing :one
SELECT n, ARRAY[n] AS many FROM odd.nothing AS n LIMIT 1;

-- name: prices :one
SELECT CAST(:prices AS odd.prices) AS prices;

-- name: common :many
SELECT s.most_common_vals, s.tablename FROM pg_catalog.pg_stats AS s LIMIT 1;

-- name: about :one
SELECT c FROM pg_catalog.pg_class AS c WHERE c.oid = CAST('pg_class' AS regclass);
"""
)


@pytest.fixture
def places(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Places]:
    """The generated module, and a session in the database that it was generated from."""
    for name, text in {
        "pyproject.toml": '[project]\nname = "odd"\n',
        "schema/odd.sql": SCHEMA,
        "queries/odd/places.sql": QUERIES,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.setenv("DATABASE_URL", server.url())
    project, diagnostics = read_project(tmp_path), Diagnostics()
    sources = read_sources(project, diagnostics)
    write(project, render_files(project, sources, build_model(project, sources, diagnostics)))
    monkeypatch.syspath_prepend(project.generated)
    with scratch_on(server, tmp_path) as connection, session(connection, app=None) as db:
        yield importlib.import_module("odd_db.odd.places"), db, connection
    for name in [name for name in sys.modules if name.partition(".")[0] == "odd_db"]:
        del sys.modules[name]


def test_texts_there_and_back(places: Places) -> None:
    module, db, connection = places
    owner = connection.info.user
    for number, (name, text) in enumerate(TEXTS.items()):
        sent = text.format(owner=owner) if name == "aclitem" else text
        found = getattr(module, f"there_{number}")(db, one=sent, many=[sent, None, sent])
        if name == "aclitem":
            sent = f"{sent[: sent.index('/')]}/{owner}"
        assert (found.one, found.many, found.text) == (sent, [sent, None, sent], sent), name
        nothing = getattr(module, f"there_{number}")(db, one=sent, many=[])
        assert nothing.many == []


def test_texts_within_values(places: Places) -> None:
    module, db, _ = places
    types = importlib.import_module("odd_db.odd.types")
    spot = types.Spot(name='a, "b"', at="(1,2)", boxes=["(2,2),(1,1)", None])
    found = module.spot(db, spot=spot)
    assert (found.spot, found.spots) == (spot, [spot])
    assert module.prices(db, prices=Range("$1.00", "$2.00")) == Range("$1.00", "$2.00")


def test_rows_of_which_nothing_is_known_are_text(
    places: tuple[ModuleType, Session, Connection],
) -> None:
    module, db, connection = places
    found = module.pair(db)
    assert (found.pair, found.number) == ('(1,"a ""b""")', 1)
    connection.execute("INSERT INTO odd.nothing DEFAULT VALUES")
    empty = module.nothing(db)
    assert (empty.n, empty.many) == ("()", ["()"])
    assert all(isinstance(row.most_common_vals, str | None) for row in module.common(db))
    assert _relname(module.about(db)) == "pg_class"


def _relname(row: Any) -> str:
    return str(row.relname)
