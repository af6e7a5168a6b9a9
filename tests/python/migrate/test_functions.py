"""Function files are applied again when they changed, and refused where that would harm."""

from __future__ import annotations

import pytest

from strongroom.migrate.failure import MigrationError
from strongroom.migrate.rollback import Until
from tests.python.migrate.conftest import Sandbox


def function(
    body: str, *, name: str = "score", arguments: str = "a int", result: str = "int"
) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION app.{name}({arguments}) RETURNS {result} LANGUAGE sql "
        f"IMMUTABLE RETURN {body};\n"
    )


@pytest.fixture
def scored(started: Sandbox) -> Sandbox:
    """One function, applied."""
    started.function("score", function("a + 1"))
    assert started.apply().functions == ["functions/app/score.sql"]
    return started


def test_a_changed_body_is_applied_again(scored: Sandbox) -> None:
    scored.function("score", function("a + 2"))
    assert scored.status()["functions"] == {"functions/app/score.sql": "changed"}
    assert scored.apply().functions == ["functions/app/score.sql"]
    assert scored.value("SELECT app.score(1)") == 3
    assert scored.apply().nothing


def test_a_dropped_function_is_made_again(scored: Sandbox) -> None:
    scored.execute("DROP FUNCTION app.score(int)")
    assert scored.status()["functions"] == {"functions/app/score.sql": "dropped"}
    assert scored.apply().functions == ["functions/app/score.sql"]
    assert scored.value("SELECT app.score(1)") == 2


def test_functions_change_together_or_not_at_all(scored: Sandbox) -> None:
    scored.function("score", function("a + 2"))
    scored.function("zero", function("1 / nothing", name="zero"))
    with pytest.raises(MigrationError) as caught:
        scored.apply()
    assert "functions/app/zero.sql:1:" in caught.value.message
    assert scored.value("SELECT app.score(1)") == 2
    assert list(scored.status()["functions"].values()) == ["changed", "new"]


@pytest.mark.parametrize(
    ("arguments", "body"), [("a int, b int", "a + b"), ("a bigint", "1"), ("", "1")]
)
def test_a_changed_signature_is_refused(scored: Sandbox, arguments: str, body: str) -> None:
    scored.function("score", function(body, arguments=arguments))
    with pytest.raises(MigrationError, match="the signature changed") as caught:
        scored.apply()
    assert caught.value.hint is not None
    assert "DROP ROUTINE app.score(integer);" in caught.value.hint
    assert scored.query("SELECT pronargs FROM pg_proc WHERE proname = 'score'") == [(1,)]

    scored.migration(
        "0002.app.score",
        "-- depends: 0001.app.start\nDROP ROUTINE app.score(integer);\n",
        function("a + 1"),
    )
    assert scored.apply().functions == ["functions/app/score.sql"]
    assert len(scored.query("SELECT FROM pg_proc WHERE proname = 'score'")) == 1


def test_a_changed_result_is_refused(scored: Sandbox) -> None:
    scored.function("score", function("a + 1.5", result="numeric"))
    with pytest.raises(MigrationError, match="cannot change return type") as caught:
        scored.apply()
    assert caught.value.hint is not None
    assert "write a migration" in caught.value.hint


def test_a_second_function_in_the_file_may_come_and_must_not_stay(scored: Sandbox) -> None:
    both = function("a + 1") + function("b", arguments="b text", result="text")
    scored.function("score", both)
    scored.apply()
    assert len(scored.query("SELECT FROM pg_proc WHERE proname = 'score'")) == 2
    scored.function("score", function("a + 1"))
    with pytest.raises(MigrationError, match=r"app\.score\(pg_catalog\.text\)|app\.score\(text\)"):
        scored.apply()


@pytest.mark.parametrize(
    ("made", "named"),
    [
        ("CREATE INDEX items_score_idx ON app.items (app.score(id))", "index app.items_score_idx"),
        (
            "ALTER TABLE app.items ADD COLUMN s int GENERATED ALWAYS AS (app.score(id)) STORED",
            "generated column app.items.s",
        ),
        (
            "ALTER TABLE app.items ADD CONSTRAINT items_score_check CHECK (app.score(id) > 0)",
            "table constraint items_score_check on app.items",
        ),
        (
            "CREATE DOMAIN app.scored AS int CONSTRAINT scored_check CHECK (app.score(VALUE) > 0)",
            "domain constraint scored_check on app.scored",
        ),
        (
            "CREATE TABLE app.parts (id int) PARTITION BY LIST (app.score(id))",
            "partition key of app.parts",
        ),
        (
            "CREATE FUNCTION app.outer(a int) RETURNS int LANGUAGE sql IMMUTABLE "
            "RETURN app.score(a); CREATE INDEX items_outer_idx ON app.items (app.outer(id))",
            "index app.items_outer_idx",
        ),
    ],
)
def test_what_was_computed_with_it_must_not_go_stale(
    scored: Sandbox, made: str, named: str
) -> None:
    scored.migration("0002.app.made", f"-- depends: 0001.app.start\n{made};\n")
    scored.apply()
    scored.function("score", function("a + 2"))
    with pytest.raises(MigrationError, match="would stay as it is") as caught:
        scored.apply()
    assert named in caught.value.message
    assert scored.value("SELECT app.score(1)") == 2

    # A comment, a cost or the same body said again change no value.
    scored.function("score", function("a + 1") + "ALTER FUNCTION app.score(int) COST 7;\n")
    assert scored.apply().functions == ["functions/app/score.sql"]

    # The way that the hint names: a migration that replaces it and rebuilds.
    scored.function("score", function("a + 2"))
    scored.migration(
        "0003.app.rebuild",
        f"-- depends: 0002.app.made\n{function('a + 2')}",
        function("a + 1"),
    )
    assert scored.apply().functions == ["functions/app/score.sql"]
    assert scored.value("SELECT app.score(1)") == 3


