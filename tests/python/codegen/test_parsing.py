"""The lexer and the parameters: whatever the SQL holds, nothing but parameters is touched."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pglast.parser import ParseError, scan

from strongroom.project import read_project
from strongroom_codegen.annotations import AnnotatedFile, parse_file
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.lexer import Token, UnterminatedError, tokenize
from strongroom_codegen.parameters import PreparedQuery, place_of, prepare
from strongroom_codegen.read import QueryFile, read_queries
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
    "E'\\'\\\\'\n':a \\' :b'",
    'U&"\\0041:a"',
    "$ü$ :a $u$ :b $ü$",
    "x'1F'",
    "N'x :a'",
    ":e':a'",
    "-- :a\r",
    "a:=:: b",
]
# Pieces of a scanner's worst day.
ATOMS = [
    *" \n\r\t\f'\"$:;\\/*-+=<>?@[]().,1aExnuU&_é\xa0",
    *("--", "/*", "*/", "$$", "$a$", "$é$", "E'", "U&'", 'U&"', "b'", "x'", "N'", "::", ":=", ":a"),
    *(":é1", ":'a'", "''", "\\'", '""', "'\n'", "'--c\n'", "select", "0x1f", "1.5e3", "$1", "?|"),
]
_SCANNED = {
    **dict.fromkeys(("SQL_COMMENT", "C_COMMENT"), "comment"),
    **dict.fromkeys(("SCONST", "USCONST", "BCONST", "XCONST"), "string"),
}
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


@given(st.lists(st.sampled_from(ATOMS), max_size=14).map("".join))
@settings(max_examples=1000)
def test_strings_names_and_comments_are_where_postgresql_sees_them(text: str) -> None:
    """pglast's scanner is PostgreSQL's own."""
    try:
        ours = _opaque(text)
    except UnterminatedError:
        ours = None
    theirs = _scanned(text)
    if isinstance(theirs, str):
        # Both find strings that never end; other mistakes are left to the server.
        assert ours is None or "unterminated" not in theirs
        return
    # `:'a'` and a string on the next line: as in psql, a parameter and a string.
    assume(ours is None or not any(t and s[:2] == t[:2] and s < t for s in ours for t in theirs))
    assert ours == theirs


def _opaque(text: str) -> set[tuple[str, int, int]]:
    found = set()
    for token in tokenize(text):
        start = token.start
        if token.kind == "parameter" and token.text[1] == "'":
            found.add(("string", start + 1, token.end))
        elif token.kind == "string":
            # The N of N'...' is a word of its own there.
            start += token.text[0] in "nN"
            found.add(("string", start, token.end))
        elif token.kind in ("line_comment", "block_comment", "quoted"):
            found.add((token.kind.rpartition("_")[2], start, token.end))
    return found


def _scanned(text: str) -> set[tuple[str, int, int]] | str:
    """The same by pglast, or what is wrong with the text."""
    try:
        tokens = scan(text)
    except ParseError as error:
        return str(error)
    found = set()
    for token in tokens:
        is_quoted = text[token.start : token.end + 1].upper().startswith(('"', 'U&"'))
        kind = "quoted" if is_quoted else _SCANNED.get(token.name)
        if kind:
            found.add((kind, token.start, token.end + 1))
    return found


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


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xef\xbb\xbf-- name: a :one\r\nSELECT '\r\n' AS a;\r\n", "SELECT '\n' AS a"),
        (b"-- name: a :one\nSELECT 1 AS a -- no end of line", "SELECT 1 AS a -- no end of line"),
        (b"-- name: a :one\rSELECT 1 AS a", "SELECT 1 AS a"),
        (b"-- name: a :one\nSELECT '\xff' AS a;", "q.sql:2:9 this is no text in UTF-8"),
        (b"-- name: a :one\nSELECT '\0' AS a;", "q.sql:2:9 a zero character"),
    ],
)
def test_bytes_become_the_text_that_the_server_gets(tmp_path: Path, data: bytes, said: str) -> None:
    (tmp_path / "queries" / "shop").mkdir(parents=True)
    (tmp_path / "queries" / "shop" / "q.sql").write_bytes(data)
    diagnostics = Diagnostics()
    files = read_queries(read_project(tmp_path), diagnostics)
    found = [query for file in files for query in parse_file(file, diagnostics).queries]
    if diagnostics.found:
        assert f"{diagnostics.found[0].place}".endswith(said.partition(" ")[0])
        assert diagnostics.found[0].message.startswith(said.partition(" ")[2])
    else:
        (query,) = found
        assert "".join(token.text for token in query.body) == said
