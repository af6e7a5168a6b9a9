"""Which columns can be NULL, on every server, by expectation; test_oracle runs the same queries."""

from __future__ import annotations

import pytest

from tests.python.codegen.cases import Case, read_cases
from tests.python.codegen.oracle import Shop, analysed

CASES = read_cases()

by_name = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 100


@by_name
def test_each_column_is_nullable_where_it_can_be_null(shop: Shop, case: Case) -> None:
    if shop[1].server_version < case.needs:
        pytest.skip(f"PostgreSQL {case.needs} has this")
    found = analysed(shop, case.prepared)
    said = tuple(c.name + "?" * c.verdict.nullable for c in found.columns)
    reasons = "\n".join(f"{c.name}: {c.verdict.reason}" for c in found.columns)
    assert said == case.expected, reasons
