"""A superuser edits the log under an exported root a thousand times, and each edit is found.

The log has 1,000 entries in 50 batches. Each edit is made in a transaction that is rolled back.
Verified are the three batches around it, with the chain value of the last, as a nightly check of a
range would; so a thousand take seconds. Every 100th is verified from the first batch to the last.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from tests.python.audit.conftest import Audited, problems, value
from tests.python.fix_databases import Connection

_EDITS = 1000
_BATCHES = 50
_EACH = 20
_WHERE = " WHERE batch = %(batch)s AND id = %(id)s"
# A change of each column, to something that it was not.
_CHANGES = (
    "at = at + random() * interval '1 second' + interval '1 microsecond'",
    "transaction_id = '7'",
    "app = app || '.'",
    "relation = coalesce(relation, '') || '.'",
    "shape_id = shape_id # 1",
    "operation = CASE operation WHEN 'ACCESS' THEN 'DELETE' ELSE 'ACCESS' END",
    "key = coalesce(key, '') || '0'",
    "subject = coalesce(subject, '') || '0'",
    "actor = CASE WHEN actor IS NULL THEN '' END",
    "role = role || '.'",
    "request_id = coalesce(request_id, '') || '.'",
    "old = CASE WHEN old IS NULL THEN 'null'::jsonb END",
    "details = CASE WHEN details IS NULL THEN 'null'::jsonb END",
    "opening = coalesce(opening, '') || '\\x00'::bytea",
    "commitment = sha256(coalesce(commitment, '') || '\\x00'::bytea)",
)


@pytest.fixture
def sealed(any_audited: Audited) -> Audited:
    """Fifty batches."""
    writer, runner = any_audited.writer(), any_audited.runner()
    writer.execute("SELECT set_config('kernel.actor', 'anna', false)")
    for number in range(_BATCHES):
        many = {"from": number * 10, "to": number * 10 + 9}
        writer.execute(
            "INSERT INTO probe.people (id, tier, name)"
            " SELECT n, 'basic', 'canary ' || n"
            " FROM generate_series(%(from)s::int, %(to)s::int) AS n",
            many,
        )
        writer.execute(
            "UPDATE probe.people SET tier = 'gold' WHERE id BETWEEN %(from)s AND %(to)s", many
        )
        assert value(runner, "SELECT kernel.seal_audit()") == _EACH
    return any_audited


def test_a_thousand_edits_are_found(sealed: Audited) -> None:
    """[A-07] Changed, removed, inserted and reordered entries, and seals."""
    chance, admin = random.Random(4), sealed.tamperer()
    chains = dict(
        admin.execute("SELECT batch, encode(chain, 'hex') FROM kernel.audit_seal").fetchall()
    )
    kinds: tuple[Callable[..., int], ...] = (_change, _change, _remove, _insert, _swap, _reseal)
    missed = []
    for number in range(_EDITS):
        batch = chance.randint(1, _BATCHES)
        with admin.transaction(force_rollback=True):
            first = kinds[number % len(kinds)](admin, chance, batch)
            begin, end = max(1, batch - 1), min(_BATCHES, batch + 1)
            if number % 100 == 0:
                begin, end = 1, _BATCHES
            found = problems(admin, begin, end, chains[end])
            # A seal made anew over other names of columns does not hide them.
            if [row[0] for row in found] not in ([first], [batch]):
                missed.append((number, batch, first, found))
    assert missed == []
    assert problems(admin, 1, _BATCHES, chains[_BATCHES]) == []


def test_seals_that_were_made_anew_are_found_by_the_exported_root_alone(sealed: Audited) -> None:
    """[A-07] Who rewrites an entry and every seal after it can't rewrite what was exported."""
    admin, (batch, chain) = sealed.tamperer(), sealed.export()
    admin.execute("UPDATE kernel.audit_log SET actor = 'ben' WHERE batch = 20")
    for number in range(20, _BATCHES + 1):
        _seal_anew(admin, number)
    assert problems(admin) == []
    assert [row[0] for row in problems(admin, 1, batch, chain)] == [batch]
    admin.execute("DELETE FROM kernel.audit_log WHERE batch > 40")
    admin.execute("DELETE FROM kernel.audit_seal WHERE batch > 40")
    assert problems(admin) == []
    assert [row[0] for row in problems(admin, 1, batch, chain)] == [41]


