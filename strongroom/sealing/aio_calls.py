"""Calls of generated functions with sealed fields, for an `AsyncSession`; as `calls`.

Keys that the keyring does not know are asked for before a statement is sent, and once after it
for all of its rows.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable, Mapping, Sequence
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
    from strongroom.session.aio import AsyncSession
    from strongroom.session.statement import Statement
    from strongroom.session.streams import AsyncStream

T = TypeVar("T")
I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")


async def one(db: AsyncSession, sealed: SealedStatement[T], params: Sequence[object] = ()) -> T:
    """As `AsyncSession.one`."""

    async def call(statement: Statement[Any], sent: tuple[object, ...]) -> list[Any]:
        return [await db.one(statement, sent)]

    return (await _call(db, sealed, params, call))[0]


async def maybe(
    db: AsyncSession, sealed: SealedStatement[T], params: Sequence[object] = ()
) -> T | None:
    """As `AsyncSession.maybe`."""

    async def call(statement: Statement[Any], sent: tuple[object, ...]) -> list[Any]:
        row = await db.maybe(statement, sent)
        return [] if row is None else [row]

    rows = await _call(db, sealed, params, call)
    return rows[0] if rows else None


async def many(
    db: AsyncSession, sealed: SealedStatement[T], params: Sequence[object] = ()
) -> list[T]:
    """As `AsyncSession.many`."""
    return await _call(db, sealed, params, db.many)


async def exec(
    db: AsyncSession, sealed: SealedStatement[Any], params: Sequence[object] = ()
) -> None:
    """As `AsyncSession.exec`."""
    await _send(db, sealed, params, db.exec)


async def rowcount(
    db: AsyncSession, sealed: SealedStatement[Any], params: Sequence[object] = ()
) -> int:
    """As `AsyncSession.rowcount`."""
    return await _send(db, sealed, params, db.rowcount)


async def page(
    db: AsyncSession,
    sealed: SealedStatement[T],
    params: Sequence[object] = (),
    *,
    limit: int,
    key: Callable[[Any], tuple[object, ...]],
) -> Page[T]:
    """As `AsyncSession.page`; `key` is of a row that is not opened."""
    found = await _send(db, sealed, params, lambda s, sent: db.page(s, sent, limit=limit, key=key))
    return Page(await _opened(db, sealed, found.rows, params), found.next)


def stream(
    db: AsyncSession,
    sealed: SealedStatement[T],
    params: Sequence[object] = (),
    *,
    fetch: int = FETCH,
) -> AsyncStream[T]:
    """As `AsyncSession.stream`."""
    found: AsyncStream[T] = db.stream(sealed.statement, tuple(params), fetch=fetch)
    found.before = lambda: _sealed(db, sealed, params)
    found.then = lambda rows: _opened_meanwhile(db, sealed, rows, params)
    return found


async def batch(
    db: AsyncSession,
    sealed: SealedStatement[Any],
    items: Iterable[I] | AsyncIterable[I],
    *,
    take: Callable[[I], tuple[object, ...]],
    load: Callable[..., R],
) -> list[R]:
    """As `AsyncSession.batch`."""
    items, taken = await _items(db, sealed, items, take)
    async with db.transaction() if sealed.writes_and_gives else nullcontext():
        with taken:
            found = await db.batch(sealed.statement, items, take=taken.one, load=load)
        if not sealed.gives:
            return found
        keys = await db.opening_keys(envelopes(sealed, flat(found)))
        return opened_results(sealed, found, taken.params, keys, db.sealing_subject)


async def bulk(
    db: AsyncSession,
    sealed: SealedStatement[Any],
    items: Iterable[I] | AsyncIterable[I],
    *,
    take: Callable[[I], tuple[object, ...]],
    fixed: Mapping[int, object] = {},
    chunk: int | None = None,
) -> int:
    """As `AsyncSession.bulk`."""
    items, taken = await _items(db, sealed, items, take, fixed)
    with taken:
        return await db.bulk(sealed.statement, items, take=taken.one, fixed=fixed, chunk=chunk)


async def bulk_rows(
    db: AsyncSession,
    sealed: SealedStatement[T],
    items: Iterable[I] | AsyncIterable[I],
    *,
    take: Callable[[I], tuple[object, ...]],
    fixed: Mapping[int, object] = {},
    chunk: int | None = None,
) -> list[T]:
    """As `AsyncSession.bulk_rows`."""
    items, taken = await _items(db, sealed, items, take, fixed)
    async with db.transaction() if sealed.writes_and_gives else nullcontext():
        with taken:
            found = await db.bulk_rows(
                sealed.statement, items, take=taken.one, fixed=fixed, chunk=chunk
            )
        return await _opened(db, sealed, found, ())


async def copy(
    db: AsyncSession,
    sealed: SealedStatement[Any],
    items: Iterable[I] | AsyncIterable[I],
    *,
    take: Callable[[I], tuple[object, ...]],
) -> int:
    """As `AsyncSession.copy`."""
    items, taken = await _items(db, sealed, items, take)
    with taken:
        return await db.copy(sealed.statement, items, take=taken.one)


async def _call(
    db: AsyncSession,
    sealed: SealedStatement[T],
    params: Sequence[object],
    call: Callable[[Statement[Any], tuple[object, ...]], Awaitable[list[Any]]],
) -> list[T]:

    async def run(statement: Statement[Any], sent: tuple[object, ...]) -> list[T]:
        return await _opened(db, sealed, await call(statement, sent), params)

    return await _send(db, sealed, params, run)


async def _send(
    db: AsyncSession,
    sealed: SealedStatement[Any],
    params: Sequence[object],
    call: Callable[[Statement[Any], tuple[object, ...]], Awaitable[R]],
) -> R:
    """Seal and run; once more where a key was replaced meanwhile and nothing else was done."""
    for attempt in (1, 2):
        alone = is_alone(db)
        try:
            # What can't be opened must not have been written.
            async with db.transaction() if sealed.writes_and_gives else nullcontext():
                return await call(sealed.statement, await _sealed(db, sealed, params))
        except Exception as error:
            if not was_replaced(error):
                raise
            db.keyring.forget()
            if attempt == 2 or not alone:
                raise
    raise AssertionError("two attempts")


async def _sealed(
    db: AsyncSession, sealed: SealedStatement[Any], params: Sequence[object]
) -> tuple[object, ...]:
    db._identity.require(sealed.statement)
    found = sealed_at_hand(db, sealed, params)
    if found is not None:
        return found
    wanted = wanted_data_keys(sealed, params, db.sealing_subject)
    keys = await _keys(db, wanted, wanted_index_keys(sealed, params))
    return sealed_params(sealed, params, keys)


async def _keys(db: AsyncSession, wanted: set[tuple[str, str | None]], indexes: set[str]) -> Keys:
    keys = Keys(db.keyring, db.sealing_subject)
    for purpose, subject in wanted:
        keys.data[purpose, subject] = await db.sealing_key(purpose, subject)
    for purpose in indexes:
        keys.indexes[purpose] = await db.index_keys(purpose)
    return keys


async def _opened(
    db: AsyncSession, sealed: SealedStatement[T], rows: list[Any], params: Sequence[object]
) -> list[T]:
    if not sealed.gives or not rows:
        return rows
    found = envelopes(sealed, rows)
    keys = await db.opening_keys(found) if found else {}
    return opened(sealed, rows, params, keys, db.sealing_subject)


async def _opened_meanwhile(
    db: AsyncSession, sealed: SealedStatement[T], rows: list[Any], params: Sequence[object]
) -> list[T]:
    """As `_opened`, while a stream is open, which other calls must not disturb."""
    if not sealed.gives or not rows:
        return rows
    connection, engine = await db._acquire()
    claim = db._numbered(envelopes(sealed, rows))
    try:
        statement, asked = next(claim)
        while True:
            found = await db._wait(connection, engine, meanwhile(engine, statement, asked))
            statement, asked = claim.send(found)
    except StopIteration as end:
        return opened(sealed, rows, params, end.value, db.sealing_subject)


async def _items(
    db: AsyncSession,
    sealed: SealedStatement[Any],
    items: Iterable[I] | AsyncIterable[I],
    take: Callable[[I], tuple[object, ...]],
    fixed: Mapping[int, object] = {},
) -> tuple[Iterable[I] | AsyncIterable[I], Taken[I]]:
    """The items, and what takes their values and seals them: no key can be asked for meanwhile."""
    db._identity.require(sealed.statement)
    rest = tuple(fixed[place] for place in sorted(fixed))
    wanted = known_ahead(sealed, db.sealing_subject)
    if wanted is None:
        items = [item async for item in items] if isinstance(items, AsyncIterable) else list(items)
        wanted = {
            key
            for item in items
            for key in wanted_data_keys(sealed, (*take(item), *rest), db.sealing_subject)
        }
    keys = await _keys(db, wanted, wanted_index_keys(sealed))
    return items, Taken(sealed, take, keys, rest)
