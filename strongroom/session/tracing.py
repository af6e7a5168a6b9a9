"""What a program can have noted of each call: a comment in the SQL, an observer around it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar
from urllib.parse import quote

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from strongroom.session.statement import Statement

R = TypeVar("R")
Observe: TypeAlias = "Callable[[Statement[Any]], AbstractContextManager[object]]"


@dataclass(frozen=True, slots=True)
class Tracing:
    """Made once by a program and given to its sessions; without it, a call pays for nothing.

    `tags`: ends each statement with a comment of these and `query`, its name, in the form of
    sqlcommenter, for `pg_stat_statements`, logs and `pg_stat_activity`. The comment is part of the
    prepared statement: tags that differ from call to call (a trace id) would prepare it anew each
    time; `request_id` of the session is the place for those. None: no comment.
    `observe`: called with the statement; its context manager is open while the call runs, and sees
    the exception that ends it. `strongroom.session.telemetry.spans()` is one.
    """

    tags: Mapping[str, str] | None = None
    observe: Observe | None = None
    comment: str | None = field(init=False)
    """The tags as they stand in the comment."""

    def __post_init__(self) -> None:
        tags = self.tags
        if tags is not None and "query" in tags:
            raise ValueError('the tag "query" is the name of the statement, and set for each')
        comment = (
            None if tags is None else "".join(sorted(f"{_pair(*tag)}," for tag in tags.items()))
        )
        object.__setattr__(self, "comment", comment)


def commented(sql: str, name: str, comment: str | None) -> str:
    """The SQL with its comment at the end, where no parameter's position moves."""
    return sql if comment is None else f"{sql}\n/*{comment}{_pair('query', name)}*/"


def watched(observe: Observe, statement: Statement[Any], call: PQGen[R]) -> PQGen[R]:
    """The call with an observer around it."""
    with observe(statement):
        return (yield from call)


def _pair(key: str, value: str) -> str:
    # What is quoted so can't hold the end of the comment.
    return f"{quote(key, safe='')}='{quote(value, safe='')}'"
