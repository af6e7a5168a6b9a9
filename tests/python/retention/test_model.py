"""Holds and retention against a model of them in Python: the same acts, the same rows left."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.python.retention.conftest import Archive, place, release, run

pytestmark = pytest.mark.ends

_KEEP, _LEAST, _MOST, _LAW, _BODY = 30, 10, 60, 20, 5
_POLICIES = f"""
UPDATE kernel.retention_policy
SET override_table = 'probe.users', override_column = 'keep_days', override_min_days = {_LEAST},
    override_max_days = {_MOST}, statutory_minimum = '{_LAW} days'
WHERE name = 'notes';
INSERT INTO kernel.retention_policy
    (name, relation, action, columns, time_expression, keep_for, reason)
VALUES ('bodies', 'probe.notes', 'null', '{{body}}', 'at', '{_BODY} days', 'minimisation')
"""
_INSERT = """
INSERT INTO probe.notes VALUES (%s, %s, now() - make_interval(days => %s, hours => 1), 'words')
"""
_PERIOD = """
INSERT INTO probe.users VALUES (%s, %s)
ON CONFLICT (id) DO UPDATE SET keep_days = EXCLUDED.keep_days
"""
_EXPIRED = """
INSERT INTO kernel.legal_hold (app, subject, reason, placed_by, placed_at, expires_at)
VALUES ('probe', %s, 'case', 'model', now() - interval '2 days', now() - interval '1 day')
RETURNING id
"""
Key = tuple[int, int]

people = st.integers(1, 3)
acts = st.one_of(
    st.tuples(st.just("insert"), people, st.integers(0, 70)),
    st.tuples(st.just("insert"), people, st.sampled_from([_LEAST, _LAW, _KEEP, _MOST])),
    st.tuples(st.just("period"), people, st.none() | st.integers(-5, 100)),
    st.tuples(st.just("hold person"), people),
    st.tuples(st.just("hold row"), st.integers(0, 9)),
    st.tuples(st.just("hold table")),
    st.tuples(st.just("hold expired"), people),
    st.tuples(st.just("release"), st.integers(0, 9)),
    st.tuples(st.just("release expired")),
    st.tuples(st.just("delete"), st.integers(1, 4)),
    st.tuples(st.just("empty"), st.integers(1, 4)),
    st.tuples(st.just("preview")),
)


@dataclass(slots=True)
class Hold:
    """A hold in force: on a person, a row or everything."""

    id: int
    person: int | None = None
    row: Key | None = None
    is_expired: bool = False

    def keeps(self, key: Key) -> bool:
        if self.person is None and self.row is None:
            return True
        return key[0] == self.person or key == self.row


@dataclass(slots=True)
class Model:
    """The rules once more, in the fewest words."""

    notes: dict[Key, int] = field(default_factory=dict)
    full: set[Key] = field(default_factory=set)
    periods: dict[int, int | None] = field(default_factory=dict)
    holds: list[Hold] = field(default_factory=list)
    gone: int = 0

    def is_free(self, key: Key) -> bool:
        return not any(hold.keeps(key) for hold in self.holds)

    def is_old(self, key: Key) -> bool:
        wished = self.periods.get(key[0])
        period = _KEEP if wished is None else min(max(wished, _LEAST), _MOST)
        return self.notes[key] >= max(period, _LAW)

    def due(self) -> list[Key]:
        return [key for key in self.notes if self.is_old(key)]

    def full_and_due(self) -> list[Key]:
        return [key for key in self.full if self.notes[key] >= _BODY]


class Trial:
    """The same acts on the model and on the database."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.db, self.model = archive, archive.admin, Model()
        self.numbers = iter(range(1, 10_000))

    def insert(self, person: int, days: int) -> None:
        key = (person, next(self.numbers))
        self.db.execute(_INSERT, (*key, days))
        self.model.notes[key] = days
        self.model.full.add(key)

    def period(self, person: int, days: int | None) -> None:
        self.db.execute(_PERIOD, (person, days))
        self.model.periods[person] = days

    def hold_person(self, person: int) -> None:
        hold = place(self.db, app="probe", subject=f" {person:03}")
        self.model.holds.append(Hold(hold, person=person))

    def hold_row(self, number: int) -> None:
        if keys := sorted(self.model.notes):
            user_id, id_ = key = keys[number % len(keys)]
            row_key = f'{{"user_id": {user_id}, "id": "{id_}"}}'
            hold = place(self.db, table="probe.notes", row_key=row_key)
            self.model.holds.append(Hold(hold, row=key))

    def hold_table(self) -> None:
        self.model.holds.append(Hold(place(self.db, table="probe.notes")))

    def hold_expired(self, person: int) -> None:
        hold = self.archive.value(_EXPIRED, str(person))
        self.model.holds.append(Hold(hold, person=person, is_expired=True))

    def release(self, number: int) -> None:
        if holds := self.model.holds:
            release(self.db, holds.pop(number % len(holds)).id)

    def release_expired(self) -> None:
        late = [hold for hold in self.model.holds if hold.is_expired]
        assert self.archive.value("SELECT kernel.release_expired_holds()") == len(late)
        self.model.holds = [hold for hold in self.model.holds if not hold.is_expired]

    def delete(self, limit: int) -> None:
        going = [key for key in self.model.due() if self.model.is_free(key)]
        assert run(self.db, "notes", limit) == len(going)
        for key in going:
            del self.model.notes[key]
            self.model.full.discard(key)
        self.model.gone += len(going)

    def empty(self, limit: int) -> None:
        going = {key for key in self.model.full_and_due() if self.model.is_free(key)}
        assert run(self.db, "bodies", limit) == len(going)
        self.model.full -= going

    def preview(self) -> None:
        found = {
            name: (rows, subjects, kept)
            for name, rows, subjects, kept in self.archive.query(
                "SELECT policy, row_count, subject_count, kept_count"
                " FROM kernel.retention_preview()"
            )
        }
        for name, due in (("notes", self.model.due()), ("bodies", self.model.full_and_due())):
            free = [key for key in due if self.model.is_free(key)]
            people = {person for person, _ in free}
            assert found[name] == (len(free), len(people), len(due) - len(free))

    def check(self) -> None:
        there = {
            (user_id, id_): body is not None
            for user_id, id_, body in self.archive.query(
                "SELECT user_id, id, body FROM probe.notes"
            )
        }
        assert there == {key: key in self.model.full for key in self.model.notes}
        assert self.model.gone == self.archive.value(
            "SELECT coalesce(sum(row_count), 0) FROM kernel.destruction_record"
            " WHERE policy_name = 'notes'"
        )
        pinned = {str(hold.person) for hold in self.model.holds if hold.person is not None}
        assert pinned == {
            subject
            for (subject,) in self.archive.query("SELECT subject FROM kernel.pinned_subject")
        }


