"""Which exceptions a query can raise, and that they are raised, on every server."""

from __future__ import annotations

import importlib
import json
import shutil
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest

from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom.session import Session, session
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.emit import emit_json
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from strongroom_codegen.write import write

from .conftest import FIXTURES, scratch_on

DAY = date(2026, 5, 5)
RAISES = {
    # A table's own rules: constraints, a unique index, NOT NULL; of an UPDATE those of its columns.
    "add_hall": "HallNameEmpty HallNameMissing HallNameTaken",
    "rename_shelf": "ShelfNameEmpty",
    "set_height": "TooLow",
    "put_shelf": "HallUnknown ShelfNameEmpty TooLow",
    "add_box": "HeavyWithoutOwner ShelfInUse TimeTaken",
    # Foreign keys from the other side: what stops a DELETE, also below a cascade or SET NULL.
    "drop_hall": "ShelfInUse",
    "drop_box": "BoxUnknown HeavyWithoutOwner",
    "renumber_box": "BoxUnknown TimeTaken",
    "by_cte": "NoteTooLong ShelfInUse",
    # Partitions and children.
    "move": "BoxUnknown MoveBooked ReasonEmpty ReasonMissing",
    "move_other": "BoxUnknown MoveBooked ReasonEmpty ReasonMissing",
    "weigh": "GramsWrong",
    "add_fragile": "GramsWrong",
    # Triggers, views, rewrite rules.
    "audit": "NoteTooLong YardClosed",
    "write_note": "HallNameEmpty HallNameMissing HallNameTaken",
    "write_inbox": "NoteTooLong",
    "raise_high": "TooLow",
    # Functions.
    "store": "HeavyWithoutOwner ShelfInUse TimeTaken",
    "look": "",
}


@pytest.fixture
def yard(tmp_path: Path) -> Project:
    """A copy of the yard, to be changed at will."""
    shutil.copytree(FIXTURES / "yard", tmp_path / "yard")
    return read_project(tmp_path / "yard")


