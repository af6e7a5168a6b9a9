"""`strongroom lint queries`: each rule has a query that breaks it and a near twin that doesn't."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from strongroom.errors import UsageError
from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.lint.command import report
from strongroom_codegen.lint.rules import RULES
from strongroom_codegen.lint.run import Checked, check_queries
from tests.python.codegen.command_line import run
from tests.python.codegen.conftest import FIXTURES

CHECKS = Path(__file__).parent / "checks"
Golden = Callable[[Path, str], None]


def _check(project: Project) -> Checked:
    return check_queries(project, Diagnostics(), lambda done, total: None)


@pytest.fixture(scope="module")
def depot(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checked]:
    """What is found in the depot, once for each server."""
    root = tmp_path_factory.mktemp("depot") / "depot"
    shutil.copytree(FIXTURES / "depot", root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.url())
        yield _check(read_project(root))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A copy of the depot without queries."""
    root = tmp_path / "depot"
    shutil.copytree(FIXTURES / "depot", root)
    (root / "queries" / "depot" / "checks.sql").unlink()
    return read_project(root)


def _query(project: Project, text: str) -> None:
    (project.queries / "depot" / "own.sql").write_text(text, "utf-8")


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_and_its_twin(depot: Checked, rule: str) -> None:
    found: dict[str, set[str]] = {name.partition(".")[2]: set() for name in depot.places}
    for finding in depot.findings:
        found[finding.query.name].add(finding.rule)
    name = rule.replace("-", "_")
    assert found[name] == {rule}
    assert found[f"{name}_twin"] == set()


def test_what_is_said(depot: Checked, golden: Golden) -> None:
    """The same on every server, to the letter."""
    golden(CHECKS / "lint.text", report(depot, "text") + "\n")
    golden(CHECKS / "lint.github", report(depot, "github") + "\n")


def test_lines_that_ignore(project: Project, on_any_server: Server, golden: Golden) -> None:
    """With a reason a finding is gone; without, or with nothing to ignore, it is an error."""
    star = "SELECT t.* FROM depot.towns AS t;\n"
    _query(project, f"-- name: a :many\n-- @lint ignore select-star shown as it is\n{star}")
    assert _check(project).findings == []
    lines = [
        "ignore select-star",
        "ignore selectstar because",
        "ignore offset because",
        "accept select-star because",
        "ignore",
    ]
    text = "".join(f"-- name: q{n} :many\n-- @lint {line}\n{star}" for n, line in enumerate(lines))
    _query(project, text)
    diagnostics = Diagnostics()
    with pytest.raises(QueryError):
        check_queries(project, diagnostics, lambda done, total: None)
    golden(CHECKS / "lint-ignores.text", diagnostics.render() + "\n")


API = """
CREATE FUNCTION depot.skipped(many bigint) RETURNS TABLE (id bigint, name text)
LANGUAGE sql STABLE
AS $$ SELECT t.id, t.name FROM depot.towns AS t ORDER BY t.id LIMIT 5 OFFSET many $$;
COMMENT ON FUNCTION depot.skipped IS '@api calls :many';

CREATE FUNCTION depot.events_of(parcel bigint) RETURNS SETOF depot.events
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.* FROM depot.events AS e WHERE e.parcel_id = parcel LIMIT 10;
END;
COMMENT ON FUNCTION depot.events_of IS '@api calls :many';

CREATE FUNCTION depot.everything() RETURNS SETOF bigint
LANGUAGE sql STABLE
AS $$ SELECT e.id FROM depot.events AS e $$;
COMMENT ON FUNCTION depot.everything IS '@api calls :many
@lint ignore unbounded-many an export
@lint ignore seq-scan an export';

CREATE FUNCTION depot.all_secrets() RETURNS SETOF depot.secrets LANGUAGE sql STABLE
AS $$ SELECT s.* FROM depot.secrets AS s LIMIT 3 $$;
COMMENT ON FUNCTION depot.all_secrets IS '@api calls :many';

CREATE FUNCTION depot.town(number bigint) RETURNS text
LANGUAGE sql STABLE
RETURN (SELECT t.name FROM depot.towns AS t WHERE t.id = number);
COMMENT ON FUNCTION depot.town IS '@api calls :one';
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA depot TO depot_app;
"""


