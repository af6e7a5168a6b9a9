"""What others made stays through a rollback and the apply after it; what goes, goes whole."""

from __future__ import annotations

import threading

import pytest

from strongroom.errors import PartialError
from strongroom.migrate.failure import MigrationError
from tests.python.migrate.conftest import Sandbox
from tests.python.migrate.test_functions import function
from tests.python.migrate.test_ways_back import forget_places, price

ROUTINES = """
SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'app'::regnamespace ORDER BY 1
"""
PLAIN = function("a", name="plain")
# Each file makes functions that hold on to each other.
TOGETHER = {
    "parsed": function("a", name="first") + function("app.first(a)", name="second"),
    "total": (
        "CREATE OR REPLACE FUNCTION app.add(s int, a int) RETURNS int LANGUAGE sql "
        "RETURN coalesce(s, 0) + a;\n"
        "CREATE OR REPLACE AGGREGATE app.total(int) (SFUNC = app.add, STYPE = int);\n"
    ),
    "many": (
        "CREATE OR REPLACE FUNCTION app.more(s int) RETURNS int LANGUAGE sql RETURN s + 1;\n"
        "CREATE OR REPLACE AGGREGATE app.many(*) (SFUNC = app.more, STYPE = int);\n"
    ),
    "odd": (
        'CREATE OR REPLACE FUNCTION app."Odd ""na(me)"(a int DEFAULT 1, OUT b int) '
        "LANGUAGE sql RETURN a;\n"
        "CREATE OR REPLACE PROCEDURE app.call(IN a int, OUT b text, INOUT c text DEFAULT '')\n"
        "LANGUAGE plpgsql AS 'BEGIN b := c; END';\n"
        "CREATE OR REPLACE FUNCTION app.all_of(VARIADIC a int[]) RETURNS SETOF app.items "
        "LANGUAGE sql AS 'SELECT * FROM app.items';\n"
    ),
}


def taken_back(sandbox: Sandbox, **functions: str) -> None:
    """Functions whose migration was taken back, and neither is in the code any more."""
    for name, text in functions.items():
        sandbox.function(name, text)
    price(sandbox, 2, "0001.app.start")
    sandbox.apply()
    sandbox.rollback()
    for name in functions:
        (sandbox.folder / f"functions/app/{name}.sql").unlink()
    for path in sandbox.folder.glob("migrations/0002*"):
        path.unlink()


def test_functions_of_a_file_that_need_each_other_go_together(started: Sandbox) -> None:
    for name in TOGETHER:
        started.function(name, function("a", name=f"only_{name}"))
    started.apply()
    before = started.query(ROUTINES)
    for name, text in TOGETHER.items():
        started.function(name, function("a", name=f"only_{name}") + text)
    price(started, 2, "0001.app.start")
    started.apply()
    after = started.query(ROUTINES)
    started.rollback()
    assert started.query(ROUTINES) == before
    started.apply()
    assert started.query(ROUTINES) == after


def test_what_is_left_over_goes_whole(started: Sandbox) -> None:
    taken_back(started, **TOGETHER, users=function("app.second(a)", name="third"))
    assert len(started.query(ROUTINES)) > len(TOGETHER)
    started.apply()
    assert started.query(ROUTINES) == []
    assert started.status()["state"] == "up to date"


def test_a_function_whose_file_has_another_name_now_is_not_left_over(started: Sandbox) -> None:
    taken_back(started, plain=PLAIN)
    started.function("renamed", PLAIN)
    started.apply()
    assert started.query(ROUTINES) == [("app.plain(integer)",)]
    assert started.apply().nothing


def test_nor_is_one_that_a_migration_made_since(started: Sandbox) -> None:
    taken_back(started, plain=PLAIN)
    started.migration(
        "0002.app.plain", f"-- depends: 0001.app.start\n{PLAIN}", "DROP ROUTINE app.plain(int);\n"
    )
    started.apply()
    assert started.query(ROUTINES) == [("app.plain(integer)",)]
    assert started.apply().nothing


