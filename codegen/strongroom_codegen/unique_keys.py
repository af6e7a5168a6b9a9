"""Unique keys of tables, read from their indexes."""

from __future__ import annotations

from typing import Any

from strongroom_codegen.tree import parse_tree


def unique_key(row: dict[str, Any]) -> frozenset[int] | None:
    """The numbers of the columns of which no two rows agree, where all have values.

    None for a partial index, unless its condition is only that its own columns are not NULL.
    """
    columns = frozenset(row["columns"][: row["width"]])
    if row["predicate"] is None:
        return columns
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
    return columns if needed <= columns else None
