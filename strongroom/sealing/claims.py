"""How a session gets keys from the server: what is asked, one logic for both kinds of session."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from functools import lru_cache
from typing import Any, Literal, TypeAlias, TypeVar

from strongroom.sealing.errors import UnknownDataKey
from strongroom.sealing.fields import DataKey, key_number
from strongroom.sealing.keyring import IndexKey, Keyring, WrappedKey
from strongroom.session.statement import Role, Statement

R = TypeVar("R")

Claim: TypeAlias = Generator[tuple[Statement[Any], tuple[object, ...]], list[Any], R]
"""Yields a statement with its parameters, and is sent its rows."""

Origin: TypeAlias = Literal["claimed", "made"]

_COLUMNS = ("id", "app", "subject", "purpose", "encryption_key_id", "fingerprint", "wrapped")
_ATTEMPTS = 5


@lru_cache
def _of_function(role: Role, name: str, *parameters: str) -> Statement[WrappedKey]:
    given = ", ".join(f"${n}" for n in range(1, len(parameters) + 1))
    return Statement(
        name=f"kernel.{name}",
        sql=f"SELECT {', '.join(f'c.{column}' for column in _COLUMNS)}"  # noqa: S608
        f" FROM kernel.{name}({given}) AS c",
        parameters=parameters,
        columns=_COLUMNS,
        row=WrappedKey,
        role=role,
        identity=False,
        writes=name == "give_data_key",
    )


@lru_cache
def _index_keys(role: Role) -> Statement[IndexKey]:
    return Statement(
        name="kernel.claim_index_keys",
        sql="SELECT c.id, c.version, c.is_active, c.fingerprint"
        " FROM kernel.claim_index_keys($1) AS c",
        parameters=("text",),
        columns=("id", "version", "is_active", "fingerprint"),
        row=IndexKey,
        role=role,
        identity=False,
    )


def live_key(
    ring: Keyring, app: str, role: Role, purpose: str, subject: str | None
) -> Claim[tuple[DataKey, Origin]]:
    """The key that seals for a person, made where there is none; and where it is from."""
    origin: Origin = "claimed"
    [wanted] = yield _of_function(role, "claim_data_key", "text", "text"), (purpose, subject)
    for _ in range(_ATTEMPTS):
        if wanted.id is not None:
            break
        give = _of_function(role, "give_data_key", "text", "text", "text", "bytea")
        wrapped = ring.make(wanted)
        origin = "made"
        [wanted] = yield give, (purpose, subject, wanted.encryption_key_id, wrapped)
    if wanted.id is None:
        raise UnknownDataKey(f"the master key of {app}.{purpose} changes all the time: try again")
    return ring.unwrap(wanted), origin


def numbered_keys(
    ring: Keyring,
    app: str,
    role: Role,
    user: str | None,
    envelopes: Iterable[bytes | None],
) -> Claim[dict[bytes, DataKey]]:
    """The keys that these envelopes name, as far as they are there and for this session."""
    numbers = {key_number(envelope) for envelope in envelopes if envelope is not None}
    subjects = None if role == "worker" else (None, user)
    keys: dict[bytes, DataKey] = {}
    missing = []
    for number in numbers:
        key = ring.numbered(app, subjects, number)
        if key is not None:
            keys[key.header] = key
        elif 0 < number < 2**63:  # what is beyond is no number of a key, and opening says so
            missing.append(number)
    if missing:
        statement = _of_function(role, "claim_data_keys", "bigint[]")
        for wrapped in (yield statement, (missing,)):
            key = ring.unwrap(wrapped)
            ring.keep(key)
            keys[key.header] = key
    return keys


def index_keys(ring: Keyring, app: str, role: Role, purpose: str) -> Claim[tuple[IndexKey, ...]]:
    """The keys of the blind indexes of a purpose, the active one among them."""
    found = ring.index_keys(app, purpose)
    if found is None:
        found = tuple((yield _index_keys(role), (purpose,)))
        ring.keep_index_keys(app, purpose, found)
    return found
