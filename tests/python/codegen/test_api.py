"""Wrappers of functions and procedures: what is generated, and calls through real sessions."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest

from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom.session import UNSET, BadParameter, NoRow, Session, async_session, session
from strongroom_codegen.check import stale_files
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.emit import emit_json
from strongroom_codegen.model import ProjectModel
from strongroom_codegen.pipeline import build_model, read_sources, render_files
from strongroom_codegen.write import write

from .conftest import FIXTURES, scratch_on

HERE = Path(__file__).parent
Golden = Callable[[Path, str], None]


@pytest.fixture
def desk(tmp_path: Path) -> Project:
    """A copy of the desk, to be changed at will."""
    shutil.copytree(FIXTURES / "desk", tmp_path / "desk")
    return read_project(tmp_path / "desk")


def _model(project: Project) -> ProjectModel:
    diagnostics = Diagnostics()
    model = build_model(project, read_sources(project, diagnostics), diagnostics)
    assert not diagnostics.found, diagnostics.render()
    return model


def _generate(project: Project) -> dict[str, str]:
    sources = read_sources(project, Diagnostics())
    files = render_files(project, sources, _model(project))
    write(project, files)
    return files


@pytest.fixture
def package(
    desk: Project, on_server: Server, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ModuleType]:
    """The generated package of the desk, imported."""
    _generate(desk)
    monkeypatch.syspath_prepend(desk.generated)
    yield importlib.import_module("desk_db.desk")
    for name in [name for name in sys.modules if name.partition(".")[0] == "desk_db"]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def database(server: Server) -> Iterator[psycopg.Connection[Any]]:
    with scratch_on(server, FIXTURES / "desk") as connection:
        yield connection


@pytest.fixture
def db(database: psycopg.Connection[Any]) -> Iterator[Session]:
    """A plain session in a transaction that is rolled back."""
    with database.transaction(force_rollback=True):
        database.execute("SET LOCAL search_path = ''")
        with session(database, app=None) as db:
            yield db


def test_same_bytes_on_every_server(desk: Project, on_server: Server, golden: Golden) -> None:
    for path, text in _generate(desk).items():
        if path.startswith("desk_db/desk/") or path == "desk_db/aio/desk/jobs.py":
            golden(HERE / "golden_api" / f"{path.removeprefix('desk_db/')}.golden", text)


def test_generated_wrappers_are_clean_for_mypy(desk: Project, on_any_server: Server) -> None:
    _generate(desk)
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "-p", "desk_db"]
    done = subprocess.run(
        command, cwd=desk.generated, capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_arguments_left_out_keep_the_default_of_the_database(
    package: ModuleType, db: Session, database: psycopg.Connection[Any]
) -> None:
    tickets = package.tickets
    first = tickets.open_ticket(db, title="a")
    assert (first.note, first.priority, first.tags) == (None, 3, ["new"])
    second = tickets.open_ticket(db, title="b", note=None, tags=["x"], priority=1)
    assert (second.note, second.priority, second.tags) == (None, 1, ["x"])
    database.execute("DROP FUNCTION desk.bump(integer, integer)")
    database.execute(
        "CREATE FUNCTION desk.bump(INOUT p_value integer, p_by integer DEFAULT 100)"
        " LANGUAGE sql RETURN p_value + p_by"
    )
    assert package.texts.bump(db, value=1) == 101
    assert package.texts.bump(db, value=1, by=UNSET) == 101
    assert package.texts.bump(db, value=1, by=2) == 3
    assert package.texts.many_defaults(db, a=0, b=0, c=0, i=0) == "0 0 0 4 5 6 7 8 0 10"


def test_rows_sets_and_single_values(package: ModuleType, db: Session) -> None:
    tickets = package.tickets
    one = tickets.open_ticket(db, title="one")
    assert tickets.titles(db) == ["one"]
    assert tickets.search(db, text="two") == []
    assert tickets.search(db, text=None, limit=1) == [package.rows.SearchRow(one.id, "one", None)]
    assert tickets.find_by_id(db, key=one.id) == one
    assert tickets.find_by_id(db, key=0) is None
    assert tickets.find_by_title(db, key="one") == one
    with pytest.raises(NoRow):
        tickets.find_by_title(db, key="two")
    assert tickets.summary(db) == package.rows.SummaryRow(1, "one")
    closed = tickets.close_ticket(db, id=one.id)
    assert (closed.title, closed.closed_at.tzinfo) == ("one", UTC)
    assert tickets.close_ticket(db, id=0) is None
    assert package.texts.odd(db, The_Arg=4, select="xyz") == [12]
    assert package.texts.words(db, arg1="a b", arg2=2) == 4


def test_sets_are_streamed(package: ModuleType, db: Session) -> None:
    """More rows than one fetch brings, with and without the argument that has a default."""
    with package.texts.numbers(db) as rows:
        assert list(rows) == [1, 2, 3]
    with package.texts.numbers(db, n=5) as rows:
        assert list(rows) == [1, 2, 3, 4, 5]


def test_void_and_errors_of_functions(package: ModuleType, db: Session) -> None:
    with pytest.deprecated_call(match="close it"):
        assert package.tickets.forget(db, class_=0) is None
    with pytest.raises(package.errors.TicketUnknown), pytest.deprecated_call():
        package.tickets.forget(db, class_=0, strictly=True)


def test_procedures(package: ModuleType, db: Session) -> None:
    ticket = package.tickets.open_ticket(db, title="old")
    package.tickets.close_ticket(db, id=ticket.id)
    later = datetime.now(UTC) + timedelta(days=1)
    assert package.jobs.archive(db, before=later - timedelta(days=2), done=7).p_done == 7
    package.jobs.reopen(db, id=ticket.id)
    assert package.jobs.archive(db, before=later).p_done == 0
    package.tickets.close_ticket(db, id=ticket.id)
    assert package.jobs.archive(db, before=later) == package.rows.ArchiveRow("old", 1)


def test_variadic_takes_any_iterable_but_no_string(package: ModuleType, db: Session) -> None:
    assert package.texts.total(db) == 0
    assert package.texts.total(db, numbers=(n for n in range(4))) == 6
    ticket = package.tickets.open_ticket(db, title="t", tags=["a"])
    assert package.tickets.label(db, id=ticket.id, keep=True, tags={"b"}) == ["a", "b"]
    assert package.tickets.label(db, id=0, keep=True, tags=[]) is None
    with pytest.raises(BadParameter, match="not one string"):
        package.tickets.label(db, id=ticket.id, keep=False, tags="abc")


def test_awaited_wrappers_do_the_same(
    package: ModuleType, database: psycopg.Connection[Any], server: Server
) -> None:
    tickets = importlib.import_module("desk_db.aio.desk.tickets")
    jobs = importlib.import_module("desk_db.aio.desk.jobs")

    async def play() -> tuple[object, ...]:
        connection = await psycopg.AsyncConnection.connect(
            server.url(database.info.dbname), autocommit=True
        )
        async with connection, async_session(connection, app=None) as db:
            ticket = await tickets.open_ticket(db, title="async", tags=["x"])
            closed = await tickets.close_ticket(db, id=ticket.id)
            done = await jobs.archive(db, before=closed.closed_at + timedelta(days=1), done=5)
            return ticket.tags, closed.title, done.p_done, await tickets.titles(db)

    assert asyncio.run(play()) == (["x"], "async", 6, [])


def test_signatures(package: ModuleType) -> None:
    assert str(inspect.signature(package.tickets.open_ticket)) == (
        "(db: 'Session', *, title: 'str', note: 'str | Unset | None' = UNSET,"
        " priority: 'int | Unset' = UNSET, tags: 'list[str] | Unset' = UNSET) -> 'Ticket'"
    )
    assert "title: what it is about, unique" in package.tickets.open_ticket.__doc__


def test_model_for_other_tools(desk: Project, on_any_server: Server) -> None:
    document = json.loads(emit_json(_model(desk)))
    assert [query["name"] for query in document["queries"]] == ["desk.list_tickets"]
    functions = {entry["function"]: entry for entry in document["functions"]}
    assert functions["desk.find(text)"]["name"] == "desk.find_by_title"
    search = functions["desk.search(text, integer)"]
    assert [(p["name"], p["optional"], p["nullable"]) for p in search["parameters"]] == [
        ("text", True, True),
        ("limit", True, False),
    ]
    assert [c["nullable"] for c in search["columns"]] == [False, False, True]


def test_check_knows_modules_of_functions_and_sees_their_changes(
    desk: Project, on_any_server: Server
) -> None:
    def stale() -> list[str]:
        sources = read_sources(desk, Diagnostics())
        return stale_files(desk, sources.found, sources.registry)

    _generate(desk)
    assert stale() == []
    jobs = desk.generated / "desk_db/desk/jobs.py"
    jobs.rename(jobs.with_name("works.py"))
    assert stale() == ["desk_db/desk/jobs.py: missing", "desk_db/desk/works.py: left over"]
    jobs.with_name("works.py").rename(jobs)
    function = desk.functions / "desk" / "titles.sql"
    function.write_text(function.read_text("utf-8") + "-- changed\n")
    assert stale() == ["the SQL of the schema: changed since"]
    for path in (desk.functions / "desk").glob("*.sql"):
        if "@api jobs" in path.read_text("utf-8"):
            path.unlink()
    _generate(desk)
    assert not jobs.exists()
    assert stale() == []


@pytest.mark.parametrize("path", sorted((HERE / "errors_api").glob("*.sql")), ids=lambda p: p.stem)
def test_errors_say_where_and_what_to_do(
    desk: Project, on_server: Server, golden: Golden, path: Path
) -> None:
    """On every server, for what a catalogue holds could differ."""
    (desk.functions / "desk" / path.name).write_text(path.read_text("utf-8"), "utf-8")
    diagnostics = Diagnostics()
    with pytest.raises(QueryError) as raised:
        build_model(desk, read_sources(desk, diagnostics), diagnostics)
    assert raised.value.diagnostics is diagnostics, raised.value.diagnostics.render()
    golden(path.with_suffix(".text"), diagnostics.render() + "\n")


@pytest.fixture
def vault(tmp_path: Path) -> Project:
    """A project with roles of its own, which stay on the server."""
    for folder in ("schema", "functions/vault", "queries"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "vault"\n')
    (tmp_path / "schema" / "vault.sql").write_text(_ROLES)
    return read_project(tmp_path)


def test_the_role_is_one_that_may_execute(vault: Project, on_server: Server) -> None:
    """No grant, no wrapper; the first role that has one is the session's."""

    def role_of(grants: str) -> str:
        (vault.functions / "vault" / "open.sql").write_text(_OPEN + grants, "utf-8")
        (app,) = _model(vault).apps
        return app.subjects[0].queries[0].role

    execute = "GRANT EXECUTE ON FUNCTION vault.open() TO"
    assert role_of(f"{execute} vault_app, vault_worker;") == "app"
    assert role_of(f"{execute} vault_worker;") == "worker"
    worker = "COMMENT ON FUNCTION vault.open() IS '@role worker\n@api doors :one';"
    assert role_of(f"{execute} vault_app, vault_worker; {worker}") == "worker"
    # Roles of that name which have nothing to do with this schema count for nothing.
    assert role_of("REVOKE USAGE ON SCHEMA vault FROM vault_app, vault_worker;") == "app"


