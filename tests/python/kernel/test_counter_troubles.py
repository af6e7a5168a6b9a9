"""Counters that can't be folded or filled: the others are."""

from __future__ import annotations

import pytest

from tests.python.fix_databases import Database
from tests.python.kernel import counted

pytestmark = pytest.mark.ends

_TABLES = """
CREATE TABLE tarot.{name} (user_id bigint NOT NULL, id bigint PRIMARY KEY);
ALTER TABLE tarot.{name} ENABLE ROW LEVEL SECURITY;
ALTER TABLE tarot.{name} FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON tarot.{name} TO strongroom_owner USING (true) WITH CHECK (true);
INSERT INTO tarot.{name} SELECT 1, n FROM generate_series(1, 3) AS n;
SELECT kernel.count('tarot.{name}', '{name}_live', p_backfill => {backfill});
"""
_REST = "SELECT count(*) FROM tarot.second_live_deltas"
# What becomes of the first of two counters, and whether somebody has to be told each time.
_TROUBLES = {
    "its tables are gone": (
        "DROP TABLE tarot.first_live_deltas, tarot.first_live_totals CASCADE;"
        "DROP TABLE tarot.first",
        False,
    ),
    "its totals are full": (
        "INSERT INTO tarot.first_live_deltas (counted)"
        " VALUES (9223372036854775807), (9223372036854775807)",
        True,
    ),
}


def _two(database: Database, *, backfill: bool) -> counted.Connection:
    owner = counted.owner(database)
    for name in ("first", "second"):
        owner.execute(_TABLES.format(name=name, backfill=backfill).encode())
    return owner


@pytest.mark.parametrize("trouble", _TROUBLES)
def test_one_that_cannot_be_folded_does_not_stop_the_others(
    any_database: Database, trouble: str
) -> None:
    owner = _two(any_database, backfill=True)
    statement, is_told = _TROUBLES[trouble]
    owner.execute(statement.encode())
    runner, said = any_database.connect("strongroom_runner"), list[str | None]()
    runner.add_notice_handler(lambda notice: said.append(notice.message_primary))
    assert runner.execute("SELECT kernel.fold_counters()").fetchone() == (1,)
    assert owner.execute(_REST).fetchone() == (0,)
    assert said == ["counter tarot.first_live was not folded"] * is_told
    owner.execute("SELECT kernel.drop_counter('tarot', 'first_live')")
    assert owner.execute("SELECT detail FROM kernel.check_counter_drift").fetchall() == []


def test_one_that_cannot_be_filled_does_not_stop_the_others(any_database: Database) -> None:
    owner = _two(any_database, backfill=False)
    owner.execute("DROP TABLE tarot.first")
    runner, said = any_database.connect("strongroom_runner"), list[str | None]()
    runner.add_notice_handler(lambda notice: said.append(notice.message_primary))
    filled = [runner.execute("SELECT kernel.backfill_counters()").fetchone() for _ in range(2)]
    assert filled == [(1,), (0,)]
    assert owner.execute("SELECT counted FROM tarot.second_live").fetchone() == (3,)
    assert said == ["counter tarot.first_live was not filled"] * 2
