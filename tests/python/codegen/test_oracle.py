"""What is said to be never NULL is never NULL: queries are run on random rows and arguments.

`pytest tests/python/codegen/test_oracle.py --oracle 50` tries fifty times as much as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st

from strongroom.migrate.target import Connection
from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.describe import Refusal, describe
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.levels import levels
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.verdict import never
from strongroom_codegen.parameters import PreparedQuery, prepare
from strongroom_codegen.pipeline import read_sources
from strongroom_codegen.tree import nodes
from tests.python.codegen.cases import read_cases
from tests.python.codegen.conftest import FIXTURES, scratch_on
from tests.python.codegen.oracle import (
    Shop,
    analysed,
    call_arguments,
    check,
    prepared_query,
)
from tests.python.codegen.random_queries import SCHEMA, Queries
from tests.python.codegen.random_rows import Row, rows, store, tables, texts
from tests.python.codegen.statements import analyse

ROOT = Path(__file__).parents[3]
PROJECTS = sorted(
    path.parent
    for folder in (FIXTURES, ROOT / "examples")
    for path in folder.glob("*/pyproject.toml")
)
APPS = sorted(path.name for path in (ROOT / "queries").iterdir() if path.is_dir())
# Random rows hardly ever meet the checks of its people, and nothing is without a person.
WITHOUT_ROWS = {"astroloh"}
# Schemas of the random queries, each with rows of its own; the first stays empty.
COPIES = 7
Decorator = Callable[[Callable[[], None]], Callable[[], None]]
_CHECKS = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


def _settings(request: pytest.FixtureRequest, examples: int) -> settings:
    times: int = request.config.getoption("--oracle", default=1)
    return settings(
        max_examples=examples * times, deadline=None, suppress_health_check=_CHECKS, database=None
    )


def _on(server: Server) -> Decorator:
    """In CI, where every run tries the same, each server tries something else.

    What makes a column NULL is in the rows, hardly ever in the version.
    """
    return seeded(int(server.label)) if settings().derandomize else lambda run: run


def _try_on_random_rows(
    shop: Shop,
    queries: list[AnalysedQuery],
    schemas: set[str],
    how: settings,
    differs: Decorator = lambda run: run,
) -> int:
    """Run every query on each of many random databases; how many rows came back in all."""
    connection, catalog = shop
    people = f"{min(schemas)}.users"
    has_people = people in {r.full_name for r in catalog.relations.values()}
    chosen = tables(connection, catalog, *schemas)
    known = texts(connection, catalog)
    # A recursion over rows that go in a circle would never end.
    connection.execute("SET statement_timeout = '2s'")
    strategies = [call_arguments(known, query) for query in queries]
    seen = 0

    @differs
    @how
    @given(st.data())
    def run(data: st.DataObject) -> None:
        nonlocal seen
        stored = data.draw(rows(known, chosen, 4))
        with connection.transaction(force_rollback=True):
            store(connection, chosen, stored)
            if has_people:
                connection.execute(
                    "SELECT set_config('kernel.user_id',"
                    f" coalesce((SELECT min(id::text) FROM {people}), '1'), true)".encode()
                )
            for query, strategy in zip(queries, strategies, strict=True):
                seen += check(connection, query, data.draw(strategy))

    run()
    return seen


def test_cases_hold_on_random_rows(
    shop: Shop, server: Server, request: pytest.FixtureRequest
) -> None:
    found = [_known(shop, case.prepared) for case in read_cases()]
    queries = [query for query in found if query]
    how = _settings(request, 12)
    assert _try_on_random_rows(shop, queries, {"shop"}, how, _on(server)) > 250


@pytest.mark.parametrize("root", PROJECTS, ids=lambda path: path.name)
def test_queries_of_projects_hold_on_random_rows(
    server: Server, root: Path, request: pytest.FixtureRequest
) -> None:
    with scratch_on(server, root) as connection:
        # A table of any schema but PostgreSQL's own may be read by one of them.
        assert _try_queries(
            connection, _queries_of(read_project(root)), None, _settings(request, 8), _on(server)
        )


@pytest.mark.parametrize("app", APPS)
def test_queries_of_apps_hold_on_random_rows(
    server: Server, app: str, request: pytest.FixtureRequest
) -> None:
    """The kernel's tables are read through functions alone, and too many for one example."""
    with scratch_on(server, ROOT) as connection:
        project = read_project(ROOT)
        queries = _queries_of(project, app)
        seen = _try_queries(connection, queries, {app}, _settings(request, 8), _on(server))
    assert seen or app in WITHOUT_ROWS


def _try_queries(
    connection: Connection,
    prepared: list[PreparedQuery],
    schemas: set[str] | None,
    how: settings,
    differs: Decorator,
) -> int:
    catalog = read_catalog(connection)
    connection.execute("SELECT set_config('kernel.user_id', '1', false)")
    found = [_known((connection, catalog), query) for query in prepared]
    queries = [query for query in found if query]
    if schemas is None:
        schemas = {r.schema for r in catalog.relations.values() if r.oid >= 16384}
    assert queries
    return _try_on_random_rows((connection, catalog), queries, schemas, how, differs)


def _queries_of(project: Project, app: str | None = None) -> list[PreparedQuery]:
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    files = [file for file in sources.files if app in (None, file.app)]
    queries = [query for file in files for query in file.queries]
    # COPY gives no rows back, and its columns are no parameters.
    found = [prepare(query, diagnostics) for query in queries if query.kind != "copy"]
    assert not diagnostics.failed, diagnostics.render()
    return [query for query in found if query]


