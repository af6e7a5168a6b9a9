"""A dump from before an erasure, restored: nobody is served before the person is gone again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from strongroom.errors import MismatchError, StrongroomError, UsageError
from strongroom.sealing import FileKeys
from strongroom.sealing.providers import new_key
from strongroom.subject import ledger, ledger_replay
from strongroom.subject.eraser import erase
from strongroom.subject.ledger_export import export
from strongroom.subject.ledger_replay import Replayed, replay
from tests.python.fix_databases import Connection, Database
from tests.python.subject.copies import Programs, new_database, people

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


@pytest.fixture
def place(database: Database, tmp_path: Path) -> Place:
    programs = Programs(database, tmp_path)
    keys = tmp_path / "keys"
    keys.touch(0o600)
    keys.write_text(f"{KEY_ID} = {new_key()}\nother.pseudonym.1 = {new_key()}\n")
    with database.admin() as admin:
        people(admin, 7001, 7002, 7003)
    for user in (1, 2, 3):
        app = database.connect(role="tarot_app", app="tarot", user_id=user)
        app.execute(READING, [f"question of {user}"])
        app.close()
    return Place(database, programs, tmp_path, FileKeys(keys))


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


def test_a_person_who_was_erased_is_gone_again_in_a_restored_copy(place: Place) -> None:
    """[X-3] The entry of the erasure outlives the backups, and brings it about anew."""
    place.erase(1)
    dump = place.programs.dump(place.database, "--format=custom")
    place.erase(2)
    place.export()
    with restored(place, dump) as copy:
        assert not is_open(copy)
        with copy.admin() as admin:
            assert admin.execute("SELECT username FROM tarot.users WHERE id = 2").fetchone() == (
                "name7002",
            )
        assert place.replay(copy) == Replayed(head=2, entries=1, found=1)
        assert seen(copy, 2) == (None, 0, 0)
        assert seen(copy, 3) == ("name7003", 1, 1)
        app = copy.connect(role="tarot_app", app="tarot", user_id=3)
        app.execute("SELECT tarot.spend_credits(1, 'after')")
        # What the copy does from here on continues the same ledger, in the same file.
        assert place.replay(copy).found == 0
        head, count = export(place.runner(copy), place.ledger, place.keys)
        assert (head.seq, count) == (3, 1)


def test_nobody_was_erased_since(place: Place) -> None:
    place.export()
    dump = place.programs.dump(place.database, "--format=custom")
    with restored(place, dump) as copy:
        assert not is_open(copy)
        assert place.replay(copy) == Replayed(head=0, entries=0, found=0)
        assert is_open(copy)


def test_who_came_and_went_after_the_dump_is_passed_over(place: Place) -> None:
    dump = place.programs.dump(place.database, "--format=custom")
    with place.database.admin() as admin:
        late = people(admin, 7004)[0]
    place.erase(late)
    place.erase(2)
    place.export()
    with restored(place, dump) as copy:
        assert place.replay(copy) == Replayed(head=2, entries=2, found=1)
        assert seen(copy, 2) == (None, 0, 0)


def _older(place: Place) -> None:
    place.ledger.write_bytes(place.ledger.read_bytes().splitlines(keepends=True)[0])


def _cut(place: Place) -> None:
    place.ledger.write_bytes(b"".join(place.ledger.read_bytes().splitlines(keepends=True)[:-1]))


def _cut_midway(place: Place) -> None:
    place.ledger.write_bytes(place.ledger.read_bytes()[:-5])


def _edited(place: Place) -> None:
    text = place.ledger.read_text()
    place.ledger.write_text(text.replace('"app":"tarot"', '"app":"tarox"', 1))


def _spelt_otherwise(place: Place) -> None:
    """The same bytes, so the hash fits; but no pseudonym would be found by it."""
    lines = [json.loads(line) for line in place.ledger.read_text().splitlines()]
    for line in lines:
        if line["kind"] == "entry":
            line["pseudonym"] = line["pseudonym"].upper()
    place.ledger.write_text("".join(json.dumps(line) + "\n" for line in lines))


def _twice(place: Place) -> None:
    lines = place.ledger.read_bytes().splitlines(keepends=True)
    place.ledger.write_bytes(b"".join([*lines[:2], *lines[1:]]))


def _of_other_types(place: Place) -> None:
    place.ledger.write_text(place.ledger.read_text().replace('"app":"tarot"', '"app":5', 1))


def _signed_by_a_number(place: Place) -> None:
    lines = [json.loads(line) for line in place.ledger.read_text().splitlines()]
    lines[-1]["mac"] = 7
    place.ledger.write_text("".join(json.dumps(line) + "\n" for line in lines))


def _signed_in_letters(place: Place) -> None:
    lines = [json.loads(line) for line in place.ledger.read_text().splitlines()]
    lines[-1]["mac"] = "\u00e9"
    place.ledger.write_text("".join(json.dumps(line) + "\n" for line in lines))


def _without_an_entry(place: Place) -> None:
    """As somebody would who knows the form, and not the key: all hashes are worked out anew."""
    lines = [json.loads(line) for line in place.ledger.read_text().splitlines()]
    entries = [line for line in lines if line["kind"] == "entry"]
    head = {**lines[-1], "seq": entries[0]["seq"], "hash": entries[0]["hash"]}
    place.ledger.write_text("".join(json.dumps(line) + "\n" for line in (entries[0], head)))


def _empty(place: Place) -> None:
    place.ledger.write_bytes(b"")


def _other_file(place: Place) -> None:
    place.ledger.write_bytes(b"\x00\xff not a ledger\n")


REFUSED: dict[str, tuple[Callable[[Place], None], str]] = {
    "older": (_older, "is older than this copy: it ends with entry 0, not with 1"),
    "cut": (_cut, "it was cut: entry 2 is its last"),
    "cut midway": (_cut_midway, "no whole line"),
    "edited": (_edited, "entry 1 was edited"),
    "spelt otherwise": (_spelt_otherwise, "entry 1 was edited"),
    "twice": (_twice, "does not continue entry 1"),
    "of other types": (_of_other_types, "no whole line"),
    "signed by a number": (_signed_by_a_number, "no whole line"),
    "signed in letters": (_signed_in_letters, "made with another key, or edited"),
    "without an entry": (_without_an_entry, "made with another key, or edited"),
    "empty": (_empty, "it was cut"),
    "something else": (_other_file, "no whole line"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_ledger_that_can_not_be_trusted_is_refused(place: Place, how: str) -> None:
    place.export()
    place.erase(1)
    place.export()
    dump = place.programs.dump(place.database, "--format=custom")
    place.erase(2)
    place.export()
    change, message = REFUSED[how]
    change(place)
    with restored(place, dump) as copy:
        with pytest.raises(MismatchError, match=message):
            place.replay(copy)
        assert not is_open(copy)
        runner = place.runner(copy)
        assert runner.execute("SELECT count(*) FROM kernel.erasure_ledger").fetchone() == (1,)
        with pytest.raises(psycopg.Error, match="the gate stays closed"):
            runner.execute("SELECT kernel.open_gate(2, sha256('x'))")


def test_line_ends_of_another_system_are_no_matter(place: Place) -> None:
    place.erase(1)
    place.export()
    place.ledger.write_bytes(place.ledger.read_bytes().replace(b"\n", b"\r\n"))
    place.erase(2)
    place.export()
    assert ledger.verify(place.ledger, place.keys).seq == 2


def test_a_ledger_that_ends_too_early_is_found_by_its_head(place: Place) -> None:
    dump = place.programs.dump(place.database, "--format=custom")
    place.erase(1)
    early = place.export()
    saved = place.ledger.read_bytes()
    place.erase(2)
    number, _, digest = place.export().partition(":")
    place.ledger.write_bytes(saved)
    with restored(place, dump) as copy:
        with pytest.raises(MismatchError, match="without entry 2"):
            place.replay(copy, expected=(int(number), digest))
        assert not is_open(copy)
        number, _, digest = early.partition(":")
        assert place.replay(copy, expected=(int(number), digest)).head == 1


def test_the_ledger_of_another_database_is_refused(place: Place) -> None:
    dump = place.programs.dump(place.database, "--format=custom")
    with restored(place, dump) as other:
        with other.admin() as admin:
            admin.execute("SELECT kernel.mark_serving('a test')")
        there = Place(other, place.programs, place.folder, place.keys)
        there.erase(1)
        there.export()
        place.erase(2)
        with pytest.raises(MismatchError, match="another database"):
            place.export()
        second = place.programs.dump(place.database, "--format=custom")
        with restored(place, second) as copy:
            with pytest.raises(MismatchError, match="another database"):
                place.replay(copy)
            assert not is_open(copy)


def test_without_the_key_nothing_is_replayed(place: Place) -> None:
    dump = place.programs.dump(place.database, "--format=custom")
    place.erase(2)
    place.export()
    (place.folder / "keys").write_text(f"{KEY_ID} = {new_key()}\n")
    with restored(place, dump) as copy:
        with pytest.raises(MismatchError, match="made with another key"):
            place.replay(copy)
        assert not is_open(copy)


@pytest.mark.parametrize("wrong", [KEY_ID, "other.pseudonym.1"])
def test_with_one_wrong_key_of_several_nothing_is_replayed(place: Place, wrong: str) -> None:
    """It would match nobody, and the gate would open for people who were erased."""
    dump = place.programs.dump(place.database, "--format=custom")
    place.erase(1)
    place.erase(2, "other.pseudonym.1")
    place.export()
    file = place.folder / "keys"
    text = file.read_text()
    lines = [line for line in text.splitlines() if not line.startswith(wrong)]
    file.write_text("\n".join([*lines, f"{wrong} = {new_key()}"]) + "\n")
    with restored(place, dump) as copy:
        with pytest.raises(MismatchError, match="made with another key"):
            place.replay(copy)
        assert not is_open(copy)
        file.write_text(text + "\n")
        assert place.replay(copy) == Replayed(head=2, entries=2, found=2)


def test_a_key_that_no_head_proves_is_refused(place: Place) -> None:
    place.erase(1)
    place.erase(2, "other.pseudonym.1")
    place.export()
    lines = place.ledger.read_bytes().splitlines(keepends=True)
    assert len(lines) == 4
    place.ledger.write_bytes(b"".join([lines[0], *lines[2:]]))
    with pytest.raises(MismatchError, match="no head proves the key of entry 1"):
        ledger.verify(place.ledger, place.keys)


def test_no_other_erasure_ends_before_the_ledger_is_replayed(place: Place) -> None:
    """Its entry would stand where the ledger's next one belongs, and nothing could be replayed."""
    runner = place.runner()
    for user in (3, 2):
        request = runner.execute(
            "SELECT kernel.open_request('tarot', %s, 'erasure')", [str(user)]
        ).fetchone()
        runner.execute("SELECT kernel.approve_request(%s)", request)
    assert request is not None
    dump = place.programs.dump(place.database, "--format=custom")
    place.erase(1)
    place.export()
    with restored(place, dump) as copy:
        runner = place.runner(copy)
        with pytest.raises(psycopg.Error, match="the ledger is to be replayed first"):
            erase(runner, request[0], place.keys, KEY_ID, lambda _: None)
        assert place.replay(copy) == Replayed(head=1, entries=1, found=1)
        assert seen(copy, 1) == (None, 0, 0)
        assert erase(runner, request[0], place.keys, KEY_ID, lambda _: None).state == "done"


