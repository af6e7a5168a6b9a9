"""A dump from before an erasure, restored: nobody is served before the person is gone again."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import Any

import psycopg
import pytest

from strongroom.errors import StrongroomError
from strongroom.subject import ledger_replay
from strongroom.subject.eraser import erase
from strongroom.subject.ledger_export import export
from strongroom.subject.ledger_replay import Replayed, replay
from tests.python.fix_databases import Connection
from tests.python.subject.copies import people
from tests.python.subject.restored import KEY_ID, Place, copied, is_open, restored, seen

pytestmark = pytest.mark.ends


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
    with copied(place) as copy:
        with place.database.admin() as admin:
            late = people(admin, 7004)[0]
        place.erase(late)
        place.erase(2)
        place.export()
        assert place.replay(copy) == Replayed(head=2, entries=2, found=1)
        assert seen(copy, 2) == (None, 0, 0)


def test_no_other_erasure_ends_before_the_ledger_is_replayed(place: Place) -> None:
    """Its entry would stand where the ledger's next one belongs, and nothing could be replayed."""
    runner = place.runner()
    for user in (3, 2):
        request = runner.execute(
            "SELECT kernel.open_request('tarot', %s, 'erasure')", [str(user)]
        ).fetchone()
        runner.execute("SELECT kernel.approve_request(%s)", request)
    assert request is not None
    with copied(place) as copy:
        place.erase(1)
        place.export()
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
    with copied(place) as copy:
        for user in (1, 2):
            place.erase(user)
        place.export()
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
    with copied(place) as copy:
        place.runner().execute("SELECT kernel.release_hold(%s, 'over')", hold)
        place.erase(2)
        place.export()
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


def test_a_replay_that_was_half_done_goes_on_with_a_newer_file(place: Place) -> None:
    """What it has erased again by then stands after the entries of the newer file."""
    runner = place.runner()
    hold = runner.execute("SELECT kernel.place_hold('case', 'tarot', '2')").fetchone()
    assert hold is not None
    with copied(place) as copy:
        place.runner().execute("SELECT kernel.release_hold(%s, 'over')", hold)
        place.erase(1)
        place.erase(2)
        older = place.folder / "older.ledger"
        place.export(older)
        place.erase(3)
        place.export()
        with pytest.raises(StrongroomError, match="1 of 2 erasures are not done"):
            place.replay(copy, older)
        place.runner(copy).execute("SELECT kernel.release_hold(%s, 'over')", hold)
        assert place.replay(copy) == Replayed(head=3, entries=1, found=1)
        assert is_open(copy)
        assert [seen(copy, user) for user in (1, 2, 3)] == [(None, 0, 0)] * 3
        head, count = export(place.runner(copy), place.ledger, place.keys)
        assert (head.seq, count) == (6, 3)


def test_an_interrupted_replay_goes_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its session is ended at each of its statements in turn, as a killed command's is."""
    with copied(place) as copy:
        for user in (1, 2):
            place.erase(user)
        place.export()
        monkeypatch.setattr(ledger_replay, "BATCH", 1)
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
    with copied(place) as copy:
        for user in (1, 2):
            place.erase(user)
        place.export()
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
