"""Generated functions that seal and open: every kind and type, and what the database holds then."""

from __future__ import annotations

import asyncio
import itertools
import traceback
import warnings
from datetime import UTC, date, datetime
from decimal import Decimal
from types import ModuleType
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.sealing import BadValue, Field, Keyring, NotOpened, UnknownDataKey, WrongKey
from strongroom.session import NoIdentity, Session, SessionError, async_session, session
from tests.python.codegen import sealed_app
from tests.python.codegen.sealed_app import NOTHING, Vault

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
JSON = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30))


@st.composite
def _values(draw: st.DrawFn, types: ModuleType) -> dict[str, Any]:
    homes = st.builds(types.Address, street=TEXTS, number=st.integers(-(2**31), 2**31 - 1))
    drawn: dict[str, st.SearchStrategy[Any]] = {
        "a_date": st.dates(),
        "a_time": st.times(),
        "a_timestamp": MOMENTS,
        "a_timestamptz": MOMENTS.map(lambda moment: moment.replace(tzinfo=UTC)),
        "a_numeric": st.decimals(allow_nan=False, allow_infinity=False),
        "an_integer": st.integers(-(2**31), 2**31 - 1),
        "a_double": st.floats(allow_nan=False),
        "a_boolean": st.booleans(),
        "a_uuid": st.uuids(),
        "a_bytea": st.binary(max_size=100),
        "a_jsonb": JSON,
        "home": homes,
        "email": TEXTS,
    }
    found: dict[str, Any] = {name: draw(st.none() | strategy) for name, strategy in drawn.items()}
    return {**found, "a_text": draw(TEXTS)}


_numbers = itertools.count(1)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_values_there_and_back(vault: Vault, data: st.DataObject) -> None:
    """And the database holds envelopes, and nothing else."""
    values, number = data.draw(_values(vault.types)), next(_numbers)
    with vault.session() as db:
        added = vault.calls.put(db, id=number, name="n", **values)
        assert (added.a_text, added.a_date) == (values["a_text"], values["a_date"])
        found = vault.calls.get(db, id=number)
    assert {name: getattr(found, name) for name in values} == values
    assert {name: type(getattr(found, name)) for name in values} == {
        name: type(value) for name, value in values.items()
    }
    row = vault.admin.execute("SELECT * FROM tarot.vault WHERE id = %s", [number])
    stored = row.fetchone()
    assert stored is not None
    assert row.description is not None
    by_name = dict(zip([column.name for column in row.description], stored, strict=True))
    for name, value in values.items():
        envelope = by_name[name]
        assert (envelope is None) == (value is None)
        if envelope is not None:
            assert envelope[:1] == b"\x01"
            assert len(envelope) >= 38
            assert len(str(value)) < 5 or str(value).encode() not in envelope
    assert (by_name["email_index"] is None) == (values["email"] is None)


def _filled(vault: Vault, db: Session) -> None:
    for number in range(1, 6):
        vault.calls.put(
            db,
            id=number,
            name=f"n{number}",
            a_text=f"text {number}",
            **{**NOTHING, "email": f"Mail{number}@x", "a_numeric": Decimal(number)},
        )
    item = vault.calls.AddPartsItem
    parts = [item(10 * n, n, f"part {n}" if n < 3 else None) for n in range(1, 4)]
    vault.calls.add_parts(db, items=parts)


def test_results_through_joins_views_and_unions(vault: Vault) -> None:
    with vault.session() as db:
        _filled(vault, db)
        listed = [(row.id, row.text, row.a_numeric, row.part) for row in vault.calls.list_all(db)]
        assert listed[:3] == [
            (1, "text 1", Decimal(1), "part 1"),
            (2, "text 2", Decimal(2), "part 2"),
            (3, "text 3", Decimal(3), None),
        ]
        assert [row.part_id for row in vault.calls.list_all(db)][3:] == [None, None]
        assert len(vault.calls.both(db)) == 10
        assert {row.secret for row in vault.calls.both(db)} == {f"text {n}" for n in range(1, 6)}
        assert vault.calls.through_view(db)[0].text == "text 1"
        twins = vault.calls.twins(db)
        assert (twins[0].a_text, twins[0].other) == ("text 1", "text 2")
        assert vault.calls.text_of(db, id=2) == "text 2"
        assert vault.calls.text_of(db, id=99) is None


def test_blind_indexes_take_one_value(vault: Vault) -> None:
    with vault.session() as db:
        _filled(vault, db)
        found = vault.calls.by_email(db, email=" mail3@X")
        assert (found.id, found.email) == (3, "Mail3@x")
        assert vault.calls.by_email(db, email="nobody") is None
        assert vault.calls.patch(db, id=3, a_date=date(2000, 1, 1), email=None) == 1
        assert vault.calls.by_email(db, email="mail3@x") is None
        assert vault.calls.get(db, id=3).a_date == date(2000, 1, 1)
        vault.calls.patch(db, id=3, a_date=None, email="again@x")
        assert vault.calls.by_email(db, email="again@x").id == 3
        assert vault.calls.get(db, id=3).a_date == date(2000, 1, 1)


