"""Sealed columns and blind indexes, as the tags of a database's columns say.

`@sealed TYPE LABEL KEY [pad N]`: an envelope; `@blind COLUMN KEY`: an index of its values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import psycopg
from psycopg.rows import dict_row

from strongroom_codegen.catalog import Catalog, Column, Relation
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.levels import Origin
from strongroom_codegen.places import Places
from strongroom_codegen.pytypes import BYTES, INT, JSON, STR, PyType

_SEALED = re.compile(
    r"(?P<type>\w+)\s+(?P<label>\S+)\s+(?P<purpose>[a-z0-9_]+)(?:\s+pad\s+(?P<pad>[1-9]\d{0,3}))?$"
)
_BLIND = re.compile(r"(?P<column>\S+)\s+(?P<purpose>[a-z0-9_]+)$")
_DATETIME = PyType("datetime", "datetime")
# As WRITINGS in strongroom/sealing/values.py, which needs an extra that the generator does not.
TYPES: dict[str, PyType] = {
    "text": STR,
    "varchar": STR,
    "citext": STR,
    "date": PyType("datetime", "date"),
    "time": PyType("datetime", "time"),
    "timestamp": _DATETIME,
    "timestamptz": _DATETIME,
    "numeric": PyType("decimal", "Decimal"),
    "smallint": INT,
    "integer": INT,
    "bigint": INT,
    "double": PyType("builtins", "float"),
    "boolean": PyType("builtins", "bool"),
    "uuid": PyType("uuid", "UUID"),
    "bytea": BYTES,
    "jsonb": JSON,
}
_KEY_TYPES = frozenset({"int2", "int4", "int8", "text", "varchar", "uuid", "date", "timestamptz"})
_SUBJECT, _USER = "subject", "user_id"


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A sealed column, or the blind index of one; `constant` is what generated code calls it.

    `pad` 0: the usual. `of`: the number of the column that a blind index is of, 0 for no index.
    """

    constant: str
    origin: Origin
    schema: str
    table: str
    name: str
    type: str
    label: str
    purpose: str
    pad: int = 0
    of: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.table}.{self.name}"


@dataclass(frozen=True, slots=True)
class SealedTable:
    """A table with such columns: its primary key, in order, and the column that says whose row.

    Without `subjects` it is the app's own key: rows are nobody's, or two people read them.
    """

    name: str
    key: tuple[int, ...]
    key_constraint: int
    subjects: tuple[int, ...]
    names: dict[int, str]


@dataclass(frozen=True, slots=True)
class SealedColumns:
    """Every sealed column and blind index of a database."""

    columns: dict[Origin, SealedColumn] = field(default_factory=dict)
    tables: dict[int, SealedTable] = field(default_factory=dict)

    def sealed(self, origin: Origin | None) -> SealedColumn | None:
        """What is sealed in a column."""
        found = self.columns.get(origin) if origin else None
        return found if found and not found.of else None

    def index(self, origin: Origin | None) -> SealedColumn | None:
        """What a column is a blind index of."""
        found = self.columns.get(origin) if origin else None
        return found if found and found.of else None


NOTHING_SEALED = SealedColumns()


def read_sealed_columns(
    connection: psycopg.Connection[Any], catalog: Catalog, diagnostics: Diagnostics, places: Places
) -> SealedColumns:
    """Read the tags; what is wrong with one is reported where it stands."""
    tagged = [
        relation
        for relation in catalog.relations.values()
        if relation.kind in ("r", "p")
        and relation.schema != "pg_catalog"
        and any(_is_tagged(c) for c in relation.columns.values())
    ]
    if not tagged:
        return NOTHING_SEALED
    keys = {row["relation"]: row for row in _rows(connection)}
    found = SealedColumns()
    for relation in tagged:
        reader = _Reader(catalog, diagnostics, places, relation)
        row = keys.get(relation.oid, {"key": (), "constraint": 0, "is_loose": False})
        table = reader.table(tuple(row["key"]), int(row["constraint"]), is_loose=row["is_loose"])
        columns = reader.columns()
        if table:
            found.tables[relation.oid] = table
            found.columns.update(columns)
    return found


