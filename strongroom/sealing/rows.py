"""Seal parameters and open rows with keys that are at hand: no server is asked here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from psycopg.pq import TransactionStatus

from strongroom.sealing.errors import BadValue, NotOpened
from strongroom.sealing.fields import key_number
from strongroom.sealing.statement import USER, Blind, Given, Got, Open, Part, Seal, SealedStatement
from strongroom.session.results import load_all

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from strongroom.sealing.fields import DataKey
    from strongroom.sealing.keyring import IndexKey, Keyring
    from strongroom.session.engine import Engine
    from strongroom.session.sealed import _Sealing
    from strongroom.session.statement import Statement

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - an item

_REPLACED = "KR081"


@dataclass(slots=True)
class Keys:
    """What a call needs to seal: data keys by purpose and person, index keys by purpose."""

    ring: Keyring
    user: str | None
    data: dict[tuple[str, str | None], DataKey] = field(default_factory=dict)
    indexes: dict[str, tuple[IndexKey, ...]] = field(default_factory=dict)


def wanted_data_keys(
    sealed: SealedStatement[Any], params: Sequence[Any], user: str | None
) -> set[tuple[str, str | None]]:
    """Purpose and person of each data key that sealing these parameters takes."""
    return {
        (take.field.purpose, _subject(sealed, take.subject, params, (), user))
        for take, value in zip(sealed.takes, params, strict=False)
        if isinstance(take, Seal) and value is not None
    }


def wanted_index_keys(
    sealed: SealedStatement[Any], params: Sequence[Any] | None = None
) -> set[str]:
    """The purposes of the blind indexes among these parameters; without them, among all."""
    return {
        take.index.purpose
        for number, take in enumerate(sealed.takes)
        if isinstance(take, Blind) and (params is None or params[number] is not None)
    }


def sealed_at_hand(
    db: _Sealing, sealed: SealedStatement[Any], params: Sequence[Any]
) -> tuple[Any, ...] | None:
    """As `sealed_params`, where every key is on the ring and nothing is wrong; else None."""
    user, seals = db.sealing_subject, sealed.at_hand
    if seals is None or user is None:
        return None
    found = list(params)
    for seal in seals:
        value = params[seal.number]
        if value is None:
            continue
        key = db.key_at_hand(seal.field.purpose, user if seal.is_users else None)
        row_key = [user if part is None else params[part] for part in seal.row_key]
        if key is None or None in row_key:
            return None
        found[seal.number] = seal.field.seal(key, value, row_key)
    return tuple(found)


def sealed_params(
    sealed: SealedStatement[Any], params: Sequence[Any], keys: Keys
) -> tuple[Any, ...]:
    """The parameters as they are sent. Raises BadValue and what sealing raises."""
    if not sealed.takes:
        return tuple(params)
    found = list(params)
    for number, take in enumerate(sealed.takes):
        value = params[number]
        if take is None or value is None:
            continue
        if take.adapter is not None:
            value = plain(take, value)
        if isinstance(take, Seal):
            subject = _subject(sealed, take.subject, params, (), keys.user)
            row_key = [part_of(sealed, part, params, (), keys.user) for part in take.row_key]
            key = keys.data[take.field.purpose, subject]
            found[number] = take.field.seal(key, value, row_key)
        elif take.looks_up:
            indexes = keys.indexes[take.index.purpose]
            found[number] = take.index.lookups(keys.ring, indexes, value)
        else:
            indexes = keys.indexes[take.index.purpose]
            found[number] = take.index.make(keys.ring, indexes, value)
    return tuple(found)


def envelopes(sealed: SealedStatement[Any], rows: Iterable[tuple[Any, ...]]) -> list[bytes]:
    """Every envelope in rows that are to be opened."""
    places = [place for place, give in enumerate(sealed.gives) if give is not None]
    return [row[place] for row in rows for place in places if row[place] is not None]


def opened(
    sealed: SealedStatement[T],
    rows: Iterable[tuple[Any, ...]],
    params: Sequence[Any],
    keys: Mapping[bytes, DataKey],
    user: str | None,
) -> list[T]:
    """The rows, with the values that were sealed. Raises what opening raises."""
    make, found = sealed.row, []
    gives = [(place, give) for place, give in enumerate(sealed.gives) if give is not None]
    for row in rows:
        values = list(row)
        for place, give in gives:
            if row[place] is None:
                continue
            subject = _subject(sealed, give.subject, params, row, user)
            row_key = [part_of(sealed, part, params, row, user) for part in give.row_key]
            value = give.field.open(keys, row[place], row_key, subject)
            values[place] = value if give.adapter is None else _checked(give, value, row[place])
        found.append(make(*values) if make is not None else values[0])
    return found


def flat(results: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """The rows in the results of a batch: rows, lists of them, or None."""
    for result in results:
        if isinstance(result, list):
            yield from result
        elif result is not None:
            yield result


def opened_results(
    sealed: SealedStatement[Any],
    results: Sequence[Any],
    params: Sequence[Sequence[Any]],
    keys: Mapping[bytes, DataKey],
    user: str | None,
) -> list[Any]:
    """The results of a batch, opened, with the parameters of each."""

    def one(result: Any, given: Sequence[Any]) -> Any:
        if isinstance(result, list):
            return opened(sealed, result, given, keys, user)
        return None if result is None else opened(sealed, [result], given, keys, user)[0]

    return [one(result, given) for result, given in zip(results, params, strict=True)]


def known_ahead(
    sealed: SealedStatement[Any], user: str | None
) -> set[tuple[str, str | None]] | None:
    """The data keys that all items take; None where each item says whose it is."""
    seals = [take for take in sealed.takes if isinstance(take, Seal)]
    if any(seal.subject not in (USER, None) for seal in seals):
        return None
    return {(seal.field.purpose, user if seal.subject is USER else None) for seal in seals}


def was_replaced(error: BaseException) -> bool:
    """Whether a key was rotated between its use and the statement's arrival."""
    return getattr(error, "sqlstate", None) == _REPLACED


