"""Several apps in one database: each has a line of migrations of its own."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.errors import HistoryError
from strongroom.migrate import history, lines
from strongroom.migrate.files import SqlMigration, read_migrations
from strongroom.migrate.ledger import Applied, Ledger
from strongroom.migrate.rollback import Until
from strongroom.project import read_project
from tests.python.migrate.conftest import Sandbox

KERNEL = "0001.kernel.start"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def kernel(sandbox: Sandbox) -> Sandbox:
    """A project with the schemas of a kernel and two apps; the kernel's beginning is applied."""
    for name in ("kernel", "cafe", "shop"):
        sandbox.write(f"schema/{name}/part.sql", f"CREATE SCHEMA IF NOT EXISTS {name};\n")
    sandbox.migration(KERNEL, "CREATE SCHEMA kernel;\n", "DROP SCHEMA kernel CASCADE;\n")
    sandbox.apply()
    return sandbox


def app(sandbox: Sandbox, number: int, name: str, *after: str) -> str:
    """A migration that makes a table of an app, and its schema with the first one; its id."""
    begin = f"CREATE SCHEMA IF NOT EXISTS {name};\n"
    table = f"{name}.t{number}"
    return sandbox.migration(
        f"{number:04}.{name}.table",
        f"-- depends: {' '.join(after)}\n{begin}CREATE TABLE {table} (id int);\n",
        f"DROP TABLE {table};\n",
    )


def test_each_app_ends_in_one_place(kernel: Sandbox) -> None:
    """The order is that of the numbers, for nothing else is said."""
    shop = app(kernel, 121, "shop", KERNEL)
    cafe = app(kernel, 101, "cafe", KERNEL)
    more = app(kernel, 2, "kernel", KERNEL)
    assert kernel.status()["conflicts"] == []
    assert kernel.apply().applied == [more, cafe, shop]


def test_two_ends_of_one_app_are_refused(kernel: Sandbox) -> None:
    cafe = app(kernel, 101, "cafe", KERNEL)
    app(kernel, 121, "shop", KERNEL)
    app(kernel, 102, "cafe", cafe)
    app(kernel, 103, "cafe", cafe)
    message = r"history of cafe ends in several places: 0102\.cafe\.table, 0103\.cafe\.table"
    with pytest.raises(HistoryError, match=message) as caught:
        kernel.apply()
    assert "0121.shop" not in caught.value.message
    assert kernel.applied() == [KERNEL]
    app(kernel, 104, "cafe", "0102.cafe.table", "0103.cafe.table")
    assert len(kernel.apply().applied) == 5


def test_what_another_app_ends_in_is_no_end_of_ones_own(kernel: Sandbox) -> None:
    """An app may build on the kernel in the middle of it: the kernel's end is its last one."""
    first = app(kernel, 2, "kernel", KERNEL)
    app(kernel, 3, "kernel", first)
    app(kernel, 101, "cafe", first)
    assert lines.several_heads(read_migrations(kernel.project)) == {}


def test_apps_arrive_in_any_order(kernel: Sandbox) -> None:
    shop = app(kernel, 121, "shop", KERNEL)
    assert kernel.apply().applied == [shop]
    cafe = app(kernel, 101, "cafe", KERNEL)
    newer = app(kernel, 5, "kernel", KERNEL)
    more = app(kernel, 122, "shop", shop)
    assert kernel.status()["state"] == "pending"
    assert kernel.apply().applied == [newer, cafe, more]
    assert kernel.status()["state"] == "up to date"


@pytest.mark.parametrize(
    ("late", "applied"), [("0002.kernel.table", "0005.kernel"), ("0101.cafe.table", "0102.cafe")]
)
def test_late_in_its_own_line(kernel: Sandbox, late: str, applied: str) -> None:
    for line, number in (("kernel", 5), ("cafe", 102)):
        app(kernel, number, line, KERNEL)
    kernel.apply()
    first, name, _ = late.split(".")
    app(kernel, int(first), name, KERNEL)
    kernel.write(f"migrations/{applied}.table.sql", edited(kernel, f"{applied}.table", late))
    unrecorded(kernel, f"{applied}.table")
    with pytest.raises(HistoryError, match=f"{late}.sql comes before {applied}.table, which is"):
        kernel.apply()
    assert kernel.states()[late] == "late"


def test_late_for_what_is_built_on_it(kernel: Sandbox) -> None:
    """A migration of the kernel that an app's needs, where that one is applied without it."""
    cafe = app(kernel, 101, "cafe", KERNEL)
    kernel.apply()
    newer = app(kernel, 2, "kernel", KERNEL)
    kernel.write(f"migrations/{cafe}.sql", edited(kernel, cafe, newer))
    unrecorded(kernel, cafe)
    with pytest.raises(HistoryError, match=f"{newer}.sql is what {cafe} depends on, which is app"):
        kernel.apply()
    assert kernel.states()[newer] == "late"


def edited(sandbox: Sandbox, name: str, *after: str) -> str:
    text = (sandbox.folder / f"migrations/{name}.sql").read_text("utf-8")
    return text.replace(f"-- depends: {KERNEL}", f"-- depends: {KERNEL} {' '.join(after)}")


def unrecorded(sandbox: Sandbox, name: str) -> None:
    """Leave it as stock yoyo does, which keeps no content: an edit goes unseen."""
    sandbox.execute(f"DELETE FROM strongroom.migrate_file WHERE migration_id = '{name}'")


