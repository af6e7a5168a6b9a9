"""Which ledger files a replay takes, and how one is written."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from strongroom.errors import MismatchError, UsageError
from strongroom.sealing.providers import new_key
from strongroom.server import Server
from strongroom.subject import ledger
from strongroom.subject.ledger_replay import Replayed
from tests.python.fix_databases import Database, fresh
from tests.python.subject.restored import KEY_ID, Place, copied, furnish, is_open, restored

pytestmark = pytest.mark.ends


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


@dataclass(frozen=True)
class Story:
    """A database where somebody was erased before it was dumped and somebody else after that."""

    place: Place
    copy: Database
    ledger: bytes


@pytest.fixture(scope="module")
def story(
    server: Server, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Story]:
    """One for all ledgers that are refused: a refusal changes nothing in the copy."""
    with fresh(server, template) as database:
        place = furnish(database, tmp_path_factory.mktemp("ledger"))
        place.export()
        place.erase(1)
        place.export()
        dump = place.programs.dump(database, "--format=custom")
        place.erase(2)
        place.export()
        with restored(place, dump) as copy:
            yield Story(place, copy, place.ledger.read_bytes())


@pytest.mark.parametrize("how", REFUSED)
def test_a_ledger_that_can_not_be_trusted_is_refused(story: Story, how: str) -> None:
    place, copy = story.place, story.copy
    place.ledger.write_bytes(story.ledger)
    assert ledger.verify(place.ledger, place.keys).seq == 2
    change, message = REFUSED[how]
    change(place)
    with pytest.raises(MismatchError, match=message):
        place.replay(copy)
    assert not is_open(copy)
    runner = place.runner(copy)
    assert runner.execute("SELECT count(*) FROM kernel.erasure_ledger").fetchone() == (1,)
    with pytest.raises(psycopg.Error, match="the gate stays closed"):
        runner.execute("SELECT kernel.open_gate(2, sha256('x'))")
    copy.close()


def test_line_ends_of_another_system_are_no_matter(place: Place) -> None:
    place.erase(1)
    place.export()
    place.ledger.write_bytes(place.ledger.read_bytes().replace(b"\n", b"\r\n"))
    place.erase(2)
    place.export()
    assert ledger.verify(place.ledger, place.keys).seq == 2


def test_a_ledger_that_ends_too_early_is_found_by_its_head(place: Place) -> None:
    with copied(place) as copy:
        place.erase(1)
        early = place.export()
        saved = place.ledger.read_bytes()
        place.erase(2)
        number, _, digest = place.export().partition(":")
        place.ledger.write_bytes(saved)
        with pytest.raises(MismatchError, match="without entry 2"):
            place.replay(copy, expected=(int(number), digest))
        assert not is_open(copy)
        number, _, digest = early.partition(":")
        assert place.replay(copy, expected=(int(number), digest)).head == 1


def test_the_ledger_of_another_database_is_refused(place: Place) -> None:
    with copied(place) as other:
        with other.admin() as admin:
            admin.execute("SELECT kernel.mark_serving('a test')")
        there = Place(other, place.programs, place.folder, place.keys)
        there.erase(1)
        there.export()
        place.erase(2)
        with pytest.raises(MismatchError, match="another database"):
            place.export()
        with copied(place) as copy:
            with pytest.raises(MismatchError, match="another database"):
                place.replay(copy)
            assert not is_open(copy)


def test_without_the_key_nothing_is_replayed(place: Place) -> None:
    with copied(place) as copy:
        place.erase(2)
        place.export()
        (place.folder / "keys").write_text(f"{KEY_ID} = {new_key()}\n")
        with pytest.raises(MismatchError, match="made with another key"):
            place.replay(copy)
        assert not is_open(copy)


@pytest.mark.parametrize("wrong", [KEY_ID, "other.pseudonym.1"])
def test_with_one_wrong_key_of_several_nothing_is_replayed(place: Place, wrong: str) -> None:
    """It would match nobody, and the gate would open for people who were erased."""
    with copied(place) as copy:
        place.erase(1)
        place.erase(2, "other.pseudonym.1")
        place.export()
        file = place.folder / "keys"
        text = file.read_text()
        lines = [line for line in text.splitlines() if not line.startswith(wrong)]
        file.write_text("\n".join([*lines, f"{wrong} = {new_key()}"]) + "\n")
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
