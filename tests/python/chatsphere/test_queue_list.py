"""The list of sources of a bot with a long queue."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from strongroom_db.chatsphere.training_sources import LIST_SOURCES
from tests.python.chatsphere.conftest import Platform, row
from tests.python.plans import looks_at, rows_read

PAGE = 50

_MANY = """
INSERT INTO chatsphere.training_sources (user_id, chatbot_id, source_type, content, content_hash)
SELECT %s, %s, 'text', 'text ' || n, sha256(n::text::bytea) FROM generate_series(1, 1000) AS n
"""
_QUEUE = """
INSERT INTO chatsphere.training_jobs (user_id, chatbot_id, source_id)
SELECT s.user_id, s.chatbot_id, s.id FROM chatsphere.training_sources AS s
ON CONFLICT DO NOTHING
"""
_LEARNED = "UPDATE chatsphere.training_sources SET status = 'completed', processed_at = now()"
_QUEUE_NEWEST = """
WITH newest AS (
    UPDATE chatsphere.training_sources AS s
    SET status = 'pending', processed_at = NULL
    WHERE s.id = (
        SELECT n.id FROM chatsphere.training_sources AS n
        ORDER BY n.created_at DESC, n.id DESC LIMIT 1
    )
    RETURNING s.user_id, s.chatbot_id, s.id
)
INSERT INTO chatsphere.training_jobs (user_id, chatbot_id, source_id) SELECT * FROM newest
"""


def test_a_page_reads_no_more_jobs_than_it_shows(platform: Platform) -> None:
    """However many wait, and whatever statistics say; a plain join looked at all of them."""
    ann = platform.person("enterprise")
    bot = platform.bot(ann)
    admin = platform.database.admin()
    admin.execute(_MANY.encode(), (ann, bot))
    admin.execute("ANALYZE chatsphere.training_sources, chatsphere.training_jobs")
    admin.execute(_QUEUE.encode())

    for plan in _plans_of_a_page(platform, ann, bot):
        assert rows_read(plan, "training_jobs") <= PAGE, plan


def test_what_waits_for_nothing_is_not_looked_for_in_the_queue(platform: Platform) -> None:
    ann = platform.person("enterprise")
    bot = platform.bot(ann)
    admin = platform.database.admin()
    admin.execute(_MANY.encode(), (ann, bot))
    admin.execute(_LEARNED.encode())
    for plan in _plans_of_a_page(platform, ann, bot):
        assert looks_at(plan, "training_jobs") == 0, plan
    admin.execute(_QUEUE_NEWEST.encode())
    for plan in _plans_of_a_page(platform, ann, bot):
        assert looks_at(plan, "training_jobs") == 1, plan


def _plans_of_a_page(platform: Platform, user: Any, bot: Any) -> Iterator[dict[str, Any]]:
    """What the first page did, planned for it and planned for any."""
    app = platform.app(user)
    app.execute(f"PREPARE page AS {LIST_SOURCES[False, False].sql}".encode())
    for mode in ("custom", "generic"):
        app.execute(f"SET plan_cache_mode = force_{mode}_plan".encode())
        (plan,) = row(app, f"EXPLAIN (ANALYZE, FORMAT json) EXECUTE page ('{bot}', {PAGE})")
        assert plan[0]["Plan"]["Actual Rows"] == PAGE
        yield plan[0]["Plan"]
