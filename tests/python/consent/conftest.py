"""People of tarot who are asked what their data may be used for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from strongroom.subject.eraser import Erased, erase
from tests.python.erasure.conftest import Keys
from tests.python.fix_databases import Connection, Database

KEY_ID = "tarot.people.1"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where people of tarot say yes and no; two wordings are published."""

    database: Database
    admin: Connection

    def person(self, user_id: int, *, autocommit: bool = True) -> Connection:
        return self.database.connect(
            role="tarot_app", app="tarot", user_id=user_id, autocommit=autocommit
        )

    def value(self, text: str, *values: object) -> Any:
        row = self.admin.execute(text.encode(), values or None).fetchone()
        assert row is not None
        return row[0]

    def publish(self, body: str, *, language: str = "en", is_material: bool = True) -> int:
        query = "SELECT kernel.publish_consent_text('tarot', 'advice', %s, %s, %s)"
        return int(self.value(query, language, body, is_material))

    def events(self, user_id: int) -> list[bool]:
        """What a person said, in order: given or withdrawn."""
        found = self.admin.execute(
            "SELECT granted FROM kernel.consent_event WHERE app = 'tarot' AND subject = %s"
            " ORDER BY id",
            (str(user_id),),
        )
        return [row[0] for row in found]

    def approved(self, user_id: int) -> UUID:
        """An erasure of a person that may be run."""
        request = self.value("SELECT kernel.open_request('tarot', %s, 'erasure')", str(user_id))
        self.admin.execute("SELECT kernel.approve_request(%s)", (request,))
        return UUID(str(request))

    def erase(self, request: UUID) -> Erased:
        runner = self.database.connect("strongroom_runner")
        return erase(runner, request, Keys(), KEY_ID, lambda step: None)


def give(connection: Connection, version: int = 1, evidence: str = "{}") -> bool:
    row = connection.execute(
        "SELECT kernel.give_consent('advice', %s, 'checkbox', %s)", (version, evidence)
    ).fetchone()
    assert row is not None
    return bool(row[0])


def withdraw(connection: Connection) -> bool:
    row = connection.execute("SELECT kernel.withdraw_consent('advice', 'menu')").fetchone()
    assert row is not None
    return bool(row[0])


def has(connection: Connection) -> bool:
    row = connection.execute("SELECT kernel.has_consent('advice')").fetchone()
    assert row is not None
    return bool(row[0])


@pytest.fixture
def desk(database: Database) -> Desk:
    """On each server."""
    found = Desk(database, database.admin())
    found.admin.execute("SELECT tarot.register_user(555, 'anna_of_omsk')")
    found.admin.execute("SELECT tarot.register_user(556, 'boris_of_tomsk')")
    assert found.publish("We keep your questions.") == 1
    return found
