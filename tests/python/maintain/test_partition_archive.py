"""Partitions that are past their time and stay as tables of their own."""

from __future__ import annotations

import pytest

from strongroom.maintain.expiry import expire_partitions
from tests.python.maintain.parted import Parted

pytestmark = pytest.mark.ends


def expire(parted: Parted) -> dict[str, str]:
    """Outcomes by partition."""
    found = expire_partitions(parted.runner(), lambda _: None)
    return {done.partition: done.outcome for done in found}


@pytest.mark.parametrize("end", ["detach", "archive"])
def test_what_is_kept_elsewhere_keeps_its_rows(parted: Parted, end: str) -> None:
    where = "'attic'" if end == "archive" else "NULL"
    parted.execute(
        f"UPDATE kernel.partition_policy SET on_expiry = '{end}', archive_schema = {where},"
        " keep = '10 months'"
    )
    name = parted.month(11)
    assert expire(parted) == {name: f"{end}ed" if end == "detach" else "archived"}
    there = name if end == "detach" else name.replace("probe.", "attic.")
    assert parted.value(f"SELECT count(*) FROM {there}") == 3
    assert parted.query(
        "SELECT relrowsecurity, relforcerowsecurity, relacl FROM pg_class"
        f" WHERE oid = '{there}'::regclass"
    ) == [(True, True, None)]
    assert parted.query("SELECT FROM kernel.destruction_record") == []
    assert name not in parted.partitions()
    assert expire(parted) == {}


@pytest.mark.parametrize("end", ["detach", "archive"])
def test_what_is_kept_elsewhere_is_audited_no_more(any_parted: Parted, end: str) -> None:
    """[C-41] Its changes are not those of the table that it left, whose auditing can be ended."""
    admin = any_parted.database.admin()
    admin.execute("GRANT USAGE ON SCHEMA probe TO strongroom_definer")
    where = "'attic'" if end == "archive" else "NULL"
    any_parted.execute(
        "COMMENT ON COLUMN probe.visits.id IS E'Id.\\n@internal';"
        "COMMENT ON COLUMN probe.visits.at IS E'When.\\n@internal';"
        "SELECT kernel.enable_audit('probe.visits');"
        f"UPDATE kernel.partition_policy SET on_expiry = '{end}', archive_schema = {where}"
    )
    gone = list(expire(any_parted))
    assert len(gone) == 8
    assert any_parted.query("SELECT detail FROM kernel.check_audit_drift") == []
    there = gone[0] if end == "detach" else gone[0].replace("probe.", "attic.")
    any_parted.execute(f"UPDATE {there} SET note = 'x'; TRUNCATE {there}")
    any_parted.execute("UPDATE probe.visits SET note = 'y'")
    logged = "SELECT count(*) FROM kernel.audit_inbox WHERE relation = 'visits'"
    assert any_parted.value(logged) == 12
    any_parted.execute("SELECT kernel.disable_audit('probe.visits')")
