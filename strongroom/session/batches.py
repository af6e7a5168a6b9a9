"""Many parameter sets of one statement, in pipelines of a bounded size, all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from strongroom.session import wire
from strongroom.session.binding import bind
from strongroom.session.conversation import Refused
from strongroom.session.errors import (
    SessionError,
    ShapeMismatch,
    at_item,
    raise_server_error,
)
from strongroom.session.programs import in_transaction, inside, is_alone, plan_of, taking
from strongroom.session.results import load_maybe, load_one, load_rowcount

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from strongroom.session.engine import Engine
    from strongroom.session.link import Plan
    from strongroom.session.programs import Program, Row
    from strongroom.session.statement import Statement

T = TypeVar("T")
R = TypeVar("R")

ITEMS_MAX = 500
"""Items under one Sync: their results are in memory together."""
BYTES_MAX = 256 * 1024
"""Bytes of values under one Sync; one larger item goes alone."""


class _Part:
    """The items that are sent next, bound as they are drawn."""

    def __init__(self, statement: Statement[Any], plan: Plan, take: Callable[[Any], Row]) -> None:
        self.statement = statement
        self.plan = plan
        self.take = take
        self.first = 0
        self.params: list[Row] = []
        self.values: list[list[bytes | None]] = []
        self._bytes = 0

    def add(self, item: Any) -> bool:
        try:
            params = self.take(item)
            values = bind(self.statement, self.plan, params)
        except Exception as error:
            at_item(error, self.first + len(self.values))
            raise
        self.params.append(params)
        self.values.append(values)
        self._bytes += sum([len(value) for value in values if value is not None])
        return len(self.values) >= ITEMS_MAX or self._bytes >= BYTES_MAX

    def bind_again(self, plan: Plan) -> None:
        self.plan = plan
        self.values = [bind(self.statement, plan, params) for params in self.params]

    def clear(self) -> None:
        self.first += len(self.values)
        self.params.clear()
        self.values.clear()
        self._bytes = 0


def batch(
    engine: Engine,
    statement: Statement[T],
    take: Callable[[Any], Row],
    load: Callable[[Statement[T], Plan, PGresult], R],
    who: object,
) -> Program[list[R]]:
    """Run a statement once for each item; the results in the order of the items.

    Without items nothing is sent. Raises what a call raises; `failed_item` tells for which item.
    """
    plan = yield plan_of(engine, statement)
    part = _Part(statement, plan, take)
    more = yield from taking(engine, statement, part.add)
    if not part.values:
        return []
    # An item whose row is missing has done nothing, but the items before it have.
    one = load in (load_one, load_maybe) or engine.refusable(statement, load)
    alone = is_alone(engine)
    if alone and not more and not (statement.writes and one):
        results: list[R] = yield _run_first(engine, part, load)
        return results
    work = _run_parts(engine, part, load, more, alone=alone)
    return (yield from in_transaction(engine, statement, who, work))


def _run_parts(
    engine: Engine, part: _Part, load: Callable[..., R], more: bool, *, alone: bool
) -> Program[list[R]]:
    results: list[R] = []
    while part.values:
        is_first = alone and not part.first
        run = _run_first(engine, part, load) if is_first else _run(engine, part, load, fresh=False)
        results += yield inside(engine, run)
        part.clear()
        if more:
            more = yield from taking(engine, part.statement, part.add)
    return results


def _run_first(engine: Engine, part: _Part, load: Callable[..., R]) -> PQGen[list[R]]:
    """The first part of a transaction of its own, where what was prepared too early is cured."""
    yield from engine.claim()
    # Another task may have begun a block since: what it did must not be undone with this.
    fresh = engine.pgconn.transaction_status == wire.IDLE
    results = yield from _run(engine, part, load, fresh=fresh)
    if results is None:
        plan = yield from plan_of(engine, part.statement)
        part.bind_again(plan)
        results = yield from _run(engine, part, load, fresh=True)
    if results is None:
        raise SessionError(f"{part.statement.name}: the database changes faster than it is asked")
    return results


def _run(
    engine: Engine, part: _Part, load: Callable[..., R], *, fresh: bool
) -> PQGen[list[R] | None]:
    """One trip; None when it changed nothing and has to be repeated with a new plan."""
    statement, plan = part.statement, part.plan
    has_rows = bool(statement.columns) and load is not load_rowcount
    at = -1
    try:
        if has_rows and not plan.columns_known:
            yield from engine.describe(statement, plan)
        commands, at = _commands(engine, part)
        results = yield from engine.exchange(commands)
    except Refused as refused:
        try:
            yield from engine.make_repeatable(statement, plan, refused.result, fresh)
        except Refused:
            _raise(refused, statement, part, at)
        return None
    mine = results[at : at + len(part.values)]
    if has_rows and not engine.prepare:
        yield from engine.learn(statement, plan, mine[0])
        if mine[0].fformat(0) != plan.result_format:
            raise ShapeMismatch(f"{statement.name}: the types of its columns have changed")
    return [_loaded(part, load, number, result) for number, result in enumerate(mine)]


def _commands(engine: Engine, part: _Part) -> tuple[list[wire.Command], int]:
    """Everything that goes before the items and the items; and where the first of them is."""
    plan, pgconn = part.plan, engine.pgconn
    commands = engine.opening()
    engine.limit(part.statement, commands)
    name = (plan.name or engine.prepare_plan(plan, commands)) if engine.prepare else b""
    at = len(commands)
    if engine.prepare:
        send = pgconn.send_query_prepared
        commands += [
            (send, (name, values, plan.formats, plan.result_format)) for values in part.values
        ]
    else:
        commands += [
            (
                pgconn.send_query_params,
                (plan.sql, values, plan.oids, plan.formats, plan.result_format),
            )
            for values in part.values
        ]
    engine.unlimit(part.statement, commands)
    return commands, at


def _loaded(part: _Part, load: Callable[..., R], number: int, result: PGresult) -> R:
    try:
        return load(part.statement, part.plan, result)
    except Exception as error:
        at_item(error, part.first + number)
        raise


def _raise(refused: Refused, statement: Statement[Any], part: _Part, at: int) -> None:
    number = refused.at - at
    try:
        raise_server_error(refused.result, statement.errors)
    except Exception as error:
        if at >= 0 and 0 <= number < len(part.values):
            at_item(error, part.first + number)
        raise
