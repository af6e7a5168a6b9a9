"""How many rows a statement gives is proven from unique keys, and never where it is not so."""

from __future__ import annotations

import pytest

from tests.python.codegen.statements import Shop, look_at

_INSERT = "INSERT INTO shop.items (title, price, kind) VALUES ('a', 1, 'toy')"
_SKIP = """CREATE FUNCTION shop.skip() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RETURN NULL; END $$"""
_BEFORE = """CREATE TRIGGER skip BEFORE INSERT ON shop.items
FOR EACH ROW EXECUTE FUNCTION shop.skip()"""


@pytest.mark.parametrize(
    ("sql", "proven"),
    [
        ("SELECT p.id FROM shop.people AS p WHERE p.id = :id", True),
        ("SELECT p.id FROM shop.people AS p WHERE p.name = :name", True),
        ("SELECT p.id FROM shop.people AS p WHERE p.nick = :nick", False),
        ("SELECT p.id FROM shop.people AS p WHERE p.id > :id", False),
        ("SELECT p.id FROM shop.people AS p WHERE p.id = :id OR p.id = 2", False),
        ("SELECT p.id FROM shop.people AS p WHERE p.id = ANY (:ids)", False),
        ("SELECT p.id FROM shop.people AS p LIMIT 1", True),
        ("SELECT p.id FROM shop.people AS p LIMIT :n", False),
        ("SELECT p.id FROM shop.people AS p LIMIT 1::bigint", True),
        ("SELECT p.id FROM shop.people AS p LIMIT pg_catalog.int4larger(1, 5)", False),
        ("SELECT p.id FROM shop.people AS p ORDER BY p.nick FETCH FIRST ROW ONLY", True),
        ("SELECT p.id FROM shop.people AS p ORDER BY p.nick FETCH FIRST ROW WITH TIES", False),
        (
            "SELECT p.id FROM shop.people AS p WHERE p.id = :id"
            " ORDER BY p.nick FETCH FIRST ROW WITH TIES",
            True,
        ),
        ("SELECT p.id FROM shop.people AS p WHERE p.name::bpchar = :name::bpchar", False),
        ('SELECT p.id FROM shop.people AS p WHERE p.name = :name COLLATE pg_catalog."C"', True),
        ("SELECT count(*) FROM shop.people AS p", True),
        ("SELECT count(*) FROM shop.people AS p GROUP BY p.nick", False),
        ("SELECT s.amount FROM shop.sales AS s WHERE s.id = :id", False),
        ("SELECT s.amount FROM shop.sales AS s WHERE s.id = :id AND s.person_id = :p", True),
        (
            "SELECT i.title FROM shop.sales AS s JOIN shop.items AS i ON i.id = s.item_id"
            " WHERE s.id = :id AND s.person_id = :p",
            True,
        ),
        (
            "SELECT i.title FROM shop.sales AS s LEFT JOIN shop.items AS i ON i.id = s.item_id"
            " WHERE s.id = :id AND s.person_id = :p",
            True,
        ),
        (
            "SELECT s.amount FROM shop.people AS p LEFT JOIN shop.sales AS s ON s.person_id = p.id"
            " WHERE p.id = :id",
            False,
        ),
        (
            "SELECT s.amount FROM shop.people AS p LEFT JOIN shop.sales AS s ON p.id = :id"
            " AND s.person_id = p.id AND s.id = 1",
            False,
        ),
        (
            "SELECT p.id FROM shop.people AS p FULL JOIN shop.items AS i ON i.id = p.id"
            " WHERE p.id = :id",
            False,
        ),
        ("SELECT p.id FROM shop.people AS p WHERE p.id = (random() * 9)::bigint", False),
        ("SELECT q.id FROM (SELECT p.id FROM shop.people AS p) AS q WHERE q.id = :id", True),
        ("SELECT g.id FROM shop.gifts AS g WHERE g.id = :id AND g.person_id = :p", True),
        ("SELECT q.id FROM shop.places AS q WHERE q.id = :id", False),
        ("SELECT q.id FROM ONLY shop.places AS q WHERE q.id = :id", True),
        ("SELECT s.sale_id FROM shop.sell(1, 2, 3) AS s", False),
        ("SELECT generate_series(1, 2) AS n", False),
        ("INSERT INTO shop.people (id, name) VALUES (1, 'a') RETURNING id", True),
        ("INSERT INTO shop.people (id, name) VALUES (1, 'a'), (2, 'b') RETURNING id", False),
        (
            "INSERT INTO shop.people (id, name) SELECT i.id, 'a' FROM shop.items AS i RETURNING id",
            False,
        ),
        ("UPDATE shop.people AS p SET nick = 'a' WHERE p.id = :id RETURNING p.id", True),
        ("DELETE FROM shop.people AS p RETURNING p.id", False),
        ("SELECT 1 AS a UNION ALL SELECT 2", False),
        (
            "WITH gone AS (DELETE FROM shop.people AS p WHERE p.id = :id RETURNING p.id)"
            " SELECT gone.id FROM gone",
            True,
        ),
    ],
)
def test_at_most_one_row_is_proven_from_keys(shop: Shop, sql: str, proven: bool) -> None:
    assert look_at(shop, sql).at_most_one is proven