def test_what_another_session_made_meanwhile_is_not_of_the_file(started: Sandbox) -> None:
    started.function("plain", PLAIN)
    started.apply()
    started.function("plain", f"{function('a + 1', name='plain')}SELECT pg_advisory_xact_lock(7);")
    price(started, 2, "0001.app.start")
    with started.connect() as other:
        other.execute("SELECT pg_advisory_lock(7)")
        running = threading.Thread(target=started.apply)
        running.start()
        started.wait_for("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        other.execute("CREATE FUNCTION app.theirs() RETURNS int LANGUAGE sql RETURN 1")
        other.execute("SELECT pg_advisory_unlock(7)")
        running.join()
    started.rollback()
    assert started.query(ROUTINES) == [("app.plain(integer)",), ("app.theirs()",)]
    assert started.value("SELECT app.plain(1)") == 1


def test_an_index_of_others_does_not_get_stale(started: Sandbox) -> None:
    started.function("score", function("a + 1"))
    started.apply()
    started.function("score", function("a + 2"))
    price(started, 2, "0001.app.start")
    started.apply()
    started.execute("CREATE INDEX theirs ON app.items (app.score(id))")
    with pytest.raises(MigrationError, match=r"index app\.theirs") as caught:
        started.rollback()
    assert "drop these" in str(caught.value.hint)
    assert started.value("SELECT app.score(1)") == 3
    started.execute("DROP INDEX app.theirs")
    started.rollback()
    assert started.value("SELECT app.score(1)") == 2


def test_nor_after_statements_that_stay_done(started: Sandbox) -> None:
    started.function("score", function("a + 1"))
    started.apply()
    started.function("score", function("a + 2"))
    started.migration(
        "0002.app.index",
        "-- depends: 0001.app.start\n-- transactional: false\n"
        "CREATE INDEX CONCURRENTLY ours ON app.items (name);\n",
        "-- transactional: false\nDROP INDEX CONCURRENTLY app.ours;\n",
    )
    started.apply()
    started.execute("CREATE INDEX theirs ON app.items (app.score(id))")
    with pytest.raises(PartialError, match=r"index app\.theirs") as caught:
        started.rollback()
    assert "its statements stay done" in caught.value.message
    assert str(caught.value.hint).endswith("run the same command again")
    started.execute("DROP INDEX app.theirs")
    assert started.rollback().rolled_back == ["0002.app.index"]
    assert started.value("SELECT app.score(1)") == 2


def test_a_file_whose_functions_another_one_had_for_a_while_is_applied_again(
    started: Sandbox,
) -> None:
    started.function("plain", PLAIN)
    started.apply()
    (started.folder / "functions/app/plain.sql").unlink()
    taken_back(started, renamed=function("a + 7", name="plain"))
    started.function("plain", PLAIN)
    assert started.status()["functions"] == {"functions/app/plain.sql": "replaced"}
    started.apply()
    assert started.value("SELECT app.plain(1)") == 1
    assert started.apply().nothing


def test_a_function_that_stayed_holds_no_migration_up(started: Sandbox) -> None:
    """A new database has no function yet when its migrations run; this one has."""
    price(started, 2, "0001.app.start")
    change = "ALTER TABLE app.items ALTER COLUMN price TYPE {};\n".format
    started.migration(
        "0003.app.wide", f"-- depends: 0002.app.price\n{change('bigint')}", change("int")
    )
    started.function("most", function("(SELECT max(price)::int + a FROM app.items)", name="most"))
    started.function("plain", PLAIN)
    started.apply()
    started.rollback()
    assert len(started.query(ROUTINES)) == 2
    started.execute("CREATE VIEW app.theirs AS SELECT app.most(1)")
    with pytest.raises(MigrationError, match=r"function app\.most\(integer\) depends on column"):
        started.apply()
    started.execute("DROP VIEW app.theirs")
    assert started.apply().functions == ["functions/app/most.sql"]
    assert len(started.query(ROUTINES)) == 2
    places = "SELECT objects FROM strongroom.migrate_file WHERE migration_id = '0003.app.wide'"
    assert started.value(places) == []


def test_a_partition_may_go_from_under_a_trigger(started: Sandbox) -> None:
    started.migration(
        "0002.app.parts",
        "-- depends: 0001.app.start\n"
        "CREATE TABLE app.parts (id int) PARTITION BY RANGE (id);\n"
        "CREATE TABLE app.parts_1 PARTITION OF app.parts FOR VALUES FROM (1) TO (2);\n",
        "DROP TABLE app.parts;\n",
    )
    started.function(
        "tg_keep",
        "CREATE OR REPLACE FUNCTION app.tg_keep() RETURNS trigger LANGUAGE plpgsql AS\n"
        "'BEGIN RETURN NEW; END';\n"
        "CREATE OR REPLACE TRIGGER t10_keep BEFORE INSERT ON app.parts\n"
        "    FOR EACH ROW EXECUTE FUNCTION app.tg_keep();\n",
    )
    started.apply()
    started.execute("DROP TABLE app.parts_1")
    assert started.apply().nothing
    started.rollback()
    assert started.query("SELECT FROM pg_trigger WHERE NOT tgisinternal") == []
    assert started.apply().functions == ["functions/app/tg_keep.sql"]


def test_who_uses_the_ledger_is_named_when_it_is_brought_forward(started: Sandbox) -> None:
    price(started, 2, "0001.app.start")
    forget_places(started)
    with started.connect() as other:
        other.execute("BEGIN; SELECT FROM strongroom.migrate_file")
        holder = f"blocked by pid {other.info.backend_pid}"
        running = threading.Thread(target=started.rollback)
        running.start()
        for _ in range(200):
            if any("new tables of the ledger" in line for line in started.said):
                break
            running.join(0.05)
        other.execute("COMMIT")
        running.join()
    assert any(holder in line for line in started.said)
    assert started.applied() == []
