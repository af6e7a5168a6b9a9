"""The generator's own questions to the catalogue: each is a file of sql/."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from importlib import resources
from typing import Any, TypeAlias

import psycopg
from psycopg.rows import dict_row

Rows: TypeAlias = dict[str, list[dict[str, Any]]]
"""By the name of a question: its answer."""


class Questions:
    """Several questions, sent at once: the server works while the client does something else.

    Until the answers are read, the connection can do nothing else. The longest one had better be
    the last, for the server stops at what nobody reads yet.
    """

    def __init__(self, connection: psycopg.Connection[Any], names: Iterable[str]) -> None:
        self._pipeline = ExitStack()
        pipeline = self._pipeline.enter_context(connection.pipeline())
        self._cursors = {name: _ask(connection, name) for name in names}
        pipeline.sync()

    def read(self) -> Rows:
        """Every answer."""
        with self._pipeline:
            return {name: cursor.fetchall() for name, cursor in self._cursors.items()}


def _ask(connection: psycopg.Connection[Any], name: str) -> psycopg.Cursor[dict[str, Any]]:
    text = (resources.files("strongroom_codegen") / "sql" / f"{name}.sql").read_text("utf-8")
    return connection.cursor(row_factory=dict_row).execute(text.encode())
