"""`strongroom subject export`: all of a person in a file, or no file."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from strongroom.errors import UsageError
from strongroom.subject import exporting
from strongroom.subject.opening import Opener
from tests.python.fix_databases import Connection
from tests.python.subject.conftest import Office


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def read(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def runner_of(office: Office) -> Connection:
    runner = office.database.connect("strongroom_runner", autocommit=True)
    runner.execute("SELECT set_config('kernel.actor', 'test', false)")
    return runner


def export(runner: Connection, office: Office, to: Path, say: Callable[[str], object]) -> None:
    """Anna, with her sealed fields closed."""
    exporting.export(
        runner,
        "tarot",
        str(office.anna),
        to,
        Opener("tarot", None),
        lambda text: say(text) and None,
    )


def test_a_person_gets_what_is_held_of_them(offices: Office, tmp_path: Path) -> None:
    """[A-44] [A-47] Every table, sealed fields opened, and nothing of anybody else."""
    office = offices
    office.seal(office.anna, 1, date(1990, 5, 17), "Ōmsk, «by the river»")
    office.seal(office.anna, 2, date(1991, 6, 18), "Tomsk")
    office.seal(office.boris, 1, date(1992, 7, 19), "Minsk")
    to = tmp_path / "anna.json"
    done = office.json("export", "tarot", str(office.anna), "--to", str(to))
    found = read(to)
    assert (found["app"], found["subject"]) == ("tarot", str(office.anna))
    assert found["data"]["tarot.users"][0]["username"] == "anna_k"
    assert found["data"]["tarot.users"][0]["telegram_id"] == "700012345"
    assert [(b["born"], b["place"]) for b in found["data"]["tarot.births"]] == [
        ("1990-05-17", "Ōmsk, «by the river»"),
        ("1991-06-18", "Tomsk"),
    ]
    assert {key["purpose"] for key in found["data"]["kernel.subject_key"]} == {"birth", "location"}
    text = to.read_text("utf-8")
    assert "boris" not in text
    assert "Minsk" not in text
    assert (done["opened"], done["sealed"]) == (4, 0)
    assert stat.S_IMODE(to.stat().st_mode) == 0o600
    assert names(tmp_path) == ["anna.json"]


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_letters_outlive_an_encoding_that_can_not_write_them(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    """As a copy may bring along with its settings, or an environment."""
    database = office.value("SELECT current_database()")
    office.admin.execute(f"ALTER DATABASE {database} SET client_encoding = '{encoding}'".encode())
    office.query("UPDATE tarot.users SET username = 'Ёлка' WHERE id = %s RETURNING 1", office.anna)
    for number, setting in enumerate((None, encoding)):
        if setting is not None:
            monkeypatch.setenv("PGCLIENTENCODING", setting)
        to = tmp_path / str(number)
        office.json("export", "tarot", str(office.anna), "--to", str(to))
        assert read(to)["data"]["tarot.users"][0]["username"] == "Ёлка"
        shown = office.json("erase", "tarot", str(office.anna), "--preview")
        assert any("username" in table["columns"] for table in shown["tables"])


def test_the_file_names_the_person_as_the_tables_do(office: Office, tmp_path: Path) -> None:
    to = tmp_path / "anna.json"
    spelling = f" 00{office.anna}"
    office.json("export", "tarot", spelling, "--to", str(to), "--leave-sealed")
    found = read(to)
    assert found["subject"] == found["data"]["tarot.users"][0]["id"] == str(office.anna)


def test_an_id_that_nobody_has_is_no_export(office: Office, tmp_path: Path) -> None:
    """Nor an entry in the audit log that somebody read it."""
    to = tmp_path / "nobody.json"
    entries = "SELECT count(*) FROM kernel.audit_entries WHERE subject = '4711'"
    code, told, said = office.call("export", "tarot", "4711", "--to", str(to))
    assert (code, told, names(tmp_path)) == (2, "", [])
    assert "nobody of app tarot has this id" in said
    assert "4711" not in said
    assert office.value(entries) == 0
    office.json("export", "tarot", "4711", "--to", str(to), "--even-if-nobody", "--leave-sealed")
    assert read(to)["data"]["tarot.users"] == []
    assert office.value(entries) > 0


def test_the_manifest_proves_the_lines(office: Office, tmp_path: Path) -> None:
    """The digest of a part is that of its lines, and the same in a second export."""
    office.seal(office.anna, 1, date(1990, 5, 17), "Omsk")
    for name in ("one", "two"):
        office.json("export", "tarot", str(office.anna), "--to", str(tmp_path / name))
    one, two = (read(tmp_path / name)["manifest"] for name in ("one", "two"))
    # The first export is an entry of the audit log in the second.
    same = [
        (a, b) for a, b in zip(one["parts"], two["parts"], strict=True) if "audit" not in a["part"]
    ]
    assert all(a == b for a, b in same)
    lines = (tmp_path / "one").read_text("utf-8").split('\n"tarot.births": [\n')[1].split("]")[0]
    part = next(p for p in one["parts"] if p["part"] == "tarot.births")
    digest = hashlib.sha256("".join(f"{li.rstrip(',')}\n" for li in lines.splitlines()).encode())
    assert (part["rows"], part["sha256"]) == (1, digest.hexdigest())
    whole = hashlib.sha256("".join(p["sha256"] for p in one["parts"]).encode()).hexdigest()
    assert one["sha256"] == whole


def test_each_export_is_written_down(office: Office, tmp_path: Path) -> None:
    """[A-51] [P-24] Who exported whom, and which tables; that it failed makes no difference."""
    office.json("export", "tarot", str(office.anna), "--to", str(tmp_path / "a"), "--by", "olga")
    rows = office.query(
        "SELECT DISTINCT actor, details ->> 'action' FROM kernel.audit_entries"
        " WHERE subject = %s AND operation = 'ACCESS'",
        str(office.anna),
    )
    assert rows == [("olga", "export_data")]


def test_without_a_key_there_is_no_file(office: Office, tmp_path: Path) -> None:
    """Whole or not at all; the message names the key and nothing of the person."""
    office.seal(office.anna, 1, date(1990, 5, 17), "Omsk")
    ask = ("export", "tarot", str(office.anna), "--to", str(tmp_path / "a"))
    code, _, said = office.call(*ask, keys=False)
    assert code == 2
    assert "tarot.birth.1 is missing" in said
    assert "anna_k" not in said
    assert names(tmp_path) == []
    code, _, said = office.call(*ask, "--leave-sealed", keys=False)
    assert code == 0, said
    assert read(tmp_path / "a")["data"]["tarot.births"][0]["born"]["label"] == "born"
    assert read(tmp_path / "a")["manifest"]["sealed_left"] == 2


def test_an_export_that_is_killed_leaves_nothing_behind(office: Office, tmp_path: Path) -> None:
    script = (
        "import os; from strongroom.subject import command;"
        "command._say = lambda text: os.kill(os.getpid(), 9); command.app()"
    )
    ask = ("export", "tarot", str(office.anna), "--to", str(tmp_path / "a"), "--leave-sealed")
    done = subprocess.run(
        [sys.executable, "-c", script, *ask],
        env={**os.environ, "DATABASE_URL": office.database.url("strongroom_runner")},
        check=False,
    )
    assert (done.returncode, names(tmp_path)) == (-9, [])


def test_nothing_is_overwritten(office: Office, tmp_path: Path) -> None:
    to = tmp_path / "a"
    to.write_text("mine")
    code, _, said = office.call("export", "tarot", str(office.anna), "--to", str(to))
    assert (code, to.read_text()) == (2, "mine")
    assert "there already" in said
    code, _, said = office.call("export", "tarot", "1", "--to", str(tmp_path / "no" / "a"))
    assert (code, "can't be written" in said) == (2, True)


@pytest.mark.parametrize(("app", "person"), [("nobody", "1"), ("tarot", "x"), ("kernel", "1")])
def test_arguments_that_mean_nobody(office: Office, tmp_path: Path, app: str, person: str) -> None:
    code, _, said = office.call("export", app, person, "--to", str(tmp_path / "a"))
    assert (code, names(tmp_path)) == (2, [])
    assert said.startswith("error: ")


def test_without_a_file_the_plan_is_shown(office: Office) -> None:
    parts = [part["part"] for part in office.json("export", "tarot", str(office.anna))["parts"]]
    assert "tarot.births" in parts
    assert office.value("SELECT count(*) FROM kernel.audit_entries WHERE operation = 'ACCESS'") == 0


def test_an_export_is_of_one_moment(office: Office, tmp_path: Path) -> None:
    """What is erased or written while it runs is there whole, as it was when it began."""
    for number in range(1, 4):
        office.seal(office.anna, number, date(1990, 5, number), "Omsk")
    runner = runner_of(office)
    seen: list[str] = []

    def erase_meanwhile(text: str) -> None:
        if not seen:
            office.admin.execute("DELETE FROM tarot.births WHERE user_id = %s", (office.anna,))
            office.admin.execute("DELETE FROM kernel.subject_key")
            office.admin.execute("UPDATE tarot.users SET username = NULL")
        seen.append(text)

    export(runner, office, tmp_path / "a", erase_meanwhile)
    found = read(tmp_path / "a")
    assert len(found["data"]["tarot.births"]) == 3
    assert len(found["data"]["kernel.subject_key"]) == 2
    assert len(seen) == len(found["manifest"]["parts"])
    export(runner, office, tmp_path / "b", seen.append)
    assert read(tmp_path / "b")["data"]["tarot.births"] == []


def test_a_lost_connection_leaves_no_file(office: Office, tmp_path: Path) -> None:
    runner = runner_of(office)
    pid = runner.info.backend_pid

    def end(text: str) -> None:
        office.admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))

    with pytest.raises(psycopg.OperationalError):
        exporting.export(
            runner, "tarot", str(office.anna), tmp_path / "a", Opener("tarot", None), end
        )
    assert names(tmp_path) == []


def test_a_file_that_comes_meanwhile_stays(office: Office, tmp_path: Path) -> None:
    runner = runner_of(office)
    to = tmp_path / "a"
    with pytest.raises(UsageError):
        exporting.export(
            runner,
            "tarot",
            str(office.anna),
            to,
            Opener("tarot", None),
            lambda _: to.write_text("x") and None,
        )
    assert (to.read_text(), names(tmp_path)) == ("x", ["a"])


def test_a_big_person_is_not_held_in_memory(office: Office, tmp_path: Path) -> None:
    """Rows come in batches, and progress is told."""
    office.admin.execute(
        "CREATE TABLE tarot.lines (user_id bigint, id bigint, line text,"
        " PRIMARY KEY (user_id, id)); ALTER TABLE tarot.lines OWNER TO strongroom_owner"
    )
    office.admin.execute(
        "INSERT INTO tarot.lines SELECT %s, n, repeat('x', 100) FROM generate_series(1, 120000) n",
        (office.anna,),
    )
    code, _, said = office.call("export", "tarot", str(office.anna), "--to", str(tmp_path / "a"))
    assert code == 0, said
    assert "tarot.lines: 110,000 rows" in said
    assert read(tmp_path / "a")["manifest"]["rows"] >= 120000
