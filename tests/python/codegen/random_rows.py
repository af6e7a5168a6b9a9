"""Random values, rows and whole databases, as Hypothesis strategies made from the catalogue.

Values are in PostgreSQL's own text form, so every type can be had without an adapter. Constraints
that no strategy knows of are left to the server: a row that it refuses is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from hypothesis import strategies as st
from psycopg import sql

from strongroom_codegen.catalog import Catalog, Column, PgType, Relation

Value = str | None
Row = dict[str, Value]
Values = st.SearchStrategy[str]

_JSON = ["null", "1", '"a"', "true", "[]", "{}", "[1, null]", '{"a": null}', '{"a": "1", "b": [2]}']
_DATES = ["2024-02-29", "1990-01-01", "2030-12-31", "infinity", "-infinity"]
_TIMES = ["00:00", "12:30", "24:00"]
_WORDS = ["", "a", "b", "aa", "x@y", "a@b", "1", "A b", "EUR"]
_SIMPLE = {
    "bool": ["true", "false"],
    "int2": ["0", "1", "2", "3", "-1"],
    "int4": ["0", "1", "2", "3", "-1"],
    "int8": ["0", "1", "2", "3", "-1"],
    "oid": ["0", "1"],
    "xid8": ["3", "4"],
    "regclass": ["pg_catalog.pg_class", "1"],
    "numeric": ["0", "1", "2.50", "-1", "NaN"],
    "float4": ["0", "1.5", "-2", "NaN", "Infinity"],
    "float8": ["0", "1.5", "-2", "NaN", "Infinity"],
    "money": ["0", "1.50"],
    "text": _WORDS,
    "varchar": _WORDS,
    "bpchar": _WORDS,
    "citext": _WORDS,
    "name": _WORDS,
    "char": ["a", "b"],
    "bytea": [r"\x", r"\x00ff"],
    "date": _DATES,
    "timestamp": _DATES,
    "timestamptz": _DATES,
    "time": _TIMES,
    "timetz": _TIMES,
    "interval": ["0", "1 day", "-1 month", "2 hours"],
    "uuid": [f"00000000-0000-4000-8000-00000000000{n}" for n in range(4)],
    "json": _JSON,
    "jsonb": _JSON,
    "inet": ["10.0.0.1", "10.0.0.0/8", "::1"],
    "cidr": ["10.0.0.0/8", "::/0"],
    "macaddr": ["08:00:2b:01:02:03"],
    "macaddr8": ["08:00:2b:01:02:03:04:05"],
    "bit": ["1"],
    "varbit": ["", "101"],
    "tsvector": ["", "a:1 b:2"],
    "tsquery": ["a", "a & b"],
    "xml": ["<a/>", "<a>1</a>"],
    "point": ["(0,0)", "(1,2)"],
    "jsonpath": ["$", "$.a"],
    "ltree": ["a", "a.b"],
    "hstore": ["", "a=>1", "a=>NULL"],
    # As long as the embeddings of the apps.
    "halfvec": [f"[{','.join(['1'] * 1536)}]", f"[{','.join(['0', '1'] * 768)}]"],
}


@dataclass(frozen=True)
class Texts:
    """What values of each type may look like; `accepted` are those that a domain lets pass."""

    catalog: Catalog
    accepted: dict[int, list[str]]

    def values(self, oid: int) -> Values:
        """Texts of one type; nothing when the type has none that are known here."""
        found = self.catalog.types[oid]
        if found.kind == "d":
            accepted = self.accepted.get(oid)
            return st.sampled_from(accepted) if accepted else self.values(found.base)
        if found.labels:
            return st.sampled_from(found.labels)
        if found.kind == "r":
            return self._ranges(found)
        if found.kind == "m":
            ranges = st.lists(self._ranges(found), max_size=2)
            return ranges.map(lambda some: f"{{{','.join(some)}}}")
        if found.kind == "c":
            columns = self.catalog.relations[found.relation].columns.values()
            fields = st.tuples(*(_maybe(self.column(column)) for column in columns))
            return fields.map(lambda some: f"({','.join(_quoted(one) or '' for one in some)})")
        if self.catalog.is_array(oid):
            items = st.lists(_maybe(self.values(found.element)), max_size=3)
            return items.map(lambda some: f"{{{','.join(_quoted(i) or 'NULL' for i in some)}}}")
        return st.sampled_from(_SIMPLE[found.name]) if found.name in _SIMPLE else st.nothing()

    def column(self, column: Column) -> Values:
        """Texts for a column: those of its CHECK when it has a list of them."""
        if column.values:
            return st.sampled_from([str(value) for value in column.values])
        return self.values(column.type)

    def arguments(self, oid: int, *, nullable: bool) -> st.SearchStrategy[Value]:
        """Texts for a parameter; elements of arrays are never NULL, as the generator promises."""
        found = self.catalog.base_type(oid)
        if self.catalog.is_array(found.oid):
            items = st.lists(self.values(found.element), max_size=3)
            some = items.map(lambda texts: f"{{{','.join(str(_quoted(text)) for text in texts)}}}")
        else:
            some = self.values(oid)
        return _maybe(some) if nullable else some

    def _ranges(self, found: PgType) -> Values:
        bounds = st.none() | self.values(found.subtype).map(_quoted)
        return st.just("empty") | st.tuples(bounds, bounds).map(
            lambda pair: f"[{pair[0] or ''},{pair[1] or ''}]"
        )


def texts(connection: psycopg.Connection[Any], catalog: Catalog) -> Texts:
    """Try which values the domains of a database let pass."""
    accepted: dict[int, list[str]] = {}
    for domain in catalog.types.values():
        if domain.kind != "d":
            continue
        for text in _SIMPLE.get(catalog.base_type(domain.oid).name, []):
            cast = sql.SQL("SELECT CAST({} AS {})").format(
                sql.Literal(text), sql.Identifier(domain.schema, domain.name)
            )
            try:
                with connection.transaction():
                    connection.execute(cast)
            except psycopg.DatabaseError:
                continue
            accepted.setdefault(domain.oid, []).append(text)
    return Texts(catalog, accepted)


@dataclass(frozen=True)
class Table:
    """A table that takes rows: its columns, and for a foreign key's the column that they name."""

    relation: Relation
    columns: tuple[Column, ...]
    references: dict[int, tuple[int, int]]


