"""What goes wrong around a backup: files, keys, programs, servers, disks, deaths."""

from __future__ import annotations

import os
import resource
import signal
import stat
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from strongroom.backup import programs
from strongroom.backup.create import create
from strongroom.backup.restore import restore
from strongroom.backup.stream import MAGIC, Reader, Writer
from strongroom.errors import ConnectError, MismatchError, StrongroomError, UsageError
from strongroom.migrate.target import Target
from strongroom.sealing import FileKeys
from strongroom.sealing.key_files import add_key
from tests.python.backup.conftest import SECRET, Kept

KEY = "strongroom.backup.1"


def back_up(kept: Kept, **more: Any) -> Path:
    where = Target(kept.url(), None)
    return create(where, kept.folder, FileKeys(kept.keys), KEY, **more).path


def bring_back(kept: Kept, file: Path, **more: Any) -> None:
    where, keys = Target(kept.url(), None), FileKeys(more.pop("keys", kept.keys))
    restore(where, file, keys, into=kept.new_database(), **more)


def fake(kept: Kept, name: str, script: str, version: str | None = None) -> Path:
    """A program that is not PostgreSQL's. The folder that it is in."""
    folder = kept.folder.parent / "bin"
    folder.mkdir(exist_ok=True)
    program = folder / name
    # The machine may lack the programs of 17; those of 18 do.
    known = "18" if int(kept.server.label) >= 17 else kept.server.label
    said = f"{name} (PostgreSQL) {version or known}"
    program.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{said}" && exit\n{script}\n')
    program.chmod(0o700)
    return folder


def wait_for(what: Callable[[], object]) -> None:
    for _ in range(1200):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("it never came")


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 1])


def another_manifest(data: bytes) -> bytes:
    return data[: len(data) // 2]


@pytest.mark.parametrize(
    "damage", [flipped, another_manifest, lambda data: MAGIC, lambda data: data + b"\0"]
)
def test_pg_restore_gets_no_byte_of_a_damaged_file(
    kept: Kept, tmp_path: Path, damage: Callable[[bytes], bytes]
) -> None:
    """[T-31] The damage is in the last byte, and the first one is not restored."""
    file = back_up(kept)
    file.write_bytes(damage(file.read_bytes()))
    started = tmp_path / "started"
    binaries = fake(kept, "pg_restore", f"touch {started}")
    with pytest.raises(MismatchError):
        bring_back(kept, file, binaries=binaries)
    assert not started.exists()
    assert kept.databases() == []


def test_a_wrong_key_opens_nothing(kept: Kept, tmp_path: Path) -> None:
    file = back_up(kept)
    other = tmp_path / "others"
    add_key(other, KEY, as_environment=False)
    code, answer, _ = kept.run("verify", file, keys=other)
    assert code == 4
    assert "is not the one that it was written with" in answer["error"]
    code, answer, _ = kept.run("verify", file, keys=tmp_path / "none")
    assert code == 2
    assert kept.databases() == []


def test_rows_that_are_missing_are_missed(kept: Kept) -> None:
    """[C-F27] [T-F23] A dump that decrypts well, and has other rows than were counted."""
    file = back_up(kept)
    keys = FileKeys(kept.keys)
    with file.open("rb") as old, (kept.folder / "lying.backup").open("wb") as new:
        reader = Reader(old, keys, "it")
        writer = Writer(new, keys, reader.header)
        for chunk in reader.chunks():
            writer.write(chunk)
        rows = {**reader.manifest["rows"], '"shop"."people"': 501}
        writer.finish({**reader.manifest, "rows": rows})
    code, answer, _ = kept.run("verify", kept.folder / "lying.backup")
    assert code == 4
    assert '"shop"."people": 501 in the backup, 500 restored' in answer["error"]
    assert kept.databases() == []


def test_counts_and_dump_see_the_same_moment(kept: Kept, tmp_path: Path) -> None:
    """Rows that come and go between the count and the dump are in neither."""
    server = Target(kept.url(), None)
    major = int(kept.server.label)
    real = programs.find("pg_dump", major, None, major).path
    psql = f"'{kept.server.psql()[0]}' -qc 'INSERT INTO shop.people VALUES (-1, $$late$$)' "
    binaries = fake(kept, "pg_dump", f"{psql} '{kept.url()}'\nexec '{real}' \"$@\"")
    try:
        made = create(server, kept.folder, FileKeys(kept.keys), KEY, binaries=binaries)
        assert kept.query("SELECT count(*) FROM shop.people") == [(501,)]
        assert made.manifest["rows"]['"shop"."people"'] == 500
        bring_back(kept, made.path)
    finally:
        kept.query("DELETE FROM shop.people WHERE id = -1")


def test_a_full_disk_leaves_nothing(kept: Kept) -> None:
    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))

    code, answer, _ = kept.run("create", "--to", kept.folder, before=small)
    assert code == 1
    assert "can't be written: File too large" in answer["error"]
    assert kept.files() == []


