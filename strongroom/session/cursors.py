"""A statement's rows in parts, by a cursor on the server: what both kinds of stream run.

The cursor lives in a transaction. Where none is open it has one of its own, and until that ends
the session refuses other calls: they would be committed, or lost, with the stream.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

import psycopg
from psycopg.pq import DiagnosticField

from strongroom.session import wire
from strongroom.session.binding import bind
from strongroom.session.conversation import Refused
from strongroom.session.errors import ShapeMismatch, TransactionConflict, raise_server_error
from strongroom.session.results import load_all

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from strongroom.session.conversation import Level
    from strongroom.session.engine import Engine
    from strongroom.session.link import Plan
    from strongroom.session.statement import Statement

T = TypeVar("T")

FETCH = 500
"""Rows that one trip brings, unless the query says otherwise."""

_INVALID_CURSOR = b"34000"
_IS_OPEN = b"SELECT 1 FROM pg_catalog.pg_cursors AS c WHERE c.name = $1"
_ENDED = "the transaction that this stream reads in has ended, and the stream with it"


class Cursor(Generic[T]):
    """One pass over the rows of a statement. Its generators run under `conn.lock`."""

    def __init__(
        self, engine: Engine, statement: Statement[T], params: tuple[object, ...], size: int
    ) -> None:
        self.engine = engine
        self.statement = statement
        self.params = params
        self.size = size
        self.opened = False
        self.exhausted = False
        self._own = False
        self._level: Level | None = None
        self._name = b""
        self._plan: Plan | None = None

    def open(self, who: object) -> PQGen[None]:
        """Declare the cursor, in a transaction of its own if none is open.

        `who`: the thread or task that does it. Raises what a call of the statement raises.
        """
        engine = self.engine
        alone = all(level.own for level in engine.levels)
        if engine.busy and (alone or engine.copying):
            raise TransactionConflict(engine.busy)
        # Inside a block the rows may feed the call that keeps the session busy.
        busy, engine.busy = engine.busy, ""
        try:
            yield from engine.claim()
            idle = engine.pgconn.transaction_status == wire.IDLE
            self._own = idle and not engine.levels and engine.implicit
            if self._own:
                self._level = yield from engine.enter(None, read_only=False, who=who)
                self._level.own = True
            elif engine.levels:
                self._level = engine.levels[-1]
            self.opened = True
            try:
                yield from self._declare(idle)
            except Exception:
                yield from end_after_failure(self)
                raise
        finally:
            engine.busy = busy
        if self._own:
            engine.busy = (
                f"a stream of {self.statement.name} is open, in a transaction of its own: close it"
                " first, or open it and make the other calls inside `with db.transaction():`"
            )

    def _declare(self, fresh: bool) -> PQGen[None]:
        engine, statement = self.engine, self.statement
        try:
            plan = engine.link.plans.get(statement) or (yield from engine.plan(statement))
            try:
                yield from self._try_to_declare(plan)
            except Refused as refused:
                yield from engine.make_repeatable(statement, plan, refused.result, fresh)
                plan = engine.link.plans.get(statement) or (yield from engine.plan(statement))
                yield from self._try_to_declare(plan)
        except Refused as refused:
            raise_server_error(refused.result, statement.errors)
        self._plan = plan

    def _try_to_declare(self, plan: Plan) -> PQGen[None]:
        engine, pgconn = self.engine, self.engine.pgconn
        values = bind(self.statement, plan, self.params)
        self._name = engine.link.new_name()
        batch = engine.opening()
        engine.limit(self.statement, batch)
        declare = b"DECLARE %b NO SCROLL CURSOR FOR %b" % (self._name, plan.sql)
        batch.append((pgconn.send_query_params, (declare, values, plan.oids, plan.formats)))
        at = len(batch)
        batch.append((pgconn.send_describe_portal, (self._name,)))
        engine.unlimit(self.statement, batch)
        results = yield from engine.exchange(batch)
        yield from engine.learn(self.statement, plan, results[at])

    def fetch(self) -> PQGen[list[T]]:
        """The next rows; fewer than `size` at the end. Raises what a call raises."""
        engine, plan = self.engine, self._plan
        if plan is None or not self._in_its_transaction():
            raise TransactionConflict(_ENDED)
        engine.check_usable()
        if engine.copying:
            raise TransactionConflict(engine.busy)
        batch = engine.opening()
        engine.limit(self.statement, batch)
        fetch = b"FETCH FORWARD %d FROM %b" % (self.size, self._name)
        at = len(batch)
        arguments = (fetch, None, None, None, plan.result_format)
        batch.append((engine.pgconn.send_query_params, arguments))
        engine.unlimit(self.statement, batch)
        try:
            results = yield from engine.exchange(batch)
        except Refused as refused:
            if refused.result.error_field(DiagnosticField.SQLSTATE) == _INVALID_CURSOR:
                raise TransactionConflict(_ENDED) from None
            raise_server_error(refused.result, self.statement.errors)
        result = results[at]
        self.exhausted = result.ntuples < self.size
        found = [result.ftype(column) for column in range(result.nfields)]
        if found != plan.column_oids:
            # A call of the same statement has seen a migrated database meanwhile.
            raise ShapeMismatch(f"{self.statement.name}: the types of its columns have changed")
        return load_all(self.statement, plan, result)

    def _in_its_transaction(self) -> bool:
        engine = self.engine
        if not self.opened or engine.pgconn.status != wire.CONNECTED:
            return False
        if self._level is not None and self._level not in engine.levels:
            return False
        return engine.link.owner is engine and engine.pgconn.transaction_status != wire.IDLE

    @property
    def is_own(self) -> bool:
        """Whether a transaction of its own is open."""
        return self._own and self.opened

    def close(self, *, failed: bool) -> PQGen[None]:
        """End the cursor; commit its own transaction, or roll it back when the reader failed."""
        if not self.opened:
            return
        alive = self._in_its_transaction()
        self.opened = False
        engine, level = self.engine, self._level
        if self._own and level is not None and level in engine.levels:
            engine.busy = ""
            yield from engine.leave(level, failed=failed)
        elif alive and engine.pgconn.transaction_status == wire.INTRANS and not engine.copying:
            yield from self._close_cursor()

    def _close_cursor(self) -> PQGen[None]:
        """Free the cursor in a transaction that goes on; failing would end that transaction."""
        engine, pgconn = self.engine, self.engine.pgconn
        try:
            if self._level is None:
                # The program may have rolled back to a savepoint of its own.
                ask = (_IS_OPEN, [self._name], [25])
                results = yield from engine.exchange([(pgconn.send_query_params, ask)])
                if not results[0].ntuples:
                    return
            yield from engine.exchange([wire.simple(pgconn, b"CLOSE " + self._name)])
        except Refused as refused:
            raise_server_error(refused.result, self.statement.errors)


def end_after_failure(cursor: Cursor[T]) -> PQGen[None]:
    """Close a cursor whose reader failed: what goes wrong now must not hide the reader's error."""
    if wire.is_unsettled(cursor.engine.pgconn):
        return  # an interruption: the connection will be closed
    try:
        yield from cursor.close(failed=True)
    except (Refused, psycopg.Error):
        cursor.engine.give_up()
