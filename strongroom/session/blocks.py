"""Transaction blocks of a session: how they open, nest and end, and how the session itself ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import psycopg

from strongroom.session import wire
from strongroom.session.conversation import ENDED, Conversation, Level, Refused
from strongroom.session.errors import (
    ErrorTable,
    TransactionAborted,
    TransactionConflict,
    raise_server_error,
)
from strongroom.session.identity import NOBODY, SET_IDENTITY, SET_IDENTITY_OIDS

if TYPE_CHECKING:
    from psycopg.abc import PQGen

Isolation: TypeAlias = Literal["read committed", "repeatable read", "serializable"]

_ISOLATION: Final = {
    "read committed": b" ISOLATION LEVEL READ COMMITTED",
    "repeatable read": b" ISOLATION LEVEL REPEATABLE READ",
    "serializable": b" ISOLATION LEVEL SERIALIZABLE",
}


class Blocks(Conversation):
    """The transaction blocks of one session on one connection."""

    # The app of the last statement names the errors that only the commit shows.
    _errors: ErrorTable | None = None

    def enter(self, isolation: Isolation | None, read_only: bool, who: object) -> PQGen[Level]:
        """Open a block; sends nothing unless it has to ask whose transaction is open.

        `who`: the thread or task that opens it; nobody else may open one inside.
        """
        yield from self.claim()
        if self.levels and self.levels[-1].who != who:
            raise TransactionConflict(
                "another task or thread has a transaction block of this session open: give each"
                " a session of its own"
            )
        status = self.pgconn.transaction_status
        if status == wire.INERROR:
            raise TransactionAborted(
                "the transaction has failed already: leave its block before another one begins"
            )
        outermost = not self.levels and status == wire.IDLE
        if not outermost and (isolation is not None or read_only):
            raise TransactionConflict(
                "isolation and read_only are chosen for the outermost transaction only"
            )
        if outermost:
            level = Level(self._begin(isolation, read_only), None, who)
        else:
            name = b"strongroom_%d" % (len(self.levels) + 1)
            level = Level(b"SAVEPOINT " + name, name, who)
        self.levels.append(level)
        # psycopg's own commit() and rollback() refuse to work while this counter is up.
        self.connection._num_transactions += 1
        return level

    def _begin(self, isolation: Isolation | None, read_only: bool) -> bytes:
        if isolation is None and not read_only:
            return self.connection._get_tx_start_command()
        if isolation is not None and isolation not in _ISOLATION:
            raise ValueError(f"isolation is one of {', '.join(_ISOLATION)}")
        opening = b"BEGIN" + (_ISOLATION[isolation] if isolation is not None else b"")
        return opening + (b" READ ONLY" if read_only else b"")

    def leave(self, level: Level, *, failed: bool) -> PQGen[None]:
        """Close a block: commit it, or roll it back when it failed.

        Raises TransactionAborted when it had failed inside though the block did not.
        """
        if not self.levels or self.levels[-1] is not level:
            yield from self._leave_in_disorder(level, failed=failed)
            return
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

    def _leave_in_disorder(self, level: Level, *, failed: bool) -> PQGen[None]:
        """The session ended inside the block, or blocks are not closed as they were opened."""
        if level in self.levels:
            yield from self._end_blocks()
            raise TransactionConflict(
                "transaction blocks of a session ended in another order than they began: all of"
                " them were rolled back"
            )
        if not failed:
            raise TransactionAborted("the session ended inside this block: it was rolled back")

    def _close_level(self, level: Level, *, failed: bool) -> PQGen[None]:
        status = self.pgconn.transaction_status
        if status not in (wire.IDLE, wire.INTRANS, wire.INERROR):
            if not failed:
                raise psycopg.OperationalError("the connection was lost in the transaction")
            return
        if status == wire.IDLE:
            if not failed:
                raise TransactionConflict(ENDED)
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

    def _commit(self) -> PQGen[None]:
        results = yield from self.exchange([wire.simple(self.pgconn, b"COMMIT")])
        if results[0].command_status != b"COMMIT":
            raise TransactionAborted("the transaction was rolled back instead of committed")

    # -- the end of the session ------------------------------------------------------------------

    def close(self) -> PQGen[None]:
        """End what is open, and leave no identity behind in a transaction of the program's own.

        In one that has failed nothing can be sent: the next session sees to it. Closes the
        connection when the server refuses.
        """
        self.ended = True
        self.direct = False
        self.busy = ""
        self.abandoned.clear()
        if self.copying:
            self.give_up()
            return
        try:
            if self.levels:
                yield from self._end_blocks()
            if self.link.owner is not self:
                return
            self.link.owner = None
            status = self.pgconn.transaction_status
            # The program may roll that back to a savepoint, and with it to this identity.
            self.link.may_have_identity = status == wire.INERROR and bool(self.identity.wire)
            if status == wire.INTRANS and self.identity.wire:
                # Not prepared: the program may have dropped prepared statements meanwhile.
                arguments = (SET_IDENTITY, NOBODY, SET_IDENTITY_OIDS)
                yield from self.exchange([(self.pgconn.send_query_params, arguments)])
        except Refused as refused:
            self.give_up()
            raise_server_error(refused.result, None)

    def _end_blocks(self) -> PQGen[None]:
        """Roll back all blocks that are still open."""
        outermost = self.levels[0]
        self.connection._num_transactions -= len(self.levels)
        self.levels.clear()
        is_open = self.pgconn.transaction_status in (wire.INTRANS, wire.INERROR)
        if outermost.sent and is_open and self.link.owner is self:
            yield from self._roll_back(outermost)
        if outermost.name is None:
            self.link.owner = None

    def end(self) -> None:
        """Nothing goes out any more, also where `close` could not run to its end."""
        self.ended = True
        self.direct = False
        self.connection._num_transactions -= len(self.levels)
        self.levels.clear()
        if self.link.owner is self:
            # The link is kept for as long as the connection: it must not be what keeps that.
            self.link.owner = None
            self.give_up()

    def give_up_unless_left(self, level: Level) -> None:
        """Close the connection if a block could not even begin to end: others would go on in it."""
        if level in self.levels:
            self.give_up()

    def give_up(self) -> None:
        """Close the connection: its transaction could not be ended."""
        self.pgconn.finish()
