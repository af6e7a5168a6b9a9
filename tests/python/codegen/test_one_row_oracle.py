"""What is said to give one row at most never gives two: random joins on random rows, run.

`pytest tests/python/codegen/test_one_row_oracle.py --oracle 50` tries fifty times as many.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import psycopg
import pytest

from strongroom.server import Server
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.diagnostics import Diagnostics
from tests.python.codegen.conftest import FIXTURES, scratch_on
from tests.python.codegen.oracle import Shop, nulls_of, prepared_query
from tests.python.codegen.statements import analyse

COPIES = 6
QUERIES = 400
SCHEMA = """
CREATE TABLE a (k int PRIMARY KEY, x int, y int);
CREATE TABLE b (k int UNIQUE, x int NOT NULL, y int);
CREATE TABLE c (k int, x int, y int, UNIQUE NULLS NOT DISTINCT (k));
CREATE TABLE d (k int, x int, y int, UNIQUE NULLS NOT DISTINCT (k, x));
CREATE TABLE e (k int, x int, y int);
CREATE UNIQUE INDEX ON e (k) WHERE x IS NULL;
CREATE UNIQUE INDEX ON e (x) WHERE y = 1;
CREATE VIEW f AS SELECT k, x, y FROM e WHERE x IS NULL;
CREATE VIEW g AS SELECT a.k, b.x, b.y FROM a LEFT JOIN b ON b.k = a.x;
"""
TABLES = "abcdefg"


class Joins:
    """Makes queries of two to four relations that conditions hold together."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.names: list[str] = []

    def statement(self) -> str:
        source = self._relation()
        for _ in range(self.rng.randrange(3)):
            kind = self.rng.choice(("JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "CROSS JOIN"))
            before = list(self.names)
            beside = before if kind != "RIGHT JOIN" else []
            source = f"{source} {kind} {self._relation(beside)}"
            if kind != "CROSS JOIN":
                source = f"{source} ON {self._on(before)}"
        where = self._conditions(self.names)
        column = self._column(self.names)
        if self.rng.randrange(6) == 0:
            return f"SELECT {column}, count(*) FROM {source} WHERE {where} GROUP BY {column}"
        return f"SELECT {column} FROM {source} WHERE {where}"

    def _relation(self, beside: list[str] | None = None) -> str:
        name = f"r{len(self.names)}"
        table = self.rng.choice(TABLES)
        text = f"{table} AS {name}"
        kind = self.rng.randrange(8)
        if kind == 0:
            text = f"(SELECT q.k, q.x, q.y FROM {table} AS q WHERE {self._pin('q', [])}) AS {name}"
        elif kind == 1 and beside:
            near = self._column(beside)
            text = (
                f"LATERAL (SELECT {near} AS k, min(q.x) AS x, {near} AS y FROM {table} AS q"
                f" WHERE q.k = {near}) AS {name}"
            )
        elif kind == 2 and beside:
            near = self._column(beside)
            text = f"LATERAL (VALUES ({near}, 1, {self._column(beside)})) AS {name} (k, x, y)"
        self.names.append(name)
        return text

    def _on(self, before: list[str]) -> str:
        """Often one that looks for a row of the new relation for some rows of the others alone."""
        if self.rng.randrange(2):
            return self._conditions(self.names)
        return f"{self._pin(self.names[-1], [])} AND {self._column(before)} = 1"

    def _conditions(self, names: list[str]) -> str:
        pins = [self._pin(name, names) for name in names if self.rng.randrange(3)]
        return " AND ".join(pins or ["true"])

    def _pin(self, name: str, names: list[str]) -> str:
        others = [other for other in names if other != name]
        value = self._column(others) if others and self.rng.randrange(2) else "1"
        column = f"{name}.{self.rng.choice('kkkxy')}"
        return self.rng.choice(
            (
                f"{column} = {value}",
                f"{column} = {value}",
                f"{column} = coalesce({value}, 0)",
                f"{column} = coalesce({value}, 0)",
                f"{column} IS NOT DISTINCT FROM {value}",
                f"{column} IS NULL",
                f"{name}.k = {value} AND {name}.x IS NULL",
                f"{name}.x = {value} AND {name}.y = 1",
            )
        )

    def _column(self, names: list[str]) -> str:
        return f"{self.rng.choice(names)}.{self.rng.choice('kxy')}"


@pytest.fixture(scope="module")
def copies(server: Server) -> Iterator[Shop]:
    """Schemas of the same tables with different rows: few values, so that they meet."""
    rng = Random(1)
    with scratch_on(server, FIXTURES / "shop") as connection:
        for number in range(COPIES):
            connection.execute(f"CREATE SCHEMA s{number}; SET search_path = s{number}".encode())
            connection.execute(SCHEMA.encode())
            for table in "abcde":
                for _ in range(6):
                    row = [rng.choice((None, 0, 1, 2)) for _ in "kxy"]
                    try:
                        with connection.transaction():
                            text = f"INSERT INTO {table} VALUES (%s, %s, %s)"
                            connection.execute(text.encode(), row)
                    except psycopg.IntegrityError:
                        continue
        connection.execute("SET search_path = s0")
        yield connection, read_catalog(connection)


def test_random_joins_give_no_two_rows(copies: Shop, request: pytest.FixtureRequest) -> None:
    connection, catalog = copies
    tried = {"proven": 0, "rows": 0, "loose": 0}
    for seed in range(QUERIES * request.config.getoption("--oracle", default=1)):
        prepared = prepared_query(Joins(Random(seed)).statement())
        found = analyse(connection, catalog, prepared, Diagnostics())
        assert found, prepared.variants[0].sql
        most = 0
        for number in range(COPIES):
            connection.execute(f"SET search_path = s{number}".encode())
            _, rows = nulls_of(connection, prepared.variants[0], {})
            assert rows < 2 or not found.at_most_one, prepared.variants[0].sql
            most = max(most, rows)
        connection.execute("SET search_path = s0")
        tried["proven"] += found.at_most_one
        tried["rows"] += found.at_most_one and most == 1
        tried["loose"] += not found.at_most_one and most < 2
    # Enough of what was proven gave a row, and little that was not proven could have been.
    assert tried["proven"] > QUERIES // 8, tried
    assert tried["rows"] > QUERIES // 20, tried
