"""Requests against a model of them in Python: the same acts, the same states and answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.python.fix_databases import Connection, Database

_MOVES = {
    "requested": {"verified", "refused"},
    "verified": {"approved", "refused"},
    "approved": {"running", "held", "refused"},
    "running": {"done", "failed", "held"},
    "held": {"approved", "refused"},
    "failed": {"approved"},
    "done": set(),
    "refused": set(),
}
_ENDS = {"done", "refused"}
_ATTEMPTS = 3

people = st.integers(1, 3)
acts = st.one_of(
    st.tuples(st.just("ask"), people),
    st.tuples(st.just("ask"), people),
    st.tuples(st.just("confirm"), people),
    st.tuples(st.just("confirm"), people),
    st.tuples(st.just("confirm by an older code"), people),
    st.tuples(st.just("guess"), people),
    st.tuples(st.just("confirm another's"), people),
    st.tuples(st.just("write"), people, st.sampled_from(["staff", "retention", "replay"])),
    st.tuples(st.just("approve"), people),
    st.tuples(st.just("approve"), people),
    st.tuples(st.just("refuse"), people),
    st.tuples(st.just("extend"), people),
    st.tuples(st.just("expire"), people),
    st.tuples(st.just("tend")),
    st.tuples(st.just("hold"), people),
    st.tuples(st.just("release"), people),
    st.tuples(st.just("push"), people, st.sampled_from(sorted(_MOVES.keys() - {"requested"}))),
)


@dataclass(slots=True)
class Request:
    """The open request of a person."""

    id: Any
    state: str
    is_approved: bool = False
    is_begun: bool = False
    is_extended: bool = False
    is_late: bool = False
    attempts: int = 0
    codes: list[str] = field(default_factory=list)


class Trial:
    """The same acts on the model and on the database."""

    def __init__(self, admin: Connection) -> None:
        self.db = admin
        self.open: dict[int, Request] = {}
        self.ended: dict[Any, str] = {}
        self.holds: dict[int, int] = {}

    def value(self, text: str, *values: object) -> Any:
        row = self.db.execute(text.encode(), values).fetchone()
        assert row is not None
        return row[0] if len(row) == 1 else row

    def as_person(self, person: int, text: str, *values: object) -> Any:
        with self.db.transaction():
            self.db.execute(
                "SELECT set_config('kernel.app', 'tarot', true),"
                " set_config('kernel.user_id', %s, true), set_config('role', 'tarot_app', true)",
                (str(person),),
            )
            found = self.value(text, *values)
            self.db.execute("RESET ROLE")
        return found

    def ends(self, person: int) -> None:
        request = self.open.pop(person)
        self.ended[request.id] = request.state

    def ask(self, person: int) -> None:
        id_, code = self.as_person(person, "SELECT request_id, code FROM kernel.request_erasure()")
        request = self.open.setdefault(person, Request(id_, "requested"))
        assert request.id == id_
        assert (code is None) == (request.state != "requested")
        if code is not None:
            request.codes.append(code)
            request.is_late = False

    def _confirm(self, person: int, request_id: Any, code: str) -> str:
        return str(self.as_person(person, "SELECT kernel.verify_request(%s, %s)", request_id, code))

    def confirm(self, person: int) -> None:
        request = self.open.get(person)
        if request is None or not request.codes:
            return
        if request.state == "requested" and not request.is_late:
            assert self._confirm(person, request.id, request.codes[-1]) == "verified"
            request.state = "verified"
        else:
            self._fail(person, request.codes[-1])

    def _fail(self, person: int, code: str) -> None:
        request = self.open[person]
        assert self._confirm(person, request.id, code) == "rejected"
        if request.state == "requested":
            request.attempts += 1
            if request.attempts == _ATTEMPTS:
                request.state = "refused"
                self.ends(person)

    def confirm_by_an_older_code(self, person: int) -> None:
        if person in self.open and len(self.open[person].codes) > 1:
            self._fail(person, self.open[person].codes[-2])

    def guess(self, person: int) -> None:
        if person in self.open:
            self._fail(person, "0000-0000-0000-0000")

    def confirm_anothers(self, person: int) -> None:
        for other, request in self.open.items():
            if other != person and request.codes:
                assert self._confirm(person, request.id, request.codes[-1]) == "rejected"

    def write(self, person: int, origin: str) -> None:
        id_ = self.value(
            "SELECT kernel.open_request('tarot', %s, 'erasure', 'gdpr', %s)", str(person), origin
        )
        begun = "approved" if origin == "replay" else "verified"
        request = self.open.setdefault(person, Request(id_, begun, begun == "approved"))
        assert request.id == id_
        if request.state == "requested":
            request.state = "verified"
        if origin == "replay" and request.state in ("verified", "failed"):
            request.state, request.is_approved = "approved", True

    def _refused(self, text: str, *values: object) -> bool:
        try:
            with self.db.transaction():
                self.db.execute(text.encode(), values)
        except psycopg.Error as error:
            if error.sqlstate not in ("KR090", "KR094"):
                raise
            return True
        return False

    def approve(self, person: int) -> None:
        if request := self.open.get(person):
            legal = request.state in ("verified", "failed")
            assert self._refused("SELECT kernel.approve_request(%s)", request.id) != legal
            if legal:
                request.state, request.is_approved = "approved", True

    def refuse(self, person: int) -> None:
        if request := self.open.get(person):
            legal = "refused" in _MOVES[request.state] and not request.is_begun
            assert self._refused("SELECT kernel.refuse_request(%s, 'no')", request.id) != legal
            if legal:
                request.state = "refused"
                self.ends(person)

    def extend(self, person: int) -> None:
        if request := self.open.get(person):
            refused = self._refused("SELECT kernel.extend_request(%s, 'why')", request.id)
            assert refused == request.is_extended
            request.is_extended = True

    def expire(self, person: int) -> None:
        request = self.open.get(person)
        if request is not None and request.state == "requested":
            self.db.execute(
                "UPDATE kernel.subject_request SET code_expires_at = now() - interval '1 s'"
                " WHERE id = %s",
                (request.id,),
            )
            request.is_late = True

    def tend(self) -> None:
        late = [p for p, r in self.open.items() if r.state == "requested" and r.is_late]
        free = [p for p, r in self.open.items() if r.state == "held" and p not in self.holds]
        assert self.value("SELECT kernel.tend_requests()") == len(late) + len(free)
        for person in free:
            self.open[person].state = "approved"
        for person in late:
            self.open[person].state = "refused"
            self.ends(person)

    def hold(self, person: int) -> None:
        if person not in self.holds:
            self.holds[person] = self.value(
                "SELECT kernel.place_hold('case', 'tarot', %s)", str(person)
            )

    def release(self, person: int) -> None:
        if person in self.holds:
            self.db.execute("SELECT kernel.release_hold(%s, 'closed')", (self.holds.pop(person),))

    def push(self, person: int, state: str) -> None:
        """The owner by hand, past the functions: what the table itself allows."""
        request = self.open.get(person)
        if request is None or state == request.state or (state == "done"):
            return
        legal = state in _MOVES[request.state] and not (state == "refused" and request.is_begun)
        refused = self._refused(
            "UPDATE kernel.subject_request SET state = %s, state_reason = 'why',"
            " approved_by = CASE WHEN %s = 'approved' AND state <> 'held' THEN 'x'"
            " ELSE approved_by END WHERE id = %s",
            state,
            state,
            request.id,
        )
        assert refused != legal
        if legal:
            request.state = state
            request.is_begun |= state == "running"
            request.is_approved |= state == "approved"
            if state in _ENDS:
                self.ends(person)

    def check(self) -> None:
        found = self.db.execute(
            "SELECT id, subject, state, extended_to IS NOT NULL, attempts, ended_at IS NOT NULL,"
            " approved_at IS NOT NULL, code_hash IS NOT NULL, due_at = requested_at + '1 month'"
            " FROM kernel.subject_request"
        ).fetchall()
        assert len(found) == len(self.open) + len(self.ended)
        for id_, subject, state, extended, attempts, ended, approved, has_code, is_due in found:
            assert is_due
            assert has_code == (state == "requested")
            assert ended == (state in _ENDS)
            if ended:
                assert self.ended[id_] == state
            else:
                request = self.open[int(subject)]
                assert (request.id, request.state) == (id_, state)
                assert (request.is_extended, request.is_approved) == (extended, approved)
                assert request.attempts == attempts
        history: dict[Any, str | None] = {}
        for id_, before, after in self.db.execute(
            "SELECT request_id, from_state, to_state FROM kernel.subject_request_event ORDER BY id"
        ).fetchall():
            assert history.get(id_) == before
            assert before is None or after in _MOVES[before]
            history[id_] = after
        assert history == {row[0]: row[2] for row in found}


@contextmanager
def _rolled_back(admin: Connection) -> Iterator[None]:
    admin.execute("BEGIN")
    try:
        yield
    finally:
        admin.execute("ROLLBACK")


def test_requests_do_what_the_model_does(database: Database) -> None:
    """[A-F12] Whatever is tried in whatever order, a request takes its steps and no others."""
    admin = database.admin()
    admin.execute("SET timezone = 'UTC'")
    admin.execute(
        "INSERT INTO kernel.request_policy (app, max_attempts) VALUES ('tarot', %s)", (_ATTEMPTS,)
    )

    @settings(
        max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(st.lists(acts, min_size=3, max_size=40))
    def play(script: list[tuple[object, ...]]) -> None:
        with _rolled_back(admin):
            trial = Trial(admin)
            for name, *values in script:
                getattr(trial, str(name).replace(" ", "_").replace("'", ""))(*values)
                trial.check()

    play()