def test_pages_of_groups(shop: Shop) -> None:
    """PostgreSQL 18 names what is grouped in another way above the GROUP BY than below it."""
    sql = (
        "SELECT p.nick, count(*) AS number FROM shop.people AS p WHERE p.nick IS NOT NULL\n"
        "AND p.nick > (:after) --? after\nGROUP BY p.nick ORDER BY p.nick LIMIT :limit"
    )
    found = look_at(shop, sql, kind="page").key
    assert found is not None
    assert found.columns == (0,)


def test_a_rule_gives_rows_of_its_own(shop: Shop) -> None:
    ddl = (
        "CREATE TABLE shop.a (id int PRIMARY KEY)",
        "CREATE VIEW shop.v AS SELECT id FROM shop.a",
        "CREATE RULE r AS ON INSERT TO shop.v DO INSTEAD"
        " INSERT INTO shop.a SELECT * FROM generate_series(1, NEW.id) RETURNING id",
        "CREATE RULE s AS ON UPDATE TO shop.v DO INSTEAD UPDATE shop.a SET id = -id RETURNING id",
    )
    insert = "INSERT INTO shop.v (id) VALUES (3) RETURNING id"
    update = "UPDATE shop.v SET id = 1 WHERE id = :id RETURNING id"
    for sql in (insert, update):
        assert look_at(shop, sql, *ddl[:2]).at_most_one
        assert not look_at(shop, sql, *ddl).at_most_one
    with shop[0].transaction(force_rollback=True):
        for statement in ddl:
            shop[0].execute(statement.encode())
        assert len(shop[0].execute(insert).fetchall()) == 3


def test_two_local_times_can_be_one_moment(shop: Shop) -> None:
    ddl = "CREATE TABLE shop.a (x timestamp PRIMARY KEY, y timestamptz UNIQUE)"
    sql = "SELECT a.x FROM shop.a WHERE a.{} = CAST(:at AS {})"
    assert look_at(shop, sql.format("x", "timestamp"), ddl).at_most_one
    assert not look_at(shop, sql.format("x", "timestamptz"), ddl).at_most_one
    assert look_at(shop, sql.format("y", "timestamptz"), ddl).at_most_one


def test_a_collation_may_have_equals_of_its_own(shop: Shop) -> None:
    row = (
        shop[0]
        .execute("SELECT count(*) FROM pg_catalog.pg_collation WHERE collname = 'und-x-icu'")
        .fetchone()
    )
    if not row or not row[0]:
        pytest.skip("this server was built without ICU")
    ddl = (
        "CREATE COLLATION shop.any_case"
        " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
        "CREATE TABLE shop.a (x text NOT NULL UNIQUE, y text COLLATE shop.any_case UNIQUE,"
        " z text COLLATE shop.any_case)",
        'CREATE UNIQUE INDEX ON shop.a (z COLLATE "C")',
    )
    for condition, proven in {
        "a.x = :x": True,
        "a.x = :x COLLATE shop.any_case": False,
        "a.x COLLATE shop.any_case = :x": False,
        "a.y = :y": True,
        'a.y = :y COLLATE "C"': True,
        "a.z = :z": False,
    }.items():
        sql = f"SELECT a.x FROM shop.a WHERE {condition}"
        assert look_at(shop, sql, *ddl).at_most_one is proven, condition
    sql = "SELECT q.c FROM (SELECT a.x COLLATE shop.any_case AS c FROM shop.a) AS q WHERE q.c = :c"
    assert not look_at(shop, sql, *ddl).at_most_one


_PAIRS = (
    "CREATE TABLE shop.a (x int UNIQUE NOT NULL, y int, flag bool)",
    "CREATE TABLE shop.b (id int PRIMARY KEY, y int)",
    "INSERT INTO shop.a VALUES (0, 0, false), (7, 7, true)",
    "INSERT INTO shop.b VALUES (5, 7)",
)


