"""A copy of a database serves nobody until it is opened; the database itself always does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.python.fix_databases import Connection, Database
from tests.python.subject.copies import (
    WAYS,
    Programs,
    cloned_database,
    let_in,
    new_database,
    people,
)

pytestmark = pytest.mark.ends

CLOSED = "KR100"
# Each role, and what it could do with the rows of person 1: reads, writes, and what comes before an
# identity.
ATTEMPTS = {
    "tarot_app": [
        "SELECT FROM tarot.users",
        "SELECT count(*) FROM tarot.readings",
        "SELECT FROM tarot.readings_live",
        "SELECT FROM tarot.spread_prices",
        "TABLE tarot.credits",
        "COPY tarot.transactions TO STDOUT",
        "UPDATE tarot.users SET username = 'x'",
        "DELETE FROM tarot.readings",
        "SELECT tarot.find_user(7001)",
        "SELECT tarot.register_user(7001, NULL)",
        "SELECT tarot.register_user(7999, NULL)",
        "SELECT tarot.spend_credits(1, 'key')",
        "SELECT tarot.start_purchase(1, 'ref', 'key')",
        "SELECT tarot.draw_reading('single', NULL, '[]', 'x', 'key')",
        "SELECT kernel.request_erasure()",
        "SELECT kernel.verify_request(NULL, 'code')",
        "SELECT kernel.my_requests()",
        "SELECT kernel.claim_data_key('birth')",
        "SELECT kernel.claim_data_keys('{1}')",
        "SELECT kernel.claim_index_keys('places')",
        "SELECT kernel.give_data_key('birth', NULL, 'tarot.birth.1', '')",
    ],
    "tarot_worker": [
        "SELECT FROM tarot.users",
        "SELECT FROM tarot.transactions",
        "UPDATE tarot.users SET is_active = true",
        "SELECT tarot.find_user(7001)",
        "SELECT tarot.grant_bonus(1, 1, 'key')",
        "SELECT tarot.complete_purchase('ref')",
        "SELECT tarot.expire_subscriptions()",
        "SELECT FROM tarot.ledger_breaks",
    ],
    "tarot_analyst": ["TABLE tarot.daily_readings", "TABLE tarot.daily_movements"],
}


@pytest.fixture
def origin(database: Database) -> Database:
    """A database with a person in it, which serves."""
    with database.admin() as admin:
        people(admin, 7001)
    assert refusals(database) == {}
    return database


@pytest.fixture
def programs(database: Database, tmp_path: Path) -> Programs:
    return Programs(database, tmp_path)


def refusals(database: Database) -> dict[str, str]:
    """The attempts that the gate did not let through, by its code."""
    found = {}
    for role, statements in ATTEMPTS.items():
        connection = database.connect(role=role, app="tarot", user_id=1, autocommit=False)
        for statement in statements:
            try:
                _run(connection, statement)
            except psycopg.Error as error:
                if error.sqlstate == CLOSED:
                    found[f"{role}: {statement}"] = CLOSED
            connection.rollback()
        connection.close()
    return found


def _run(connection: Connection, statement: str) -> None:
    if statement.startswith("COPY"):
        with connection.cursor().copy(statement.encode()) as copy:
            for _ in copy:
                pass
    else:
        connection.execute(statement.encode())


def every_attempt() -> dict[str, str]:
    return {f"{role}: {text}": CLOSED for role, texts in ATTEMPTS.items() for text in texts}


def open_by_hand(database: Database) -> None:
    with database.admin() as admin:
        admin.execute("SELECT kernel.mark_serving('decided by hand')")


def problem(database: Database) -> str | None:
    with database.connect("strongroom_runner") as runner:
        row = runner.execute("SELECT kernel.gate_problem()").fetchone()
    assert row is not None
    found: str | None = row[0]
    return found


@pytest.mark.parametrize("way", WAYS)
def test_a_restored_copy_keeps_every_role_of_an_app_out(
    origin: Database, programs: Programs, way: str
) -> None:
    with new_database(origin) as copy:
        WAYS[way](programs, origin, copy)
        assert refusals(copy) == every_attempt()
        assert problem(copy) is not None
        if "table" not in way:
            open_by_hand(copy)
            assert refusals(copy) == {}
    assert refusals(origin) == {}


def test_the_same_name_makes_no_difference(origin: Database, programs: Programs) -> None:
    """pg_dump --create restores under the old name; who was renamed is who it was."""
    dump = programs.dump(origin, "--create")
    renamed = Database(origin.server, f"{origin.name}_old")
    with psycopg.connect(origin.server.url(), autocommit=True) as admin:
        _rename(admin, origin.name, renamed.name)
        try:
            programs.load(dump, Database(origin.server, "postgres"))
            assert refusals(origin) == every_attempt()
            assert refusals(renamed) == {}
        finally:
            origin.close()
            renamed.close()
            admin.execute(
                sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(renamed.name))
            )


def _rename(admin: Connection, old: str, new: str) -> None:
    query = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    admin.execute(query.format(sql.Identifier(old), sql.Identifier(new)))


def test_a_clone_of_the_files_is_a_copy(origin: Database) -> None:
    origin.close()
    with cloned_database(origin, origin.name, is_open=False) as copy:
        assert refusals(copy) == every_attempt()
    assert refusals(origin) == {}


@pytest.fixture
def installed(origin: Database, template: str) -> Iterator[Database]:
    with cloned_database(origin, template, is_open=True) as found:
        yield found


@pytest.mark.parametrize("triggers", [[], ["--disable-triggers"]])
def test_rows_loaded_into_an_installed_database_close_it(
    origin: Database, installed: Database, programs: Programs, triggers: list[str]
) -> None:
    """Also for a session that is connected, and has the plans of its statements."""
    waiting = installed.connect(role="tarot_app", app="tarot", user_id=1)
    waiting.execute("SET plan_cache_mode = force_generic_plan")
    for _ in range(3):
        waiting.execute("SELECT FROM tarot.users", prepare=True)
    # Rows that every installation has are refused; the others come.
    programs.restore(
        programs.dump(origin, "--format=custom"), installed, "--data-only", *triggers, check=False
    )
    assert refusals(installed) == every_attempt()
    if triggers:
        with installed.admin() as admin:
            assert admin.execute("SELECT count(*) FROM tarot.users").fetchone() == (1,)
    else:
        with pytest.raises(psycopg.Error, match="is a copy, and is not open yet"):
            waiting.execute("SELECT FROM tarot.users", prepare=True)


def test_rows_loaded_back_into_their_own_database_close_it(
    origin: Database, programs: Programs
) -> None:
    dump = programs.dump(origin, "--format=custom")
    with origin.admin() as admin:
        admin.execute("SET session_replication_role = replica")
        for table in ("transactions", "credits", "users"):
            admin.execute(sql.SQL("DELETE FROM tarot.{}").format(sql.Identifier(table)))
    programs.restore(dump, origin, "--data-only", "--disable-triggers", check=False)
    with origin.admin() as admin:
        assert admin.execute("SELECT count(*) FROM tarot.users").fetchone() == (1,)
    assert refusals(origin) == every_attempt()


def test_a_second_copy_of_an_opened_copy_is_closed(origin: Database, programs: Programs) -> None:
    with new_database(origin) as copy, new_database(origin) as second:
        programs.restore(programs.dump(origin, "--format=custom"), copy)
        open_by_hand(copy)
        programs.restore(programs.dump(copy, "--format=custom"), second)
        assert refusals(second) == every_attempt()


KEEPING = [
    "VACUUM FREEZE kernel.serving_gate",
    "VACUUM FULL kernel.serving_gate",
    "ALTER TABLE kernel.serving_gate SET TABLESPACE pg_default",
    "REINDEX SCHEMA kernel",
    "ANALYZE kernel.serving_gate",
    "ALTER TABLE kernel.serving_gate SET (autovacuum_enabled = false)",
]


@pytest.mark.parametrize("statement", KEEPING)
def test_maintenance_keeps_the_gate_open(origin: Database, statement: str) -> None:
    with origin.admin() as admin:
        admin.autocommit = True
        admin.execute(statement.encode())
    assert problem(origin) is None
    assert refusals(origin) == {}


def test_who_brings_the_copy_forward_is_let_in(origin: Database) -> None:
    """Also through the app's functions and triggers; but not as a role of the app."""
    origin.close()
    with cloned_database(origin, origin.name, is_open=False) as copy:
        let_in(copy)
        owner = copy.connect("strongroom_migrator", role="strongroom_owner", app="tarot")
        assert owner.execute("SELECT count(*) FROM tarot.users").fetchone() == (1,)
        owner.execute("SELECT tarot.grant_bonus(1, 5, 'another')")
        runner = copy.connect("strongroom_runner")
        runner.execute("SELECT kernel.apply_retention()")
        admin = copy.admin()
        assert admin.execute("SELECT count(*) FROM tarot.users").fetchone() == (1,)
        admin.execute("SET ROLE tarot_worker")
        with pytest.raises(psycopg.Error, match="is a copy"):
            admin.execute("SELECT count(*) FROM tarot.users")


