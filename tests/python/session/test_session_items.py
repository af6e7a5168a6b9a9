"""Batches, bulk statements and copies: many items in one call, all of them or none."""
# ruff: noqa: PT012, SIM117 (what raises is the block as a whole)

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from strongroom.session import (
    AsyncSession,
    BadParameter,
    NoIdentity,
    NoRow,
    Session,
    TransactionConflict,
    WrongRole,
    async_session,
    failed_item,
    load_all,
    load_maybe,
    load_one,
    load_rowcount,
    session,
)
from tests.python.fix_databases import Connection, Database
from tests.python.session.shelf import (
    LEFT,
    NOTHING_LEFT,
    PID,
    TITLES,
    TitleTaken,
    TwinMissing,
    assert_clean,
    statement,
    value,
)

Item = tuple[Any, ...]
EXTRA = """
CREATE TABLE shelf.counts (
    id bigint CONSTRAINT counts_pkey PRIMARY KEY,
    amount numeric CONSTRAINT counts_amount_check CHECK (amount < 1000),
    note text,
    tags text[],
    mood shelf.mood,
    parts numeric[],
    twin bigint CONSTRAINT counts_twin_fkey REFERENCES shelf.books (id)
        DEFERRABLE INITIALLY DEFERRED
);
GRANT SELECT, INSERT, UPDATE, DELETE ON shelf.counts TO tarot_app, tarot_worker;
"""
ADD = statement(
    "INSERT INTO shelf.books (id, title, twin) VALUES ($1, $2, $3)",
    ("bigint", "text", "bigint"),
    writes=True,
)
ADD_RETURNING = value(
    "INSERT INTO shelf.books (id, title, twin) VALUES ($1, $2, $3) RETURNING title AS v",
    *("bigint", "text", "bigint"),
    writes=True,
    at_most_one=True,
)
BULK = statement(
    "INSERT INTO shelf.books (id, title, twin)"
    " SELECT a, b, c FROM unnest($1, $2, $3) AS u (a, b, c)",
    ("bigint[]", "text[]", "bigint[]"),
    writes=True,
)
BULK_RETURNING = value(f"{BULK.sql} RETURNING title AS v", *BULK.parameters, writes=True)
COPY = statement(
    "COPY shelf.counts (id, amount, note, tags, mood, parts, twin) FROM STDIN (FORMAT BINARY)",
    ("bigint", "numeric", "text", "text[]", "shelf.mood", "numeric[]", "bigint"),
    writes=True,
    role="worker",
    identity=False,
)
HOW_MANY = "SELECT count(*) FROM shelf.books UNION ALL SELECT count(*) FROM shelf.counts"
COUNTED = value("SELECT count(*)::integer AS v FROM shelf.counts", role="worker", identity=False)
ECHO = value("SELECT $1 || $2 AS v", "text", "text")


def whole(item: Item) -> Item:
    return item


def numbered(item: int) -> Item:
    """A row of shelf.counts."""
    return (item, Decimal(item % 100), None, ["a", None], "calm", [Decimal(1), None], None)


def books(count: int, first: int = 100) -> list[Item]:
    return [(first + n, f"book {n}", None) for n in range(count)]


@pytest.fixture
def more(shelf_everywhere: Database) -> Database:
    """The books, and a table that has no row level security, on each server."""
    shelf_everywhere.admin().execute(EXTRA)
    return shelf_everywhere


@pytest.fixture
def counts(shelf: Database) -> Database:
    """The books, and a table that has no row level security."""
    shelf.admin().execute(EXTRA)
    return shelf


def as_user(connection: Connection, user: int = 1, **rest: Any) -> Session:
    return session(connection, app="tarot", user_id=user, **rest)


def as_worker(connection: Connection, **rest: Any) -> Session:
    return session(connection, app="tarot", role="worker", **rest)


# -- what they do ----------------------------------------------------------------------------------


@pytest.mark.parametrize("prepare", [True, False])
def test_batch_answers_in_order(more: Database, prepare: bool) -> None:
    connection = more.connect()
    with as_user(connection, prepare=prepare) as db:
        assert db.batch(ADD, books(3), take=whole, load=load_rowcount) == [1, 1, 1]
        added = db.batch(
            ADD_RETURNING, books(1203, 500), take=lambda b: (b[0], b[1] + "!", b[2]), load=load_one
        )
        assert added == [f"book {n}!" for n in range(1203)]
        by_title = value("SELECT id AS v FROM shelf.books WHERE title = $1", "text")
        asked = ["Emma", "Dracula", "book 2"]
        assert db.batch(by_title, asked, take=lambda t: (t,), load=load_maybe) == [1, None, 102]
        assert db.batch(by_title, asked, take=lambda t: (t,), load=load_all) == [[1], [], [102]]
        assert db.batch(ADD, [], take=whole, load=load_rowcount) == []
    assert_clean(connection)


