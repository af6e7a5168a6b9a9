"""The logic of a session, once, as generators that both kinds of session run.

A call outside a transaction block is a transaction of its own: identity and statement under one
Sync. Inside a block, BEGIN and identity travel with the first statement.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg
from psycopg.pq import DiagnosticField

from strongroom.session import catalogue, wire
from strongroom.session.binding import bind
from strongroom.session.blocks import Blocks
from strongroom.session.conversation import Refused
from strongroom.session.errors import ShapeMismatch, StalePlan, raise_server_error, server_error
from strongroom.session.identity import SET_IDENTITY_FORMATS
from strongroom.session.record_readers import shaped_format
from strongroom.session.results import (
    column_types,
    load_maybe,
    load_nothing,
    load_one,
    load_rowcount,
    set_loaders,
)
from strongroom.session.values import TEXT

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from strongroom.session.errors import ErrorTable
    from strongroom.session.link import Plan
    from strongroom.session.statement import Statement

T = TypeVar("T")
R = TypeVar("R")

_SET_TIMEOUT = (
    b"SELECT pg_catalog.set_config("
    b"'strongroom.timeout', pg_catalog.current_setting('statement_timeout'), true),"
    b" pg_catalog.set_config('statement_timeout', $1, true)"
)
_RESTORE_TIMEOUT = (
    b"SELECT pg_catalog.set_config("
    b"'statement_timeout', pg_catalog.current_setting('strongroom.timeout'), true)"
)
_FIRST_OWN_OID = 16384
"""Types below this one are part of PostgreSQL and stay what they are."""
# undefined_object, datatype_mismatch, wrong_object_type, undefined_function: how a statement fails
# to be parsed for a type that was dropped and made again, or because it is simply wrong.
_MAY_BE_A_LOST_TYPE = (b"42704", b"42804", b"42809", b"42883")
_ROWLESS = (load_nothing, load_rowcount)
_AT_MOST_ONE = (load_one, load_maybe)


class Engine(Blocks):
    """Calls and transaction blocks of one session on one connection."""

    # A single call has a BEGIN of its own open: it must never be left to others.
    _holding = False

    def call(
        self,
        statement: Statement[T],
        params: tuple[object, ...],
        load: Callable[[Statement[T], Plan, PGresult], R],
    ) -> PQGen[R]:
        """Run a statement and load its result.

        Raises the app's own errors, psycopg's for what the app does not name, and SessionError.
        """
        plan = self.link.plans.get(statement)
        if plan is not None and plan.direct is load and self.may_be_direct():
            values = bind(statement, plan, params)
            try:
                return load(statement, plan, (yield from self._run_direct(plan, values)))
            except Refused as refused:
                failure = refused.result
            try:
                yield from self.make_repeatable(statement, plan, failure, fresh=True)
            except Refused:
                raise_server_error(failure, statement.errors)
        return (yield from self._call_with_care(statement, params, load))

    def _run_direct(self, plan: Plan, values: list[bytes | None]) -> PQGen[PGresult]:
        """One round trip for statement and identity, which were prepared by earlier calls."""
        send = self.pgconn.send_query_prepared
        arguments = (plan.name, values, plan.formats, plan.result_format)
        self.link.owner = None
        identity = self.identity.wire
        if identity:
            self._identity_at = 0
            first = (send, (self.link.identity_name, identity, SET_IDENTITY_FORMATS, 1))
            results = yield from self.exchange([first, (send, arguments)])
        else:
            results = yield from wire.alone(self.pgconn, send, arguments)
            if not results or results[-1].status not in wire.SUCCESS:
                raise Refused(wire.first_failure(results))
        return results[-1]

    def _call_with_care(
        self,
        statement: Statement[T],
        params: tuple[object, ...],
        load: Callable[[Statement[T], Plan, PGresult], R],
    ) -> PQGen[R]:
        """The first call of a statement, a call in a block, and every other that is not usual."""
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
                yield from self.make_repeatable(statement, plan, refused.result, fresh)
            plan = self.link.plans.get(statement) or (yield from self.plan(statement))
            values = bind(statement, plan, params)
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
        if statement.writes and has_rows and not plan.columns_known:
            yield from self.describe(statement, plan)
        refusable = statement.writes and self.refusable(statement, load)
        held = fresh and not self.levels and self.implicit and (self.special or refusable)
        result = yield from self._execute(statement, plan, values, hold=held)
        if has_rows and not (plan.columns_known and self.prepare):
            yield from self.learn(statement, plan, result)
            if result.fformat(0) != plan.result_format:
                result = yield from self._again_as_text(statement, plan, values)
        value = load(statement, plan, result)
        if self.prepare and not refusable and statement.timeout_ms is None:
            plan.direct = load
        if held:
            yield from self._commit()
            self._holding = False
        return value

    def refusable(self, statement: Statement[Any], load: Callable[..., object]) -> bool:
        """Whether a write can still be refused when its rows are seen, so Sync may not commit."""
        checked = statement.decode or statement.convert or statement.shapes
        if checked is not None or statement.types or not self.prepare:
            return bool(statement.columns)
        if not statement.at_most_one:
            return load in _AT_MOST_ONE
        # Where INSERT, UPDATE or DELETE give no row they did nothing; those in a WITH may have.
        return load is load_one and statement.sql[:4].upper() == "WITH"

    def _execute(
        self, statement: Statement[Any], plan: Plan, values: list[bytes | None], *, hold: bool
    ) -> PQGen[PGresult]:
        pgconn = self.pgconn
        batch: list[wire.Command] = []
        if hold:
            self._holding = True
            batch.append(wire.simple(pgconn, self.connection._get_tx_start_command()))
            self.identify(batch, self.identity.wire)
        else:
            batch = self.opening()
        self.limit(statement, batch)
        if self.prepare:
            name = plan.name or self.prepare_plan(plan, batch)
            at = len(batch)
            arguments: tuple[Any, ...] = (name, values, plan.formats, plan.result_format)
            batch.append((pgconn.send_query_prepared, arguments))
        else:
            at = len(batch)
            arguments = (plan.sql, values, plan.oids, plan.formats, plan.result_format)
            batch.append((pgconn.send_query_params, arguments))
        self.unlimit(statement, batch)
        results = yield from self.exchange(batch)
        return results[at]

    def errors_at_commit(self, errors: ErrorTable | None) -> None:
        """Whose classes name what only the end of the open block shows."""
        self._errors = errors

    def limit(self, statement: Statement[Any], batch: list[wire.Command]) -> None:
        """Add what limits the time of the commands that follow, if the statement has a limit."""
        if statement.timeout_ms is not None:
            milliseconds = str(statement.timeout_ms).encode()
            batch.append((self.pgconn.send_query_params, (_SET_TIMEOUT, [milliseconds], [25])))

    def unlimit(self, statement: Statement[Any], batch: list[wire.Command]) -> None:
        """Add what puts the limit of time back."""
        if statement.timeout_ms is not None:
            batch.append(wire.simple(self.pgconn, _RESTORE_TIMEOUT))

    def describe(self, statement: Statement[Any], plan: Plan) -> PQGen[None]:
        """Learn a write's columns before it runs for the first time on this connection."""
        batch = self.opening()
        if self.prepare:
            name = plan.name or self.prepare_plan(plan, batch)
        else:
            name = b""
            batch.append((self.pgconn.send_prepare, (name, plan.sql, plan.oids)))
        batch.append((self.pgconn.send_describe_prepared, (name,)))
        results = yield from self.exchange(batch)
        yield from self.learn(statement, plan, results[-1])

    def learn(self, statement: Statement[Any], plan: Plan, result: PGresult) -> PQGen[None]:
        oids = column_types(statement, result)
        if plan.columns_known and oids == plan.column_oids:
            return
        # What `*` shows beyond the columns that are known is not looked at.
        width = len(statement.columns)
        own, before = oids[:width], plan.column_oids[:width]
        if plan.columns_known and statement.writes and own != before:
            plan.columns_known = False
            raise ShapeMismatch(f"{statement.name}: the types of its columns have changed")
        adapters = self.link.adapters
        types = yield from self.types(own)
        for oid in types:
            catalogue.register(adapters, oid, types)
        if statement.shapes is not None:
            known = yield from self.known_types(statement.shapes)
            format_ = TEXT if statement.text else shaped_format(statement, known, adapters, own)
            set_loaders(statement, plan, adapters, oids, format_, known)
            return
        format_ = TEXT if statement.text else catalogue.result_format(adapters, own)
        set_loaders(statement, plan, adapters, oids, format_)

    def _again_as_text(
        self, statement: Statement[Any], plan: Plan, values: list[bytes | None]
    ) -> PQGen[PGresult]:
        """A read whose columns have no binary loader is run once more, for text."""
        return (yield from self._execute(statement, plan, values, hold=False))

    def make_repeatable(
        self, statement: Statement[Any], plan: Plan, result: PGresult, fresh: bool
    ) -> PQGen[None]:
        """After a failure that preparing again cures: undo what was begun; raise any other."""
        state = result.error_field(DiagnosticField.SQLSTATE)
        function = result.error_field(DiagnosticField.SOURCE_FUNCTION)
        has_own = any(oid >= _FIRST_OWN_OID for oid in plan.oids)
        if state == b"26000":
            self.link.forget_prepared()
        elif state == b"0A000" and function == b"RevalidateCachedQuery":
            self.link.drop(plan)
        elif has_own and (state in _MAY_BE_A_LOST_TYPE or _lost_a_type(result)):
            self.link.forget_types()
            if not fresh and state in _MAY_BE_A_LOST_TYPE:
                raise Refused(result)
        else:
            raise Refused(result)
        if not fresh:
            # Its other statements may be stale as well, and one repetition has to be enough.
            for other in self.link.plans.values():
                self.link.drop(other)
            raise StalePlan(
                f"{statement.name} was prepared before the database changed, and a transaction is"
                " open: repeat the whole transaction"
            ) from server_error(result)
        if self.pgconn.transaction_status != wire.IDLE:
            yield from self.exchange([wire.simple(self.pgconn, b"ROLLBACK")])
        self._holding = False
        for level in self.levels:
            level.sent = False

    def _let_go(self) -> PQGen[None]:
        """Roll a single call's own transaction back, so that nothing of it stays."""
        if not self._holding:
            return
        self._holding = False
        if self.pgconn.transaction_status in (wire.INTRANS, wire.INERROR):
            try:
                yield from self.exchange([wire.simple(self.pgconn, b"ROLLBACK")])
            except (Refused, psycopg.Error):
                self.give_up()

    def abandon_if_unsettled(self) -> None:
        """After an interruption: close the connection, unless it is known to be clean."""
        if self.connection._pipeline is not None:
            return  # refused: psycopg's own pipeline goes on
        if self.copying or (self.link.owner is not None and self.link.owner.copying):
            return  # refused while a COPY waits for its items; who copies ends it
        if self._holding or wire.is_unsettled(self.pgconn):
            self._holding = False
            self.pgconn.finish()


def _lost_a_type(result: PGresult) -> bool:
    """Whether a type is gone: an internal error, without a code of its own or a translation."""
    message = result.error_field(DiagnosticField.MESSAGE_PRIMARY) or b""
    return message.startswith(b"cache lookup failed for type")