COMMAND = """
import sys, time
from strongroom.subject import ledger_replay
from strongroom.subject.ledger_command import app
if sys.argv[1] != "-":
    name = sys.argv[1]
    found = getattr(ledger_replay, name)
    def stop(*values, **options):
        answer = found(*values, **options) if name == "_erased" else None
        print("here", flush=True)
        time.sleep(600)
    setattr(ledger_replay, name, stop)
app(sys.argv[2:])
"""


@pytest.mark.parametrize("step", ["_match", "_erase_all", "_erased"])
def test_a_replay_that_is_killed_goes_on(place: Place, step: str) -> None:
    """kill -9: its session ends by itself, and the next command takes over."""
    dump = place.programs.dump(place.database, "--format=custom")
    for user in (1, 2):
        place.erase(user)
    place.export()
    with restored(place, dump) as copy:
        environment = {**os.environ, "DATABASE_URL": copy.url("strongroom_runner")}
        call = [sys.executable, "-c", COMMAND]
        more = ["replay", str(place.ledger), "--keys", str(place.folder / "keys")]
        with subprocess.Popen(
            [*call, step, *more], env=environment, stdout=subprocess.PIPE, text=True
        ) as killed:
            assert killed.stdout is not None
            assert killed.stdout.readline() == "here\n"
            killed.kill()
        assert not is_open(copy)
        for _ in range(100):
            done = subprocess.run(
                [*call, "-", *more], env=environment, capture_output=True, text=True, check=False
            )
            if "another replay is at work" not in done.stderr:
                break
        assert done.returncode == 0, done.stderr
        assert "name70" not in done.stdout + done.stderr
        assert is_open(copy)
        assert [seen(copy, user) for user in (1, 2)] == [(None, 0, 0)] * 2
        assert seen(copy, 3) == ("name7003", 1, 1)


