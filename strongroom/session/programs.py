"""Calls that read items from the program while they run: one logic for both kinds of session.

Such a call is a generator. It yields what is to be done next: a generator over the connection,
which the session runs under the connection's lock, or `Take`, for which the session draws items
from the caller's iterable, outside the lock.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterable, Awaitable, Callable, Generator, Iterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from strongroom.session import wire
from strongroom.session.conversation import Refused
from strongroom.session.errors import raise_server_error

if TYPE_CHECKING:
    from psycopg.abc import PQGen

    from strongroom.session.conversation import Level
    from strongroom.session.engine import Engine
    from strongroom.session.link import Plan
    from strongroom.session.statement import Statement

I = TypeVar("I")  # noqa: E741 - an item
R = TypeVar("R")

logger = logging.getLogger("strongroom.session")


class Take:
    """Draw items and give each to `add`, until it answers that it has enough.

    What is sent back: whether there may be more.
    """

    __slots__ = ("add",)

    def __init__(self, add: Callable[[Any], bool]) -> None:
        self.add = add


Program: TypeAlias = Generator["PQGen[Any] | Take", Any, R]
Row: TypeAlias = "tuple[object, ...]"


def drive(program: Program[R], items: Iterable[Any], wait: Callable[[PQGen[Any]], Any]) -> R:
    """Run a program to its end; an error of the items is thrown into it."""
    source = iter(items)
    answer: Any = None
    failure: BaseException | None = None
    while True:
        try:
            step = program.send(answer) if failure is None else program.throw(failure)
        except StopIteration as end:
            result: R = end.value
            return result
        answer = failure = None
        try:
            answer = _draw(step, source) if isinstance(step, Take) else wait(step)
        except BaseException as error:
            failure = error


def _draw(step: Take, source: Iterator[Any]) -> bool:
    add = step.add
    return any(add(item) for item in source)


async def drive_async(
    program: Program[R],
    items: Iterable[Any] | AsyncIterable[Any],
    wait: Callable[[PQGen[Any]], Awaitable[Any]],
) -> R:
    """As `drive`, for asyncio; the items may be asynchronous."""
    source = aiter(items) if isinstance(items, AsyncIterable) else iter(items)
    answer: Any = None
    failure: BaseException | None = None
    while True:
        try:
            step = program.send(answer) if failure is None else program.throw(failure)
        except StopIteration as end:
            result: R = end.value
            return result
        answer = failure = None
        try:
            if not isinstance(step, Take):
                answer = await wait(step)
            elif isinstance(source, Iterator):
                answer = _draw(step, source)
            else:
                answer = False
                async for item in source:
                    if step.add(item):
                        answer = True
                        break
        except BaseException as error:
            failure = error


def taking(engine: Engine, statement: Statement[Any], add: Callable[[Any], bool]) -> Program[bool]:
    """Draw items; the session refuses other calls meanwhile, which would be mixed up with these."""
    but = "" if engine.copying else " other than a stream inside `with db.transaction():`"
    engine.busy = (
        f"{statement.name} is drawing its items:"
        f" they can't come from calls of the same session{but}"
    )
    try:
        more: bool = yield Take(add)
    finally:
        engine.busy = _under_way(engine)
    return more


def _under_way(engine: Engine) -> str:
    """Why others may not call now: what they did would be undone with the items."""
    if not engine.levels or not engine.levels[-1].own:
        return ""
    return (
        "a call for many items is under way in a transaction of its own: wait for it, or give each"
        " task or thread a session of its own"
    )


def inside(engine: Engine, step: PQGen[R]) -> PQGen[R]:
    """A step of the call that keeps the session busy."""
    busy, engine.busy = engine.busy, ""
    try:
        return (yield from step)
    finally:
        engine.busy = busy


def plan_of(engine: Engine, statement: Statement[Any]) -> PQGen[Plan]:
    """How the statement is bound on this connection."""
    yield from engine.claim()
    try:
        return engine.link.plans.get(statement) or (yield from engine.plan(statement))
    except Refused as refused:
        raise_server_error(refused.result, statement.errors)


def is_alone(engine: Engine) -> bool:
    """Whether what goes out under one Sync is a transaction of its own."""
    idle = engine.pgconn.transaction_status == wire.IDLE
    return idle and not engine.levels and engine.implicit and not engine.special


def in_transaction(
    engine: Engine, statement: Statement[Any], who: object, work: Program[R]
) -> Program[R]:
    """Do all of the work or nothing: in a transaction of its own, inside another in a savepoint."""
    engine.errors_at_commit(statement.errors)
    level = yield _begin(engine, who)
    try:
        result = yield from work
    except GeneratorExit:
        engine.give_up()
        raise
    except BaseException:
        try:
            yield _leave(engine, level, failed=True)
        except BaseException as second:
            logger.warning("rollback failed: %s", type(second).__name__)
            engine.give_up()
            if not isinstance(second, Exception):
                raise
        raise
    try:
        yield _leave(engine, level, failed=False)
    except BaseException:
        engine.give_up_unless_left(level)
        raise
    return result


def _leave(engine: Engine, level: Level, *, failed: bool) -> PQGen[None]:
    engine.busy = ""
    yield from engine.leave(level, failed=failed)


def _begin(engine: Engine, who: object) -> PQGen[Level]:
    yield from engine.claim()
    if not engine.implicit and not engine.levels and engine.pgconn.transaction_status == wire.IDLE:
        # A connection that is not in autocommit: its transaction is for the program to end.
        try:
            yield from engine.exchange(engine.opening())
        except Refused as refused:
            raise_server_error(refused.result, None)
    level = yield from engine.enter(None, read_only=False, who=who)
    level.own = True
    engine.busy = _under_way(engine)
    return level