def test_names_of_columns_are_under_the_seals_too(sealed: Audited) -> None:
    """[A-07] Entries hold values by place: other names for them, or none, say something else."""
    admin, (batch, chain) = sealed.tamperer(), sealed.export()
    shape = " WHERE columns ->> 'relation' = 'people' AND columns ->> 'app' = 'probe'"
    edits = (
        "UPDATE kernel.audit_shape SET columns = jsonb_set(columns, '{plain}',"
        ' \'["seen_at", "tier", "shade"]\')',
        "UPDATE kernel.audit_shape SET id = id # 1",
        "DELETE FROM kernel.audit_shape",
    )
    for edit in edits:
        with admin.transaction(force_rollback=True):
            admin.execute(f"{edit}{shape}".encode())
            assert problems(admin, 7, batch, chain) == [
                (7, "the list of columns that 20 entries are read by is not theirs")
            ]
    assert problems(admin, 7, batch, chain) == []


def test_an_exported_root_may_be_written_in_capitals(sealed: Audited) -> None:
    batch, chain = sealed.export()
    assert problems(sealed.runner(), 1, batch, chain.upper()) == []


def test_a_seal_can_be_checked_without_the_database(sealed: Audited) -> None:
    """Leaf, root and chain as the documents define them, computed here."""
    admin, previous = sealed.database.admin(), b""
    admin.execute("SET timezone = 'Asia/Tokyo'")
    seals = admin.execute(
        "SELECT batch, to_jsonb(sealed_at AT TIME ZONE 'UTC'), system_identifier, row_count,"
        " to_jsonb(first_at AT TIME ZONE 'UTC'), to_jsonb(last_at AT TIME ZONE 'UTC'), root, chain"
        " FROM kernel.audit_seal ORDER BY batch"
    ).fetchall()
    for *facts, root, chain in seals:
        assert _root(_leaves(admin, facts[0])) == root
        text = json.dumps([*facts, root.hex()]).encode()
        previous = hashlib.sha256(previous + text).digest()
        assert previous == chain


def test_no_canary_is_in_the_log(sealed: Audited) -> None:
    """[P-F19] [S-42] What is personal is in no column of it, nor in its statistics."""
    admin = sealed.database.admin()
    admin.execute("ANALYZE kernel.audit_log")
    for place in ("kernel.audit_log", "kernel.audit_inbox", "kernel.audit_seal", "pg_stats"):
        rows = f"SELECT count(*) FROM {place} AS t WHERE t::text ~ 'canary|63616e617279'"
        if place == "pg_stats":
            rows += " AND t.tablename ~ '^audit_'"
        assert value(admin, rows) == 0


def _entry(admin: Connection, chance: random.Random, batch: int) -> dict[str, Any]:
    ids = admin.execute("SELECT id FROM kernel.audit_log WHERE batch = %s", (batch,)).fetchall()
    return {"batch": batch, "id": chance.choice(ids)[0]}


def _change(admin: Connection, chance: random.Random, batch: int) -> int:
    column = chance.choice(_CHANGES)
    admin.execute(f"UPDATE kernel.audit_log SET {column}{_WHERE}", _entry(admin, chance, batch))
    return batch


def _remove(admin: Connection, chance: random.Random, batch: int) -> int:
    admin.execute(f"DELETE FROM kernel.audit_log{_WHERE}", _entry(admin, chance, batch))
    return batch


