"""COPY FROM STDIN in its binary form, fed with items."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import generators, pq, waiting
from psycopg.types.numeric import DecimalBinaryDumper

from strongroom.session import wire
from strongroom.session.conversation import Refused
from strongroom.session.errors import BadParameter, SessionError, at_item, raise_server_error
from strongroom.session.programs import in_transaction, plan_of, taking
from strongroom.session.values import BINARY, BINDINGS, Binding, array_of

if TYPE_CHECKING:
    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from strongroom.session.engine import Engine
    from strongroom.session.link import Plan
    from strongroom.session.programs import Program, Row
    from strongroom.session.statement import Statement

_HEAD = b"PGCOPY\n\xff\r\n\x00" + struct.pack("!ii", 0, 0)
_TAIL = struct.pack("!h", -1)
_NULL = struct.pack("!i", -1)
_length = struct.Struct("!i").pack
_BYTES = 64 * 1024
"""Bytes of values that are sent at once; items are drawn until there are so many."""
_PARTS = 16 * 1024
"""The same for the pieces that values and their lengths are."""
_LINE = re.compile(r"\d+")


def _numeric(value: Any) -> bytes:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise TypeError("a Decimal or an int is expected")
    if isinstance(value, Decimal) and value.is_snan():
        raise ValueError("a signalling NaN, which numeric does not have")
    dumped = DecimalBinaryDumper(Decimal).dump(Decimal(value))
    return bytes(dumped or b"")


_NUMERIC = Binding(1700, BINARY, _numeric)
# Types that other calls send as text, where that is cheaper.
_BINARY = {"numeric": _numeric, "numeric[]": array_of(_NUMERIC, 1231).dump}


def has_binary_form(name: str, is_string: bool) -> bool:
    """Whether COPY can send values of a type; `is_string`: an enum, or text under another name."""
    known = BINDINGS.get(name)
    return is_string or name in _BINARY or (known is not None and known.format == BINARY)


class _Writer:
    """Items as they are sent."""

    def __init__(self, statement: Statement[Any], plan: Plan, take: Callable[[Any], Row]) -> None:
        self.statement = statement
        self.take = take
        self.count = 0
        self.dumps = [
            _BINARY.get(name, dump)
            for name, dump in zip(statement.parameters, plan.dumps, strict=True)
        ]
        for name, format_ in zip(statement.parameters, plan.formats, strict=True):
            if format_ != BINARY and name not in _BINARY:
                raise SessionError(f"{statement.name}: {name} can't be copied in binary form")
        self._parts = [_HEAD]
        self._size = 0
        self._width = struct.pack("!h", len(self.dumps))

    def add(self, item: Any) -> bool:
        parts, size = self._parts, self._size
        try:
            row = self.take(item)
            parts.append(self._width)
            for dump, value in zip(self.dumps, row, strict=True):
                if value is None:
                    parts.append(_NULL)
                    continue
                data = dump(value)
                parts.append(_length(len(data)))
                parts.append(data)
                size += len(data)
        except Exception as error:
            raise self._refused(item, error) from None
        self._size = size
        self.count += 1
        return size >= _BYTES or len(parts) >= _PARTS

    def _refused(self, item: Any, error: Exception) -> Exception:
        """Errors of a validator may quote the value, so no cause."""
        try:
            row = self.take(item)
        except Exception as own:
            at_item(own, self.count)
            return own
        for number, (dump, value) in enumerate(zip(self.dumps, row, strict=False)):
            try:
                if value is not None:
                    dump(value)
            except Exception as found:
                plain = type(found) in (TypeError, ValueError)
                reason = str(found) if plain else f"refused by its encoder ({type(found).__name__})"
                name = self.statement.parameters[number]
                error = BadParameter(
                    f"{self.statement.name}, column {number + 1} ({name}): {reason},"
                    f" got {type(value).__name__}"
                )
                break
        at_item(error, self.count)
        return error

    def drain(self, *, last: bool) -> bytes:
        if last:
            self._parts.append(_TAIL)
        data = b"".join(self._parts)
        self._parts.clear()
        self._size = 0
        return data


def copy(
    engine: Engine, statement: Statement[Any], take: Callable[[Any], Row], who: object
) -> Program[int]:
    """Copy the items into the statement's table and count them, all or nothing.

    Raises what a call raises; `failed_item` tells for which item, where the server says it.
    """
    plan = yield plan_of(engine, statement)
    writer = _Writer(statement, plan, take)
    return (yield from in_transaction(engine, statement, who, _copy(engine, writer, plan)))


def _copy(engine: Engine, writer: _Writer, plan: Plan) -> Program[int]:
    yield _start(engine, writer.statement, plan)
    try:
        more = True
        while more:
            more = yield from taking(engine, writer.statement, writer.add)
            yield _send(engine, writer.drain(last=not more))
        count: int = yield _finish(engine, writer)
    except GeneratorExit:
        engine.give_up()
        raise
    except BaseException:
        if engine.copying:
            yield _cancel(engine)
        raise
    return count


def _start(engine: Engine, statement: Statement[Any], plan: Plan) -> PQGen[None]:
    pgconn = engine.pgconn
    try:
        commands = engine.opening()
        engine.limit(statement, commands)
        if commands:
            yield from engine.exchange(commands)
        # COPY is not for pipelines, and has no parameters.
        pgconn.send_query(plan.sql)
        yield from generators.send(pgconn)
        result = (yield from generators.fetch_many(pgconn))[-1]
        if result.status != pq.ExecStatus.COPY_IN:
            raise Refused(result)
    except Refused as refused:
        raise_server_error(refused.result, statement.errors)
    engine.copying = True


def _send(engine: Engine, data: bytes) -> PQGen[None]:
    # The protocol tells errors of the server only after the last item.
    pgconn = engine.pgconn
    for start in range(0, len(data), _BYTES):
        while not pgconn.put_copy_data(data[start : start + _BYTES]):
            yield waiting.WAIT_W
        yield from generators.send(pgconn)


def _finish(engine: Engine, writer: _Writer) -> PQGen[int]:
    statement = writer.statement
    result = yield from _end(engine, None)
    if result.status != wire.COMMAND_OK:
        _raise(result, writer)
    if statement.timeout_ms is not None:
        commands: list[wire.Command] = []
        engine.unlimit(statement, commands)
        try:
            yield from engine.exchange(commands)
        except Refused as refused:
            raise_server_error(refused.result, statement.errors)
    return result.command_tuples or 0


def _cancel(engine: Engine) -> PQGen[None]:
    """Have the server forget what was sent."""
    try:
        yield from _end(engine, b"the items were not drawn to their end")
    except psycopg.Error:
        engine.give_up()
    finally:
        engine.copying = False


def _end(engine: Engine, reason: bytes | None) -> PQGen[PGresult]:
    pgconn = engine.pgconn
    try:
        while not pgconn.put_copy_end(reason):
            yield waiting.WAIT_W
        yield from generators.send(pgconn)
    except psycopg.OperationalError:
        if pgconn.status != wire.CONNECTED:
            raise
    return (yield from _result(engine))


def _result(engine: Engine) -> PQGen[PGresult]:
    results = yield from generators.fetch_many(engine.pgconn)
    engine.copying = False
    if not results:
        raise psycopg.OperationalError("the connection was lost")
    result: PGresult = results[-1]
    return result


def _raise(result: PGresult, writer: _Writer) -> None:
    try:
        raise_server_error(result, writer.statement.errors)
    except psycopg.Error as error:
        item = _item(result, writer.statement)
        if item is not None and item < writer.count:
            at_item(error, item)
        raise


def _item(result: PGresult, statement: Statement[Any]) -> int | None:
    """The item that the server speaks of: `COPY table, line 3, column a`, in its language."""
    context = (result.error_field(pq.DiagnosticField.CONTEXT) or b"").decode()
    line = next((line for line in context.splitlines() if "COPY" in line), "")
    table = statement.sql.split("(")[0].split()[-1].rpartition(".")[2].strip('"')
    found = _LINE.search(line.replace(table, "", 1))
    return int(found[0]) - 1 if found and int(found[0]) > 0 else None
