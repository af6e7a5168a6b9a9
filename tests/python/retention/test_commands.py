"""`strongroom retention` and `strongroom holds`, as people and programs call them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from tests.python.retention.conftest import ROOT, Archive


def _call(archive: Archive, *arguments: str, user: str = "strongroom_runner") -> tuple[int, str]:
    """Exit code and standard output, or standard error where it failed."""
    done = subprocess.run(
        [sys.executable, "-m", "strongroom", *arguments],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": archive.database.url(user), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout if done.returncode == 0 else done.stderr


def _json(archive: Archive, *arguments: str) -> Any:
    code, text = _call(archive, *arguments, "--json")
    assert code == 0, text
    return json.loads(text)


def test_a_hold_from_its_place_to_its_release(any_archive: Archive) -> None:
    any_archive.write(20, people=2)
    assert _call(any_archive, "holds", "list") == (0, "nothing is on hold\n")
    placed = ["holds", "place", "--reason", "case [7]", "--by", "anna"]
    person = _json(any_archive, *placed, "--app", "probe", "--subject", "01")["hold"]
    row = ["--table", "probe.notes", "--key", "user_id=0", "--key", "id=2"]
    line = _json(any_archive, *placed, *row, "--until", "2999-12-31")["hold"]

    found = _json(any_archive, "holds", "list")["holds"]
    assert [(h["id"], h["subject"], h["key"], h["placed_by"]) for h in found] == [
        (person, "1", None, "anna"),
        (line, None, {"id": "2", "user_id": "0"}, "anna"),
    ]
    code, text = _call(any_archive, "holds", "list")
    assert code == 0
    assert "person 1 of probe" in text
    assert "case [7]" in text
    assert "probe.notes (id=2, user_id=0)" in text
    assert "2999-12-31" in text

    (notes,) = _json(any_archive, "retention", "preview", "notes")["policies"]
    assert (notes["row_count"], notes["subject_count"], notes["kept_count"]) == (9, 1, 11)
    code, text = _call(any_archive, "holds", "release", str(person), "--reason", "closed")
    assert (code, text) == (0, f"hold {person} is released\n")
    assert len(_json(any_archive, "holds", "list")["holds"]) == 1
    everything = _json(any_archive, "holds", "list", "--all")["holds"]
    assert [h["release_reason"] for h in everything] == ["closed", None]


@pytest.mark.parametrize(
    "target",
    [
        [],
        ["--app", "probe"],
        ["--subject", "1"],
        ["--app", "probe", "--subject", "1", "--table", "probe.notes"],
        ["--app", "probe", "--subject", "1", "--key", "id=2"],
        ["--subject", "1", "--table", "probe.notes"],
        ["--key", "id=2"],
    ],
)
def test_a_hold_on_nothing_or_on_two_is_refused_by_its_options(
    any_archive: Archive, target: list[str]
) -> None:
    code, text = _call(any_archive, "holds", "place", "--reason", "case", *target)
    assert (code, "hint:  --app and --subject, or --table" in text) == (2, True)
    assert _json(any_archive, "holds", "list") == {"holds": []}


def test_a_hold_until_a_day_that_python_has_not(any_archive: Archive) -> None:
    for day in ("infinity", "20000-01-01"):
        person = ("--app", "probe", "--subject", "1", "--until", day)
        assert _call(any_archive, "holds", "place", "--reason", "x", *person)[0] == 0
    found = _json(any_archive, "holds", "list")["holds"]
    assert [hold["expires_at"][:8] for hold in found] == ["infinity", "20000-01"]
    code, text = _call(any_archive, "holds", "list")
    assert code == 0, text
    assert "infinity" in text
    assert "20000-01-01" in text


def test_a_preview_as_people_read_it(any_archive: Archive) -> None:
    any_archive.write(1234)
    any_archive.admin.execute(
        "DELETE FROM kernel.retention_policy"
        " WHERE relation::text !~ '^probe' AND name <> 'reading_questions'"
    )
    code, text = _call(any_archive, "retention", "preview")
    assert code == 0
    assert [line.split() for line in text.splitlines()] == [
        ["policy", "table", "action", "rows", "people", "kept", "problem"],
        ["chats", "probe.chats", "delete", "0", "0"],
        ["notes", "probe.notes", "delete", "1,234", "10", "0"],
        ["reading_questions", "tarot.readings", "null", "0", "0", "0"],
    ]
    any_archive.admin.execute("DELETE FROM kernel.retention_policy")
    assert _call(any_archive, "retention", "preview") == (0, "there are no policies\n")


def test_what_is_refused_says_why(any_archive: Archive) -> None:
    place = ("holds", "place", "--reason", "x")
    for arguments, code, said in (
        ((*place,), 2, "a hold is on a person"),
        ((*place, "--app", "probe", "--subject", "one"), 2, "no user id of app probe"),
        ((*place, "--table", "probe.nothing"), 2, "no table probe.nothing"),
        ((*place, "--table", "probe.notes", "--key", "id"), 2, "--key id has no ="),
        ((*place, "--table", "probe.notes", "--key", "id=1"), 2, "no primary key"),
        ((*place, "--table", "probe.chats", "--key", "id=1"), 2, "no row with this key"),
        ((*place, "--app", "probe", "--subject", "1", "--until", "soon"), 2, "soon"),
        ((*place, "--table", "a.b.c.d"), 2, "no table a.b.c.d"),
        ((*place, "--table", "probe.chats", *("--key", "id=1") * 2), 2, "a column twice"),
        (("holds", "release", "99", "--reason", "x"), 2, "there is no hold 99"),
        (("holds", "release", "9" * 20, "--reason", "x"), 2, "out of range"),
        (("holds", "release", "99", "--reason", "\udcff"), 2, "argument 5 is not text"),
        (("retention", "preview", "nothing"), 2, "no retention policy nothing"),
    ):
        assert (code, True) == (
            (found := _call(any_archive, *arguments))[0],
            said in " ".join(found[1].split()),
        ), found
    assert _call(any_archive, "holds", "list", user="strongroom_login")[0] == 2
    any_archive.admin.execute("DROP INDEX probe.notes_at_idx")
    code, text = _call(any_archive, "retention", "preview")
    assert code == 1
    assert "can't be carried out: notes" in text


def test_the_job_carries_policies_out(any_archive: Archive) -> None:
    """[A-06] `strongroom maintain` runs it, batch by batch, and the records say who it was."""
    any_archive.write(30, people=3)
    assert _call(any_archive, "holds", "place", "--reason", "x", "--app", "probe", "--subject", "2")
    code, text = _call(any_archive, "maintain", "--job", "apply_retention")
    assert code == 0, text
    assert {user_id for user_id, _ in any_archive.notes()} == {2}
    assert any_archive.query(
        "SELECT row_count, recorded_by, recorded_as FROM kernel.destruction_record"
    ) == [(20, "job apply_retention", "strongroom_runner")]
    any_archive.check_records()


def test_a_policy_that_fails_is_told_of_by_the_command(any_archive: Archive) -> None:
    """By its name and a code, in a run that does the rest, whatever warnings the role hears."""
    any_archive.write(5)
    any_archive.admin.execute("DROP INDEX probe.chats_at_idx")
    runner = "ALTER ROLE strongroom_runner IN DATABASE {} {} client_min_messages"
    name = any_archive.database.name
    any_archive.admin.execute(f"{runner.format(name, 'SET')} = error".encode())
    try:
        code, text = _call(any_archive, "maintain", "--job", "apply_retention")
    finally:
        any_archive.admin.execute(runner.format(name, "RESET").encode())
    assert code == 1
    assert "error: failed: retention policy chats was not carried out (KR030)" in text
    assert any_archive.notes() == []