def test_who_is_killed_leaves_a_partial_file_that_the_next_one_clears(
    kept: Kept, tmp_path: Path
) -> None:
    """[T-F23] It is not readable either, and nobody takes it for a backup."""
    process = tmp_path / "pid"
    fill = f"echo $$ > '{process}'; yes '{SECRET}' | head -c 3000000"
    slow = fake(kept, "pg_dump", f"{fill}; exec sleep 60")
    running = kept.start("create", "--to", kept.folder, "--programs", slow)
    wait_for(lambda: [p for p in kept.folder.iterdir() if p.stat().st_size > 1_000_000])
    [partial] = kept.folder.iterdir()
    assert SECRET.encode() not in partial.read_bytes()
    # Another one, meanwhile, leaves it alone.
    first = kept.create()
    assert kept.files() == sorted([partial.name, first.name])
    os.kill(running.pid, signal.SIGKILL)
    os.kill(int(process.read_text()), signal.SIGKILL)
    running.communicate()
    assert kept.run("list", kept.folder)[1]["backups"][0]["file"] == str(first)
    code, found, err = kept.run("create", "--to", kept.folder)
    assert (code, found["cleared"]) == (0, 1), err
    assert f"removed {partial.name}" in err
    assert partial.name not in kept.files()


def test_two_at_once_make_two(kept: Kept) -> None:
    both = [kept.start("create", "--to", kept.folder) for _ in range(2)]
    assert [one.communicate() and one.returncode for one in both] == [0, 0]
    assert len(kept.files()) == 2
    for name in kept.files():
        bring_back(kept, kept.folder / name)


def test_a_dump_that_fails_leaves_nothing_and_tells_no_row(kept: Kept, tmp_path: Path) -> None:
    words = f"echo 'pg_dump: error: it broke' >&2; echo 'DETAIL: {SECRET}' >&2"
    broken = fake(kept, "pg_dump", f"echo half; {words}; exit 1")
    with pytest.raises(StrongroomError, match=r"^pg_dump failed: pg_dump: error: it broke$"):
        back_up(kept, binaries=broken)
    assert kept.files() == []


def test_a_restore_that_fails_or_is_killed_leaves_no_half_database(
    kept: Kept, tmp_path: Path
) -> None:
    file = back_up(kept)
    broken = fake(kept, "pg_restore", "echo 'pg_restore: error: no' >&2; exit 1")
    with pytest.raises(StrongroomError, match="pg_restore failed: pg_restore: error: no"):
        bring_back(kept, file, binaries=broken)
    assert kept.databases() == []
    process = tmp_path / "pid"
    slow = fake(kept, "pg_restore", f"echo $$ > '{process}'; exec sleep 60")
    new = kept.new_database()
    running = kept.start("restore", file, "--into", new, "--programs", slow)
    wait_for(kept.databases)
    [scratch] = kept.databases()
    bring_back(kept, file)
    assert scratch in kept.databases()
    wait_for(lambda: process.exists() and process.read_text())
    os.kill(running.pid, signal.SIGKILL)
    os.kill(int(process.read_text()), signal.SIGKILL)
    running.communicate()
    held = f"SELECT FROM pg_stat_activity WHERE datname = '{scratch}' OR query LIKE '%{scratch}%'"
    wait_for(lambda: len(kept.query(held, "postgres")) <= 1)
    bring_back(kept, file)
    # By this one, or by another that is at work on this server.
    assert scratch not in kept.databases()
    assert new not in kept.databases()


