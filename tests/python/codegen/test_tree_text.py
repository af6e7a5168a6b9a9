"""The reader of PostgreSQL's trees takes runs of fields at once; a plain reader is the measure."""

from __future__ import annotations

import re
from typing import Any

import pytest

from strongroom.server import Server
from strongroom_codegen.tree import nodes, parse_tree

TOKEN = re.compile(r"[(){}]|(?:[^\s(){}\\]|\\.)+", re.DOTALL)
RENAMED = {"RTE": "RANGETBLENTRY", "CASE": "CASEEXPR", "WHEN": "CASEWHEN", "ROW": "ROWEXPR"}
VIEWS = "SELECT ev_action::text FROM pg_catalog.pg_rewrite ORDER BY oid"
ODD = r'''
CREATE TEMPORARY VIEW odd AS
SELECT ':a b' AS ":a b", 1 AS ":x", 2 AS "x:y", E'\\{"' AS "q""{}\", -1 AS "<>", '' AS "4 [",
    '{1,2}'::int[] AS "(i 1)", '<>' AS """<>"""
'''


def plainly(text: str) -> Any:
    """Token by token, by the rules of nodeToString alone."""
    value, end = plain_value(TOKEN.findall(text), 0)
    assert end == len(TOKEN.findall(text))
    return value


def plain_value(tokens: list[str], at: int) -> tuple[Any, int]:
    word = tokens[at]
    if word == "{":
        node: dict[str, Any] = {"node": tokens[at + 1]}
        at += 2
        while tokens[at] != "}":
            field = tokens[at][1:]
            values: list[Any] = []
            at += 1
            while not values or (tokens[at] != "}" and not re.match(":.", tokens[at])):
                value, at = plain_value(tokens, at)
                values.append(value)
            node[field] = values[0] if len(values) == 1 else values
        return node, at + 1
    if word == "(":
        items = []
        at += 1
        typed = tokens[at] in ("i", "o", "b", "x")
        at += typed
        while tokens[at] != ")":
            item, at = plain_value(tokens, at)
            items.append(int(item) if typed else item)
        return items, at + 1
    if word == "<>":
        return None, at + 1
    if word.startswith('"'):
        word = word[1:-1]
    return re.sub(r"\\(.)", r"\1", word, flags=re.DOTALL), at + 1


def normal(value: Any) -> Any:
    """With the labels that the tested reader gives."""
    for node in nodes(value):
        node["node"] = RENAMED.get(node["node"], node["node"])
    return value


def test_every_view_is_read_as_a_plain_reader_does(server: Server) -> None:
    import psycopg

    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(ODD)
        texts = [row[0] for row in connection.execute(VIEWS)]
    assert len(texts) > 100
    for text in texts:
        found, expected = parse_tree(text), plainly(text)
        assert normal(found) == normal(expected)
    odd = [n for n in nodes(parse_tree(texts[-1])) if n["node"] == "TARGETENTRY"]
    assert [entry["resname"] for entry in odd] == [
        *(":a b", ":x", "x:y", 'q"{}\\', "<>", "4 [", "(i 1)", '"<>"'),
    ]


def test_what_lies_below_a_node_comes_in_the_order_of_the_text() -> None:
    text = '{A :x ({B :n 1} <> {QUERY :y {C :n 2}}) :z {D :list (i 1 2) :names ("p" "q")}}'
    tree = parse_tree(text)
    assert [node["node"] for node in nodes(tree)] == ["A", "B", "QUERY", "C", "D"]
    assert [node["node"] for node in nodes(tree, into_queries=False)] == ["A", "B", "QUERY", "D"]
    assert (tree["z"]["list"], tree["z"]["names"]) == ([1, 2], ["p", "q"])


@pytest.mark.parametrize("text", ["", "{A :n 1", "({A :n 1}", "{A :n 1} {B :n 2}", "{A :n (1 2"])
def test_a_text_that_is_no_tree_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"ends inside|left over"):
        parse_tree(text)
