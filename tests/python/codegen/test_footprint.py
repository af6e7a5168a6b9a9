"""What queries read and write, column by column, and what breaks when one of them goes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from strongroom.project import Project
from strongroom.server import Server
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.emit import emit_json
from strongroom_codegen.impact import Impact, find_target, show
from strongroom_codegen.model import ProjectModel
from strongroom_codegen.pipeline import build_model, read_sources
from strongroom_codegen.policies import read_policies
from strongroom_codegen.scratch import scratch_database
from tests.python.codegen.command_line import run

CHECKS = Path(__file__).parent / "checks"
Golden = Callable[[Path, str], None]


def _model(project: Project) -> ProjectModel:
    diagnostics = Diagnostics()
    return build_model(project, read_sources(project, diagnostics), diagnostics)


def test_columns_of_every_query(annex: Project, on_server: Server, golden: Golden) -> None:
    """Star, whole row, system column, RETURNING, ON CONFLICT, MERGE, CTEs, views, functions."""
    lines = []
    for query in json.loads(emit_json(_model(annex)))["queries"]:
        lines.append(f"{query['name']}: reads {query['reads']}, writes {query['writes']}")
        for use in query["uses"]:
            through = "".join(f" <- {step}" for step in reversed(use["through"]))
            columns = ", ".join(use["columns"])
            lines.append(f"    {use['access']} {use['relation']} ({columns}){through}")
        lines += [f"    call {name}" for name in query["calls"]]
    golden(CHECKS / "footprint.text", "\n".join(lines) + "\n")


TARGETS = (
    "annex.books",
    "annex.books.copies",
    "annex.books.shelf",
    "annex.cards.number",
    "annex.loans.member_id",
    "annex.loans.returned_at",
    "annex.members.email",
    "annex.members.note",
    "annex.open_loans.title",
    "annex.shelves",
)


def test_what_a_change_touches(annex: Project, on_server: Server, golden: Golden) -> None:
    """Through views, functions, triggers and policies; a text that only mentions it is told."""
    with scratch_database(annex) as connection:
        catalog, policies = read_catalog(connection), read_policies(connection)
    model = _model(annex)
    texts = []
    for name in TARGETS:
        target = find_target(catalog, name)
        texts.append(show(target, Impact(catalog, target).touches(model, policies)))
    golden(CHECKS / "impact.text", "\n\n".join(texts) + "\n")


def _generate(project: Project, server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return run(project.root, "generate", *words, url=server.url())


def test_impact_as_json(annex: Project, any_server: Server) -> None:
    done = _generate(annex, any_server, "--impact", "annex.members.name", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["target"] == "annex.members.name"
    assert answer["touches"][0] == {
        "kind": "query",
        "name": "annex.forget",
        "access": "writes",
        "through": [],
        "file": "queries/annex/members.sql",
        "line": 8,
        "generated": "annex_db.annex.members.forget",
    }
    assert not annex.generated.exists()


def test_impact_takes_names_as_sql_writes_them(annex: Project, any_server: Server) -> None:
    plain = _generate(annex, any_server, "--impact", "annex.books.shelf")
    quoted = _generate(annex, any_server, "--impact", 'annex."books"."shelf"')
    assert quoted.stdout == plain.stdout != ""


@pytest.mark.parametrize(
    ("target", "message", "hint"),
    [
        ("annex.book", 'no table or view "annex.book"', "did you mean annex.books?"),
        ("annex.books.shelve", 'no column "shelve"', "did you mean shelf?"),
        ("books", 'no table or view "books"', "did you mean annex.books?"),
        ("annex.book.shelf", 'no table or view "annex.book"', "did you mean annex.books?"),
    ],
)
def test_impact_of_what_is_not_there(
    annex: Project, any_server: Server, target: str, message: str, hint: str
) -> None:
    done = _generate(annex, any_server, "--impact", target)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert hint in done.stderr


def test_json_alone_is_refused(annex: Project, any_server: Server) -> None:
    done = _generate(annex, any_server, "--json")
    assert done.returncode == 2
    assert "--json is for --impact" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--impact", "annex.books", "--grants", "annex"), "--impact and --grants can't be asked"),
        (("--emit", "json", "--explain-null", "annex.x"), "--emit and --explain-null can't"),
        (("--emit", "json", "--check"), "--check goes with --grants, not with --emit"),
        (("--impact", "annex.books", "--check"), "--check goes with --grants, not with --impact"),
        (("--impact", "annex.books", "--watch"), "--watch writes files"),
    ],
)
def test_two_questions_at_once_are_refused(
    annex: Project, any_server: Server, arguments: tuple[str, ...], message: str
) -> None:
    done = _generate(annex, any_server, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not annex.generated.exists()


def test_answers_come_without_warnings(annex: Project, any_server: Server) -> None:
    path = annex.queries / "annex" / "members.sql"
    path.write_text(
        f"{path.read_text('utf-8')}\n-- name: any_book :one\nSELECT b.id FROM annex.books AS b;\n"
    )
    for question in (("--impact", "annex.books"), ("--explain-null", "annex.any_book")):
        done = _generate(annex, any_server, *question)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "warning: no unique key" in _generate(annex, any_server, "--emit", "json").stderr
