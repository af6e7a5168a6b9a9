"""Unique keys of tables, read from their indexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from strongroom_codegen.tree import parse_tree


@dataclass(frozen=True, slots=True)
class UniqueKey:
    """Columns of which no two rows agree; a partial one only where `not_null` columns are set."""

    columns: frozenset[int]
    needs_not_null: frozenset[int]


def unique_key(row: dict[str, Any]) -> UniqueKey | None:
    """The key that an index keeps; None for a partial one with another condition."""
    columns = frozenset(row["columns"][: row["width"]])
    if row["predicate"] is None:
        return UniqueKey(columns, frozenset())
    # A partial key counts where its condition is only that its own columns are set.
    predicate = parse_tree(row["predicate"])
    tests = predicate["args"] if predicate["node"] == "BOOLEXPR" else [predicate]
    needed = set()
    for test in tests:
        if (
            test["node"] != "NULLTEST"
            or test["nulltesttype"] != "1"
            or test["arg"]["node"] != "VAR"
            or (predicate["node"] == "BOOLEXPR" and predicate["boolop"] != "and")
        ):
            return None
        needed.add(int(test["arg"]["varattno"]))
    return UniqueKey(columns, frozenset(needed)) if needed <= columns else None