def test_big_items_in_great_number_do_not_block(counts: Database) -> None:
    connection = counts.connect()
    drawn = 0

    def texts() -> Iterator[Item]:
        nonlocal drawn
        for number in range(50_000):
            drawn += 1
            yield ("x" * (200_000 if number % 1000 == 0 else 10), str(number))

    with as_user(connection) as db:
        echoed = db.batch(ECHO, texts(), take=whole, load=load_one)
        assert drawn == len(echoed) == 50_000
        assert all(text.endswith(str(number)) for number, text in enumerate(echoed))
        assert len(echoed[1000]) == 200_004
    assert_clean(connection)


def test_items_are_drawn_as_they_are_sent(counts: Database) -> None:
    """Not all of them are in memory: most were not drawn yet when the first were refused."""
    connection = counts.connect()
    drawn = 0

    def endless(make: Callable[[int], Any]) -> Iterator[Any]:
        nonlocal drawn
        for drawn in range(1_000_000):
            yield make(0 if drawn == 3 else drawn + 100)

    with as_user(connection) as db:
        with pytest.raises(psycopg.errors.UniqueViolation) as raised:
            same = endless(lambda n: (n or 1, f"b{n}", None))
            db.batch(ADD, same, take=whole, load=load_rowcount)
        assert failed_item(raised.value) == 3
        assert drawn < 10_000
        assert db.many(TITLES) == ["Emma", "Persuasion"]
    assert_clean(connection)


@pytest.mark.parametrize("chunk", [None, 2, 5, 100])
@pytest.mark.parametrize("count", [0, 1, 5, 6])
def test_bulk(counts: Database, count: int, chunk: int | None) -> None:
    connection = counts.connect()
    with as_user(connection) as db:
        assert db.bulk(BULK, books(count), take=whole, chunk=chunk) == count
        found = db.bulk_rows(
            BULK_RETURNING, books(count, 500), take=lambda b: (b[0], b[1] + "!", 1), chunk=chunk
        )
        assert found == [f"book {n}!" for n in range(count)]
    assert_clean(connection)


def test_bulk_runs_without_items_too(counts: Database) -> None:
    """What a statement does besides its items, it does without any."""
    connection = counts.connect()
    replace = statement(
        "WITH gone AS (DELETE FROM shelf.books WHERE id >= $1)"
        " INSERT INTO shelf.books (id, title) SELECT a, b FROM unnest($2, $3) AS u (a, b)",
        ("bigint", "bigint[]", "text[]"),
        writes=True,
    )
    with as_user(connection) as db:
        assert db.bulk(replace, [(50, "Ulysses")], take=whole, fixed={0: 2}) == 1
        assert db.many(TITLES) == ["Emma", "Ulysses"]
        assert db.bulk(replace, [], take=whole, fixed={0: 2}) == 0
        assert db.many(TITLES) == ["Emma"]
    nobody = statement(BULK.sql, BULK.parameters, role="analyst", identity=False)
    with session(connection, app="tarot", role="analyst") as db:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.bulk(nobody, [], take=whole)


@pytest.mark.parametrize("count", [0, 1, 20_000])
def test_copy(more: Database, count: int) -> None:
    connection = more.connect()
    with as_worker(connection) as db:
        assert db.copy(COPY, range(count), take=numbered) == count
        assert db.one(COUNTED) == count
        if count:
            values = statement(
                "SELECT id, amount, note, tags, mood, parts, twin FROM shelf.counts WHERE id = 0",
                columns=("id", "amount", "note", "tags", "mood", "parts", "twin"),
                row=lambda *values: values,
                role="worker",
                identity=False,
            )
            assert db.one(values) == numbered(0)
    assert_clean(connection)


@pytest.mark.parametrize(
    "number", ["0", "1", "-1", "123456789.000100", "1e40", "-1e-40", "NaN", "Infinity", "9999.9999"]
)
def test_copied_numbers_are_what_they_were(counts: Database, number: str) -> None:
    connection = counts.connect()
    counts.admin().execute("ALTER TABLE shelf.counts DROP CONSTRAINT counts_amount_check")
    only = statement(
        "COPY shelf.counts (id, amount) FROM STDIN (FORMAT BINARY)",
        ("bigint", "numeric"),
        role="worker",
        identity=False,
    )
    with as_worker(connection) as db:
        db.copy(only, [(1, Decimal(number)), (2, None)], take=whole)
    written = counts.admin().execute(
        "SELECT amount::text = (%s::numeric)::text FROM shelf.counts WHERE id = 1", (number,)
    )
    assert written.fetchone() == (True,)


