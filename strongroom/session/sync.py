"""Sessions on `psycopg.Connection` and `psycopg_pool.ConnectionPool`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from uuid import UUID

import psycopg
from psycopg_pool import ConnectionPool

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
from strongroom.session.programs import Program, Row, drive
from strongroom.session.sealed import Sealing
from strongroom.session.statement import Page, Role, Statement
from strongroom.session.streams import Stream
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


def session(
    target: psycopg.Connection[Any] | ConnectionPool[Any],
    *,
    app: str | None,
    user_id: int | str | UUID | None = None,
    actor: str | None = None,
    request_id: str | None = None,
    role: Role = "app",
    prepare: bool = True,
    tracing: Tracing | None = None,
    keyring: Keyring | None = None,
) -> Session:
    """A session for `with`: typed calls on a connection or a pool, as one user of one app.

    `app`: the app's schema name; None: no identity and no role are sent.
    `user_id`: whom the calls act for; None: only statements that need no user.
    `actor`, `request_id`: who does it and for which request, for the audit.
    `role`: the app's role that every call runs as. `prepare=False`: no prepared statements, for
    poolers that can't track them. `tracing`: what is noted about each call.
    `keyring`: for sealed fields.
    """
    identity = Identity(app, user_id, actor, request_id, role)
    return Session(target, identity, prepare=prepare, tracing=tracing, keyring=keyring)


class Session(Sealing):
    """Calls of generated functions as one user. Made by `session()`, used inside `with`.

    A connection of a pool is taken at the first call and given back at the end of the `with`.
    Threads may share a session: its calls take turns.
    """

    def __init__(
        self,
        target: psycopg.Connection[Any] | ConnectionPool[Any],
        identity: Identity,
        *,
        prepare: bool,
        tracing: Tracing | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        if not isinstance(target, psycopg.Connection | ConnectionPool):
            raise TypeError(
                "session() takes a psycopg.Connection or a psycopg_pool.ConnectionPool,"
                f" not {type(target).__name__}"
            )
        self._target = target
        self._identity = identity
        self._prepare = prepare
        self._tracing = tracing or Tracing()
        self._keyring = keyring
        self._entered = False
        self._opening = threading.Lock()
        self._connection: psycopg.Connection[Any] | None = None
        self._engine: Engine | None = None

    def __enter__(self) -> Session:
        if self._entered:
            raise SessionError("this session is open already")
        self._entered = True
        return self

    def __exit__(
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
        try:
            if not connection.closed:
                self._wait(connection, engine, engine.close())
        finally:
            engine.end()
            if isinstance(self._target, ConnectionPool):
                self._target.putconn(connection)

    def one(self, statement: Statement[T], params: tuple[object, ...] = ()) -> T:
        """The only row. Raises NoRow, TooManyRows."""
        return self._call(statement, params, results.load_one)

    def maybe(self, statement: Statement[T], params: tuple[object, ...] = ()) -> T | None:
        """The only row, or None. Raises TooManyRows."""
        return self._call(statement, params, results.load_maybe)

    def many(self, statement: Statement[T], params: tuple[object, ...] = ()) -> list[T]:
        """All rows."""
        return self._call(statement, params, results.load_all)

    def exec(self, statement: Statement[Any], params: tuple[object, ...] = ()) -> None:
        """Run for the effect alone."""
        self._call(statement, params, results.load_nothing)

    def rowcount(self, statement: Statement[Any], params: tuple[object, ...] = ()) -> int:
        """How many rows were changed or found."""
        return self._call(statement, params, results.load_rowcount)

    def page(
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
        return cut_page(statement, self.many(statement, params), limit, key)

    def stream(
        self, statement: Statement[T], params: tuple[object, ...] = (), *, fetch: int = FETCH
    ) -> Stream[T]:
        """Rows as they are read, `fetch` of them a trip; nothing is sent before the first."""
        self._identity.require(statement)
        observe = self._tracing.observe

        def wait(connection: psycopg.Connection[Any], engine: Engine, step: PQGen[R]) -> R:
            if observe is not None:
                step = watched(observe, statement, step)
            return self._wait(connection, engine, step)

        return Stream(self._acquire, wait, lambda engine: Cursor(engine, statement, params, fetch))

    def batch(
        self,
        statement: Statement[T],
        items: Iterable[I],
        *,
        take: Callable[[I], Row],
        load: Load[T, R],
    ) -> list[R]:
        """Run once for each item, in pipelines, all or nothing; results in the items' order.

        `take`: the parameters of an item. `load`: one of `strongroom.session.results`.
        """
        return self._run(statement, items, lambda e, who: batch(e, statement, take, load, who))

    def bulk(
        self,
        statement: Statement[Any],
        items: Iterable[I],
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
            self._run(
                statement,
                items,
                lambda e, who: bulk(e, statement, take, fixed, chunk, load, who),
            )
        )

    def bulk_rows(
        self,
        statement: Statement[T],
        items: Iterable[I],
        *,
        take: Callable[[I], Row],
        fixed: Mapping[int, object] = {},
        chunk: int | None = None,
    ) -> list[T]:
        """As `bulk`, for a statement that returns rows."""
        load: Load[T, list[T]] = results.load_all
        found = self._run(
            statement, items, lambda e, who: bulk(e, statement, take, fixed, chunk, load, who)
        )
        return found[0] if len(found) == 1 else [row for rows in found for row in rows]

    def copy(
        self, statement: Statement[Any], items: Iterable[I], *, take: Callable[[I], Row]
    ) -> int:
        """COPY the items into the statement's table, all or nothing; how many there were."""
        return self._run(statement, items, lambda e, who: copy(e, statement, take, who))

    @contextmanager
    def transaction(
        self, *, isolation: Isolation | None = None, read_only: bool = False
    ) -> Iterator[None]:
        """A block whose calls are committed together; inside another one, a savepoint.

        BEGIN travels with the first call, so a block without calls costs nothing. An exception
        rolls the block back. `isolation`, `read_only`: of the outermost block.
        """
        connection, engine = self._acquire()
        who = threading.get_ident()
        level = self._wait(connection, engine, engine.enter(isolation, read_only, who))
        try:
            yield
        except BaseException:
            try:
                self._wait(connection, engine, engine.leave(level, failed=True))
            except BaseException as second:
                logger.warning("rollback failed: %s", type(second).__name__)
                engine.give_up()
                if not isinstance(second, Exception):
                    raise
            raise
        try:
            self._wait(connection, engine, engine.leave(level, failed=False))
        except BaseException:
            engine.give_up_unless_left(level)
            raise

    def _call(self, statement: Statement[T], params: tuple[object, ...], load: Load[T, R]) -> R:
        self._identity.require(statement)
        engine = self._engine
        connection = self._connection
        if engine is None or connection is None:
            connection, engine = self._acquire()
        call = engine.call(statement, params, load)
        if (observe := self._tracing.observe) is not None:
            call = watched(observe, statement, call)
        with connection.lock:
            try:
                return connection.wait(call)
            except BaseException:
                engine.abandon_if_unsettled()
                raise

    def _run(
        self,
        statement: Statement[Any],
        items: Iterable[Any],
        make: Callable[[Engine, object], Program[R]],
    ) -> R:
        self._identity.require(statement)
        connection, engine = self._acquire()
        observe = self._tracing.observe
        with observe(statement) if observe is not None else nullcontext():
            return drive(
                make(engine, threading.get_ident()),
                items,
                lambda gen: self._wait(connection, engine, gen),
            )

    def _wait(self, connection: psycopg.Connection[Any], engine: Engine, gen: PQGen[R]) -> R:
        with connection.lock:
            try:
                return connection.wait(gen)
            except BaseException:
                engine.abandon_if_unsettled()
                raise

    def _acquire(self) -> tuple[psycopg.Connection[Any], Engine]:
        with self._opening:
            if self._engine is not None and self._connection is not None:
                return self._connection, self._engine
            return self._open()

    def _open(self) -> tuple[psycopg.Connection[Any], Engine]:
        if not self._entered:
            raise SessionError("this session is not open: use it inside `with session(...) as db:`")
        target = self._target
        own = isinstance(target, ConnectionPool)
        connection = target.getconn() if isinstance(target, ConnectionPool) else target
        try:
            link = link_of(connection)
            link.use_comment(self._tracing.comment)
            engine = Engine(self._identity, link, connection, own=own, prepare=self._prepare)
        except BaseException:
            if isinstance(target, ConnectionPool):
                target.putconn(connection)
            raise
        self._connection, self._engine = connection, engine
        return connection, engine
