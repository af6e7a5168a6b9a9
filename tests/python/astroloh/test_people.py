"""People: birth data that only they can open, and platforms that they come by."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.sealing import EnvironmentKeys, Keyring, UnknownDataKey, WrongKey, new_key
from strongroom.session import NoIdentity, NoRow, async_session, session
from strongroom_db.aio.astroloh import users as async_users
from strongroom_db.astroloh import horoscope_requests, user_identities, user_sessions, users
from strongroom_db.astroloh.errors import (
    BirthTimeWithoutDate,
    IdentityTaken,
    LastIdentity,
    PlatformLinked,
    RetentionOutOfRange,
)
from strongroom_db.astroloh.types import BirthPlace
from strongroom_db.kernel.errors import UnfitSealingKey
from tests.python.astroloh.conftest import PURPOSES, Assistant, at_once

MOSCOW = BirthPlace(latitude=55.75, longitude=37.62, time_zone="Europe/Moscow", name="Moscow")
BORN = date(1990, 8, 15)


def test_a_person_and_three_platforms(assistant: Assistant) -> None:
    """[A-09] [A-10.2] [A-27] One person, whichever way they come."""
    with session(assistant.login, app="astroloh") as db:
        mira = users.register_user(db, platform="yandex_alice", platform_user_id="alice-1")
        assert users.register_user(db, platform="yandex_alice", platform_user_id="alice-1") == mira
        assert users.find_user(db, platform="telegram", platform_user_id="alice-1") is None
        other = users.register_user(db, platform="telegram", platform_user_id="tg-other")
        with pytest.raises(NoIdentity):
            users.get_user(db)
    with assistant.of(mira) as db:
        user_identities.link_identity(db, platform="telegram", platform_user_id="tg-1")
        with pytest.raises(PlatformLinked):
            user_identities.link_identity(db, platform="telegram", platform_user_id="tg-2")
        with pytest.raises(IdentityTaken):
            _take(assistant, other)
        user_identities.link_identity(db, platform="google_assistant", platform_user_id="g-1")
        listed = user_identities.list_identities(db)
        assert {row.platform for row in listed} == {"yandex_alice", "telegram", "google_assistant"}
        assert user_identities.unlink_identity(db, platform="yandex_alice")
        assert not user_identities.unlink_identity(db, platform="yandex_alice")
        assert user_identities.unlink_identity(db, platform="google_assistant")
        with pytest.raises(LastIdentity):
            user_identities.unlink_identity(db, platform="telegram")
    with session(assistant.login, app="astroloh") as db:
        assert users.find_user(db, platform="telegram", platform_user_id="tg-1") == mira
        assert users.find_user(db, platform="yandex_alice", platform_user_id="alice-1") is None
    with assistant.worker() as jobs:
        (account,) = user_identities.list_accounts(jobs, user_ids=[mira], platform="telegram")
        assert account.platform_user_id == "tg-1"


def _take(assistant: Assistant, other: UUID) -> None:
    with assistant.of(other) as db:
        user_identities.link_identity(db, platform="yandex_alice", platform_user_id="alice-1")


def test_birth_data_is_plain_for_the_person_and_sealed_for_the_database(
    assistant: Assistant,
) -> None:
    """[A-05] [A-39] [A-42] [A-43] [A-45] Dates go in and come out; the table has envelopes."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        assert users.get_birth_data(db).birth_date is None
        with pytest.raises(BirthTimeWithoutDate):
            users.set_birth_data(db, birth_date=None, birth_time=time(6, 30), birth_location=None)
        users.set_birth_data(db, birth_date=BORN, birth_time=time(6, 30), birth_location=MOSCOW)
        users.set_name(db, name="Мира")
        born = users.get_birth_data(db)
        assert (born.birth_date, born.birth_time) == (BORN, time(6, 30))
        assert (born.birth_location, born.name) == (MOSCOW, "Мира")
        civil = datetime.combine(BORN, time(6, 30), ZoneInfo(MOSCOW.time_zone))
        # Summer time of that year, which no offset of today would tell.
        assert civil.astimezone(UTC) == datetime(1990, 8, 15, 2, 30, tzinfo=UTC)
        users.set_birth_data(db, birth_date=date(1991, 1, 1), birth_time=None, birth_location=None)
        assert users.get_birth_data(db).birth_date == date(1991, 1, 1)
        assert users.get_birth_data(db).name == "Мира"
    ((stored, name, place),) = assistant.ask(
        "SELECT encrypted_birth_date, encrypted_name, encrypted_birth_location FROM astroloh.users"
        " WHERE id = %s",
        mira,
    )
    assert place is None
    assert stored[:1] == name[:1] == b"\x01"
    assert b"1991" not in stored
    assert "Мира".encode() not in name


