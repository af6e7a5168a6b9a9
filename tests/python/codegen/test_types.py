"""Generated code for every type: enums, ranges, extensions, overrides; on every server."""

from __future__ import annotations

import importlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_address, ip_network
from types import ModuleType
from typing import Any

import pytest
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom.session import Session
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.model import ProjectModel
from strongroom_codegen.naming import member_names
from strongroom_codegen.pipeline import build_model, read_sources, render_files

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def _values(package: ModuleType) -> dict[str, Any]:
    types = package.types
    far = importlib.import_module("shop_db.shared.types").Level
    return {
        "id": 1,
        "mood": types.Mood.HAPPY,
        "moods": [types.Mood.SAD],
        "usual": types.Mood.SAD,
        "level": types.Level.EMPTY_3,
        "far": far.HIGH,
        "far_levels": [far.LOW, far.HIGH],
        "whole": Range(1, 5),
        "wholes": [Range(1, 2), Range(empty=True)],
        "price": Range(Decimal(1), None),
        "prices": Range(Decimal(1), Decimal(2)),
        "many_prices": Multirange([Range(Decimal(1), Decimal(2))]),
        "hours": Range(8, 18),
        "days": Range(date(2026, 1, 1), date(2026, 2, 1)),
        "moments": Range(NOON, None),
        "many_days": Multirange(),
        "host": ip_address("::1"),
        "hosts": [ip_address("10.0.0.1")],
        "net": ip_network("10.0.0.0/8"),
        "mac": "08:00:2b:01:02:03",
        "mac8": "08:00:2b:01:02:03:04:05",
        "took": timedelta(1),
        "took_all": [timedelta(2)],
        "amount": Decimal("Infinity"),
        "bits": "1010",
        "many_bits": "1",
        "cash": "$1.00",
        "doc": None,
        "lsn": "0/1",
        "xid": 5,
        "kind": "integer",
        "words": "'a'",
        "search": "'a'",
        "path": '$."a"',
        "tags": {"a": None},
        "tag_list": [{"b": "c"}],
        "tree": "a.b",
        "email": "A@b",
        "emails": ["c@d"],
    }


def test_every_type_there_and_back(package: ModuleType, db: Session) -> None:
    values = _values(package)
    added = package.kinds.add_kind(db, **values)
    assert {name: getattr(added, name) for name in values} == values
    for name, sent in values.items():
        assert type(getattr(added, name)) is type(sent), name
    nothing = package.kinds.add_kind(db, **{**dict.fromkeys(values), "id": 2})
    assert {getattr(nothing, name) for name in values} == {2, None}
    (found,) = package.kinds.kinds_of_mood(
        db, level=package.types.Level.EMPTY_3, usual=package.types.Mood.SAD
    )
    assert found.mood is package.types.Mood.HAPPY
    (took,) = package.kinds.kinds_took(db, moods=list(package.types.Mood), least=timedelta(0))
    assert took.took == timedelta(1)


def test_enums_know_their_labels(package: ModuleType) -> None:
    shared = importlib.import_module("shop_db.shared.types")
    assert [member.value for member in shared.Level] == ["low", "high"]
    assert shared.Level.__doc__ == "How much of something."
    assert shared.Level is not package.types.Level


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        (("a b", "a-b", "A_B", "a b 2"), ["A_B", "A_B_3", "A_B_4", "A_B_2"]),
        (("", " ", "-"), ["EMPTY", "EMPTY_2", "EMPTY_3"]),
        (("2nd", "class", "größe", "名前"), ["VALUE_2ND", "CLASS", "GRÖSSE", "名前"]),
        (("__init__", "_x_", "mro", "name"), ["INIT", "X", "MRO", "NAME"]),
    ],
)
def test_names_of_members(labels: tuple[str, ...], names: list[str]) -> None:
    assert member_names(labels) == names


def _with_types(project: Project, lines: str) -> Project:
    with (project.root / "pyproject.toml").open("a") as file:
        file.write(f"\n[tool.strongroom.types]\n{lines}\n")
    return read_project(project.root)


def _build(project: Project) -> tuple[ProjectModel, dict[str, str]]:
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    model = build_model(project, sources, diagnostics)
    return model, render_files(project, sources, model)


OVERRIDES = """\
interval = "strongroom.session.Interval"
"ext.ltree" = { python = "builtins.list", load = "shop_types:split", dump = "shop_types:join" }
"shop.mood" = { python = "shop_types.Feeling", load = "shop_types:Feeling", dump = "builtins:str" }
"text" = "str"
"""


def test_overrides(project: Project, on_server: Server) -> None:
    project = _with_types(project, OVERRIDES)
    (project.generated).mkdir(exist_ok=True)
    (project.generated / "shop_types.py").write_text(
        "class Feeling(str):\n    pass\n\n\n"
        "def split(text: str) -> list[str]:\n    return text.split('.')\n\n\n"
        "def join(parts: list[str]) -> str:\n    return '.'.join(parts)\n"
    )
    _, files = _build(project)
    codecs = files["shop_db/types.py"]
    assert 'PG_CATALOG_INTERVAL_CODEC = Codec("pg_catalog.interval")' in codecs
    assert 'Codec("ext.ltree", shop_types.split, shop_types.join)' in codecs
    assert "class Mood" not in files["shop_db/shop/types.py"]
    assert "took: Interval | None" in files["shop_db/shop/rows.py"]
    assert "EXT_LTREE_CODEC" in files["shop_db/shop/kinds.py"]
    assert "also made: shop_db/types.py" in files["shop_db/sources.txt"]


@pytest.mark.parametrize(
    ("lines", "message", "hint"),
    [
        ('"nowhere.at_all" = "str"', "the database has no such type", None),
        (
            '"level" = "str"',
            "several schemas have this type",
            'write "shared.level" or "shop.level"',
        ),
        ('"shop.email" = "str"', "a domain has a type of its own", "name the type below"),
        ('"integer[]" = "str"', "an array's type follows", "name the type of the elements"),
        ('"shop.label" = "str"', "a composite type is read", "name the types of its fields"),
        ('interval = "str"', "its values are timedelta, and str", "write { python"),
        ('interval = "my class"', '"my class" is no name of a class', "write module.Class"),
        ('interval = { python = "a.B" }', "all of python, load and dump", "write { python"),
        ("interval = 5", "all of python, load and dump", "write { python"),
        (
            'interval = { python = "a.B", load = "a.b", dump = "a:c" }',
            'load = "a.b" is no function',
            "write module:function",
        ),
    ],
)
def test_bad_overrides_say_what_to_do(
    project: Project, on_any_server: Server, lines: str, message: str, hint: str | None
) -> None:
    with pytest.raises(QueryError) as raised:
        _build(_with_types(project, lines))
    (found,) = raised.value.diagnostics.found
    assert message in found.message
    assert found.message.startswith("[tool.strongroom.types] ")
    assert hint is None or (found.hint or "").startswith(hint)


def test_a_month_can_be_no_default(project: Project, on_any_server: Server) -> None:
    (project.queries / "shop" / "months.sql").write_text(
        "-- name: after :one\n-- :span = '1 month'\nSELECT now() + CAST(:span AS interval);\n"
    )
    with pytest.raises(QueryError) as raised:
        _build(project)
    (found,) = raised.value.diagnostics.found
    assert found.message == "a parameter of type interval can't have a default"