def _known(shop: Shop, prepared: PreparedQuery) -> AnalysedQuery | None:
    """Analysed, unless the query needs a newer server."""
    needs = prepared.query.option("requires")
    if needs and int(needs.argument) > shop[1].server_version:
        return None
    return analysed(shop, prepared)


@pytest.fixture(scope="module")
def copies(server: Server) -> Iterator[Shop]:
    """Some schemas of the same tables with different rows; the catalogue is of the first."""
    with scratch_on(server, FIXTURES / "shop") as connection:
        names = [f"copy_{number}" for number in range(COPIES)]
        for name in names:
            connection.execute(f"CREATE SCHEMA {name}; SET search_path = {name}".encode())
            connection.execute(SCHEMA.encode())
        catalog = read_catalog(connection)
        known = texts(connection, catalog)

        drawn: list[list[list[Row]]] = []

        # The first example is the smallest one, without a row: more are drawn than are stored.
        @settings(
            max_examples=2 * COPIES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
        )
        @given(rows(known, tables(connection, catalog, names[0]), 5))
        def draw(found: list[list[Row]]) -> None:
            drawn.append(found)

        draw()
        for name, found in zip(names, drawn[-COPIES:], strict=True):
            store(connection, tables(connection, catalog, name), found)
        connection.execute("SET search_path = copy_0")
        connection.execute("SET statement_timeout = '5s'")
        yield connection, catalog


def test_random_queries_hold_on_random_rows(copies: Shop, request: pytest.FixtureRequest) -> None:
    connection, catalog = copies
    known = texts(connection, catalog)
    tried = {"valid": 0, "refused": 0, "rows": 0, "never": 0}

    @_settings(request, 150)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        rng = data.draw(st.randoms(use_true_random=False))
        sql = Queries(rng, catalog.server_version).statement()
        prepared = prepared_query(sql)
        found = analyse(connection, catalog, prepared, Diagnostics())
        tried["refused" if found is None else "valid"] += 1
        if found is None:
            return
        tried["never"] += sum(not column.verdict.nullable for column in found.columns)
        given_arguments = data.draw(call_arguments(known, found))
        for number in range(COPIES):
            connection.execute(f"SET search_path = copy_{number}".encode())
            tried["rows"] += check(connection, found, given_arguments)
        connection.execute("SET search_path = copy_0")

    run()
    assert tried["valid"] > 4 * tried["refused"], tried
    assert tried["rows"] > tried["valid"], tried
    assert tried["never"] > 20, tried


@pytest.mark.parametrize("number", range(4))
def test_outer_joins_are_those_that_postgresql_marks(copies: Shop, number: int) -> None:
    """Since 16 each column of the tree names the outer joins that can make it NULL."""
    connection, catalog = copies
    if catalog.server_version < 16:
        pytest.skip("PostgreSQL marks them since 16")
    compared = 0
    for seed in range(number * 100, number * 100 + 100):
        sql = Queries(Random(seed), catalog.server_version).statement()
        described = describe(connection, catalog, prepared_query(sql).variants[0])
        if isinstance(described, Refusal) or described.query is None:
            continue
        for frame in levels(Analyzer(catalog, frozenset()), described.query):
            for node in nodes(frame.query["targetList"], into_queries=False):
                if node["node"] != "VAR" or int(node["varlevelsup"]):
                    continue
                index = int(node["varno"])
                if int(frame.entry(index)["rtekind"]) == frames.GROUP:
                    continue
                ours = {join for join, _ in frame.outer.get(index, ())}
                assert ours == set(node["varnullingrels"]), sql
                compared += 1
    assert compared > 100


def test_a_wrong_claim_is_found(shop: Shop) -> None:
    """The oracle itself can fail."""
    found = analysed(shop, prepared_query("SELECT p.nick FROM shop.people AS p"))
    claim = replace(found.columns[0], verdict=never("a wrong claim"))
    with pytest.raises(AssertionError, match="nick is NULL, but: a wrong claim"):
        _try_on_random_rows(
            shop,
            [replace(found, columns=(claim,))],
            {"shop"},
            # Making the example small would take most of the time, and nobody reads it.
            settings(deadline=None, database=None, phases=[Phase.generate]),
        )


def test_random_rows_have_every_kind_of_column(shop: Shop) -> None:
    """The tables of the cases get rows, and each nullable column both a NULL and a value."""
    connection, catalog = shop
    known = texts(connection, catalog)
    chosen = [
        table
        for table in tables(connection, catalog, "shop")
        if table.relation.name in ("people", "items", "sales", "offers", "places")
    ]
    seen: set[tuple[str, bool]] = set()

    @settings(max_examples=80, deadline=None, database=None, suppress_health_check=_CHECKS)
    @given(st.data())
    def run(data: st.DataObject) -> None:
        stored = data.draw(rows(known, chosen, 4))
        with connection.transaction(force_rollback=True):
            store(connection, chosen, stored)
            for table in chosen:
                name = table.relation.full_name
                for column in table.columns:
                    query = f'SELECT "{column.name}" IS NULL FROM ONLY {name}'
                    for (is_null,) in connection.execute(query.encode()):
                        seen.add((f"{name}.{column.name}", is_null))

    run()
    for table in chosen:
        for column in table.columns:
            wanted = {False} if column.not_null else {False, True}
            name = f"{table.relation.full_name}.{column.name}"
            assert {is_null for other, is_null in seen if other == name} == wanted, name
