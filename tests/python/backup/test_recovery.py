"""docs/handbook/recover-to-a-moment.md, done on a server of its own."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest

from strongroom.server.embedded import EmbeddedServer
from tests.python.fix_databases import Database

PAGE = Path(__file__).resolve().parents[3] / "docs" / "handbook" / "recover-to-a-moment.md"


def printed(mark: str, **names: object) -> str:
    """A block of the page, with the names that a reader has to fill in."""
    match = re.search(
        rf"^<!-- {mark} -->\n```\w+\n(.*?)^```$", PAGE.read_text("utf-8"), re.M | re.S
    )
    assert match is not None, mark
    text = match[1]
    for name, value in names.items():
        text = text.replace(f"${name}", str(value))
    return text


def query(server: EmbeddedServer, text: str) -> list[Any]:
    with closing(psycopg.connect(server.url(), autocommit=True)) as admin:
        cursor = admin.execute(text.encode())
        return cursor.fetchall() if cursor.description else []


def wait_for(server: EmbeddedServer, text: str) -> None:
    for _ in range(1200):
        if query(server, text) == [(True,)]:
            return
        time.sleep(0.05)
    raise AssertionError(f"never true: {text}")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short one: sockets have short paths."""
    with TemporaryDirectory(prefix="sr-") as found:
        yield Path(found)


@pytest.fixture
def servers(folder: Path) -> Iterator[tuple[EmbeddedServer, EmbeddedServer]]:
    """One that is to break, and the place of one that recovers."""
    found = EmbeddedServer(folder, "test"), EmbeddedServer(folder, "test_recovered")
    if why := found[0].missing():
        pytest.skip(why)
    yield found
    for server in found:
        server.stop()


def test_a_moment_is_recovered(
    folder: Path, servers: tuple[EmbeddedServer, EmbeddedServer]
) -> None:
    """[A-37] What was committed before it is there, what was done after it is not."""
    broken, recovered = servers
    archive = folder / "archive"
    archive.mkdir()
    broken.start()
    broken.stop()
    settings = printed("settings of the server", ARCHIVE=archive)
    broken.account.write(broken.data / "postgresql.conf", settings, append=True)
    broken.start()
    query(broken, "CREATE TABLE people AS SELECT n FROM generate_series(1, 10) AS n")
    recovered.state.mkdir(mode=0o700)
    program, *words = printed("base backup", BASE="BASE", URL="URL").replace('"', "").split()
    named: dict[str, str | Path] = {"BASE": recovered.data, "URL": broken.url()}
    arguments = [named.get(word, word) for word in words]
    done = broken.account.run([broken.binaries() / program, *arguments])
    assert done.returncode == 0, done.stdout
    query(broken, "INSERT INTO people VALUES (11)")
    moment = query(broken, "SELECT clock_timestamp()")[0][0]
    time.sleep(0.01)
    query(broken, "DELETE FROM people")
    [(segment,)] = query(broken, "SELECT pg_walfile_name(pg_switch_wal())")
    wait_for(broken, f"SELECT last_archived_wal >= '{segment}' FROM pg_stat_archiver")
    broken.stop()
    recovery = printed("settings of the recovery", ARCHIVE=archive, MOMENT=moment.isoformat())
    recovered.account.write(recovered.data / "postgresql.conf", recovery, append=True)
    recovered.account.write(recovered.data / "recovery.signal", "")
    recovered.start()
    wait_for(recovered, "SELECT pg_get_wal_replay_pause_state() = 'paused'")
    assert query(recovered, "SELECT count(*), max(n) FROM people") == [(11, 11)]
    query(recovered, printed("end of the recovery"))
    wait_for(recovered, "SELECT NOT pg_is_in_recovery()")
    query(recovered, "INSERT INTO people VALUES (12)")
    assert query(recovered, "SELECT count(*) FROM people") == [(12,)]


def test_a_copy_below_postgresql_is_closed_by_what_the_page_says(any_database: Database) -> None:
    """[A-37] Its gate can't close by itself."""
    with any_database.connect("strongroom_runner") as runner:
        runner.execute(printed("gate").encode())
    app = any_database.connect(role="tarot_app", app="tarot", user_id=1)
    with pytest.raises(psycopg.Error) as error:
        app.execute("SELECT FROM tarot.users")
    assert error.value.sqlstate == "KR100"
