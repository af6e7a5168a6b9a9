"""`strongroom generate`: writing all or nothing, --check, --emit json, exit codes."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from strongroom.project import Project
from strongroom.server import Server
from tests.python.codegen.command_line import NOWHERE, run

BROKEN = "-- name: broken :many\nSELECT p.nme FROM shop.people AS p;\n"


def _run(project: Project, *arguments: str, url: str = NOWHERE) -> subprocess.CompletedProcess[str]:
    return run(project.root, "generate", *arguments, url=url)


def _files(project: Project) -> dict[str, str]:
    return {
        p.relative_to(project.generated).as_posix(): p.read_text("utf-8")
        for p in project.generated.rglob("*")
        if p.is_file()
    }


@pytest.fixture
def generated(project: Project, any_server: Server) -> Project:
    """The shop, generated once."""
    done = _run(project, url=any_server.url())
    assert done.returncode == 0, done.stderr
    return project


def test_writes_the_whole_package(generated: Project) -> None:
    assert sorted(_files(generated)) == [
        "shop_db/__init__.py",
        "shop_db/aio/__init__.py",
        "shop_db/aio/shop/__init__.py",
        "shop_db/aio/shop/kinds.py",
        "shop_db/aio/shop/lots.py",
        "shop_db/aio/shop/offers.py",
        "shop_db/aio/shop/people.py",
        "shop_db/aio/shop/sales.py",
        "shop_db/py.typed",
        "shop_db/shared/__init__.py",
        "shop_db/shared/errors.py",
        "shop_db/shared/types.py",
        "shop_db/shop/__init__.py",
        "shop_db/shop/errors.py",
        "shop_db/shop/kinds.py",
        "shop_db/shop/lots.py",
        "shop_db/shop/offers.py",
        "shop_db/shop/people.py",
        "shop_db/shop/rows.py",
        "shop_db/shop/sales.py",
        "shop_db/shop/types.py",
        "shop_db/sources.txt",
    ]


def test_check_needs_no_database(generated: Project) -> None:
    done = _run(generated, "--check")
    assert (done.returncode, done.stdout) == (0, "generated files are up to date\n")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("queries/shop/people.sql", "queries/shop/people.sql: changed since"),
        ("schema/shop.sql", "the SQL of the schema: changed since"),
        ("docs/error-codes.md", "the error codes: changed since"),
        ("generated/shop_db/sources.txt", "shop_db/sources.txt: edited, or merged"),
        ("generated/shop_db/shop/rows.py", "shop_db/shop/rows.py: edited by hand"),
    ],
)
def test_check_sees_what_changed(generated: Project, name: str, said: str) -> None:
    path = generated.root / name
    path.parent.mkdir(exist_ok=True)
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(before + "\n-- changed\n", "utf-8")
    done = _run(generated, "--check")
    assert done.returncode == 4
    assert said in done.stderr
    assert "run: strongroom generate" in done.stderr


def test_check_sees_missing_and_left_over_files(generated: Project) -> None:
    package = generated.generated / "shop_db" / "shop"
    (package / "people.py").rename(package / "persons.py")
    done = _run(generated, "--check")
    assert done.returncode == 4
    assert "shop_db/shop/people.py: missing" in done.stderr
    assert "shop_db/shop/persons.py: left over" in done.stderr


def test_removes_what_is_generated_no_more(generated: Project, any_server: Server) -> None:
    (generated.queries / "shop" / "people.sql").unlink()
    own = generated.generated / "shop_db" / "shop" / "mine.py"
    own.write_text("# written by a person\n")
    done = _run(generated, url=any_server.url())
    assert done.returncode == 0, done.stderr
    assert "removed generated/shop_db/shop/people.py" in done.stdout
    assert "shop_db/shop/people.py" not in _files(generated)
    assert own.exists()
    assert _run(generated, "--check").returncode == 0


def test_a_failing_run_leaves_the_old_files(generated: Project, any_server: Server) -> None:
    before = _files(generated)
    (generated.queries / "shop" / "aaa.sql").write_text("-- name: fine :many\nSELECT 1 AS one;\n")
    (generated.queries / "shop" / "broken.sql").write_text(BROKEN)
    done = _run(generated, url=any_server.url())
    assert done.returncode == 1
    assert "queries/shop/broken.sql:2:8: error: column p.nme does not exist" in done.stderr
    assert "nothing was written" in done.stderr
    assert _files(generated) == before


def test_findings_are_printed_as_they_are(project: Project, any_server: Server) -> None:
    text = "-- name: broken :many\n-- :id = 'x'\nSELECT CAST(:id AS int) AS a;\n"
    (project.queries / "shop" / "broken.sql").write_text(text)
    done = _run(project, url=any_server.url())
    assert "the default of :id: invalid input syntax" in done.stderr


def test_findings_for_github(project: Project, any_server: Server) -> None:
    (project.queries / "shop" / "broken.sql").write_text(BROKEN)
    done = _run(project, "--format", "github", url=any_server.url())
    assert done.returncode == 1
    assert "::error file=queries/shop/broken.sql,line=2,col=8::column p.nme" in done.stderr


def test_a_reader_that_has_gone_is_no_error(project: Project, any_server: Server) -> None:
    """`strongroom generate | head` ends without a traceback."""
    shell = f"{shlex.quote(sys.executable)} -u -m strongroom generate | true"
    done = subprocess.run(
        ["bash", "-c", f"{shell}; echo ${{PIPESTATUS[0]}}"],
        cwd=project.root,
        env={**os.environ, "DATABASE_URL": any_server.url()},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("1", "")
    assert run(project.root, "generate", url=any_server.url()).returncode == 0


def test_emit_json_prints_the_model_and_nothing_else(project: Project, any_server: Server) -> None:
    done = _run(project, "--emit", "json", url=any_server.url())
    assert done.returncode == 0, done.stderr
    model = json.loads(done.stdout)
    assert sorted(model) == ["functions", "queries", "types"]
    queries = {query["name"]: query for query in model["queries"]}
    assert list(queries) == sorted(queries)
    bosses = queries["shop.bosses"]
    assert (bosses["kind"], bosses["file"], bosses["line"]) == (
        "many",
        "queries/shop/people.sql",
        65,
    )
    assert bosses["sql"].startswith("SELECT p.name, b.name AS boss")
    add = queries["shop.add_person"]
    assert [(p["name"], p["type"], p["nullable"]) for p in add["parameters"]] == [
        ("id", "bigint", False),
        ("name", "text", False),
        ("nick", "text", True),
        ("email", "shop.email", True),
        ("tags", "text[]", False),
    ]
    columns = {c["name"]: (c["type"], c["nullable"], c["reason"]) for c in add["columns"]}
    assert columns["nick"] == ("text", True, "shop.people.nick may be NULL")
    assert (add["reads"], add["writes"]) == (["shop.people"], ["shop.people"])
    assert queries["shop.gifts"]["reads"] == ["shop.gifts", "shop.people", "shop.sales"]
    assert {t["name"] for t in model["types"]} >= {"ItemsKind", "Label", "Person"}
    assert not project.generated.exists()


def test_explain_null(project: Project, any_server: Server) -> None:
    done = _run(project, "--explain-null", "shop.bosses", url=any_server.url())
    assert "boss  never NULL   @nonnull says so; inferred: an outer join" in done.stdout
    missing = _run(project, "--explain-null", "shop.boses", url=any_server.url())
    assert missing.returncode == 2
    assert "did you mean shop.bosses?" in missing.stderr


def test_unreachable_server(project: Project) -> None:
    done = _run(project)
    assert done.returncode == 9
    assert "no connection for the scratch database" in done.stderr


def test_a_server_that_refuses_is_not_to_be_started(project: Project, any_server: Server) -> None:
    done = _run(project, url=any_server.url(user="stranger"))
    assert done.returncode == 9
    assert 'role "stranger" does not exist' in done.stderr
    assert "check DATABASE_URL" in done.stderr
    assert "start it" not in done.stderr


def test_an_address_that_is_none_is_not_repeated(project: Project) -> None:
    done = _run(project, url="postgres:/me:secret@host")
    assert done.returncode == 2
    assert "DATABASE_URL is no address that PostgreSQL understands" in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--check"], ["--emit", "json"]])
def test_outside_of_any_project(tmp_path: Path, arguments: list[str]) -> None:
    done = run(tmp_path, "generate", *arguments)
    assert done.returncode == 2
    assert "there is no project in" in done.stdout + done.stderr


def test_a_new_query_leaves_the_files_of_others_alone(
    generated: Project, any_server: Server
) -> None:
    path = generated.queries / "shop" / "people.sql"
    more = "\n-- name: count_people :one\nSELECT count(*) AS people FROM shop.people;\n"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    done = _run(generated, url=any_server.url())
    assert done.returncode == 0, done.stderr
    assert [line for line in done.stdout.splitlines() if line.startswith("wrote")] == [
        "wrote generated/shop_db/aio/shop/people.py",
        "wrote generated/shop_db/shop/people.py",
        "wrote generated/shop_db/sources.txt",
    ]


def test_check_sees_a_file_of_an_older_run(generated: Project, any_server: Server) -> None:
    """A merge may take one side's file and the other side's sources."""
    module = generated.generated / "shop_db" / "shop" / "people.py"
    older = module.read_text("utf-8")
    path = generated.queries / "shop" / "people.sql"
    path.write_text(path.read_text("utf-8").replace(":many", ":maybe", 1), "utf-8")
    assert _run(generated, url=any_server.url()).returncode == 0
    module.write_text(older, "utf-8")
    done = _run(generated, "--check")
    assert done.returncode == 4
    assert "shop_db/sources.txt: edited, or merged" in done.stderr


def test_warnings_are_counted_in_the_closing_line(project: Project, any_server: Server) -> None:
    (project.queries / "shop" / "more.sql").write_text(
        "-- name: some_item :one\nSELECT i.title FROM shop.items AS i;\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "strongroom", "generate"],
        cwd=project.root,
        env={**os.environ, "DATABASE_URL": any_server.url(), "NO_COLOR": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    closing = done.stdout.splitlines()[-1]
    assert closing.endswith("0 removed, 1 warning (see above)")
    assert done.stdout.rindex("wrote ") < done.stdout.index("warning: ")


def test_files_that_are_not_loaded_are_named(project: Project, any_server: Server) -> None:
    (project.schema / "install.sql").write_text("\\ir shop.sql\n")
    (project.schema / "orders.sql").write_text("CREATE TABLE shop.orders (id bigint);\n")
    (project.queries / "shop" / "orders.sql").write_text(
        "-- name: get_orders :many\nSELECT o.id FROM shop.orders AS o;\n"
    )
    done = _run(project, url=any_server.url())
    assert done.returncode == 1
    assert "schema/install.sql does not include schema/orders.sql: add \\ir lines" in done.stderr
    views = "CREATE VIEW shop.open_orders AS SELECT o.id FROM shop.orders AS o;\n"
    (project.schema / "views.sql").write_text(views)
    (project.schema / "install.sql").write_text("\\ir shop.sql\n\\ir views.sql\n")
    done = _run(project, url=any_server.url())
    assert done.returncode == 1
    assert "schema/install.sql does not include schema/orders.sql" in done.stderr


def test_leaves_no_database_on_the_server_of_database_url(
    generated: Project, any_server: Server
) -> None:
    import psycopg

    with psycopg.connect(any_server.url()) as connection:
        names = connection.execute(
            "SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE 'strongroom_scratch%'"
        ).fetchall()
    family = {name for (name,) in names}
    from strongroom_codegen.scratch import _family

    assert not [name for name in family if name.startswith(_family(generated))]


@pytest.mark.slow
def test_generated_code_is_clean_for_mypy_and_ruff(generated: Project) -> None:
    repository = Path(__file__).parents[3]
    mypy = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "-p", "shop_db"],
        cwd=generated.generated,
        env={**os.environ, "MYPYPATH": str(repository)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (mypy.returncode, mypy.stdout) == (0, "")
    config = repository / "pyproject.toml"
    for command in (["check", "--no-cache"], ["format", "--check", "--no-cache"]):
        ruff = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--config", str(config), "."],
            cwd=generated.generated,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ruff.returncode == 0, ruff.stdout


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("[project\n", "pyproject.toml can't be read: Expected ']'", "it must be TOML"),
        ("[tool.strongroom]\nschema = 5\n", "schema of [tool.strongroom] can't be 5", "schema = "),
        (
            '[tool.strongroom]\nsearch_path = "public"\n',
            "search_path of [tool.strongroom] can't be 'public'",
            'search_path = ["public"]',
        ),
        ("[tool.strongroom]\nsearch_path = [1]\n", "can't be [1]", 'search_path = ["public"]'),
        ("[tool.strongroom]\ntypes = []\n", "types of [tool.strongroom] can't be []", "point ="),
        (
            '[project]\nname = "1-b"\n',
            '"1_b_db" can\'t be the name of a Python',
            'package = "my_db"',
        ),
        (
            '[tool.strongroom]\npackage = "class"\n',
            '"class" can\'t be the name',
            'package = "my_db"',
        ),
    ],
)
def test_settings_that_can_not_be_followed(tmp_path: Path, text: str, said: str, hint: str) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "pyproject.toml").write_text(text, "utf-8")
    for arguments in ((), ("--check",)):
        done = run(tmp_path, "generate", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert hint in done.stderr
        assert "Traceback" not in done.stderr


def test_one_is_no_plural_and_an_error_need_not_be_in_a_query(
    tmp_path: Path, any_server: Server
) -> None:
    for name, text in {
        "pyproject.toml": '[project]\nname = "one"\n',
        "schema/a.sql": "CREATE SCHEMA a;\n",
        "queries/a/b.sql": "-- name: c :one\nSELECT 1 AS d;\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    done = run(tmp_path, "generate", url=any_server.url())
    assert done.stdout.splitlines()[-1].startswith("1 query, "), done.stderr
    (tmp_path / "schema" / "a.sql").write_text("CREATE SCHEME a;\n", "utf-8")
    done = run(tmp_path, "generate", url=any_server.url())
    assert "schema/a.sql:1:8: error: syntax error" in done.stderr
    assert "error: 1 error; nothing was written" in done.stderr
