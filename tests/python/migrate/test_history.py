"""Files that no longer tell what the ledger tells: said by status, refused by what would act."""

from __future__ import annotations

import pytest

from strongroom.errors import HistoryError, LintError, PartialError
from strongroom.migrate.rollback import Until
from tests.python.migrate.conftest import Sandbox

MORE = "-- depends: 0001.app.start\nCREATE TABLE app.more (id int);\n"
BACK = "DROP TABLE app.more;\n"


@pytest.fixture
def two(started: Sandbox) -> Sandbox:
    """Two applied migrations."""
    started.migration("0002.app.more", MORE, BACK)
    started.apply()
    return started


@pytest.mark.parametrize("name", ["0002.app.more.sql", "0002.app.more.rollback.sql"])
def test_rollback_refuses_what_was_edited(two: Sandbox, name: str) -> None:
    path = two.folder / "migrations" / name
    original = path.read_text("utf-8")
    path.write_text(f"{original}-- x\n", "utf-8")
    for until in (Until(), Until(to="0001"), Until(everything=True)):
        with pytest.raises(HistoryError, match=f"migrations/{name} was edited after"):
            two.rollback(until)
    assert two.run("rollback", "--yes").returncode == 6
    assert two.applied() == ["0001.app.start", "0002.app.more"]
    assert two.query("SELECT * FROM app.more") == []
    path.write_text(original, "utf-8")
    assert two.rollback().rolled_back == ["0002.app.more"]


def test_an_edit_below_what_is_taken_back_does_not_matter(two: Sandbox) -> None:
    two.write("migrations/0001.app.start.sql", "CREATE SCHEMA app;\n")
    assert two.rollback().rolled_back == ["0002.app.more"]
    with pytest.raises(HistoryError, match=r"0001\.app\.start\.sql was edited"):
        two.rollback()
    assert two.applied() == ["0001.app.start"]


def test_the_last_word_of_status_is_the_conflict(two: Sandbox) -> None:
    two.write("migrations/0002.app.more.sql", f"{MORE}-- x\n")
    lines = two.run("status").stdout.splitlines()
    assert "up to date" not in lines
    assert lines[-1].startswith("conflict: apply refuses")
    assert any("0002.app.more.sql was edited" in line for line in lines)
    found = two.status()
    assert found["state"] == "conflict"
    assert [(c["kind"], c["id"]) for c in found["conflicts"]] == [("edited", "0002.app.more")]


def test_the_last_word_of_status_without_a_conflict(two: Sandbox) -> None:
    assert two.run("status").stdout.splitlines()[-1] == "up to date"
    assert two.status()["state"] == "up to date"
    two.migration("0003.app.three", "-- depends: 0002.app.more\nSELECT 1;\n")
    assert two.run("status").stdout.splitlines()[-1] == "pending"
    assert two.status()["state"] == "pending"


@pytest.mark.parametrize("new_name", [None, "0002.app.other.sql"])
def test_a_rollback_file_without_its_migration_is_history(
    two: Sandbox, new_name: str | None
) -> None:
    """What the ledger knows was renamed or removed; that its rollback file stays is no news."""
    path = two.folder / "migrations/0002.app.more.sql"
    if new_name is None:
        path.unlink()
    else:
        path.rename(path.with_name(new_name))
    message = "is now named 0002.app.other" if new_name else "has no file"
    with pytest.raises(HistoryError, match=message):
        two.apply()
    with pytest.raises(HistoryError, match=r"have no file: 0002\.app\.more"):
        two.rollback()
    assert two.states()["0002.app.more"] == "missing"
    assert two.run("status", "--check").returncode == 6


def test_a_rollback_file_that_nobody_knows_breaks_a_rule(two: Sandbox) -> None:
    two.write("migrations/0009.app.gone.rollback.sql", "SELECT 1;")
    with pytest.raises(LintError, match="there is no migration to undo"):
        two.rollback()
    assert two.run("status").returncode == 7
    assert two.applied() == ["0001.app.start", "0002.app.more"]


def test_a_file_that_is_gone_midway_is_history(two: Sandbox) -> None:
    two.migration(
        "0003.app.index",
        "-- depends: 0002.app.more\n-- transactional: false\n"
        "CREATE INDEX CONCURRENTLY more_id_idx ON app.more (id);\nVACUUM app.gone;\n",
    )
    with pytest.raises(PartialError):
        two.apply()
    (two.folder / "migrations/0003.app.index.sql").unlink()
    with pytest.raises(HistoryError, match=r"0003\.app\.index stopped midway and has no file"):
        two.apply()
    assert two.states()["0003.app.index"] == "missing"


def test_a_missing_file_is_listed_in_its_place(two: Sandbox) -> None:
    two.migration("0003.app.three", "-- depends: 0002.app.more\nSELECT 1;\n")
    two.apply()
    for name in ("0002.app.more.sql", "0002.app.more.rollback.sql"):
        (two.folder / "migrations" / name).unlink()
    two.migration("0003.app.three", "-- depends: 0001.app.start\nSELECT 1;\n")
    assert list(two.states()) == ["0001.app.start", "0002.app.more", "0003.app.three"]


def test_bootstrap_is_listed_between_what_is_done_and_what_comes(two: Sandbox) -> None:
    two.write("schema/roles.sql", "SELECT 1;\n")
    two.migration("0003.app.three", "-- depends: 0002.app.more\nSELECT 1;\n")
    lines = [line.split()[:2] for line in two.run("status").stdout.splitlines()[1:-1]]
    assert lines == [
        ["applied", "0001.app.start"],
        ["applied", "0002.app.more"],
        ["pending", "schema/roles.sql"],
        ["pending", "0003.app.three"],
    ]
