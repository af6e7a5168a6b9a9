"""`strongroom backup` as people call it: made, listed, verified, restored, thinned out."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from strongroom.backup.folder import new_name, newest
from strongroom.backup.restore import SCRATCH, _close, restore
from strongroom.backup.stream import Writer, new_header
from strongroom.errors import UsageError
from strongroom.migrate import adopt
from strongroom.migrate.target import Target
from strongroom.sealing import FileKeys
from strongroom_codegen import scratch
from tests.python.backup.conftest import SECRET, Kept
from tests.python.fix_databases import Database

PEOPLE = "SELECT * FROM shop.people ORDER BY id"
# What belongs to the database and is in no dump of it.
DATABASE = """
SELECT pg_catalog.current_setting('search_path'), d.encoding, d.datcollate, d.datctype,
    d.datlocprovider::text,
    pg_catalog.array_agg(a.privilege_type ORDER BY a.privilege_type)
FROM pg_catalog.pg_database AS d
CROSS JOIN pg_catalog.aclexplode(d.datacl) AS a
WHERE d.datname = pg_catalog.current_database() AND a.grantee = 0
GROUP BY 1, 2, 3, 4, 5
"""
LOG = 'shop."log; ""all"" of"'


def written(kept: Kept, moment: datetime, database: str = "shop") -> Path:
    """A backup with nothing in it, of another day."""
    keys = FileKeys(kept.keys)
    path = kept.folder / new_name(database, moment)
    with path.open("wb") as file:
        Writer(file, keys, new_header(keys, "strongroom.backup.1", database, moment)).finish(
            {"rows": {}}
        )
    return path


def test_a_backup_is_restored_and_counted(kept: Kept) -> None:
    """[A-36] [T-30] [T-03] One file, compressed, encrypted, of mode 0600, under a UTC stamp."""
    code, made, err = kept.run("create", "--to", kept.folder)
    assert code == 0, err
    assert (made["rows"], made["tables"], made["without_data"]) == (509, 4, [])
    file = Path(made["file"])
    assert kept.files() == [file.name]
    assert re.fullmatch(r"t_\d+_\d+-\d{8}T\d{6}Z-[0-9a-f]{16}\.backup", file.name)
    assert file.stat().st_mode & 0o777 == 0o600
    data = file.read_bytes()
    assert SECRET.encode() not in data
    assert b"PGDMP" not in data
    # 500 sentences.
    assert len(data) < 500 * len(SECRET)
    new = kept.new_database()
    code, found, err = kept.run("restore", file, "--into", new)
    assert code == 0, err
    assert (found["rows"], found["database"], found["closed"]) == (509, new, None)
    assert kept.query(PEOPLE, new) == kept.query(PEOPLE)
    assert kept.query(DATABASE, new) == kept.query(DATABASE)
    assert kept.databases() == [new]


def test_letters_outlive_an_environment_that_can_not_write_them(kept: Kept) -> None:
    code, made, err = kept.run("create", "--to", kept.folder, PGCLIENTENCODING="LATIN1")
    assert code == 0, err
    new = kept.new_database()
    code, _, err = kept.run("restore", made["file"], "--into", new, PGCLIENTENCODING="LATIN1")
    assert code == 0, err
    query = "SELECT text FROM shop.log_old"
    assert kept.query(query, new) == kept.query(query) == [("ёлка",)]


def test_a_trial_restore_counts_the_rows_and_leaves_nothing(kept: Kept) -> None:
    """[S-F30] [T-F23] [C-F27]"""
    file = kept.create()
    code, found, err = kept.run("verify", file)
    assert (code, found["rows"], found["restored"]) == (0, 509, True), err
    assert kept.databases() == []
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    code, found, err = kept.run("verify", file, "--decrypt-only", url=nowhere)
    assert (code, found["rows"], found["restored"]) == (0, 509, False), err


def test_a_partial_backup_says_what_it_lacks(kept: Kept) -> None:
    """Partitions go with their table, and rows that point at what is left out go with it."""
    code, answer, _ = kept.run("create", "--to", kept.folder, "--without-data", "shop.people")
    assert (code, kept.files()) == (2, [])
    assert "shop.orders point at rows that would be left out" in answer["error"]
    file = kept.create("--without-data", LOG)
    new = kept.new_database()
    code, found, err = kept.run("restore", file, "--into", new)
    assert (code, found["rows"], found["without_data"]) == (0, 507, [LOG]), err
    assert kept.query(f"SELECT count(*) FROM {LOG}", new) == [(0,)]
    assert kept.query(f"SELECT count(*) FROM {LOG}") == [(2,)]


def test_without_the_journal_and_the_interactions(kept: Kept, any_database: Database) -> None:
    """[A-38] [T-F23] The whole database but for two tables; who restores it keeps apps out."""
    with any_database.admin() as admin:
        admin.execute(
            "SELECT tarot.register_user(7001, 'anna_k');"
            " INSERT INTO astroloh.security_logs (event_type, description, success)"
            " SELECT min(event_type), 'seen', true FROM astroloh.security_event_types"
        )
    url = any_database.url("postgres")
    code, made, err = kept.run(
        "create", "--to", kept.folder, "--without-data", "astroloh.security_logs",
        "--without-data", "astroloh.user_interactions", url=url,
    )  # fmt: skip
    assert code == 0, err
    assert made["without_data"] == ["astroloh.security_logs", "astroloh.user_interactions"]
    new = kept.new_database()
    code, found, err = kept.run("restore", made["file"], "--into", new, url=url)
    assert (code, found["rows"], found["closed"]) == (0, made["rows"], True), err
    left = "SELECT count(*) FROM astroloh.security_logs"
    assert kept.query(left, any_database.name) != kept.query(left, new) == [(0,)]
    copy = Database(any_database.server, new)
    # Who may connect has come along, and is kept out until the erasures are replayed.
    app = copy.connect(role="tarot_app", app="tarot", user_id=1)
    with pytest.raises(psycopg.Error) as error:
        app.execute("SELECT FROM tarot.users")
    assert error.value.sqlstate == "KR100"
    copy.close()


def test_a_copy_whose_gate_is_open_is_closed(any_database: Database) -> None:
    """Should what was restored ever look like the original."""
    assert _close(Target(any_database.url("postgres"), None), "shop.backup") is True
    with any_database.admin() as admin:
        found = admin.execute("SELECT kernel.gate_problem()").fetchone()
    assert found == ("It was closed: restored from shop.backup",)


def test_the_newest_or_a_chosen_one_is_restored(kept: Kept) -> None:
    """[C-37] [C-38] By day, by folder, by file; two of one second do not meet."""
    old = written(kept, datetime.now(UTC) - timedelta(days=3), kept.name)
    first, second = kept.create(), kept.create()
    assert first != second
    new = kept.new_database()
    code, found, err = kept.run("restore", "--latest", kept.folder, "--into", new)
    assert (code, found["rows"]) == (0, 509), err
    keys = FileKeys(kept.keys)
    past, now = datetime.now(UTC) - timedelta(days=2), datetime.now(UTC)
    assert newest(kept.folder, keys, kept.name, past) == old
    assert newest(kept.folder, keys, None, now) in (first, second)
    with pytest.raises(UsageError, match="no such backup"):
        newest(kept.folder, keys, None, past - timedelta(days=2))
    other = written(kept, datetime.now(UTC), "another")
    with pytest.raises(UsageError, match="has backups of another, t_"):
        newest(kept.folder, keys, None, None)
    assert newest(kept.folder, keys, "another", None) == other


def test_nothing_is_restored_over_what_is_there(kept: Kept) -> None:
    """[C-F27] A dump never overwrites: neither a file nor a database."""
    file = kept.create()
    where, keys = Target(kept.url(), None), FileKeys(kept.keys)
    for name in (kept.name, "postgres"):
        with pytest.raises(UsageError, match="exists, and nothing is restored over"):
            restore(where, file, keys, into=name)
    for name in ("strongroom_restore_mine", "", "a" * 64):
        with pytest.raises(UsageError, match="name"):
            restore(where, file, keys, into=name)
    assert kept.query("SELECT count(*) FROM shop.people") == [(500,)]


def test_prune_keeps_the_newest_of_each_database(kept: Kept) -> None:
    """[C-37] What isn't ours, doesn't open or was cut neither counts nor goes."""
    day = datetime(2026, 11, 1, 18, tzinfo=UTC)
    files = [written(kept, day + timedelta(days=n)) for n in range(4)]
    other = written(kept, day - timedelta(days=9), "other")
    cut = written(kept, day + timedelta(days=9))
    cut.write_bytes(cut.read_bytes()[:-1])
    forged = kept.folder / "forged.backup"
    forged.write_bytes(files[3].read_bytes().replace(b"2026-11-04", b"2026-01-04"))
    mine = kept.folder / "notes.backup"
    mine.write_text("not a backup of ours")
    code, answer, err = kept.run("prune", kept.folder, "--keep", "2")
    assert (code, len(kept.files())) == (2, 8)
    assert f"to be deleted: {files[0].name}" in err
    code, answer, err = kept.run("prune", kept.folder, "--keep", "2", "--yes")
    assert (code, answer) == (0, {"deleted": [f.name for f in files[:2]], "kept": 3}), err
    assert kept.files() == sorted(f.name for f in (*files[2:], other, cut, forged, mine))
    code, answer, _ = kept.run("list", kept.folder)
    known = {Path(b["file"]).name: (b["database"], b["problem"]) for b in answer["backups"]}
    assert known[files[3].name] == ("shop", None)
    assert "was cut" in (known[cut.name][1] or "")
    assert "header was changed" in (known[forged.name][1] or "")
    assert known[mine.name][0] is None


def test_each_command_drops_only_what_is_its_own() -> None:
    """By the beginning of their names: no command's may be the beginning of another's."""
    prefixes = [SCRATCH, adopt.PREFIX, scratch._PREFIX]
    for one in prefixes:
        assert [other for other in prefixes if other.startswith(one)] == [one]