def test_pages_streams_updates_and_upserts(vault: Vault) -> None:
    with vault.session() as db:
        _filled(vault, db)
        page = vault.calls.pages(db)
        assert [row.a_text for row in page] == ["text 1", "text 2"]
        page = vault.calls.pages(db, after=page.next)
        assert [row.a_text for row in page] == ["text 3", "text 4"]
        assert [row.a_text for row in vault.calls.walk(db)] == [f"text {n}" for n in range(1, 6)]
        vault.calls.rename(db, id=1, a_text="renamed")
        assert vault.calls.text_of(db, id=1) == "renamed"
        assert vault.calls.upsert(db, id=1, a_text="again").a_text == "again"
        assert vault.calls.upsert(db, id=77, a_text="new").a_text == "new"
        assert {row.id: row.a_text for row in vault.calls.walk(db)}[1] == "again"


def test_items(vault: Vault) -> None:
    with vault.session() as db:
        parts = [vault.calls.AddPartsItem(n, n, None if n == 2 else f"p{n}") for n in range(4)]
        assert vault.calls.add_parts(db, items=parts) == ["p0", "p1", None, "p3"]
        items = [vault.calls.LoadItem(n, "n", f"t{n}", f"m{n}") for n in range(700)]
        loaded = vault.calls.load(db, items=iter(items))
        assert [(row.id, row.a_text) for row in loaded] == [(n, f"t{n}") for n in range(700)]
        assert vault.calls.by_email(db, email="M699").id == 699
        again = [vault.calls.RetextItem(n, f"u{n}") for n in range(700)]
        assert vault.calls.retext(db, items=again) == 700
        assert [row.a_text for row in vault.calls.walk(db)] == [f"u{n}" for n in range(700)]


def test_a_worker_seals_for_whom_the_row_is(vault: Vault) -> None:
    with vault.session(None, role="worker") as db:
        for user in (1, 2):
            vault.calls.put_for(db, user_id=user, id=1, name="n", a_text=f"of {user}")
        copied = [
            vault.calls.CopyForItem(user, n, f"{user}.{n}") for user in (1, 2) for n in (1, 2)
        ]
        assert vault.calls.copy_for(db, items=iter(copied)) == 4
        assert [row.a_text for row in vault.calls.of_anybody(db)] == ["of 1", "of 2"]
        vault.calls.put_token(db, name="api", token="secret")
        assert vault.calls.token(db, name="api") == "secret"
    # Another program: a stream finds its keys between its parts, and other calls wait for its end.
    with vault.session(None, role="worker") as db:
        found = [row.a_text for row in vault.calls.imports(db)]
        assert found == ["1.1", "1.2", "2.1", "2.2"]
    with vault.session(2) as db:
        assert [row.a_text for row in vault.calls.walk(db)] == ["of 2"]
        assert vault.calls.text_of(db, id=1) == "of 2"


def test_what_two_people_read_is_sealed_by_the_app(vault: Vault) -> None:
    """By no person's key, which the other could not have; so it outlives the keys of either."""
    with vault.session(1) as db:
        vault.calls.write_letter(db, id=1, receiver_id=2, body="from 1")
    with vault.session(None, role="worker") as db:
        vault.calls.carry_letter(db, id=2, sender_id=2, receiver_id=1, body="from 2")
    owners = vault.admin.execute("SELECT DISTINCT k.subject FROM kernel.subject_key AS k")
    assert owners.fetchall() == [(None,)]
    with vault.database.connect("strongroom_runner") as runner:
        runner.execute("SELECT kernel.shred_subject_keys('tarot', '1')")
    for user in (1, 2):
        with vault.session(user) as db:
            assert [row.body for row in vault.calls.letters(db)] == ["from 1", "from 2"]
    with vault.session(3) as db:
        assert vault.calls.letters(db) == []


def test_one_trip_more_for_keys_that_are_not_known(vault: Vault) -> None:
    with vault.session() as db:
        _filled(vault, db)
    calls: list[str] = []
    with vault.session(ring=Keyring(vault.keys)) as db:
        many = db.many

        def counted(statement: Any, params: tuple[object, ...] = ()) -> list[Any]:
            calls.append(statement.name)
            return many(statement, params)

        db.many = counted  # type: ignore[method-assign]
        vault.calls.list_all(db)
        vault.calls.list_all(db)
    assert calls == ["tarot.list_all", "kernel.claim_data_keys", "tarot.list_all"]


def test_moved_and_erased_values_do_not_open(vault: Vault) -> None:
    with vault.session() as db:
        _filled(vault, db)
        admin = vault.admin
        admin.execute(
            "UPDATE tarot.vault AS v SET a_text = o.a_text FROM tarot.vault AS o"
            " WHERE v.id = 1 AND o.id = 2"
        )
        with pytest.raises(NotOpened, match=r"tarot.vault_text does not open by data key \d+"):
            vault.calls.text_of(db, id=1)
        assert vault.calls.text_of(db, id=2) == "text 2"
    with vault.database.connect("strongroom_runner") as runner:
        runner.execute("SELECT kernel.shred_subject_keys('tarot', '1')")
    with vault.session() as db, pytest.raises(UnknownDataKey, match=r"data key \d+"):
        vault.calls.text_of(db, id=2)


