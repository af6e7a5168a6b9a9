"""The history of a person, who has spent far more than a page shows."""

from __future__ import annotations

from strongroom_db.tarot.readings import LIST_READINGS
from tests.python.plans import rows_read
from tests.python.tarot.conftest import Bot, row

PAGE = 20

_MOVEMENTS = """
INSERT INTO tarot.transactions (
    user_id, type, amount, credits_before, credits_after, account_version, status, idempotency_key,
    completed_at
)
SELECT u.id, 'reading', -1, 2, 1, n, 'completed', 'key-' || n, now()
FROM tarot.users AS u
CROSS JOIN generate_series(1, 100) AS n
"""
_READINGS = """
INSERT INTO tarot.readings (user_id, spread_type, cards, interpretation, transaction_id)
SELECT t.user_id, 'single', '[{"card": "death", "position": 1, "reversed": true}]', 'Change.', t.id
FROM tarot.transactions AS t
"""


def test_a_page_reads_no_more_movements_than_it_shows(bot: Bot) -> None:
    """[T-17] However many there are; a plain join read them all for each page."""
    ann, *_others = [bot.person() for _ in range(50)]
    admin = bot.database.admin()
    admin.execute("SET session_replication_role = replica")
    admin.execute(_MOVEMENTS)
    admin.execute(_READINGS)
    admin.execute("ANALYZE tarot.transactions, tarot.readings")

    app = bot.app(ann)
    app.execute(f"PREPARE page AS {LIST_READINGS[False, False].sql}".encode())
    for mode in ("custom", "generic"):
        app.execute(f"SET plan_cache_mode = force_{mode}_plan".encode())
        (plan,) = row(app, f"EXPLAIN (ANALYZE, FORMAT json) EXECUTE page ({PAGE})")
        assert plan[0]["Plan"]["Actual Rows"] == PAGE
        assert rows_read(plan[0]["Plan"], "transactions") <= PAGE, plan
