"""The day of each app, played on a copy of the project: nobody's server is touched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PARTS = ("schema", "functions", "queries", "migrations")
GHOST = """COMMENT ON SCHEMA ghost IS
'What burns.
@app
@extensions phlogiston';
"""


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Path]:
    """A project with the same SQL and a server of its own, stopped at the end."""
    for part in PARTS:
        shutil.copytree(ROOT / part, tmp_path / part)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    # An app that no server can hold is skipped in one line.
    (tmp_path / "schema" / "ghost").mkdir()
    (tmp_path / "schema" / "ghost" / "schema.sql").write_text(GHOST)
    yield tmp_path
    subprocess.run([sys.executable, "-m", "strongroom", "server", "stop"], cwd=tmp_path, check=True)


def play(folder: Path) -> str:
    ran = _play(folder)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def _play(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "examples" / "play.py"],
        cwd=folder,
        # The demo must not look at it: nothing answers there.
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
        capture_output=True,
        text=True,
    )


def test_the_day_is_played_twice_on_one_database(copy: Path) -> None:
    """[A-46] [T-14] [T-17] [T-F10] [T-F14] all of it, and books that agree."""
    first = play(copy)
    assert re.search(r"^  tarot +\d+ migrations$", first, re.MULTILINE)
    second = play(copy)
    assert "nothing to do: the database is current" in second
    for told in (first, second):
        assert "was credited once" in told
        assert "InsufficientCredits [TR001]" in told
        assert "the same answer" in told
        assert "IdempotencyKeyReused [TR002]" in told
        assert "and finds 0 of their transactions" in told
        assert "NoIdentity" in told
        assert "a wrong code is rejected, the right one verified" in told
        assert "tarot.readings: 1 to be deleted" in told
        assert "done: " in told
        assert "0 breaks in the ledger" in told
        assert "looks at person 1: RightMissing [" in told
        assert "a rate for yuan: ExchangeRateNotForRoubles" in told
        assert "her sign: refused, " in told
        assert "the ledger: no to version 2, before that yes to version 2; her sign: None" in told
        assert "to Nika: born 1991-07-22 04:40:00 in Omsk" in told
        assert "moved 1, then 0" in told
        assert "one worker claims the source, the next finds None" in told
        assert "of a misspelt word: 'The ferry leaves at nine.'" in told
        assert "UsageLimitReached [" in told
        assert "finds the bot: None; its conversations: 0; deletes 0" in told
        assert "ghost is not played: this server has no phlogiston" in told
    assert "its health  .venv/bin/strongroom doctor" in first
    done = subprocess.run(
        [sys.executable, "-m", "strongroom", "doctor", "--level", "warn"],
        cwd=copy,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 readings in all" in first
    assert "18 readings in all" in second

    for file in (copy / ".strongroom").glob("*-day-*.keys"):
        file.unlink()
    lost = _play(copy)
    assert lost.returncode == 1
    assert "error: key astroloh." in lost.stdout
    assert "make clean demo" in lost.stdout
    assert not lost.stderr
