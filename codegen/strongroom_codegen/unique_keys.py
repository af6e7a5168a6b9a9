"""Unique keys of tables, read from their indexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from strongroom_codegen.tree import Node, conjuncts, parse_tree


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """No two rows agree in these columns: of those rows that the conditions are all true for.

    Rows with a NULL in one of the columns are told apart, unless `nulls_alike`.
    """

    columns: frozenset[int]
    nulls_alike: bool
    conditions: tuple[Node, ...]


def unique_key(row: dict[str, Any]) -> UniqueKey:
    """A key as the catalogue has it; columns that the index only carries are left out."""
    predicate = parse_tree(row["predicate"]) if row["predicate"] else None
    return UniqueKey(
        columns=frozenset(row["columns"][: row["width"]]),
        nulls_alike=row["nulls_alike"],
        conditions=tuple(conjuncts(predicate)),
    )