def test_each_kind_of_birth_data_has_a_key_of_its_own(assistant: Assistant) -> None:
    """[A-40] [A-41] Who has lost one key opens the rest, and nothing under another's."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        users.set_birth_data(db, birth_date=BORN, birth_time=time(6), birth_location=MOSCOW)
        users.set_name(db, name="Mira")
    purposes = assistant.ask(
        "SELECT DISTINCT purpose FROM kernel.subject_key WHERE app = 'astroloh' ORDER BY 1"
    )
    assert purposes == [("birth_date",), ("birth_location",), ("birth_time",), ("name",)]


def test_nobody_opens_or_overwrites_what_is_another_persons(assistant: Assistant) -> None:
    """[A-F23] Not even whoever can write envelopes: they are bound to their person."""
    mira, ben = assistant.person(), assistant.person()
    for person in (mira, ben):
        with assistant.of(person) as db:
            users.set_name(db, name="somebody")
    with pytest.raises(psycopg.errors.DatabaseError) as refused, assistant.admin.transaction():
        assistant.admin.execute(
            "UPDATE astroloh.users SET encrypted_name ="
            " (SELECT encrypted_name FROM astroloh.users WHERE id = %s) WHERE id = %s",
            (mira, ben),
        )
    assert refused.value.sqlstate == UnfitSealingKey.sqlstate
    with assistant.of(UUID(int=7)) as db, pytest.raises(NoRow):
        users.get_user(db)
    names = [EnvironmentKeys.variable(f"astroloh.{purpose}.1") for purpose in PURPOSES]
    other = Keyring(EnvironmentKeys({name: new_key() for name in names}))
    with (
        session(assistant.login, app="astroloh", user_id=mira, keyring=other) as db,
        pytest.raises(WrongKey, match=r"astroloh\.name\.1"),
    ):
        users.get_birth_data(db)


def test_what_is_shredded_opens_no_more(assistant: Assistant) -> None:
    """[A-46] [X-4] Without the data keys, envelopes are noise."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        users.set_name(db, name="Mira")
    assistant.ask("SELECT kernel.shred_subject_keys('astroloh', %s)", str(mira))
    with (
        session(
            assistant.login, app="astroloh", user_id=mira, keyring=Keyring(assistant.keys)
        ) as db,
        pytest.raises(UnknownDataKey),
    ):
        users.get_birth_data(db)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    name=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=100),
    born=st.dates(),
    at=st.none() | st.times(),
    place=st.none()
    | st.builds(
        BirthPlace,
        latitude=st.floats(-90, 90),
        longitude=st.floats(-180, 180),
        time_zone=st.sampled_from(["Europe/Moscow", "Asia/Kolkata", "UTC"]),
        name=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    ),
)
def test_any_birth_comes_back(
    assistant: Assistant, name: str | None, born: date, at: time | None, place: BirthPlace | None
) -> None:
    """[A-43] Whatever a person says of their birth."""
    person = assistant.person()
    with assistant.of(person) as db:
        users.set_birth_data(db, birth_date=born, birth_time=at, birth_location=place)
        users.set_name(db, name=name)
        got = users.get_birth_data(db)
    assert (got.name, got.birth_date, got.birth_time, got.birth_location) == (name, born, at, place)


def test_reading_and_storing_are_events_of_security(assistant: Assistant) -> None:
    """[A-51] Nothing sealed is stored or given out without a line in the log."""
    mira = assistant.person()
    with assistant.of(mira) as db:
        users.set_name(db, name="Mira")
        users.set_profile(db, zodiac_sign="leo", gender=None)
        users.get_birth_data(db)
    events = assistant.ask(
        "SELECT event_type FROM astroloh.security_logs WHERE user_id = %s ORDER BY occurred_at",
        mira,
    )
    assert events == [
        ("identity_change",),
        ("consent",),
        ("encryption",),
        ("decryption",),
    ]