def test_what_can_not_be_opened_was_not_written(vault: Vault) -> None:
    """RETURNING shows a value that is there already, and does not open."""
    with vault.session() as db:
        _filled(vault, db)
        swap = (
            "UPDATE tarot.vault AS v SET a_text = o.a_text FROM tarot.vault AS o"
            " WHERE v.id = 1 AND o.id = 2"
        )
        vault.admin.execute(swap)
        with pytest.raises(NotOpened):
            vault.calls.rename_in_the_clear(db, id=1, name="new")
        assert vault.calls.names(db)[0].name == "n1"
        assert vault.calls.rename_in_the_clear(db, id=2, name="new").a_text == "text 2"


def test_another_programs_keys_are_refused_by_name(vault: Vault) -> None:
    with vault.session() as db:
        _filled(vault, db)
    wrong = Keyring(sealed_app.make_keys())
    with (
        vault.session(ring=wrong) as db,
        pytest.raises(WrongKey, match=r"tarot\.vault\.1") as raised,
    ):
        vault.calls.text_of(db, id=1)
    assert raised.value.key_id == "tarot.vault.1"
    with session(vault.connection, app="tarot", user_id=1) as db:
        with pytest.raises(SessionError, match="has no keyring"):
            vault.calls.text_of(db, id=1)
        with pytest.raises(NoIdentity), session(vault.connection, app="tarot") as nobody:
            vault.calls.rename(nobody, id=1, a_text="x")
        assert vault.calls.names(db)[0].name == "n1"


def test_a_replaced_key_is_asked_for_again(vault: Vault) -> None:
    with vault.session() as db:
        vault.calls.put(db, id=1, name="n", a_text="before", **NOTHING)
        admin = vault.admin
        admin.execute(
            "UPDATE kernel.subject_key SET replaced_at = now(), closed_at = now()"
            " WHERE app = 'tarot' AND purpose = 'vault'"
        )
        vault.calls.rename(db, id=1, a_text="after")
        assert vault.calls.text_of(db, id=1) == "after"


def test_async(vault: Vault) -> None:
    async def run() -> None:
        connection = await psycopg.AsyncConnection.connect(
            vault.database.url("strongroom_login"), autocommit=True
        )
        async with (
            connection,
            async_session(connection, app="tarot", user_id=1, keyring=Keyring(vault.keys)) as db,
        ):
            for n in range(1, 4):
                added = await vault.aio.put(db, id=n, name="n", a_text=f"t{n}", **NOTHING)
                assert added.a_text == f"t{n}"
            assert await vault.aio.text_of(db, id=2) == "t2"
            assert [row.a_text async for row in vault.aio.walk(db)] == ["t1", "t2", "t3"]
            page = await vault.aio.pages(db)
            assert [row.a_text for row in page] == ["t1", "t2"]
            assert await vault.aio.patch(db, id=1, a_date=date(2000, 1, 1), email="a@b") == 1
            found = await vault.aio.by_email(db, email="A@b")
            assert (found.id, found.email) == (1, "a@b")

            async def items() -> Any:
                for n in range(10, 13):
                    yield vault.calls.LoadItem(n, "n", f"l{n}", None)

            loaded = await vault.aio.load(db, items=items())
            assert [row.a_text for row in loaded] == ["l10", "l11", "l12"]
            parts = [vault.calls.AddPartsItem(n, n, f"p{n}") for n in range(3)]
            assert await vault.aio.add_parts(db, items=parts) == ["p0", "p1", "p2"]
            await vault.aio.rename(db, id=1, a_text="renamed")
            assert (await vault.aio.upsert(db, id=1, a_text="up")).a_text == "up"
            assert (await vault.aio.through_view(db))[0].text == "up"

    asyncio.run(run())


def test_a_model_that_does_not_fit_is_refused_without_what_is_in_it(vault: Vault) -> None:
    """Neither what is given nor what was sealed stands in an error, a cause or a warning."""
    bad = vault.types.Address.model_construct(street="Vesper Lane", number="Vesper Lane")
    with vault.session() as db, warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(BadValue, match=r"tarot\.vault_home") as given:
            vault.calls.put(db, id=1, name="n", a_text="x", **{**NOTHING, "home": bad})
        vault.calls.put(db, id=1, name="n", a_text="x", **NOTHING)
        key = db.sealing_key("vault")
        home = Field[Any]("tarot", "vault_home", "vault", "jsonb")
        envelope = home.seal(key, {"street": 1, "number": "Vesper Lane"}, (1, 1))
        vault.admin.execute("UPDATE tarot.vault SET home = %s WHERE id = 1", [envelope])
        with pytest.raises(NotOpened, match=r"tarot\.vault_home") as kept:
            vault.calls.get(db, id=1)
    assert kept.value.key_id == key.id
    for error in (given.value, kept.value):
        assert "Vesper" not in "".join(traceback.format_exception(error))
