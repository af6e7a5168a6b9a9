"""One statement over arrays that are made from items: `FROM unnest($1, $2)`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from strongroom.session.errors import BadParameter, at_item
from strongroom.session.programs import in_transaction, inside, is_alone, taking

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from strongroom.session.engine import Engine
    from strongroom.session.link import Plan
    from strongroom.session.programs import Program, Row
    from strongroom.session.statement import Statement

T = TypeVar("T")
R = TypeVar("R")


class _Columns:
    """Items turned into the arrays of one statement."""

    def __init__(
        self,
        statement: Statement[Any],
        take: Callable[[Any], Row],
        fixed: Mapping[int, object],
        most: int | None,
    ) -> None:
        self.statement = statement
        self.take = take
        self.fixed = fixed
        self.most = most
        self.first = 0
        self.rows: list[Row] = []
        self.places = [n for n in range(len(statement.parameters)) if n not in fixed]

    def add(self, item: Any) -> bool:
        try:
            self.rows.append(self.take(item))
        except Exception as error:
            at_item(error, self.first + len(self.rows))
            raise
        return len(self.rows) == self.most

    def params(self) -> Row:
        columns = zip(*self.rows, strict=True) if self.rows else ([] for _ in self.places)
        found = {**self.fixed, **dict(zip(self.places, columns, strict=True))}
        return tuple(found[n] for n in range(len(found)))

    def clear(self) -> None:
        self.first += len(self.rows)
        self.rows.clear()

    def bad_item(self, plan: Plan) -> int | None:
        """Which item has a value that can't be bound."""
        for number, row in enumerate(self.rows, self.first):
            for place, value in zip(self.places, row, strict=True):
                try:
                    plan.dumps[place]([value])
                except Exception:
                    return number
        return None


def bulk(
    engine: Engine,
    statement: Statement[T],
    take: Callable[[Any], Row],
    fixed: Mapping[int, object],
    chunk: int | None,
    load: Callable[[Statement[T], Plan, PGresult], R],
    who: object,
) -> Program[list[R]]:
    """Run a statement over all items, or over `chunk` of them at a time, all or nothing.

    The results of the statements, at least one: without items it runs over empty arrays.
    `fixed`: values of parameters that are not made from items, by their place from 0.
    """
    yield engine.claim()
    columns = _Columns(statement, take, fixed, chunk)
    more = yield from taking(engine, statement, columns.add)
    if chunk is None or (not more and is_alone(engine)):
        return [(yield _run(engine, columns, load))]
    work = _run_chunks(engine, columns, load, more)
    return (yield from in_transaction(engine, statement, who, work))


def _run_chunks(
    engine: Engine, columns: _Columns, load: Callable[..., R], more: bool
) -> Program[list[R]]:
    results: list[R] = []
    while columns.rows or not results:
        results.append((yield inside(engine, _run(engine, columns, load))))
        columns.clear()
        if more:
            more = yield from taking(engine, columns.statement, columns.add)
    return results


def _run(engine: Engine, columns: _Columns, load: Callable[..., R]) -> PQGen[R]:
    try:
        return (yield from engine.call(columns.statement, columns.params(), load))
    except BadParameter as error:
        plan = engine.link.plans.get(columns.statement)
        item = columns.bad_item(plan) if plan is not None else None
        if item is not None:
            at_item(error, item)
        raise
