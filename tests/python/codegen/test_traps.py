"""Where a column marked NOT NULL can hold NULL all the same, what only some servers have."""

from __future__ import annotations

import psycopg
import pytest

from strongroom_codegen.analyse import AnalysedQuery
from tests.python.codegen.statements import Shop, look_at


def _columns(found: AnalysedQuery) -> str:
    return " ".join(c.name + "?" * c.verdict.nullable for c in found.columns)


def _needs(shop: Shop, version: int) -> None:
    server = shop[0].info.server_version // 10000
    if server < version:
        pytest.skip(f"PostgreSQL {version} has this, {server} has not")


def test_a_constraint_that_is_not_validated_proves_nothing(shop: Shop) -> None:
    _needs(shop, 18)
    ddl = "ALTER TABLE shop.people ADD CONSTRAINT nick_given NOT NULL nick NOT VALID"
    assert _columns(look_at(shop, "SELECT p.nick FROM shop.people AS p", ddl)) == "nick?"


def test_a_child_table_may_hold_null(shop: Shop) -> None:
    if shop[0].info.server_version // 10000 >= 18:
        ddl = ["CREATE TABLE shop.a (x int CONSTRAINT a_x NOT NULL NO INHERIT)"]
        ddl.append("CREATE TABLE shop.b () INHERITS (shop.a)")
    else:
        ddl = ["CREATE TABLE shop.a (x int NOT NULL)", "CREATE TABLE shop.b () INHERITS (shop.a)"]
        ddl.append("ALTER TABLE shop.b ALTER COLUMN x DROP NOT NULL")
    assert _columns(look_at(shop, "SELECT a.x FROM shop.a", *ddl)) == "x?"
    assert _columns(look_at(shop, "SELECT a.x FROM ONLY shop.a", *ddl)) == "x"


def test_a_foreign_table_promises_nothing(shop: Shop) -> None:
    ddl = (
        "CREATE FOREIGN DATA WRAPPER nowhere",
        "CREATE SERVER nowhere FOREIGN DATA WRAPPER nowhere",
        "CREATE FOREIGN TABLE shop.f (x int NOT NULL) SERVER nowhere",
    )
    assert _columns(look_at(shop, "SELECT f.x FROM shop.f", *ddl)) == "x?"


def test_a_domain_that_is_not_null_becomes_null_under_an_outer_join(shop: Shop) -> None:
    ddl = (
        "CREATE DOMAIN shop.given AS text NOT NULL",
        "CREATE TABLE shop.d (id bigint PRIMARY KEY, x shop.given NOT NULL)",
    )
    assert _columns(look_at(shop, "SELECT d.x FROM shop.d", *ddl)) == "x"
    sql = "SELECT d.x FROM shop.people AS p LEFT JOIN shop.d ON d.id = p.id"
    assert _columns(look_at(shop, sql, *ddl)) == "x?"


def test_a_view_with_a_trigger_returns_what_the_trigger_says(shop: Shop) -> None:
    ddl = (
        "CREATE VIEW shop.v AS SELECT p.id, p.name FROM shop.people AS p",
        "CREATE FUNCTION shop.nothing() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN NEW.name := NULL; RETURN NEW; END $$",
        "CREATE TRIGGER t INSTEAD OF UPDATE ON shop.v FOR EACH ROW EXECUTE FUNCTION shop.nothing()",
    )
    assert _columns(look_at(shop, "SELECT v.name FROM shop.v", *ddl)) == "name"
    sql = "UPDATE shop.v SET name = 'x' RETURNING name"
    assert _columns(look_at(shop, sql, *ddl)) == "name?"


def test_merge_returning(shop: Shop) -> None:
    _needs(shop, 17)
    sql = (
        "MERGE INTO shop.people AS p USING shop.items AS i ON i.id = p.id{}"
        " WHEN MATCHED THEN UPDATE SET nick = i.title"
        " RETURNING merge_action() AS action, p.name, p.nick, i.title"
    )
    assert _columns(look_at(shop, sql.format(""))) == "action name nick? title"
    both = " WHEN NOT MATCHED BY SOURCE THEN UPDATE SET nick = 'x'"
    assert _columns(look_at(shop, sql.format(both))) == "action name nick? title?"


def test_returning_old_and_new(shop: Shop) -> None:
    _needs(shop, 18)
    update = "UPDATE shop.people AS p SET name = 'x' RETURNING old.name AS a, new.name AS b"
    assert _columns(look_at(shop, update)) == "a b"
    insert = (
        "INSERT INTO shop.people (id, name) VALUES (1, 'x') RETURNING old.name AS a, new.id AS b"
    )
    assert _columns(look_at(shop, insert)) == "a? b"
    delete = "DELETE FROM shop.people RETURNING old.name AS a, new.name AS b"
    assert _columns(look_at(shop, delete)) == "a b?"


