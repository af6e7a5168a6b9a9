"""Counters against a model of them in Python: the same statements, the same figures."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.python.fix_databases import Database
from tests.python.kernel import counted
from tests.python.kernel.counted import Connection

_Row = tuple[str | None, int | None]
_kinds = st.sampled_from(["a", "b", None])
_amounts = st.none() | st.integers(-20, 20)
_ids = st.integers(0, 5)
_steps = st.one_of(
    st.tuples(st.just("insert"), _ids, _kinds, _amounts),
    st.tuples(st.just("update"), _ids, _kinds, _amounts),
    st.tuples(st.just("delete"), _ids),
    st.tuples(st.just("fold"), st.integers(1, 3)),
    st.tuples(st.just("recount")),
)
_transactions = st.lists(st.tuples(st.lists(_steps, min_size=1, max_size=6), st.booleans()))


class _Model:
    """The rows, and who was ever counted."""

    def __init__(self) -> None:
        self.rows: dict[int, _Row] = {}
        self.ever: Counter[str | None] = Counter()

    def copy(self) -> _Model:
        other = _Model()
        other.rows, other.ever = dict(self.rows), Counter(self.ever)
        return other

    def insert(self, key: int, row: _Row) -> None:
        if key not in self.rows:
            self.rows[key] = row
            self.ever[row[0]] += 1

    def update(self, key: int, row: _Row) -> None:
        for found in [k for k in self.rows if k >= key]:
            self.ever[self.rows[found][0]] -= 1
            self.ever[row[0]] += 1
            self.rows[found] = row

    def delete(self, key: int) -> None:
        for found in [k for k in self.rows if k >= key]:
            del self.rows[found]

    def kinds(self) -> dict[str | None, tuple[int, int]]:
        found: dict[str | None, tuple[int, int]] = {}
        for kind, amount in self.rows.values():
            count, total = found.get(kind, (0, 0))
            found[kind] = (count + 1, total + (amount or 0))
        return found


@pytest.fixture
def counting(any_database: Database) -> Connection:
    """A connection to a database in which the counters are declared."""
    return counted.make(any_database)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(transactions=_transactions)
def test_a_counter_and_its_model_agree(counting: Connection, transactions: list[Any]) -> None:
    """[C-23] Inserted, moved, deleted, rolled back and folded in any order."""
    model = _Model()
    with counting.transaction(force_rollback=True):
        for steps, commits in transactions:
            draft = model.copy()
            with counting.transaction(force_rollback=not commits):
                for step in steps:
                    _take(counting, draft, *step)
            if commits:
                model = draft
        live = counting.execute("SELECT kind, counted, summed FROM tarot.kinds_live").fetchall()
        assert {kind: (n, total) for kind, n, total in live} == model.kinds()
        ever = counting.execute("SELECT kind, counted FROM tarot.kinds_ever").fetchall()
        assert dict(ever) == {kind: n for kind, n in model.ever.items() if n}
        large = sum(1 for _, amount in model.rows.values() if amount is not None and amount > 5)
        assert counting.execute("SELECT counted FROM tarot.large_live").fetchall() == [(large,)]
        assert counted.wrong(counting) == []


def _take(connection: Connection, model: _Model, step: str, *values: Any) -> None:
    match step:
        case "insert":
            key, kind, amount = values
            connection.execute(
                "INSERT INTO tarot.orders VALUES (%s, %s, %s) ON CONFLICT DO NOTHING", values
            )
            model.insert(key, (kind, amount))
        case "update":
            key, kind, amount = values
            connection.execute(
                "UPDATE tarot.orders SET kind = %s, amount = %s WHERE id >= %s",
                [kind, amount, key],
            )
            model.update(key, (kind, amount))
        case "delete":
            connection.execute("DELETE FROM tarot.orders WHERE id >= %s", values)
            model.delete(values[0])
        case "fold":
            connection.execute(
                "SELECT kernel.fold_counter(c.app, c.name, %s)"
                " FROM (SELECT app, name FROM kernel.counter) AS c",
                values,
            )
        case _:
            wrong = connection.execute("SELECT kernel.recount('tarot', 'kinds_live')").fetchone()
            assert wrong == (0,)
