"""A database with three people, dumps of it, and what a restored copy of one shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from strongroom.sealing import FileKeys
from strongroom.sealing.providers import new_key
from strongroom.subject.eraser import erase
from strongroom.subject.ledger_export import export
from strongroom.subject.ledger_replay import Replayed, replay
from tests.python.fix_databases import Connection, Database
from tests.python.subject.copies import Programs, cloned_database, new_database, people

KEY_ID = "tarot.pseudonym.1"
READING = """
SELECT tarot.draw_reading(
    'single', %s, '[{"card": "the_fool", "position": 1, "reversed": false}]', 'You.', 'reading'
)
"""


@dataclass(frozen=True)
class Place:
    """A database with three people, a dump of it, and what erasures are kept by."""

    database: Database
    programs: Programs
    folder: Path
    keys: FileKeys

    @property
    def ledger(self) -> Path:
        return self.folder / "tarot.ledger"

    def runner(self, database: Database | None = None) -> Connection:
        return (database or self.database).connect("strongroom_runner")

    def erase(self, subject: int, key_id: str = KEY_ID) -> None:
        runner = self.runner()
        request = runner.execute(
            "SELECT kernel.open_request('tarot', %s, 'erasure')", [str(subject)]
        ).fetchone()
        assert request is not None
        runner.execute("SELECT kernel.approve_request(%s)", request)
        done = erase(runner, request[0], self.keys, key_id, lambda _: None)
        assert done.state == "done", done

    def export(self, path: Path | None = None) -> str:
        head, _ = export(self.runner(), path or self.ledger, self.keys)
        return f"{head.seq}:{head.hash}"

    def replay(self, copy: Database, path: Path | None = None, **options: Any) -> Replayed:
        said: list[str] = []
        return replay(self.runner(copy), path or self.ledger, self.keys, said.append, **options)


def furnish(database: Database, folder: Path) -> Place:
    """Three people with a reading each, and two keys of pseudonyms."""
    programs = Programs(database, folder)
    keys = folder / "keys"
    keys.touch(0o600)
    keys.write_text(f"{KEY_ID} = {new_key()}\nother.pseudonym.1 = {new_key()}\n")
    with database.admin() as admin:
        people(admin, 7001, 7002, 7003)
    for user in (1, 2, 3):
        app = database.connect(role="tarot_app", app="tarot", user_id=user)
        app.execute(READING, [f"question of {user}"])
        app.close()
    return Place(database, programs, folder, FileKeys(keys))


@contextmanager
def copied(place: Place) -> Iterator[Database]:
    """A copy of the database as it is now, closed as a restored one is.

    It takes a tenth of the time of a dump and its restoration. Sessions of the database end.
    """
    place.database.close()
    with cloned_database(place.database, place.database.name, is_open=False) as copy:
        yield copy


@contextmanager
def restored(place: Place, dump: Path) -> Iterator[Database]:
    with new_database(place.database) as copy:
        place.programs.restore(dump, copy, "--exit-on-error")
        yield copy


def seen(copy: Database, user: int) -> tuple[Any, ...]:
    """What an app sees of a person: the row, the readings, and who has the telegram id."""
    app = copy.connect(role="tarot_app", app="tarot", user_id=user)
    found: tuple[Any, ...] | None = app.execute(
        "SELECT u.username, (SELECT count(*) FROM tarot.readings),"
        " (SELECT count(*) FROM tarot.find_user(%s)) FROM tarot.users AS u",
        [7000 + user],
    ).fetchone()
    app.close()
    assert found is not None
    return found


def is_open(copy: Database) -> bool:
    try:
        seen(copy, 3)
    except psycopg.Error as error:
        if error.sqlstate != "KR100":
            raise
        return False
    return True
