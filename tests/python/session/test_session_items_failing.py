"""Batches, bulk statements and copies that fail: all of the items or none."""
# ruff: noqa: PT012, SIM117 (what raises is the block as a whole)

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from strongroom.session import (
    BadParameter,
    NoIdentity,
    NoRow,
    Session,
    TransactionConflict,
    WrongRole,
    failed_item,
    load_maybe,
    load_one,
    load_rowcount,
    session,
)
from tests.python.fix_databases import Connection, Database
from tests.python.session.lots import (
    ADD,
    ADD_RETURNING,
    BULK,
    BULK_RETURNING,
    COPY,
    COUNTED,
    HOW_MANY,
    Item,
    as_user,
    as_worker,
    books,
    numbered,
    whole,
)
from tests.python.session.shelf import (
    LEFT,
    PID,
    TITLES,
    TitleTaken,
    TwinMissing,
    assert_clean,
    statement,
    value,
)

Call = Callable[[Session, Iterable[Any]], object]
CALLS: dict[str, Call] = {
    "batch": lambda db, items: db.batch(ADD, items, take=whole, load=load_rowcount),
    "batch with rows": lambda db, items: db.batch(ADD_RETURNING, items, take=whole, load=load_one),
    "bulk": lambda db, items: db.bulk(BULK, items, take=whole),
    "bulk in chunks": lambda db, items: db.bulk_rows(BULK_RETURNING, items, take=whole, chunk=4),
}
PLACES = ("alone", "block", "not in autocommit", "not prepared")


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, shelf: Database) -> Iterator[Session]:
    """Sessions of user 1, in every kind of transaction."""
    connection = shelf.connect(autocommit=request.param != "not in autocommit")
    with as_user(connection, prepare=request.param != "not prepared") as db:
        if request.param == "block":
            with db.transaction():
                yield db
        else:
            yield db
    connection.close()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("count", [10, 1000])
def test_items_that_break_off_leave_nothing(place: Session, call: Call, count: int) -> None:
    def broken() -> Iterator[Item]:
        yield from books(count)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        call(place, broken())
    assert place.many(TITLES) == ["Emma", "Persuasion"]
    call(place, books(count))
    assert len(place.many(TITLES)) == 2 + count


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("bad", [3, 700])
def test_a_value_that_cannot_be_sent_is_told_by_its_place(
    place: Session, call: Call, bad: int
) -> None:
    items = books(1000)
    items[bad] = (1, "secret", "no number")
    with pytest.raises(BadParameter) as raised:
        call(place, items)
    assert failed_item(raised.value) == bad
    assert "secret" not in str(raised.value) + str(raised.value.__notes__)
    assert f"item {bad}, counted from 0" in raised.value.__notes__
    assert place.many(TITLES) == ["Emma", "Persuasion"]


@pytest.mark.parametrize("bad", [0, 3, 9, 700])
def test_error_of_one_item_of_a_batch(shelf_everywhere: Database, bad: int) -> None:
    connection = shelf_everywhere.connect()
    items = books(1000 if bad > 9 else 10)
    items[bad] = (77, "Emma", None)
    for returning, load in ((ADD, load_rowcount), (ADD_RETURNING, load_one)):
        for prepare in (True, False):
            with as_user(connection, prepare=prepare) as db:
                with pytest.raises(TitleTaken, match=r"^You have this one\.") as raised:
                    db.batch(returning, items, take=whole, load=load)
                assert failed_item(raised.value) == bad
                assert_clean(connection)
                with db.transaction():
                    with pytest.raises(TitleTaken):
                        db.batch(returning, items, take=whole, load=load)
                    # It was a savepoint of its own, so the block goes on.
                    assert db.many(TITLES) == ["Emma", "Persuasion"]
    assert_clean(connection)


def test_a_missing_row_undoes_the_batch(counts: Database) -> None:
    connection = counts.connect()
    rename = value(
        "UPDATE shelf.books SET title = title || '!' WHERE id = $1 RETURNING title AS v",
        "bigint",
        writes=True,
        at_most_one=True,
    )
    with as_user(connection) as db:
        for _ in range(2):
            with pytest.raises(NoRow) as raised:
                db.batch(rename, [1, 3, 2], take=lambda n: (n,), load=load_one)
            assert failed_item(raised.value) == 1
            assert db.many(TITLES) == ["Emma", "Persuasion"]
        mine = db.batch(rename, [1, 3, 2], take=lambda n: (n,), load=load_maybe)
        assert mine == ["Emma!", None, "Persuasion!"]
    assert_clean(connection)


