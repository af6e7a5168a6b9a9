"""A migration goes back alone, and function files with it: as far as those that stay allow."""

from __future__ import annotations

import pytest

from strongroom.migrate import ledger
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.rollback import Until
from tests.python.migrate.conftest import Sandbox
from tests.python.migrate.test_functions import function

ARGUMENTS = """
SELECT pg_get_function_identity_arguments(oid) FROM pg_proc WHERE proname = 'score'
"""
PRICE = "ALTER TABLE app.items ADD COLUMN price int;\n"
NO_PRICE = "ALTER TABLE app.items DROP COLUMN price;\n"
FOUND = "SELECT id FROM app.items WHERE app.score(id) = 3"
PRICED = "(SELECT max(price) + a FROM app.items)"


@pytest.fixture
def scored(started: Sandbox) -> Sandbox:
    """One function, applied."""
    started.function("score", function("a + 1"))
    started.apply()
    return started


def other_arguments(sandbox: Sandbox, number: int = 2, after: str = "0001.app.start") -> str:
    """A migration that drops the function of one argument, for the file has two now."""
    sandbox.function("score", function("a + b", arguments="a int, b int"))
    return sandbox.migration(
        f"{number:04}.app.score",
        f"-- depends: {after}\nDROP ROUTINE IF EXISTS app.score(integer);\n",
    )


def price(sandbox: Sandbox, number: int = 3, after: str = "0002.app.score") -> str:
    return sandbox.migration(f"{number:04}.app.price", f"-- depends: {after}\n{PRICE}", NO_PRICE)


def test_what_a_migration_that_stays_dropped_is_not_brought_back(scored: Sandbox) -> None:
    other_arguments(scored)
    price(scored)
    scored.apply()
    assert scored.rollback().rolled_back == ["0003.app.price"]
    assert scored.query(ARGUMENTS) == [("a integer, b integer",)]
    assert scored.apply().applied == ["0003.app.price"]
    assert scored.query(ARGUMENTS) == [("a integer, b integer",)]
    # And with the one that dropped it, it comes back.
    scored.rollback(Until(to="0001"))
    assert scored.query(ARGUMENTS) == [("a integer",)]
    scored.apply()
    assert scored.query(ARGUMENTS) == [("a integer, b integer",)]


def test_nor_when_it_was_applied_by_a_run_that_stopped(scored: Sandbox) -> None:
    other_arguments(scored)
    price(scored)
    scored.write("migrations/0003.app.price.sql", "-- depends: 0002.app.score\nSELECT 1 / 0;\n")
    with pytest.raises(MigrationError):
        scored.apply()
    price(scored)
    scored.apply()
    scored.rollback()
    assert scored.query(ARGUMENTS) == [("a integer, b integer",)]
    assert scored.apply().applied == ["0003.app.price"]


def test_a_body_that_values_are_stored_with_stays(scored: Sandbox) -> None:
    scored.execute("INSERT INTO app.items (id) VALUES (1)")
    index = "CREATE INDEX score_idx ON app.items (app.score(id));\n"
    scored.migration(
        "0002.app.index",
        f"-- depends: 0001.app.start\n{function('a + 2')}{index}",
        f"DROP INDEX app.score_idx;\n{function('a + 1')}",
    )
    scored.function("score", function("a + 2"))
    price(scored, after="0002.app.index")
    scored.apply()
    scored.rollback()
    assert scored.value("SELECT app.score(1)") == 3
    with scored.connect() as connection:
        connection.execute("SET enable_seqscan = off")
        assert connection.execute(FOUND).fetchall() == [(1,)]
    assert scored.apply().applied == ["0003.app.price"]
    scored.rollback(Until(to="0001"))
    assert scored.value("SELECT app.score(1)") == 2