@pytest.mark.parametrize(
    "sql",
    [
        # Whether the join finds its row depends on the row that it looks for one for.
        "SELECT a.x FROM shop.a LEFT JOIN shop.b ON b.id = 5 AND a.flag"
        " WHERE a.x = coalesce(b.y, 0)",
        "SELECT a.x FROM shop.b RIGHT JOIN shop.a ON b.id = 5 AND a.flag"
        " WHERE a.x = coalesce(b.y, 0)",
        "SELECT a.x FROM shop.a LEFT JOIN (SELECT b.y FROM shop.b LIMIT 1) AS b ON a.flag"
        " WHERE a.x = coalesce(b.y, 0)",
        "SELECT b.id FROM shop.a LEFT JOIN shop.b ON b.id = 5 AND a.flag GROUP BY b.id",
        # One row, but another one for each row beside it.
        "SELECT a.x FROM shop.a, LATERAL (SELECT a.y AS z) AS s WHERE a.x = s.z",
        "SELECT a.x FROM shop.a, LATERAL abs(a.y) AS s (z) WHERE a.x = s.z",
        "SELECT a.x FROM shop.a, LATERAL (VALUES (a.y)) AS s (z) WHERE a.x = s.z",
        "SELECT a.x FROM shop.a, LATERAL (SELECT max(b.y) + a.y - 7 AS z FROM shop.b) AS s"
        " WHERE a.x = s.z",
        "SELECT j.x FROM (shop.a CROSS JOIN shop.b) AS j, LATERAL (SELECT (SELECT j.x) AS z) AS s"
        " WHERE j.x = s.z AND j.id = 5",
    ],
)
def test_what_depends_on_other_rows_is_no_one_row(shop: Shop, sql: str) -> None:
    assert not look_at(shop, sql, *_PAIRS).at_most_one
    with shop[0].transaction(force_rollback=True):
        for statement in _PAIRS:
            shop[0].execute(statement.encode())
        assert len(shop[0].execute(sql.encode()).fetchall()) == 2


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a.x FROM shop.a LEFT JOIN shop.b ON b.id = a.y WHERE a.x = :x",
        "SELECT a.x FROM shop.b RIGHT JOIN shop.a ON b.id = a.y WHERE a.x = :x",
        "SELECT a.x FROM shop.a LEFT JOIN shop.b ON b.id = 5 WHERE a.x = b.y AND b.id > 0",
        "SELECT a.x FROM shop.a, LATERAL (SELECT a.y AS z) AS s WHERE a.x = :x",
        "SELECT a.x FROM shop.b, LATERAL (SELECT b.y AS z) AS s, shop.a"
        " WHERE b.id = :id AND a.x = s.z",
    ],
)
def test_what_depends_on_one_row_is_one_row(shop: Shop, sql: str) -> None:
    assert look_at(shop, sql, *_PAIRS).at_most_one


_NICKS = (
    "CREATE TABLE shop.nicks (id int PRIMARY KEY, nick text, name text NOT NULL, wallet int)",
    "CREATE UNIQUE INDEX i ON shop.nicks (nick) WHERE {}",
)


@pytest.mark.parametrize(
    ("condition", "said", "proven"),
    [
        ("nick IS NOT NULL", "true", True),
        ("wallet IS NULL", "p.wallet IS NULL", True),
        ("wallet IS NULL", "p.wallet IS NOT NULL", False),
        ("wallet IS NULL", "true", False),
        ("wallet IS NULL", "(p.wallet IS NULL OR p.id > 3)", False),
        ("wallet IS NULL", "p.nick IS NULL", False),
        ("wallet IS NOT NULL", "p.wallet > 3", True),
        ("name IS NOT NULL", "true", True),
        ("name = 'a' AND wallet IS NULL", "p.wallet IS NULL AND p.name = 'a'", True),
        ("name = 'a' AND wallet IS NULL", "p.wallet IS NULL AND p.name = 'b'", False),
        ("name = 'a'", "p.name = :name", False),
        ("name IN ('a', 'b')", "p.name IN ('a', 'b')", True),
        ("name = 'a'", "p.name = 'a' COLLATE pg_catalog.\"C\"", False),
        ("lower(name) = 'a'", "lower(p.name) = 'a'", True),
        ("lower(name) = 'a'", "upper(p.name) = 'a'", False),
        ("wallet > 3", "p.wallet > 3", True),
        ("wallet > 3", "p.wallet > 4", False),
        ("wallet > 3", "3 > p.wallet", False),
    ],
)
def test_a_partial_key_needs_its_condition(
    shop: Shop, condition: str, said: str, *, proven: bool
) -> None:
    sql = f"SELECT p.id FROM shop.nicks AS p WHERE p.nick = :nick AND {said}"
    assert look_at(shop, sql, _NICKS[0], _NICKS[1].format(condition)).at_most_one is proven


