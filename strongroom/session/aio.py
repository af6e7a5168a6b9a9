"""Sessions on `psycopg.AsyncConnection` and `psycopg_pool.AsyncConnectionPool`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import UUID

import psycopg
from psycopg_pool import AsyncConnectionPool

from strongroom.session import results
from strongroom.session.batches import batch
from strongroom.session.blocks import Isolation
from strongroom.session.bulks import bulk
from strongroom.session.copies import copy
from strongroom.session.cursors import FETCH, Cursor
from strongroom.session.engine import Engine
from strongroom.session.errors import BadParameter, SessionError
from strongroom.session.identity import Identity
from strongroom.session.link import link_of
from strongroom.session.pages import cut_page
from strongroom.session.programs import Program, Row, drive_async
from strongroom.session.sealed import AsyncSealing
from strongroom.session.statement import Page, Role, Statement
from strongroom.session.streams import AsyncStream
from strongroom.session.tracing import Tracing, watched

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from strongroom.sealing import Keyring
    from strongroom.session.link import Plan

I = TypeVar("I")  # noqa: E741 - an item
T = TypeVar("T")
R = TypeVar("R")
Load: TypeAlias = "Callable[[Statement[T], Plan, PGresult], R]"

logger = logging.getLogger("strongroom.session")

_NOT_OPEN = "this session is not open: use it inside `async with async_session(...) as db:`"


def async_session(
    target: psycopg.AsyncConnection[Any] | AsyncConnectionPool[Any],
    *,
    app: str | None,
    user_id: int | str | UUID | None = None,
    actor: str | None = None,
    request_id: str | None = None,
    role: Role = "app",
    prepare: bool = True,
    tracing: Tracing | None = None,
    keyring: Keyring | None = None,
) -> AsyncSession:
    """A session for `async with`: as `session()`, for asyncio."""
    identity = Identity(app, user_id, actor, request_id, role)
    return AsyncSession(target, identity, prepare=prepare, tracing=tracing, keyring=keyring)


class AsyncSession(AsyncSealing):
    """Calls of generated functions as one user. Made by `async_session()`, used in `async with`.

    A connection of a pool is taken at the first call and given back at the end of the `async with`.
    Tasks may share a session: its calls take turns.
    """

    def __init__(
        self,
        target: psycopg.AsyncConnection[Any] | AsyncConnectionPool[Any],
        identity: Identity,
        *,
        prepare: bool,
        tracing: Tracing | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        if not isinstance(target, psycopg.AsyncConnection | AsyncConnectionPool):
            raise TypeError(
                "async_session() takes a psycopg.AsyncConnection or a"
                f" psycopg_pool.AsyncConnectionPool, not {type(target).__name__}"
            )
        self._target = target
        self._identity = identity
        self._prepare = prepare
        self._tracing = tracing or Tracing()
        self._keyring = keyring
        self._entered = False
        self._connection: psycopg.AsyncConnection[Any] | None = None
        self._engine: Engine | None = None

    async def __aenter__(self) -> AsyncSession:
        if self._entered:
            raise SessionError("this session is open already")
        self._entered = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._entered = False
        engine, self._engine = self._engine, None
        connection, self._connection = self._connection, None
        if engine is None or connection is None:
            return
        # To its end, also when this task is cancelled while another one has the connection.
        await asyncio.shield(_keep(asyncio.ensure_future(self._end(connection, engine))))

    async def _end(self, connection: psycopg.AsyncConnection[Any], engine: Engine) -> None:
        try:
            if not connection.closed:
                await self._wait(connection, engine, engine.close())
        finally:
            engine.end()
            if isinstance(self._target, AsyncConnectionPool):
                await self._target.putconn(connection)

    async def one(self, statement: Statement[T], params: tuple[object, ...] = ()) -> T:
        """The only row. Raises NoRow, TooManyRows."""
        return await self._call(statement, params, results.load_one)

    async def maybe(self, statement: Statement[T], params: tuple[object, ...] = ()) -> T | None:
        """The only row, or None. Raises TooManyRows."""
        return await self._call(statement, params, results.load_maybe)

    async def many(self, statement: Statement[T], params: tuple[object, ...] = ()) -> list[T]:
        """All rows."""
        return await self._call(statement, params, results.load_all)

    async def exec(self, statement: Statement[Any], params: tuple[object, ...] = ()) -> None:
        """Run for the effect alone."""
        await self._call(statement, params, results.load_nothing)

    async def rowcount(self, statement: Statement[Any], params: tuple[object, ...] = ()) -> int:
        """How many rows were changed or found."""
        return await self._call(statement, params, results.load_rowcount)

    async def page(
        self,
        statement: Statement[T],
        params: tuple[object, ...] = (),
        *,
        limit: int,
        key: Callable[[T], tuple[object, ...]],
    ) -> Page[T]:
        """At most `limit` rows of a statement that was asked for `limit + 1`.

        `key`: the values of a row that the statement orders by; they make the next token.
        """
        if limit < 1:
            raise BadParameter(f"{statement.name}: a page has at least one row")
        return cut_page(statement, await self.many(statement, params), limit, key)

    def stream(
        self, statement: Statement[T], params: tuple[object, ...] = (), *, fetch: int = FETCH
    ) -> AsyncStream[T]:
        """Rows as they are read, `fetch` of them a trip; nothing is sent before the first."""
        self._identity.require(statement)
        observe = self._tracing.observe

        async def wait(
            connection: psycopg.AsyncConnection[Any], engine: Engine, step: PQGen[R]
        ) -> R:
            if observe is not None:
                step = watched(observe, statement, step)
            return await self._wait(connection, engine, step)

        return AsyncStream(
            self._acquire, wait, lambda engine: Cursor(engine, statement, params, fetch)
        )

    async def batch(
        self,
        statement: Statement[T],
        items: Iterable[I] | AsyncIterable[I],
        *,
        take: Callable[[I], Row],
        load: Load[T, R],
    ) -> list[R]:
        """Run once for each item, in pipelines, all or nothing; results in the items' order.

        `take`: the parameters of an item. `load`: one of `strongroom.session.results`.
        """
        return await self._run(
            statement, items, lambda e, who: batch(e, statement, take, load, who)
        )

    async def bulk(
        self,
        statement: Statement[Any],
        items: Iterable[I] | AsyncIterable[I],
        *,
        take: Callable[[I], Row],
        fixed: Mapping[int, object] = {},
        chunk: int | None = None,
    ) -> int:
        """Run over arrays of the items, all or nothing; how many rows were changed or found.

        `take`: an element of each array. `fixed`: the other parameters, by their place from 0.
        `chunk`: items of one statement; None: all.
        """
        load = results.load_rowcount
        return sum(
            await self._run(
                statement,
                items,
                lambda e, who: bulk(e, statement, take, fixed, chunk, load, who),
            )
        )

    async def bulk_rows(
        self,
        statement: Statement[T],
        items: Iterable[I] | AsyncIterable[I],
        *,
        take: Callable[[I], Row],
        fixed: Mapping[int, object] = {},
        chunk: int | None = None,
    ) -> list[T]:
        """As `bulk`, for a statement that returns rows."""
        load: Load[T, list[T]] = results.load_all
        found = await self._run(
            statement, items, lambda e, who: bulk(e, statement, take, fixed, chunk, load, who)
        )
        return found[0] if len(found) == 1 else [row for rows in found for row in rows]

    async def copy(
        self,
        statement: Statement[Any],
        items: Iterable[I] | AsyncIterable[I],
        *,
        take: Callable[[I], Row],
    ) -> int:
        """COPY the items into the statement's table, all or nothing; how many there were."""
        return await self._run(statement, items, lambda e, who: copy(e, statement, take, who))

    @asynccontextmanager
    async def transaction(
        self, *, isolation: Isolation | None = None, read_only: bool = False
    ) -> AsyncIterator[None]:
        """A block whose calls are committed together; inside another one, a savepoint.

        BEGIN travels with the first call, so a block without calls costs nothing. An exception
        rolls the block back. `isolation`, `read_only`: of the outermost block.
        """
        connection, engine = await self._acquire()
        who = asyncio.current_task()
        level = await self._wait(connection, engine, engine.enter(isolation, read_only, who))
        try:
            yield
        except BaseException:
            try:
                await self._wait(connection, engine, engine.leave(level, failed=True))
            except BaseException as second:
                logger.warning("rollback failed: %s", type(second).__name__)
                engine.give_up()
                if not isinstance(second, Exception):
                    raise
            raise
        try:
            await self._wait(connection, engine, engine.leave(level, failed=False))
        except BaseException:
            engine.give_up_unless_left(level)
            raise

    async def _call(
        self, statement: Statement[T], params: tuple[object, ...], load: Load[T, R]
    ) -> R:
        self._identity.require(statement)
        engine = self._engine
        connection = self._connection
        if engine is None or connection is None:
            connection, engine = await self._acquire()
        call = engine.call(statement, params, load)
        if (observe := self._tracing.observe) is not None:
            call = watched(observe, statement, call)
        async with connection.lock:
            try:
                return await connection.wait(call)
            except BaseException:
                engine.abandon_if_unsettled()
                raise

    async def _run(
        self,
        statement: Statement[Any],
        items: Iterable[Any] | AsyncIterable[Any],
        make: Callable[[Engine, object], Program[R]],
    ) -> R:
        self._identity.require(statement)
        connection, engine = await self._acquire()
        observe = self._tracing.observe
        with observe(statement) if observe is not None else nullcontext():
            return await drive_async(
                make(engine, asyncio.current_task()),
                items,
                lambda gen: self._wait(connection, engine, gen),
            )

    async def _wait(
        self, connection: psycopg.AsyncConnection[Any], engine: Engine, gen: PQGen[R]
    ) -> R:
        async with connection.lock:
            try:
                return await connection.wait(gen)
            except BaseException:
                engine.abandon_if_unsettled()
                raise

    async def _acquire(self) -> tuple[psycopg.AsyncConnection[Any], Engine]:
        if self._engine is not None and self._connection is not None:
            return self._connection, self._engine
        if not self._entered:
            raise SessionError(_NOT_OPEN)
        target = self._target
        own = isinstance(target, AsyncConnectionPool)
        found = await _take(target) if isinstance(target, AsyncConnectionPool) else target
        # Another task of this session may have been quicker while this one waited for the pool.
        if self._engine is not None and self._connection is not None:
            if isinstance(target, AsyncConnectionPool):
                await _give_back(target, found)
            return self._connection, self._engine
        try:
            if not self._entered:
                raise SessionError(_NOT_OPEN)
            link = link_of(found)
            link.use_comment(self._tracing.comment)
            engine = Engine(self._identity, link, found, own=own, prepare=self._prepare)
        except BaseException:
            if isinstance(target, AsyncConnectionPool):
                await _give_back(target, found)
            raise
        self._connection, self._engine = found, engine
        return found, engine


async def _take(pool: AsyncConnectionPool[Any]) -> psycopg.AsyncConnection[Any]:
    """A connection of the pool; the pool itself loses one whose taker is cancelled meanwhile."""
    taking = asyncio.ensure_future(pool.getconn())
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        taking.add_done_callback(lambda done: _return_unwanted(pool, done))
        raise


def _return_unwanted(
    pool: AsyncConnectionPool[Any], taken: asyncio.Future[psycopg.AsyncConnection[Any]]
) -> None:
    if not taken.cancelled() and taken.exception() is None:
        _keep(asyncio.ensure_future(pool.putconn(taken.result())))


async def _give_back(
    pool: AsyncConnectionPool[Any], connection: psycopg.AsyncConnection[Any]
) -> None:
    """Return a connection to the pool, also when the task is cancelled while it does."""
    await asyncio.shield(_keep(asyncio.ensure_future(pool.putconn(connection))))


_returning: set[asyncio.Future[None]] = set()


def _keep(task: asyncio.Future[None]) -> asyncio.Future[None]:
    # The event loop holds tasks only weakly.
    _returning.add(task)
    task.add_done_callback(_returning.discard)
    return task