def meanwhile(
    engine: Engine, statement: Statement[T], params: tuple[object, ...]
) -> PQGen[list[T]]:
    """A call between two parts of a stream, in its transaction, which is closed to all others."""
    busy, engine.busy = engine.busy, ""
    try:
        return (yield from engine.call(statement, params, load_all))
    finally:
        engine.busy = busy


def is_alone(db: _Sealing) -> bool:
    """Whether the session's calls are transactions of their own now."""
    engine = db._engine
    return engine is None or (
        not engine.levels and engine.pgconn.transaction_status == TransactionStatus.IDLE
    )


def plain(take: Seal | Blind, value: object) -> Any:
    """A model as JSON holds it; pydantic's own errors and warnings show what is in it."""
    assert take.adapter is not None
    try:
        # orjson makes floats of whole numbers beyond 64 bits.
        return json.loads(take.adapter.dump_json(value, warnings="error"))
    except ValueError:
        name = take.field.name if isinstance(take, Seal) else take.index.name
        raise BadValue(f"{name}: the value does not fit its model") from None


def _checked(give: Open, value: object, envelope: bytes) -> Any:
    assert give.adapter is not None
    try:
        return give.adapter.validate_json(json.dumps(value))
    except ValueError:
        number = key_number(envelope)
        raise NotOpened(
            f"{give.field.name}: what was sealed by data key {number} does not fit its model",
            key_id=number,
        ) from None


def part_of(
    sealed: SealedStatement[Any],
    part: Part,
    params: Sequence[Any],
    row: Sequence[Any],
    user: str | None,
) -> Any:
    if part is USER:
        value: Any = user
    elif isinstance(part, Given):
        value = params[part.number]
    elif isinstance(part, Got):
        value = row[part.number]
    if value is None:
        raise BadValue(
            f"{sealed.statement.name}: a part of the row's key is NULL, to which sealed values are"
            " bound"
        )
    return value


def _subject(
    sealed: SealedStatement[Any],
    part: Part | None,
    params: Sequence[Any],
    row: Sequence[Any],
    user: str | None,
) -> str | None:
    """Whose a row is, as envelopes name people."""
    return None if part is None else str(part_of(sealed, part, params, row, user))
