"""The runner among pytest's other features: selection, workers, JUnit, targets."""

from __future__ import annotations

import shutil

import psycopg
import pytest

from strongroom.server import Server
from tests.python.pgtap.conftest import FILES, Run
from tests.python.pgtap.test_outcomes import EXPECTED


def test_summary(run: Run) -> None:
    """The closing line counts files and assertions."""
    result = run("--pgtap", "fails.sql", "--pgtap", "todo.sql", "--pgtap", "too_few.sql")
    result.stdout.fnmatch_lines(
        ["pgTAP: 3 files (2 of them bad), 7 assertions: 3 passed, 2 failed, 2 todo"]
    )
    result.stdout.fnmatch_lines(["*[[]100%]"])


def test_in_parallel(run: Run, any_server: Server) -> None:
    """Workers report the same, each from a database of its own, and leave none."""
    pytest.importorskip("xdist")
    names = ["passes.sql", "fails.sql", "todo.sql", "skips_one.sql", "leaves_things.sql"]
    asked = [part for name in names for part in ("--pgtap", name)]
    result = run("-n", "2", *asked, subprocess=True)
    result.assert_outcomes(passed=8, failed=3, skipped=1, xfailed=1, xpassed=1)
    result.stdout.fnmatch_lines(["FAILED fails.sql::*::1 - one and one are three*"])
    with psycopg.connect(any_server.url()) as admin:
        query = "SELECT datname FROM pg_catalog.pg_database WHERE datname LIKE 'pgtap\\_%'"
        assert admin.execute(query).fetchall() == []


def test_leftovers_do_not_reach_the_next_file(run: Run, pytester: pytest.Pytester) -> None:
    """After a file that left something the next one gets a fresh database."""
    (pytester.path / "z.sql").write_text(
        "BEGIN;\nSET LOCAL search_path = pgtap, pg_catalog;\nSELECT plan(1);\n"
        "SELECT hasnt_table('public', 'left_behind', 'gone');\nROLLBACK;\n"
    )
    result = run("--pgtap", "leaves_things.sql", "--pgtap", "z.sql")
    result.assert_outcomes(passed=2, failed=1)


def test_junit(run: Run, pytester: pytest.Pytester) -> None:
    """In JUnit's file each assertion is a test case."""
    run("--pgtap", "fails.sql", "--junitxml", "out.xml")
    text = (pytester.path / "out.xml").read_text()
    assert 'name="1 - one and one are three"' in text
    assert "fails.sql:7: not ok 1" in text
    assert 'name="2 - in between"' in text


def test_select_by_name(run: Run) -> None:
    """`-k` chooses files."""
    run("--pgtap", ".", "-k", "passes or counts_itself").assert_outcomes(
        passed=6, deselected=len(EXPECTED) - 2
    )


def test_last_failed(run: Run) -> None:
    """`--lf` runs the files again that failed."""
    asked = ["--pgtap", "fails.sql", "--pgtap", "passes.sql"]
    run(*asked).assert_outcomes(passed=5, failed=2)
    run(*asked, "--lf").assert_outcomes(passed=1, failed=2)


def test_positional_path(run: Run) -> None:
    """A file can be named as any test file can, when its folder is known."""
    run("-o", "pgtap_paths=.", "passes.sql").assert_outcomes(passed=4)


def test_database_url_is_not_used(
    pytester: pytest.Pytester, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --pgtap-url nothing runs, whatever DATABASE_URL says."""
    shutil.copy(FILES / "passes.sql", pytester.path)
    monkeypatch.setenv("DATABASE_URL", url)
    result = pytester.runpytest_inprocess("--pgtap", "passes.sql")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["pgTAP files need a server: --pgtap-url *"])


def test_a_template_in_use(run: Run, url: str) -> None:
    """A template with somebody in it can't be cloned; the report says so."""
    with psycopg.connect(url):
        result = run("--pgtap", "passes.sql")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["passes.sql: no database: *is being accessed by other users", "*There is 1 other session*"]
    )


def test_unreachable_server(pytester: pytest.Pytester) -> None:
    """A server that is not there is a failure of each file, not a crash."""
    shutil.copy(FILES / "passes.sql", pytester.path)
    # A short folder: the path of a socket has at most 107 bytes.
    url = "postgresql://postgres@/postgres?host=/nowhere"
    result = pytester.runpytest_inprocess("--pgtap", "passes.sql", "--pgtap-url", url)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["passes.sql: no database: connection is bad: *No such file*"])


def test_targets_of_a_project(pytester: pytest.Pytester, any_server: Server, url: str) -> None:
    """A project's conftest names targets; every file runs on each of them."""
    shutil.copy(FILES / "passes.sql", pytester.path)
    pytester.makeconftest(
        f"""
        from strongroom.pgtap.databases import UrlTarget

        def pytest_pgtap_targets(config):
            psql = {any_server.psql()[0]!r}
            return [UrlTarget({url!r}, psql=psql, label=label) for label in ("one", "two")]
        """
    )
    result = pytester.runpytest_inprocess("--pgtap", "passes.sql", "-v")
    result.assert_outcomes(passed=8)
    result.stdout.fnmatch_lines(["passes.sql::one::1 *PASSED*", "passes.sql::two::1 *PASSED*"])


def test_a_target_that_fails_is_heard_of(pytester: pytest.Pytester) -> None:
    """Whatever a project's own target raises, it is a failure of the file, and is shown."""
    shutil.copy(FILES / "passes.sql", pytester.path)
    pytester.makeconftest(
        """
        class Lost:
            label, psql = "lost", ["psql"]

            def create(self):
                raise RuntimeError("the template could not be built")

        def pytest_pgtap_targets(config):
            return [Lost()]
        """
    )
    result = pytester.runpytest_inprocess("--pgtap", "passes.sql")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*RuntimeError: the template could not be built"])


@pytest.mark.parametrize(("arguments", "loaded"), [([], False), (["--pgtap", "passes.sql"], True)])
def test_loads_only_when_asked_for(
    pytester: pytest.Pytester, arguments: list[str], loaded: bool
) -> None:
    """A project that has the plugin and no pgTAP files pays for two small modules."""
    shutil.copy(FILES / "passes.sql", pytester.path)
    pytester.makeconftest(
        """
        import sys

        def pytest_sessionfinish():
            print("loaded:", "psycopg" in sys.modules, "strongroom.pgtap.runner" in sys.modules)
        """
    )
    result = pytester.runpytest_subprocess("-s", *arguments)
    result.stdout.fnmatch_lines([f"*loaded: {loaded} {loaded}"])
