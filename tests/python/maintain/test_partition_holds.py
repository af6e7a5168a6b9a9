"""Partitions that are past their time beside holds that come at the last moment, and a dry run."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.python.maintain.conftest import Maintained
from tests.python.maintain.parted import Parted
from tests.python.maintain.test_partition_expiry import expire

pytestmark = pytest.mark.ends

_HOLD = "SELECT kernel.place_hold('a lawsuit', p_app => 'probe', p_subject => '2')"


def test_a_hold_that_is_being_placed_at_the_end_is_waited_for(parted: Parted) -> None:
    """The table is not dropped by a look that came before the hold was committed."""
    name, owner = parted.month(11), parted.owner()
    placing = parted.owner(autocommit=False)
    owner.execute(b"SELECT kernel.begin_expiry(%s::regclass)", [name])
    owner.execute(f"ALTER TABLE probe.visits DETACH PARTITION {name} CONCURRENTLY".encode())
    placing.execute(_HOLD.encode())
    found: list[Any] = []

    def finish() -> None:
        found.append(
            owner.execute(
                b"SELECT outcome FROM kernel.finish_expiry(%s::regclass)", [name]
            ).fetchone()
        )

    ending = threading.Thread(target=finish)
    ending.start()
    time.sleep(0.3)
    placing.commit()
    ending.join(60)
    assert found == [("held",)]
    assert name in parted.partitions()


def test_a_dry_run_names_the_partitions_that_would_go(any_parted: Parted) -> None:
    """And those that something keeps."""
    any_parted.execute("UPDATE kernel.partition_policy SET keep = '9 months'")
    any_parted.execute("UPDATE kernel.job SET is_enabled = false")
    held, free = any_parted.month(11), any_parted.month(10)
    any_parted.execute(f"SELECT kernel.place_hold('case', p_table => '{held}')")
    database = any_parted.database
    command = Maintained(database.url("strongroom_runner"), database.url("postgres"))
    rows = [
        {"parent": "probe.visits", "partition": held, "on_expiry": "drop", "is_held": True},
        {"parent": "probe.visits", "partition": free, "on_expiry": "drop", "is_held": False},
    ]
    assert command.run("--dry-run")[:2] == (0, {"jobs": [], "partitions": rows})
    with command.start("--dry-run") as running:
        text = running.communicate(timeout=60)[0]
    ends = [line.split()[-1] for line in text.splitlines() if "visits_p" in line]
    assert ends == ["held", "drop"]
    assert expire(any_parted) == {held: "held", free: "dropped"}
    assert command.run("--dry-run")[1]["partitions"] == rows[:1]


def test_a_dry_run_waits_for_nobody_who_has_a_partition_locked(any_parted: Parted) -> None:
    """What is held in its table is not known then, and the rest is told."""
    any_parted.execute("UPDATE kernel.partition_policy SET keep = '9 months'")
    any_parted.execute("UPDATE kernel.job SET is_enabled = false")
    locked, free = any_parted.month(11), any_parted.month(10)
    any_parted.execute("SELECT kernel.place_hold('case', p_app => 'probe', p_subject => '77')")
    database = any_parted.database
    command = Maintained(database.url("strongroom_runner"), database.url("postgres"))
    other = any_parted.owner(autocommit=False)
    other.execute(f"LOCK TABLE {locked}".encode())
    code, found, err = command.run("--dry-run")
    assert code == 0, err
    assert [(p["partition"], p["is_held"]) for p in found["partitions"]] == [
        (locked, None),
        (free, None),
    ]
    with command.start("--dry-run") as running:
        text = running.communicate(timeout=60)[0]
    assert text.count("drop, or held: somebody has it locked") == 2
    other.rollback()
    assert [p["is_held"] for p in command.run("--dry-run")[1]["partitions"]] == [False, False]
