"""What a kind asks of its query, beyond what PostgreSQL asks of every statement."""

from __future__ import annotations

import re
from typing import Any

import psycopg

from strongroom_codegen.annotations import AnnotatedQuery
from strongroom_codegen.describe import refusal_of
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.parameters import PreparedQuery

_OPTION_OF = {"fetch": ("stream", 100_000)}


def check_kind(
    connection: psycopg.Connection[Any], prepared: PreparedQuery, diagnostics: Diagnostics
) -> bool:
    """Whether a query that the server takes can be of its kind; what is in the way is reported."""
    if prepared.query.kind != "stream":
        return True
    declared = f"DECLARE strongroom_check NO SCROLL CURSOR FOR {prepared.variants[0].sql}"
    refusal = refusal_of(connection, declared)
    if refusal:
        diagnostics.error(
            prepared.query.place,
            "a :stream query is read by a cursor, which PostgreSQL has only for SELECT and VALUES"
            " that change no rows in WITH",
            "make it :many",
        )
    return refusal is None


def whole_number(query: AnnotatedQuery, name: str, diagnostics: Diagnostics) -> int | None:
    """The number of rows that `@fetch` gives; None when it is not there."""
    option = query.option(name)
    if option is None:
        return None
    kind, most = _OPTION_OF[name]
    if query.kind != kind:
        diagnostics.error(
            option.place, f"@{name} is for :{kind} queries, and this one is :{query.kind}"
        )
    elif not re.fullmatch(r"[1-9]\d{0,6}", option.argument) or int(option.argument) > most:
        diagnostics.error(
            option.place,
            f"@{name} is a number of rows from 1 to {most}",
            f"write: @{name} 1000",
        )
    else:
        return int(option.argument)
    return None
