"""The names of the rules, and what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from strongroom_codegen.model import QueryModel, VariantModel

RULES = {
    "denied": "the role may not run the query",
    "missing-index": "a large table is read whole where an index would find the rows",
    "nested-loop": "a table is read whole again for each row of another",
    "not-leakproof": "a condition can't use its index under row level security",
    "offset": "OFFSET reads what it skips",
    "policy-call": "a policy calls a function for each row",
    "policy-subquery": "a policy holds a subquery that no index serves",
    "select-star": "`*` changes with the table",
    "seq-scan": "a large table is read whole",
    "sort": "many rows are sorted",
    "unbounded-many": ":many without a limit",
}

SMALL = 1_000
"""Up to so many rows a table counts as small: listing it whole is fine."""
DEFAULT = 10_000
"""Rows of a table without @rows."""
MANY = 10_000
"""Sorting so many rows, or reading so many again and again, is a finding."""
LARGE = 100_000
"""Reading a table of so many rows whole is a finding."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that a query breaks.

    about  what tells one finding of a rule in a query from another, as a table
    when  which variant, in words; empty when it is the query as it stands
    """

    rule: str
    query: QueryModel
    about: str
    why: str
    mend: str
    when: str = field(default="", compare=False)

    def document(self) -> dict[str, Any]:
        """For programs."""
        return {
            "rule": self.rule,
            "query": self.query.full_name,
            "file": self.query.file,
            "line": self.query.line,
            "why": self.why + self.when,
            "mend": self.mend,
        }


def variant_in_words(query: QueryModel, variant: VariantModel) -> str:
    """Which of several SQL texts a finding is about."""
    left_out = [f":{name}" for name in query.optional if name not in variant.given]
    parts = [f"without {', '.join(left_out)}"] if left_out else []
    if variant.order and variant.order != query.orders[0]:
        parts.append(f"sorted by {variant.order}")
    return f" ({', '.join(parts)})" if parts else ""


def count(rows: float) -> str:
    """A number of rows for people."""
    return f"{rows:,.0f}"
