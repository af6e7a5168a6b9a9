"""What the database knows: types, tables, functions, keys, constraints, and their comments.

Everything is read once per run, in one go, and never asked again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import psycopg

from strongroom_codegen.array_checks import columns_of_full_arrays
from strongroom_codegen.comments import Comment, parse_comment
from strongroom_codegen.questions import Questions, Rows
from strongroom_codegen.sql_bodies import read_sql_bodies
from strongroom_codegen.tree import Node, parse_tree, queries_of
from strongroom_codegen.unique_keys import UniqueKey, unique_key
from strongroom_codegen.value_lists import value_lists

CATALOG = (
    *("constraints", "types", "columns", "unique_keys", "relations", "operators", "schemas"),
    *("view_definitions", "triggers", "sequences", "loose_collations", "functions"),
)
"""What is asked to know a database."""
# The first OID that is not given out when a cluster is made.
_FIRST_OF_OURS = 16384


@dataclass(frozen=True, slots=True)
class PgType:
    """A type; `element`, `base`, `subtype` are OIDs, 0 where they make no sense.

    `values` are the only ones that a domain lets in, where its CHECK lists them.
    """

    oid: int
    schema: str
    name: str
    format: str
    kind: str
    category: str
    element: int
    base: int
    not_null: bool
    relation: int
    subtype: int
    labels: tuple[str, ...]
    of_extension: bool
    comment: Comment
    values: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `not_null` only where a NULL really can't be read.

    `full_array`: a CHECK or the comment says that no element of its arrays is NULL.
    """

    number: int
    name: str
    type: int
    not_null: bool
    comment: Comment
    values: tuple[str | int, ...] = ()
    full_array: bool = False


@dataclass(frozen=True, slots=True)
class Constraint:
    """A named constraint of a table, or of a domain (then `table` is '')."""

    schema: str
    table: str
    name: str
    kind: str
    comment: Comment
    domain: int = 0


@dataclass(frozen=True, slots=True)
class Relation:
    """A table, view or composite type; into one that `keeps_inserts` each row given is stored.

    `replaced` are the commands (as trees number them) in whose place a rule runs another statement.
    """

    oid: int
    schema: str
    name: str
    kind: str
    is_partition: bool
    row_type: int
    keeps_inserts: bool
    replaced: tuple[int, ...]
    children: tuple[int, ...]
    columns: dict[int, Column]
    keys: tuple[UniqueKey, ...]
    comment: Comment

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function; `outputs` are the names and types of OUT and TABLE columns."""

    oid: int
    schema: str
    name: str
    strict: bool
    returns_set: bool
    volatility: str
    rows: float
    result: int
    arguments: tuple[int, ...]
    outputs: tuple[tuple[str, int], ...]
    body: str | None
    source: str | None
    comment: Comment

    @property
    def is_builtin(self) -> bool:
        # What a superuser or an extension put into pg_catalog later is nobody's built-in.
        return self.schema == "pg_catalog" and self.oid < _FIRST_OF_OURS

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Operator:
    schema: str
    name: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger of ours; `events` of insert, update and delete; an `instead` one has a view."""

    name: str
    function: int
    events: tuple[str, ...]
    instead: bool


@dataclass(frozen=True, slots=True)
class Catalog:
    """One database's catalogue."""

    server_version: int
    types: dict[int, PgType]
    relations: dict[int, Relation]
    functions: dict[int, Function]
    operators: dict[int, Operator]
    constraints: tuple[Constraint, ...]
    schemas: dict[str, Comment]
    views: dict[int, str]
    triggers: dict[int, tuple[Trigger, ...]]
    sql_bodies: dict[int, str]
    sequences: dict[int, str]
    loose_collations: frozenset[int]
    _trees: dict[int, Node] = field(default_factory=dict)
    _bodies: dict[int, list[Node]] = field(default_factory=dict)

    def view_query(self, relation: int) -> Node | None:
        """The analysed query of a view; None for what is no view of ours."""
        if relation not in self.views:
            return None
        if relation not in self._trees:
            self._trees[relation] = parse_tree(self.views[relation])[0]
        return self._trees[relation]

    def function_queries(self, function: int) -> list[Node]:
        """The analysed statements of a function in SQL; none where its body is not known."""
        if function not in self._bodies:
            body = self.functions[function].body or self.sql_bodies.get(function)
            self._bodies[function] = queries_of(body) if body else []
        return self._bodies[function]

    def instead_triggers(self, relation: int) -> list[Trigger]:
        """What a view runs instead of writing."""
        return [trigger for trigger in self.triggers.get(relation, ()) if trigger.instead]

    def type_named(self, name: str, schema: str) -> PgType | None:
        """A type by `schema.name`, or by name in the schema given."""
        wanted = tuple(name.split(".", 1)) if "." in name else (schema, name)
        return next((t for t in self.types.values() if (t.schema, t.name) == wanted), None)

    def base_type(self, oid: int) -> PgType:
        """The type below a domain, else the type itself."""
        found = self.types[oid]
        while found.kind == "d":
            found = self.types[found.base]
        return found

    def is_array(self, oid: int) -> bool:
        """A true array, or a domain over one."""
        found = self.base_type(oid)
        return found.category == "A" and found.element != 0

    def is_row(self, oid: int) -> bool:
        """A composite type, a domain over one, or any row."""
        found = self.base_type(oid)
        return found.kind == "c" or found.name == "record"

    def is_not_null_domain(self, oid: int) -> bool:
        """A cast to it refuses NULL. A column of it may hold NULL all the same: what comes out of
        an outer join or an empty subquery has the type already, and is stored unchecked."""
        found = self.types[oid]
        while found.kind == "d":
            if found.not_null:
                return True
            found = self.types[found.base]
        return False

    def column_not_null(self, relation: int, number: int, *, with_children: bool = True) -> bool:
        """No row of the table, or of one that inherits from it, can hold NULL there."""
        table = self.relations.get(relation)
        column = table.columns.get(number) if table else None
        if table is None or column is None or table.kind not in ("r", "p"):
            return False
        if not column.not_null:
            return False
        return not with_children or all(
            self._child_not_null(child, column.name) for child in table.children
        )

    def refuses_null(self, relation: int, number: int) -> bool:
        """Storing a plain NULL there fails."""
        table = self.relations.get(relation)
        column = table.columns.get(number) if table else None
        return column is not None and (column.not_null or self.is_not_null_domain(column.type))

    def _child_not_null(self, relation: int, name: str) -> bool:
        child = self.relations.get(relation)
        if child is None:
            return False
        number = next((n for n, c in child.columns.items() if c.name == name), 0)
        return self.column_not_null(relation, number)


