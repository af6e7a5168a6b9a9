"""How the runner reads files and TAP, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.pgtap import leftovers
from strongroom.pgtap.psql import Run
from strongroom.pgtap.script import Script
from strongroom.pgtap.tap import parse

PIECES = (
    "SELECT 1",
    "SELECT 'a;b'",
    "SELECT 'it''s; here'",
    "SELECT E'a\\';b'",
    'SELECT ";"',
    "SELECT $$ ; ' $$",
    "SELECT $x$ $$ ; $$ $x$",
    "/* a; /* nested; */ still; */ SELECT 2",
    "-- COMMIT;\nSELECT 3",
    "SELECT 4 -- trailing; comment",
    "DO $$BEGIN COMMIT; END$$",
    "SELECT\n\n5",
    "SELECT a$b, c$b",
)


def script(text: str) -> Script:
    return Script(Path("some.sql"), text)


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_statements_are_told_apart(pieces: list[str]) -> None:
    """Semicolons in strings, names, comments and bodies end nothing."""
    text = "".join(f"{piece}\n;\n" for piece in pieces)
    statements = script(text).statements
    assert len(statements) == len(pieces)
    line = 1
    for statement, piece in zip(statements, pieces, strict=True):
        end = line + piece.count("\n") + 1
        assert line <= statement.first <= statement.last == end
        line = end + 1


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("BEGIN; SELECT 1; ROLLBACK;", None),
        ("-- said before\n\\set x 1\nbegin work; select 1; rollback work;", None),
        ("START TRANSACTION; SELECT 1; ABORT", None),
        ("BEGIN; SAVEPOINT a; ROLLBACK TO SAVEPOINT a; ROLLBACK;", None),
        ("BEGIN; SELECT 1; ROLLBACK; BEGIN; SELECT 2; ROLLBACK;", None),
        ("", "the file holds no statement"),
        ("-- BEGIN;\nSELECT 1;\nROLLBACK;", "line 2: the first statement must be BEGIN"),
        ("BEGIN;\nSELECT 1;", "line 2: the last statement must be ROLLBACK"),
        ("BEGIN;\nSELECT 1;\n-- ROLLBACK;", "line 2: the last statement must be ROLLBACK"),
        ("BEGIN;\nROLLBACK TO a;", "line 2: the last statement must be ROLLBACK"),
        ("BEGIN;\nCOMMIT AND CHAIN;\nROLLBACK;", "line 2: the file must not commit"),
        ("BEGIN;\nEND;\nROLLBACK;", "line 2: the file must not commit"),
        ("BEGIN;\nPREPARE TRANSACTION 'x';\nROLLBACK;", "line 2: the file must not commit"),
        ("BEGIN; PREPARE x AS SELECT 1; ROLLBACK;", None),
        ("BEGIN;\nSELECT 1;\nROLLBACK;\nSELECT 2;\nROLLBACK;", "line 4: outside of a transaction"),
    ],
)
def test_refusal(text: str, refusal: str | None) -> None:
    """Only a file that takes everything back may run."""
    assert script(text).refusal() == refusal


def test_copied_rows_are_no_statements() -> None:
    """Rows between COPY and its end are skipped."""
    found = script("BEGIN;\nCOPY t FROM STDIN;\n1;2\nCOMMIT;\n\\.\nSELECT 1;\nROLLBACK;").statements
    assert [(s.first, s.code) for s in found] == [
        (1, "BEGIN"),
        (2, "COPY t FROM STDIN"),
        (6, "SELECT 1"),
        (7, "ROLLBACK"),
    ]


@pytest.mark.parametrize(
    ("line", "passed", "description", "directive", "reason"),
    [
        ("ok 1 - it works", True, "it works", None, ""),
        ("not ok 1 - it does not", False, "it does not", None, ""),
        ("ok 1", True, "", None, ""),
        ("ok", True, "", None, ""),
        ("ok 1 # SKIP no reason", True, "", "SKIP", "no reason"),
        ("not ok 1 - later # TODO when it rains", False, "later", "TODO", "when it rains"),
        ("not ok 1 - later # todo", False, "later", "TODO", ""),
        ("ok 1 - number \\# TODO", True, "number # TODO", None, ""),
        ("ok 1 - todo list is empty", True, "todo list is empty", None, ""),
    ],
)
def test_assertion(
    line: str, passed: bool, description: str, directive: str | None, reason: str
) -> None:
    """One line of TAP."""
    (found,) = parse(f"1..1\n{line}\n# a detail\n").assertions
    assert (found.passed, found.description) == (passed, description)
    assert (found.directive, found.reason) == (directive, reason)
    assert (found.number, found.details) == (1, ["a detail"])


def test_times_tell_the_statement() -> None:
    """Assertions belong to the statement whose time follows, and share that time."""
    tap = parse("Time: 0.100 ms\n1..3\nTime: 1.000 ms\nok 1\nok 2\nTime: 1500.000 ms (00:01.5)\n")
    assert [(a.statement, a.seconds) for a in tap.assertions] == [(2, 0.75), (2, 0.75)]
    assert (tap.statements, tap.planned) == (3, 3)


def test_what_is_no_tap_is_kept_apart() -> None:
    """A word that begins like a result is none."""
    tap = parse("okay\n42\n1..1\nok 1\n# Looks like you planned 1 test but ran 2\n")
    assert tap.stray == ["okay", "42"]
    assert tap.assertions[0].details == []


def test_the_error_is_told_from_notices() -> None:
    """Of psql's messages the error is shown, with what belongs to it."""
    errors = "psql:a.sql:1: NOTICE:  00000: so\npsql:a.sql:7: ERROR:  42P01: no\nLINE 1: x\n"
    assert Run("", errors, 3, 0.0, False).error == "psql:a.sql:7: ERROR:  42P01: no\nLINE 1: x"
    assert Run("", "psql:a.sql:1: NOTICE:  00000: so\n", 0, 0.0, False).error is None


def test_leftovers_are_cut_short() -> None:
    """A file that left very much shows the beginning of it."""
    found = leftovers.compare({"a": "1", "b": "1"}, {"a": "2", **{f"n{i}": "1" for i in range(20)}})
    assert len(found) == 11
    assert found[-1] == "and 12 more"
    assert leftovers.compare({"a": "1", "b": "1"}, {"a": "2"}) == ["b is gone", "a changed"]
