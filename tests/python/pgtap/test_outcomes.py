"""The runner's outcomes: one tiny pgTAP file for each, run by a pytest inside this one."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from psycopg import conninfo

from strongroom.server import Server
from tests.python.pgtap.conftest import FILES, Run, copy_of


@dataclass(frozen=True)
class Expected:
    """Counts of a run of one file, lines that it shows, and whether pg_prove passes it."""

    counts: dict[str, int]
    lines: tuple[str, ...] = ()
    pg_prove_passes: bool = False


EXPECTED = {
    "passes.sql": Expected({"passed": 4}, pg_prove_passes=True),
    "counts_itself.sql": Expected({"passed": 2}, pg_prove_passes=True),
    "fails.sql": Expected(
        {"passed": 1, "failed": 2},
        (
            "fails.sql:7: not ok 1 - one and one are three",
            "*have: 2",
            "*want: 3",
            "fails.sql:10: not ok 3",
            "*want: 4",
        ),
    ),
    "repeats.sql": Expected(
        {"passed": 1, "failed": 1}, ("repeats.sql:5: not ok 2 - the same words",)
    ),
    "computed.sql": Expected(
        {"passed": 1, "failed": 2},
        ("computed.sql:4: not ok 1 - number 1", "computed.sql:4: not ok 3 - number 3"),
    ),
    "meta.sql": Expected(
        {"passed": 1, "failed": 1}, ("meta.sql:7: not ok 2 - counted wrongly by psql", "*have: 2")
    ),
    "nested.sql": Expected(
        {"failed": 1},
        ("nested.sql:7: not ok 1 - the outer one", "    not ok 1 - the inner one", "*have: 5"),
    ),
    "too_few.sql": Expected(
        {"passed": 1, "failed": 1}, ("too_few.sql: plan mismatch: planned 3 assertions, ran 1",)
    ),
    "too_many.sql": Expected(
        {"passed": 2, "failed": 1}, ("too_many.sql: plan mismatch: planned 1 assertion, ran 2",)
    ),
    "no_plan.sql": Expected(
        {"passed": 1, "failed": 1}, ("no_plan.sql: no plan: 1 assertion ran, *",)
    ),
    "sql_error.sql": Expected(
        {"passed": 1, "failed": 1},
        (
            "sql_error.sql: SQL error: psql:sql_error.sql:5: ERROR:  22012: division by zero",
            "after 1 assertion of 2 planned",
        ),
    ),
    "bad_meta.sql": Expected(
        {"failed": 1}, ("bad_meta.sql: SQL error: psql:bad_meta.sql:4: *nonsense*",)
    ),
    "too_slow.sql": Expected(
        {"passed": 1, "failed": 1},
        (
            "too_slow.sql: timeout: too_slow.sql was ended after 2 s, after 1 assertion of 2 *",
            "psql:too_slow.sql:5: ERROR:  57014: *",
        ),
    ),
    "todo.sql": Expected(
        {"passed": 1, "xfailed": 1, "xpassed": 1},
        (
            "XFAIL todo.sql::*1 - still to be built - not built yet",
            "XPASS todo.sql::*2 - built already - not built yet",
        ),
        pg_prove_passes=True,
    ),
    "skips_one.sql": Expected(
        {"passed": 1, "skipped": 1},
        ("SKIPPED * skips_one.sql:4: no such extension",),
        pg_prove_passes=True,
    ),
    "skips_all.sql": Expected(
        {"skipped": 1}, ("SKIPPED * skips_all.sql:1: nothing to test here",), pg_prove_passes=True
    ),
    "bails_out.sql": Expected(
        {"passed": 1, "failed": 1}, ("bails_out.sql: bail out: the moon is down, after 1 *",)
    ),
    # pg_prove runs whatever it is given; we refuse what could change a database for good.
    "no_begin.sql": Expected(
        {"failed": 1},
        ("no_begin.sql: refused: line 1: the first statement must be BEGIN",),
        pg_prove_passes=True,
    ),
    "no_rollback.sql": Expected(
        {"failed": 1},
        ("no_rollback.sql: refused: line 5: the last statement must be ROLLBACK",),
        pg_prove_passes=True,
    ),
    "commits.sql": Expected(
        {"failed": 1},
        ("commits.sql: refused: line 5: the file must not commit",),
        pg_prove_passes=True,
    ),
    "leaves_things.sql": Expected(
        {"passed": 1, "failed": 1},
        (
            "leaves_things.sql: leftovers: after the file",
            "relation public.left_behind is new",
            "rows of public.kept changed",
        ),
        pg_prove_passes=True,
    ),
}


def test_each_file_is_expected() -> None:
    """No file of the folder is forgotten below."""
    assert {f.name for f in FILES.iterdir() if not f.name.startswith("_")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_outcome(run: Run, name: str) -> None:
    """Each outcome is told from the others, with its place in the file."""
    expected = EXPECTED[name]
    result = run("--pgtap", name)
    result.assert_outcomes(**expected.counts)
    result.stdout.fnmatch_lines(expected.lines)
    assert (result.ret == pytest.ExitCode.OK) == ("failed" not in expected.counts)


@pytest.mark.parametrize("name", EXPECTED)
def test_pg_prove_agrees(name: str, any_server: Server, url: str, tmp_path: Path) -> None:
    """The same file runs under pg_prove, which passes what we pass, and more."""
    program = shutil.which("pg_prove")
    if program is None:
        pytest.skip("pg_prove is not here (Debian: libtap-parser-sourcehandler-pgtap-perl)")
    if name == "too_slow.sql":
        pytest.skip("pg_prove has no time limit")
    for file in FILES.iterdir():
        shutil.copy(file, tmp_path)
    with copy_of(any_server, url) as copy:
        done = subprocess.run(
            [program, "--psql-bin", any_server.psql()[0], name],
            cwd=tmp_path,
            env={**os.environ, **_as_environment(copy)},
            capture_output=True,
            text=True,
            check=False,
        )
    assert (done.returncode == 0) == EXPECTED[name].pg_prove_passes, done.stdout + done.stderr


def _as_environment(url: str) -> dict[str, str]:
    parts = conninfo.conninfo_to_dict(url)
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGDATABASE": "dbname"}
    return {variable: str(parts[name]) for variable, name in names.items()}
