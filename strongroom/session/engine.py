"""The logic of a session, once, as generators that both kinds of session run.

A call outside a transaction block is a transaction of its own: identity and statement under one
Sync. Inside a block, BEGIN and identity travel with the first statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar

import psycopg
from psycopg.pq import DiagnosticField

from strongroom.session import catalogue, wire
from strongroom.session.binding import bind
from strongroom.session.conversation import Conversation, Level, Refused
from strongroom.session.errors import (
    ErrorTable,
    ShapeMismatch,
    StalePlan,
    TransactionAborted,
    TransactionConflict,
    raise_server_error,
    server_error,
)
from strongroom.session.identity import NOBODY
from strongroom.session.results import (
    column_types,
    load_maybe,
    load_nothing,
    load_one,
    load_rowcount,
    set_loaders,
)

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from strongroom.session.link import Plan
    from strongroom.session.statement import Statement

T = TypeVar("T")
R = TypeVar("R")
Isolation: TypeAlias = Literal["read committed", "repeatable read", "serializable"]

_SET_TIMEOUT = (
    b"SELECT set_config('strongroom.timeout', current_setting('statement_timeout'), true),"
    b" set_config('statement_timeout', $1, true)"
)
_RESTORE_TIMEOUT = (
    b"SELECT set_config('statement_timeout', current_setting('strongroom.timeout'), true)"
)
_ROWLESS = (load_nothing, load_rowcount)
_AT_MOST_ONE = (load_one, load_maybe)


class Engine(Conversation):
    """Calls and transaction blocks of one session on one connection."""

    # A single call has a BEGIN of its own open: it must never be left to others.
    _holding = False
    _errors: ErrorTable | None = None

    # -- calls -----------------------------------------------------------------------------------

    def call(
        self,
        statement: Statement[T],
        params: tuple[object, ...],
        load: Callable[[Statement[T], Plan, PGresult], R],
    ) -> PQGen[R]:
        """Run a statement and load its result.

        Raises the app's own errors, psycopg's for what the app does not name, and SessionError.
        """
        yield from self.claim()
        fresh = self.pgconn.transaction_status == wire.IDLE
        try:
            plan = self.link.plans.get(statement)
            if plan is None:
                plan = yield from self.plan(statement)
            values = bind(statement, plan, params)
            self._errors = statement.errors
            try:
                return (yield from self._attempt(statement, plan, values, load, fresh))
            except Refused as refused:
                yield from self._make_repeatable(statement, plan, refused.result, fresh)
            return (yield from self._attempt(statement, plan, values, load, fresh))
        except Refused as refused:
            yield from self._let_go()
            raise_server_error(refused.result, statement.errors)
        except Exception:
            yield from self._let_go()
            raise

    def _attempt(
        self,
        statement: Statement[T],
        plan: Plan,
        values: list[bytes | None],
        load: Callable[[Statement[T], Plan, PGresult], R],
        fresh: bool,
    ) -> PQGen[R]:
        has_rows = bool(statement.columns) and load not in _ROWLESS
        held = False
        if statement.writes:
            if has_rows and not plan.columns_known:
                yield from self._describe(statement, plan)
            held = fresh and not self.levels and self.implicit and self._refusable(statement, load)
        result = yield from self._execute(statement, plan, values, hold=held)
        if has_rows and not (plan.columns_known and self.prepare):
            yield from self._learn(statement, plan, result)
            if result.fformat(0) != plan.result_format:
                result = yield from self._again_as_text(statement, plan, values)
        value = load(statement, plan, result)
        if held:
            yield from self._commit()
            self._holding = False
        return value

    def _refusable(self, statement: Statement[Any], load: Callable[..., object]) -> bool:
        """Whether a write can still be refused when its rows are seen, so Sync may not commit."""
        if statement.decode is not None or not self.prepare:
            return bool(statement.columns)
        return load in _AT_MOST_ONE and not statement.at_most_one

    def _execute(
        self, statement: Statement[Any], plan: Plan, values: list[bytes | None], *, hold: bool
    ) -> PQGen[PGresult]:
        pgconn = self.pgconn
        batch: list[wire.Command] = []
        if hold:
            self._holding = True
            batch.append(wire.simple(pgconn, b"BEGIN"))
            self.identify(batch, self.identity.wire)
        else:
            batch = self.opening()
        timed = statement.timeout_ms is not None
        if timed:
            milliseconds = str(statement.timeout_ms).encode()
            batch.append((pgconn.send_query_params, (_SET_TIMEOUT, [milliseconds], [25])))
        if self.prepare:
            name = plan.name or self.prepare_plan(plan, batch)
            at = len(batch)
            arguments: tuple[Any, ...] = (name, values, plan.formats, plan.result_format)
            batch.append((pgconn.send_query_prepared, arguments))
        else:
            at = len(batch)
            arguments = (plan.sql, values, plan.oids, plan.formats, plan.result_format)
            batch.append((pgconn.send_query_params, arguments))
        if timed:
            batch.append(wire.simple(pgconn, _RESTORE_TIMEOUT))
        results = yield from self.exchange(batch)
        return results[at]

    def _describe(self, statement: Statement[Any], plan: Plan) -> PQGen[None]:
        """Learn a write's columns before it runs for the first time on this connection."""
        batch = self.opening()
        if self.prepare:
            name = plan.name or self.prepare_plan(plan, batch)
        else:
            name = b""
            batch.append((self.pgconn.send_prepare, (name, plan.sql, plan.oids)))
        batch.append((self.pgconn.send_describe_prepared, (name,)))
        results = yield from self.exchange(batch)
        yield from self._learn(statement, plan, results[-1])

    def _learn(self, statement: Statement[Any], plan: Plan, result: PGresult) -> PQGen[None]:
        oids = column_types(statement, result)
        if plan.columns_known and oids == plan.column_oids:
            return
        if plan.columns_known and statement.writes:
            raise ShapeMismatch(f"{statement.name}: the types of its columns have changed")
        adapters = self.link.adapters
        types = yield from self.types(oids)
        for oid in types:
            catalogue.register(adapters, oid, types)
        set_loaders(statement, plan, adapters, oids, catalogue.result_format(adapters, oids))

    def _again_as_text(
        self, statement: Statement[Any], plan: Plan, values: list[bytes | None]
    ) -> PQGen[PGresult]:
        """A read whose columns have no binary loader is run once more, for text."""
        return (yield from self._execute(statement, plan, values, hold=False))

    def _make_repeatable(
        self, statement: Statement[Any], plan: Plan, result: PGresult, fresh: bool
    ) -> PQGen[None]:
        """After a failure that preparing again cures: undo what was begun; raise any other."""
        state = result.error_field(DiagnosticField.SQLSTATE)
        function = result.error_field(DiagnosticField.SOURCE_FUNCTION)
        if state == b"26000":
            self.link.forget_prepared()
        elif state == b"0A000" and function == b"RevalidateCachedQuery":
            self.link.drop(plan)
        else:
            raise Refused(result)
        if not fresh:
            raise StalePlan(
                f"{statement.name} was prepared before the database changed, and a transaction is"
                " open: repeat the whole transaction"
            ) from server_error(result)
        if self.pgconn.transaction_status != wire.IDLE:
            yield from self.exchange([wire.simple(self.pgconn, b"ROLLBACK")])
        self._holding = False
        for level in self.levels:
            level.sent = False

    def _commit(self) -> PQGen[None]:
        results = yield from self.exchange([wire.simple(self.pgconn, b"COMMIT")])
        if results[0].command_status != b"COMMIT":
            raise TransactionAborted("the transaction was rolled back instead of committed")

    def _let_go(self) -> PQGen[None]:
        """Roll a single call's own transaction back, so that nothing of it stays."""
        if not self._holding:
            return
        self._holding = False
        if self.pgconn.transaction_status in (wire.INTRANS, wire.INERROR):
            yield from self.exchange([wire.simple(self.pgconn, b"ROLLBACK")])

    # -- transaction blocks ----------------------------------------------------------------------

    def enter(self, isolation: Isolation | None, read_only: bool) -> PQGen[None]:
        """Open a block; sends nothing unless it has to ask whose transaction is open."""
        yield from self.claim()
        outermost = not self.levels and self.pgconn.transaction_status == wire.IDLE
        if not outermost and (isolation is not None or read_only):
            raise TransactionConflict(
                "isolation and read_only are chosen for the outermost transaction only"
            )
        if outermost:
            opening = b"BEGIN"
            if isolation is not None:
                opening += b" ISOLATION LEVEL " + isolation.upper().encode()
            if read_only:
                opening += b" READ ONLY"
            self.levels.append(Level(opening, None))
        else:
            name = b"strongroom_%d" % (len(self.levels) + 1)
            self.levels.append(Level(b"SAVEPOINT " + name, name))
        # psycopg's own commit() and rollback() refuse to work while this counter is up.
        self.connection._num_transactions += 1

    def leave(self, *, failed: bool) -> PQGen[None]:
        """Close the innermost block: commit it, or roll it back when it failed.

        Raises TransactionAborted when it had failed inside though the block did not.
        """
        level = self.levels[-1]
        try:
            if level.sent:
                yield from self._close_level(level, failed=failed)
        except Refused as refused:
            raise_server_error(refused.result, self._errors)
        finally:
            self.levels.pop()
            self.connection._num_transactions -= 1
            if level.name is None:
                self.link.owner = None

    def _close_level(self, level: Level, *, failed: bool) -> PQGen[None]:
        status = self.pgconn.transaction_status
        if status not in (wire.IDLE, wire.INTRANS, wire.INERROR):
            if not failed:
                raise psycopg.OperationalError("the connection was lost in the transaction")
            return
        if status == wire.IDLE:
            if not failed:
                raise TransactionConflict(
                    "the transaction of this session was ended by other means than its block"
                )
            return
        broken = status == wire.INERROR
        if failed or broken:
            yield from self._roll_back(level)
        elif level.name is None:
            yield from self._commit()
        else:
            yield from self.exchange([wire.simple(self.pgconn, b"RELEASE " + level.name)])
        if broken and not failed:
            raise TransactionAborted(
                "a statement in this transaction failed and its error was not passed on:"
                " it was rolled back"
            )

    def _roll_back(self, level: Level) -> PQGen[None]:
        if level.name is None:
            yield from self.exchange([wire.simple(self.pgconn, b"ROLLBACK")])
            return
        undo = (b"ROLLBACK TO SAVEPOINT " + level.name, b"RELEASE SAVEPOINT " + level.name)
        yield from self.exchange([wire.simple(self.pgconn, command) for command in undo])

    # -- the end ---------------------------------------------------------------------------------

    def close(self) -> PQGen[None]:
        """Leave no identity behind in a transaction that is the program's own and stays open."""
        owner, self.link.owner = self.link.owner, None
        if owner is self and self.pgconn.transaction_status == wire.INTRANS:
            batch: list[wire.Command] = []
            self.identify(batch, NOBODY if self.identity.wire else ())
            if batch:
                yield from self.exchange(batch)

    def give_up(self) -> None:
        """Close the connection: its transaction could not be ended."""
        self.pgconn.finish()

    def abandon_if_unsettled(self) -> None:
        """After an interruption: close the connection, unless it is known to be clean."""
        if self._holding or wire.is_unsettled(self.pgconn):
            self._holding = False
            self.pgconn.finish()
