"""The list of sources of a bot with a long queue."""

from __future__ import annotations

from strongroom_db.chatsphere.training_sources import LIST_SOURCES
from tests.python.chatsphere.conftest import Platform, row
from tests.python.plans import rows_read

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


def test_a_page_reads_no_more_jobs_than_it_shows(platform: Platform) -> None:
    """However many wait, and whatever statistics say; a plain join looked at all of them."""
    ann = platform.person("enterprise")
    bot = platform.bot(ann)
    admin = platform.database.admin()
    admin.execute(_MANY.encode(), (ann, bot))
    admin.execute("ANALYZE chatsphere.training_sources, chatsphere.training_jobs")
    admin.execute(_QUEUE.encode())

    app = platform.app(ann)
    app.execute(f"PREPARE page AS {LIST_SOURCES[False, False].sql}".encode())
    for mode in ("custom", "generic"):
        app.execute(f"SET plan_cache_mode = force_{mode}_plan".encode())
        (plan,) = row(app, f"EXPLAIN (ANALYZE, FORMAT json) EXECUTE page ('{bot}', {PAGE})")
        assert plan[0]["Plan"]["Actual Rows"] == PAGE
        assert rows_read(plan[0]["Plan"], "training_jobs") <= PAGE, plan