def test_other_files_of_the_run_get_their_version_from_before(scored: Sandbox) -> None:
    scored.function("other", function("a", name="other"))
    scored.apply()
    other_arguments(scored)
    price(scored)
    scored.function("other", function(PRICED, name="other"))
    scored.apply()
    scored.rollback()
    assert scored.value("SELECT app.other(7)") == 7
    assert scored.query(ARGUMENTS) == [("a integer, b integer",)]


def test_what_holds_on_to_a_column_goes_until_it_is_back(scored: Sandbox) -> None:
    """Neither version can be: the old one was dropped, the new one reads the column."""
    other_arguments(scored)
    scored.function("score", function(f"{PRICED} + b", arguments="a int, b int"))
    price(scored)
    scored.apply()
    scored.rollback()
    assert "  function functions/app/score.sql: not whole until the next apply" in scored.said
    assert scored.query(ARGUMENTS) == []
    assert scored.status()["functions"] == {"functions/app/score.sql": "dropped"}
    scored.apply()
    assert scored.query(ARGUMENTS) == [("a integer, b integer",)]
    scored.rollback(Until(to="0001"))
    assert scored.query(ARGUMENTS) == [("a integer",)]


def test_a_new_file_holds_nothing_up(started: Sandbox) -> None:
    """What holds on to the column goes; what holds on to that, and what does not, is there."""
    started.function("score", function(PRICED))
    started.function("twice", function("app.score(a) * 2", name="twice"))
    started.function("plain", function("a", name="plain"))
    price(started, 2, "0001.app.start")
    started.apply()
    started.rollback()
    assert started.query(
        "SELECT proname FROM pg_proc WHERE proname IN ('plain', 'score', 'twice')"
    ) == [("plain",)]
    assert sorted(started.apply().functions) == [
        "functions/app/score.sql",
        "functions/app/twice.sql",
    ]
    assert started.value("SELECT app.twice(1)") is None


def test_what_others_made_on_a_new_function_is_not_dropped(started: Sandbox) -> None:
    started.function("score", function(PRICED))
    price(started, 2, "0001.app.start")
    started.apply()
    started.execute("CREATE VIEW app.scores AS SELECT app.score(1)")
    with pytest.raises(MigrationError, match="other objects depend on it") as caught:
        started.rollback()
    assert "app.score(integer)" in caught.value.message
    assert started.applied() == ["0001.app.start", "0002.app.price"]


def test_several_go_and_one_stays(scored: Sandbox) -> None:
    """In each step what the ones that are left did counts."""
    scored.function("other", function("a", name="other"))
    scored.apply()
    other_arguments(scored)
    scored.migration(
        "0003.app.other",
        "-- depends: 0002.app.score\nDROP ROUTINE IF EXISTS app.other(integer);\n",
    )
    scored.function("other", function(PRICED, name="other", arguments="a bigint", result="bigint"))
    price(scored, 4, "0003.app.other")
    scored.apply()
    done = scored.rollback(Until(to="0002"))
    assert done.rolled_back == ["0004.app.price", "0003.app.other"]
    assert scored.value("SELECT app.other(7)") == 7
    assert scored.query(ARGUMENTS) == [("a integer, b integer",)]
    scored.apply()
    assert scored.query("SELECT pg_typeof(app.other(7))::text") == [("bigint",)]


def test_a_file_that_left_the_tree_comes_back(scored: Sandbox) -> None:
    (scored.folder / "functions/app/score.sql").unlink()
    drop = "-- depends: 0001.app.start\nDROP ROUTINE app.score(integer);\n"
    scored.migration("0002.app.no-score", drop)
    scored.apply()
    assert scored.query(ARGUMENTS) == []
    scored.rollback()
    assert scored.value("SELECT app.score(1)") == 2
    assert scored.apply().applied == ["0002.app.no-score"]
    assert scored.query(ARGUMENTS) == []


