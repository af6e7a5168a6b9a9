"""A runner that is killed leaves whole migrations or none."""

from __future__ import annotations

import random
import time

import pytest

from tests.python.migrate.conftest import Sandbox


@pytest.mark.slow
def test_killed_at_any_moment_it_is_before_or_after_a_migration(sandbox: Sandbox) -> None:
    """[T-28] kill -9 at 20 random moments; the next apply needs no help."""
    sandbox.migration("0001.app.start", "CREATE SCHEMA app;\nCREATE TABLE app.log (n int);\n")
    count, ends = 0, set()
    for n in range(2, 9):
        parent = "0001.app.start" if n == 2 else f"000{n - 1}.app.step"
        sandbox.migration(
            f"000{n}.app.step",
            f"-- depends: {parent}\nINSERT INTO app.log VALUES ({n});\nSELECT pg_sleep(0.04);\n"
            f"CREATE TABLE app.t{n} ();\nINSERT INTO app.log VALUES ({n});\n",
        )
    chance = random.Random(20)
    lasts = _duration(sandbox)
    while count < 20:
        running = sandbox.start("apply", "--yes")
        assert running.stdout is not None
        assert running.stdout.readline().startswith("target")
        time.sleep(chance.uniform(0.0, lasts))
        running.kill()
        running.communicate()
        count += 1
        ends.add(len(_consistent(sandbox)))
        if count % 4 == 0:
            sandbox.execute("DROP SCHEMA IF EXISTS app, strongroom CASCADE")
    assert len(ends) >= 3, "the moments were all alike"
    done = sandbox.run("apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(_consistent(sandbox)) == 8


def _duration(sandbox: Sandbox) -> float:
    """Seconds from the first line to the end, which differ between machines."""
    running = sandbox.start("apply", "--yes")
    assert running.stdout is not None
    running.stdout.readline()
    begun = time.monotonic()
    running.communicate()
    sandbox.execute("DROP SCHEMA app, strongroom CASCADE")
    return time.monotonic() - begun


def _consistent(sandbox: Sandbox) -> set[str]:
    """What is applied; each applied file left all of its marks, every other none."""
    sandbox.wait_for(
        "SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name "
        "LIKE 'strongroom%' AND datname = current_database())",
    )
    if sandbox.value("SELECT to_regclass('strongroom._yoyo_migration') IS NULL"):
        assert sandbox.query("SELECT FROM pg_namespace WHERE nspname = 'app'") == []
        return set()
    ids = set(sandbox.applied())
    companions = sandbox.query("SELECT migration_id FROM strongroom.migrate_file")
    assert {row[0] for row in companions} == ids
    if not ids:
        assert sandbox.query("SELECT FROM pg_namespace WHERE nspname = 'app'") == []
        return ids
    steps = {int(name[:4]) for name in ids if name.endswith("step")}
    rows = sandbox.query("SELECT n, count(*) FROM app.log GROUP BY n")
    assert dict(rows) == dict.fromkeys(steps, 2)
    tables = sandbox.query("SELECT tablename FROM pg_tables WHERE tablename ~ '^t[0-9]$'")
    assert {int(row[0][1:]) for row in tables} == steps
    return ids
