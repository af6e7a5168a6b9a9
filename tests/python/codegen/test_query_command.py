"""`strongroom query print | run` and `strongroom new query`, as people call them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from strongroom.project import Project
from tests.python.codegen.command_line import NOWHERE, run
from tests.python.fix_databases import Database

ROOT = Path(__file__).parents[3]
BALANCE = """\
BEGIN;
{identity};
PREPARE "tarot.get_balance" AS
{sql};
EXECUTE "tarot.get_balance";
ROLLBACK;
"""


def _strongroom(
    *arguments: str, folder: Path = ROOT, url: str = NOWHERE
) -> subprocess.CompletedProcess[str]:
    return run(folder, *arguments, url=url)


def test_print_shows_what_is_sent() -> None:
    from strongroom.session.identity import SET_IDENTITY
    from strongroom_db.tarot.credits import GET_BALANCE

    done = _strongroom("query", "print", "tarot.get_balance", "--as", "42")
    identity = SET_IDENTITY.decode()
    for number, value in enumerate(("tarot", "42", "", "", "tarot_app"), 1):
        identity = identity.replace(f"${number}", f"'{value}'")
    assert done.stdout == BALANCE.format(identity=identity, sql=GET_BALANCE.sql)


@pytest.mark.parametrize(
    ("arguments", "execute"),
    [
        (["limit=5"], "('6')"),
        (["spread_type=it's"], "('it''s', '21')"),
        (["spread_type="], "('', '21')"),
        (["spread_type=a=b"], "('a=b', '21')"),
        (["--null", "spread_type"], "(NULL, '21')"),
        (["spread_type=NULL"], "('NULL', '21')"),
    ],
)
def test_values_are_written_as_sql(arguments: list[str], execute: str) -> None:
    done = _strongroom("query", "print", "tarot.list_readings", "--as", "42", *arguments)
    assert f'EXECUTE "tarot.list_readings" {execute};\n' in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["tarot.get_balence", "--as", "1"], "did you mean get_balance?"),
        (["tarrot.get_balance"], "there is no generated app"),
        (["get_balance"], "there is no generated app"),
        (["tarot.get_balance"], "acts for a user, and none is named"),
        (["tarot.get_balance", "--as", "01"], "--as: user_id as text"),
        (["tarot.get_reading", "--as", "1"], "needs reading_id"),
        (["tarot.get_balance", "--as", "1", "x=1"], "no argument x"),
        (["tarot.get_balance", "--as", "1", "nonsense"], "written NAME=VALUE"),
        (["tarot.get_reading", "--as", "1", "reading_id=1", "reading_id=2"], "given twice"),
        (["tarot.list_readings", "--as", "1", "limit=many"], "limit is a whole number"),
        (["tarot.list_readings", "--as", "1", "after=abc"], "not one of its page tokens"),
    ],
)
def test_arguments_that_can_not_be_followed(arguments: list[str], said: str) -> None:
    done = _strongroom("query", "print", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_an_order_that_there_is_not() -> None:
    folder = ROOT / "examples" / "bike_rental"
    done = _strongroom("query", "print", "bikes.find_bikes", "sort=newst", folder=folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no order newst" in done.stderr
    assert "did you mean newest?" in done.stderr


@pytest.fixture
def tarot(any_database: Database) -> Database:
    with any_database.admin() as admin:
        admin.execute("INSERT INTO tarot.users (telegram_id, username) VALUES (77, 'anna')")
    return any_database


def _user(database: Database) -> tuple[str, str | None]:
    with database.admin() as admin:
        row = admin.execute("SELECT id::text, username FROM tarot.users").fetchone()
    assert row is not None
    return row[0], row[1]


def test_run_shows_rows(tarot: Database) -> None:
    user, _ = _user(tarot)
    done = _strongroom("query", "run", "tarot.get_user", "--as", user, url=tarot.url())
    head, rule, row, status = done.stdout.splitlines()
    assert (rule.strip("-+ |"), status) == ("", "SELECT 1")
    assert "username" in head
    assert "anna" in row
    assert "NULL" in row
    done = _strongroom("query", "run", "tarot.get_user", "--as", user, "--json", url=tarot.url())
    document = json.loads(done.stdout)
    shown = dict(zip(document["columns"], document["rows"][0], strict=True))
    assert (shown["username"], shown["telegram_id"]) == ("anna", 77)
    assert (document["query"], document["committed"]) == ("tarot.get_user", False)


def test_run_shows_nobody_elses_rows(tarot: Database) -> None:
    done = _strongroom("query", "run", "tarot.get_user", "--as", "999", url=tarot.url())
    assert done.stdout.splitlines()[-1] == "SELECT 0"


def test_run_keeps_nothing_unless_told_to(tarot: Database) -> None:
    user, name = _user(tarot)
    call = ("query", "run", "tarot.set_username", "--as", user)
    done = _strongroom(*call, "username=NULL", url=tarot.url())
    assert (done.returncode, done.stdout) == (0, "UPDATE 1\n")
    assert "rolled back; --commit keeps" in done.stderr
    assert _user(tarot) == (user, name)
    _strongroom(*call, "username=NULL", "--commit", url=tarot.url())
    assert _user(tarot) == (user, "NULL")
    done = _strongroom(*call, "--null", "username", "--commit", url=tarot.url())
    assert (done.stdout, done.stderr) == ("UPDATE 1\n", "")
    assert _user(tarot) == (user, None)


def test_what_the_server_refuses_is_said_without_the_row(tarot: Database) -> None:
    user, _ = _user(tarot)
    call = ("query", "run", "tarot.get_reading", "--as", user, "reading_id=x1", "--json")
    done = _strongroom(*call, url=tarot.url())
    assert done.returncode == 1
    assert 'invalid input syntax for type bigint: "x1" (SQLSTATE 22P02)' in done.stderr
    assert json.loads(done.stdout)["exit_code"] == 1
    assert _strongroom(*call).returncode == 9


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("queries", "schema", "functions", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_new_queries_can_be_generated(copied: Path, any_database: Database) -> None:
    kinds = ("one", "maybe", "many", "page", "stream", "exec", "rowcount", "batch", "bulk")
    for kind in kinds:
        done = _strongroom("new", "query", f"tarot.my_{kind}_reading", f":{kind}", folder=copied)
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith("wrote queries/tarot/readings.sql:")
    text = (copied / "queries" / "tarot" / "readings.sql").read_text("utf-8")
    assert text.count("t.user_id = kernel.user_bigint()") == len(kinds)
    assert text.startswith((ROOT / "queries" / "tarot" / "readings.sql").read_text("utf-8"))
    done = _strongroom("generate", folder=copied, url=any_database.url(user="postgres"))
    assert done.returncode == 0, done.stderr


def test_new_query_in_a_new_file(project: Project) -> None:
    done = _strongroom("new", "query", "shop.best", "--subject", "hits", folder=project.root)
    assert done.stdout == "wrote queries/shop/hits.sql:1\n"
    assert (project.queries / "shop" / "hits.sql").read_text("utf-8") == (
        "-- name: best :many\n-- What it is for, in one sentence.\n"
        "SELECT t.id\nFROM shop.hits AS t\nORDER BY t.id;\n"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["shop.bosses"], "shop.bosses exists already: queries/shop/people.sql:65:1"),
        (["shop.Bosses"], "can't be the name of a query"),
        (["shop.class"], "can't be the name of a query"),
        (["shop.more", ":mony"], "did you mean :many?"),
        (["sho.more"], "did you mean shop?"),
        (["more"], "names no query"),
    ],
)
def test_new_query_refuses(project: Project, arguments: list[str], said: str) -> None:
    before = {p: p.read_text("utf-8") for p in project.queries.rglob("*.sql")}
    done = _strongroom("new", "query", *arguments, "--subject", "people", folder=project.root)
    assert done.returncode == 2
    assert said in done.stderr
    assert {p: p.read_text("utf-8") for p in project.queries.rglob("*.sql")} == before


def test_a_new_copy_is_one_for_the_worker(project: Project) -> None:
    words = ("new", "query", "shop.load_people", ":copy", "--subject", "people")
    assert _strongroom(*words, folder=project.root).returncode == 0
    text = (project.queries / "shop" / "people.sql").read_text("utf-8")
    assert text.endswith("-- @role worker\nCOPY shop.people (id) FROM STDIN;\n")


def test_new_query_asks_for_the_file(project: Project) -> None:
    (project.schema / "shop").mkdir()
    (project.schema / "shop" / "1_tables.sql").write_text("-- No module can have this name.\n")
    done = _strongroom("new", "query", "shop.thing", folder=project.root)
    assert done.returncode == 2
    subjects = sorted(path.stem for path in (project.queries / "shop").glob("*.sql"))
    assert f"add --subject and one of {', '.join(subjects)}\n" in done.stderr


UTILITY = {
    "schema/yard.sql": """\
