"""Names that break what is put together carelessly: of schemas, tables, columns and masks."""

from __future__ import annotations

import json

import pytest
from psycopg import sql

from tests.python.fix_databases import Database
from tests.python.retention.conftest import Archive, place, run

_NAMES = ['a"b;--', "o'clock", "é" * 31 + "x", "%I %s $1", "SELECT", "$$", "\\x", "a b.c", "☃{}[],"]
_APP = """
CREATE SCHEMA {n} AUTHORIZATION strongroom_owner;
SET ROLE strongroom_owner;
COMMENT ON SCHEMA {n} IS '@app';
CREATE TABLE {n}.{people} ({n} bigint PRIMARY KEY, {days} integer);
COMMENT ON COLUMN {n}.{people}.{n} IS '@subject';
CREATE TABLE {n}.{n} (
    {n} bigint, {id} bigint, {at} timestamptz NOT NULL, {body} text, PRIMARY KEY ({n}, {id})
);
COMMENT ON COLUMN {n}.{n}.{n} IS '@subject';
CREATE INDEX ON {n}.{n} ({at});
CREATE TABLE {n}.{child} (
    {n} bigint, {id} bigint PRIMARY KEY, FOREIGN KEY ({n}, {id}) REFERENCES {n}.{n} ({n}, {id})
);
CREATE INDEX ON {n}.{child} ({n}, {id});
INSERT INTO {n}.{people} VALUES (1, 10), (2, NULL);
INSERT INTO {n}.{n}
SELECT 1 + i % 2, i, now() - make_interval(days => 20 * i::integer), 'words'
FROM generate_series(1, 6) AS i;
INSERT INTO {n}.{child} VALUES (1, 6);
RESET ROLE
"""
_POLICIES = """
INSERT INTO kernel.retention_policy (
    name, relation, action, columns, mask_expression, time_expression, keep_for, override_table,
    override_column, override_min_days, override_max_days, reason
)
VALUES
    ('rows', %(table)s::regclass, 'delete', NULL, NULL, quote_ident(%(at)s), '50 days',
        %(people)s::regclass, %(days)s, 1, 100, 'why'),
    ('columns', %(table)s::regclass, 'null', ARRAY[%(body)s::name], NULL, quote_ident(%(at)s),
        '1 day', NULL, NULL, NULL, NULL, 'why'),
    ('mask', %(table)s::regclass, 'mask', ARRAY[%(body)s::name],
        'left(' || quote_ident(%(body)s) || ', 1)', quote_ident(%(at)s), '1 day', NULL, NULL, NULL,
        NULL, 'why')
"""


@pytest.mark.parametrize("name", _NAMES)
def test_no_name_is_in_the_way(any_database: Database, name: str) -> None:
    admin = any_database.admin()
    archive = Archive(any_database, admin)
    parts = ("people", "days", "id", "at", "body", "child")
    # As long as the name, and another one.
    names = {part: name[: -len(part[:2])] + part[:2] for part in parts}
    marked = {part: sql.Identifier(text) for part, text in names.items()}
    admin.execute(sql.SQL(_APP).format(n=sql.Identifier(name), **marked))
    quoted = {
        "table": sql.Identifier(name, name).as_string(admin),
        "people": sql.Identifier(name, names["people"]).as_string(admin),
    }
    admin.execute(_POLICIES.encode(), {**names, **quoted})

    runner = archive.runner()
    key = json.dumps({name: 2, names["id"]: 5})
    place(runner, table=quoted["table"], row_key=key)
    place(runner, app=name, subject="01")
    assert run(runner, "mask") == 2
    assert run(runner, "columns") == 2
    assert run(runner, "rows") == 1
    admin.execute("SELECT kernel.release_hold(h.id, 'closed') FROM kernel.legal_hold AS h")
    previewed = archive.query(
        "SELECT policy, row_count, kept_count FROM kernel.retention_preview()"
        " WHERE table_name = %s",
        quoted["table"],
    )
    assert previewed == [("columns", 4, 0), ("mask", 4, 0), ("rows", 3, 1)]
    assert run(runner, "rows") == 3
    assert archive.value("SELECT sum(row_count) FROM kernel.destruction_record") == 8