@pytest.mark.parametrize(("version", "words"), [("14.1", "14 in"), (None, "none")])
def test_a_pg_dump_that_is_missing_or_too_old(
    kept: Kept, tmp_path: Path, version: str | None, words: str
) -> None:
    binaries = tmp_path / "bin"
    binaries.mkdir()
    if version:
        fake(kept, "pg_dump", "exit 0", version)
    wanted = rf"^PostgreSQL {kept.server.label} needs pg_dump \d+ .*and there is.*{words}"
    with pytest.raises(UsageError, match=wanted) as error:
        back_up(kept, binaries=binaries)
    assert "--programs FOLDER" in str(error.value.hint)
    assert kept.files() == []


def test_a_program_that_an_older_server_could_not_restore_with(kept: Kept) -> None:
    """What pg_dump 18 wrote, no pg_restore brings back to a server of before 17."""
    binaries = fake(kept, "pg_restore", "exit 0", "18.1")
    assert programs.find("pg_restore", 15, binaries, 17).major == 18
    with pytest.raises(
        UsageError, match="PostgreSQL 16 needs pg_restore 15 to 16, and there is 18"
    ):
        programs.find("pg_restore", 15, binaries, 16)


@pytest.mark.parametrize("name", ["shop.nothing", "people", 'shop."', "shop.*", "", "a.b.c"])
def test_a_table_that_is_not_there(kept: Kept, name: str) -> None:
    with pytest.raises(UsageError, match="there is no table"):
        back_up(kept, without=[name])
    assert kept.files() == []


def test_a_server_that_is_not_there(kept: Kept) -> None:
    nowhere = "postgresql://anna:hidden@127.0.0.1:1/none"
    code, answer, err = kept.run("create", "--to", kept.folder, url=nowhere)
    assert code == ConnectError.exit_code
    assert "hidden" not in str(answer) + err
    assert kept.files() == []


def test_no_password_and_no_key_among_the_arguments(kept: Kept, tmp_path: Path) -> None:
    said = tmp_path / "said"
    script = f'echo "$@" > {said}.arguments; echo "$PGPASSWORD" > {said}.password'
    where = Target(f"{kept.url()}&password=hidden", None)
    keys = FileKeys(kept.keys)
    create(where, kept.folder, keys, KEY, binaries=fake(kept, "pg_dump", script))
    arguments = Path(f"{said}.arguments").read_text()
    assert kept.name in arguments
    assert "hidden" not in arguments
    assert kept.keys.read_text().split()[-1] not in arguments
    assert Path(f"{said}.password").read_text() == "hidden\n"


def test_row_level_security_does_not_empty_a_backup(kept: Kept) -> None:
    """A role that sees some rows is refused with what to do, which then is enough."""
    role = f"backup_{kept.name}"
    with closing(psycopg.connect(kept.url(), autocommit=True)) as admin:
        named = sql.Identifier(role)
        admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(named))
        try:
            where, keys = Target(kept.url(role), None), FileKeys(kept.keys)
            with pytest.raises(UsageError, match="may not be read") as error:
                create(where, kept.folder, keys, KEY)
            assert "BYPASSRLS" in str(error.value.hint)
            admin.execute(sql.SQL("GRANT pg_read_all_data TO {}").format(named))
            with pytest.raises(UsageError, match=r"shop\.orders would be empty by row level"):
                create(where, kept.folder, keys, KEY)
            admin.execute(str(error.value.hint).removeprefix("as a superuser: ").encode())
            file = create(where, kept.folder, keys, KEY).path
            assert [path.name for path in kept.folder.iterdir()] == [file.name]
            bring_back(kept, file)
        finally:
            admin.execute(sql.SQL("DROP ROLE {}").format(named))


def test_keys_are_made_beside_older_ones(kept: Kept) -> None:
    code, made, err = kept.run("key", "--file", kept.keys)
    assert (code, made["key"]) == (0, "strongroom.backup.2"), err
    assert stat.S_IMODE(kept.keys.stat().st_mode) == 0o600
    old, new = kept.create(), kept.create("--key", "strongroom.backup.2")
    found = kept.run("list", kept.folder)[1]["backups"]
    assert {b["file"]: (b["key"], b["problem"]) for b in found} == {
        str(old): (KEY, None), str(new): ("strongroom.backup.2", None),
    }  # fmt: skip
