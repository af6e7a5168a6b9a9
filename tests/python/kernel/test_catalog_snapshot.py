"""The catalogue snapshot notices every single change, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
from psycopg import sql

from tests.python.fix_databases import Database
from tests.python.kernel.snapshot_changes import CHANGES, Change

Row = tuple[str, str, str]

_BASE = (Path(__file__).parent / "snapshot_base.sql").read_bytes()


@pytest.fixture(scope="module")
def base(shared_database: Database) -> Iterator[psycopg.Connection[Any]]:
    """A transaction in which the things to change exist; it is never committed."""
    connection = shared_database.connect("postgres", autocommit=False)
    # What nothing here changes need not be read hundreds of times.
    for (app,) in connection.execute("SELECT kernel.app_schemas()").fetchall():
        if app != "tarot":
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(app)))
    connection.execute(_BASE)
    yield connection
    connection.rollback()


@pytest.fixture(scope="module")
def before(base: psycopg.Connection[Any]) -> frozenset[Row]:
    """The snapshot before any change."""
    return _snapshot(base)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_each_change_is_noticed_in_rows_of_its_kind(
    base: psycopg.Connection[Any], before: frozenset[Row], change: Change
) -> None:
    if base.info.server_version < change.since * 10000:
        pytest.skip(f"needs PostgreSQL {change.since}")
    with base.transaction(force_rollback=True):
        base.execute(change.sql.encode())
        differing = before ^ _snapshot(base)
    assert change.kinds <= {kind for kind, _, _ in differing}


def test_what_was_undone_is_not_noticed(
    base: psycopg.Connection[Any], before: frozenset[Row]
) -> None:
    for change in [*CHANGES.values()][::10]:
        if base.info.server_version >= change.since * 10000:
            with base.transaction(force_rollback=True):
                base.execute(change.sql.encode())
    assert _snapshot(base) == before


def test_rows_are_unique_and_sorted(base: psycopg.Connection[Any]) -> None:
    rows = base.execute(
        "SELECT kind, identity, definition FROM kernel.catalog_snapshot()"
    ).fetchall()
    assert len({(kind, identity) for kind, identity, _ in rows}) == len(rows)
    assert rows == sorted(rows, key=lambda row: tuple(part.encode() for part in row))


def test_no_definition_is_missing(before: frozenset[Row]) -> None:
    assert [row for row in before if row[2] is None] == []


def test_order_of_grants_and_of_unrelated_objects_makes_no_difference(
    base: psycopg.Connection[Any],
) -> None:
    one, other = (
        (
            "GRANT SELECT ON probe.owners TO strongroom_login;"
            "GRANT SELECT, INSERT ON probe.owners TO strongroom_client;"
            "CREATE TABLE probe.x (a integer); CREATE TABLE probe.y (a integer)"
        ),
        (
            "CREATE TABLE probe.y (a integer); CREATE TABLE probe.x (a integer);"
            "GRANT INSERT ON probe.owners TO strongroom_client;"
            "GRANT SELECT ON probe.owners TO strongroom_client, strongroom_login"
        ),
    )
    assert _after(base, one) == _after(base, other)


def test_a_column_added_last_equals_a_column_written_last(base: psycopg.Connection[Any]) -> None:
    added = "CREATE TABLE probe.x (a integer NOT NULL); ALTER TABLE probe.x ADD b text NOT NULL"
    written = "CREATE TABLE probe.x (a integer NOT NULL, b text NOT NULL)"
    assert _after(base, added) == _after(base, written)


def test_what_a_dropped_column_leaves_behind_makes_no_difference(
    base: psycopg.Connection[Any],
) -> None:
    dropped = "CREATE TABLE probe.x (a integer, z text, b integer); ALTER TABLE probe.x DROP z"
    never = "CREATE TABLE probe.x (a integer, b integer)"
    assert _after(base, dropped) == _after(base, never)


def test_a_swapped_order_of_columns_is_one_row(base: psycopg.Connection[Any]) -> None:
    one = _after(base, "CREATE TABLE probe.x (a integer, b integer)")
    other = _after(base, "CREATE TABLE probe.x (b integer, a integer)")
    assert {(kind, identity) for kind, identity, _ in one ^ other} == {("column order", "probe.x")}


def test_members_of_extensions_are_left_out(base: psycopg.Connection[Any]) -> None:
    with base.transaction(force_rollback=True):
        before = _snapshot(base)
        base.execute("CREATE EXTENSION hstore SCHEMA probe")
        added = _snapshot(base) - before
    assert added == {("extension", "hstore", "schema: probe")}


def test_partitions_by_range_are_data(base: psycopg.Connection[Any]) -> None:
    """With their indexes, keys, foreign keys from elsewhere, policies, triggers, comments."""
    partition = """
    CREATE TABLE probe.moments_2026 PARTITION OF probe.moments
    FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (id);
    CREATE TABLE probe.moments_2026_1 PARTITION OF probe.moments_2026 FOR VALUES IN (1);
    ALTER TABLE probe.moments_2026 ENABLE ROW LEVEL SECURITY;
    CREATE POLICY all_owner ON probe.moments_2026 TO strongroom_owner USING (true);
    CREATE TRIGGER t10_touch BEFORE UPDATE ON probe.moments_2026_1
    FOR EACH ROW EXECUTE FUNCTION probe.touch();
    CREATE RULE quiet AS ON DELETE TO probe.moments_2026_1 DO ALSO NOTHING;
    ALTER TABLE probe.moments_2026_1 ADD CHECK (id > 0);
    CREATE STATISTICS probe.moments_stat ON id, at FROM probe.moments_2026_1;
    CREATE INDEX moments_2026_1_idx ON probe.moments_2026_1 (id DESC);
    COMMENT ON TABLE probe.moments_2026_1 IS 'One.';
    COMMENT ON COLUMN probe.moments_2026_1.id IS 'One.'
    """
    reference = """
    CREATE TABLE probe.notes (
        at date, id integer, FOREIGN KEY (at, id) REFERENCES probe.moments (at, id)
    )
    """
    with base.transaction(force_rollback=True):
        base.execute(reference.encode())
        before = _snapshot(base)
        base.execute(partition.encode())
        assert _snapshot(base) == before
        base.execute("CREATE INDEX moments_idx ON probe.moments (id)")
        changed = before ^ _snapshot(base)
    assert {(kind, identity) for kind, identity, _ in changed} == {("index", "probe.moments_idx")}


def test_by_default_the_kernel_and_the_apps_are_taken(base: psycopg.Connection[Any]) -> None:
    schemas = "SELECT identity FROM kernel.catalog_snapshot() WHERE kind = 'schema'"
    with base.transaction(force_rollback=True):
        found = {row[0] for row in base.execute(schemas)}
        base.execute("COMMENT ON SCHEMA probe IS E'Things.\\n@app'")
        assert {row[0] for row in base.execute(schemas)} == found | {"probe"}
    assert "kernel" in found
    assert "probe" not in found


def test_the_callers_search_path_makes_no_difference(base: psycopg.Connection[Any]) -> None:
    before = _snapshot(base)
    with base.transaction(force_rollback=True):
        base.execute("SET LOCAL search_path = probe, kernel, public")
        assert _snapshot(base) == before


def _after(connection: psycopg.Connection[Any], sql: str) -> frozenset[Row]:
    with connection.transaction(force_rollback=True):
        connection.execute(sql.encode())
        return _snapshot(connection)


def _snapshot(connection: psycopg.Connection[Any]) -> frozenset[Row]:
    rows = connection.execute(
        "SELECT kind, identity, definition FROM kernel.catalog_snapshot(ARRAY['probe'])"
    )
    return frozenset(cast("list[Row]", rows.fetchall()))
