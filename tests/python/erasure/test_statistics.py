"""What the planner keeps of a table that an erasure has emptied."""

from __future__ import annotations

import pytest

from tests.python.erasure.conftest import House


def test_statistics_of_a_table_that_is_empty_now_are_gone(house: House) -> None:
    """[A-46] ANALYZE leaves them as they are, with the values that they were made of."""
    if house.admin.info.server_version < 180000:
        pytest.skip("PostgreSQL removes statistics since 18")
    house.admin.execute("DELETE FROM probe.likes WHERE user_id <> 2")
    house.admin.execute("DELETE FROM probe.posts WHERE user_id <> 2")
    house.admin.execute("ANALYZE probe.posts")
    query = (
        "SELECT count(*) FROM pg_stats AS s WHERE s.schemaname = 'probe' AND s.tablename = 'posts'"
    )
    assert house.value(query) > 0
    assert house.erase(house.approved(2)).state == "done"
    assert house.value(query) == 0
    # Of tables in which others are left there are new ones.
    assert house.value(query.replace("posts", "users")) > 0
