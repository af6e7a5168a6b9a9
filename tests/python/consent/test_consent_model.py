"""Wordings and consents against a model of them in Python: the same acts, the same answers."""

from __future__ import annotations

from dataclasses import dataclass, field

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.python.consent.conftest import Desk, give, withdraw

_LANGUAGES = ("en", "de")
people = st.integers(1, 2)
acts = st.one_of(
    st.tuples(st.just("publish"), st.sampled_from(_LANGUAGES), st.booleans(), st.booleans()),
    st.tuples(st.just("give"), people, st.integers(1, 5)),
    st.tuples(st.just("give"), people, st.integers(1, 2)),
    st.tuples(st.just("withdraw"), people),
)


@dataclass(slots=True)
class Model:
    """wordings: language, body, material, by version from 1. said: by person, what and on which."""

    wordings: list[tuple[str, str, bool]] = field(
        default_factory=lambda: [("en", "We keep your questions.", True)]
    )
    said: dict[int, list[tuple[bool, int]]] = field(default_factory=lambda: {1: [], 2: []})

    def newer(self, version: int) -> list[tuple[int, bool]]:
        language = self.wordings[version - 1][0]
        return [
            (number, material)
            for number, (other, _, material) in enumerate(self.wordings, 1)
            if number > version and other == language
        ]

    def is_old(self, version: int) -> bool:
        return any(material for _, material in self.newer(version))

    def publish(self, language: str, body: str, is_material: bool) -> int:
        own = [n for n, wording in enumerate(self.wordings, 1) if wording[0] == language]
        if own and self.wordings[own[-1] - 1][1] == body:
            return own[-1]
        self.wordings.append((language, body, is_material))
        return len(self.wordings)

    def give(self, person: int, version: int) -> bool | str:
        if version > len(self.wordings):
            return "KR131"
        if self.is_old(version):
            return "KR132"
        if self.said[person][-1:] == [(True, version)]:
            return False
        self.said[person].append((True, version))
        return True

    def withdraw(self, person: int) -> bool:
        if not self.said[person] or not self.said[person][-1][0]:
            return False
        self.said[person].append((False, self.said[person][-1][1]))
        return True

    def shown(self, person: int) -> list[tuple[bool, bool, int, int | None, bool]]:
        """The row of kernel.my_consents."""
        if not self.said[person]:
            return []
        granted, version = self.said[person][-1]
        old = self.is_old(version)
        newest = max((number for number, _ in self.newer(version)), default=None)
        return [(granted and not old, granted, version, newest, granted and old)]


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(acts, max_size=25))
def test_consents_are_as_in_the_model(desk: Desk, story: list[tuple[object, ...]]) -> None:
    """[A-F10] [P-30] [X-2] Whatever is published, given and withdrawn, in whatever order."""
    model = Model()
    connection = desk.person(1, autocommit=False)
    try:
        for act in story:
            _play(model, connection, act)
            for person in (1, 2):
                connection.execute("SELECT set_config('kernel.user_id', %s, true)", (str(person),))
                rows = connection.execute(
                    "SELECT is_in_force, granted, version, newer_version, must_be_renewed,"
                    " kernel.has_consent(purpose) FROM kernel.my_consents"
                ).fetchall()
                assert [row[:5] for row in rows] == model.shown(person)
                assert all(row[0] == row[5] for row in rows)
    finally:
        connection.rollback()


def _play(
    model: Model, connection: psycopg.Connection[tuple[object, ...]], act: tuple[object, ...]
) -> None:
    if act[0] == "publish":
        _, language, is_material, again = act
        body = "We keep your questions." if again else f"wording {len(model.wordings)}"
        wanted = model.publish(str(language), body, bool(is_material))
        connection.execute("SET LOCAL ROLE tarot_worker")
        row = connection.execute(
            "SELECT kernel.publish_consent_text('tarot', 'advice', %s, %s, %s)",
            (language, body, is_material),
        ).fetchone()
        connection.execute("SET LOCAL ROLE tarot_app")
        assert row == (wanted,)
        return
    person = int(str(act[1]))
    connection.execute("SELECT set_config('kernel.user_id', %s, true)", (str(person),))
    if act[0] == "withdraw":
        assert withdraw(connection) == model.withdraw(person)
        return
    version = int(str(act[2]))
    assert _given(connection, version) == model.give(person, version)


def _given(connection: psycopg.Connection[tuple[object, ...]], version: int) -> bool | str:
    try:
        with connection.transaction():
            return give(connection, version)
    except psycopg.Error as error:
        return str(error.sqlstate)
