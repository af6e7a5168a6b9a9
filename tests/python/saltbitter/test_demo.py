"""The day of this app in the demo, which the embedded server can't play."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from psycopg_pool import ConnectionPool

from tests.python.fix_databases import Database

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


def test_the_day_is_played_twice_on_one_database(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[S-43] All of it, and nobody gets at what is not theirs."""
    monkeypatch.syspath_prepend(EXAMPLES)
    stage, day = import_module("stage"), import_module("saltbitter_day.day")
    with ConnectionPool(database.url("strongroom_login"), min_size=1, max_size=2) as pool:
        for _ in range(2):
            said: list[str] = []
            made = stage.Stage(
                app="saltbitter",
                pool=pool,
                runner_url=database.url("strongroom_runner"),
                owner_url=database.url("strongroom_migrator"),
                keys=tmp_path / "keys",
                scene=said.append,
                say=said.append,
            )
            assert day.play(made) == 0
            told = "\n".join(said)
            assert "Ada wants to search: ConsentMissing [KR130]" in told
            assert re.search(r"^Ada sees Ben, \d+, within 5 km$", told, re.MULTILINE)
            assert "noted False" in told
            assert "Ada reads: Do you like chess?" in told
            assert told.count("the provider tells of 12.50 USD: succeeded") == 3
            assert "Ada: registered\nBen: EventFull [SB042]" in told
            assert "then she wants none: AiOptedOut [SB022]" in told
            assert "he writes: NotMatched [SB012]" in told
            assert "he reads 0 messages, and finds None" in told