def test_wrappers_of_functions_are_checked(project: Project, on_any_server: Server) -> None:
    """By the plan of what PostgreSQL inlines, and by the bodies of functions in SQL."""
    (project.schema / "more.sql").write_text(API, "utf-8")
    found = {(f.query.name, f.rule, f.query.file) for f in _check(project).findings}
    assert found == {
        ("skipped", "offset", "schema/more.sql"),
        ("events_of", "missing-index", "schema/more.sql"),
        ("all_secrets", "denied", "schema/more.sql"),
    }


def test_sizes_are_numbers(project: Project, on_any_server: Server) -> None:
    _query(project, "-- name: a :one\nSELECT 1 AS one;\n")
    more = "COMMENT ON TABLE depot.rates IS '@rows many';\n"
    (project.schema / "more.sql").write_text(more, "utf-8")
    diagnostics = Diagnostics()
    with pytest.raises(QueryError):
        check_queries(project, diagnostics, lambda done, total: None)
    (found,) = diagnostics.found
    assert found.message == "depot.rates: @rows many is no number of rows"
    assert str(found.place) == "schema/more.sql:1:34"
    assert found.hint
    assert "@rows 10M" in found.hint


def test_a_table_without_a_size_is_no_large_one(project: Project, on_any_server: Server) -> None:
    more = "CREATE TABLE depot.plain (id bigint);\nGRANT SELECT ON depot.plain TO depot_app;\n"
    (project.schema / "more.sql").write_text(more, "utf-8")
    _query(project, "-- name: a :many\nSELECT p.id FROM depot.plain AS p LIMIT 9;\n")
    assert _check(project).findings == []
    _query(project, "-- name: a :many\nSELECT p.id FROM depot.plain AS p;\n")
    (found,) = _check(project).findings
    assert (found.rule, "10,000 declared" in found.why) == ("unbounded-many", True)


def test_a_role_that_does_not_exist_is_told(project: Project, on_any_server: Server) -> None:
    _query(project, "-- name: a :one\n-- @role analyst\nSELECT count(*) AS n FROM depot.events;\n")
    checked = _check(project)
    assert checked.unbound == ("depot_analyst",)
    assert [finding.rule for finding in checked.findings] == ["seq-scan"]


def test_only_a_superuser_can_set_sizes(
    project: Project, any_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    _query(project, "-- name: a :one\nSELECT 1 AS one;\n")
    name = f"lint_nobody_{os.getpid()}"
    with psycopg.connect(any_server.url(), autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {name} LOGIN CREATEDB CREATEROLE")
        try:
            monkeypatch.setenv("DATABASE_URL", any_server.url(user=name))
            with pytest.raises(UsageError) as raised:
                _check(project)
        finally:
            admin.execute(f"DROP OWNED BY {name}")
            admin.execute(f"DROP ROLE {name}")
    assert f'can\'t be set as "{name}"' in raised.value.message
    assert "only a superuser may" in (raised.value.hint or "")


def _lint(project: Project, server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return run(project.root, "lint", "queries", *words, url=server.url())


def test_the_command(project: Project, any_server: Server) -> None:
    """Exit code 0 without and 7 with findings; --json and --format."""
    _query(project, "-- name: a :many\nSELECT t.id FROM depot.towns AS t;\n")
    clean = _lint(project, any_server)
    assert (clean.returncode, clean.stderr) == (0, "")
    assert clean.stdout == "1 query in 1 variant: nothing found\n"
    _query(project, "-- name: a :many\nSELECT t.* FROM depot.towns AS t;\n")
    found = _lint(project, any_server)
    assert found.returncode == 7
    assert "queries/depot/own.sql:1:1: error: select-star: " in found.stdout
    assert "1 finding in 1 query in 1 variant: select-star" in found.stderr
    github = _lint(project, any_server, "--format", "github")
    assert github.stdout.startswith("::error file=queries/depot/own.sql,line=1,col=1::select-star")
    answer = json.loads(_lint(project, any_server, "--json").stdout)
    assert answer["exit_code"] == 7
    assert (answer["queries"], answer["variants"]) == (1, 1)
    assert answer["findings"][0]["rule"] == "select-star"
    assert _lint(project, any_server, "--format", "xml").returncode == 2


def test_the_queries_of_this_repository_are_clean(on_any_server: Server) -> None:
    repository = read_project(Path(__file__).parents[3])
    assert report(_check(repository), "text") == ""
