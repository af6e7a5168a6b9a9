"""Sessions of a person that were open before an erasure, and write after its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from typer.testing import CliRunner

from strongroom.subject import ledger_command
from strongroom.subject.keeping_out import keep_out
from tests.python.erasure.conftest import KEY_ID, House, Keys
from tests.python.erasure.test_erasure_races import _aside, _run_to, _wait_until_it_waits
from tests.python.erasure.test_odd_people import CLUB, SPELLINGS
from tests.python.fix_databases import Connection

pytestmark = pytest.mark.ends

POST = "INSERT INTO probe.posts VALUES (%s, %s, 'late words')"
NOTE = 'INSERT INTO probe."no""tes;--" VALUES (2, now(), \'{}\')'
_TRIGGERS = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 't05_refuse_erased'"

# What is left of somebody is a row.
TOMBSTONE = """
{club}
SET ROLE strongroom_owner;
COMMENT ON COLUMN club.members.name IS E'The name.\n@personal identifier\n@erase null';
COMMENT ON COLUMN club.members.profile IS E'Words.\n@personal content\n@erase null';
CREATE TABLE club.visits (user_id {type} REFERENCES club.members (code));
COMMENT ON COLUMN club.visits.user_id IS E'Who.\n@internal';
ALTER TABLE club.visits ENABLE ROW LEVEL SECURITY;
ALTER TABLE club.visits FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON club.visits TO strongroom_owner USING (true) WITH CHECK (true);
RESET ROLE;
"""


def session(house: House, person: object, *, autocommit: bool = True) -> Connection:
    """A session that acts for a person, as it was before."""
    found = house.database.connect("postgres", autocommit=True)
    found.execute("SELECT set_config('kernel.user_id', %s, false)", [str(person)])
    found.autocommit = autocommit
    return found


def refused(connection: Connection, statement: str, *values: Any) -> str | None:
    with pytest.raises(psycopg.Error) as error:
        connection.execute(statement.encode(), values or None)
    return error.value.sqlstate


def ready(house: House, person: int) -> UUID:
    """An erasure of which only the end is left."""
    request = house.approved(person)
    _run_to(house, request, "vacuum")
    house.admin.execute(
        "UPDATE kernel.erasure_step SET state = 'done', finished_at = now()"
        " WHERE request_id = %s AND kind = 'vacuum'",
        (request,),
    )
    return request


def finish(connection: Connection, request: UUID) -> bool:
    row = connection.execute(
        "SELECT kernel.finish_erasure(%s, %s, %s)", (request, b"x" * 32, KEY_ID)
    ).fetchone()
    assert row is not None
    return bool(row[0])


def test_an_old_session_writes_nothing_after_the_end(house: House) -> None:
    """[A-46] Into no table of people, in no spelling of the id; others go on, and so do readers."""
    old, other = session(house, 2), session(house, 3)
    request = house.approved(2)
    _run_to(house, request, "scan")
    old.execute(POST, (2, 998))  # goes with the rest
    assert house.erase(request).state == "done"
    assert house.left(2) == {}
    assert refused(old, POST, 2, 999) == "KR104"
    assert refused(old, NOTE) == "KR104"
    assert refused(old, "UPDATE probe.users SET name = 'me again' WHERE id = 2") == "KR104"
    assert refused(session(house, " 002"), POST, 2, 999) == "KR104"
    assert house.left(2) == {}
    assert old.execute("SELECT count(*) FROM probe.users").fetchone() == (4,)
    other.execute(POST, (3, 999))
    # Nobody in particular: jobs, and whoever restores.
    house.admin.execute(POST, (4, 999))
    evidence = house.query("SELECT e::text FROM kernel.erased_subject AS e")
    assert len(evidence) == 1


def test_who_waits_for_the_end_finds_it(house: House) -> None:
    """The statement came before the end and is let in after it: it sees what it waited for."""
    request = ready(house, 2)
    old = session(house, 2)
    runner = house.runner(autocommit=False)
    assert finish(runner, request)
    with _aside(lambda: refused(old, POST, 2, 999)) as writing:
        _wait_until_it_waits(house, old.info.backend_pid, writing)
        runner.commit()
        assert writing.result() == "KR104"
    house.check(request, 2)


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_a_snapshot_from_before_the_end_hides_nothing(any_house: House, level: str) -> None:
    request = ready(any_house, 2)
    old = session(any_house, 2)
    old.execute(f"BEGIN ISOLATION LEVEL {level}".encode())
    assert old.execute("SELECT count(*) FROM probe.users").fetchone() == (4,)
    assert finish(any_house.runner(), request)
    assert refused(old, POST, 2, 999) == "40001"
    old.execute("ROLLBACK")
    assert refused(old, POST, 2, 999) == "KR104"
    any_house.check(request, 2)


@pytest.mark.parametrize(
    ("type_", "person", "others"),
    [
        ("ext.citext", "Anna", ("Anna", "aNNA")),
        ("numeric(9)", "4", ("4", "04.0")),
        ("character(8)", "anna", ("anna", "anna  ")),
    ],
)
def test_other_letters_of_an_id_are_kept_out_too(
    any_house: House, type_: str, person: str, others: tuple[str, ...]
) -> None:
    """Where the app holds them to be equal; a trigger that knows less is made anew by the job."""
    house = any_house
    house.admin.execute(SPELLINGS)
    house.admin.execute(TOMBSTONE.format(club=CLUB.format(type=type_), type=type_).encode())
    house.query("INSERT INTO club.members VALUES (%s, 'Anna Karenina') RETURNING 1", person)
    visit = "INSERT INTO club.visits SELECT m.code FROM club.members AS m"
    request = house.value("SELECT kernel.open_request('club', %s, 'erasure')", person)
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(UUID(str(request))).state == "done"
    for spelling in others:
        assert refused(session(house, spelling), visit) == "KR104"
    session(house, "5").execute(visit)
    house.admin.execute(
        "CREATE OR REPLACE TRIGGER t05_refuse_erased BEFORE INSERT OR UPDATE ON club.visits"
        " FOR EACH STATEMENT WHEN (pg_catalog.current_setting('kernel.user_id', true) <> '')"
        " EXECUTE FUNCTION kernel.tg_refuse_erased('text')"
    )
    session(house, others[1]).execute(visit)
    house.runner().execute("SELECT kernel.tend_requests()")
    assert refused(session(house, others[1]), visit) == "KR104"
    assert house.runner().execute(
        "SELECT kernel.readmit_subject('club', %s)", (person,)
    ).fetchone() == (True,)
    session(house, others[1]).execute(visit)


def test_a_collation_that_ignores_case_makes_one_person_of_two_ids(house: House) -> None:
    try:
        house.admin.execute(
            "CREATE SCHEMA ext; GRANT USAGE ON SCHEMA ext TO PUBLIC; CREATE COLLATION ext.anyhow"
            " (provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
        )
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("this server has no ICU")
    kind = "text COLLATE ext.anyhow"
    house.admin.execute(TOMBSTONE.format(club=CLUB.format(type=kind), type=kind).encode())
    house.query("INSERT INTO club.members VALUES ('Anna', 'Anna Karenina') RETURNING 1")
    assert refused(house.admin, "SELECT kernel.place_hold('case', 'club', 'ANNA')") == "KR041"
    request = house.value("SELECT kernel.open_request('club', 'Anna', 'erasure')")
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(UUID(str(request))).state == "done"
    assert refused(session(house, "aNNA"), "INSERT INTO club.visits VALUES ('Anna')") == "KR104"


def test_other_letters_of_a_plain_id_are_somebody_else(any_house: House) -> None:
    house = any_house
    house.admin.execute(TOMBSTONE.format(club=CLUB.format(type="text"), type="text").encode())
    house.query("INSERT INTO club.members VALUES ('Anna', 'A'), ('anna', 'B') RETURNING 1")
    request = house.value("SELECT kernel.open_request('club', 'anna', 'erasure')")
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert house.erase(UUID(str(request))).state == "done"
    assert refused(session(house, "anna"), "INSERT INTO club.visits VALUES ('anna')") == "KR104"
    session(house, "Anna").execute("INSERT INTO club.visits VALUES ('Anna')")


def test_nobody_pays_before_somebody_was_erased(any_house: House) -> None:
    assert any_house.query(_TRIGGERS) == []
    any_house.erase(any_house.approved(2))
    kept = any_house.query(
        "SELECT s.relation::text FROM kernel.subject_tables('probe') AS s ORDER BY 1"
    )
    assert sorted(any_house.query(_TRIGGERS)) == kept
    # A table that comes later has it from the next run of the job on.
    any_house.admin.execute(
        "SET ROLE strongroom_owner; CREATE TABLE probe.visits (user_id bigint, id bigint);"
        " RESET ROLE"
    )
    old = session(any_house, 2)
    old.execute("INSERT INTO probe.visits VALUES (2, 1)")
    any_house.runner().execute("SELECT kernel.tend_requests()")
    assert refused(old, "INSERT INTO probe.visits VALUES (2, 2)") == "KR104"


def test_what_keeps_them_out_is_no_change_until_it_is_changed(any_house: House) -> None:
    """One that is switched off, or only looks like it, is seen where databases are compared."""
    triggers = (
        "SELECT m.identity FROM kernel.catalog_members('{probe}') AS m"
        " WHERE m.classid = 'pg_trigger'::regclass AND m.identity ~ 't05_refuse_erased|t06_looks'"
        " ORDER BY 1"
    )
    any_house.erase(any_house.approved(2))
    assert any_house.query(triggers) == []
    any_house.admin.execute("ALTER TABLE probe.posts DISABLE TRIGGER t05_refuse_erased")
    any_house.admin.execute(
        "CREATE OR REPLACE TRIGGER t05_refuse_erased BEFORE INSERT OR UPDATE ON probe.users"
        " FOR EACH STATEMENT WHEN (false) EXECUTE FUNCTION kernel.tg_refuse_erased('bigint');"
        # It keeps every row from being deleted.
        "CREATE TRIGGER t06_looks BEFORE DELETE ON probe.likes FOR EACH ROW"
        " EXECUTE FUNCTION kernel.tg_refuse_erased('bigint')"
    )
    assert any_house.query(triggers) == [
        ("t05_refuse_erased on probe.posts",),
        ("t05_refuse_erased on probe.users",),
        ("t06_looks on probe.likes",),
    ]


def test_who_leaves_no_tombstone_may_come_back(any_house: House) -> None:
    any_house.admin.execute(
        "COMMENT ON COLUMN probe.users.name IS E'x\n@personal identifier\n@erase delete'"
    )
    any_house.admin.execute(
        "COMMENT ON COLUMN probe.payments.amount IS E'x\n@personal payment\n@erase delete'"
    )
    assert any_house.erase(any_house.approved(2)).state == "done"
    assert any_house.query("SELECT FROM kernel.erased_subject") == []
    again = session(any_house, 2)
    again.execute("INSERT INTO probe.users VALUES (2, 'another')")
    again.execute(POST, (2, 1))


def test_a_person_is_let_in_again_by_staff_alone(any_house: House) -> None:
    any_house.erase(any_house.approved(2))
    old, runner = session(any_house, 2), any_house.runner()
    assert runner.execute("SELECT kernel.readmit_subject('probe', '3')").fetchone() == (False,)
    assert refused(old, POST, 2, 999) == "KR104"
    with any_house.database.connect(role="tarot_app") as app:
        assert refused(app, "SELECT kernel.readmit_subject('probe', '2')") == "42501"
    assert runner.execute("SELECT kernel.readmit_subject('probe', ' 2')").fetchone() == (True,)
    old.execute(POST, (2, 999))


def test_who_was_erased_before_is_kept_out_by_the_ledger(
    any_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whom it knows from before that day, and who left a tombstone; once."""
    any_house.erase(any_house.approved(2))
    any_house.erase(any_house.approved(3))
    any_house.admin.execute("DELETE FROM kernel.erased_subject")
    for relation in any_house.query(_TRIGGERS):
        any_house.admin.execute(f"DROP TRIGGER t05_refuse_erased ON {relation[0]}".encode())
    any_house.admin.execute("DELETE FROM probe.users WHERE id = 3")
    old, other, runner = session(any_house, 2), session(any_house, 4), any_house.runner()
    old.execute(POST, (2, 998))
    now, said = datetime.now(UTC) + timedelta(minutes=1), any_house.said
    assert keep_out(runner, now - timedelta(days=1), Keys(), said.append) == {}
    old.execute(POST, (2, 999))
    assert keep_out(runner, now, Keys(), said.append) == {"probe": 1}
    assert refused(old, POST, 2, 1000) == "KR104"
    other.execute(POST, (4, 999))
    assert keep_out(runner, now, Keys(), said.append) == {"probe": 0}
    call = "SELECT kernel.keep_out_subject('probe', '4', %s, %s)"
    # No entry of the ledger, no keeping out.
    assert runner.execute(call, (b"x" * 32, KEY_ID)).fetchone() == (False,)
    with any_house.database.connect(role="tarot_app") as app:
        assert refused(app, call, b"x" * 32, KEY_ID) == "42501"
    monkeypatch.setenv("DATABASE_URL", any_house.database.url("strongroom_runner"))
    command = ["keep-out", "--before", "2026-01-01", "--json"]
    assert CliRunner().invoke(ledger_command.app, command).stdout == '{"kept_out": {}}\n'


def test_tarot_keeps_them_out_and_lets_a_worker_return_money(any_house: House) -> None:
    """What the app alone writes: asking again, and a new key for what is sealed."""
    database, admin = any_house.database, any_house.admin
    [(anna,)] = admin.execute("SELECT tarot.register_user(9001, 'anna_k')").fetchall()
    who = {"app": "tarot", "user_id": anna}
    app = database.connect(role="tarot_app", **who)
    assert any_house.erase(any_house.approved(anna, "tarot")).state == "done"
    touch = "UPDATE tarot.users SET last_active_at = last_active_at WHERE id = kernel.user_bigint()"
    assert refused(app, touch) == "KR104"
    assert refused(app, "SELECT * FROM kernel.request_erasure()") == "KR104"
    key = "SELECT * FROM kernel.give_data_key('birth', %s, 'tarot.birth.1', %s)"
    assert refused(app, key, str(anna), b"x" * 60) == "KR104"
    assert any_house.value("SELECT count(*) FROM kernel.subject_request WHERE subject <> ''") == 0
    worker = database.connect(role="tarot_worker", **who)
    worker.execute("UPDATE tarot.users SET is_active = is_active WHERE id = %s", [anna])