@contextmanager
def _rolled_back(archive: Archive) -> Iterator[None]:
    archive.admin.execute("BEGIN")
    try:
        yield
    finally:
        archive.admin.execute("ROLLBACK")


@pytest.fixture
def ruled(archive: Archive) -> Archive:
    """The app with both policies."""
    archive.admin.execute(_POLICIES.encode())
    return archive


def test_holds_and_retention_do_what_the_model_does(ruled: Archive) -> None:
    """Whatever is done in whatever order, the rows left are the model's."""

    @settings(
        max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(acts, min_size=3, max_size=30))
    @example(
        [
            *[("insert", person, days) for person in (1, 2) for days in (15, 25, 40, 40, 40)],
            ("hold row", 3),
            ("hold person", 2),
            ("hold expired", 1),
            ("delete", 2),
            ("release expired",),
            ("delete", 2),
            ("period", 2, 1),
            ("release", 1),
            ("preview",),
            ("delete", 1),
            ("empty", 3),
            ("hold table",),
            ("empty", 1),
            ("delete", 1),
        ]
    )
    def play(script: list[tuple[object, ...]]) -> None:
        with _rolled_back(ruled):
            trial = Trial(ruled)
            for name, *values in script:
                getattr(trial, str(name).replace(" ", "_"))(*values)
                trial.check()

    play()
