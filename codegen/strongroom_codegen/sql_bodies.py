"""The analysed bodies of SQL functions that were written as a string."""

from __future__ import annotations

from importlib import resources
from typing import Any

import psycopg
from psycopg.rows import dict_row

_BODY = (
    "SELECT prosqlbody::text FROM pg_catalog.pg_proc WHERE proname = 'strongroom_body'"
    " AND pronamespace = pg_catalog.pg_my_temp_schema()"
)


def read_sql_bodies(connection: psycopg.Connection[Any]) -> dict[int, str]:
    """OID -> tree, as if the body stood in BEGIN ATOMIC; without those that can't stand there.

    The server keeps no tree of a string, and may read it differently at each call: names are
    looked up as the function's own search_path says, else as this session's.
    """
    text = (resources.files("strongroom_codegen") / "sql" / "sql_functions.sql").read_text("utf-8")
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(text.encode()).fetchall()
    found = {}
    for row in rows:
        body = _body(connection, row)
        if body:
            found[row["oid"]] = body
    return found


def _body(connection: psycopg.Connection[Any], row: dict[str, Any]) -> str | None:
    head = f"CREATE FUNCTION pg_temp.strongroom_body({row['arguments']}) RETURNS {row['result']}"
    create = f"{head} LANGUAGE sql BEGIN ATOMIC {row['source']}\n; END"
    try:
        with connection.transaction(force_rollback=True):
            if row["search_path"] is not None:
                path = (row["search_path"],)
                connection.execute("SELECT pg_catalog.set_config('search_path', %s, true)", path)
            connection.execute(create.encode())
            found = connection.execute(_BODY).fetchone()
    except psycopg.Error:
        # Statements that a body of this form can't hold stay unknown.
        return None
    return found[0] if found else None
