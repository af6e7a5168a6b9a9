"""The policies of row level security, with their conditions as the server's own trees."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any

import psycopg
from psycopg.rows import dict_row

from strongroom_codegen.tree import Node, parse_tree

_COMMANDS = {"r": "select", "a": "insert", "w": "update", "d": "delete", "*": "all"}


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of a table; `roles` holds `public` where it is for everyone."""

    relation: int
    name: str
    command: str
    roles: tuple[str, ...]
    conditions: tuple[Node, ...]


def read_policies(connection: psycopg.Connection[Any]) -> tuple[Policy, ...]:
    """Every policy of the database, by table and name."""
    text = (resources.files("strongroom_codegen") / "sql" / "policies.sql").read_text("utf-8")
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(text.encode()).fetchall()
    return tuple(
        Policy(
            row["relation"],
            row["name"],
            _COMMANDS[row["command"]],
            tuple(row["roles"]),
            tuple(parse_tree(row[key]) for key in ("qual", "with_check") if row[key]),
        )
        for row in rows
    )