def test_pooled_sessions_see_the_gate_open(origin: Database) -> None:
    """With the plans that they have: prepared, generic, and those inside functions."""
    origin.close()
    with cloned_database(origin, origin.name, is_open=False) as copy:
        pooled = [copy.connect(role="tarot_app", app="tarot", user_id=1) for _ in range(2)]
        pooled[1].execute("SET plan_cache_mode = force_generic_plan")
        for connection in pooled:
            for _ in range(7):
                assert _tried(connection) == [CLOSED, CLOSED]
        stopped, seen = threading.Event(), set[str]()
        busy = copy.connect(role="tarot_app", app="tarot", user_id=1)
        waiter = threading.Thread(target=_keep_trying, args=(busy, stopped, seen))
        waiter.start()
        open_by_hand(copy)
        for connection in pooled:
            assert _tried(connection) == [1, 1]
        stopped.set()
        waiter.join()
        assert seen <= {CLOSED, "1"}
        assert _tried(busy) == [1, 1]
        with copy.connect("strongroom_runner") as runner:
            runner.execute("SELECT kernel.close_gate('recovered to a point in time')")
        for connection in [*pooled, busy]:
            assert _tried(connection) == [CLOSED, CLOSED]
        assert problem(copy) == "It was closed: recovered to a point in time"


def test_an_old_snapshot_keeps_nobody_out_for_longer(origin: Database) -> None:
    """A statement planned by a snapshot from before the opening."""
    origin.close()
    with cloned_database(origin, origin.name, is_open=False) as copy:
        session = copy.connect(role="tarot_app", app="tarot", user_id=1, autocommit=False)
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        session.execute("SELECT pg_catalog.now()")
        open_by_hand(copy)
        with pytest.raises(psycopg.Error, match="is a copy"):
            session.execute("SELECT FROM tarot.users", prepare=True)
        session.rollback()
        assert len(session.execute("SELECT FROM tarot.users", prepare=True).fetchall()) == 1


def _tried(connection: Connection) -> list[Any]:
    found: list[Any] = []
    for statement in ("SELECT id FROM tarot.users", "SELECT tarot.find_user(7001)"):
        try:
            row = connection.execute(statement.encode(), prepare=True).fetchone()
            assert row is not None
            found.append(row[0])
        except psycopg.Error as error:
            found.append(error.sqlstate)
    return found


def _keep_trying(connection: Connection, stopped: threading.Event, seen: set[str]) -> None:
    while not stopped.is_set():
        seen.update(map(str, _tried(connection)))
