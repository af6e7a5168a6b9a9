"""What was found is kept between runs: whatever was edited, the result is as without it."""

from __future__ import annotations

import pickle
import random
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from strongroom.project import Project
from strongroom.server import Server
from strongroom_codegen import analysing, scratch, servers
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.describe import Described, Refusal, describe_each
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.kept import unpickled
from strongroom_codegen.pipeline import build_model, read_sources, render_files

MORE = (
    "SELECT i.title FROM shop.items AS i",
    "SELECT p.name, i.title FROM shop.people AS p LEFT JOIN shop.items AS i ON i.id = p.id",
    "SELECT count(*) AS number FROM shop.sales AS s WHERE s.amount > :least",
    "SELECT p.nick FROM shop.people AS p WHERE p.nick IS NOT NULL",
    "SELECT p.nme FROM shop.people AS p",
)


@pytest.fixture
def kept(
    project: Project, any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    """The project works on a test server as if that were its embedded one."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setattr(servers, "_embedded_url", lambda _: any_server.url())
    yield project
    with psycopg.connect(any_server.url(), autocommit=True) as admin:
        rows = admin.execute("SELECT datname FROM pg_catalog.pg_database").fetchall()
        for (name,) in rows:
            if name.startswith(scratch._family(project)):
                scratch._drop(admin, name)


def _run(project: Project) -> tuple[dict[str, str], str]:
    """The files that would be written, and everything that is said."""
    diagnostics = Diagnostics()
    try:
        sources = read_sources(project, diagnostics)
        files = render_files(project, sources, build_model(project, sources, diagnostics))
    except QueryError as error:
        return {}, error.diagnostics.render()
    return files, diagnostics.render()


def _asked(project: Project, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQL texts of a run that the server was asked about."""
    asked: list[str] = []

    def spy(*arguments: Any) -> Generator[tuple[str, Described | Refusal], None, None]:
        asked.extend(arguments[2])
        return describe_each(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(analysing, "describe_each", spy)
        _run(project)
    return asked


def _edit(project: Project, dice: random.Random) -> None:
    """One change that a person may make."""
    path = dice.choice(sorted((project.queries / "shop").glob("*.sql")))
    text = path.read_text("utf-8")
    schema = project.schema / "zz.sql"
    match dice.randrange(7):
        case 0:
            number = dice.randrange(1000)
            path.write_text(
                f"{text}\n-- name: more_{number} :many\n{dice.choice(MORE)};\n", "utf-8"
            )
        case 1:
            path.write_text(f"-- A line above, {dice.random()}.\n\n{text}", "utf-8")
        case 2:
            queries = text.split("\n-- name: ")
            queries[1:] = dice.sample(queries[1:], len(queries) - 1)
            path.write_text("\n-- name: ".join(queries), "utf-8")
        case 3:
            path.write_text(text.replace("p.name", "p.nick", 1), "utf-8")
        case 4:
            path.write_text(text.replace(" LEFT JOIN ", " JOIN ", 1), "utf-8")
        case 5:
            name = f"c{dice.randrange(10**6)}"
            kind = dice.choice(["text", "text NOT NULL DEFAULT ''"])
            with schema.open("a", encoding="utf-8") as file:
                file.write(f"ALTER TABLE shop.items ADD COLUMN {name} {kind};\n")
        case 6:
            schema.write_text(f"ALTER TABLE shop.items ALTER COLUMN note {dice.choice(NULLS)};\n")


NULLS = ("SET NOT NULL", "DROP NOT NULL", "SET STATISTICS 10")


@pytest.mark.parametrize("seed", range(4))
def test_what_is_kept_changes_nothing(kept: Project, seed: int) -> None:
    dice = random.Random(seed)
    for _ in range(6):
        _edit(kept, dice)
        with_kept = _run(kept)  # what is of the run before, or of the edit before
        shutil.rmtree(kept.state / "codegen")
        assert _run(kept) == with_kept


def test_only_what_is_new_is_asked(kept: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(_asked(kept, monkeypatch)) > 10
    assert _asked(kept, monkeypatch) == []
    path = kept.queries / "shop" / "more.sql"
    path.write_text("-- A new file.\n\n-- name: more :many\nSELECT 1 AS one, :x::int AS x;\n")
    assert _asked(kept, monkeypatch) == ["SELECT 1 AS one, $1::int AS x"]
    (kept.schema / "zz.sql").write_text("CREATE TABLE shop.zz (id bigint PRIMARY KEY);\n")
    assert len(_asked(kept, monkeypatch)) > 10


class _Bomb:
    """Whoever unpickles it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.path,)


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "no pickle": lambda _: b"{",
    "cut": lambda data: data[: len(data) // 2],
    "of another database": lambda data: data.replace(b"strongroom_scratch", b"strongroom_scrotch"),
    "of something else": lambda _: pickle.dumps(["identity", {}]),
    "of no two": lambda _: pickle.dumps(7),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_file_is_written_again(
    kept: Project, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    first = _run(kept)
    path = kept.state / "codegen" / "found.pickle"
    path.write_bytes(BROKEN[broken](path.read_bytes()))
    assert len(_asked(kept, monkeypatch)) > 10
    assert _asked(kept, monkeypatch) == []
    assert _run(kept) == first


def test_a_file_that_would_run_something_is_not_read(kept: Project, tmp_path: Path) -> None:
    first = _run(kept)
    made = tmp_path / "made"
    (kept.state / "codegen" / "found.pickle").write_bytes(pickle.dumps(_Bomb(made)))
    assert _run(kept) == first
    for data in (b"cstrongroom_codegen.write\nPath\n.", b"cstrongroom_codegen.scratch\n_drop\n."):
        with pytest.raises(ValueError, match="not what was pickled"):
            unpickled(data)
    assert not made.exists()


def test_a_warning_is_said_again_where_the_query_now_stands(kept: Project) -> None:
    path = kept.queries / "shop" / "more.sql"
    text = "-- name: any_person :one\nSELECT p.name FROM shop.people AS p;\n"
    path.write_text(text, "utf-8")
    before = _run(kept)[1]
    assert "queries/shop/more.sql:1:1: warning" in before
    assert _run(kept)[1] == before
    path.write_text(f"-- A line above.\n\n{text}", "utf-8")
    assert "queries/shop/more.sql:3:1: warning" in _run(kept)[1]


def test_nothing_is_kept_of_a_database_that_is_dropped(
    project: Project, on_any_server: Server
) -> None:
    _run(project)
    assert not (project.state / "codegen").exists()


def test_what_the_server_refuses_stops_no_other(
    scratch_shop: Callable[[], psycopg.Connection[tuple[object, ...]]],
) -> None:
    """Errors stand between the others on their way."""
    texts = ["SELECT 1 AS a", "SELECT nope", "LISTEN x", "SELEC", "SELECT 1; SELECT 2", "SELECT 2"]
    texts += [f"SELECT {n} AS n, repeat('x', {n})" for n in range(120)]
    connection = scratch_shop()
    catalog = read_catalog(connection)
    found = dict(describe_each(connection, catalog, texts))
    assert list(found) == texts
    refused = [text for text, answer in found.items() if isinstance(answer, Refusal)]
    assert refused == ["SELECT nope", "SELEC", "SELECT 1; SELECT 2"]
    unanalysed = {t for t, a in found.items() if isinstance(a, Described) and a.query is None}
    assert unanalysed == {"LISTEN x"}
    with connection.transaction():
        accepted = [text for text in texts if text not in refused]
        again = dict(describe_each(connection, catalog, accepted))
        assert again == {t: found[t] for t in accepted}
        assert connection.execute("SELECT 7").fetchone() == (7,)
    rows = connection.execute("SELECT FROM pg_proc WHERE proname = 'strongroom_query'").fetchall()
    assert rows == []


def _stop_midway(coming: Generator[object, None, None]) -> None:
    with closing(coming):
        for done, _ in enumerate(coming):
            1 / (60 - done)


def test_who_stops_midway_gets_their_own_error(
    scratch_shop: Callable[[], psycopg.Connection[tuple[object, ...]]],
) -> None:
    """Answers that nobody read are no reason to hide it; the connection is of no use then."""
    connection = scratch_shop()
    catalog = read_catalog(connection)
    texts = [f"SELECT {n} AS n" for n in range(120)]
    with pytest.raises(ZeroDivisionError):
        _stop_midway(describe_each(connection, catalog, texts))
    assert connection.closed


@pytest.fixture
def scratch_shop(
    project: Project, on_server: Server
) -> Iterator[Callable[[], psycopg.Connection[tuple[object, ...]]]]:
    with scratch.scratch_database(project) as connection:
        yield lambda: connection