def test_a_trigger_that_a_version_added_goes_with_it(started: Sandbox) -> None:
    made = (
        "CREATE OR REPLACE FUNCTION app.tg_upper() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;\n"
    )
    started.function("tg_upper", made)
    started.apply()
    started.function(
        "tg_upper",
        made + 'CREATE OR REPLACE TRIGGER "on it" BEFORE INSERT ON app.items\n'
        "    FOR EACH ROW EXECUTE FUNCTION app.tg_upper();\n",
    )
    price(started, 2, "0001.app.start")
    started.apply()
    started.rollback()
    query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    assert started.query(query) == []
    started.apply()
    assert started.query(query) == [("on it",)]


def test_a_trigger_that_a_migration_dropped_comes_back(started: Sandbox) -> None:
    started.function(
        "tg_upper",
        "CREATE OR REPLACE FUNCTION app.tg_upper() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;\n"
        "CREATE OR REPLACE TRIGGER t10_upper BEFORE INSERT ON app.items\n"
        "    FOR EACH ROW EXECUTE FUNCTION app.tg_upper();\n",
    )
    started.apply()
    again = "DROP TABLE app.items;\nCREATE TABLE app.items (id int PRIMARY KEY, name text);\n"
    started.migration("0002.app.again", f"-- depends: 0001.app.start\n{again}", again)
    started.apply()
    started.rollback()
    started.execute("INSERT INTO app.items VALUES (1, 'loud')")
    assert started.value("SELECT name FROM app.items") == "LOUD"


def test_an_app_goes_back_beside_another_of_the_same_run(sandbox: Sandbox) -> None:
    for name in ("cafe", "shop"):
        sandbox.write(f"schema/{name}/schema.sql", f"CREATE SCHEMA {name};\n")
        sandbox.write(f"functions/{name}/f.sql", of(name, "a int"))
        number = {"cafe": 101, "shop": 201}[name]
        begin = f"CREATE SCHEMA {name};\nCREATE TABLE {name}.t (id int);\n"
        sandbox.migration(f"{number:04}.{name}.start", begin, f"DROP SCHEMA {name} CASCADE;\n")
    sandbox.apply()
    for name in ("cafe", "shop"):
        sandbox.write(f"functions/{name}/f.sql", of(name, "a int, b int"))
        number = {"cafe": 102, "shop": 202}[name]
        sandbox.migration(
            f"{number:04}.{name}.f",
            f"-- depends: {number - 1:04}.{name}.start\nDROP ROUTINE {name}.f(int);\n",
        )
    sandbox.apply()
    query = "SELECT pronamespace::regnamespace::text, pronargs FROM pg_proc WHERE proname = 'f'"
    assert sandbox.rollback().rolled_back == ["0202.shop.f"]
    assert sorted(sandbox.query(query)) == [("cafe", 2), ("shop", 1)]
    assert sandbox.rollback(Until(to="0101")).rolled_back == ["0102.cafe.f"]
    assert sorted(sandbox.query(query)) == [("cafe", 1), ("shop", 1)]
    sandbox.apply()
    assert sorted(sandbox.query(query)) == [("cafe", 2), ("shop", 2)]


def of(schema: str, arguments: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {schema}.f({arguments}) RETURNS int "
        "LANGUAGE sql IMMUTABLE RETURN a;\n"
    )


def test_functions_that_name_what_is_gone_are_told(started: Sandbox) -> None:
    """Their bodies are strings, which the server does not look into."""
    made = "CREATE FUNCTION app.{}() RETURNS bigint LANGUAGE plpgsql AS $$\nBEGIN {}\nEND $$;"
    reads = "RETURN (SELECT sum(i.price) FROM app.items AS i);"
    started.function("total", made.format("total", reads))
    started.function("other", made.format("other", "-- The price is no matter.\nRETURN unpriced;"))
    price(started, 2, "0001.app.start")
    started.apply()
    done = started.rollback()
    assert done.unfit == {"app.total()": ["app.items.price"]}
    assert started.said[-1] == "unfit     app.total() names app.items.price, and there is none now"
    started.apply()
    assert started.value("SELECT app.total()") is None


