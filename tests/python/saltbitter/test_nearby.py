"""The search: by index under the policies of its role, and no place given away."""

from __future__ import annotations

import json
import math
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom_db.saltbitter import profiles
from tests.python.fix_databases import Connection
from tests.python.saltbitter.conftest import BORN, Platform, row

_CELL = "SELECT saltbitter.cell_centre(%s, %s)::text"
_MANY = """
INSERT INTO saltbitter.users (id, email, password_hash)
SELECT
    ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
    format('many%%s@example.org', n),
    '$2b$12$' || repeat('a', 53)
FROM generate_series(1, %(people)s) AS n;
INSERT INTO saltbitter.profiles (user_id, name, birth_date, gender, location)
SELECT
    u.id, 'Somebody', '1990-05-17', 'man',
    saltbitter.cell_centre(-60 + random() * 120, -180 + random() * 360)
FROM saltbitter.users AS u
WHERE u.email LIKE 'many%%';
UPDATE saltbitter.profiles SET looking_for_gender = 'everyone' WHERE looking_for_gender IS NULL;
"""


def test_the_search_reads_the_index_and_stops_when_the_page_is_full(platform: Platform) -> None:
    """[S-24] [S-11.16] Under row level security, of many people, many of them near."""
    ann = platform.person("woman", "everyone")
    admin = platform.database.admin()
    admin.execute("SET session_replication_role = replica")
    for statement in (_MANY % {"people": 20000}).split(";\n"):
        admin.execute(statement.encode())
    admin.execute(
        "UPDATE saltbitter.profiles SET location ="
        " (SELECT location FROM saltbitter.profiles WHERE user_id = %s)"
        " WHERE user_id IN (SELECT id FROM saltbitter.users WHERE email LIKE 'many1%%')",
        (ann,),
    )
    admin.execute(
        "INSERT INTO kernel.consent_event"
        " (app, subject, purpose, version, language, granted, actor, method)"
        " SELECT 'saltbitter', u.id::text, 'orientation', 1, 'en', true, 'person', 'checkbox'"
        " FROM saltbitter.users AS u WHERE u.email LIKE 'many%'"
    )
    admin.execute("ANALYZE saltbitter.profiles, saltbitter.users, kernel.consent_event")
    for _ in range(2):
        plan = _search_plan(admin, ann)
        scans = list(_scans(plan, "profiles"))
        assert [scan["Node Type"] for scan in scans] == ["Index Scan"], plan
        (scan,) = scans
        assert scan["Index Name"] == "profiles_location_idx"
        assert "Index Cond" in scan
        assert "Order By" in scan
        assert scan["Actual Rows"] <= 100, scan
        # And so a planner decides that takes every table for one of ten million rows.
        admin.execute("RESET ROLE")
        admin.execute(
            "UPDATE pg_class SET reltuples = 1e7 WHERE oid = ANY (%s::regclass[])",
            (["saltbitter.profiles", "saltbitter.decisions", "kernel.consent_event"],),
        )
    (believed,) = row(admin, "EXPLAIN (FORMAT json) SELECT FROM saltbitter.profiles")
    assert believed[0]["Plan"]["Plan Rows"] > 9_000_000
    with platform.session(ann) as db:
        assert len(profiles.list_nearby(db, skip=[], limit=20)) == 20


def test_a_caller_of_the_app_reads_no_place_of_others(platform: Platform) -> None:
    """[S-F16] [S-F29] Not by the table, and no column of the search is one."""
    ann, ben = platform.person("woman"), platform.person("man")
    app = platform.app(ann)
    assert row(app, "SELECT count(*) FROM saltbitter.profiles") == (1,)
    found = app.execute("SELECT * FROM saltbitter.nearby_profiles()")
    assert found.description is not None
    assert [column.name for column in found.description] == [
        "user_id",
        "name",
        "age",
        "gender",
        "bio",
        "photos",
        "within_km",
    ]
    assert [person[0] for person in found] == [ben]