def test_xml_table(shop: Shop) -> None:
    try:
        with shop[0].transaction():
            shop[0].execute("SELECT xml '<a/>'")
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server was built without XML")
    sql = (
        "SELECT x.n, x.a, x.b FROM XMLTABLE('/r/i' PASSING '<r><i a=\"1\"/></r>'"
        " COLUMNS n FOR ORDINALITY, a text PATH '@a' NOT NULL, b text PATH '@b') AS x"
    )
    assert _columns(look_at(shop, sql)) == "n a b?"


def test_a_domain_that_is_not_null_is_no_proof_for_a_column(shop: Shop) -> None:
    """An empty subquery has the domain's type, and nothing checks its NULL on the way in."""
    ddl = (
        "CREATE DOMAIN shop.given AS text NOT NULL",
        "CREATE TABLE shop.d (x shop.given, y shop.given NOT NULL)",
        "INSERT INTO shop.d SELECT (SELECT d.x FROM shop.d), 'y'",
    )
    assert _columns(look_at(shop, "SELECT d.x, d.y FROM shop.d", *ddl)) == "x? y"
    assert (
        _columns(look_at(shop, "SELECT p.nick::shop.given AS x FROM shop.people AS p", *ddl)) == "x"
    )
    parameter = look_at(shop, "INSERT INTO shop.d (x, y) VALUES (:x, 'y')", *ddl).parameters[0]
    assert not parameter.nullable
    with shop[0].transaction(force_rollback=True):
        for statement in ddl:
            shop[0].execute(statement.encode())
        assert shop[0].execute("SELECT d.x FROM shop.d").fetchall() == [(None,)]


def test_a_rule_answers_returning_in_its_own_words(shop: Shop) -> None:
    ddl = (
        "CREATE TABLE shop.a (x text NOT NULL)",
        "CREATE TABLE shop.b (y text)",
        "CREATE RULE r AS ON UPDATE TO shop.a DO INSTEAD UPDATE shop.b SET y = NULL RETURNING b.y",
        "INSERT INTO shop.a VALUES ('x')",
        "INSERT INTO shop.b VALUES ('y')",
    )
    update = "UPDATE shop.a SET x = 'z' RETURNING a.x"
    assert _columns(look_at(shop, "SELECT a.x FROM shop.a", *ddl)) == "x"
    assert _columns(look_at(shop, update, *ddl)) == "x?"
    assert _columns(look_at(shop, "DELETE FROM shop.a RETURNING a.x", *ddl)) == "x"
    with shop[0].transaction(force_rollback=True):
        for statement in ddl:
            shop[0].execute(statement.encode())
        assert shop[0].execute(update).fetchall() == [(None,)]


def test_a_trigger_may_change_the_row_but_not_break_not_null(shop: Shop) -> None:
    ddl = (
        "CREATE FUNCTION shop.forget() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN NEW.nick := NULL; RETURN NEW; END $$",
        "CREATE TRIGGER t BEFORE INSERT OR UPDATE ON shop.people FOR EACH ROW"
        " EXECUTE FUNCTION shop.forget()",
    )
    insert = "INSERT INTO shop.people (id, name, nick) VALUES (1, 'a', 'b') RETURNING name, nick"
    assert _columns(look_at(shop, insert, *ddl)) == "name nick?"


def test_a_function_of_one_column_rows(shop: Shop) -> None:
    """In FROM the row is spread into its column: a row that is there may hold a NULL."""
    ddl = (
        "CREATE TYPE shop.single AS (x text)",
        "CREATE FUNCTION shop.f() RETURNS shop.single LANGUAGE sql RETURN ROW(NULL)::shop.single",
        "CREATE FUNCTION shop.g() RETURNS SETOF shop.single LANGUAGE sql"
        " BEGIN ATOMIC SELECT ROW(NULL)::shop.single; END",
    )
    assert _columns(look_at(shop, "SELECT t.x FROM shop.f() AS t", *ddl)) == "x?"
    assert _columns(look_at(shop, "SELECT t.x FROM shop.g() AS t", *ddl)) == "x?"


def test_a_function_that_returns_a_table_with_a_dropped_column(shop: Shop) -> None:
    ddl = (
        "CREATE TABLE shop.a (gone int, x text NOT NULL)",
        "ALTER TABLE shop.a DROP COLUMN gone",
        "CREATE FUNCTION shop.f() RETURNS SETOF shop.a LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN QUERY SELECT * FROM shop.a; END $$",
        "COMMENT ON FUNCTION shop.f() IS '@nonnull x'",
    )
    assert _columns(look_at(shop, "SELECT t.x FROM shop.f() AS t", *ddl)) == "x"


