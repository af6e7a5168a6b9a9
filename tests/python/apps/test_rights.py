"""What a person may ask of the data that is held of them, in each app through its own functions."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from uuid import UUID

import pytest

from strongroom.session import session
from tests.python.apps.worlds import APPS, World, two_worlds
from tests.python.fix_apps import apps_of
from tests.python.fix_templates import templates_of


@pytest.fixture(params=APPS)
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    """Two people in an app."""
    app = str(request.param)
    apps = apps_of(request.config)
    server = apps.server_for(apps.needed_by(request.path, {"app": app}))
    with two_worlds(server, templates_of(request.config).name(server), app) as (both, _):
        yield both


def _module(app: str) -> ModuleType:
    """Where an app keeps what people ask for."""
    package = importlib.import_module(f"strongroom_db.{app}")
    (found,) = (
        module
        for entry in pkgutil.iter_modules(package.__path__)
        if hasattr(
            module := importlib.import_module(f"{package.__name__}.{entry.name}"), "request_erasure"
        )
    )
    return found


def test_access_and_erasure_are_asked_for_in_every_app(world: World) -> None:
    """[A-44] [A-46] [S-33] [P-08] Each with its code; the person sees what became of it."""
    rights = _module(world.app)
    listing = getattr(rights, "list_subject_requests", None) or rights.list_requests
    me, other = (
        UUID(person) if "-" in person else int(person) for person in (world.me, world.other)
    )
    with session(world.login, app=world.app, user_id=me) as db:
        numbers = set()
        for ask in (rights.request_access, rights.request_erasure):
            asked = ask(db)
            assert asked.code is not None
            numbers.add(asked.request_id)
            sent = {"request_id": asked.request_id}
            assert rights.confirm_request(db, **sent, code="wrong") == "rejected"
            assert rights.confirm_request(db, **sent, code=asked.code) == "verified"
        listed = [asked for asked in listing(db) if asked.request_id in numbers]
        assert {(asked.kind, asked.state) for asked in listed} == {
            ("access", "verified"),
            ("erasure", "verified"),
        }
    with session(world.login, app=world.app, user_id=other) as db:
        assert not numbers & {asked.request_id for asked in listing(db)}
