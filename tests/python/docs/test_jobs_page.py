"""The job that docs/kernel/jobs.md shows does what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg

from tests.python.fix_databases import Database

PAGE = Path(__file__).resolve().parents[3] / "docs" / "kernel" / "jobs.md"
APP = """
CREATE SCHEMA shop;
COMMENT ON SCHEMA shop IS E'A shop.\n@app';
CREATE TABLE shop.carts (id integer PRIMARY KEY, touched_at timestamptz NOT NULL);
ALTER TABLE shop.carts ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.carts FORCE ROW LEVEL SECURITY;
CREATE POLICY all_owner ON shop.carts TO strongroom_owner USING (true) WITH CHECK (true);
INSERT INTO shop.carts
SELECT n, now() - interval '1 day' * n FROM generate_series(1, 100) AS n;
UPDATE kernel.job SET is_enabled = false;
"""


def test_the_job_runs_and_is_in_the_history(database: Database) -> None:
    found = re.search(r"<!-- job -->\n```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    with database.connect("strongroom_migrator") as migrator:
        migrator.execute("SET ROLE strongroom_owner")
        migrator.execute(APP.encode())
        migrator.execute(found[1].encode())
    with psycopg.connect(database.url("strongroom_runner"), autocommit=True) as cron:
        cron.execute("CALL kernel.run_jobs()")
        runs = cron.execute("SELECT job, outcome, batches, done FROM kernel.job_run").fetchall()
    assert runs == [("forget_carts", "done", 2, 71)]
    with database.admin() as admin:
        assert admin.execute("SELECT count(*) FROM shop.carts").fetchone() == (29,)