def _insert(admin: Connection, chance: random.Random, batch: int) -> int:
    """A copy of an entry under a free number, sometimes in another month."""
    admin.execute(
        "INSERT INTO kernel.audit_log SELECT (jsonb_populate_record(l, jsonb_build_object("
        " 'id', -l.id - 1, 'at', l.at + %(months)s * interval '1 month'))).*"
        f" FROM kernel.audit_log AS l{_WHERE}",
        {**_entry(admin, chance, batch), "months": chance.randint(0, 1)},
    )
    return batch


def _swap(admin: Connection, chance: random.Random, batch: int) -> int:
    """Two neighbours take each other's number, or an entry moves to another batch."""
    first, last = admin.execute(
        "SELECT min(id), max(id) FROM kernel.audit_log WHERE batch = %s", (batch,)
    ).fetchall()[0]
    if chance.random() < 0.3 and batch < _BATCHES:
        admin.execute(
            "UPDATE kernel.audit_log SET batch = batch + 1 WHERE batch = %s AND id = %s",
            (batch, last),
        )
        return batch
    one = chance.randint(first, last - 1)
    for old, new in ((one, -1), (one + 1, one), (-1, one + 1)):
        admin.execute(
            "UPDATE kernel.audit_log SET id = %s WHERE batch = %s AND id = %s", (new, batch, old)
        )
    return batch


def _reseal(admin: Connection, chance: random.Random, batch: int) -> int:
    """The seal itself: changed, removed, or made anew over a changed entry."""
    kind = chance.randrange(3)
    if kind == 0:
        admin.execute("DELETE FROM kernel.audit_seal WHERE batch = %s", (batch,))
    elif kind == 1:
        admin.execute(
            "UPDATE kernel.audit_seal SET row_count = row_count + 1 WHERE batch = %s", (batch,)
        )
    else:
        _change(admin, chance, batch)
        _seal_anew(admin, batch)
        # The one after it no longer fits, or, where the range ends here, the exported value.
        return min(batch + 1, _BATCHES)
    return batch


def _seal_anew(admin: Connection, batch: int) -> None:
    """What a superuser would do who knows how seals are made."""
    admin.execute(
        "UPDATE kernel.audit_seal AS s SET root = kernel.merkle_root((SELECT string_agg("
        " kernel.audit_leaf(l.batch, l.id, l.at, l.transaction_id, l.app, l.relation, l.shape_id,"
        " l.operation, l.key, l.subject, l.actor, l.role, l.request_id, l.old, l.details,"
        " l.opening, l.commitment), '' ORDER BY l.id)"
        " FROM kernel.audit_log AS l WHERE l.batch = s.batch)) WHERE s.batch = %s",
        (batch,),
    )
    admin.execute(
        "UPDATE kernel.audit_seal AS s SET chain = kernel.audit_link((SELECT p.chain"
        " FROM kernel.audit_seal AS p WHERE p.batch = s.batch - 1), s) WHERE s.batch = %s",
        (batch,),
    )


def _leaves(admin: Connection, batch: int) -> list[bytes]:
    rows = admin.execute(
        "SELECT batch, id, to_jsonb(at AT TIME ZONE 'UTC'), transaction_id::text, app, relation,"
        " shape_id, operation, key, subject, actor, role, request_id, old::text, details::text,"
        " coalesce(opening, ''), coalesce(encode(commitment, 'hex'), '')"
        " FROM kernel.audit_log WHERE batch = %s ORDER BY id",
        (batch,),
    ).fetchall()
    leaves = []
    for *facts, opening, commitment in rows:
        opened = hashlib.sha256(opening).hexdigest() if opening else ""
        text = json.dumps([*facts, opened + commitment], ensure_ascii=False)
        leaves.append(hashlib.sha256(b"\0" + text.encode()).digest())
    return leaves


def _root(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1."""
    if len(leaves) == 1:
        return leaves[0]
    left = 1
    while left * 2 < len(leaves):
        left *= 2
    return hashlib.sha256(b"\x01" + _root(leaves[:left]) + _root(leaves[left:])).digest()