def tables(connection: psycopg.Connection[Any], catalog: Catalog, *schemas: str) -> list[Table]:
    """The tables of some schemas by name, referenced ones first: in the same order in each copy."""
    query = """
        SELECT a.attrelid AS relation, a.attnum AS number,
            a.attgenerated <> '' AS is_generated,
            k.confrelid AS target, k.confkey[array_position(k.conkey, a.attnum)] AS target_number
        FROM pg_catalog.pg_attribute AS a
        LEFT JOIN pg_catalog.pg_constraint AS k
            ON k.conrelid = a.attrelid AND k.contype = 'f' AND a.attnum = ANY (k.conkey)
        WHERE a.attnum > 0 ORDER BY a.attrelid, a.attnum, k.oid
    """
    generated: set[tuple[int, int]] = set()
    references: dict[int, dict[int, tuple[int, int]]] = {}
    for row in connection.execute(query):
        relation, number, is_generated, target, target_number = row
        if is_generated:
            generated.add((relation, number))
        if target:
            references.setdefault(relation, {}).setdefault(number, (target, target_number))
    chosen = [
        Table(
            relation,
            tuple(c for n, c in relation.columns.items() if (relation.oid, n) not in generated),
            references.get(relation.oid, {}),
        )
        for relation in sorted(catalog.relations.values(), key=lambda r: (r.schema, r.name))
        if relation.schema in schemas and relation.kind in ("r", "p")
    ]
    return _in_order(chosen)


def rows(known: Texts, chosen: list[Table], most: int) -> st.SearchStrategy[list[list[Row]]]:
    """For each table a list of rows, often none; foreign keys mostly name rows that are there."""

    @st.composite
    def draw_all(draw: st.DrawFn) -> list[list[Row]]:
        given: dict[tuple[int, int], list[str]] = {}
        found = []
        for table in chosen:
            size = draw(st.integers(0, most))
            mine = [draw(_row(known, table, given)) for _ in range(size)]
            for column in table.columns:
                held = [row[column.name] for row in mine]
                key = (table.relation.oid, column.number)
                given[key] = [value for value in held if value is not None]
            found.append(mine)
        return found

    return draw_all()


def store(connection: psycopg.Connection[Any], chosen: list[Table], found: list[list[Row]]) -> None:
    """Store what the constraints allow; no triggers run, and foreign keys are not checked."""
    connection.execute("SET session_replication_role = replica")
    for table, mine in zip(chosen, found, strict=True):
        for row in filter(None, mine):
            names = [sql.Identifier(name) for name in row]
            insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(
                sql.Identifier(table.relation.schema, table.relation.name),
                sql.SQL(", ").join(names),
                sql.SQL(", ").join(map(sql.Literal, row.values())),
            )
            try:
                with connection.transaction():
                    connection.execute(insert)
            except (psycopg.IntegrityError, psycopg.DataError, psycopg.NotSupportedError):
                # The last is what a server built without XML says.
                continue
    connection.execute("SET session_replication_role = origin")


def _row(
    known: Texts, table: Table, given: dict[tuple[int, int], list[str]]
) -> st.SearchStrategy[Row]:
    fields = {}
    for column in table.columns:
        some = known.column(column)
        keys = given.get(table.references.get(column.number, (0, 0)))
        if keys:
            some = st.sampled_from(keys)
        fields[column.name] = some if column.not_null else _maybe(some)
    return st.fixed_dictionaries(fields)


def _maybe(some: Values) -> st.SearchStrategy[Value]:
    return st.none() | some


def _quoted(text: Value) -> Value:
    """As an element of an array, a range or a row."""
    if text is None:
        return None
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _in_order(chosen: list[Table]) -> list[Table]:
    left, done, ordered = list(chosen), set[int](), list[Table]()
    while left:
        ready = [
            table
            for table in left
            if all(
                target in done or target == table.relation.oid
                for target, _ in table.references.values()
                if any(other.relation.oid == target for other in left)
            )
        ] or left[:1]
        ordered += ready
        done |= {table.relation.oid for table in ready}
        left = [table for table in left if table not in ready]
    return ordered