def test_they_are_told_also_when_a_later_one_fails(started: Sandbox) -> None:
    started.migration("0002.app.odd", "-- depends: 0001.app.start\nSELECT 1;", "SELECT 1 / 0;\n")
    price(started, 3, "0002.app.odd")
    total = "CREATE FUNCTION app.total() RETURNS bigint LANGUAGE plpgsql AS $$\nBEGIN {}\nEND $$;"
    started.function("total", total.format("RETURN (SELECT sum(i.price) FROM app.items AS i);"))
    started.apply()
    with pytest.raises(MigrationError, match="division by zero"):
        started.rollback(Until(to="0001"))
    assert started.said[-1] == "unfit     app.total() names app.items.price, and there is none now"


def forget_places(sandbox: Sandbox) -> None:
    """Leave the ledger as an older version of the command left it."""
    sandbox.execute(
        "ALTER TABLE strongroom.migrate_file DROP COLUMN objects, DROP COLUMN source_version;\n"
        "ALTER TABLE strongroom.migrate_source DROP COLUMN outlived;\n"
        "DELETE FROM strongroom.migrate_version WHERE version > 1;\n"
    )


def test_a_file_that_was_there_before_comes_again(scored: Sandbox) -> None:
    """Nobody noted that the first one, which stays, had dropped what the rollback brings back."""
    other_arguments(scored)
    price(scored)
    scored.apply()
    forget_places(scored)
    scored.rollback()
    assert len(scored.query(ARGUMENTS)) == 1
    scored.apply()
    assert scored.query(ARGUMENTS) == [("a integer, b integer",)]


def test_a_release_that_was_taken_back_leaves_nothing_to_the_one_before(started: Sandbox) -> None:
    """They came with the very first apply, so there is nothing to go back to."""
    started.rollback(Until(everything=True))
    other_arguments(started)
    price(started)
    started.function("prices", function(PRICED, name="prices"))
    started.function("plain", function("a", name="plain"))
    started.apply()
    started.rollback(Until(to="0001"))
    for path in started.folder.glob("migrations/000[23]*"):
        path.unlink()
    for name in ("prices", "plain"):
        (started.folder / f"functions/app/{name}.sql").unlink()
    started.function("score", function("a + 1"))
    assert started.status()["functions"]["functions/app/plain.sql"] == "left over"
    started.apply()
    query = "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'app'::regnamespace"
    assert started.query(query) == [("app.score(integer)",)]
    assert started.status()["state"] == "up to date"
    # From then on a change of arguments wants its migration, as ever.
    started.function("score", function("a + b", arguments="a int, b int"))
    with pytest.raises(MigrationError, match="the signature changed"):
        started.apply()


def test_what_is_left_over_stays_while_others_need_it(started: Sandbox) -> None:
    started.rollback(Until(everything=True))
    price(started, 2, "0001.app.start")
    started.function("plain", function("a", name="plain"))
    started.apply()
    started.rollback()
    started.execute("CREATE VIEW app.plains AS SELECT app.plain(1)")
    (started.folder / "functions/app/plain.sql").unlink()
    for path in started.folder.glob("migrations/0002*"):
        path.unlink()
    started.apply()
    assert "view app.plains depends on function app.plain(integer)" in "\n".join(started.said)
    started.execute("DROP VIEW app.plains")
    started.apply()
    assert started.query("SELECT FROM pg_proc WHERE proname = 'plain'") == []


def test_a_ledger_that_knew_less_is_brought_forward(scored: Sandbox) -> None:
    """What was applied before goes back by runs."""
    other_arguments(scored)
    scored.apply()
    forget_places(scored)
    assert scored.status()["state"] == "up to date"
    scored.rollback()
    assert scored.query(ARGUMENTS) == [("a integer",)]
    scored.apply()
    with scored.connect() as connection:
        assert ledger.version(connection) == len(ledger.DDL)
        places = ledger.places(connection)
    assert places["0001.app.start"] == ledger.Place(frozenset(), 0)
    assert places["0002.app.score"].objects == {"app.score(integer)"}
