"""Partitions that are past their time: what goes, what stays, and who is never in the way."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom.errors import UsageError
from strongroom.maintain import expiry
from strongroom.maintain.expiry import Expired, expire_partitions
from tests.python.maintain.conftest import Maintained
from tests.python.maintain.parted import Parted

pytestmark = pytest.mark.ends

_RECORDS = """
SELECT partition_name, row_count, bounds_from::timestamptz < bounds_to::timestamptz
FROM kernel.destruction_record ORDER BY id
"""
_COUNT = "SELECT count(*) FROM probe.visits"
_HOLD = "SELECT kernel.place_hold('a lawsuit', p_app => 'probe', p_subject => '2')"


def quiet(_: str) -> None:
    """Say nothing."""


def expire(parted: Parted) -> dict[str, str]:
    """Outcomes by partition."""
    found = expire_partitions(parted.runner(), quiet)
    return {done.partition: done.outcome for done in found}


def test_what_is_past_its_time_is_dropped_and_recorded(parted: Parted) -> None:
    """[C-26] [X-5] Months that ended three months ago, and nothing else."""
    runner = parted.runner()
    said: list[str] = []
    found = expire_partitions(runner, said.append)
    gone = [parted.month(ago) for ago in range(11, 3, -1)]
    assert [(done.partition, done.outcome, done.rows) for done in found] == [
        (name, "dropped", 3) for name in gone
    ]
    assert parted.query(_RECORDS) == [(name, 3, True) for name in gone]
    assert parted.partitions() == sorted(parted.month(ago) for ago in range(3, -4, -1))
    assert parted.query(f"SELECT to_regclass('{gone[0]}')") == [(None,)]
    assert parted.value(_COUNT) == 3 * 4
    assert len(said) == 8
    assert parted.query("SELECT FROM kernel.expiring_partition") == []
    settings = "SELECT current_user, current_setting('role'), current_setting('search_path')"
    assert runner.execute(settings.encode()).fetchone() == (
        "strongroom_runner", "none", '"$user", public',
    )  # fmt: skip
    assert expire(parted) == {}


def test_without_a_limit_nothing_goes(any_parted: Parted) -> None:
    any_parted.execute("UPDATE kernel.partition_policy SET keep = NULL")
    assert expire(any_parted) == {}


def test_a_held_partition_waits_for_its_hold(parted: Parted) -> None:
    """[X-5] Nothing in it goes while somebody in it is held; then it goes."""
    parted.execute("UPDATE kernel.partition_policy SET keep = '10 months'")
    name = parted.month(11)
    hold = parted.value(_HOLD)
    # It is not even detached, which would refuse rows that come late.
    assert parted.value(f"SELECT kernel.begin_expiry('{name}')") == "held"
    assert parted.query("SELECT FROM kernel.expiring_partition") == []
    assert expire(parted) == {name: "held"}
    assert name in parted.partitions()
    assert parted.value(_COUNT) == 36
    assert parted.query(_RECORDS) == []
    parted.execute(f"SELECT kernel.release_hold({hold}, 'settled')")
    assert expire(parted) == {name: "dropped"}


def test_a_hold_that_comes_after_the_detach_puts_it_back(parted: Parted) -> None:
    """Between the decision and the end, a hold is heard, and no trace of the attempt stays."""
    parted.execute("UPDATE kernel.partition_policy SET keep = '10 months'")
    name = parted.month(11)
    before = parted.query(f"SELECT conname FROM pg_constraint WHERE conrelid = '{name}'::regclass")
    assert parted.value(f"SELECT kernel.begin_expiry('{name}')") == "begun"
    parted.execute(f"ALTER TABLE probe.visits DETACH PARTITION {name} CONCURRENTLY")
    parted.execute(_HOLD)
    assert expire(parted) == {name: "held"}
    assert parted.value(_COUNT) == 36
    assert name in parted.partitions()
    after = parted.query(f"SELECT conname FROM pg_constraint WHERE conrelid = '{name}'::regclass")
    assert sorted(after) == sorted(before)
    assert expire(parted) == {name: "held"}
    assert parted.query("SELECT FROM kernel.expiring_partition") == []


def test_a_hold_waits_for_the_end_of_what_is_being_dropped(parted: Parted) -> None:
    """Who places it learns that the row is gone, and is not told that it is kept."""
    parted.execute("UPDATE kernel.partition_policy SET keep = '10 months'")
    name = parted.month(11)
    assert parted.value(f"SELECT kernel.begin_expiry('{name}')") == "begun"
    parted.execute(f"ALTER TABLE probe.visits DETACH PARTITION {name} CONCURRENTLY")
    ending, holder = parted.owner(autocommit=False), parted.owner()
    outcome = ending.execute(f"SELECT outcome FROM kernel.finish_expiry('{name}')".encode())
    assert outcome.fetchone() == ("drop",)
    holder.execute("SET lock_timeout = '200ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        holder.execute(_HOLD.encode())
    ending.commit()
    holder.execute(_HOLD.encode())


def test_a_policy_that_changed_its_mind_puts_it_back(any_parted: Parted) -> None:
    name = any_parted.month(11)
    any_parted.execute(f"SELECT kernel.begin_expiry('{name}')")
    any_parted.execute(f"ALTER TABLE probe.visits DETACH PARTITION {name} CONCURRENTLY")
    any_parted.execute("UPDATE kernel.partition_policy SET keep = '5 years'")
    assert expire(any_parted) == {name: "kept"}
    assert any_parted.value(_COUNT) == 36


def test_the_end_is_refused_while_it_is_attached(any_parted: Parted) -> None:
    name = any_parted.month(11)
    any_parted.execute(f"SELECT kernel.begin_expiry('{name}')")
    with pytest.raises(psycopg.Error) as caught:
        any_parted.execute(f"SELECT kernel.finish_expiry('{name}')")
    assert caught.value.sqlstate == "KR012"
    assert any_parted.value(f"SELECT kernel.begin_expiry('{any_parted.month(0)}')") == "kept"


def test_a_row_that_comes_late_is_counted_or_refused(parted: Parted) -> None:
    """A writer under way is waited for and its row is in the record; a later one fails loudly."""
    parted.execute("UPDATE kernel.partition_policy SET keep = '10 months'")
    name = parted.month(11)
    late = f"INSERT INTO probe.visits (user_id, at) SELECT 9, min(at) FROM {name}"
    writer, runner = parted.owner(autocommit=False), parted.runner()
    writer.execute(late.encode())
    found: list[Expired] = []
    thread = threading.Thread(target=lambda: found.extend(expire_partitions(runner, quiet)))
    thread.start()
    parted.await_waiting(runner)
    writer.commit()
    thread.join()
    assert [(done.outcome, done.rows) for done in found] == [("dropped", 4)]
    assert [row[1] for row in parted.query(_RECORDS)] == [4]
    with pytest.raises(psycopg.errors.CheckViolation, match="no partition"):
        parted.execute(
            "INSERT INTO probe.visits (user_id, at) VALUES (9, now() - interval '11 months')"
        )


def test_a_long_reader_is_waited_for_by_the_next_run(
    parted: Parted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The detach is left pending, is told of, and is finished when the reader is gone."""
    monkeypatch.setattr(expiry, "TRIES", 1)
    parted.execute("UPDATE kernel.partition_policy SET keep = '9 months'")
    first, second = parted.month(11), parted.month(10)
    reader = parted.owner(autocommit=False)
    reader.execute(_COUNT.encode())
    found = expire_partitions(parted.runner(), quiet)
    assert [(done.partition, done.outcome, done.sqlstate) for done in found] == [
        (first, "waiting", "55P03")
    ]
    pending = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhdetachpending"
    assert parted.query(pending) == [(first,)]
    row = reader.execute(_COUNT.encode()).fetchone()
    assert row == (33,), "a new statement does not see it any more"
    reader.commit()
    assert expire(parted) == {first: "dropped", second: "dropped"}


