"""People whose ids or documents are odd: each is exported and erased, and nobody else with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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