@pytest.fixture(scope="module")
def package(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The generated package of the yard, imported."""
    root = tmp_path_factory.mktemp("generated") / "yard"
    shutil.copytree(FIXTURES / "yard", root)
    project, diagnostics = read_project(root), Diagnostics()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        sources = read_sources(project, diagnostics)
        model = build_model(project, sources, diagnostics)
        assert not diagnostics.found, diagnostics.render()
        write(project, render_files(project, sources, model))
        patch.syspath_prepend(project.generated)
        importlib.import_module("yard_db.yard.all")
        yield importlib.import_module("yard_db.yard")
    for name in [name for name in sys.modules if name.partition(".")[0] == "yard_db"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with scratch_on(server, FIXTURES / "yard") as connection:
        yield connection


@pytest.fixture
def db(database: psycopg.Connection[Any]) -> Iterator[Session]:
    """A plain session in a transaction that is rolled back."""
    with database.transaction(force_rollback=True), session(database, app=None) as db:
        yield db


def test_a_query_lists_what_it_can_raise(yard: Project, on_server: Server) -> None:
    diagnostics = Diagnostics()
    model = build_model(yard, read_sources(yard, diagnostics), diagnostics)
    document = json.loads(emit_json(model))
    found = {query["name"].removeprefix("yard."): query["raises"] for query in document["queries"]}
    lift = found.pop("lift")
    assert {name: " ".join(raises) for name, raises in found.items()} == RAISES
    # SQL that is put together at run time is not seen; @raises tells of it.
    assert {"TooHeavy", "HeavyWithoutOwner"} <= set(lift)


def _refusal(
    db: Session,
    database: psycopg.Connection[Any],
    query: str,
    package: ModuleType,
    /,
    **arguments: Any,
) -> BaseException | None:
    """What a call raises, undone again."""
    try:
        with database.transaction():
            getattr(package.all, query)(db, **arguments)
    except psycopg.DatabaseError as error:
        return error
    return None


CALLS: list[tuple[str, str, dict[str, object]]] = [
    ("HallNameMissing", "add_hall", {"id": 2, "name": None}),
    ("HallNameEmpty", "add_hall", {"id": 2, "name": ""}),
    ("HallNameTaken", "add_hall", {"id": 2, "name": "NORTH"}),
    ("ShelfNameEmpty", "rename_shelf", {"id": 1, "name": ""}),
    ("TooLow", "set_height", {"id": 1, "height": 0}),
    ("HallUnknown", "put_shelf", {"id": 9, "hall_id": 9, "name": "x", "height": 1}),
    ("ShelfInUse", "drop_hall", {"id": 1}),
    ("HeavyWithoutOwner", "drop_box", {"id": 1}),
    ("BoxUnknown", "drop_box", {"id": 3}),
    ("TimeTaken", "add_box", {"id": 9, "weight": 1, "during": "[2026-01-01,2026-02-01)"}),
    ("MoveBooked", "move", {"day": DAY, "id": 1, "box_id": None, "reason": "x"}),
    ("ReasonEmpty", "move", {"day": DAY, "id": 2, "box_id": None, "reason": ""}),
    ("ReasonMissing", "move", {"day": DAY, "id": 2, "box_id": None, "reason": None}),
    ("BoxUnknown", "move", {"day": DAY, "id": 2, "box_id": 99, "reason": "x"}),
    ("ReasonEmpty", "move_other", {"day": date(2025, 1, 1), "id": 2, "box_id": None, "reason": ""}),
    ("NoteTooLong", "audit", {"id": 1, "note": "a note that is much too long"}),
    ("YardClosed", "audit", {"id": 1, "note": "closed"}),
    ("HallNameTaken", "write_note", {"id": 5, "note": "north"}),
    ("NoteTooLong", "write_inbox", {"id": 1, "note": "a note that is much too long"}),
    ("TooLow", "set_height", {"id": 1, "height": -1}),
    ("GramsWrong", "weigh", {"id": 1, "grams": 0}),
    ("GramsWrong", "add_fragile", {"id": 2, "grams": -1}),
    ("HeavyWithoutOwner", "add_box", {"id": 9, "weight": 100, "during": None}),
    ("ShelfInUse", "store", {"id": 9, "shelf_id": 99}),
]


@pytest.mark.parametrize(
    ("error", "name", "arguments"), CALLS, ids=[f"{c[1]}-{c[0]}" for c in CALLS]
)
def test_violations_are_raised_as_their_class(
    package: ModuleType,
    db: Session,
    database: psycopg.Connection[Any],
    error: str,
    name: str,
    arguments: dict[str, Any],
) -> None:
    database.execute(_ROWS)
    raised = _refusal(db, database, name, package, **arguments)
    assert type(raised) is getattr(package.errors, error), repr(raised)
    assert error in RAISES[name]


def test_partitions_made_later_report_checks_and_foreign_keys_of_the_root(
    package: ModuleType, db: Session, database: psycopg.Connection[Any]
) -> None:
    database.execute(
        "CREATE TABLE yard.moves_2027 PARTITION OF yard.moves"
        " FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"
    )
    later: dict[str, Any] = {"day": date(2027, 1, 1), "id": 1}
    empty = _refusal(db, database, "move", package, **later, box_id=None, reason="")
    unknown = _refusal(db, database, "move", package, **later, box_id=99, reason="x")
    assert type(empty) is package.errors.ReasonEmpty
    assert type(unknown) is package.errors.BoxUnknown


def test_what_has_no_class_keeps_the_class_of_psycopg(
    package: ModuleType, db: Session, database: psycopg.Connection[Any]
) -> None:
    """The server names no view in a violation of WITH CHECK OPTION; the primary key has no tag."""
    database.execute(_ROWS)
    low = _refusal(db, database, "raise_high", package, id=2, height=1)
    assert isinstance(low, psycopg.errors.WithCheckOptionViolation)
    again = _refusal(db, database, "add_hall", package, id=1, name="South")
    assert isinstance(again, psycopg.errors.UniqueViolation)


def test_raises_names_exceptions_that_there_are(yard: Project, on_any_server: Server) -> None:
    path = yard.functions / "yard" / "lift.sql"
    path.write_text(path.read_text("utf-8").replace("TooHeavy", "TooHevy"), "utf-8")
    diagnostics = Diagnostics()
    with pytest.raises(QueryError):
        build_model(yard, read_sources(yard, diagnostics), diagnostics)
    assert [(d.message, d.hint) for d in diagnostics.found] == [
        (
            '@raises of yard.lift(bigint) names no exception: "TooHevy"',
            "did you mean TooHeavy?",
        )
    ]


def test_a_rule_that_silences_returning_is_an_error(yard: Project, on_server: Server) -> None:
    """The server replaces the INSERT by an UPDATE, whose rows it gives to nobody."""
    with (yard.schema / "yard.sql").open("a", encoding="utf-8") as file:
        file.write(
            "CREATE TABLE yard.silent (id bigint, note text);"
            "CREATE RULE silent_updates AS ON INSERT TO yard.silent DO INSTEAD"
            " UPDATE yard.log SET note = NEW.note WHERE id = NEW.id RETURNING id, note;"
        )
    queries = yard.queries / "yard" / "silent.sql"
    queries.write_text(
        "-- name: silent :one\n"
        "INSERT INTO yard.silent (id, note) VALUES (:id, :note) RETURNING id, note;\n"
        "-- name: in_with :many\n"
        "WITH done AS (INSERT INTO yard.silent (id, note) VALUES (:id, :note) RETURNING id)\n"
        "SELECT d.id FROM done AS d;\n"
        "-- name: without :exec\n"
        "INSERT INTO yard.silent (id, note) VALUES (:id, :note) RETURNING id, note;\n"
    )
    diagnostics = Diagnostics()
    with pytest.raises(QueryError):
        build_model(yard, read_sources(yard, diagnostics), diagnostics)
    said = {(str(d.place), d.message) for d in diagnostics.found if d.severity == "error"}
    assert (
        "queries/yard/silent.sql:1:1",
        "a rule replaces this statement by one of another kind, so RETURNING gives no rows",
    ) in said
    assert {place for place, _ in said} == {"queries/yard/silent.sql:1:1"}


_ROWS = """
INSERT INTO yard.halls (id, name) VALUES (1, 'North');
INSERT INTO yard.shelves (id, hall_id, name, height) VALUES (1, 1, 'a', 1), (2, NULL, 'b', 20);
INSERT INTO yard.boxes (id, shelf_id, owner_id, weight, during) VALUES
    (1, 1, NULL, 1, '[2026-01-01,2026-01-02)'), (2, NULL, 1, 200, NULL), (3, NULL, NULL, 1, NULL);
INSERT INTO yard.moves (day, id, box_id, reason) VALUES ('2026-05-05', 1, 3, 'x');
INSERT INTO yard.goods (id, grams) VALUES (1, 5);
"""
