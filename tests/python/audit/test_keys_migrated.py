"""Tables that were audited when a key could become one that is equal and written otherwise."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from tests.python.fix_databases import Database

_MIGRATION = Path(__file__).parents[3] / "migrations/0091.kernel.tell-keys-apart.sql"
_BEFORE = """
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\\n@app';
SET ROLE strongroom_owner;
CREATE TABLE probe.spans (span interval PRIMARY KEY, n integer);
COMMENT ON COLUMN probe.spans.span IS E'Span.\\n@internal\\n@subject';
COMMENT ON COLUMN probe.spans.n IS E'Number.\\n@internal';
CREATE TABLE probe.days (id bigint PRIMARY KEY);
COMMENT ON COLUMN probe.days.id IS E'Id.\\n@internal\\n@subject';
SELECT kernel.enable_audit('probe.spans'), kernel.enable_audit('probe.days');
CREATE OR REPLACE TRIGGER t50_audit_key AFTER UPDATE OF span ON probe.spans FOR EACH ROW
WHEN (OLD.span IS DISTINCT FROM NEW.span) EXECUTE FUNCTION kernel.tg_refuse_key_change();
INSERT INTO probe.spans VALUES ('24 hours', 1);
"""
_TOUCHED = "SELECT xmin::text FROM pg_trigger WHERE tgrelid = %s::regclass AND tgname ~ 'key'"


def test_a_table_that_is_audited_learns_it(database: Database) -> None:
    """[A-07] And others, whose keys have one text each, are not locked for it."""
    connection = database.admin()
    connection.execute(_BEFORE.encode())
    assert connection.execute("UPDATE probe.spans SET span = '1 day'").rowcount == 1
    before = connection.execute(_TOUCHED, ("probe.days",)).fetchone()
    for _ in range(2):
        connection.execute(_MIGRATION.read_bytes())
        with pytest.raises(psycopg.Error) as caught:
            connection.execute("UPDATE probe.spans SET span = '24 hours'")
        assert caught.value.sqlstate == "KR022"
    assert connection.execute(_TOUCHED, ("probe.days",)).fetchone() == before