def test_leaving_and_forgetting_are_events_of_security(assistant: Assistant) -> None:
    """[A-51] [A-F14] Who ends a dialog, forgets a birth, deletes a consultation."""
    mira, now = assistant.person(), datetime.now(UTC)
    request = uuid4()
    with assistant.of(mira) as db:
        dialog = user_sessions.open_session(db, platform="telegram", session_id="s")
        users.set_birth_data(
            db, birth_date=date(1990, 8, 15), birth_time=time(6, 30), birth_location=None
        )
        users.set_birth_data(db, birth_date=date(1990, 8, 16), birth_time=None, birth_location=None)
        users.set_birth_data(db, birth_date=None, birth_time=None, birth_location=None)
        horoscope_requests.add_request(
            db,
            id=request,
            processed_at=now,
            request_type="daily",
            target_date=None,
            partner_data=None,
            ip_hash=None,
            processing_time_ms=None,
        )
        assert horoscope_requests.delete_request(db, id=uuid4(), processed_at=now) == 0
        assert horoscope_requests.delete_request(db, id=request, processed_at=now) == 1
        assert user_sessions.end_session(db, id=dialog) == 1
        assert user_sessions.end_session(db, id=dialog) == 0
    events = assistant.ask(
        "SELECT event_type, description, session_id FROM astroloh.security_logs"
        " WHERE user_id = %s AND event_type NOT IN ('identity_change', 'consent')"
        " ORDER BY occurred_at, id",
        mira,
    )
    stored, forgotten = "birth data or name were stored", "birth data or name were forgotten"
    assert events == [
        ("login", "a dialog began", dialog),
        ("encryption", stored, None),
        ("encryption", stored, None),
        ("deletion", forgotten, None),
        ("deletion", forgotten, None),
        ("deletion", "a consultation was deleted", None),
        ("logout", "a dialog was ended", dialog),
    ]


def test_people_are_found_by_jobs(assistant: Assistant) -> None:
    """[A-27] [A-48] [A-F9] By sign, by when they came, and by how long they are away."""
    people = sorted(assistant.person() for _ in range(5))
    for person in people:
        with assistant.of(person) as db:
            users.set_profile(db, zodiac_sign="virgo", gender="other")
            users.set_retention_days(db, days=30)
            with pytest.raises(RetentionOutOfRange):
                users.set_retention_days(db, days=29)
    assistant.ask(
        "UPDATE astroloh.users SET last_accessed = now() - interval '9 days' RETURNING id"
    )
    with assistant.of(people[0]) as db:
        users.touch_user(db)
        seen = users.get_user(db)
        assert datetime.now(UTC) - seen.last_accessed < timedelta(minutes=5)
        assert seen.data_retention_days == 30
    with assistant.worker() as jobs:
        page = users.list_users_by_sign(jobs, zodiac_sign="virgo", limit=3)
        rest = users.list_users_by_sign(jobs, zodiac_sign="virgo", limit=3, after=page.next or "")
        assert [row.id for row in (*page, *rest)] == people
        assert not list(users.list_users_by_sign(jobs, zodiac_sign="leo"))
        now = datetime.now(UTC)
        absent = users.list_absent_users(jobs, since=now - timedelta(days=1))
        assert {row.id for row in absent} == set(people[1:])
        came = users.list_new_users(jobs, since=now - timedelta(hours=1), until=now)
        assert {row.id for row in came} == set(people)


def test_one_person_registers_many_times_at_once(assistant: Assistant) -> None:
    """[A-10.2] Whoever is quickest makes the person, and all get the same one."""
    logins = [assistant.database.connect() for _ in range(6)]

    def register(number: int, attempt: int) -> UUID:
        with session(logins[number], app="astroloh") as db:
            return users.register_user(db, platform="telegram", platform_user_id=f"t-{attempt}")

    for attempt in range(10):
        answers = at_once([partial(register, n, attempt) for n in range(len(logins))])
        assert len(set(answers)) == 1
    assert assistant.ask("SELECT count(*) FROM astroloh.users") == [(10,)]


def test_two_ways_are_not_both_taken_away(assistant: Assistant) -> None:
    """[A-09] Two calls at once, each of which would leave the other's platform."""
    logins = [assistant.database.connect() for _ in range(2)]
    for number in range(8):
        person = assistant.person()
        with assistant.of(person) as db:
            user_identities.link_identity(
                db, platform="yandex_alice", platform_user_id=f"y{number}"
            )

        def unlink(login: int, who: UUID) -> bool:
            with assistant.of(who, logins[login]) as db:
                try:
                    return user_identities.unlink_identity(
                        db, platform=("telegram", "yandex_alice")[login]
                    )
                except LastIdentity:
                    return False

        assert sorted(at_once([partial(unlink, n, person) for n in range(2)])) == [False, True]


def test_async_is_the_same(assistant: Assistant) -> None:
    """[A-03] The awaited functions seal and open as well."""
    mira = assistant.person()

    async def name() -> str | None:
        login = await psycopg.AsyncConnection.connect(assistant.database.url(), autocommit=True)
        async with (
            login,
            async_session(login, app="astroloh", user_id=mira, keyring=assistant.ring) as db,
        ):
            await async_users.set_name(db, name="Mira")
            return (await async_users.get_birth_data(db)).name

    assert asyncio.run(name()) == "Mira"