@pytest.fixture
def grown(kernel: Sandbox) -> Sandbox:
    """Three lines, applied in this order: 121 shop; 101 cafe and 122 shop; 2 kernel; 102 cafe."""
    shop = app(kernel, 121, "shop", KERNEL)
    kernel.apply()
    cafe = app(kernel, 101, "cafe", KERNEL)
    app(kernel, 122, "shop", shop)
    kernel.apply()
    more = app(kernel, 2, "kernel", KERNEL)
    kernel.apply()
    app(kernel, 102, "cafe", cafe, more)
    kernel.apply()
    return kernel


def test_rollback_takes_what_was_applied_last(grown: Sandbox) -> None:
    assert grown.rollback().rolled_back == ["0102.cafe.table"]
    assert grown.rollback().rolled_back == ["0002.kernel.table"]
    assert grown.rollback().rolled_back == ["0122.shop.table"]
    assert grown.rollback().rolled_back == ["0101.cafe.table"]
    assert grown.rollback().rolled_back == ["0121.shop.table"]


@pytest.mark.parametrize(
    ("to", "taken"),
    [
        ("0121.shop", ["0122.shop.table"]),
        ("0101.cafe", ["0102.cafe.table"]),
        ("0002.kernel", ["0102.cafe.table"]),
        ("0122.shop", []),
        (
            "0001.kernel",
            [
                "0102.cafe.table",
                "0002.kernel.table",
                "0122.shop.table",
                "0101.cafe.table",
                "0121.shop.table",
            ],
        ),
    ],
)
def test_rollback_to_leaves_other_apps_alone(grown: Sandbox, to: str, taken: list[str]) -> None:
    before = grown.applied()
    assert grown.rollback(Until(to=to)).rolled_back == taken
    assert grown.applied() == [name for name in before if name not in taken]
    assert grown.status()["conflicts"] == []
    assert sorted(grown.apply().applied) == sorted(taken)


def test_rollback_of_everything_goes_back_the_way_it_came(grown: Sandbox) -> None:
    every = grown.rollback(Until(everything=True)).rolled_back
    assert every[-1] == KERNEL
    assert every[0] == "0102.cafe.table"
    assert grown.applied() == []
    # The second time all of it is there from the beginning.
    numbered = ["0002.kernel", "0101.cafe", "0102.cafe", "0121.shop", "0122.shop"]
    assert grown.apply().applied == [KERNEL, *(f"{name}.table" for name in numbered)]


def function(schema: str, value: int) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {schema}.version() RETURNS int "
        f"LANGUAGE sql IMMUTABLE RETURN {value};\n"
    )


@pytest.mark.parametrize(
    ("undone", "versions"), [("shop", (2, 2, 1)), ("cafe", (2, 1, 2)), ("kernel", (1, 1, 1))]
)
def test_functions_go_back_with_their_own_app(
    kernel: Sandbox, undone: str, versions: tuple[int, int, int]
) -> None:
    cafe, shop = (app(kernel, n, name, KERNEL) for n, name in ((101, "cafe"), (121, "shop")))
    names = ("kernel", "cafe", "shop")
    for name in names:
        kernel.write(f"functions/{name}/version.sql", function(name, 1))
    kernel.apply()
    for name in names:
        kernel.write(f"functions/{name}/version.sql", function(name, 2))
    after = {"kernel": KERNEL, "cafe": cafe, "shop": shop}[undone]
    app(kernel, 199, undone, after)
    kernel.apply()
    assert kernel.rollback().rolled_back == [f"0199.{undone}.table"]
    query = "SELECT kernel.version(), cafe.version(), shop.version()"
    assert kernel.query(query) == [versions]
    kernel.apply()
    assert kernel.query(query) == [(2, 2, 2)]


@st.composite
def histories(draw: st.DrawFn) -> list[SqlMigration]:
    """Migrations of three lines; each follows its own line's last one, and may need the kernel."""
    project = read_project(Path(__file__).parents[3])
    found: list[SqlMigration] = []
    for number in range(1, draw(st.integers(2, 12))):
        name = draw(st.sampled_from(["kernel", "cafe", "shop"]))
        new = SqlMigration(project, Path("migrations") / f"{number:04}.{name}.x.sql")
        # The files are not there: all that is asked of them is that they differ.
        vars(new.forward)["text"] = new.id
        own = [m for m in found if f".{name}." in m.id]
        base = [m for m in found if ".kernel." in m.id]
        needed = draw(st.lists(st.sampled_from(base), max_size=2)) if base else []
        new.parents = frozenset([*own[-1:], *needed])
        found.append(new)
    return found


@given(histories(), st.data())
def test_a_history_that_grows_is_never_in_conflict(
    found: list[SqlMigration], data: st.DataObject
) -> None:
    """Whatever is applied, as long as it is all that it needs, what is left may follow."""
    assert lines.several_heads(found) == {}
    before = lines.ancestors(found)
    chosen = data.draw(st.sets(st.sampled_from(found)))
    applied = {m.id for m in chosen} | {name for m in chosen for name in before[m.id]}
    ledger = Ledger(True, {name: Applied(name, LONG_AGO, None, None, 1, None) for name in applied})
    assert history.conflicts(found, ledger) == []


@given(histories(), st.data())
def test_what_is_taken_back_leaves_nothing_without_its_ground(
    found: list[SqlMigration], data: st.DataObject
) -> None:
    stays = data.draw(st.sampled_from(found))
    taken = lines.built_on(found, stays.id)
    before = lines.ancestors(found)
    assert stays.id not in taken
    assert not before[stays.id] & taken
    for migration in found:
        if migration.id not in taken:
            assert not before[migration.id] & taken
    own = [m.id for m in found if m.id.split(".")[1] == stays.id.split(".")[1]]
    assert set(own[own.index(stays.id) + 1 :]) <= taken