def read_catalog(connection: psycopg.Connection[Any], rows: Rows | None = None) -> Catalog:
    """The catalogue of the scratch database; `rows` are the answers to CATALOG, if they are in."""
    rows = rows or Questions(connection, CATALOG).read()
    values = _domain_values(rows["constraints"])
    return Catalog(
        server_version=connection.info.server_version // 10000,
        types={row["oid"]: _type(row, values) for row in rows["types"]},
        relations=_relations(rows),
        functions={row["oid"]: _function(row) for row in rows["functions"]},
        operators={row["oid"]: Operator(row["schema"], row["name"]) for row in rows["operators"]},
        constraints=tuple(_constraint(row) for row in rows["constraints"]),
        schemas={row["name"]: parse_comment(row["comment"]) for row in rows["schemas"]},
        views={row["relation"]: row["definition"] for row in rows["view_definitions"]},
        triggers=_triggers(rows["triggers"]),
        sql_bodies=read_sql_bodies(connection),
        sequences={row["oid"]: row["name"] for row in rows["sequences"]},
        loose_collations=frozenset(row["oid"] for row in rows["loose_collations"]),
    )


def _constraint(row: dict[str, Any]) -> Constraint:
    comment = parse_comment(row["comment"])
    return Constraint(
        row["schema"], row["table_name"], row["name"], row["kind"], comment, row["domain"]
    )


def _triggers(rows: list[dict[str, Any]]) -> dict[int, tuple[Trigger, ...]]:
    found: dict[int, tuple[Trigger, ...]] = {}
    for row in rows:
        trigger = Trigger(row["name"], row["function"], tuple(row["events"]), row["instead"])
        found[row["relation"]] = (*found.get(row["relation"], ()), trigger)
    return found


def _type(row: dict[str, Any], values: dict[int, tuple[str | int, ...]]) -> PgType:
    return PgType(
        **{key: row[key] for key in row if key not in ("labels", "comment")},
        labels=tuple(row["labels"]),
        comment=parse_comment(row["comment"]),
        values=values.get(row["oid"], ()),
    )


def _domain_values(constraints: list[dict[str, Any]]) -> dict[int, tuple[str | int, ...]]:
    found: dict[int, tuple[str | int, ...]] = {}
    for row in constraints:
        if row["kind"] == "c" and row["validated"] and row["domain"]:
            for listed in value_lists(row["expression"], row["loose_collations"]).values():
                found.setdefault(row["domain"], listed)
    return found


def _function(row: dict[str, Any]) -> Function:
    modes = row["modes"] or []
    names = row["argument_names"] or []
    outputs = tuple(
        (name, oid)
        for name, oid, mode in zip(names, row["all_arguments"] or [], modes, strict=False)
        if mode in ("o", "b", "t")
    )
    kept = (
        "oid",
        "schema",
        "name",
        "strict",
        "returns_set",
        "volatility",
        "rows",
        "result",
        "body",
        "source",
    )
    return Function(
        **{key: row[key] for key in kept},
        arguments=tuple(row["arguments"]),
        outputs=outputs,
        comment=parse_comment(row["comment"]),
    )


_RELATION_FIELDS = (
    "oid",
    "schema",
    "name",
    "kind",
    "is_partition",
    "row_type",
    "keeps_inserts",
)


def _relations(rows: Rows) -> dict[int, Relation]:
    constraints = rows["constraints"]
    values: dict[tuple[int, int], tuple[str | int, ...]] = {}
    for row in constraints:
        # Rows of the tables that inherit from this one come with its own.
        holds = row["validated"] and not row["no_inherit"]
        if row["kind"] == "c" and holds and row["relation"]:
            for number, found in value_lists(row["expression"], row["loose_collations"]).items():
                values.setdefault((row["relation"], number), found)
    full = columns_of_full_arrays(constraints)
    columns: dict[int, dict[int, Column]] = {}
    for row in rows["columns"]:
        comment, place = parse_comment(row["comment"]), (row["relation"], row["number"])
        column = Column(
            row["number"],
            row["name"],
            row["type"],
            row["not_null"],
            comment,
            values.get(place, ()),
            full_array=place in full or comment.tag("nonnull") == "[]",
        )
        columns.setdefault(row["relation"], {})[column.number] = column
    keys: dict[int, list[UniqueKey]] = {}
    for row in rows["unique_keys"]:
        keys.setdefault(row["relation"], []).append(unique_key(row))
    return {
        row["oid"]: Relation(
            **{key: row[key] for key in _RELATION_FIELDS},
            replaced=tuple(row["replaced"]),
            children=tuple(row["children"]),
            columns=columns.get(row["oid"], {}),
            keys=tuple(keys.get(row["oid"], ())),
            comment=parse_comment(row["comment"]),
        )
        for row in rows["relations"]
    }
