"""What the runtime remembers about one connection: its statements, types and open transaction."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg.adapt import AdaptersMap

from strongroom.session.errors import SessionError
from strongroom.session.loaders import ADAPTERS
from strongroom.session.values import BINARY, BINDINGS, Binding

if TYPE_CHECKING:
    from psycopg.abc import Transformer

    from strongroom.session.codecs import Chosen
    from strongroom.session.conversation import Conversation
    from strongroom.session.statement import Statement

PREPARED_MAX = 400
"""Prepared statements kept on one connection; the one prepared first goes first."""


class Plan:
    """One statement on one connection: how it is bound, run and loaded."""

    __slots__ = (
        "column_oids",
        "columns_known",
        "convert",
        "direct",
        "dumps",
        "formats",
        "name",
        "oids",
        "result_format",
        "sql",
        "tx",
    )

    def __init__(
        self, sql: bytes, bindings: list[Binding], dumps: list[Callable[[Any], bytes]]
    ) -> None:
        self.sql = sql
        self.name: bytes | None = None
        self.oids = [binding.oid for binding in bindings]
        self.formats = [binding.format for binding in bindings]
        self.dumps = dumps
        self.result_format = BINARY
        self.column_oids: list[int] = []
        self.columns_known = False
        # How a call that went well loaded its result, where the next one needs nothing but to be
        # sent: see `Engine.call`.
        self.direct: Callable[..., object] | None = None
        self.tx: Transformer | None = None
        self.convert: Callable[[tuple[Any, ...]], tuple[Any, ...]] | None = None

    def forget(self) -> None:
        """Take it for not prepared, with columns that are not known."""
        self.name = None
        self.columns_known = False
        self.direct = None


class Link:
    """State of one psycopg connection, shared by the sessions that use it one after the other."""

    def __init__(self, connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
        self.pgconn = connection.pgconn
        self.adapters = AdaptersMap(ADAPTERS)
        self.bindings: dict[str, Binding] = dict(BINDINGS)
        self.plans: dict[Statement[Any], Plan] = {}
        self.codecs: dict[str, Chosen] = {}
        """By type the codec that this connection uses."""
        self.chosen: dict[int, Binding] = {}
        """By OID, of the types that have a codec, and of their arrays."""
        self.comment: str | None = None
        """The tags of the sessions that made the plans."""
        self.identity_name: bytes | None = None
        self.to_close: list[bytes] = []
        self.owner: Conversation | None = None
        """The session whose identity the open transaction has."""
        self.may_have_identity = False
        """Whether a transaction may still have that of a session that has ended."""
        # Behind a pooler without support for prepared statements another client's statement would
        # be run, if it had the same name.
        self._prefix = f"strongroom_{secrets.token_hex(6)}_".encode()
        self._numbers = count(1)

    def new_name(self) -> bytes:
        """A name that no statement on this connection, or another client's, ever had."""
        return b"%b%d" % (self._prefix, next(self._numbers))

    def remember(self, statement: Statement[Any], plan: Plan) -> None:
        """Keep a plan; past the limit the oldest is given up."""
        if len(self.plans) >= PREPARED_MAX:
            oldest = next(iter(self.plans))
            self.drop(self.plans.pop(oldest))
        self.plans[statement] = plan

    def drop(self, plan: Plan) -> None:
        """Have the server forget a plan's prepared statement with the next call."""
        if plan.name is not None:
            self.to_close.append(plan.name)
        plan.forget()

    def forget_prepared(self) -> None:
        """Somebody dropped prepared statements: take none for granted."""
        self.identity_name = None
        self.to_close.clear()
        for plan in self.plans.values():
            plan.forget()

    def use_comment(self, comment: str | None) -> None:
        """Prepare every statement anew where the tags of this session are other ones."""
        if self.comment == comment:
            return
        for plan in self.plans.values():
            self.drop(plan)
        self.plans.clear()
        self.comment = comment

    def forget_types(self) -> None:
        """Types were made anew under their old names: ask for them again, and plan everything."""
        for plan in self.plans.values():
            self.drop(plan)
        self.plans.clear()
        self.bindings = dict(BINDINGS)
        self.codecs.clear()
        self.chosen.clear()


_links: WeakKeyDictionary[Any, Link] = WeakKeyDictionary()


def link_of(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> Link:
    """The state of this connection, made when it is first seen.

    Raises OperationalError for a closed one, SessionError for one that is not in UTF-8.
    """
    if connection.closed:
        raise psycopg.OperationalError("the connection is closed")
    encoding = connection.pgconn.parameter_status(b"client_encoding")
    if encoding != b"UTF8":
        raise SessionError(
            f"the connection's client_encoding is {(encoding or b'?').decode()}: sessions need UTF8"
        )
    link = _links.get(connection)
    if link is None:
        link = _links[connection] = Link(connection)
    return link