def test_a_function_s_declared_type_may_lose_the_value(shop: Shop) -> None:
    ddl = (
        "CREATE FUNCTION shop.f() RETURNS time LANGUAGE sql RETURN timestamp 'infinity'",
        "CREATE FUNCTION shop.g() RETURNS bigint LANGUAGE sql RETURN 1",
    )
    assert _columns(look_at(shop, "SELECT shop.f() AS a, shop.g() AS b", *ddl)) == "a? b"
    with shop[0].transaction(force_rollback=True):
        shop[0].execute(ddl[0])
        assert shop[0].execute("SELECT shop.f()").fetchone() == (None,)


def test_an_array_given_to_a_function_may_hold_null(shop: Shop) -> None:
    ddl = (
        "CREATE FUNCTION shop.f(xs text[]) RETURNS SETOF text LANGUAGE sql"
        " BEGIN ATOMIC SELECT unnest(xs); END",
    )
    sql = "SELECT t.x FROM shop.f(ARRAY['a', NULL]) AS t (x)"
    assert _columns(look_at(shop, sql, *ddl)) == "x?"
    stored = "UPDATE shop.people SET tags = :tags RETURNING 'x' = ANY (:tags) AS a"
    assert _columns(look_at(shop, stored)) == "a?"
    assert _columns(look_at(shop, "SELECT u.x FROM unnest(:xs::text[]) AS u (x)")) == "x"


def test_a_strict_function_that_promises_no_null(shop: Shop) -> None:
    """The promise is of what it answers when it is called; NULL in is NULL out."""
    ddl = (
        "CREATE FUNCTION shop.f(x text) RETURNS text LANGUAGE plpgsql STRICT"
        " AS $$ BEGIN RETURN x; END $$",
        "COMMENT ON FUNCTION shop.f(text) IS '@nonnull'",
    )
    sql = (
        "SELECT shop.f(p.name) AS a, shop.f(p.nick) AS b, t.c"
        " FROM shop.people AS p, shop.f(p.nick) AS t (c)"
    )
    assert _columns(look_at(shop, sql, *ddl)) == "a b? c?"


def test_virtual_generated_columns(shop: Shop) -> None:
    _needs(shop, 18)
    ddl = (
        "CREATE TABLE shop.a (x int, y int GENERATED ALWAYS AS (x + 1) VIRTUAL,"
        " z int NOT NULL GENERATED ALWAYS AS (coalesce(x, 0)) VIRTUAL)"
    )
    assert _columns(look_at(shop, "SELECT a.y, a.z FROM shop.a", ddl)) == "y? z"


def test_a_deeply_nested_expression_is_no_problem(shop: Shop) -> None:
    sql = "SELECT " + " || ".join(["p.name"] * 1500) + " AS a FROM shop.people AS p"
    assert _columns(look_at(shop, sql)) == "a"


def test_utility_statements_are_not_refused(shop: Shop) -> None:
    for sql in ("NOTIFY something", "LOCK TABLE shop.people", "SET LOCAL lock_timeout = '1s'"):
        assert look_at(shop, sql, kind="exec").footprint.modifies


@pytest.mark.parametrize(
    ("sql", "nullable"),
    [
        ("INSERT INTO shop.people (id, name, nick) VALUES (:a, :b, :c)", {"c"}),
        ("INSERT INTO shop.people (id, name, nick) VALUES (:a, :b, :c), (1, 'x', :d)", {"c", "d"}),
        ("INSERT INTO shop.people (id, name, nick) SELECT :a, :b, CAST(:c AS text)", {"c"}),
        ("UPDATE shop.people AS p SET nick = :c WHERE p.id = :a", {"c"}),
        ("UPDATE shop.people AS p SET nick = :c WHERE p.nick = :c", set()),
        ("UPDATE shop.people AS p SET nick = coalesce(:c, p.nick) WHERE p.id = :a", {"c"}),
        ("SELECT p.id FROM shop.people AS p WHERE p.nick = :c", set()),
        ("SELECT p.id FROM shop.people AS p WHERE p.nick IS NOT DISTINCT FROM :c", {"c"}),
        ("SELECT p.id FROM shop.people AS p WHERE :c::text IS NULL OR p.nick = :c", {"c"}),
        ("SELECT p.id FROM shop.people AS p WHERE p.id = ANY (:c)", set()),
        (
            "INSERT INTO shop.people AS p (id, name) VALUES (:a, :b)"
            " ON CONFLICT (id) DO UPDATE SET nick = :c",
            {"c"},
        ),
        ("INSERT INTO shop.items (title, price, note, kind) VALUES (:a, :b, :c, :d)", {"c"}),
    ],
)
def test_parameters_may_be_none_where_that_makes_sense(
    shop: Shop, sql: str, nullable: set[str]
) -> None:
    found = look_at(shop, sql)
    assert {p.name for p in found.parameters if p.nullable} == nullable
