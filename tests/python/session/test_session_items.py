"""Batches, bulk statements and copies: many items in one call."""
# ruff: noqa: PT012, SIM117 (what raises is the block as a whole)

from __future__ import annotations

import itertools
import tracemalloc
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from strongroom.session import (
    failed_item,
    load_all,
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
    ECHO,
    HOW_MANY,
    Item,
    as_user,
    as_worker,
    books,
    numbered,
    whole,
)
from tests.python.session.shelf import (
    TITLES,
    assert_clean,
    statement,
    value,
)


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


@pytest.mark.parametrize("kind", ["batch", "bulk", "copy"])
def test_items_without_end_take_no_room_and_can_be_interrupted(
    counts: Database, admin: Connection, kind: str
) -> None:
    connection = counts.connect()

    def book(item: Any) -> tuple[Any, ...]:
        return item[0], str(item[0]), None

    def endless() -> Iterator[Any]:
        for number in itertools.count(100):
            if number == 4000:
                raise KeyboardInterrupt
            yield number, bytearray(20_000)

    tracemalloc.start()
    try:
        with (as_worker if kind == "copy" else as_user)(connection) as db:
            with pytest.raises(KeyboardInterrupt):
                if kind == "batch":
                    db.batch(ADD, endless(), take=book, load=load_rowcount)
                elif kind == "bulk":
                    db.bulk(BULK, endless(), take=book, chunk=100)
                else:
                    db.copy(COPY, endless(), take=lambda item: numbered(item[0]))
        assert tracemalloc.get_traced_memory()[1] < 40_000_000
    finally:
        tracemalloc.stop()
    assert_clean(connection)
    assert admin.execute(HOW_MANY).fetchall() == [(3,), (0,)]


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