def test_places_in_a_cell_can_not_be_told_apart(platform: Platform) -> None:
    """[S-F16] Whoever asks from anywhere is told the same of a person wherever in a cell they are.

    The model of a search is: from a place, of a person at a place, the band. If it depends on the
    cells of both alone, no number of questions tells more than the cell.
    """
    admin = platform.database.admin()
    band = (
        "SELECT saltbitter.distance_band(extensions.st_distance("
        "saltbitter.cell_centre(%s, %s), saltbitter.cell_centre(%s, %s), false))"
    )

    @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        st.floats(-89.9, 89.9),
        st.floats(-179.9, 179.9),
        st.floats(-1, 1),
        st.floats(-1, 1),
        st.floats(-3, 3),
        st.floats(-3, 3),
    )
    def check(
        latitude: float, longitude: float, north: float, east: float, up: float, over: float
    ) -> None:
        near = (latitude + north / 100, longitude + east / 100)
        if row(admin, _CELL, latitude, longitude) != row(admin, _CELL, *near):
            return
        asked = (max(-90.0, min(90.0, latitude + up)), (longitude + over + 540) % 360 - 180)
        assert row(admin, band, *asked, latitude, longitude) == row(admin, band, *asked, *near)

    check()


def test_a_cell_is_wide_enough_to_hide_in(platform: Platform) -> None:
    """[S-F16] Two kilometres at least in both directions, up to 85 degrees of latitude."""
    admin = platform.database.admin()
    for latitude in (-85.0, -60.0, -33.3, 0.0, 12.3, 48.2085, 59.9, 71.0, 85.0):
        step = 0.0005 / math.cos(math.radians(latitude))
        cells = [row(admin, _CELL, latitude, 10 + n * step) for n in range(120)]
        runs = [len(list(run)) for run in _runs(cells)]
        # The first and the last run are cut by where we began and stopped.
        meters = [run * step * math.cos(math.radians(latitude)) * 111_195 for run in runs[1:-1]]
        assert min(meters) > 2000, (latitude, meters)


def test_nobody_looks_from_many_places_in_a_short_time(platform: Platform) -> None:
    """[S-F16] The place of a search is the profile's, which moves every 15 minutes at most."""
    ann = platform.person("woman")
    admin = platform.database.admin()
    with platform.session(ann) as db:
        assert not profiles.set_location(db, latitude=48.5, longitude=16.5)
        profiles.clear_location(db)
        assert not profiles.set_location(db, latitude=48.5, longitude=16.5)
        assert profiles.delete_profile(db) == 1
        profiles.create_profile(db, name="Ann", birth_date=BORN, gender="woman")
        assert not profiles.set_location(db, latitude=48.5, longitude=16.5)
        _turn_back(admin, ann, "16 minutes")
        assert profiles.set_location(db, latitude=48.5, longitude=16.5)
        assert not profiles.set_location(db, latitude=48.6, longitude=16.5)


def _turn_back(admin: Connection, person: UUID, period: str) -> None:
    admin.execute(
        "UPDATE saltbitter.users SET moved_at = now() - %s::interval WHERE id = %s",
        (period, person),
    )


def _search_plan(admin: Connection, person: UUID) -> dict[str, Any]:
    """The plan of the query in the function, as it ran; only a superuser is told."""
    notices: list[str] = []
    admin.add_notice_handler(lambda notice: notices.append(notice.message_primary or ""))
    admin.execute("LOAD 'auto_explain'")
    for name, value in (
        ("session_replication_role", "origin"),
        ("auto_explain.log_min_duration", "0"),
        ("auto_explain.log_analyze", "on"),
        ("auto_explain.log_nested_statements", "on"),
        ("auto_explain.log_format", "json"),
        ("client_min_messages", "log"),
        ("kernel.user_id", str(person)),
        ("kernel.app", "saltbitter"),
        # Last: a role of an app may set none of these.
        ("role", "saltbitter_app"),
    ):
        admin.execute("SELECT set_config(%s, %s, false)", (name, value))
    admin.execute("SELECT count(*) FROM saltbitter.nearby_profiles(20)")
    (plan,) = [n for n in notices if "ST_DWithin" in n or "st_dwithin(c.location" in n]
    found: dict[str, Any] = json.loads(plan[plan.index("{") :])
    return found


def _scans(node: Any, relation: str) -> Any:
    if isinstance(node, dict):
        if node.get("Relation Name") == relation:
            yield node
        for value in node.values():
            yield from _scans(value, relation)
    elif isinstance(node, list):
        for value in node:
            yield from _scans(value, relation)


def _runs(values: list[Any]) -> Any:
    run: list[Any] = []
    for value in values:
        if run and run[-1] != value:
            yield run
            run = []
        run.append(value)
    yield run