@pytest.mark.parametrize("count", [1, 1000])
def test_what_only_the_commit_shows(counts: Database, count: int) -> None:
    connection = counts.connect()
    items = [*books(count), (50, "alone", 99_999)]
    with as_user(connection) as db:
        for call in CALLS.values():
            with pytest.raises(TwinMissing) as raised:
                call(db, items)
            assert failed_item(raised.value) is None
            assert db.many(TITLES) == ["Emma", "Persuasion"]
    assert_clean(connection)


def test_errors_of_a_copy(more: Database) -> None:
    connection = more.connect()
    with as_worker(connection) as db:
        for bad in (0, 3, 15_000):
            items = [Decimal(n) for n in range(20_000)]

            def row(item: Decimal, bad: int = bad) -> Item:
                amount = Decimal(1000) if item == bad else Decimal(1)
                return (int(item), amount, *numbered(1)[2:])

            with pytest.raises(psycopg.errors.CheckViolation) as raised:
                db.copy(COPY, items, take=row)
            assert failed_item(raised.value) == bad
            assert_clean(connection)
            with pytest.raises(BadParameter) as refused:
                db.copy(COPY, items, take=lambda n: (n if n == bad else int(n), *row(n)[1:]))  # noqa: B023
            assert failed_item(refused.value) == bad
            assert "column 1 (bigint): an int is expected" in str(refused.value)
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            db.copy(COPY, [1], take=lambda n: (*numbered(n)[:6], 999))

        def broken() -> Iterator[int]:
            yield from range(9_000)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            db.copy(COPY, broken(), take=numbered)
        with db.transaction():
            assert db.copy(COPY, range(5), take=numbered) == 5
            with pytest.raises(ZeroDivisionError):
                db.copy(COPY, broken(), take=lambda n: numbered(n + 100))
            assert db.one(COUNTED) == 5
        assert db.one(COUNTED) == 5
    assert_clean(connection)


def test_copy_is_refused_under_row_level_security(counts: Database) -> None:
    connection = counts.connect()
    fenced = statement(
        "COPY shelf.books (id, title) FROM STDIN (FORMAT BINARY)",
        ("bigint", "text"),
        role="worker",
        identity=False,
    )
    with as_worker(connection) as db:
        with pytest.raises(psycopg.errors.FeatureNotSupported):
            db.copy(fenced, [(9, "x")], take=whole)
    with as_user(connection) as db:
        with pytest.raises(WrongRole):
            db.copy(fenced, [(9, "x")], take=whole)
    assert_clean(connection)


def test_identity_and_policies_hold_for_every_item(counts: Database) -> None:
    connection = counts.connect()
    retitle = statement(
        "UPDATE shelf.books SET title = title || '?' WHERE id = $1", ("bigint",), writes=True
    )
    with session(connection, app="tarot") as nobody:
        for call in CALLS.values():
            with pytest.raises(NoIdentity):
                call(nobody, [])
    with as_user(connection, user=2) as db:
        changed = db.batch(retitle, [1, 2, 3], take=lambda n: (n,), load=load_rowcount)
        assert changed == [0, 0, 1]
        assert db.many(TITLES) == ["Dracula?"]
        for call in CALLS.values():
            db.many(TITLES)
            with pytest.raises(ZeroDivisionError), db.transaction():
                call(db, books(600))
                assert len(db.many(TITLES)) == 601
                raise ZeroDivisionError
    with as_user(connection) as db:
        assert db.many(TITLES) == ["Emma", "Persuasion"]
    assert_clean(connection)


