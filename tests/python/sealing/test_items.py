"""Items of one call: sealed as one by one, with no nonce twice."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strongroom.sealing import BadValue, EnvironmentKeys, Field, Keyring
from strongroom.sealing.items import Taken, nonces
from strongroom.sealing.keyring import data_key
from strongroom.sealing.rows import Keys
from strongroom.sealing.statement import USER, Given, Part, Seal, SealedStatement
from strongroom.session import Statement

ADD: Statement[Any] = Statement(name="tarot.add", sql="", parameters=("text", "bytea"), writes=True)
RING = Keyring(EnvironmentKeys({}))


def taken(field: Field[Any], subject: Part | None, *row_key: Part) -> tuple[Taken[Any], Any]:
    """What seals the second parameter of items, and the key that it seals by."""
    owner = "42" if subject is USER else None
    key = data_key(7, "tarot", owner, field.purpose, os.urandom(32))
    sealed: SealedStatement[Any] = SealedStatement(
        statement=ADD, takes=(None, Seal(field, row_key, subject))
    )
    keys = Keys(RING, "42", {(field.purpose, owner): key})
    return Taken(sealed, lambda item: item, keys), key


ROW_KEYS = (
    st.integers(-(2**63), 2**63 - 1)
    | st.text("aЯ\n\0😀", max_size=50)
    | st.uuids()
    | st.dates()
    | st.just(datetime(2026, 1, 2, tzinfo=UTC))
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    values=st.lists(st.tuples(ROW_KEYS, st.none() | st.text("aö\0\x80", max_size=40)), max_size=5),
    padding=st.sampled_from([1, 2, 16, 256, 257]),
    owned=st.booleans(),
)
def test_each_item_opens_for_its_row_and_no_other(
    values: list[tuple[int | str | UUID, str | None]], padding: int, owned: bool
) -> None:
    """[A-39] As `Field.seal` does it."""
    field: Field[str] = Field("tarot", "note", "notes", "text", padding)
    take, key = taken(field, USER if owned else None, *([USER] if owned else []), Given(0))
    subject = "42" if owned else None
    for row_key, text in values:
        found, envelope = take.one((row_key, text))
        assert found == row_key
        if text is None:
            assert envelope is None
            continue
        assert isinstance(envelope, bytes)
        whole = (42, row_key) if owned else (row_key,)
        assert field.open({key.header: key}, envelope, whole, subject) == text
        assert len(envelope) == len(field.seal(key, text, whole))


def test_what_is_wrong_is_refused_as_for_one() -> None:
    field: Field[str] = Field("tarot", "note", "notes", "text")
    take, _ = taken(field, USER, USER, Given(0))
    with pytest.raises(BadValue, match="a part of the row's key is NULL"):
        take.one((None, "text"))
    with pytest.raises(BadValue, match="takes str, not int"):
        take.one((1, 2))
    with pytest.raises(BadValue, match="a row key of float"):
        take.one((1.5, "text"))
    with pytest.raises(BadValue, match="not Unicode"):
        take.one((1, "\ud800"))


def test_no_nonce_comes_twice() -> None:
    assert len(set(islice(nonces(), 1000))) == 1000


FORK = """
import os
from strongroom.sealing.items import nonces
drawn = nonces()
next(drawn)
child = os.fork()
# One write, which a pipe keeps whole: the lines of two processes would mix otherwise.
os.write(1, "".join(f"{next(drawn).hex()}\\n" for _ in range(100)).encode())
if child:
    os.waitpid(child, 0)
"""


def test_a_child_draws_nonces_of_its_own() -> None:
    """Two processes that sealed by the same nonce would give both values away."""
    done = subprocess.run(
        [sys.executable, "-c", FORK],
        cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert len(set(done.stdout.split())) == len(done.stdout.split()) == 200