@pytest.mark.parametrize(
    ("grants", "said"),
    [
        (
            "",
            (
                "no role of the app may execute vault.open() (looked at: vault_app, vault_worker)",
                "GRANT EXECUTE ON FUNCTION vault.open() TO vault_app;",
            ),
        ),
        (
            "GRANT EXECUTE ON FUNCTION vault.open() TO vault_worker;"
            "COMMENT ON FUNCTION vault.open() IS '@role app\n@api doors :one';",
            (
                "vault_app may not execute vault.open()",
                "GRANT EXECUTE ON FUNCTION vault.open() TO vault_app;",
            ),
        ),
        (
            "GRANT EXECUTE ON FUNCTION vault.open() TO vault_app;"
            "REVOKE USAGE ON SCHEMA vault FROM vault_app;",
            (
                "no role of the app may execute vault.open() (looked at: vault_app, vault_worker)",
                "GRANT USAGE ON SCHEMA vault TO vault_app;",
            ),
        ),
    ],
)
def test_a_missing_grant_is_an_error(
    vault: Project, on_any_server: Server, grants: str, said: tuple[str, str]
) -> None:
    (vault.functions / "vault" / "open.sql").write_text(_OPEN + grants, "utf-8")
    diagnostics = Diagnostics()
    with pytest.raises(QueryError):
        build_model(vault, read_sources(vault, diagnostics), diagnostics)
    assert [(d.message, d.hint) for d in diagnostics.found] == [said]


# Roles belong to the whole server: other tests may make them at the same moment.
_ROLES = """
DO $do$
DECLARE
    v_role text;
BEGIN
    FOREACH v_role IN ARRAY ARRAY['vault_app', 'vault_worker'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I', v_role);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
END;
$do$;
CREATE SCHEMA vault;
GRANT USAGE ON SCHEMA vault TO vault_app, vault_worker;
"""
_OPEN = """
CREATE FUNCTION vault.open() RETURNS integer LANGUAGE sql RETURN 1;
COMMENT ON FUNCTION vault.open() IS '@api doors :one';
REVOKE EXECUTE ON FUNCTION vault.open() FROM public;
"""
