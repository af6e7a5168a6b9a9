"""What is written through a view comes back as its table's row, if no trigger or rule answers."""

from __future__ import annotations

import pytest

from strongroom_codegen.analyse import AnalysedQuery
from tests.python.codegen.statements import Shop, look_at

TABLE = (
    "CREATE TABLE shop.a (id int PRIMARY KEY, x text NOT NULL, y text,"
    " kind text NOT NULL CHECK (kind IN ('a', 'b')))",
    "INSERT INTO shop.a VALUES (1, 'x', 'y', 'a')",
)
VIEW = (
    *TABLE,
    "CREATE VIEW shop.v AS SELECT id AS key, y, x, kind, x || 'z' AS z, y || 'z' AS w,"
    " (SELECT max(b.y) FROM shop.a AS b WHERE b.id = a.id AND a.y IS NOT NULL) AS m,"
    " (SELECT a.y) AS s FROM shop.a WHERE y IS NOT NULL",
)
OUTER = (*VIEW, "CREATE VIEW shop.o AS SELECT key, y, x, kind FROM shop.v WHERE y > ''")
ANSWER = (
    "CREATE FUNCTION shop.nothing() RETURNS trigger LANGUAGE plpgsql"
    " AS $$ BEGIN NEW.x := NULL; NEW.kind := 'q'; RETURN NEW; END $$"
)
TRIGGER = (
    ANSWER,
    "CREATE TRIGGER t INSTEAD OF UPDATE ON shop.v FOR EACH ROW EXECUTE FUNCTION shop.nothing()",
)
RULE = (
    "CREATE TABLE shop.r (y text)",
    "INSERT INTO shop.r VALUES (NULL), (NULL)",
    "CREATE RULE r AS ON UPDATE TO shop.a DO INSTEAD UPDATE shop.r SET y = NULL"
    " RETURNING 1, y, y, y",
)
UPDATE = "UPDATE shop.{} SET y = NULL WHERE key = 1 RETURNING key, y, x, kind"


def _columns(found: AnalysedQuery) -> str:
    return " ".join(c.name + "?" * c.verdict.nullable for c in found.columns)


def _rows(shop: Shop, sql: str, *ddl: str) -> list[tuple[object, ...]]:
    with shop[0].transaction(force_rollback=True):
        for statement in ddl:
            shop[0].execute(statement.encode())
        return shop[0].execute(sql.encode()).fetchall()


@pytest.mark.parametrize("view", ["v", "o"])
def test_the_row_below_comes_back_for_which_the_view_s_condition_is_over(
    shop: Shop, view: str
) -> None:
    sql = UPDATE.format(view)
    assert _columns(look_at(shop, f"SELECT key, y, x, kind FROM shop.{view}", *OUTER)) == (
        "key y x kind"
    )
    assert _columns(look_at(shop, sql, *OUTER)) == "key y? x kind"
    assert _rows(shop, sql, *OUTER) == [(1, None, "x", "a")]
    insert = f"INSERT INTO shop.{view} (key, y, x, kind) VALUES (2, NULL, 'x', 'a') RETURNING *"
    assert _columns(look_at(shop, insert, *OUTER)).startswith("key y? x kind")
    delete = f"DELETE FROM shop.{view} RETURNING key, x, kind"
    assert _columns(look_at(shop, delete, *OUTER)) == "key x kind"


def test_what_the_view_reckons(shop: Shop) -> None:
    sql = "UPDATE shop.v SET y = NULL RETURNING z, w, s, (v).x AS f, (v).y AS g"
    select = "SELECT z, w, s FROM shop.v"
    # The view's own subquery is looked at in either way, whichever comes first.
    both = f"WITH q AS ({sql}) SELECT q.z, q.w, q.s, v.s AS t FROM q, shop.v"
    assert _columns(look_at(shop, select, *VIEW)) == "z w s"
    assert _columns(look_at(shop, sql, *VIEW)).startswith("z w? s?")
    assert "g?" in _columns(look_at(shop, sql, *VIEW))
    assert _columns(look_at(shop, both, *VIEW)) == "z w? s? t"
    assert _rows(shop, sql, *VIEW)[0][:3] == ("xz", None, None)


def test_a_merge_into_a_view(shop: Shop) -> None:
    if shop[0].info.server_version < 170000:
        pytest.skip("PostgreSQL 17 has this")
    sql = (
        "MERGE INTO shop.v USING shop.people AS p ON p.id = v.key"
        " WHEN MATCHED THEN UPDATE SET y = NULL RETURNING key, v.y, v.x"
    )
    assert _columns(look_at(shop, sql, *VIEW)) == "key y? x"


def test_old_and_new_rows_of_a_view(shop: Shop) -> None:
    if shop[0].info.server_version < 180000:
        pytest.skip("PostgreSQL 18 has this")
    sql = "UPDATE shop.v SET y = NULL RETURNING old.x AS a, new.x AS b, new.y AS c"
    assert _columns(look_at(shop, sql, *VIEW)) == "a b c?"
    assert _rows(shop, sql, *VIEW) == [("x", "x", None)]


@pytest.mark.parametrize("view", ["v", "o"])
def test_a_trigger_that_runs_instead_answers_what_it_likes(shop: Shop, view: str) -> None:
    ddl, sql = (*OUTER, *TRIGGER), UPDATE.format(view)
    found = look_at(shop, sql, *ddl)
    assert _columns(found) == "key? y? x? kind?"
    # Nor is it one of the table's list of values.
    assert [column.origin for column in found.columns] == [None] * 4
    within = look_at(shop, f"WITH q AS ({sql}) SELECT q.kind FROM q", *ddl)
    assert within.columns[0].origin is None
    assert _rows(shop, sql, *ddl) == [(1, None, None, "q")]


@pytest.mark.parametrize("view", ["v", "o"])
def test_a_rule_of_the_table_below_gives_rows_of_its_own(shop: Shop, view: str) -> None:
    sql = UPDATE.format(view)
    plain = look_at(shop, sql, *OUTER)
    assert plain.at_most_one
    assert plain.columns[3].origin is not None
    found = look_at(shop, sql, *OUTER, *RULE)
    assert not found.at_most_one
    assert _columns(found) == "key? y? x? kind?"
    assert found.columns[3].origin is None
    assert _rows(shop, sql, *OUTER, *RULE) == [(1, None, None, None)] * 2


@pytest.mark.parametrize("view", ["v", "o"])
def test_what_is_given_to_a_view_is_given_to_the_table(shop: Shop, view: str) -> None:
    sql = f"UPDATE shop.{view} SET x = :x, y = :y, kind = :kind WHERE key = 1"
    found = {p.name: p for p in look_at(shop, sql, *OUTER).parameters}
    assert {name for name, p in found.items() if p.nullable} == {"y"}
    column = found["kind"].column
    assert column is not None
    assert column[1] == 4, "the fourth of the table"
    told = {p.name: p for p in look_at(shop, sql, *OUTER, *TRIGGER).parameters}
    assert {name for name, p in told.items() if p.nullable} == {"x", "y", "kind"}
