"""From a PGresult to typed rows: the shape is checked once, the rows are built by position."""

from __future__ import annotations

import gc
from collections.abc import Callable
from itertools import starmap
from typing import TYPE_CHECKING, Any, TypeVar, cast

from psycopg import pq
from psycopg.adapt import AdaptersMap, Transformer

from strongroom.session import loaders
from strongroom.session.errors import NoRow, ShapeMismatch, TooManyRows
from strongroom.session.record_readers import Reading, checked_json, raw_type, shaped_columns

if TYPE_CHECKING:
    from psycopg.abc import Transformer as AnyTransformer
    from psycopg.pq.abc import PGresult

    from strongroom.session.link import Plan
    from strongroom.session.records import KnownTypes
    from strongroom.session.statement import Statement

T = TypeVar("T")

_CHUNK = 10_000
_WORTH_A_PAUSE = 100


def column_types(statement: Statement[Any], result: PGresult) -> list[int]:
    """OIDs of the result's columns; a table may have got more of them, which `*` shows last.

    Raises ShapeMismatch when the first names are not the ones that the code was generated for.
    """
    names = tuple((result.fname(i) or b"").decode() for i in range(result.nfields))
    width = len(statement.columns)
    if names[:width] != statement.columns or (names and not width):
        raise ShapeMismatch(
            f"{statement.name} answers with columns ({', '.join(names)}), and this code was"
            f" generated for ({', '.join(statement.columns)}): run the generator again, or"
            " migrate the database"
        )
    return [result.ftype(i) for i in range(result.nfields)]


def set_loaders(
    statement: Statement[Any],
    plan: Plan,
    adapters: AdaptersMap,
    oids: list[int],
    format_: int,
    known: KnownTypes | None = None,
) -> None:
    """Choose the loaders of a plan's columns, once for all its results.

    `known` is what the database says about the types in the statement's shapes.
    """
    own = oids[: len(statement.columns)]
    columns, convert = own, statement.convert
    if statement.decode is not None:
        try:
            decode = checked_json(statement)
            adapters, columns = loaders.decoding(adapters, own, decode, format_)
        except ValueError as error:
            column = statement.columns[int(str(error))]
            raise ShapeMismatch(
                f"{statement.name}: column {column} is to be decoded, and is neither json nor"
                " jsonb: run the generator again"
            ) from None
    if statement.shapes is not None and known is not None:
        columns, convert = shaped_columns(statement, Reading(known, adapters, format_), columns)
    later = len(oids) - len(own)
    plan.tx = Transformer(adapters)
    plan.tx.set_loader_types([*columns, *[raw_type(format_)] * later], pq.Format(format_))
    plan.convert = loaders.converter(convert) if convert else None
    if later:
        plan.convert = loaders.cut(len(own), plan.convert)
    plan.result_format = format_
    plan.column_oids = oids
    plan.columns_known = True


def load_all(statement: Statement[T], plan: Plan, result: PGresult) -> list[T]:
    """All rows."""
    tx = plan.tx
    if tx is None:
        return []
    found = result.ntuples
    loaded: list[T] = []
    tx.set_pgresult(result, set_loaders=False)
    try:
        for start in range(0, found, _CHUNK):
            loaded += _load_some(statement, plan, tx, start, min(start + _CHUNK, found))
    finally:
        # Without this the last result would stay in memory as long as the connection.
        tx.set_pgresult(None, set_loaders=False)
    return loaded


def _load_some(
    statement: Statement[T], plan: Plan, tx: AnyTransformer, start: int, end: int
) -> list[T]:
    # Each few hundred new objects Python looks for cycles among them, and rows of values have
    # none: a tenth of the time, in vain. Between chunks it may.
    pause = end - start > _WORTH_A_PAUSE and gc.isenabled()
    if pause:
        gc.disable()
    try:
        rows: Any = tx.load_rows(start, end, tuple)
        if plan.convert is not None:
            rows = map(plan.convert, rows)
        make: Callable[..., T] | None = statement.row
        return [row[0] for row in rows] if make is None else list(starmap(make, rows))
    finally:
        if pause:
            gc.enable()


def load_maybe(statement: Statement[T], plan: Plan, result: PGresult) -> T | None:
    """The row, or None; TooManyRows for more."""
    return load_one(statement, plan, result) if result.ntuples else None


def load_one(statement: Statement[T], plan: Plan, result: PGresult) -> T:
    """The row; NoRow for none, TooManyRows for more."""
    if result.ntuples != 1:
        raise _wrong_count(statement, result.ntuples)
    tx = plan.tx
    if tx is None:  # a row without columns
        return cast("T", None)
    tx.set_pgresult(result, set_loaders=False)
    row = tx.load_row(0, tuple)
    tx.set_pgresult(None, set_loaders=False)
    if plan.convert is not None:
        row = plan.convert(row)
    make = statement.row
    return row[0] if make is None else make(*row)


def _wrong_count(statement: Statement[Any], found: int) -> NoRow | TooManyRows:
    if not found:
        return NoRow(f"{statement.name} found no row")
    return TooManyRows(f"{statement.name} found {found} rows where at most one is expected")


def load_nothing(statement: Statement[Any], plan: Plan, result: PGresult) -> None:
    """For statements that are run for their effect."""


def load_rowcount(statement: Statement[Any], plan: Plan, result: PGresult) -> int:
    """How many rows the statement changed or found."""
    return result.command_tuples or 0
