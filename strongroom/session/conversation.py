"""What goes to the server ahead of a statement, and what comes back: the part without results.

A conversation has one connection and one identity. It opens transactions lazily: whatever has to
precede a statement travels with it, under the same Sync.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.pq import DiagnosticField

from strongroom.session import catalogue, wire
from strongroom.session.binding import make_plan
from strongroom.session.codecs import OIDS_OF_QUALIFIED, changed, is_reloaded, type_of
from strongroom.session.codecs import register as register_codec
from strongroom.session.errors import (
    SessionError,
    ShapeMismatch,
    TransactionConflict,
    server_error,
)
from strongroom.session.identity import (
    NOBODY,
    SET_IDENTITY,
    SET_IDENTITY_FORMATS,
    SET_IDENTITY_OIDS,
    Identity,
)
from strongroom.session.link import Link, Plan
from strongroom.session.record_writers import shaped_binding
from strongroom.session.records import FIELDS_OF_NAMES, KnownTypes, read_known, type_names
from strongroom.session.values import BINDINGS_BY_OID, TEXT, Binding, array_of, text_binding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from strongroom.session.codecs import Chosen
    from strongroom.session.records import Shape
    from strongroom.session.statement import Statement

AnyConnection = psycopg.Connection[Any] | psycopg.AsyncConnection[Any]

_OIDS_ARRAY, _TEXT_ARRAY = 1028, 1009
_NO_SUCH_ROLE = (b"22023", b"42501", b"42704")
_dump_names = array_of(text_binding(25, string=True), _TEXT_ARRAY).dump
_CURRENT_APP = b"SELECT pg_catalog.current_setting('kernel.app', true)"
ENDED = "the transaction of this session was ended by other means than its block"


class Refused(Exception):  # noqa: N818
    """The server refused a command: carries its result to where the reason is judged."""

    def __init__(self, result: PGresult, at: int = -1) -> None:
        super().__init__()
        self.result = result
        self.at = at
        """Which of the commands sent together it was, from 0."""


class Level:
    """One `transaction()` block; its opening command goes out with the first statement inside.

    `own`: opened by a call for itself, not by the program.
    """

    __slots__ = ("name", "opening", "own", "sent", "who")

    def __init__(self, opening: bytes, name: bytes | None, who: object) -> None:
        self.opening = opening
        self.name = name
        self.who = who
        self.sent = False
        self.own = False


class Conversation:
    """An identity on a connection. Every method that is a generator runs under `conn.lock`."""

    def __init__(
        self, identity: Identity, link: Link, connection: AnyConnection, *, own: bool, prepare: bool
    ) -> None:
        self.identity = identity
        self.link = link
        self.connection = connection
        self.pgconn = connection.pgconn
        self.prepare = prepare
        self._own = own
        self._follow_autocommit()
        self.levels: list[Level] = []
        # Why calls are refused just now: something is under way that they would be mixed up with.
        self.busy = ""
        self.copying = False
        self.ended = False
        # What nobody holds any more and nobody could end at once.
        self.abandoned: list[Callable[[], PQGen[None]]] = []
        self._preparing: list[tuple[int, Plan | None, bytes]] = []
        self._identity_at = -1

    def _follow_autocommit(self) -> None:
        """Take the connection's mode, which the program may change between two calls."""
        self.autocommit = self.connection.autocommit
        # A pool's connection is the session's alone: each call may commit, whatever the flag says.
        self.implicit = self._own or self.autocommit
        # Such a connection's isolation_level, read_only and deferrable count for its calls, too.
        self.special = not self.autocommit and self.connection._get_tx_start_command() != b"BEGIN"
        # Whether a call outside a block may be nothing but prepared statements under one Sync.
        self.direct = self.prepare and self.implicit and not self.special

    def may_be_direct(self) -> bool:
        """Whether the identity is all that has to precede the next statement."""
        pgconn, link = self.pgconn, self.link
        return (
            self.direct
            and self.connection.autocommit is self.autocommit
            and pgconn.transaction_status == wire.IDLE
            and self.connection._pipeline is None
            and not self.levels
            and not self.busy
            and not link.to_close
            and (not self.identity.wire or link.identity_name is not None)
        )

    def claim(self) -> PQGen[None]:
        """Refuse to speak where another transaction, or another mode, has the floor."""
        self.check_usable()
        if self.connection.autocommit is not self.autocommit:
            self._follow_autocommit()
        while self.abandoned:
            yield from self.abandoned.pop()()
        if self.busy:
            raise TransactionConflict(self.busy)
        status = self.pgconn.transaction_status
        if status == wire.IDLE:
            if self.levels and self.levels[0].sent:
                raise TransactionConflict(ENDED)
            self.link.owner = None
            self.link.may_have_identity = False
        elif self.levels and self.levels[0].sent and self.link.owner is not self:
            raise TransactionConflict(ENDED)
        elif self.link.owner is not None and self.link.owner is not self:
            yield from self._refuse_foreign()

    def check_usable(self) -> None:
        """Refuse a connection that is closed, or in psycopg's own pipeline mode."""
        # An interrupted call may have left what it was going to send.
        self._preparing.clear()
        self._refuse_if_ended()
        if self.pgconn.status != wire.CONNECTED:
            raise psycopg.OperationalError("the connection is closed")
        if self.connection._pipeline is not None:
            raise TransactionConflict(
                "the connection is in psycopg's pipeline mode: leave it before using a session"
            )

    def _refuse_if_ended(self) -> None:
        if self.ended:  # and the connection may be somebody else's by now
            raise SessionError("the session of this call has ended: wait for its calls inside it")

    def _refuse_foreign(self) -> PQGen[None]:
        owner = self.link.owner
        failed = self.pgconn.transaction_status == wire.INERROR
        if owner is not None and not owner.levels and not failed:
            # The program may have ended that transaction itself and begun another by hand.
            results = yield from self.exchange([wire.simple(self.pgconn, _CURRENT_APP)])
            if not results[0].get_value(0, 0):
                self.link.owner = None
                return
        raise TransactionConflict(
            "another session's transaction is open on this connection: end it first, or use a"
            " connection of its own; a transaction never changes its identity"
        )

    def opening(self) -> list[wire.Command]:
        """What has to go before the next statement: BEGIN, identity, savepoints."""
        self._refuse_if_ended()
        batch: list[wire.Command] = []
        if self.link.to_close:
            self._close_dropped(batch)
        if not self.levels:
            if self.pgconn.transaction_status != wire.IDLE:
                self.link.owner = self
            elif not self.implicit:
                begin = self.connection._get_tx_start_command()
                batch.append(wire.simple(self.pgconn, begin))
                self.link.owner = self
            self.identify(batch, self._values())
        elif not self.levels[-1].sent:
            self._open_levels(batch)
        return batch

    def _open_levels(self, batch: list[wire.Command]) -> None:
        for depth, level in enumerate(self.levels):
            if level.sent:
                continue
            if level.name is None and self.pgconn.transaction_status != wire.IDLE:
                raise TransactionConflict(
                    "a transaction was begun on this connection by other means, inside a block of"
                    " this session that had not begun its own yet"
                )
            level.sent = True
            batch.append(wire.simple(self.pgconn, level.opening))
            if depth == 0:
                self.link.owner = self
                self.identify(batch, self._values())

    def _values(self) -> Sequence[bytes]:  # of a plain session none, unless another's have stayed
        return self.identity.wire or (NOBODY if self.link.may_have_identity else ())

    def identify(self, batch: list[wire.Command], values: Sequence[bytes]) -> None:
        """Add the statement that sets the identity; nothing for a plain session."""
        if not values:
            return
        pgconn = self.pgconn
        if not self.prepare:
            self._identity_at = len(batch)
            arguments = (SET_IDENTITY, values, SET_IDENTITY_OIDS, SET_IDENTITY_FORMATS, 1)
            batch.append((pgconn.send_query_params, arguments))
            return
        name = self.link.identity_name
        if name is None:
            name = self.link.new_name()
            self._preparing.append((len(batch), None, name))
            batch.append((pgconn.send_prepare, (name, SET_IDENTITY, SET_IDENTITY_OIDS)))
        self._identity_at = len(batch)
        batch.append((pgconn.send_query_prepared, (name, values, SET_IDENTITY_FORMATS, 1)))

    def prepare_plan(self, plan: Plan, batch: list[wire.Command]) -> bytes:
        """Add the command that prepares a plan, and return the name that it will have."""
        name = self.link.new_name()
        self._preparing.append((len(batch), plan, name))
        batch.append((self.pgconn.send_prepare, (name, plan.sql, plan.oids)))
        return name

    def _close_dropped(self, batch: list[wire.Command]) -> None:
        # An older libpq can't, and PgBouncer knows no DEALLOCATE: they stay until the end.
        if wire.can_close_prepared:
            batch.extend((self.pgconn.send_close_prepared, (name,)) for name in self.link.to_close)
        self.link.to_close.clear()

    def exchange(self, batch: list[wire.Command]) -> PQGen[list[PGresult]]:
        """One round trip; raises Refused when the server refused any of it."""
        identity_at, self._identity_at = self._identity_at, -1
        results = yield from wire.exchange(self.pgconn, batch)
        if self._preparing:
            self._note_prepared(results)
        if not wire.succeeded(batch, results):
            failed = wire.first_failure(results)
            if 0 <= identity_at < len(results) and results[identity_at] is failed:
                self._refuse_identity(failed)
            raise Refused(failed, results.index(failed))
        return results

    def _refuse_identity(self, failed: PGresult) -> None:
        """Say in the session's words that the server knows no such role, or may not become it."""
        if failed.error_field(DiagnosticField.SQLSTATE) in _NO_SUCH_ROLE:
            identity = self.identity
            raise SessionError(
                f"this login can't become {identity.app}_{identity.role}: is the app's name right,"
                " is the database migrated, and may the login become the app's roles?"
            ) from server_error(failed)

    def _note_prepared(self, results: list[PGresult]) -> None:
        # A prepared statement outlives the transaction that failed after it.
        for at, plan, name in self._preparing:
            if at < len(results) and results[at].status == wire.COMMAND_OK:
                if plan is None:
                    self.link.identity_name = name
                else:
                    plan.name = name
        self._preparing.clear()

    def ask(self, sql: bytes, value: bytes, oid: int, format_: int) -> PQGen[list[list[str]]]:
        """Rows, as text, of a query about the catalogue; the session's role may see the names."""
        batch = self.opening()
        batch.append((self.pgconn.send_query_params, (sql, [value], [oid], [format_], TEXT)))
        result = (yield from self.exchange(batch))[-1]
        return [
            [(result.get_value(row, column) or b"").decode() for column in range(result.nfields)]
            for row in range(result.ntuples)
        ]

    def types(
        self, oids: Iterable[int], *, bound: bool = False
    ) -> PQGen[dict[int, catalogue.TypeInfo]]:
        """What pg_type says about these types and all they are made of, built-in ones excepted.

        With `bound` also about those that have a loader: how they are sent is another question.
        """

        def is_known(oid: int) -> bool:
            return oid in BINDINGS_BY_OID if bound else catalogue.is_known(self.link.adapters, oid)

        found: dict[int, catalogue.TypeInfo] = {}
        missing = {oid for oid in oids if not is_known(oid)}
        while missing:
            literal = "{" + ",".join(map(str, sorted(missing))) + "}"
            rows = yield from self.ask(catalogue.TYPES_OF_OIDS, literal.encode(), _OIDS_ARRAY, TEXT)
            new = [catalogue.read_type(row) for row in rows]
            found.update((info.oid, info) for info in new)
            missing = {
                part
                for info in new
                for part in info.parts
                if part not in found and not is_known(part)
            }
        return found

    def plan(self, statement: Statement[Any]) -> PQGen[Plan]:
        """How this statement is bound here; asks the server only for types that are not built in.

        Raises SessionError for a type that does not exist or is not visible to the role.
        """
        new = [one for one in statement.types if self.link.codecs.get(type_of(one)) is not one]
        if new:
            yield from self._choose(statement.name, new)
        bindings = self.link.bindings
        unknown = [name for name in dict.fromkeys(statement.parameters) if name not in bindings]
        if unknown:
            rows = yield from self.ask(
                catalogue.OIDS_OF_NAMES, _dump_names(unknown), _TEXT_ARRAY, 1
            )
            oids = {name: int(row[0] or 0) for name, row in zip(unknown, rows, strict=True)}
            absent = [name for name, oid in oids.items() if not oid]
            if absent:
                raise SessionError(
                    f"{statement.name}: the database has no type {', '.join(absent)}"
                )
            types = yield from self.types(oids.values(), bound=True)
            for name, oid in oids.items():
                bindings[name] = catalogue.binding_of(oid, types, self.link.chosen)
        found = [bindings[name] for name in statement.parameters]
        if statement.takes is not None:
            found = yield from self._shaped(statement.takes, found)
        plan = make_plan(statement, found, self.link.comment)
        self.link.remember(statement, plan)
        return plan

    def _choose(self, statement: str, new: list[Chosen]) -> PQGen[None]:
        """Read and write types as their codecs say from now on."""
        link, by_name = self.link, {type_of(one): one for one in new}
        for name in by_name.keys() & link.codecs.keys():
            if is_reloaded(by_name[name], link.codecs[name]):
                continue
            raise SessionError(
                f"{statement}: this connection already has another Python type for {name}: use a"
                " connection of its own for each generated package"
            )
        rows = yield from self.ask(OIDS_OF_QUALIFIED, _dump_names(sorted(by_name)), _TEXT_ARRAY, 1)
        found = {name: (int(oid), int(array)) for name, oid, array in rows}
        types = yield from self.types([oid for oid, _ in found.values()], bound=True)
        for name, (oid, array) in found.items():
            catalogue.register(link.adapters, oid, types)
            register_codec(link.adapters, oid, by_name[name])
            binding = changed(catalogue.binding_of(oid, types), by_name[name])
            link.chosen[oid] = binding
            if array:
                link.chosen[array] = array_of(binding, array)
        link.codecs.update(by_name)
        for name, binding in link.bindings.items():
            link.bindings[name] = link.chosen.get(binding.oid, binding)

    def known_types(self, shapes: Iterable[Shape | None]) -> PQGen[KnownTypes]:
        """What the database says now about the types in shapes; their loaders are registered."""
        names = sorted(type_names(shapes))
        if not names:
            return KnownTypes()
        rows = yield from self.ask(FIELDS_OF_NAMES, _dump_names(names), _TEXT_ARRAY, 1)
        known = read_known(names, rows)
        parts = {type_ for fields in known.fields.values() for _, type_ in fields}
        absent = [name for name, oid in known.oids.items() if not oid]
        if absent:
            raise ShapeMismatch(
                f"the database has no type {', '.join(absent)}, for which this code was generated:"
                " run the generator again, or migrate the database"
            )
        types = yield from self.types([*known.oids.values(), *parts])
        for oid in types:
            catalogue.register(self.link.adapters, oid, types)
        return known

    def _shaped(
        self, takes: tuple[Shape | None, ...], bindings: list[Binding]
    ) -> PQGen[list[Binding]]:
        """The bindings of parameters that hold rows."""
        known = yield from self.known_types(takes)
        oids = {type_ for fields in known.fields.values() for _, type_ in fields}
        types = yield from self.types(oids, bound=True)
        chosen = self.link.chosen
        of_fields = {oid: catalogue.binding_of(oid, types, chosen) for oid in oids}
        return [
            shaped_binding(shape, binding, known, of_fields) if shape is not None else binding
            for shape, binding in zip(takes, bindings, strict=True)
        ]
