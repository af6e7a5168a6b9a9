"""Checks quote what they name: what they say mends a finding is run as it is, whatever the name."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.python.fix_databases import Database

NAMES = [
    'a"b;--',
    "it's",
    "$$ %I %s %",
    "Ünïcödé" + "é" * 27,  # 63 bytes
    "select",
    "x\\y\ttab",
]
# Each finding of one of these ends with a statement. {a} and {s} stand for the odd name.
DAMAGE = """
CREATE SCHEMA {a};
COMMENT ON SCHEMA {a} IS E'An app.\\n@app';
ALTER SCHEMA {a} OWNER TO strongroom_owner;
SET ROLE strongroom_owner;
CREATE FUNCTION {a}.{a}(integer) RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'SELECT $1';
GRANT EXECUTE ON FUNCTION {a}.{a}(integer) TO tarot_app, PUBLIC;
CREATE FUNCTION {a}.helper() RETURNS bigint LANGUAGE sql VOLATILE RETURN 1;
CREATE TABLE {a}.parent ({a} bigint PRIMARY KEY);
CREATE TABLE {a}.{a} (
    {a} bigint PRIMARY KEY,
    other bigint CONSTRAINT {a} REFERENCES {a}.parent ({a})
);
CREATE INDEX {index} ON {a}.{a} ({a});
CREATE POLICY {a} ON {a}.{a} FOR UPDATE TO tarot_app USING (other = {a}.helper());
GRANT SELECT ({a}), TRUNCATE ON {a}.{a} TO PUBLIC;
GRANT SELECT ({a}), DELETE ON {a}.{a} TO tarot_app WITH GRANT OPTION;
ALTER TABLE {a}.parent ADD CONSTRAINT {check} CHECK ({a} > 0) NOT VALID;
CREATE TRIGGER {a} BEFORE UPDATE ON {a}.{a} FOR EACH ROW
EXECUTE FUNCTION kernel.tg_touch_updated_at({s});
ALTER TABLE {a}.{a} DISABLE TRIGGER {a};
CREATE TABLE {a}.root ({a} bigint) PARTITION BY LIST ({a});
CREATE TABLE {a}.{part} PARTITION OF {a}.root FOR VALUES IN (1);
GRANT SELECT ON {a}.{part} TO tarot_app;
CREATE VIEW {a}.{view} AS SELECT 1 AS {a};
CREATE MATERIALIZED VIEW {a}.{kept} AS SELECT 1 AS {a};
GRANT SELECT ON {a}.{kept} TO tarot_app;
CREATE DOMAIN {a}.{domain} AS text;
GRANT USAGE ON TYPE {a}.{domain} TO PUBLIC;
CREATE SEQUENCE {a}.{sequence};
GRANT USAGE ON SEQUENCE {a}.{sequence} TO PUBLIC;
ALTER DEFAULT PRIVILEGES IN SCHEMA {a} GRANT SELECT ON TABLES TO tarot_app;
RESET ROLE;
"""
# The project itself has none of these. Mends of the server's state would reach other tests.
FOUND = """
SELECT f.name, f.remediation
FROM kernel.findings() AS f
WHERE 'CATALOGUE' = ANY (f.categories) AND f.level <> 'INFO'
"""


@pytest.mark.parametrize("name", NAMES)
def test_mends_of_odd_names_run(any_database: Database, name: str) -> None:
    admin = any_database.admin()
    admin.execute(_damage(name))
    kinds = set()
    for _ in range(3):  # what mends one finding may bring another to light
        rows = _found(admin)
        kinds |= {kind for kind, _ in rows}
        for mend in dict.fromkeys(mend for _, mend in rows if mend.endswith(";")):
            admin.execute(mend.encode())
    left = {kind for kind, mend in _found(admin) if mend.endswith(";")}
    # Roles of an app are made by an administrator; nothing else that a statement mends is left.
    assert left == set()
    assert kinds >= {
        "constraint_not_validated",
        "default_privilege",
        "definer_function",
        "missing_owner_policy",
        "partition_privilege",
        "policy_helper",
        "policy_not_indexed",
        "policy_shape",
        "public_privilege",
        "redundant_index",
        "row_security_not_forced",
        "row_security_off",
        "trigger_not_enabled",
        "unindexed_foreign_key",
        "unsafe_privilege",
        "view_rights",
    }


def _damage(name: str) -> sql.Composed:
    short = name.encode()[:40].decode("utf-8", "ignore")
    derived = {
        key: sql.Identifier(f"{short} {key}")
        for key in ("index", "check", "part", "view", "kept", "domain", "sequence")
    }
    return sql.SQL(DAMAGE).format(a=sql.Identifier(name), s=sql.Literal(name), **derived)


def _found(admin: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    return admin.execute(FOUND).fetchall()
