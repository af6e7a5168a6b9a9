"""Apply and rollback in any order, whatever the code says meanwhile."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st

from strongroom.errors import HistoryError
from strongroom.migrate.rollback import Until
from tests.python.migrate.conftest import Sandbox
from tests.python.migrate.test_functions import function

_ITEMS = "CREATE TABLE app.items (id int PRIMARY KEY, name text);\n"
_TRIGGER = (
    "CREATE OR REPLACE FUNCTION app.tg_upper() RETURNS trigger LANGUAGE plpgsql AS $$\n"
    "BEGIN NEW.name := upper(NEW.name); RETURN NEW; END $$;\n"
    "CREATE OR REPLACE TRIGGER t10_upper BEFORE INSERT ON app.items\n"
    "    FOR EACH ROW EXECUTE FUNCTION app.tg_upper();\n"
)
_NOTED = (
    "CREATE OR REPLACE TRIGGER t20_upper BEFORE UPDATE OF note ON app.items\n"
    "    FOR EACH ROW EXECUTE FUNCTION app.tg_upper();\n"
)
_TOTAL = "CREATE OR REPLACE FUNCTION app.total() RETURNS {} LANGUAGE plpgsql AS $$\n"
_SUM = "BEGIN RETURN (SELECT sum(i.cost) FROM app.items AS i); END $$;\n"
_TWO = {"arguments": "a int, b int"}
_INDEX = "CREATE INDEX items_key_idx ON app.items (app.key(id));\n"


@dataclass(frozen=True)
class Release:
    """What a release adds: a migration, its way back, and function files; None: one is gone."""

    forward: str
    back: str
    functions: dict[str, str | None]


def _column(name: str) -> tuple[str, str]:
    change = "ALTER TABLE app.items {} COLUMN {}"
    return f"{change.format('ADD', name)} int;\n", f"{change.format('DROP', name)};\n"


RELEASES = (
    Release(
        f"CREATE SCHEMA app;\n{_ITEMS}INSERT INTO app.items VALUES (1, 'one');\n",
        "DROP SCHEMA app CASCADE;\n",
        {
            "score": function("a + 1"),
            "key": function("a + 1", name="key"),
            "tg_upper": _TRIGGER,
        },
    ),
    Release(
        *_column("price"),
        {
            "score": function("(SELECT max(price) + a FROM app.items)"),
            "prices": function("(SELECT sum(price) + a FROM app.items)", name="prices"),
        },
    ),
    Release(
        "DROP ROUTINE IF EXISTS app.score(integer);\n",
        "SELECT 1;\n",
        {"score": function("a + b", **_TWO)},
    ),
    Release(
        *_column("cost"),
        {
            "score": function("(SELECT max(cost) + a + b FROM app.items)", **_TWO),
            "total": _TOTAL.format("int") + _SUM,
        },
    ),
    Release(
        function("a + 2", name="key") + _INDEX,
        f"DROP INDEX app.items_key_idx;\n{function('a + 1', name='key')}",
        {"key": function("a + 2", name="key")},
    ),
    Release(
        "DROP ROUTINE IF EXISTS app.prices(integer);\nDROP ROUTINE IF EXISTS app.total();\n",
        "SELECT 1;\n",
        {"prices": None, "total": _TOTAL.format("bigint") + _SUM},
    ),
    Release(*_column("note"), {"tg_upper": _TRIGGER + _NOTED}),
)
NAMES = [f"{number:04}.app.release" for number in range(1, len(RELEASES) + 1)]
_CATALOGUE = """
SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid)
FROM pg_proc AS p WHERE p.pronamespace::regnamespace::text = 'app'
UNION ALL
SELECT 'trigger', pg_get_triggerdef(t.oid) FROM pg_trigger AS t WHERE NOT t.tgisinternal
UNION ALL
SELECT c.oid::regclass::text, a.attname || ' ' || a.atttypid::regtype
FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace::regnamespace::text = 'app' AND NOT a.attisdropped
ORDER BY 1, 2
"""
_releases = st.integers(1, len(RELEASES))
_moves = st.one_of(
    st.tuples(st.just("code"), _releases),
    st.tuples(st.just("apply"), st.none() | _releases),
    st.tuples(st.just("rollback"), st.none() | st.integers(0, len(RELEASES))),
)


class Mover:
    """A sandbox that is moved between releases, and what each of them is when it is new."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.release = 0
        self.fresh: dict[int, Any] = {}
        for number in range(1, len(RELEASES) + 1):
            self.begin(number)
            sandbox.apply()
            self.fresh[number] = sandbox.query(_CATALOGUE)

    def begin(self, number: int) -> None:
        """An empty database and the code of a release."""
        self.sandbox.execute(
            "SET client_min_messages = error;\n"
            "DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA IF EXISTS strongroom CASCADE"
        )
        self.code(number)

    def code(self, number: int) -> None:
        """Write what a release is."""
        self.release = number
        for folder in ("functions", "migrations"):
            shutil.rmtree(self.sandbox.folder / folder, ignore_errors=True)
        (self.sandbox.folder / "functions/app").mkdir(parents=True)
        files: dict[str, str | None] = {}
        for place, release in enumerate(RELEASES[:number]):
            after = f"-- depends: {NAMES[place - 1]}\n" if place else ""
            self.sandbox.migration(NAMES[place], after + release.forward, release.back)
            files |= release.functions
        for name, text in files.items():
            if text is not None:
                self.sandbox.function(name, text)

    def finish(self, number: int) -> None:
        """Take back what the code of a release doesn't have, and apply the rest."""
        if len(self._applied()) > number:
            self.code(len(self._applied()))
            self.sandbox.rollback(Until(to=NAMES[number - 1]))
        self.code(number)
        self.sandbox.apply()
        self.check()

    def move(self, kind: str, number: int | None) -> None:
        """One command, or other code."""
        if kind == "code":
            assert number is not None
            self.code(number)
        elif self.release < len(self._applied()):
            with pytest.raises(HistoryError, match="file"):
                self.sandbox.apply()
        elif kind == "apply":
            to = None if number is None else NAMES[min(number, self.release) - 1]
            self.sandbox.apply(to=to)
            if len(self._applied()) == self.release:
                self.check()
        else:
            self._rollback(number)

    def _rollback(self, number: int | None) -> None:
        applied = self._applied()
        if number and number <= len(applied):
            self.sandbox.rollback(Until(to=NAMES[number - 1]))
        elif applied:
            self.sandbox.rollback(Until(everything=number == 0))
        if self._applied():
            assert self.sandbox.value("SELECT count(*) FROM app.items") == 1

    def _applied(self) -> list[str]:
        exists = self.sandbox.value("SELECT to_regclass('strongroom._yoyo_migration') IS NOT NULL")
        return self.sandbox.applied() if exists else []

    def check(self) -> None:
        """The database is what a new one is, its rows and what its index finds included."""
        assert self.sandbox.query(_CATALOGUE) == self.fresh[self.release]
        assert self.sandbox.apply().nothing


@pytest.fixture
def mover(sandbox: Sandbox) -> Mover:
    return Mover(sandbox)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=_releases, moves=st.lists(_moves, max_size=8), last=_releases)
def test_every_way_ends_where_a_new_database_begins(
    mover: Mover, first: int, moves: list[tuple[str, int | None]], last: int
) -> None:
    """What an apply leaves is what a new database has; a rollback never fails, nor loses rows."""
    mover.begin(first)
    for move in moves:
        note(f"{move}")
        mover.move(*move)
    mover.finish(last)
