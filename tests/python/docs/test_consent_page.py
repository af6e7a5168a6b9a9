"""What docs/kernel/consent.md shows is run, and says what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.python.fix_databases import Database

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "kernel" / "consent.md").read_text("utf-8")
CALLS = """
import sys
import psycopg
from strongroom.session import session
from strongroom_db.tarot import consents
from strongroom_db.kernel.errors import UnknownWording

with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    with session(connection, app="tarot") as db:
        [text] = consents.list_consent_texts(db, language="en")
    with session(connection, app="tarot", user_id=1) as db:
        assert consents.give_consent(
            db, purpose=text.purpose, version=text.version, method="checkbox"
        ) is True
        [mine] = consents.list_consents(db)
        assert mine.is_in_force and mine.newer_version is None
        assert consents.withdraw_consent(db, purpose="advice", method="menu") is True
        try:
            consents.give_consent(db, purpose="advice", version=9, method="checkbox")
        except UnknownWording as refused:
            print(refused.sqlstate)
"""


def _block(marker: str, language: str = "sql") -> str:
    found = re.search(rf"<!-- {marker} -->\n```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None, marker
    return found[1]


def test_the_example_runs(database: Database) -> None:
    admin = database.admin()
    admin.execute(_block("publish").encode())
    person = database.connect(role="tarot_app", app="tarot", user_id=1)
    for line in _block("person").splitlines():
        call, said = line.split("--")
        row = person.execute(call.strip().rstrip(";").encode()).fetchone()
        assert row is not None
        assert str(row[0]).lower() == said.strip().partition(":")[0]
    admin.execute("SELECT kernel.publish_consent_text('tarot', 'advice', 'en', 'We sell them.')")
    head, _, row_shown = (
        [cell.strip() for cell in line.split("|")] for line in _block("mine", "text").splitlines()
    )
    columns = ", ".join(head)
    shown = person.execute(f"SELECT {columns} FROM kernel.my_consents".encode()).fetchall()
    assert [[str(value) for value in row] for row in shown] == [row_shown]


def test_an_app_that_asks_for_consent_gets_no_row_without(database: Database) -> None:
    """[A-49] [S-34] By a policy and by a trigger; and the log shows a person their own."""
    admin = database.admin()
    admin.execute(_block("publish").encode())
    with database.connect("strongroom_migrator") as migrator:
        migrator.execute("SET ROLE strongroom_owner")
        migrator.execute(
            "CREATE TABLE tarot.questions (user_id bigint, id bigint, PRIMARY KEY (user_id, id));"
            "ALTER TABLE tarot.questions ENABLE ROW LEVEL SECURITY;"
            "CREATE POLICY all_own ON tarot.questions TO tarot_app"
            " USING (user_id = kernel.user_bigint()) WITH CHECK (user_id = kernel.user_bigint());"
            "CREATE POLICY all_worker ON tarot.questions TO tarot_worker"
            " USING (true) WITH CHECK (true);"
            "GRANT INSERT ON tarot.questions TO tarot_app, tarot_worker"
        )
        migrator.execute(_block("enforce").encode())
        migrator.execute(_block("view").encode())
    person = database.connect(role="tarot_app", app="tarot", user_id=1)
    worker = database.connect(role="tarot_worker", app="tarot")
    insert = "INSERT INTO tarot.questions VALUES (1, %s)"
    for connection in (person, worker):
        with pytest.raises(psycopg.Error) as refused:
            connection.execute(insert, (1,))
        assert refused.value.sqlstate == "KR130"
    admin.execute("ALTER TABLE tarot.questions DISABLE TRIGGER t20_require_advice")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        person.execute(insert, (1,))
    admin.execute("ALTER TABLE tarot.questions ENABLE TRIGGER t20_require_advice")
    person.execute("SELECT kernel.give_consent('advice', 1, 'checkbox')")
    person.execute(insert, (1,))
    worker.execute(insert, (2,))
    other = database.connect(role="tarot_app", app="tarot", user_id=2)
    other.execute("SELECT kernel.give_consent('advice', 1, 'checkbox')")
    log = "SELECT user_id, consent_type, consent_text FROM tarot.consent_log ORDER BY 1"
    body = "We keep your questions, to advise you better."
    assert person.execute(log).fetchall() == [(1, "advice", body)]
    assert worker.execute(log).fetchall() == [(1, "advice", body), (2, "advice", body)]


@pytest.mark.slow
def test_the_queries_of_the_page_are_typed_functions(
    any_database: Database, tmp_path: Path
) -> None:
    for part in ("schema", "functions", "queries"):
        shutil.copytree(ROOT / part, tmp_path / part)
    (tmp_path / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "error-codes.md", tmp_path / "docs")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    queries = tmp_path / "queries" / "tarot" / "consents.sql"
    queries.write_text(_block("queries"), "utf-8")
    packages = [tmp_path / "generated", ROOT, ROOT / "codegen"]
    environment = {
        **os.environ,
        "DATABASE_URL": any_database.url("postgres"),
        "PYTHONPATH": os.pathsep.join(map(str, packages)),
    }

    def run(*command: str) -> str:
        ran = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    run("-m", "strongroom", "generate")
    any_database.admin().execute(_block("publish").encode())
    assert run("-c", CALLS, any_database.url()) == "KR131\n"
