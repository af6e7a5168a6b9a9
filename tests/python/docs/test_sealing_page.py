"""What docs/kernel/sealing.md shows is run."""

from __future__ import annotations

import re
from collections import namedtuple
from pathlib import Path
from typing import Any

import psycopg
import pytest

from strongroom.sealing import WRITINGS, EnvironmentKeys
from strongroom.session import Statement
from tests.python.fix_databases import Database
from tests.python.sealing.conftest import new_keys, register

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "kernel" / "sealing.md").read_text("utf-8")
ADD: Statement[Any] = Statement(
    name="tarot.add_chart",
    sql="INSERT INTO tarot.birth_charts VALUES (kernel.user_bigint(), $1, $2, $3, $4)",
    parameters=("bigint", "bytea", "bytea", "bytea"),
    writes=True,
)
FIND: Statement[Any] = Statement(
    name="tarot.find_charts",
    sql="SELECT c.* FROM tarot.birth_charts AS c WHERE c.email_index = ANY ($1)",
    parameters=("bytea[]",),
    columns=("user_id", "id", "birth_date", "email", "email_index"),
    row=namedtuple("Chart", "user_id id birth_date email email_index"),
)
KINDS = {"birth": "seal", "contact": "seal", "mails": "index"}


def _block(marker: str, language: str) -> str:
    found = re.search(rf"<!-- {marker} -->\n```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found is not None, marker
    return found[1]


def test_the_example_runs(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in new_keys(*(f"tarot.{purpose}.1" for purpose in KINDS)).items():
        monkeypatch.setenv(name, value)
    with database.connect("strongroom_migrator") as migrator:
        migrator.execute("SET ROLE strongroom_owner")
        migrator.execute(_block("table", "sql").encode())
        migrator.execute("GRANT SELECT, INSERT ON tarot.birth_charts TO tarot_app")
    with database.connect("strongroom_runner") as runner:
        for purpose, kind in KINDS.items():
            register(runner, EnvironmentKeys(), f"tarot.{purpose}.1", kind)
    with psycopg.connect(database.url(), autocommit=True) as connection:
        names = {"connection": connection, "ADD_CHART": ADD, "FIND_CHARTS": FIND}
        exec(compile(_block("program", "python"), "sealing.md", "exec"), names)


def test_the_page_names_every_type() -> None:
    found = re.search(r"TYPE is one word: (.*?)\. The row", PAGE, re.DOTALL)
    assert found is not None
    assert re.findall(r"`(\w+)`", found[1]) == list(WRITINGS)