def _is_tagged(column: Column) -> bool:
    return column.comment.tag("sealed") is not None or column.comment.tag("blind") is not None


@dataclass(slots=True)
class _Reader:
    catalog: Catalog
    diagnostics: Diagnostics
    places: Places
    relation: Relation

    def table(self, key: tuple[int, ...], constraint: int, *, is_loose: bool) -> SealedTable | None:
        columns = self.relation.columns
        tagged = [n for n, c in columns.items() if c.comment.tag(_SUBJECT) is not None]
        subjects = tagged or [n for n, c in columns.items() if c.name == _USER]
        first = next(c for c in columns.values() if _is_tagged(c))
        odd = [
            columns[n].name
            for n in key
            if self.catalog.base_type(columns[n].type).name not in _KEY_TYPES
        ]
        name, problem = self.relation.full_name, ""
        if not key:
            problem = f"{name} has no primary key"
        elif odd:
            problem = f"the key of {name} has the column {odd[0]}"
        elif is_loose:
            problem = f"the key of {name} has a collation by which different texts are equal"
        if problem:
            self._error(
                first,
                f"{problem}, to which sealed values can't be bound",
                "give it a primary key of numbers, text, uuid, dates or timestamptz",
            )
            return None
        names = {n: c.name for n, c in columns.items()}
        # Nobody has the key of another person, so what is read by two is sealed by the app's.
        one = tuple(subjects) if len(subjects) == 1 else ()
        return SealedTable(self.relation.full_name, key, constraint, one, names)

    def columns(self) -> dict[Origin, SealedColumn]:
        found: dict[Origin, SealedColumn] = {}
        relation = self.relation
        for number, column in relation.columns.items():
            if column.comment.tag("sealed") is not None and (made := self._sealed(number, column)):
                found[relation.oid, number] = made
        by_name = {c.name: (n, found.get((relation.oid, n))) for n, c in relation.columns.items()}
        for number, column in relation.columns.items():
            argument = column.comment.tag("blind")
            if argument is None:
                continue
            match = _BLIND.match(argument)
            of, sealed = by_name.get(match["column"], (0, None)) if match else (0, None)
            if match is None or sealed is None:
                self._error(
                    column,
                    f"@blind {argument} names no sealed column of {relation.full_name}",
                    did_you_mean(match["column"], [n for n, (_, s) in by_name.items() if s])
                    if match
                    else "write: @blind column key",
                )
                continue
            found[relation.oid, number] = SealedColumn(
                f"{relation.name}_{column.name}".upper().removesuffix("_INDEX") + "_INDEX",
                (relation.oid, of),
                relation.schema,
                relation.name,
                column.name,
                sealed.type,
                sealed.label,
                match["purpose"],
                of=of,
            )
        return found

    def _sealed(self, number: int, column: Column) -> SealedColumn | None:
        argument = column.comment.tag("sealed") or ""
        match = _SEALED.match(argument)
        if match is None or match["type"] not in TYPES:
            hint = "write: @sealed type label key, or: @sealed type label key pad 64"
            if match:
                hint = did_you_mean(match["type"], list(TYPES)) or hint
            self._error(column, f"@sealed {argument} can't be followed", hint)
            return None
        return SealedColumn(
            f"{self.relation.name}_{column.name}_FIELD".upper(),
            (self.relation.oid, number),
            self.relation.schema,
            self.relation.name,
            column.name,
            match["type"],
            match["label"],
            match["purpose"],
            int(match["pad"] or 0),
        )

    def _error(self, column: Column, message: str, hint: str | None) -> None:
        tag = next(
            f"@{name} {argument}".strip()
            for name, argument in column.comment.tags
            if name in ("sealed", "blind")
        )
        place = self.places.of_tag(tag, self.relation.name, column.name)
        self.diagnostics.error(place, message, hint)


def _rows(connection: psycopg.Connection[Any]) -> list[dict[str, Any]]:
    text = (resources.files("strongroom_codegen") / "sql" / "sealed_keys.sql").read_text("utf-8")
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(text.encode()).fetchall()