CREATE SCHEMA yard;
CREATE TYPE yard.size AS ENUM ('small', 'it''s big');
CREATE PROCEDURE yard.ship(p_id integer, p_size yard.size, INOUT p_note text, OUT p_next integer)
LANGUAGE plpgsql AS $$
BEGIN
    p_note := coalesce(p_note, 'none') || '-' || p_size;
    p_next := p_id + 1;
END $$;
COMMENT ON PROCEDURE yard.ship IS '@api yard :one';
""",
    "queries/yard/yard.sql": """\
-- name: plan :many
EXPLAIN (COSTS off) SELECT o.oid FROM pg_catalog.pg_class AS o WHERE o.relname = :name;

-- name: zone :one
SHOW search_path;

-- name: both :one
(SELECT 1 AS a UNION SELECT CAST(:a AS integer)) LIMIT 1;
""",
    "pyproject.toml": '[project]\nname = "yard"\n',
}


def test_what_prepare_does_not_take_has_its_values_written_out(
    tmp_path: Path, empty_database: Database
) -> None:
    for name, text in UTILITY.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    url = empty_database.url(user="postgres")
    assert _strongroom("generate", folder=tmp_path, url=url).returncode == 0
    with empty_database.admin() as admin:
        admin.execute(UTILITY["schema/yard.sql"].encode())
    size, shown = "it's big", {}
    for call in (
        ("yard.ship", "id=4", f"size={size}", "--null", "note"),
        ("yard.plan", "name=x"),
        ("yard.zone",),
        ("yard.both", "a=1"),
    ):
        printed = _strongroom("query", "print", *call, folder=tmp_path, url=url)
        with empty_database.admin() as admin:
            for result in admin.execute(printed.stdout.encode()).results():
                if result.description:
                    shown[call[0]] = result.fetchall()
        done = _strongroom("query", "run", "--json", *call, folder=tmp_path, url=url)
        rows = [tuple(row) for row in json.loads(done.stdout)["rows"]]
        assert (done.returncode, rows) == (0, shown[call[0]]), done.stderr
    assert shown["yard.ship"] == [("none-it's big", 5)]
    assert "Index Cond: (relname = 'x'::name)" in str(shown["yard.plan"])
    assert shown["yard.both"] == [(1,)]
