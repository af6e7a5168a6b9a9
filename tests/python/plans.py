"""What EXPLAIN says of a query."""

from __future__ import annotations

from typing import Any


def rows_read(node: dict[str, Any], table: str) -> float:
    """How many rows of a table were read, by EXPLAIN (ANALYZE, FORMAT json): the left out, too."""
    own = 0.0
    if node.get("Relation Name") == table:
        filtered = node.get("Rows Removed by Filter", 0) + node.get(
            "Rows Removed by Join Filter", 0
        )
        own = (node["Actual Rows"] + filtered) * node["Actual Loops"]
    return own + sum(rows_read(child, table) for child in node.get("Plans", []))


def looks_at(node: dict[str, Any], table: str) -> int:
    """How often a table was looked at, by EXPLAIN (ANALYZE, FORMAT json), whatever was found."""
    own = node["Actual Loops"] if node.get("Relation Name") == table else 0
    return own + sum(looks_at(child, table) for child in node.get("Plans", []))
