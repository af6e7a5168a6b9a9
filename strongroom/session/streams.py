"""Streams: rows that are fetched while they are read, never all at once."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from strongroom.session.cursors import Cursor, end_after_failure

if TYPE_CHECKING:
    from psycopg import AsyncConnection, Connection
    from psycopg.abc import PQGen

    from strongroom.session.engine import Engine

    Wait: TypeAlias = Callable[[Connection[Any], Engine, PQGen[Any]], Any]
    AsyncWait: TypeAlias = Callable[[AsyncConnection[Any], Engine, PQGen[Any]], Awaitable[Any]]

T = TypeVar("T")

logger = logging.getLogger("strongroom.session")


class Stream(Iterator[T], Generic[T]):
    """The rows of a query, a part at a time; for `for`, and for `with` where a loop may end early.

    Nothing is sent before the first row is asked for. Outside a transaction block the stream has
    a transaction of its own: committed when the rows end or the stream is closed, rolled back by
    an exception in the `with`, a failed fetch, or when the stream is dropped while rows are left.
    One thread reads a stream.
    """

    def __init__(
        self,
        acquire: Callable[[], tuple[Connection[Any], Engine]],
        wait: Wait,
        make: Callable[[Engine], Cursor[T]],
    ) -> None:
        self._acquire = acquire
        self._wait = wait
        self._make = make
        self._cursor: Cursor[T] | None = None
        self._connection: Connection[Any] | None = None
        self._rows: Iterator[T] = iter(())
        self._ended = False
        self.before: Callable[[], tuple[object, ...]] | None = None
        """Makes the parameters anew before the first row is asked for."""
        self.then: Callable[[list[Any]], list[T]] | None = None
        """What is made of the rows of each part."""

    def __iter__(self) -> Stream[T]:
        return self

    def __next__(self) -> T:
        for row in self._rows:
            return row
        while not self._ended:
            if self._cursor is not None and self._cursor.exhausted:
                self.close()
                break
            self._rows = iter(self._fetch())
            for row in self._rows:
                return row
        raise StopIteration

    def _fetch(self) -> list[T]:
        try:
            cursor = self._cursor
            if cursor is None:
                params = self.before() if self.before is not None else None
                self._connection, engine = self._acquire()
                cursor = self._cursor = self._make(engine)
                if params is not None:
                    cursor.params = params
                self._wait(self._connection, engine, cursor.open(threading.get_ident()))
            assert self._connection is not None
            rows: list[T] = self._wait(self._connection, cursor.engine, cursor.fetch())
            return rows if self.then is None else self.then(rows)
        except BaseException:
            self._end(failed=True)
            raise

    def close(self) -> None:
        """End the stream; what a query of its own transaction did is committed."""
        self._end(failed=False)

    def _end(self, *, failed: bool) -> None:
        self._ended = True
        self._rows = iter(())
        cursor, connection = self._cursor, self._connection
        if cursor is None or connection is None or not cursor.opened:
            return
        if failed and connection.closed:
            return
        closing = end_after_failure(cursor) if failed else cursor.close(failed=False)
        self._wait(connection, cursor.engine, closing)

    def __enter__(self) -> Stream[T]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end(failed=kind is not None)

    def __del__(self) -> None:
        cursor, connection = getattr(self, "_cursor", None), getattr(self, "_connection", None)
        if cursor is None or connection is None or not cursor.opened:
            return
        # The lock may be held by this very thread: then the next call ends the stream.
        if not connection.lock.acquire(blocking=False):
            cursor.engine.abandoned.append(lambda: end_after_failure(cursor))
            return
        try:
            connection.wait(end_after_failure(cursor))
        except BaseException as error:
            logger.warning("a dropped stream could not be ended: %s", type(error).__name__)
            cursor.engine.give_up()
        finally:
            connection.lock.release()


class AsyncStream(AsyncIterator[T], Generic[T]):
    """As `Stream`, for `async for` and `async with`. One task reads a stream.

    One that is dropped while rows are left is ended by a task of the same event loop, or by the
    next call of its session.
    """

    def __init__(
        self,
        acquire: Callable[[], Awaitable[tuple[AsyncConnection[Any], Engine]]],
        wait: AsyncWait,
        make: Callable[[Engine], Cursor[T]],
    ) -> None:
        self._acquire = acquire
        self._wait = wait
        self._make = make
        self._cursor: Cursor[T] | None = None
        self._connection: AsyncConnection[Any] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rows: Iterator[T] = iter(())
        self._ended = False
        self.before: Callable[[], Awaitable[tuple[object, ...]]] | None = None
        """Makes the parameters anew before the first row is asked for."""
        self.then: Callable[[list[Any]], Awaitable[list[T]]] | None = None
        """What is made of the rows of each part."""

    def __aiter__(self) -> AsyncStream[T]:
        return self

    async def __anext__(self) -> T:
        for row in self._rows:
            return row
        while not self._ended:
            if self._cursor is not None and self._cursor.exhausted:
                await self.aclose()
                break
            self._rows = iter(await self._fetch())
            for row in self._rows:
                return row
        raise StopAsyncIteration

    async def _fetch(self) -> list[T]:
        try:
            cursor = self._cursor
            if cursor is None:
                self._loop = asyncio.get_running_loop()
                params = await self.before() if self.before is not None else None
                self._connection, engine = await self._acquire()
                cursor = self._cursor = self._make(engine)
                if params is not None:
                    cursor.params = params
                await self._wait(self._connection, engine, cursor.open(asyncio.current_task()))
            assert self._connection is not None
            rows: list[T] = await self._wait(self._connection, cursor.engine, cursor.fetch())
            return rows if self.then is None else await self.then(rows)
        except BaseException:
            await self._end(failed=True)
            raise

    async def aclose(self) -> None:
        """End the stream; what a query of its own transaction did is committed."""
        await self._end(failed=False)

    async def _end(self, *, failed: bool) -> None:
        self._ended = True
        self._rows = iter(())
        cursor, connection = self._cursor, self._connection
        if cursor is None or connection is None or not cursor.opened:
            return
        if failed and connection.closed:
            return
        closing = end_after_failure(cursor) if failed else cursor.close(failed=False)
        await self._wait(connection, cursor.engine, closing)

    async def __aenter__(self) -> AsyncStream[T]:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._end(failed=kind is not None)

    def __del__(self) -> None:
        cursor, connection = getattr(self, "_cursor", None), getattr(self, "_connection", None)
        loop = getattr(self, "_loop", None)
        if cursor is None or connection is None or loop is None or not cursor.opened:
            return
        cursor.engine.abandoned.append(lambda: end_after_failure(cursor))
        wait = self._wait
        if not loop.is_closed():
            loop.call_soon_threadsafe(
                lambda: _keep(loop.create_task(_end_dropped(wait, connection, cursor)))
            )


async def _end_dropped(
    wait: AsyncWait, connection: AsyncConnection[Any], cursor: Cursor[Any]
) -> None:
    try:
        if not connection.closed:
            await wait(connection, cursor.engine, end_after_failure(cursor))
    except Exception as error:
        logger.warning("a dropped stream could not be ended: %s", type(error).__name__)


_ending: set[asyncio.Task[None]] = set()


def _keep(task: asyncio.Task[None]) -> None:
    # The event loop holds tasks only weakly.
    _ending.add(task)
    task.add_done_callback(_ending.discard)