def test_a_default_and_a_policy_are_computed_anew_each_time(scored: Sandbox) -> None:
    scored.migration(
        "0002.app.uses",
        "-- depends: 0001.app.start\nALTER TABLE app.items ADD COLUMN s int DEFAULT app.score(1);\n"
        "CREATE POLICY items_score ON app.items USING (app.score(id) > 0);\n"
        "CREATE VIEW app.scores AS SELECT app.score(id) FROM app.items;\n",
    )
    scored.apply()
    scored.function("score", function("a + 2"))
    assert scored.apply().functions == ["functions/app/score.sql"]


def test_a_file_that_left_the_tree_is_told(scored: Sandbox) -> None:
    (scored.folder / "functions/app/score.sql").unlink()
    left = {"functions/app/score.sql": ["app.score(integer)"]}
    assert scored.status()["removed_functions"] == left
    done = scored.run("apply", "--yes")
    assert "functions/app/score.sql is gone, and left app.score(integer)" in done.stdout
    scored.migration("0002.app.drop", "-- depends: 0001.app.start\nDROP FUNCTION app.score(int);\n")
    done = scored.run("apply", "--yes")
    assert "is gone, and left" not in done.stdout, "the migration has dropped it"
    assert scored.status()["removed_functions"] == {}


def test_a_moved_file_left_nothing(scored: Sandbox) -> None:
    folder = scored.folder / "functions/app"
    (folder / "score.sql").rename(folder / "rating.sql")
    scored.apply()
    assert scored.status()["removed_functions"] == {}


def test_rollback_brings_earlier_bodies_back(scored: Sandbox) -> None:
    scored.migration(
        "0002.app.price",
        "-- depends: 0001.app.start\nALTER TABLE app.items ADD COLUMN price int;\n",
        "ALTER TABLE app.items DROP COLUMN price;\n",
    )
    # A parsed body holds on to the column, so the earlier one must come back first.
    scored.function("score", function("(SELECT max(price) + a FROM app.items)"))
    scored.apply()
    scored.execute("INSERT INTO app.items (id, price) VALUES (1, 41)")
    assert scored.value("SELECT app.score(1)") == 42
    scored.rollback()
    assert scored.value("SELECT app.score(1)") == 2
    assert scored.status()["functions"] == {"functions/app/score.sql": "changed"}
    assert scored.apply().functions == ["functions/app/score.sql"]
    assert scored.value("SELECT app.score(1)") is None


def test_rollback_brings_back_what_needs_the_old_table(scored: Sandbox) -> None:
    scored.function("score", function("(SELECT max(length(name)) + a FROM app.items)"))
    scored.apply()
    scored.migration(
        "0002.app.no-name",
        f"-- depends: 0001.app.start\n{function('a')}ALTER TABLE app.items DROP COLUMN name;\n",
        "ALTER TABLE app.items ADD COLUMN name text;\n",
    )
    scored.function("score", function("a"))
    scored.apply()
    scored.rollback()
    scored.execute("INSERT INTO app.items (id, name) VALUES (1, 'abc')")
    assert scored.value("SELECT app.score(1)") == 4


def test_rollback_brings_an_earlier_signature_back(scored: Sandbox) -> None:
    scored.migration(
        "0002.app.score",
        "-- depends: 0001.app.start\nDROP ROUTINE app.score(integer);\n",
        "SELECT 1;\n",
    )
    scored.function("score", function("a + b", arguments="a int, b int"))
    scored.apply()
    scored.rollback()
    assert scored.query("SELECT pronargs FROM pg_proc WHERE proname = 'score'") == [(1,)]
    scored.apply()
    assert scored.query("SELECT pronargs FROM pg_proc WHERE proname = 'score'") == [(2,)]


def test_triggers_come_and_go_with_their_file(started: Sandbox) -> None:
    started.function(
        "tg_upper",
        "CREATE OR REPLACE FUNCTION app.tg_upper() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;\n"
        "CREATE OR REPLACE TRIGGER t10_upper BEFORE INSERT ON app.items\n"
        "    FOR EACH ROW EXECUTE FUNCTION app.tg_upper();\n",
    )
    started.apply()
    started.migration(
        "0002.app.again",
        "-- depends: 0001.app.start\nDROP TABLE app.items;\n"
        "CREATE TABLE app.items (id int PRIMARY KEY, name text);\n",
    )
    assert started.apply().functions == ["functions/app/tg_upper.sql"]
    started.execute("INSERT INTO app.items VALUES (1, 'loud')")
    assert started.value("SELECT name FROM app.items") == "LOUD"
    assert started.rollback(Until(everything=True)).rolled_back


def test_a_file_that_asks_for_the_version_is_new_on_another(scored: Sandbox) -> None:
    scored.function(
        "score",
        "DO $do$ BEGIN IF current_setting('server_version_num')::int > 0 THEN\n"
        f"{function('a + 3')} END IF; END $do$;\n",
    )
    scored.apply()
    assert scored.apply().nothing
    # As after an upgrade to another major: the hash was made on another server.
    scored.execute("UPDATE strongroom.migrate_source SET checksum = 'of 17'")
    assert scored.status()["functions"] == {"functions/app/score.sql": "changed"}
