"""The lexer and the parameters: whatever the SQL holds, nothing but parameters is touched."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom_codegen.annotations import AnnotatedFile, parse_file
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.lexer import Token, UnterminatedError, tokenize
from strongroom_codegen.parameters import PreparedQuery, place_of, prepare
from strongroom_codegen.read import QueryFile
from strongroom_codegen.source import Source

# Pieces that hold what looks like a parameter and is none.
OPAQUE = [
    "':a'",
    "E'\\':a'",
    "'it''s :a'",
    '":a"',
    '"x"":a"',
    "$$:a$$",
    "$q$ :a $$ :b $q$",
    "/* :a /* :b */ :c */",
    "-- :a\n",
    "x::a",
    "x :: a",
    "b'1'",
    "U&'\\0041 :a'",
    "foo$a$ + bar$a$",
    ":= 1",
    "1::int",
]
PLAIN = ["SELECT", "a.b", "<=", "->>", "(", ")", ",", "12.5e3", "x[1:2]", "@>", "?", "%", "{}", "ü"]
blanks = st.sampled_from([" ", "\n", "\t", "  \n  "])
pieces = st.one_of(
    st.tuples(st.sampled_from(OPAQUE + PLAIN), st.none()),
    st.sampled_from(["a", "b", "long_name", "x1"]).map(lambda name: (f":{name}", name)),
    st.sampled_from(["a", "b"]).map(lambda name: (f":'{name}'", name)),
)
statements = st.lists(st.tuples(pieces, blanks), min_size=1)


def _prepare(body: str) -> tuple[PreparedQuery | None, Diagnostics]:
    diagnostics = Diagnostics()
    file = _parse(f"-- name: q :many\n{body}", diagnostics)
    return prepare(file.queries[0], diagnostics) if file.queries else None, diagnostics


def _parse(text: str, diagnostics: Diagnostics) -> AnnotatedFile:
    return parse_file(QueryFile("app", "subject", Source("q.sql", text)), diagnostics)


@given(st.text())
def test_tokens_joined_give_the_text(text: str) -> None:
    tokens: list[Token] = []
    with contextlib.suppress(UnterminatedError):
        tokens = tokenize(text)
        assert "".join(token.text for token in tokens) == text
    assert all(text[t.start : t.end] == t.text for t in tokens)


@given(statements)
def test_parameters_are_numbered_and_all_else_is_sent_verbatim(
    parts: list[tuple[tuple[str, str | None], str]],
) -> None:
    body = "SELECT 1 " + "".join(text + blank for (text, _), blank in parts)
    names = list(dict.fromkeys(name for (_, name), _ in parts if name))
    expected = "SELECT 1 " + "".join(
        (f"${names.index(name) + 1}" if name else text) + blank for (text, name), blank in parts
    )
    prepared, diagnostics = _prepare(body)
    assert prepared, diagnostics.render()
    assert list(prepared.names) == names
    assert prepared.variants[0].sql == expected.rstrip()


@given(statements)
def test_positions_lead_back_to_the_file(
    parts: list[tuple[tuple[str, str | None], str]],
) -> None:
    body = "SELECT 1 " + "".join(text + blank for (text, _), blank in parts) + " marker_here"
    prepared, _ = _prepare(body)
    assert prepared
    variant = prepared.variants[0]
    place = place_of(prepared.query.source, variant, variant.sql.index("marker_here") + 1)
    assert place.text[place.column - 1 :].startswith("marker_here")


@given(st.text(alphabet=":@-?= abcxyz'\n", max_size=200))
def test_no_comment_crashes_the_parser(text: str) -> None:
    lines = "\n".join(f"-- {line}" for line in text.splitlines())
    diagnostics = Diagnostics()
    file = _parse(f"-- name: q :many\n{lines}\nSELECT 1", diagnostics)
    assert len(file.queries) == 1
    diagnostics.render()
    diagnostics.render("github")


def test_optional_lines_leave_no_trace() -> None:
    prepared, diagnostics = _prepare(
        "SELECT 1\nWHERE a = :a\n  AND b = :b --? b\n  AND c = ':b' || :c --? :c\n  AND d = :d\n"
    )
    assert prepared, diagnostics.render()
    texts = {variant.given: (variant.sql, variant.names) for variant in prepared.variants}
    assert texts == {
        (): ("SELECT 1\nWHERE a = $1\n  AND d = $2", ("a", "d")),
        ("b",): ("SELECT 1\nWHERE a = $1\n  AND b = $2\n  AND d = $3", ("a", "b", "d")),
        ("c",): ("SELECT 1\nWHERE a = $1\n  AND c = ':b' || $2\n  AND d = $3", ("a", "c", "d")),
        ("b", "c"): (
            "SELECT 1\nWHERE a = $1\n  AND b = $2\n  AND c = ':b' || $3\n  AND d = $4",
            ("a", "b", "c", "d"),
        ),
    }


def test_docstring_parameters_and_options_are_told_apart() -> None:
    diagnostics = Diagnostics()
    file = _parse(
        "-- About the file.\n\n-- name: q :one\n-- First line.\n--\n--   indented\n"
        "-- :a = 'x  y'  what it is\n-- :b?  maybe\n-- :c\n-- @timeout 2s\nSELECT :a, :b, :c;\n",
        diagnostics,
    )
    (query,) = file.queries
    assert not diagnostics.found
    assert file.doc == "About the file."
    assert query.doc == "First line.\n\n  indented"
    assert [(n.name, n.default, n.allows_null, n.doc) for n in query.notes] == [
        ("a", "'x  y'", False, "what it is"),
        ("b", None, True, "maybe"),
        ("c", None, False, ""),
    ]
    assert [(o.name, o.argument) for o in query.options] == [("timeout", "2s")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "q.sql:1:1 no query in this file"),
        ("\n \n", "q.sql:1:1 no query in this file"),
        ("-- Only a comment.\n/* And one more. */\n", "q.sql:1:1 no query in this file"),
        ("-- A comment.\nSELECT 1;\n", "q.sql:2:1 SQL before the first query of the file"),
        (
            "SELECT 1;\n-- name: q :one\nSELECT 1 AS a;\n",
            "q.sql:1:1 SQL before the first query of the file",
        ),
    ],
)
def test_a_file_without_a_query_says_so(text: str, said: str) -> None:
    diagnostics = Diagnostics()
    parse_file(QueryFile("shop", "q", Source("q.sql", text)), diagnostics)
    (found,) = diagnostics.found
    assert f"{found.place} {found.message}" == said
    assert "-- name: query_name :kind" in (found.hint or "")
