"""Envelopes that were tampered with: none opens, and each error says why, without the content."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.sealing import (
    WRITINGS,
    BadEnvelope,
    BadValue,
    BlindIndex,
    DataKey,
    EnvironmentKeys,
    Field,
    IndexKey,
    Keyring,
    NotOpened,
    SealingError,
    UnknownDataKey,
    WrappedKey,
    WrongKey,
    new_key,
)
from strongroom.sealing.keyring import data_key

CASES = 10_000
SECRET = "Nizhny Novgorod Oblast"
APPS, LABELS, PURPOSES, USERS = ("tarot", "diary"), ("born", "place"), ("birth", "other"), 3


def _keys() -> list[DataKey]:
    owners = [(app, user) for app in APPS for user in (None, *map(str, range(USERS)))]
    wanted = [(app, user, purpose) for app, user in owners for purpose in PURPOSES]
    return [data_key(n, *one, os.urandom(32)) for n, one in enumerate(wanted, 1)]


class Attack:
    """One envelope and the place it is read from, of which one thing is then made wrong."""

    def __init__(self, random: Random, keys: list[DataKey]) -> None:
        self.random = random
        self.keys = {key.header: key for key in keys}
        self.key = random.choice(keys)
        self.field: Field[str] = Field(
            self.key.app,
            random.choice(LABELS),
            self.key.purpose,
            "text",
            random.choice((1, 16, 64)),
        )
        self.row_key: tuple[int, ...] = (random.randrange(99), random.randrange(99))
        self.subject = self.key.subject
        self.envelope = self.field.seal(self.key, SECRET, self.row_key)
        assert self.field.open(self.keys, self.envelope, self.row_key, self.subject) == SECRET

    def flip(self) -> type[SealingError]:
        at = self.random.randrange(len(self.envelope) * 8)
        data = bytearray(self.envelope)
        data[at // 8] ^= 1 << at % 8
        self.envelope = bytes(data)
        return SealingError

    def cut(self) -> type[SealingError]:
        self.envelope = self.envelope[: self.random.randrange(len(self.envelope))]
        return SealingError

    def lengthen(self) -> type[SealingError]:
        self.envelope += os.urandom(self.random.randint(1, 40))
        return NotOpened

    def move_row(self) -> type[SealingError]:
        self.row_key = (self.row_key[0], self.row_key[1] + self.random.randint(1, 99))
        return NotOpened

    def join_keys(self) -> type[SealingError]:
        self.row_key = (int(f"{self.row_key[0]}{self.row_key[1]}"),)
        return NotOpened

    def move_column(self) -> type[SealingError]:
        [label] = set(LABELS) - {self.field.label}
        self.field = replace(self.field, label=label)
        return NotOpened

    def move_purpose(self) -> type[SealingError]:
        [purpose] = set(PURPOSES) - {self.field.purpose}
        self.field = replace(self.field, purpose=purpose)
        return NotOpened

    def move_app(self) -> type[SealingError]:
        [app] = set(APPS) - {self.field.app}
        self.field = replace(self.field, app=app)
        return NotOpened

    def move_user(self) -> type[SealingError]:
        others = {None, *map(str, range(USERS))} - {self.subject}
        self.subject = self.random.choice(sorted(others, key=str))
        return NotOpened

    def rename_key(self) -> type[SealingError]:
        other = self.random.choice([key for key in self.keys.values() if key.id != self.key.id])
        self.envelope = other.header + self.envelope[9:]
        self.subject = other.subject
        self.field = replace(self.field, app=other.app, purpose=other.purpose)
        return NotOpened

    def forget_key(self) -> type[SealingError]:
        del self.keys[self.key.header]
        return UnknownDataKey

    def unknown_key(self) -> type[SealingError]:
        number = self.random.randrange(1000, 2**64).to_bytes(8, "big")
        self.envelope = b"\x01" + number + self.envelope[9:]
        return UnknownDataKey

    def wrong_material(self) -> type[SealingError]:
        key = self.key
        self.keys[key.header] = data_key(key.id, key.app, key.subject, key.purpose, os.urandom(32))
        return NotOpened

    def mix(self) -> type[SealingError]:
        other = self.field.seal(self.key, SECRET, (self.row_key[0] + 1, 0))
        at = self.random.randrange(9, 21)
        self.envelope = self.envelope[:at] + other[at:]
        return NotOpened

    def version(self) -> type[SealingError]:
        self.envelope = bytes([self.random.randint(2, 255)]) + self.envelope[1:]
        return BadEnvelope


ATTACKS = [
    Attack.flip, Attack.cut, Attack.lengthen, Attack.move_row, Attack.join_keys,
    Attack.move_column, Attack.move_purpose, Attack.move_app, Attack.move_user, Attack.rename_key,
    Attack.forget_key, Attack.unknown_key, Attack.wrong_material, Attack.mix, Attack.version,
]  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_nothing_that_was_changed_or_moved_opens(attack: Any) -> None:
    """[A-39] [A-F23] 10,000 random cases: none opens, each says why and by which key."""
    random, keys = Random(attack.__name__), _keys()
    for _ in range(-(-CASES // len(ATTACKS))):
        case = Attack(random, keys)
        kind = attack(case)
        with pytest.raises(kind) as refused:
            case.field.open(case.keys, case.envelope, case.row_key, case.subject)
        message = str(refused.value)
        assert not any(word in message for word in SECRET.split())
        assert re.search(r"data key \d+|cut short: \d+ bytes|unknown version \d+", message), message
        if not isinstance(refused.value, BadEnvelope):
            assert refused.value.key_id is not None
            assert f"data key {refused.value.key_id}" in message


def test_a_wrapped_key_opens_for_its_owner_only() -> None:
    """[A-40] The master key, app, person and purpose that wrapped it, and no other."""
    ids = ("tarot.birth.1", "tarot.birth.2")
    keys = EnvironmentKeys({EnvironmentKeys.variable(key_id): new_key() for key_id in ids})
    ring = Keyring(keys)
    print_ = keys.fingerprint(ids[0])
    good = WrappedKey(7, "tarot", "42", "birth", ids[0], print_, None)
    good = replace(good, wrapped=ring.make(good))
    assert ring.unwrap(good).id == 7
    assert good.wrapped is not None
    for bad in (
        replace(good, app="diary"),
        replace(good, subject="43"),
        replace(good, subject=None),
        replace(good, purpose="other"),
        replace(good, encryption_key_id=ids[1], fingerprint=keys.fingerprint(ids[1])),
        replace(good, fingerprint=bytes(16)),
        replace(good, wrapped=good.wrapped[:-1]),
        replace(good, wrapped=b""),
        replace(good, wrapped=good.wrapped[:-1] + bytes([good.wrapped[-1] ^ 1])),
    ):
        with pytest.raises(WrongKey) as refused:
            ring.unwrap(bad)
        assert refused.value.key_id == bad.encryption_key_id
        assert str(refused.value.key_id) in str(refused.value)


_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(st.characters(exclude_categories=["Cs"])),
    "date": st.dates(),
    "time": st.times(),
    "timestamp": st.datetimes(),
    "timestamptz": st.datetimes(timezones=st.timezones(), allow_imaginary=False),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "double": st.floats(allow_nan=False),
    "boolean": st.booleans(),
    "uuid": st.uuids(),
    "bytea": st.binary(),
    "jsonb": st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.just("a"), inner),
    ),
}


@given(st.data(), st.integers(1, 70))
def test_every_value_comes_back(data: st.DataObject, padding: int) -> None:
    """[A-43] Whatever its type, padded to its multiple."""
    name = data.draw(st.sampled_from(sorted(_VALUES)))
    value = data.draw(_VALUES[name])
    field: Field[Any] = Field("tarot", "x", "birth", name, padding)
    key = data_key(1, "tarot", "1", "birth", bytes(32))
    envelope = field.seal(key, value, (1,))
    assert (len(envelope) - 37) % padding == 0
    assert len(envelope) >= 38
    found = field.open({key.header: key}, envelope, (1,), "1")
    assert found == value
    assert type(found) is type(value) or name in ("date", "timestamp", "timestamptz")


def test_every_type_is_tried() -> None:
    assert set(_VALUES) | {"varchar", "citext"} == set(WRITINGS)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("date", "1990-05-17"), ("integer", True), ("integer", 2**31), ("text", b"x"),
        ("text", None), ("jsonb", object()), ("text", "\ud800"), ("boolean", 1),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(name: str, value: Any) -> None:
    """The field is named, and the value is not shown."""
    field: Field[Any] = Field("tarot", "born", "birth", name)
    key = data_key(1, "tarot", "1", "birth", bytes(32))
    with pytest.raises(BadValue, match=r"tarot\.born") as refused:
        field.seal(key, value, (1,))
    assert "1990" not in str(refused.value)


def test_a_field_of_no_known_type_is_refused() -> None:
    with pytest.raises(BadValue, match="box can't be sealed"):
        Field("tarot", "born", "birth", "box")


EQUAL = [
    ("numeric", Decimal("1.50"), Decimal("1.5")),
    ("numeric", Decimal("1E+2"), Decimal("100.00")),
    ("numeric", Decimal("-0.0"), Decimal(0)),
    ("numeric", Decimal("1" * 40 + ".10"), Decimal("1" * 40 + ".1")),
    ("double", -0.0, 0.0),
    ("jsonb", {"a": 1, "b": [{"c": 2, "d": 3}]}, {"b": [{"d": 3, "c": 2}], "a": 1}),
    ("text", " \u212bngstr\u00f6m", "\u00c5NGSTRO\u0308M "),
]


def _indexes() -> tuple[Keyring, list[IndexKey]]:
    name = "tarot.mails.1"
    ring = Keyring(EnvironmentKeys({EnvironmentKeys.variable(name): new_key()}))
    return ring, [IndexKey(name, 1, True, ring.provider.fingerprint(name))]


@pytest.mark.parametrize(("type_", "one", "other"), EQUAL)
def test_equal_values_have_equal_indexes(type_: str, one: Any, other: Any) -> None:
    """However they are written: PostgreSQL finds 1.5 by 1.50, and so does an index."""
    ring, keys = _indexes()
    index = BlindIndex("tarot", "a", "mails", type_)
    assert index.lookups(ring, keys, one) == [index.make(ring, keys, other)]


@pytest.mark.parametrize("other", [Decimal("1.05"), Decimal(15), Decimal("-1.5"), Decimal(150)])
def test_other_numbers_have_other_indexes(other: Decimal) -> None:
    ring, keys = _indexes()
    index = BlindIndex("tarot", "a", "mails", "numeric")
    assert index.make(ring, keys, Decimal("1.5")) != index.make(ring, keys, other)


def test_text_that_is_not_unicode_is_refused_without_it() -> None:
    """A UnicodeEncodeError would carry all of it."""
    ring, keys = _indexes()
    with pytest.raises(BadValue, match=r"tarot\.mail: the text is not Unicode"):
        BlindIndex("tarot", "mail", "mails").lookups(ring, keys, "anna\ud800@example.org")
    [key] = [key for key in _keys() if (key.app, key.subject, key.purpose) == APPS_KEY]
    with pytest.raises(BadValue, match="a row key that is not Unicode"):
        Field[str]("tarot", "born", "birth", "text").seal(key, SECRET, ("anna\ud800",))


APPS_KEY = ("tarot", None, "birth")


def test_nothing_is_wrapped_by_a_key_that_was_exchanged_meanwhile() -> None:
    """[A-41] A provider that is given another key under the same name is found out in time."""
    variable = EnvironmentKeys.variable("tarot.birth.1")
    environment = {variable: new_key()}
    keys = EnvironmentKeys(environment)
    ring = Keyring(keys)
    fingerprint = keys.fingerprint("tarot.birth.1")
    wanted = WrappedKey(None, "tarot", "1", "birth", "tarot.birth.1", fingerprint, None)
    old = replace(wanted, id=1, wrapped=ring.make(wanted))
    environment[variable] = new_key()
    with pytest.raises(WrongKey, match=r"tarot\.birth\.1"):
        ring.make(wanted)
    with pytest.raises(WrongKey, match=r"tarot\.birth\.1"):
        ring.rewrap(old, wanted)
