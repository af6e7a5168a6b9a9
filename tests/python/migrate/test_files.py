"""Files that can't be trusted are refused before the database is touched."""

from __future__ import annotations

import pytest

from strongroom.errors import HistoryError, LintError, StrongroomError, UsageError
from strongroom.migrate import headers
from tests.python.migrate.conftest import Sandbox

TABLE = "CREATE TABLE app.more (id int PRIMARY KEY);\n"


def refused(sandbox: Sandbox, kind: type[StrongroomError]) -> StrongroomError:
    """What apply says; nothing may have changed."""
    before = sandbox.applied()
    with pytest.raises(kind) as caught:
        sandbox.apply()
    assert sandbox.applied() == before
    assert sandbox.query("SELECT FROM pg_class WHERE relname = 'more'") == []
    return caught.value


def test_an_edited_migration_is_refused(started: Sandbox) -> None:
    """[P-07] what was applied is fixed."""
    started.write("migrations/0001.app.start.sql", "CREATE SCHEMA app;\n")
    started.migration("0002.app.more", f"-- depends: 0001.app.start\n{TABLE}")
    error = refused(started, HistoryError)
    assert "migrations/0001.app.start.sql was edited after it was applied" in error.message
    assert error.hint
    assert "new migration" in error.hint
    assert started.states()["0001.app.start"] == "edited"


def test_line_ends_and_a_byte_order_mark_are_no_edit(started: Sandbox) -> None:
    path = started.folder / "migrations/0001.app.start.sql"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert started.apply().nothing


def test_a_missing_file_is_refused(started: Sandbox) -> None:
    for path in (started.folder / "migrations").iterdir():
        path.unlink()
    assert "0001.app.start was applied" in refused(started, HistoryError).message
    assert started.states() == {"0001.app.start": "missing"}


def test_a_renamed_file_is_recognised(started: Sandbox) -> None:
    folder = started.folder / "migrations"
    (folder / "0001.app.start.sql").rename(folder / "0001.app.begin.sql")
    (folder / "0001.app.start.rollback.sql").rename(folder / "0001.app.begin.rollback.sql")
    error = refused(started, HistoryError)
    assert "is now named 0001.app.begin" in error.message


def test_a_late_migration_is_refused(started: Sandbox) -> None:
    started.migration("0003.app.three", "-- depends: 0001.app.start\nSELECT 1;\n")
    started.apply()
    started.migration("0002.app.two", f"-- depends: 0001.app.start\n{TABLE}")
    started.migration("0003.app.three", "-- depends: 0001.app.start\nSELECT 1;\n")
    assert "comes before 0003.app.three" in refused(started, HistoryError).message


def test_two_heads_are_refused(started: Sandbox) -> None:
    started.migration("0002.app.two", f"-- depends: 0001.app.start\n{TABLE}")
    started.migration("0002.app.zwei", "-- depends: 0001.app.start\nSELECT 1;\n")
    error = refused(started, HistoryError)
    assert "history of app ends in several places: 0002.app.two, 0002.app.zwei" in error.message


def test_a_dependency_that_does_not_exist_is_refused(started: Sandbox) -> None:
    started.migration("0002.app.two", f"-- depends: 0001.app.strat\n{TABLE}")
    assert "'0001.app.strat', which does not exist" in refused(started, HistoryError).message


def test_a_circle_is_refused(started: Sandbox) -> None:
    started.migration("0002.app.two", f"-- depends: 0003.app.three\n{TABLE}")
    started.migration("0003.app.three", "-- depends: 0002.app.two\nSELECT 1;\n")
    assert "in a circle: 0002.app.two, 0003.app.three" in refused(started, HistoryError).message


def test_a_missing_rollback_file_is_refused(started: Sandbox) -> None:
    started.write("migrations/0002.app.more.sql", f"-- depends: 0001.app.start\n{TABLE}")
    assert "0002.app.more.rollback.sql is missing" in refused(started, LintError).message


def test_a_rollback_file_of_nothing_is_refused(started: Sandbox) -> None:
    started.write("migrations/0009.app.gone.rollback.sql", "SELECT 1;")
    assert "there is no migration to undo" in refused(started, LintError).message


def test_a_migration_in_python_is_refused(started: Sandbox) -> None:
    started.write("migrations/0002.app.code.py", "step('SELECT 1')")
    assert "this is Python" in refused(started, LintError).message


def test_an_unknown_app_in_the_name_is_refused(started: Sandbox) -> None:
    started.migration("0002.ap.more", f"-- depends: 0001.app.start\n{TABLE}")
    error = refused(started, LintError)
    assert "unknown app 'ap'" in error.message
    assert error.hint
    assert error.hint.endswith(": app")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"-- Depends: 0001.app.start\n{TABLE}", ":1: there is no header 'Depends'; did you mean"),
        (f"-- depens: 0001.app.start\n{TABLE}", ":1: there is no header 'depens'; did you mean"),
        (f"-- owner: anna\n-- depends: 0001.app.start\n{TABLE}", ":1: there is no header 'owner'"),
        (f"{TABLE}-- depends: 0001.app.start\n", ":2: 'depends' must stand at the top"),
        (f"/* why */\n-- transactional: false\n{TABLE}", ":2: 'transactional' must stand at the"),
        (f"-- transactional: no\n{TABLE}", ":1: 'transactional' is true, false or batches"),
        (f"-- transactional:\n{TABLE}", ":1: 'transactional' has no value"),
        (f"-- depends: 0001.app.start\n{TABLE}COMMIT;\n", ":3:1: the runner begins and ends"),
        (f"-- depends: 0001.app.start\n{TABLE}COPY app.items FROM stdin;\n", ":3:1: there is no"),
        (
            "-- depends: 0001.app.start\nCREATE INDEX CONCURRENTLY i ON app.items (id);\n",
            ":2:1: CONCURRENTLY can't run in a transaction",
        ),
        (
            f"-- depends: 0001.app.start\n-- transactional: false\n{TABLE}",
            ":3:1: this needs no '-- transactional: false'",
        ),
        (
            "-- depends: 0001.app.start\n-- transactional: false\n"
            "CREATE INDEX CONCURRENTLY ON app.items (id);\n",
            ":3:1: name the index",
        ),
    ],
)
def test_what_yoyo_would_ignore_is_refused(started: Sandbox, text: str, problem: str) -> None:
    started.migration("0002.app.more", text)
    assert f"migrations/0002.app.more.sql{problem}" in refused(started, LintError).message


def test_prose_above_the_statements_is_no_header() -> None:
    found = headers.read("-- Why: because.\n-- See also: the manual\n-- depends: a b\nSELECT 1;\n")
    assert found.depends == ("a", "b")


def test_a_file_that_is_not_utf8_is_refused(started: Sandbox) -> None:
    started.migration("0002.app.more", "")
    path = started.folder / "migrations/0002.app.more.sql"
    path.write_bytes(b"-- depends: 0001.app.start\nSELECT '\xe9';\n")
    assert "not UTF-8 at byte 35" in refused(started, LintError).message


def test_no_such_migration(started: Sandbox) -> None:
    with pytest.raises(UsageError, match="no such migration: '0099'") as caught:
        started.apply(to="0099")
    assert caught.value.exit_code == 2
