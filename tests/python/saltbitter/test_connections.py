"""The program's pool, as the page of the app says."""

from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any
from uuid import UUID

import pytest
from psycopg_pool import ConnectionPool

from strongroom.session import session
from strongroom_db.saltbitter import users
from tests.python.saltbitter.conftest import Platform

PAGE = Path(__file__).parents[3] / "docs" / "apps" / "saltbitter.md"


def test_five_connections_and_ten_more(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """[S-08] Thirty callers share fifteen; an hour is all that one lives; tests have their own."""
    assert "DATABASE_URL" not in os.environ
    monkeypatch.setenv("DATABASE_URL", platform.database.url("strongroom_login"))
    block = re.search(r"<!-- pool -->\n```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert block is not None
    names: dict[str, Any] = {}
    exec(compile(block[1], PAGE.name, "exec"), names)
    pool: ConnectionPool = names["pool"]
    ann = platform.account()
    fifteen = Barrier(15)

    def who(_: int) -> UUID:
        with session(pool, app="saltbitter", user_id=ann) as db, db.transaction():
            found = users.get_user(db).id
            # Nobody goes on before fifteen are here at the same moment.
            fifteen.wait(60)
            return found

    with pool, ThreadPoolExecutor(30) as callers:
        pool.wait(60)
        assert pool.get_stats()["pool_size"] == 5
        assert list(callers.map(who, range(30))) == [ann] * 30
        assert pool.get_stats()["pool_size"] == 15
        assert pool.max_lifetime == 3600
