"""Values within values: nested rows, composites, lists and JSON of rows, generated and called."""

from __future__ import annotations

import copy
import importlib
import os
import pickle
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import psycopg
import pytest

from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom.session import BadParameter, Session, ShapeMismatch, session
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from tests.python.codegen.conftest import scratch_on
from tests.python.codegen.post_office import fill, fits

HERE = Path(__file__).parent
POST = HERE / "fixtures" / "post"
SENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_DIGEST = re.compile(r"^[0-9a-f]{16}  ", re.MULTILINE)


def _render(project: Project) -> dict[str, str]:
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    return render_files(project, sources, build_model(project, sources, diagnostics))


@contextmanager
def _imported(folder: Path) -> Iterator[ModuleType]:
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("post_db.post")
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name.partition(".")[0] == "post_db"]:
            del sys.modules[name]


@pytest.fixture(scope="module")
def post(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The generated package of the post office, and a database of it with a few rows."""
    folder = tmp_path_factory.mktemp("post")
    project = read_project(POST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        files = _render(project)
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    with _imported(folder) as package, scratch_on(server, POST) as connection:
        yield package, connection, folder


@pytest.fixture
def package(post: Any) -> Any:
    return post[0]


@pytest.fixture
def connection(post: Any) -> Iterator[psycopg.Connection[Any]]:
    """A connection in a transaction that is rolled back."""
    with post[1].transaction(force_rollback=True):
        yield post[1]


@pytest.fixture
def db(connection: psycopg.Connection[Any]) -> Iterator[Session]:
    with session(connection, app=None) as db:
        yield db


@pytest.fixture
def parcels(package: Any, db: Session) -> Any:
    """Three parcels: one with two scans, one with a scan of NULLs, one with none."""
    found = package.parcels
    for number, route in ((1, _stop(package)), (2, None), (3, None)):
        found.add_parcel(
            db,
            id=number,
            sender=f"s{number}",
            weight=None if route is None else Decimal("1.5"),
            kind="box",
            size="large" if route else None,
            route=route,
        )
    spot = package.types.Point(1, None)
    scan = {"codes": [1, None], "told": ["x"], "spots": [spot, None]}
    found.add_scan(db, id=10, parcel_id=1, town="A", tags=["t"], **scan)
    found.add_scan(db, id=11, parcel_id=1, town=None, tags=[], **scan)
    nothing: dict[str, Any] = {"town": None, "tags": [], "codes": None, "told": None, "spots": None}
    found.add_scan(db, id=12, parcel_id=2, **nothing)
    return found


def _stop(package: Any) -> Any:
    types = package.types
    return types.Stop(
        at=types.Point(1, None),
        class_='a "quoted", (odd) \\ text',
        path=[types.Point(0, 1), None],
        words=["one", "two"],
        label=types.CommonLabel("l", SENT),
    )


def test_same_bytes_on_every_server(server: Server, golden: Callable[[Path, str], None]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        files = _render(read_project(POST))
    for name in ("post/types.py", "post/rows.py", "post/parcels.py"):
        text = _DIGEST.sub("0123456789abcdef  ", files[f"post_db/{name}"])
        golden(HERE / "golden_post" / f"{Path(name).name}.golden", text)


def test_type_checker_and_linter_agree(post: Any, any_server: Server) -> None:
    folder = post[2]
    (folder / "use.py").write_text(
        "from strongroom.session import Session\n"
        "from post_db.post import parcels, rows, types\n\n\n"
        "def use(db: Session, codes: list[int], holes: list[int | None]) -> list[rows.Scan]:\n"
        "    for row in parcels.scans_of(db):\n"
        "        if row.s is not None and row.s.spots is not None:\n"
        "            spots: list[types.Point | None] = row.s.spots\n"
        "            print(row.p.id + 1, spots)\n"
        "    for each in (codes, holes):\n"
        "        parcels.add_scan(\n"
        "            db, id=1, parcel_id=None, town='', tags=[], codes=each, told=None, spots=[]\n"
        "        )\n"
        "    return parcels.overview(db)[0].some\n"
    )
    checked = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--strict",
            "-p",
            "post_db",
            "-m",
            "use",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "MYPYPATH": str(folder)},
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    linted = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "--line-length", "100", "post_db"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert linted.returncode == 0, linted.stdout + linted.stderr


def test_a_row_goes_in_and_comes_out_whole(package: Any, db: Session, parcels: Any) -> None:
    found = parcels.parcel(db, id=1)
    assert found == package.rows.Parcel(
        1, "s1", Decimal("1.5"), "box", "large", _stop(package), SENT, [], None
    )
    scan = parcels.scan(db, id=10)
    assert scan == package.rows.Scan(
        10, 1, "A", ["t"], [1, None], ["x"], [package.types.Point(1, None), None]
    )


def test_nested_rows_and_outer_joins(package: Any, db: Session, parcels: Any) -> None:
    rows = parcels.scans_of(db)
    found = [(row.p.id, row.s and row.s.id) for row in rows]
    assert found == [(1, 10), (1, 11), (2, 12), (3, None)]
    assert rows[0].p == parcels.parcel(db, id=1)
    assert rows[0].s == parcels.scan(db, id=10)


def test_a_row_of_nulls_is_not_a_missing_row(
    package: Any, db: Session, parcels: Any, connection: psycopg.Connection[Any]
) -> None:
    parcels.add_remark(db, parcel_id=1, text=None)
    assert parcels.remark_of(db, id=1) == package.rows.Remark(1, None)
    assert parcels.remark_of(db, id=2) is None
    assert parcels.joined(db)[0].pid == 1
    parcels.add_remark(db, parcel_id=None, text=None)
    missed = parcels.joined(db)[-1]
    assert missed is None or missed.pid is None


def test_lists_of_rows(package: Any, db: Session, parcels: Any) -> None:
    first, second, third = parcels.overview(db)
    scans = [parcels.scan(db, id=number) for number in (10, 11)]
    assert first.all_scans == first.scans == first.some == first.documents == scans
    assert (first.towns, first.ids) == (["A"], [10, 11])
    assert [scan.id for scan in second.some] == [12]
    assert (third.all_scans, third.scans, third.some) == ([None], None, [])
    assert (third.towns, third.documents, third.ids) == ([], [], [])


def test_json_of_rows(package: Any, db: Session, parcels: Any) -> None:
    first, second, _ = parcels.objects(db)
    rows = package.rows
    assert first.parcel == parcels.parcel(db, id=1)
    assert first.places == [rows.ObjectsPlaces(10, "A", SENT), rows.ObjectsPlaces(11, None, SENT)]
    assert first.summary == rows.ObjectsSummary(Decimal("1.5"), "s1")
    assert second.summary == rows.ObjectsSummary(None, "s2")
    assert first.raw is None


def test_rows_that_queries_make_up(package: Any, db: Session, parcels: Any) -> None:
    first, _, third = parcels.nested(db)
    rows = package.rows
    assert [part.id for part in first.parts] == [10, 11]
    assert first.pair == rows.NestedPair("s1", Decimal("1.5"))
    assert first.last == rows.NestedLast(11, None)
    assert (third.parts, third.last) == ([], None)


def test_views_unions_and_functions(package: Any, db: Session, parcels: Any) -> None:
    parcel = parcels.parcel(db, id=1)
    seen = parcels.seen(db)[0]
    assert (seen.parcel.id, seen.town, seen.ids) == (1, "A", [10])
    assert parcels.both_kinds(db) == [parcel, parcels.parcel(db, id=2)]
    loose = parcels.loose(db, id=1)
    assert (type(loose).__name__, loose.id, loose.route) == ("ParcelValue", 1, parcel.route)
    assert parcels.echo_loose(db, parcel=loose) == loose


def test_every_kind_reads_them(package: Any, db: Session, parcels: Any) -> None:
    scans = [parcels.scan(db, id=number) for number in (10, 11, 12)]
    with db.transaction(), parcels.stream_scans(db) as streamed:
        assert list(streamed) == scans
    page = parcels.page_scans(db)
    rest = parcels.page_scans(db, after=page.next)
    assert [row.spots for row in (*page, *rest)] == [scan.spots for scan in scans]
    assert [row.depth for row in parcels.chain(db, id=1)] == [1, 2, 3]
    found = {(row.town, row.scans) for row in parcels.towns(db, least=1)}
    assert found == {("A", 1), (None, 2)}
    parcels.add_remark(db, parcel_id=1, text="a")
    assert parcels.change(db, id=1, text="b") == [package.rows.Remark(1, "b")]


def test_composites_as_arguments(package: Any, db: Session, parcels: Any) -> None:
    types, stop = package.types, _stop(package)
    empty = types.Stop(None, None, None, None, None)
    for each in (stop, empty):
        assert parcels.echo_stop(db, stop=each) == each
    assert parcels.echo_stops(db, stops=[stop, empty]) == [stop, empty]
    note = types.NoteRecord("n", None)
    assert parcels.echo_note(db, note=note) == note
    review = types.Review(note, types.Note(text="model", stars=3))
    assert parcels.echo_review(db, review=review) == review
    with pytest.raises(BadParameter, match="got Stop"):
        parcels.echo_note(db, note=stop)


def test_arrays_say_what_their_elements_are(package: Any, db: Session, parcels: Any) -> None:
    assert [row.id for row in parcels.with_codes(db, codes=[1], ids=[10, 12])] == [10]
    found = parcels.constants(db, text="a,b", flag=False)
    assert found == package.rows.ConstantsRow([1, 2], [1, None], [], ["a", None], ["a", "b"], None)


def test_nested_rows_are_values(package: Any, db: Session, parcels: Any) -> None:
    row = parcels.scans_of(db)[3]
    assert repr(row.p).startswith("Parcel(id=3, sender='s3'")
    stop = _stop(package)
    point = stop.at
    assert hash(point) == hash(copy.copy(point))
    for value in (row, stop, point):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value
    assert point != package.types.Point(1, 1)


def test_a_json_null_is_refused_where_a_shape_is_declared(
    package: Any, db: Session, parcels: Any, connection: psycopg.Connection[Any]
) -> None:
    connection.execute("UPDATE post.parcels SET notes = 'null' WHERE id = 1")
    with pytest.raises(ShapeMismatch, match=r"column p\.notes holds JSON of another shape"):
        parcels.scans_of(db)
    with pytest.raises(ShapeMismatch, match="column parcel holds JSON"):
        parcels.objects(db)
    with pytest.raises(ShapeMismatch, match=r"post\.parcel: column notes holds JSON"):
        parcels.parcel(db, id=1)


def test_columns_that_come_later(
    package: Any, db: Session, parcels: Any, connection: psycopg.Connection[Any]
) -> None:
    before = parcels.scans_of(db), parcels.overview(db), parcels.objects(db)
    connection.execute("ALTER TABLE post.parcels ADD later text NOT NULL DEFAULT 'x'")
    connection.execute("ALTER TABLE post.scans ADD later text NOT NULL DEFAULT 'x'")
    assert (parcels.scans_of(db), parcels.overview(db), parcels.objects(db)) == before


ARGUMENTS = {name: {"id": 1} for name in ("remark_of", "parcel", "scan", "loose")}
QUERIES = (
    *("scans_of", "overview", "objects", "nested", "seen", "joined", "both_kinds", "photos"),
    *ARGUMENTS,
)


@pytest.mark.parametrize("query", QUERIES)
def test_every_value_is_what_its_type_says(
    package: Any, db: Session, connection: psycopg.Connection[Any], query: str
) -> None:
    """The oracle: rows at random, with NULLs wherever the tables take them."""
    function = getattr(package.parcels, query)
    declared = get_type_hints(function)["return"]
    for seed in range(6):
        with connection.transaction(force_rollback=True):
            rng = random.Random(seed)
            fill(connection, rng, parcels=(2, 3, 5, 5, 5, 0 if query != "loose" else 2)[seed])
            found = function(db, **ARGUMENTS.get(query, {}))
        assert fits(found, declared), found


REFUSED = {
    "-- @nonnull ids[]\nSELECT array_agg(p.id) AS ids FROM post.parcels AS p": (
        'elements of "ids" can\'t be NULL without @nonnull'
    ),
    "-- @nonnull id[]\nSELECT p.id FROM post.parcels AS p": 'column "id" is no list',
    "-- @nullable codes[]\nSELECT s.codes FROM post.scans AS s": (
        'elements of "codes" can be NULL without @nullable'
    ),
}


@pytest.mark.parametrize("sql", REFUSED)
def test_what_is_refused(
    sql: str, tmp_path: Path, any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", any_server.url())
    for name in ("pyproject.toml", "schema/post.sql"):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_text((POST / name).read_text("utf-8"), "utf-8")
    (tmp_path / "queries" / "post").mkdir(parents=True)
    (tmp_path / "queries" / "post" / "one.sql").write_text(f"-- name: one :many\n{sql};\n")
    with pytest.raises(QueryError) as raised:
        _render(read_project(tmp_path))
    assert REFUSED[sql] in raised.value.diagnostics.render()
