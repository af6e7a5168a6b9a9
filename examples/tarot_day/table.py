"""The people of the day and what they do, through nothing but generated functions."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, get_args
from uuid import uuid4

import psycopg
from psycopg_pool import ConnectionPool

from strongroom.session import NoIdentity, session
from strongroom_db.tarot import credits, readings, transactions, users
from strongroom_db.tarot.errors import IdempotencyKeyReused, InsufficientCredits
from strongroom_db.tarot.rows import DrawReadingRow
from strongroom_db.tarot.types import ReadingsSpreadType
from tarot_day import deck

Say = Callable[[str], None]
QUESTIONS = (
    "Should I take the offer from the other city?",
    "What do I not see about my brother?",
    "How does this year want to end?",
    None,
)


def _credits(count: int) -> str:
    return f"{count} credit" if count == 1 else f"{count} credits"


@dataclass
class Table:
    """A day at the tarot table.

    pool    connections of strongroom_login, which owns nothing
    say     prints one line
    """

    pool: ConnectionPool[Any]
    say: Say
    chance: random.Random = field(default_factory=lambda: random.Random(78))  # noqa: S311 (cards, not keys)
    day: str = field(default_factory=lambda: uuid4().hex[:8])
    """Part of every idempotency key, so that another day is another day."""

    def join(self, telegram_id: int, username: str) -> int:
        """A person writes to the bot for the first time, or comes back."""
        with session(self.pool, app="tarot", actor="telegram-bot") as db:
            user_id = users.register_user(db, telegram_id=telegram_id, username=username)
        with session(self.pool, app="tarot", user_id=user_id) as db:
            users.touch_user(db)
            self.say(f"{username} sits down with {_credits(credits.get_balance(db))}")
        return user_id

    def buy(self, user_id: int, amount: int) -> None:
        """Credits are bought; the provider's webhook arrives twice."""
        payment, price = f"pay_{self.day}_{user_id}", Decimal(amount) / 10
        with session(self.pool, app="tarot", user_id=user_id) as db:
            credits.start_purchase(
                db,
                amount=amount,
                payment_reference=payment,
                idempotency_key=f"{payment}_start",
                price=price,
                currency="EUR",
            )
        with session(self.pool, app="tarot", role="worker", actor="payment-webhook") as db:
            first, again = (
                credits.complete_purchase(
                    db, payment_reference=payment, price=price, currency="EUR"
                )
                for _ in range(2)
            )
        once = "credited once" if first == again else "CREDITED TWICE"
        self.say(f"{_credits(amount)} bought; the webhook came twice and was {once}")
        self.say(f"  balance {first.credits_before} -> {first.credits_after}")

    def read(self, user_id: int, spread: ReadingsSpreadType) -> DrawReadingRow:
        """A reading is paid for and drawn, both or neither."""
        with session(self.pool, app="tarot", user_id=user_id) as db:
            count = {s.spread_type: s.card_count for s in readings.list_spreads(db)}[spread]
            cards = deck.draw(count, self.chance)
            drawn = readings.draw_reading(
                db,
                spread_type=spread,
                question=self.chance.choice(QUESTIONS),
                cards=cards,
                interpretation=deck.interpret(cards),
                idempotency_key=f"{self.day}_{spread}",
            )
        names = ", ".join(deck.NAMES[c.card] for c in cards[:3])
        more = f" and {count - 3} more" if count > 3 else ""
        self.say(f"{spread}: {_credits(drawn.price)}, {drawn.balance} left: {names}{more}")
        return drawn

    def read_every_spread(self, user_id: int) -> DrawReadingRow:
        """All nine spreads, one after the other; gives the last."""
        return [self.read(user_id, spread) for spread in get_args(ReadingsSpreadType)][-1]

    def read_too_much(self, user_id: int) -> None:
        """Somebody without credits asks for the largest spread."""
        try:
            self.read(user_id, "yearly_path")
        except InsufficientCredits as refused:
            self.say(f"InsufficientCredits [{refused.sqlstate}]: {refused.message}; {refused.hint}")

    def repeat(self, user_id: int) -> None:
        """An answer got lost: the same key gets it again; with another request it is refused."""
        key = f"{self.day}_tip"
        with session(self.pool, app="tarot", user_id=user_id) as db:
            first = credits.spend_credits(db, amount=1, idempotency_key=key)
            again = credits.spend_credits(db, amount=1, idempotency_key=key)
            same = "the same answer" if first == again else "ANOTHER ANSWER"
            self.say(f"{_credits(1)} spent, asked again with the same key: {same}")
            try:
                credits.spend_credits(db, amount=5, idempotency_key=key)
            except IdempotencyKeyReused as refused:
                self.say(f"IdempotencyKeyReused [{refused.sqlstate}]: {refused.message}")

    def refund(self, user_id: int, drawn: DrawReadingRow) -> None:
        """The last reading is given back, by a worker."""
        with session(self.pool, app="tarot", role="worker", actor="support") as db:
            back = credits.refund_transaction(
                db,
                user_id=user_id,
                transaction_id=drawn.transaction_id,
                idempotency_key=f"{self.day}_refund",
            )
        self.say(f"reading {drawn.reading_id} refunded: {_credits(back.amount)} back")

    def page(self, user_id: int) -> None:
        """The history, page by page, newest first."""
        with session(self.pool, app="tarot", user_id=user_id) as db:
            page = readings.list_readings(db, limit=4)
            sizes = [len(page)]
            while page.next is not None and len(sizes) < 3:
                page = readings.list_readings(db, limit=4, after=page.next)
                sizes.append(len(page))
            total = readings.count_readings(db)
        self.say(f"{total} readings in all; the first pages hold {sizes}")

    def look_at_others(self, mine: int, other: int, reading: int) -> None:
        """Another person, and nobody at all, see nothing of it."""
        with session(self.pool, app="tarot", user_id=other) as db:
            found = readings.get_reading(db, reading_id=reading)
            moved = transactions.list_transactions(db, limit=100)
        seen = sum(1 for row in moved if row.user_id == mine)
        self.say(f"person {other} asks for reading {reading} of person {mine}: {found}")
        self.say(f"  and finds {seen} of their transactions")
        try:
            with session(self.pool, app="tarot") as db:
                readings.list_readings(db)
        except NoIdentity as refused:
            self.say(f"NoIdentity: {refused}")
        try:
            with self.pool.connection() as raw:
                raw.execute("SELECT count(*) FROM tarot.readings")
        except psycopg.errors.InsufficientPrivilege as refused:
            self.say(f"plain SQL as the application's login: {refused.diag.message_primary}")

    def reconcile(self) -> int:
        """How many ways balances and ledger disagree; 0 or something is broken."""
        with session(self.pool, app="tarot", role="worker", actor="reconciliation") as db:
            breaks = transactions.list_ledger_breaks(db)
        self.say(f"{len(breaks)} breaks in the ledger")
        return len(breaks)