def test_who_reads_what_a_partition_refers_to_is_hardly_kept_waiting(
    any_parted: Parted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody reads it for long, and others come while the runner waits for that one."""
    monkeypatch.setattr(expiry, "_pause", lambda _: None)
    any_parted.execute(
        "CREATE TABLE probe.users (id bigint PRIMARY KEY);"
        "INSERT INTO probe.users VALUES (1), (2), (3);"
        "ALTER TABLE probe.visits ADD CONSTRAINT visits_user_id_fkey"
        " FOREIGN KEY (user_id) REFERENCES probe.users;"
        "UPDATE kernel.partition_policy SET keep = '10 months'"
    )
    reader, other = any_parted.owner(autocommit=False), any_parted.owner()
    reader.execute("SELECT FROM probe.users")
    said: list[str] = []
    running = threading.Thread(target=lambda: said.extend(expire(any_parted).values()))
    running.start()
    # Who waits two seconds for each lock keeps it waiting as long.
    other.execute("SET lock_timeout = '1500ms'")
    while running.is_alive():
        other.execute("SELECT FROM probe.users")
        time.sleep(0.01)
    assert said == ["waiting"]
    reader.rollback()
    assert expire(any_parted) == {any_parted.month(11): "dropped"}


def test_an_interrupted_detach_of_somebody_else_is_finished(any_parted: Parted) -> None:
    """And the table stays, for we do not know what it is wanted for."""
    any_parted.execute("UPDATE kernel.partition_policy SET keep = NULL")
    name = any_parted.month(0)
    reader, other = any_parted.owner(autocommit=False), any_parted.owner()
    reader.execute(_COUNT.encode())
    other.execute("SET lock_timeout = '100ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        other.execute(f"ALTER TABLE probe.visits DETACH PARTITION {name} CONCURRENTLY".encode())
    reader.commit()
    assert expire(any_parted) == {name: "detached"}
    assert any_parted.value(f"SELECT count(*) FROM {name}") == 3


def test_of_two_runners_one_works(any_parted: Parted) -> None:
    first, second = any_parted.runner(), any_parted.runner()
    said: list[str] = []
    first.execute("SET ROLE strongroom_owner")
    first.execute("SELECT pg_advisory_lock(kernel.lock_space('expiry'), 0)")
    assert expire_partitions(second, said.append) == []
    assert said == ["partitions: another runner is at it"]
    first.close()
    for _ in range(200):
        if expire_partitions(second, said.append):
            break
        time.sleep(0.02)
    assert len(any_parted.partitions()) == 7


def test_two_runners_at_once_do_each_partition_once(parted: Parted) -> None:
    found: list[Expired] = []
    runners = [parted.runner(), parted.runner()]

    def work(runner: Any) -> None:
        for _ in range(20):
            found.extend(expire_partitions(runner, quiet))

    threads = [threading.Thread(target=work, args=(runner,)) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {done.outcome for done in found} == {"dropped"}
    assert len(found) == len({done.partition for done in found}) == 8
    assert len(parted.query(_RECORDS)) == 8


def test_rows_that_the_owner_does_not_see_stop_it(any_parted: Parted) -> None:
    """Else a policy on the table could let rows be destroyed that were never counted."""
    any_parted.execute(
        "CREATE POLICY hide ON probe.visits AS RESTRICTIVE TO strongroom_owner USING (user_id <> 2)"
    )
    found = expire_partitions(any_parted.runner(), quiet)
    assert {(done.outcome, done.sqlstate) for done in found} == {("failed", "KR011")}
    assert len(any_parted.partitions()) == 15
    assert any_parted.query("SELECT FROM kernel.expiring_partition") == []


def test_what_something_depends_on_is_told_of_and_stops_nobody(any_parted: Parted) -> None:
    any_parted.execute("UPDATE kernel.partition_policy SET keep = '9 months'")
    first, second = any_parted.month(11), any_parted.month(10)
    any_parted.execute(f"CREATE VIEW attic.old AS SELECT note FROM {first}")
    found = {done.partition: done for done in expire_partitions(any_parted.runner(), quiet)}
    assert (found[first].outcome, found[first].sqlstate) == ("failed", "2BP01")
    assert found[second].outcome == "dropped"
    assert any_parted.value("SELECT count(*) FROM attic.old") == 3
    any_parted.execute("DROP VIEW attic.old")
    assert expire(any_parted) == {first: "dropped"}


@pytest.mark.parametrize(
    ("kind", "type_", "every", "keep", "key"),
    [
        ("time", "date", "'1 day'", "'3 days'", "current_date - 6"),
        ("time", "timestamptz", "'1 hour'", "'3 hours'", "now() - interval '6 hours'"),
        ("uuid_v7", "uuid", "'7 days'", "'21 days'", "kernel.uuid_v7_at(now() - '42 d'::interval)"),
        ("bigint", "bigint", "1000", "3000", "500"),
    ],
)  # fmt: skip
def test_every_kind_of_key(
    parted: Parted, kind: str, type_: str, every: str, keep: str, key: str
) -> None:
    """Created, filled, expired by time, by version 7 uuid, by number."""
    ids = "_ids" if kind == "bigint" else ""
    parted.execute(
        f"CREATE TABLE probe.things (k {type_} PRIMARY KEY) PARTITION BY RANGE (k);"
        "ALTER TABLE probe.things ENABLE ROW LEVEL SECURITY;"
        f"INSERT INTO kernel.partition_policy (parent, key_kind, every{ids}, ahead)"
        f" VALUES ('probe.things', '{kind}', {every}, 6)"
    )
    if kind == "bigint":
        parted.execute(
            "SELECT kernel.maintain_partitions(); INSERT INTO probe.things VALUES (6500)"
        )
    else:
        parted.execute(f"SELECT kernel.extend_partitions(now() - 6 * {every}::interval)")
    parted.execute("SELECT kernel.maintain_partitions()")
    parted.execute(f"INSERT INTO probe.things VALUES ({key})")
    oldest = parted.value(f"SELECT tableoid::regclass::text FROM probe.things WHERE k <= {key}")
    parted.execute(
        "DELETE FROM kernel.partition_policy WHERE parent = 'probe.visits'::regclass;"
        f"UPDATE kernel.partition_policy SET keep{ids} = {keep}"
    )
    found = expire(parted)
    assert found[oldest] == "dropped"
    assert set(found.values()) == {"dropped"}
    assert 2 <= len(found) <= 4
    assert parted.value("SELECT kernel.maintain_partitions()") == 0, (
        "what expired is not made again"
    )


@pytest.mark.parametrize("name", ['a"b;--', "Ünï 日本" * 5, "%s %I {}", "x" * 63])
def test_names_of_any_kind_expire(any_parted: Parted, name: str) -> None:
    owner = any_parted.owner()
    owner.execute("DELETE FROM kernel.partition_policy")
    table, column = sql.Identifier("probe", name), sql.Identifier(name)
    for statement in (
        "CREATE TABLE {0} ({1} date NOT NULL) PARTITION BY RANGE ({1})",
        "ALTER TABLE {0} ENABLE ROW LEVEL SECURITY",
        "INSERT INTO kernel.partition_policy (parent, key_kind, every, ahead)"
        " VALUES ({2}::regclass, 'time', '1 day', 2)",
        "SELECT kernel.extend_partitions(now() - interval '8 days')",
        "INSERT INTO {0} VALUES (timezone('UTC', now())::date - 8)",
        "UPDATE kernel.partition_policy SET keep = '5 days'",
    ):
        shown = sql.Literal(table.as_string(owner))
        owner.execute(sql.SQL(statement).format(table, column, shown))
    found = expire_partitions(any_parted.runner(), quiet)
    assert [(done.outcome, done.rows) for done in found] == [("dropped", n) for n in (0, 1, 0, 0)]


def test_the_command_expires_and_says_so(parted: Parted) -> None:
    database = parted.database
    run = Maintained(database.url("strongroom_runner"), database.url("postgres")).run()
    assert run[0] == 0, run
    assert [p["outcome"] for p in run[1]["expired"]] == ["dropped"] * 8
    assert json.loads(json.dumps(run[1]["expired"]))[0]["partition"] == parted_name(run[1])
    assert f"partition {parted_name(run[1])} of probe.visits: dropped, 3 rows" in run[2]


def parted_name(document: dict[str, Any]) -> str:
    name: str = document["expired"][0]["partition"]
    return name


def test_the_command_fails_when_a_partition_does(any_parted: Parted) -> None:
    any_parted.execute(f"CREATE VIEW attic.old AS SELECT note FROM {any_parted.month(11)}")
    database = any_parted.database
    run = Maintained(database.url("strongroom_runner"), database.url("postgres")).run()
    assert run[0] == 1
    assert "(2BP01)" in run[2]


def test_a_transaction_is_refused(any_parted: Parted) -> None:
    connection = any_parted.database.connect("strongroom_runner", autocommit=False)
    with pytest.raises(UsageError):
        expire_partitions(connection, quiet)


def test_a_stricter_session_does_not_stop_it(any_parted: Parted) -> None:
    """Holds that are newer than a transaction must be seen, whatever the session's default is."""
    runner = any_parted.runner()
    runner.execute("SET default_transaction_isolation = 'serializable'")
    found = expire_partitions(runner, quiet)
    assert [done.outcome for done in found] == ["dropped"] * 8
    assert runner.execute("SHOW default_transaction_isolation").fetchone() == ("serializable",)
