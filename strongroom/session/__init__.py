"""Sessions: typed calls that carry identity, on psycopg connections and pools.

`with session(pool, app="tarot", user_id=42) as db:` and hand `db` to generated functions; or
`async with async_session(...)`. `docs/sessions.md` tells the rest.
"""

from __future__ import annotations

from strongroom.session.aio import AsyncSession, async_session
from strongroom.session.arguments import listed
from strongroom.session.codecs import Codec, enum_of
from strongroom.session.errors import (
    BadPageToken,
    BadParameter,
    DatabaseError,
    ErrorTable,
    NoIdentity,
    NoRow,
    RuleViolation,
    SessionError,
    ShapeMismatch,
    StalePlan,
    TooManyRows,
    TransactionAborted,
    TransactionConflict,
    WrongRole,
    failed_item,
)
from strongroom.session.interval import Interval
from strongroom.session.pages import read_token
from strongroom.session.records import Array, Converted, FromJson, Json, Plain, Record, Text
from strongroom.session.results import load_all, load_maybe, load_one, load_rowcount
from strongroom.session.statement import UNSET, Page, Statement, Unset
from strongroom.session.streams import AsyncStream, Stream
from strongroom.session.sync import Session, session
from strongroom.session.tracing import Tracing
from strongroom.session.values_network import IPAddress, IPNetwork

__all__ = [
    "UNSET",
    "Array",
    "AsyncSession",
    "AsyncStream",
    "BadPageToken",
    "BadParameter",
    "Codec",
    "Converted",
    "DatabaseError",
    "ErrorTable",
    "FromJson",
    "IPAddress",
    "IPNetwork",
    "Interval",
    "Json",
    "NoIdentity",
    "NoRow",
    "Page",
    "Plain",
    "Record",
    "RuleViolation",
    "Session",
    "SessionError",
    "ShapeMismatch",
    "StalePlan",
    "Statement",
    "Stream",
    "Text",
    "TooManyRows",
    "Tracing",
    "TransactionAborted",
    "TransactionConflict",
    "Unset",
    "WrongRole",
    "async_session",
    "enum_of",
    "failed_item",
    "listed",
    "load_all",
    "load_maybe",
    "load_one",
    "load_rowcount",
    "read_token",
    "session",
]
