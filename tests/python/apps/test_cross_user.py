"""Every generated function, called as one person with what is another's.

Each is called in two databases that differ in one thing: in the second the other person never was.
What a call gives must be the same in both, and no row of the other may change. Tables, views and
partitions that roles read directly: tests/python/kernel/test_access_matrix.py.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import psycopg
import pytest
from pydantic import BaseModel

from strongroom.sealing import SealingError
from strongroom.sealing.statement import SealedStatement
from strongroom.session import Page, SessionError, Statement, Stream, session
from tests.python.apps.arguments import Arguments
from tests.python.apps.worlds import APPS, World, two_worlds
from tests.python.fix_apps import apps_of
from tests.python.fix_templates import templates_of

# Functions that tell of others because they must, and why.
EXCEPTIONS = tomllib.loads((Path(__file__).parent / "exceptions.toml").read_text("utf-8"))
ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Function:
    """A generated function, by the name of its module and its own."""

    module: ModuleType
    call: Callable[..., object]

    @property
    def table(self) -> str:
        return self.module.__name__.split(".")[-1]

    @property
    def title(self) -> str:
        return f"{self.table}.{self.call.__name__}"


@pytest.fixture(scope="module", params=APPS)
def app(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def worlds(request: pytest.FixtureRequest, app: str) -> Iterator[tuple[World, World]]:
    """Where two people are, and where the first is alone; on one server that can hold the app."""
    apps = apps_of(request.config)
    server = apps.server_for(apps.needed_by(request.path, {"app": app}))
    with two_worlds(server, templates_of(request.config).name(server), app) as worlds:
        yield worlds


@pytest.fixture
def functions(app: str, monkeypatch: pytest.MonkeyPatch) -> list[Function]:
    """Those of an app, without what Python refuses: nothing but the database stands between."""
    package = importlib.import_module(f"strongroom_db.{app}")
    found = []
    for entry in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        for name, value in list(vars(module).items()):
            if inspect.isfunction(value) and value.__module__ == module.__name__:
                if next(iter(inspect.signature(value).parameters), "") == "db":
                    found.append(Function(module, value))
            elif name.isupper():
                monkeypatch.setattr(module, name, _unguarded(value))
    return found


@pytest.mark.parametrize("whoever", ["somebody", "nobody"])
def test_nobody_learns_of_another(
    worlds: tuple[World, World], app: str, functions: list[Function], whoever: str
) -> None:
    """[X-7] Nor is a row of theirs changed, whoever calls, and nobody at all neither."""
    caller = worlds[0].me if whoever == "somebody" else None
    wrong, reached = sweep(worlds, functions, EXCEPTIONS.get(app, {}), caller)
    assert not wrong, "\n".join(wrong)
    if caller:
        never = {function.title for function in functions} - reached
        assert len(never) < len(functions) / 2, sorted(never)


def test_exceptions_are_functions(app: str, functions: list[Function]) -> None:
    titles = {function.title for function in functions}
    for allowed in EXCEPTIONS.get(app, {}).values():
        assert allowed.keys() <= titles


def test_a_mistaken_identity_is_noticed(
    worlds: tuple[World, World], app: str, functions: list[Function]
) -> None:
    """What this sweep is worth: where everybody passes for the other, it finds it out."""
    other = worlds[0].other
    kind = "bigint" if other.isdigit() else "uuid"
    for world in worlds:
        world.database.admin().execute(_IDENTITY.format(kind, f"'{other}'::{kind}").encode())
    try:
        wrong, _ = sweep(worlds, functions, EXCEPTIONS.get(app, {}), worlds[0].me)
        found = {line.split(" ", 1)[0] for line in wrong}
        assert len(found) > len(functions) / 4, sorted(found)
    finally:
        own = f"nullif(pg_catalog.current_setting('kernel.user_id', true), '')::{kind}"
        for world in worlds:
            world.database.admin().execute(_IDENTITY.format(kind, own).encode())


def sweep(
    worlds: tuple[World, World],
    functions: list[Function],
    allowed: dict[str, dict[str, str]],
    caller: str | None,
) -> tuple[list[str], set[str]]:
    """What was wrong, and which functions were called without an error."""
    together, alone = worlds
    known = together.values_of_other()
    assert known
    before = together.rows_of_other()
    wrong, reached = [], set()
    for function in functions:
        tells = function.title in allowed.get("tells", {})
        changes = function.title in allowed.get("changes", {})
        # The same values in each run: they are no secrets.
        draws = Arguments(Random(function.title), known, function.table)
        for _ in range(ROUNDS):
            given = draws.draw(function.call)
            first, rows = _call(together, function, given, caller)
            second, _ = _call(together, function, given, caller)
            without, _ = _call(alone, function, given, caller)
            if first[0] == "gave":
                reached.add(function.title)
            if not changes and rows not in (None, before):
                wrong.append(f"{function.title} {given} changes rows of another")
            if not tells and not _agree(first, second, without):
                wrong.append(f"{function.title} {given}: {first}; without the other {without}")
    return wrong, reached


def _call(
    world: World, function: Function, given: dict[str, object], caller: str | None
) -> tuple[tuple[str, object], str | None]:
    """What a call gave or raised, and the digest of the other's rows after it."""
    with world.undone():
        try:
            with session(world.login, app=world.app, user_id=caller, keyring=world.keyring) as db:
                answer = "gave", _plain(_all(function.call(db, **given)))
        except (psycopg.Error, SessionError, SealingError, ValueError, TypeError) as error:
            return ("raised", type(error).__name__), None
        return answer, world.rows_of_other()


def _unguarded(value: Any) -> Any:
    """Statements that any session may send, whoever it is for."""
    if isinstance(value, Statement):
        return dataclasses.replace(value, role="app", identity=False)
    if isinstance(value, SealedStatement):
        return dataclasses.replace(value, statement=_unguarded(value.statement))
    if isinstance(value, dict):
        return {key: _unguarded(entry) for key, entry in value.items()}
    return value


def _all(answer: object) -> object:
    if isinstance(answer, Stream):
        with answer as rows:
            return list(rows)
    return answer


def _plain(value: Any) -> Any:
    if isinstance(value, Page):
        return [_plain(row) for row in value.rows]
    if isinstance(value, BaseModel):
        return value.model_dump()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {name.name: _plain(getattr(value, name.name)) for name in dataclasses.fields(value)}
    if isinstance(value, list | tuple):
        return [_plain(entry) for entry in value]
    return value


def _agree(first: Any, second: Any, without: Any) -> bool:
    """Whether the third is as the first, but for what differs from call to call anyway."""
    if isinstance(first, dict) and isinstance(second, dict) and isinstance(without, dict):
        return first.keys() == without.keys() and all(
            _agree(first[key], second[key], without[key]) for key in first
        )
    if isinstance(first, list | tuple) and type(first) is type(second) is type(without):
        return len(first) == len(without) and all(map(_agree, first, second, without))
    return bool(without == first) if first == second else type(without) is type(first)


_IDENTITY = """
CREATE OR REPLACE FUNCTION kernel.user_{0}() RETURNS {0}
LANGUAGE sql STABLE PARALLEL SAFE RETURN {1}
"""
