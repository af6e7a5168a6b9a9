"""The ledger against a model of it in Python: the same calls, the same answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.python.fix_databases import Connection
from tests.python.tarot.conftest import Bot, row

_COLUMNS = "type, amount, credits_before, credits_after, status, account_version"
_CALLS = {
    "spend": f"SELECT {_COLUMNS} FROM tarot.spend_credits(%s, %s)",
    "bonus": f"SELECT {_COLUMNS} FROM tarot.grant_bonus(kernel.user_bigint(), %s, %s)",
    "start": f"SELECT {_COLUMNS} FROM tarot.start_purchase(%s, %s, %s)",
    "complete": f"SELECT {_COLUMNS} FROM tarot.complete_purchase(%s)",
    "fail": f"SELECT {_COLUMNS} FROM tarot.fail_purchase(%s, 'declined')",
    "refund": f"SELECT {_COLUMNS} FROM tarot.refund_transaction(kernel.user_bigint(), %s, %s)",
}
_ROLES = {"spend": "tarot_app", "start": "tarot_app"}


class RefusedError(Exception):
    """The model refuses, with the SQLSTATE that the database must answer."""


@dataclass(slots=True)
class Movement:
    """A row of the ledger, as the model keeps it."""

    type: str
    amount: int
    before: int
    status: str = "completed"
    version: int | None = None
    reference: str | None = None
    refunds: int | None = None

    def answer(self) -> tuple[Any, ...]:
        after = self.before + (self.amount if self.version else 0)
        return (self.type, self.amount, self.before, after, self.status, self.version)


@dataclass(slots=True)
class Model:
    """One account: the rules of the ledger once more, in the fewest words."""

    balance: int = 0
    version: int = 1
    rows: list[Movement] = field(default_factory=list)
    keys: dict[str, int] = field(default_factory=dict)

    def spend(self, amount: int, key: str) -> Movement:
        return self._once(key, lambda m: (m.type, m.amount) == ("reading", -amount)) or self._add(
            key, Movement("reading", -amount, self.balance)
        )

    def bonus(self, amount: int, key: str) -> Movement:
        return self._once(key, lambda m: (m.type, m.amount) == ("bonus", amount)) or self._add(
            key, Movement("bonus", amount, self.balance)
        )

    def start(self, amount: int, reference: str, key: str) -> Movement:
        def same(m: Movement) -> bool:
            return (m.type, m.amount, m.reference) == ("purchase", amount, reference)

        if found := self._once(key, same):
            return found
        if any(m.reference == reference for m in self.rows):
            raise RefusedError("TR012")
        bought = Movement("purchase", amount, self.balance, "pending", reference=reference)
        self.keys[key] = len(self.rows)
        self.rows.append(bought)
        return bought

    def complete(self, reference: str) -> Movement:
        bought = self._purchase(reference)
        if bought.status == "failed":
            raise RefusedError("TR004")
        if bought.status == "pending":
            bought.before, bought.status = self.balance, "completed"
            self._move(bought)
        return bought

    def fail(self, reference: str) -> Movement:
        bought = self._purchase(reference)
        if bought.status in ("completed", "refunded"):
            raise RefusedError("TR004")
        bought.status = "failed"
        return bought

    def refund(self, number: int, key: str) -> Movement:
        if found := self._once(key, lambda m: m.refunds == number):
            return found
        if number >= len(self.rows):
            raise RefusedError("TR008")
        original = self.rows[number]
        if original.status == "refunded":
            raise RefusedError("TR006")
        if original.status != "completed" or original.type not in ("purchase", "reading"):
            raise RefusedError("TR007")
        moved = Movement("refund", -original.amount, self.balance, refunds=number)
        self._add(key, moved)
        original.status = "refunded"
        return moved

    def _once(self, key: str, same: Callable[[Movement], bool]) -> Movement | None:
        if key not in self.keys:
            return None
        found = self.rows[self.keys[key]]
        if not same(found):
            raise RefusedError("TR002")
        return found

    def _add(self, key: str, movement: Movement) -> Movement:
        self._move(movement)
        self.keys[key] = len(self.rows)
        self.rows.append(movement)
        return movement

    def _move(self, movement: Movement) -> None:
        if self.balance + movement.amount < 0:
            raise RefusedError("TR001")
        self.balance += movement.amount
        self.version += 1
        movement.version = self.version

    def _purchase(self, reference: str) -> Movement:
        found = [m for m in self.rows if m.reference == reference]
        if not found:
            raise RefusedError("TR005")
        return found[0]


_amounts = st.integers(1, 20)
_keys = st.sampled_from([f"key-{n}" for n in range(9)])
_references = st.sampled_from([f"pay-{n}" for n in range(4)])
_calls = st.one_of(
    st.tuples(st.just("spend"), _amounts, _keys),
    st.tuples(st.just("bonus"), _amounts, _keys),
    st.tuples(st.just("start"), _amounts, _references, _keys),
    st.tuples(st.just("complete"), _references),
    st.tuples(st.just("fail"), _references),
    st.tuples(st.just("refund"), st.integers(0, 9), _keys),
)


def test_the_ledger_does_what_its_model_does(bot: Bot) -> None:
    """[T-15] [T-16] [T-F7, T-F8, T-F9, T-F10, T-F11, T-F14] Any calls, in any order."""
    person = bot.person()
    connection = bot.database.connect(user_id=person)

    @settings(
        max_examples=40,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.lists(_calls, min_size=5, max_size=30))
    def check(calls: list[tuple[Any, ...]]) -> None:
        with connection.transaction(force_rollback=True):
            _compare(connection, person, calls)

    check()


def _compare(connection: Connection, person: int, calls: list[tuple[Any, ...]]) -> None:
    model = Model()
    ids: list[int] = []
    for name, *values in calls:
        expected: tuple[Any, ...] | str
        try:
            expected = getattr(model, name)(*values).answer()
        except RefusedError as refusal:
            expected = str(refusal)
        if name == "refund":
            values[0] = ids[values[0]] if values[0] < len(ids) else -1
        assert _call(connection, name, values) == expected, (name, values)
        mine = connection.execute(
            "SELECT id FROM tarot.transactions WHERE user_id = %s ORDER BY id", (person,)
        )
        ids = [id_ for (id_,) in mine]
    account = "SELECT balance, version FROM tarot.credits WHERE user_id = %s"
    assert row(connection, account, person) == (model.balance, model.version)
    assert connection.execute("SELECT * FROM tarot.ledger_breaks").fetchall() == []


def _call(connection: Connection, name: str, values: list[Any]) -> tuple[Any, ...] | str:
    try:
        with connection.transaction():
            connection.execute(f"SET LOCAL ROLE {_ROLES.get(name, 'tarot_worker')}".encode())
            found = row(connection, _CALLS[name], *values)
    except psycopg.Error as error:
        connection.execute("SET LOCAL ROLE tarot_worker")
        return error.sqlstate or ""
    connection.execute("SET LOCAL ROLE tarot_worker")
    return found
