"""People whose ids or documents are odd: each is exported and erased, and nobody else with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.python.erasure.conftest import House
from tests.python.fix_databases import Connection

CLUB = """
CREATE SCHEMA club AUTHORIZATION strongroom_owner;
SET ROLE strongroom_owner;
COMMENT ON SCHEMA club IS E'An app.\n@app';
CREATE TABLE club.members (code {type} PRIMARY KEY, name text, profile json);
COMMENT ON COLUMN club.members.code IS E'The person.\n@internal\n@subject';
COMMENT ON COLUMN club.members.name IS E'The name.\n@personal identifier\n@erase delete';
COMMENT ON COLUMN club.members.profile IS E'Words.\n@personal content\n@erase delete';
ALTER TABLE club.members ENABLE ROW LEVEL SECURITY;
ALTER TABLE club.members FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON club.members TO strongroom_owner USING (true) WITH CHECK (true);
SELECT kernel.enable_audit('club.members');
RESET ROLE;
"""
SPELLINGS = """
CREATE SCHEMA ext;
CREATE EXTENSION citext SCHEMA ext;
GRANT USAGE ON SCHEMA ext TO PUBLIC;
"""
REMARKS = """
SET ROLE strongroom_owner;
CREATE TABLE probe.remarks (
    user_id bigint, id bigint, whose bigint, at timestamptz, PRIMARY KEY (user_id, id),
    FOREIGN KEY (whose, at) REFERENCES probe.notes_1 (user_id, "at ;") ON DELETE CASCADE
);
COMMENT ON COLUMN probe.remarks.user_id IS E'Who.\n@internal\n@subject';
COMMENT ON COLUMN probe.remarks.id IS E'Number.\n@internal';
COMMENT ON COLUMN probe.remarks.whose IS E'On whose note.\n@internal';
COMMENT ON COLUMN probe.remarks.at IS E'On which.\n@internal';
ALTER TABLE probe.remarks ENABLE ROW LEVEL SECURITY;
ALTER TABLE probe.remarks FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON probe.remarks TO strongroom_owner USING (true) WITH CHECK (true);
INSERT INTO probe.remarks
SELECT 3, 1, n.user_id, n."at ;" FROM probe.notes_1 AS n WHERE n.user_id = 2 LIMIT 1;
RESET ROLE;
"""
DETACH = 'ALTER TABLE probe."no""tes;--" DETACH PARTITION probe.notes_1 '
ATTACH = (
    'ALTER TABLE probe."no""tes;--" ATTACH PARTITION probe.notes_1'
    " FOR VALUES FROM ('2020-01-01') TO ('2030-01-01')"
)
EXPORT = "SELECT kernel.export_subject('club', %s) -> 'data'"


def found(house: House, type_: str) -> Connection:
    """The club, and a runner who may export from it."""
    house.admin.execute(CLUB.format(type=type_).encode())
    runner = house.runner()
    runner.execute("SELECT set_config('kernel.actor', 'olga', false)")
    return runner


def members(house: House) -> list[str]:
    return [row[0] for row in house.query("SELECT name FROM club.members ORDER BY name")]


def exported(runner: Connection, person: str) -> Any:
    row = runner.execute(EXPORT, (person,)).fetchone()
    assert row is not None
    return row[0]


def approved(house: House, person: str) -> UUID:
    request = house.value("SELECT kernel.open_request('club', %s, 'erasure')", person)
    house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    return UUID(str(request))


@pytest.mark.parametrize(
    ("type_", "person", "neighbour"),
    [
        ("character(26)", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "01ARZ3NDEKTSV4RRFFQ69G5FAW"),
        ("varchar(6)", "anna", "anna42"),
        ("numeric", "4", "42"),
        ("text", "[b", '["[b", "c"]'),
    ],
)
def test_a_person_of_any_id_is_held_and_then_erased(
    any_house: House, type_: str, person: str, neighbour: str
) -> None:
    house = any_house
    found(house, type_)
    house.query(
        "INSERT INTO club.members VALUES (%s, 'Anna Karenina'), (%s, 'Boris Godunov') RETURNING 1",
        person,
        neighbour,
    )
    hold = house.value("SELECT kernel.place_hold('case', 'club', %s)", person)
    request = approved(house, person)
    assert house.erase(request).state == "held"
    assert house.erase(approved(house, neighbour)).state == "done"
    assert members(house) == ["Anna Karenina"]
    house.query("SELECT kernel.release_hold(%s, 'over')", hold)
    house.query("SELECT kernel.tend_requests()")
    done = house.erase(request)
    assert (done.state, done.rows, members(house)) == ("done", 1, [])


@pytest.mark.parametrize(
    ("type_", "written", "meant"),
    [
        ("ext.citext", "Anna", "aNNA"),
        ("numeric", "4.0", "4"),
    ],
)
def test_an_id_that_is_written_otherwise_is_refused(
    any_house: House, type_: str, written: str, meant: str
) -> None:
    """The app holds both to be equal; what the kernel keeps by the id would find nobody."""
    house = any_house
    house.admin.execute(SPELLINGS)
    found(house, type_)
    insert = "INSERT INTO club.members VALUES (%s, 'Anna Karenina') RETURNING 1"
    assert house.value("SELECT kernel.canonical_subject('club', %s)", meant) == meant
    house.query(insert, written)
    for call in (
        "SELECT kernel.place_hold('case', 'club', %s)",
        "SELECT kernel.open_request('club', %s, 'erasure')",
        "SELECT kernel.export_subject('club', %s)",
    ):
        with pytest.raises(psycopg.Error) as error:
            house.query(call, meant)
        assert error.value.sqlstate == "KR041"
        assert "club.members" in str(error.value.diag.message_detail)
        assert meant not in str(error.value).partition("CONTEXT")[0]
    if type_ != "numeric":
        hold = house.value("SELECT kernel.place_hold('case', 'club', %s)", written)
        request = approved(house, written)
        assert house.erase(request).state == "held"
        house.query("SELECT kernel.release_hold(%s, 'over')", hold)
        house.query("SELECT kernel.tend_requests()")
        assert house.erase(request).state == "done"
        assert members(house) == []


def test_an_id_that_looks_like_json_is_one_person(any_house: House) -> None:
    """It stops nobody's export, and shows nobody what is somebody else's."""
    house = any_house
    runner = found(house, "text")
    people = ("anna", "[b", '["anna"]')
    for person in people:
        house.query("INSERT INTO club.members VALUES (%s, %s) RETURNING 1", person, "of " + person)
    for person in people:
        data = exported(runner, person)
        assert [row["name"] for row in data["club.members"]] == ["of " + person]
        assert [row["operation"] for row in data["kernel.audit_entries"]] == ["INSERT"]


@pytest.mark.parametrize("profile", [r'{"say": "a\u0000b"}', r'["\ud800"]', "1e1000000"])
def test_a_document_that_is_no_jsonb_is_shown_and_erased(any_house: House, profile: str) -> None:
    house = any_house
    runner = found(house, "bigint")
    house.query("INSERT INTO club.members VALUES (4, 'Anna', %s::json) RETURNING 1", profile)
    data = exported(runner, "4")
    assert data["club.members"][0]["profile"] == profile
    house.query("UPDATE club.members SET name = 'Anna Karenina' RETURNING 1")
    assert house.erase(approved(house, "4")).state == "done"
    assert members(house) == []


def test_who_remarks_on_a_row_of_one_partition_loses_nothing(any_house: House) -> None:
    """The foreign key points to the partition, and would take the remark away."""
    any_house.admin.execute(REMARKS.encode())
    request = any_house.approved(2)
    assert any_house.erase(request).state == "failed"
    assert any_house.query("SELECT user_id, id, whose FROM probe.remarks") == [(3, 1, 2)]
    any_house.admin.execute("DELETE FROM probe.remarks")
    any_house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert any_house.erase(request).state == "done"
    assert any_house.left(2) == {}


def test_a_partition_that_is_half_detached_is_searched_and_waited_for(any_house: House) -> None:
    """Its root does not show its rows any more, and it is no table of its own yet."""
    words = "nobody_else_wrote_this"
    any_house.admin.execute(
        'INSERT INTO probe."no""tes;--" VALUES (2, \'2025-06-01\', to_jsonb(%s::text))', (words,)
    )
    with (
        any_house.database.connect("postgres", autocommit=False) as reader,
        any_house.database.connect("postgres") as other,
    ):
        reader.execute('SELECT count(*) FROM probe."no""tes;--"')
        other.execute("SET statement_timeout = '300ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            other.execute(f"{DETACH} CONCURRENTLY".encode())
    request = any_house.approved(2)
    assert any_house.erase(request).state == "failed"
    assert any_house.query(
        "SELECT t.relation::text, t.rows FROM kernel.subject_traces('probe', ARRAY[%s]) AS t"
        " WHERE t.rows > 0",
        words,
    ) == [("probe.notes_1", 1)]
    any_house.admin.execute(f"{DETACH} FINALIZE".encode())
    any_house.admin.execute(ATTACH)
    any_house.admin.execute("SELECT kernel.approve_request(%s)", (request,))
    assert any_house.erase(request).state == "done"
    assert any_house.query("SELECT FROM probe.notes_1 WHERE user_id = 2") == []
