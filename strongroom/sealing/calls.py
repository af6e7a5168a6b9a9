"""Calls of generated functions with sealed fields, for a `Session`; `aio_calls` has the others.

Keys that the keyring does not know are asked for before a statement is sent, and once after it
for all of its rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar

from strongroom.sealing.items import Taken
from strongroom.sealing.rows import (
    Keys,
    envelopes,
    flat,
    is_alone,
    known_ahead,
    meanwhile,
    opened,
    opened_results,
    sealed_at_hand,
    sealed_params,
    wanted_data_keys,
    wanted_index_keys,
    was_replaced,
)
from strongroom.session.cursors import FETCH
from strongroom.session.statement import Page

if TYPE_CHECKING:
    from strongroom.sealing.statement import SealedStatement
    from strongroom.session.statement import Statement
    from strongroom.session.streams import Stream
    from strongroom.session.sync import Session

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")


def one(db: Session, sealed: SealedStatement[T], params: Sequence[object] = ()) -> T:
    """As `Session.one`."""
    rows = _call(db, sealed, params, lambda statement, sent: [db.one(statement, sent)])
    return rows[0]


def maybe(db: Session, sealed: SealedStatement[T], params: Sequence[object] = ()) -> T | None:
    """As `Session.maybe`."""

    def call(statement: Statement[Any], sent: tuple[object, ...]) -> list[Any]:
        row = db.maybe(statement, sent)
        return [] if row is None else [row]

    rows = _call(db, sealed, params, call)
    return rows[0] if rows else None


def many(db: Session, sealed: SealedStatement[T], params: Sequence[object] = ()) -> list[T]:
    """As `Session.many`."""
    return _call(db, sealed, params, db.many)


def exec(db: Session, sealed: SealedStatement[Any], params: Sequence[object] = ()) -> None:
    """As `Session.exec`."""
    _send(db, sealed, params, db.exec)


def rowcount(db: Session, sealed: SealedStatement[Any], params: Sequence[object] = ()) -> int:
    """As `Session.rowcount`."""
    return _send(db, sealed, params, db.rowcount)


def page(
    db: Session,
    sealed: SealedStatement[T],
    params: Sequence[object] = (),
    *,
    limit: int,
    key: Callable[[Any], tuple[object, ...]],
) -> Page[T]:
    """As `Session.page`; `key` is of a row that is not opened."""
    found = _send(db, sealed, params, lambda s, sent: db.page(s, sent, limit=limit, key=key))
    return Page(_opened(db, sealed, found.rows, params), found.next)


def stream(
    db: Session, sealed: SealedStatement[T], params: Sequence[object] = (), *, fetch: int = FETCH
) -> Stream[T]:
    """As `Session.stream`."""
    found: Stream[T] = db.stream(sealed.statement, tuple(params), fetch=fetch)
    found.before = lambda: _sealed(db, sealed, params)
    found.then = lambda rows: _opened_meanwhile(db, sealed, rows, params)
    return found


def batch(
    db: Session,
    sealed: SealedStatement[Any],
    items: Iterable[I],
    *,
    take: Callable[[I], tuple[object, ...]],
    load: Callable[..., R],
) -> list[R]:
    """As `Session.batch`."""
    items, taken = _items(db, sealed, items, take)
    with db.transaction() if sealed.writes_and_gives else nullcontext():
        with taken:
            found = db.batch(sealed.statement, items, take=taken.one, load=load)
        if not sealed.gives:
            return found
        keys = db.opening_keys(envelopes(sealed, flat(found)))
        return opened_results(sealed, found, taken.params, keys, db.sealing_subject)


def bulk(
    db: Session,
    sealed: SealedStatement[Any],
    items: Iterable[I],
    *,
    take: Callable[[I], tuple[object, ...]],
    fixed: Mapping[int, object] = {},
    chunk: int | None = None,
) -> int:
    """As `Session.bulk`."""
    items, taken = _items(db, sealed, items, take, fixed)
    with taken:
        return db.bulk(sealed.statement, items, take=taken.one, fixed=fixed, chunk=chunk)


def bulk_rows(
    db: Session,
    sealed: SealedStatement[T],
    items: Iterable[I],
    *,
    take: Callable[[I], tuple[object, ...]],
    fixed: Mapping[int, object] = {},
    chunk: int | None = None,
) -> list[T]:
    """As `Session.bulk_rows`."""
    items, taken = _items(db, sealed, items, take, fixed)
    with db.transaction() if sealed.writes_and_gives else nullcontext():
        with taken:
            found = db.bulk_rows(sealed.statement, items, take=taken.one, fixed=fixed, chunk=chunk)
        return _opened(db, sealed, found, ())


def copy(
    db: Session,
    sealed: SealedStatement[Any],
    items: Iterable[I],
    *,
    take: Callable[[I], tuple[object, ...]],
) -> int:
    """As `Session.copy`."""
    items, taken = _items(db, sealed, items, take)
    with taken:
        return db.copy(sealed.statement, items, take=taken.one)


def _call(
    db: Session,
    sealed: SealedStatement[T],
    params: Sequence[object],
    call: Callable[[Statement[Any], tuple[object, ...]], list[Any]],
) -> list[T]:
    return _send(db, sealed, params, lambda s, sent: _opened(db, sealed, call(s, sent), params))


def _send(
    db: Session,
    sealed: SealedStatement[Any],
    params: Sequence[object],
    call: Callable[[Statement[Any], tuple[object, ...]], R],
) -> R:
    """Seal and run; once more where a key was replaced meanwhile and nothing else was done."""
    for attempt in (1, 2):
        alone = is_alone(db)
        try:
            # What can't be opened must not have been written.
            with db.transaction() if sealed.writes_and_gives else nullcontext():
                return call(sealed.statement, _sealed(db, sealed, params))
        except Exception as error:
            if not was_replaced(error):
                raise
            db.keyring.forget()
            if attempt == 2 or not alone:
                raise
    raise AssertionError("two attempts")


def _sealed(
    db: Session, sealed: SealedStatement[Any], params: Sequence[object]
) -> tuple[object, ...]:
    db._identity.require(sealed.statement)
    found = sealed_at_hand(db, sealed, params)
    if found is not None:
        return found
    wanted = wanted_data_keys(sealed, params, db.sealing_subject)
    keys = _keys(db, wanted, wanted_index_keys(sealed, params))
    return sealed_params(sealed, params, keys)


def _keys(db: Session, wanted: set[tuple[str, str | None]], indexes: set[str]) -> Keys:
    keys = Keys(db.keyring, db.sealing_subject)
    for purpose, subject in wanted:
        keys.data[purpose, subject] = db.sealing_key(purpose, subject)
    for purpose in indexes:
        keys.indexes[purpose] = db.index_keys(purpose)
    return keys


def _opened(
    db: Session, sealed: SealedStatement[T], rows: list[Any], params: Sequence[object]
) -> list[T]:
    if not sealed.gives or not rows:
        return rows
    found = envelopes(sealed, rows)
    keys = db.opening_keys(found) if found else {}
    return opened(sealed, rows, params, keys, db.sealing_subject)


def _opened_meanwhile(
    db: Session, sealed: SealedStatement[T], rows: list[Any], params: Sequence[object]
) -> list[T]:
    """As `_opened`, while a stream is open, which other calls must not disturb."""
    if not sealed.gives or not rows:
        return rows
    connection, engine = db._acquire()
    claim = db._numbered(envelopes(sealed, rows))
    try:
        statement, asked = next(claim)
        while True:
            found = db._wait(connection, engine, meanwhile(engine, statement, asked))
            statement, asked = claim.send(found)
    except StopIteration as end:
        return opened(sealed, rows, params, end.value, db.sealing_subject)


def _items(
    db: Session,
    sealed: SealedStatement[Any],
    items: Iterable[I],
    take: Callable[[I], tuple[object, ...]],
    fixed: Mapping[int, object] = {},
) -> tuple[Iterable[I], Taken[I]]:
    """The items, and what takes their values and seals them: no key can be asked for meanwhile."""
    db._identity.require(sealed.statement)
    rest = tuple(fixed[place] for place in sorted(fixed))
    wanted = known_ahead(sealed, db.sealing_subject)
    if wanted is None:
        items = list(items)
        wanted = {
            key
            for item in items
            for key in wanted_data_keys(sealed, (*take(item), *rest), db.sealing_subject)
        }
    keys = _keys(db, wanted, wanted_index_keys(sealed))
    return items, Taken(sealed, take, keys, rest)