def test_an_open_database_replays_nothing(place: Place) -> None:
    place.erase(1)
    place.export()
    runner = place.runner()
    with pytest.raises(psycopg.Error, match="nothing is replayed in a database that is open"):
        runner.execute("SELECT kernel.replay_erasures('[]')")


def test_a_hold_keeps_the_gate_closed(place: Place) -> None:
    """Placed before the dump, released before the erasure: in the copy it is in force."""
    runner = place.runner()
    hold = runner.execute("SELECT kernel.place_hold('case', 'tarot', '2')").fetchone()
    assert hold is not None
    dump = place.programs.dump(place.database, "--format=custom")
    runner.execute("SELECT kernel.release_hold(%s, 'over')", hold)
    place.erase(2)
    place.export()
    with restored(place, dump) as copy:
        with pytest.raises(StrongroomError, match="1 of 1 erasures are not done"):
            place.replay(copy)
        assert not is_open(copy)
        with copy.admin() as admin:
            assert admin.execute("SELECT username FROM tarot.users WHERE id = 2").fetchone() == (
                "name7002",
            )
        place.runner(copy).execute("SELECT kernel.release_hold(%s, 'over')", hold)
        place.replay(copy)
        assert seen(copy, 2) == (None, 0, 0)


def test_an_interrupted_replay_goes_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its session is ended at each of its statements in turn, as a killed command's is."""
    dump = place.programs.dump(place.database, "--format=custom")
    for user in (1, 2):
        place.erase(user)
    place.export()
    monkeypatch.setattr(ledger_replay, "BATCH", 1)
    with restored(place, dump) as copy:
        for limit in range(3, 80, 4):
            runner = place.runner(copy)
            left = iter(range(limit))

            def say_or_die(_: str, runner: Connection = runner) -> None:
                return None

            execute = runner.execute

            def counted(*values: Any, **options: Any) -> Any:
                if next(left, None) is None:  # noqa: B023
                    raise psycopg.OperationalError("killed")
                return execute(*values, **options)  # noqa: B023

            runner.execute = counted  # type: ignore[method-assign]
            try:
                replay(runner, place.ledger, place.keys, say_or_die)
                break
            except psycopg.OperationalError:
                runner.close()
                assert not is_open(copy)
        assert is_open(copy)
        assert seen(copy, 1) == (None, 0, 0)
        assert seen(copy, 2) == (None, 0, 0)
        assert place.runner(copy).execute(
            "SELECT count(*) FROM kernel.replayed_erasure"
        ).fetchone() == (2,)