def test_items_from_the_same_session(counts: Database) -> None:
    connection = counts.connect()
    numbers = value("SELECT n AS v FROM pg_catalog.generate_series(100, 1800) AS n")
    worker = statement(numbers.sql, (), ("v",), role="worker", identity=False)
    with as_user(connection) as db:
        for call in CALLS.values():
            with pytest.raises(TransactionConflict, match="is drawing its items"):
                call(db, ((n, t, None) for n, t in enumerate(db.many(TITLES) for _ in "ab")))
            with pytest.raises(TransactionConflict, match="is drawing its items"):
                call(db, ((n, f"{n}", None) for n in db.stream(numbers, fetch=100)))
            assert_clean(connection)
            with pytest.raises(ZeroDivisionError), db.transaction():
                call(db, ((n, f"{n}", None) for n in db.stream(numbers, fetch=100)))
                assert len(db.many(TITLES)) == 1703
                raise ZeroDivisionError
    with as_worker(connection) as db:
        assert db.copy(COPY, iter(range(3)), take=numbered) == 3
        for items in (lambda: (db.one(COUNTED) for _ in "ab"), lambda: db.stream(worker)):
            with pytest.raises(TransactionConflict, match="is drawing its items"):
                db.copy(COPY, items(), take=numbered)
            with pytest.raises(TransactionConflict, match="is drawing its items"):
                with db.transaction():
                    db.copy(COPY, items(), take=numbered)
        assert not connection.closed
        assert db.one(COUNTED) == 3
    assert_clean(connection)


def test_connection_killed_among_the_items(counts: Database, admin: Connection) -> None:
    def killing(pid: int, make: Callable[[int], Any]) -> Iterator[Any]:
        for number in range(200_000):
            if number == 2000:
                admin.execute("SELECT pg_terminate_backend(%s)", (pid,))
            yield make(number)

    for name, call in {**CALLS, "copy": None}.items():
        connection = counts.connect()
        if name == "bulk":
            continue  # nothing was sent when its items are drawn
        with (as_worker if call is None else as_user)(connection) as db:
            pid = db.one(value(PID.sql, role="worker" if call is None else "app", identity=False))
            with pytest.raises(psycopg.OperationalError):
                if call is None:
                    db.copy(COPY, killing(pid, lambda n: n), take=numbered)
                else:
                    call(db, killing(pid, lambda n: (n + 100, f"{n}", None)))
        assert connection.closed
    left = admin.execute(HOW_MANY)
    assert left.fetchall() == [(3,), (0,)]


def test_limit_of_time(counts: Database) -> None:
    connection = counts.connect()
    nap = statement("SELECT 1 FROM pg_catalog.pg_sleep($1)", ("double precision",), timeout_ms=1000)
    with as_user(connection) as db:
        assert db.batch(nap, [0.4] * 3, take=lambda s: (s,), load=load_rowcount) == [1, 1, 1]
        with pytest.raises(psycopg.errors.QueryCanceled) as raised:
            db.batch(nap, [0.0, 0.0, 60.0, 0.0], take=lambda s: (s,), load=load_rowcount)
        assert failed_item(raised.value) == 2
    limited = statement(
        COPY.sql, COPY.parameters, timeout_ms=60_000, role="worker", identity=False, writes=True
    )
    with as_worker(connection) as db, db.transaction():
        assert db.copy(limited, range(3), take=numbered) == 3
        assert db.one(
            value(
                LEFT.replace("SELECT", "SELECT ARRAY[") + "]::text AS v",
                role="worker",
                identity=False,
            )
        ).endswith(",30s}")
    assert_clean(connection)


def test_types_and_statements_made_anew(counts: Database, admin: Connection) -> None:
    connection = counts.connect()
    mood = statement(
        "INSERT INTO shelf.books (id, title, mood) VALUES ($1, $2, $3)",
        ("bigint", "text", "shelf.mood"),
        writes=True,
    )
    with as_user(connection) as db:
        assert db.batch(mood, [(50, "a", "calm")], take=whole, load=load_rowcount) == [1]
        admin.execute(
            "ALTER TABLE shelf.books DROP mood; ALTER TABLE shelf.counts DROP mood;"
            " DROP TYPE shelf.mood; CREATE TYPE shelf.mood AS ENUM ('calm');"
            " ALTER TABLE shelf.books ADD mood shelf.mood"
        )
        assert db.batch(mood, [(51, "b", "calm")], take=whole, load=load_rowcount) == [1]
        connection.execute("DEALLOCATE ALL")
        assert db.batch(mood, [(52, "c", None)], take=whole, load=load_rowcount) == [1]
        connection.execute("DEALLOCATE ALL")
        many = [(100 + n, f"d{n}", None) for n in range(700)]
        assert sum(db.batch(mood, many, take=whole, load=load_rowcount)) == 700
    assert_clean(connection)