@pytest.mark.parametrize(
    ("sql", "proven"),
    [
        # The condition of an outer join, where the row is there, and one about another table.
        (
            "SELECT i.id FROM shop.items AS i LEFT JOIN shop.nicks AS p"
            " ON p.nick = i.title AND p.wallet IS NULL WHERE i.id = :id",
            True,
        ),
        (
            "SELECT i.id FROM shop.items AS i LEFT JOIN shop.nicks AS p ON p.nick = i.title"
            " WHERE i.id = :id AND p.wallet IS NULL",
            True,
        ),
        (
            "SELECT q.id FROM shop.nicks AS q JOIN shop.nicks AS p ON p.nick = q.nick"
            " WHERE q.id = :id AND q.wallet IS NULL",
            False,
        ),
        (
            "SELECT q.id FROM shop.nicks AS q LEFT JOIN shop.nicks AS p ON q.wallet IS NULL"
            " WHERE q.nick = :nick AND p.id = q.id",
            False,
        ),
        (
            "SELECT q.id FROM (SELECT p.id, p.nick FROM shop.nicks AS p WHERE p.wallet IS NULL)"
            " AS q WHERE q.nick = :nick",
            True,
        ),
        (
            "UPDATE shop.nicks AS p SET wallet = 1 WHERE p.nick = :nick AND p.wallet IS NULL"
            " RETURNING p.id",
            True,
        ),
    ],
)
def test_the_condition_of_a_partial_key_is_of_its_own_rows(
    shop: Shop, sql: str, *, proven: bool
) -> None:
    assert look_at(shop, sql, _NICKS[0], _NICKS[1].format("wallet IS NULL")).at_most_one is proven


@pytest.mark.parametrize(
    ("where", "proven"),
    [
        ("n.a = :a AND n.b = :b", True),
        ("n.a IS NULL AND n.b = :b", True),
        ("n.a IS NULL AND n.b IS NULL", True),
        ("n.a IS NULL", False),
        ("n.a IS NOT DISTINCT FROM :a AND n.b = :b", True),
        ("n.a IS DISTINCT FROM :a AND n.b = :b", False),
        ("NOT (n.a IS NULL) AND n.b = :b", False),
        # A unique key of which NULLs are told apart.
        ("n.c IS NULL", False),
        ("n.c IS NOT DISTINCT FROM :c", False),
        ("n.c IS NOT DISTINCT FROM :c AND n.c > 3", True),
        ("n.d IS NOT DISTINCT FROM :d", True),
        # One of a row is true of a row of NULLs, too.
        ("n.r IS NULL", False),
    ],
)
def test_nulls_that_are_not_distinct(shop: Shop, where: str, *, proven: bool) -> None:
    ddl = (
        "CREATE TYPE shop.duo AS (x int, y int)",
        "CREATE TABLE shop.n (a int, b int, c int UNIQUE, d int NOT NULL UNIQUE, r shop.duo,"
        " UNIQUE NULLS NOT DISTINCT (a, b), UNIQUE NULLS NOT DISTINCT (r))",
    )
    assert look_at(shop, f"SELECT n.a FROM shop.n WHERE {where}", *ddl).at_most_one is proven


def test_no_row_and_a_row_of_null_are_two(shop: Shop) -> None:
    ddl = (
        "CREATE TABLE shop.a (x int, flag bool, UNIQUE NULLS NOT DISTINCT (x))",
        "CREATE TABLE shop.b (k int, y int, UNIQUE NULLS NOT DISTINCT (k))",
        "INSERT INTO shop.a VALUES (NULL, false), (7, true)",
        "INSERT INTO shop.b VALUES (NULL, 7)",
    )
    sql = (
        "SELECT a.x FROM shop.a LEFT JOIN shop.b ON a.flag"
        " WHERE b.k IS NULL AND a.x IS NOT DISTINCT FROM b.y"
    )
    assert not look_at(shop, sql, *ddl).at_most_one
    with shop[0].transaction(force_rollback=True):
        for statement in ddl:
            shop[0].execute(statement.encode())
        assert len(shop[0].execute(sql).fetchall()) == 2


@pytest.mark.parametrize(
    ("sql", "ddl", "proven"),
    [
        (f"{_INSERT} RETURNING id", [], True),
        (f"{_INSERT} ON CONFLICT DO NOTHING RETURNING id", [], False),
        (f"{_INSERT} RETURNING id", [_SKIP, _BEFORE], False),
        (f"{_INSERT}, ('b', 2, 'toy') RETURNING id", [], False),
        (
            _INSERT.replace(
                "VALUES ('a', 1, 'toy')", "SELECT 'a', 1, 'toy' WHERE 1 > 2 RETURNING id"
            ),
            [],
            False,
        ),
        ("SELECT i.id FROM shop.items AS i WHERE i.id = 1", [], False),
    ],
)
def test_exactly_one_row_is_proven_from_inserts(
    shop: Shop, sql: str, ddl: list[str], proven: bool
) -> None:
    assert look_at(shop, sql, *ddl, kind="one").always_one is proven