# -- what goes wrong -------------------------------------------------------------------------------

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
    nap = statement("SELECT 1 FROM pg_catalog.pg_sleep($1)", ("double precision",), timeout_ms=200)
    with as_user(connection) as db:
        assert db.batch(nap, [0.1] * 3, take=lambda s: (s,), load=load_rowcount) == [1, 1, 1]
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


# -- asyncio ---------------------------------------------------------------------------------------


def test_async_calls_and_async_items(counts: Database) -> None:
    async def slowly(items: Iterable[Any]) -> AsyncIterator[Any]:
        for item in items:
            await asyncio.sleep(0)
            yield item

    async def main() -> None:
        connection = await psycopg.AsyncConnection.connect(counts.url(), autocommit=True)
        async with connection:
            async with async_session(connection, app="tarot", user_id=1) as db:
                assert await db.batch(ADD, books(3), take=whole, load=load_rowcount) == [1, 1, 1]
                named = await db.batch(
                    ADD_RETURNING,
                    slowly([(200 + n, f"n{n}", None) for n in range(700)]),
                    take=whole,
                    load=load_one,
                )
                assert named == [f"n{n}" for n in range(700)]
                more = [(1000 + n, f"m{n}", None) for n in range(7)]
                assert await db.bulk(BULK, slowly(more), take=whole, chunk=3) == 7
                assert await db.bulk_rows(BULK_RETURNING, [(2000, "x", 1)], take=whole) == ["x"]
                with pytest.raises(TitleTaken) as raised:
                    await db.batch(
                        ADD,
                        slowly([*books(5, 3000), (1, "Emma", None)]),
                        take=whole,
                        load=load_rowcount,
                    )
                assert failed_item(raised.value) == 0
                async with db.transaction():
                    titles = db.stream(TITLES, fetch=1)
                    changed = value("SELECT $1 || '+' AS v", "text")
                    assert (await db.batch(changed, titles, take=lambda t: (t,), load=load_one))[
                        :2
                    ] == ["Emma+", "Persuasion+"]
            async with async_session(connection, app="tarot", role="worker") as worker:
                assert await worker.copy(COPY, slowly(range(2000)), take=numbered) == 2000
            assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())


@pytest.mark.parametrize("where", ["items", "server"])
@pytest.mark.parametrize("kind", ["batch", "bulk", "copy"])
def test_cancelled_in_the_middle(counts: Database, kind: str, where: str) -> None:
    nap = value(
        "SELECT ($1::bigint + pg_catalog.length(pg_catalog.pg_sleep($2)::text))::integer AS v",
        *("bigint", "double precision"),
    )

    async def items(reached: asyncio.Event) -> AsyncIterator[int]:
        for number in range(5000):
            if number == 2000:
                reached.set()
                if where == "items":
                    await asyncio.sleep(60)
            yield number

    async def call(db: AsyncSession, reached: asyncio.Event) -> None:
        drawn = items(reached)
        if kind == "copy":
            await db.copy(COPY, drawn, take=numbered)
        elif kind == "bulk":
            await db.bulk(BULK, drawn, take=lambda n: (n + 100, f"b{n}", None), chunk=500)
        elif where == "items":
            await db.batch(ADD, drawn, take=lambda n: (n + 100, f"b{n}", None), load=load_rowcount)
        else:
            naps = lambda n: (n, 60.0 if n == 2100 else 0.0)  # noqa: E731
            await db.batch(nap, drawn, take=naps, load=load_one)

    async def main() -> None:
        connection = await psycopg.AsyncConnection.connect(counts.url(), autocommit=True)
        role = "worker" if kind == "copy" else "app"
        async with connection:
            async with async_session(
                connection,
                app="tarot",
                user_id=1,
                role=role,  # type: ignore[arg-type]
            ) as db:
                reached = asyncio.Event()
                task = asyncio.create_task(call(db, reached))
                await reached.wait()
                for _ in range(0 if where == "items" else 3):
                    await asyncio.sleep(0)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            if not connection.closed:
                assert await (await connection.execute(LEFT)).fetchone() == NOTHING_LEFT

    asyncio.run(main())
    left = counts.admin().execute(HOW_MANY)
    assert left.fetchall() == [(3,), (0,)]
