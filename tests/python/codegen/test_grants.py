"""The least grants: with them each query runs, and without any one of them some query doesn't."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import errors

from strongroom.project import Project
from strongroom.server import Server
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.grant_facts import GrantFacts, read_grant_facts
from strongroom_codegen.grants import Needs, roles_of, script
from strongroom_codegen.model import QueryModel
from strongroom_codegen.pipeline import build_model, read_sources
from strongroom_codegen.scratch import scratch_database
from tests.python.codegen.command_line import run

CHECKS = Path(__file__).parent / "checks"
Golden = Callable[[Path, str], None]
Connection = psycopg.Connection[Any]
VALUES = {
    "bigint": "1",
    "integer": "1",
    "text": "shelf",
    "timestamp with time zone": "2026-01-01",
    "bigint[]": "{1}",
}
ROWS = """
INSERT INTO annex.members (id, name, email) VALUES (1, 'Ada', 'a@b');
INSERT INTO annex.books (title, shelf) VALUES ('Notes', 'shelf');
INSERT INTO annex.loans (member_id, book_id) VALUES (1, 1);
SET annex.member = '1';
"""


@contextmanager
def _roles(project: Project) -> Iterator[tuple[Connection, GrantFacts, dict[str, Any]]]:
    diagnostics = Diagnostics()
    model = build_model(project, read_sources(project, diagnostics), diagnostics)
    queries = [q for app in model.apps for s in app.subjects for q in s.queries]
    with scratch_database(project) as connection:
        facts = read_grant_facts(connection, read_catalog(connection))
        found = {}
        for role, own in roles_of(queries):
            needs = Needs(facts, role)
            for query in own:
                needs.query(query)
            found[role] = (needs, own)
        yield connection, facts, found


def _denied(connection: Connection, role: str, queries: list[QueryModel]) -> set[str]:
    """The queries that the role may not run as they stand."""
    found = set()
    for query in queries:
        for variant in query.variants:
            values = ", ".join(f"'{VALUES[name]}'" for name in variant.pg_types)
            types = ", ".join(variant.pg_types)
            head = f"({types})" if types else ""
            connection.execute("DEALLOCATE ALL")
            with connection.transaction(force_rollback=True):
                connection.execute(f"SET LOCAL ROLE {role}")
                try:
                    with connection.transaction():
                        connection.execute(f"PREPARE tried{head} AS {variant.sql}".encode())
                        connection.execute(f"EXECUTE tried{f'({values})' if values else ''}")
                except errors.InsufficientPrivilege:
                    found.add(query.name)
                except errors.IntegrityError:
                    # The rows are in the way, not the rights.
                    continue
    return found


def test_no_grant_is_missing_and_none_is_too_much(annex: Project, on_server: Server) -> None:
    with _roles(annex) as (connection, facts, roles):
        connection.prepare_threshold = None
        connection.execute(ROWS.encode())
        assert set(roles) == {"annex_app", "annex_worker"}
        for role, (needs, queries) in roles.items():
            grants = sorted(needs.finish())
            assert needs.unknown == set()
            with connection.transaction(force_rollback=True):
                connection.execute(script(role, needs, facts, "the queries").encode())
                assert _denied(connection, role, queries) == set()
            for left_out in grants:
                with connection.transaction(force_rollback=True):
                    for grant in grants:
                        if grant != left_out:
                            connection.execute(grant.sql(role, facts).encode())
                    assert _denied(connection, role, queries), f"{left_out} is not needed"


def _generate(project: Project, server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return run(project.root, "generate", *words, url=server.url())


def test_the_script(annex: Project, server: Server, golden: Golden) -> None:
    """For all roles of an app, the same on every server; for one role, its part."""
    done = _generate(annex, server, "--grants", "annex")
    assert (done.returncode, done.stderr) == (0, "")
    golden(CHECKS / "grants.text", done.stdout)
    one = _generate(annex, server, "--grants", "annex_worker")
    assert one.stdout
    assert done.stdout.endswith(one.stdout)
    assert not annex.generated.exists()


def test_comparing_with_the_schema(annex: Project, any_server: Server, golden: Golden) -> None:
    """What is missing fails the check; what is more is listed; a whole table may be too much."""
    script = _generate(annex, any_server, "--grants", "annex").stdout
    grants = annex.schema / "grants.sql"
    grants.write_text(script, "utf-8")
    with (annex.schema / "install.sql").open("a") as file:
        file.write("\\ir grants.sql\n")
    done = _generate(annex, any_server, "--grants", "annex", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "annex_app: 0 missing, 0 more than its queries need" in done.stdout
    changed = script.replace("GRANT EXECUTE ON FUNCTION annex.lend(bigint) TO annex_app;\n", "")
    changed += (
        "GRANT SELECT ON annex.members TO annex_app;\nGRANT SELECT ON annex.cards TO annex_app;\n"
    )
    grants.write_text(changed, "utf-8")
    done = _generate(annex, any_server, "--grants", "annex_app", "--check")
    assert done.returncode == 4
    golden(CHECKS / "grants-check.text", done.stdout + done.stderr)


def test_names_of_any_kind(annex: Project, any_server: Server) -> None:
    with (annex.schema / "install.sql").open("a") as file:
        file.write("\\ir odd.sql\n\\ir grants.sql\n")
    (annex.schema / "odd.sql").write_text(
        'CREATE TABLE annex."a.b ""c"" Ü" ("d.e" integer, "f ""g" integer, "user" integer,'
        " values integer);\n"
    )
    (annex.schema / "grants.sql").write_text("")
    (annex.queries / "annex" / "odd.sql").write_text(
        '-- name: odd :many\nSELECT o."d.e", o."f ""g", o."user", o.values'
        ' FROM annex."a.b ""c"" Ü" AS o;\n'
    )
    script = _generate(annex, any_server, "--grants", "annex").stdout
    assert """GRANT SELECT ("d.e", "f ""g", "user", "values") ON annex."a.b ""c"" Ü" TO""" in script
    (annex.schema / "grants.sql").write_text(script)
    done = _generate(annex, any_server, "--grants", "annex_app", "--check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "annex_app: 0 missing" in done.stdout


def test_a_body_that_is_not_known_is_told(annex: Project, any_server: Server) -> None:
    more = (
        "CREATE FUNCTION annex.count_all() RETURNS bigint LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN (SELECT count(*) FROM annex.members); END $$;\n"
    )
    with (annex.schema / "functions.sql").open("a") as file:
        file.write(more)
    (annex.queries / "annex" / "more.sql").write_text(
        "-- name: everyone :one\nSELECT annex.count_all() AS members;\n"
    )
    done = _generate(annex, any_server, "--grants", "annex_app")
    assert done.returncode == 0, done.stderr
    assert "-- Not known: annex.count_all() runs as its caller" in done.stdout


@pytest.mark.parametrize("name", ["anex", "annex_apps"])
def test_an_app_that_is_not_there(annex: Project, any_server: Server, name: str) -> None:
    done = _generate(annex, any_server, "--grants", name)
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean annex" in done.stderr
