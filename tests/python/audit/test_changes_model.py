"""Random histories of rows, compared with what a Python model remembers."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from tests.python.audit.conftest import Audited, problems, value
from tests.python.fix_databases import Connection

_CHANGES = "SELECT operation, key, old, new, changed FROM kernel.audit_changes('probe.people')"
_COLUMNS = ("tier", "seen_at", "name", "mood", "shade")
_PLAIN = ("tier", "seen_at", "shade")
_STEPS = 250
_SETTINGS = (
    "SET timezone = 'Asia/Tokyo'",
    "SET timezone = 'America/St_Johns'",
    "SET datestyle = 'German, DMY'",
    "SET bytea_output = 'escape'",
    "SET extra_float_digits = -5",
)
_VALUES: dict[str, list[Any]] = {
    "tier": [None, "basic", "gold", ""],
    "seen_at": [None, "2026-03-29 01:30:00+00", "2026-10-25 00:30:00.123456+00"],
    "name": [None, "Anna", "anna", "ünï'\"\\"],
    "mood": [None, {"a": 1}, {"b": [1, None]}],
    "shade": [None, b"", b"\x00\xff"],
}
_IN_LOG = {
    "2026-03-29 01:30:00+00": "2026-03-29T01:30:00",
    "2026-10-25 00:30:00.123456+00": "2026-10-25T00:30:00.123456",
    b"": "",
    b"\x00\xff": "00ff",
}


@dataclass
class Model:
    """Rows as they are, and every change that was committed."""

    rows: dict[int, dict[str, Any]] = field(default_factory=dict)
    history: list[tuple[str, int, dict[str, Any] | None, dict[str, Any] | None]] = field(
        default_factory=list
    )

    def change(self, key: int, new: dict[str, Any] | None) -> None:
        old = self.rows.pop(key, None)
        operation = "INSERT" if old is None else "DELETE" if new is None else "UPDATE"
        self.history.append((operation, key, old, new))
        if new is not None:
            self.rows[key] = new

    def answer(self) -> list[tuple[Any, ...]]:
        """What kernel.audit_changes must say."""
        return [
            (operation, str(key), _plain(old), _plain(new), _changed(operation, old, new))
            for operation, key, old, new in self.history
        ]


def test_changes_are_what_happened(audited: Audited) -> None:
    """[A-07] [C-41] Rows come, change by single rows and in bulk, go and come again."""
    chance, model = random.Random(11), Model()
    writer, runner = audited.writer(autocommit=False), audited.runner()
    for step in range(_STEPS):
        writer.execute(chance.choice(_SETTINGS).replace("SET", "SET LOCAL", 1).encode())
        before = (dict(model.rows), list(model.history))
        for _ in range(chance.randint(1, 3)):
            _act(chance, writer, model)
        if chance.random() < 0.15:
            model.rows, model.history = before
            writer.rollback()
        else:
            writer.commit()
        if chance.random() < 0.1:
            value(runner, "SELECT kernel.seal_audit()")
        if step % 50 == 49:
            assert runner.execute(_CHANGES.encode()).fetchall() == model.answer()
    assert problems(runner) == []
    for key in range(6):
        one = runner.execute(f"{_CHANGES[:-1]}, '{key}')".encode()).fetchall()
        assert one == [change for change in model.answer() if change[1] == str(key)]
    assert len(model.history) > _STEPS


def test_what_began_before_and_wrote_after_is_not_anothers(audited: Audited) -> None:
    """[C-41] Asked since a moment at which a transaction is open that changes the row last."""
    writer, late, runner = audited.writer(), audited.writer(autocommit=False), audited.runner()
    tiers = "SELECT old ->> 'tier', new ->> 'tier', changed FROM kernel.audit_changes"
    writer.execute("INSERT INTO probe.people (id, tier) VALUES (1, 'a')")
    late.execute("SELECT 1")
    since = value(writer, "SELECT clock_timestamp()")
    writer.execute("UPDATE probe.people SET tier = 'b'")
    late.execute("UPDATE probe.people SET tier = 'c', name = 'Anna'")
    late.commit()
    for _ in range(2):
        for question in ("('probe.people', NULL, %s)", "('probe.people', '1', %s)"):
            found = runner.execute(f"{tiers}{question}".encode(), (since,)).fetchall()
            assert found == [("a", "b", ["tier"])]
        assert audited.seal_all() in (0, 1)
    everything = runner.execute(f"{tiers}('probe.people')".encode()).fetchall()
    assert everything[1:] == [("a", "b", ["tier"]), ("b", "c", ["name", "tier"])]


def test_keys_of_any_domain_find_their_row(any_audited: Audited) -> None:
    writer, runner = any_audited.writer(), any_audited.runner()
    for name, base, key in (
        ("bytes", "bytea", "'\\xabcd'"),
        ("inner_bytes", "probe.bytes", "'\\xabcd'"),
        ("moments", "timestamptz", "'2026-03-01 00:00+05'"),
        ("letters", "char(3)", "'ab'"),
    ):
        writer.execute(
            f"CREATE DOMAIN probe.{name} AS {base};"
            f" CREATE TABLE probe.by_{name} (id probe.{name} PRIMARY KEY, tier text);"
            f" COMMENT ON COLUMN probe.by_{name}.id IS E'Id.\\n@internal';"
            f" COMMENT ON COLUMN probe.by_{name}.tier IS E'Tier.\\n@internal';"
            f" SELECT kernel.enable_audit('probe.by_{name}');"
            f" INSERT INTO probe.by_{name} VALUES ({key}, 'a');"
            f" UPDATE probe.by_{name} SET tier = 'b'".encode()
        )
        told = runner.execute(
            "SELECT c.new ->> 'tier', one.new ->> 'tier'"
            f" FROM kernel.audit_changes('probe.by_{name}') AS c,"
            f" kernel.audit_changes('probe.by_{name}', c.key) AS one".encode()
        ).fetchall()
        assert told == [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")], name


def _act(chance: random.Random, writer: Connection, model: Model) -> None:
    key = chance.randrange(6)
    new = {column: chance.choice(values) for column, values in _VALUES.items()}
    if chance.random() < 0.2:
        for row in writer.execute("DELETE FROM probe.people WHERE id <= %s RETURNING id", (key,)):
            model.change(row[0], None)
    elif chance.random() < 0.3:
        # Several rows by one statement, in the order in which the table holds them.
        changed = writer.execute("UPDATE probe.people SET tier = %s RETURNING id", (new["tier"],))
        for row in changed.fetchall():
            model.change(row[0], {**model.rows[row[0]], "tier": new["tier"]})
    else:
        writer.execute(
            "INSERT INTO probe.people VALUES (%(id)s, %(tier)s, %(seen_at)s, %(name)s, %(mood)s,"
            " %(shade)s) ON CONFLICT (id) DO UPDATE SET (tier, seen_at, name, mood, shade) ="
            " ROW (excluded.tier, excluded.seen_at, excluded.name, excluded.mood, excluded.shade)",
            {**new, "id": key, "mood": None if new["mood"] is None else Jsonb(new["mood"])},
        )
        model.change(key, new)


def _plain(row: dict[str, Any] | None) -> dict[str, Any] | None:
    return row and {column: _IN_LOG.get(row[column], row[column]) for column in _PLAIN}


def _changed(
    operation: str, old: dict[str, Any] | None, new: dict[str, Any] | None
) -> list[str] | None:
    if operation != "UPDATE" or old is None or new is None:
        return None
    return sorted(column for column in _COLUMNS if old[column] != new[column])