def test_two_replays_at_once_do_it_once(place: Place) -> None:
    dump = place.programs.dump(place.database, "--format=custom")
    for user in (1, 2):
        place.erase(user)
    place.export()
    with restored(place, dump) as copy:
        failed: list[str] = []

        def run() -> None:
            try:
                place.replay(copy)
            except StrongroomError as error:
                failed.append(error.message)

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failed in ([], ["another replay is at work in this database"])
        place.replay(copy)
        assert seen(copy, 1) == (None, 0, 0)
        assert seen(copy, 2) == (None, 0, 0)
        runner = place.runner(copy)
        assert runner.execute("SELECT count(*) FROM kernel.erasure_ledger").fetchone() == (4,)


def test_a_file_that_others_may_read_is_refused(place: Place) -> None:
    place.export()
    assert place.ledger.stat().st_mode & 0o777 == 0o600
    place.ledger.chmod(0o644)
    with pytest.raises(UsageError, match="others may read"):
        place.export()


def test_what_a_killed_export_left_is_written_again(place: Place) -> None:
    place.erase(1)
    whole = place.export()
    content = place.ledger.read_bytes()
    place.erase(2)
    for rest in (b'{"kind":"ent', b'{"kind":"entry","seq":2}\n', b'{"kind":"head"'):
        place.ledger.write_bytes(content + rest)
        assert place.export() != whole
        assert place.ledger.read_bytes().startswith(content)
    place.ledger.write_bytes(b"something of somebody\n")
    with pytest.raises(MismatchError, match="no erasure ledger"):
        place.export()
    assert place.ledger.read_bytes() == b"something of somebody\n"
