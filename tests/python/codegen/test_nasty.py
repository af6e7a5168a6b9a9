"""Every statement, string and name that PostgreSQL accepts: generated, imported, called."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from datetime import date, time, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any
from uuid import UUID

import psycopg
import pytest

from strongroom.project import read_project
from strongroom.server import Server
from strongroom.session import Session, session
from strongroom_codegen.naming import field_names, unique
from tests.python.codegen.conftest import FIXTURES, scratch_on
from tests.python.codegen.generated_fixtures import generate_into


@pytest.fixture(scope="module")
def package(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The package of the fixture `nasty`, generated on this server and imported."""
    folder = tmp_path_factory.mktemp("nasty")
    generate_into(folder, read_project(FIXTURES / "nasty"), server)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield importlib.import_module("nasty_db.odd")
    for name in [name for name in sys.modules if name.partition(".")[0] == "nasty_db"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def connection(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with scratch_on(server, FIXTURES / "nasty") as connection:
        yield connection


@pytest.fixture
def db(connection: psycopg.Connection[Any]) -> Iterator[Session]:
    with session(connection, app=None) as db:
        yield db


def test_strings_come_back_as_they_are_written(package: ModuleType, db: Session) -> None:
    row = package.strings.strings(db, x=7)
    assert row == package.rows.StringsRow(
        standard=":x",
        doubled="it's :x",
        escaped="':x\\",
        continued="one':x two",
        unicode="\u0441\u043d:x",
        uescape="\u0441:x",
        national="n:x",
        bits="0101",
        hex="00011111",
        dollar=":x $1 'it' ",
        tagged=" :x $$ :y $ü$ ",
        percent="%s %(x)s %%",
        backslash="\\",
        triple='"""',
        ends_in__='ends in "',
        comment="after",
        x=7,
        again=7,
        minus=-7,
        glued=-6,
        wide="ü€😀",
    )


def test_what_can_not_be_seen_survives(package: ModuleType, db: Session) -> None:
    row = package.strings.controls(db)
    assert (row.tab, row.space, row.escape, row.bidi) == ("\t", "\xa0", "\x1b\x07\x7f", "\u202ex")
    assert row.two == 2
    text = Path(package.strings.__file__).read_text("utf-8")
    assert not [c for c in text if not c.isprintable() and c not in "\n\t"]


def test_files_of_other_systems(package: ModuleType, db: Session) -> None:
    assert package.windows.lines(db) == "a\nb"
    assert package.windows.last(db) == 1
    assert package.windows.lines.__doc__.startswith("Two\n    lines.")


def test_colons_beside_operators_and_brackets(package: ModuleType, db: Session) -> None:
    strings = package.strings
    assert strings.slices(db, n=2) == package.rows.SlicesRow(
        [10, 20], [10, 20], [20, 30], [10, 20], [20, 30], 20
    )
    found = strings.operators(db, key="a", path="$.a.b", part={"a": {"b": 1}}, start=2, stop=5)
    assert found == package.rows.OperatorsRow(True, True, True, True, True, "1", 3, 4, 3, 2)
    assert strings.glued(db, most=9, least=3, without=[4], limit=2) == [3, 5]
    assert strings.names(db) == package.rows.NamesRow(1, 2, 3)


def test_columns_of_any_name(package: ModuleType, db: Session) -> None:
    names = package.names
    names.add_session(
        db, self=2, class_="c", type="t", match=None, values_=[1], int=5, date=date(2026, 1, 2)
    )
    (row,) = names.all_of_it(db)
    assert (row.self, row.class_, row.values, row.int, row.date) == (
        2,
        "c",
        [1],
        5,
        date(2026, 1, 2),
    )
    assert (row.a_b, row.column_2nd, row.column_13, row.fi, row.fi_2) == (None,) * 5
    assert row == type(row)(*(getattr(row, field) for field in row.__slots__))
    (whole,) = names.whole_rows(db)
    assert (whole.s.int, whole.s.class_, whole.t, whole.list) == (5, "c", None, [None])
    page = names.list_(db, limit=1)
    assert page.rows == [package.rows.ListRow(class_=row.id, self=2)]
    assert names.errors_(db) == 1
    assert names.errors_(db, sort="none", sort_="u") == 0
    assert names.errors_(db, values_=row.id) == 1


def test_parameters_of_any_name(package: ModuleType, db: Session) -> None:
    texts = ["conn", "db_", "id", "type", "statement_", "sort", "UNSET_", "Session", "Page"]
    texts += ["None_", "import_", "list_", "KEYWORDS", "row", "fi", "fi_2", "größe", "class_"]
    texts += ["class__2", "self"]
    given: dict[str, object] = {name: name for name in texts}
    day = date(2026, 1, 2)
    row = package.names.keywords(db, **given, str=1, object_=day, tuple_=day, isinstance_=3)
    assert (row.conn, row.db, row.self, row.UNSET) == ("conn", "db_", "self", "UNSET_")
    assert (row.fi, row.fi_2, row.class_, row.class__2) == ("fi", "fi_2", "class_", "class__2")
    assert (row.str, row.object, row.date, row.int) == (1, day, day, 3)
    del given["import_"]
    assert (
        package.names.keywords(db, **given, str=1, object_=day, tuple_=day, isinstance_=3).import_
        == "x"
    )


def test_columns_without_a_name_or_with_one_twice(package: ModuleType, db: Session) -> None:
    row = package.names.unnamed(db)
    assert row.__slots__ == (
        *("column_1", "column_2", "column_2_2", "count", "count_2", "column_6", "_", "x", "x_2"),
        "column_10",
    )
    package.statements.with_insert(db, a=1, b="x")
    assert package.names.twice(db) == []


def test_classes_that_would_hide_each_other(package: ModuleType, db: Session) -> None:
    names, rows = package.names, package.rows
    assert names.pages.__annotations__["return"] == "list[Page_]"
    assert names.two_tables(db) == names.a_b(db) == []
    assert rows.AB is not rows.AB_
    assert names.letters(db) == []
    assert names.q(db, Q="x") == []
    one = UUID(int=1)
    assert names.uuid(db, uuid=one) == one
    value = package.types.PartRecord(class_='c"', copy=1, a_b=None, _hidden=3, model_dump="(,)")
    assert names.composite(db, part=value) == rows.CompositeRow(part=value, str=[value])
    part = package.types.Part(class_="c", copy_=1, a_b=2, hidden=3, field_model_dump="m")
    names.add_thing(db, id=1, kind="e\\f", parts=[part])
    assert [row.parts for row in names.things_parts(db, kinds=["e\\f"])] == [[part]]
    assert names.things_kind(db) == []


def test_every_kind_of_statement_runs(
    package: ModuleType, db: Session, connection: psycopg.Connection[Any]
) -> None:
    run = package.statements
    assert [row.column2 for row in run.rows_of_values(db, n=2)] == ["a", None]
    assert run.bracketed(db) == [1, 2]
    run.truncate(db)
    assert run.with_insert(db, a=1, b="one") == 0 + 1
    assert run.merge_page(db, a=1, b="uno") == 1
    assert [(row.a, row.b) for row in run.whole_table(db)] == [(1, "uno")]
    assert run.no_columns(db) == run.update_page(db, a=1) == 1
    run.delete_page(db, a=1)
    assert run.whole_table(db) == []
    assert run.call(db, x=4) == 8
    assert isinstance(run.show(db), str)
    assert any("page" in line for line in run.explain(db, a=1))
    with db.transaction():
        run.set_local(db)
        run.lock(db)
        run.declare(db, x=1)
    with db.transaction():
        run.notify(db)
        run.create_temporary(db, x=3)
        run.create_function(db)
        run.run_block(db)
    for statement in (run.refresh, run.create_rule, run.analyze, run.vacuum, run.comment):
        statement(db)
    run.drop_rule(db)
    assert connection.execute("SELECT x FROM temporary").fetchone() == (3,)
    assert connection.execute("SELECT pg_temp.pick(1), pg_temp.pick(2)").fetchone() == (4, None)
    comment = connection.execute("SELECT obj_description('odd.page'::regclass)").fetchone()
    assert comment == (":x; -- no end",)


def test_functions_without_arguments(package: ModuleType, db: Session) -> None:
    found = package.statements.without_arguments(db)
    assert found.db.startswith("strongroom_scratch")
    assert found.passes
    assert found.pi == pytest.approx(3.14159, abs=1e-5)


def test_a_time_with_its_zone(package: ModuleType, db: Session) -> None:
    noon = time(12, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    found = package.statements.zoned(db, at=noon)
    assert (found, found.utcoffset()) == (noon, noon.utcoffset())
    assert package.statements.zoned.__annotations__["return"] == "time"


def test_lists_of_a_domain_in_a_domain(package: ModuleType, db: Session) -> None:
    types = package.types
    words = types.AList([types.Word("a"), None])
    assert package.statements.add_list(db, a=1, words=words) == ["a", None]
    assert package.statements.add_list(db, a=1, words=None) is None
    takes = package.statements.add_list.__annotations__["words"]
    assert takes == "AList | None"


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        (["a", "a", "a_2"], ["a", "a_3", "a_2"]),
        (["?column?", "column_1"], ["column_1", "column_1_2"]),
        (["", " ", "-", "é", "\u00aa"], ["column_1", "column_2", "column_3", "é", "a"]),
        (["if", "if_", "__x__", "__", "1"], ["if_", "if__2", "x", "column_4", "column_1"]),
    ],
)
def test_names_of_fields(names: list[str], fields: list[str]) -> None:
    assert field_names(names) == fields


def test_a_number_never_takes_a_name_that_comes_later() -> None:
    assert unique(["a", "a", "a_2", "a_2"], taken=["b"]) == ["a", "a_3", "a_2", "a_2_2"]
