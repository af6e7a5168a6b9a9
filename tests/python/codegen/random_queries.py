"""Random queries over a small schema.

Everything that can bring a NULL or take one away is mixed: outer joins, subqueries, CTEs, LATERAL,
grouping sets, windows, set operations, CASE, COALESCE, functions, RETURNING. The statements are
right as to types and give rows. A Hypothesis `randoms()` shrinks them; a plain Random is faster.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from tests.python.codegen.random_expressions import TYPES, Atom, Expressions

T = TypeVar("T")
Columns = tuple[tuple[str, str], ...]

SCHEMA = """
CREATE TYPE pair AS (a int, b text);
CREATE TABLE t (
    id int PRIMARY KEY, n int NOT NULL, m int, s text, w text NOT NULL, f boolean, xs int[]
);
CREATE TABLE u (
    id int PRIMARY KEY, n int, m int NOT NULL, s text NOT NULL, w text, f boolean NOT NULL,
    xs int[] NOT NULL
);
CREATE TABLE k (id int NOT NULL, n int, s text, p pair);
CREATE TABLE k2 () INHERITS (k);
CREATE VIEW v AS
    SELECT t.id, t.n, u.m, u.s, t.f FROM t LEFT JOIN u ON u.id = t.m WHERE t.n > 0;
CREATE VIEW g AS
    SELECT t.n, count(*)::int AS m, max(t.m) AS id, min(t.w) AS s FROM t GROUP BY t.n;
CREATE VIEW tv AS SELECT id, n, m, s, w, f, xs FROM t WHERE m IS NOT NULL AND s > '';
CREATE VIEW uw AS SELECT * FROM u WHERE n > 0;
CREATE VIEW uv AS SELECT id, n, m, s, w, f, xs FROM uw WHERE w IS NOT NULL;
CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql STRICT RETURN x + x;
CREATE FUNCTION given(x int) RETURNS int LANGUAGE sql RETURN coalesce(x, 0);
CREATE FUNCTION least_s(x int) RETURNS text LANGUAGE sql
    RETURN (SELECT min(u.s) FROM u WHERE u.id > x);
CREATE FUNCTION some_of(x int) RETURNS TABLE (id int, s text) LANGUAGE sql
    BEGIN ATOMIC SELECT t.id, t.s FROM t WHERE t.n > x; END;
CREATE FUNCTION pair_of(x int, OUT a int, OUT b text) LANGUAGE sql
    BEGIN ATOMIC SELECT x + 1, 'b'; END;
"""


def _columns(text: str) -> Columns:
    return tuple((name, type_) for name, type_ in (word.split(":") for word in text.split()))


_TABLES = {
    "t": _columns("id:int n:int m:int s:text w:text f:bool xs:int[]"),
    "u": _columns("id:int n:int m:int s:text w:text f:bool xs:int[]"),
    "k": _columns("id:int n:int s:text"),
    "v": _columns("id:int n:int m:int s:text f:bool"),
    "g": _columns("n:int m:int id:int s:text"),
    "tv": _columns("id:int n:int m:int s:text w:text f:bool xs:int[]"),
    "uv": _columns("id:int n:int m:int s:text w:text f:bool xs:int[]"),
}
_GROUPINGS = (
    "{0}",
    "{0}, {1}",
    "ROLLUP ({0}, {1})",
    "CUBE ({0}, {1})",
    "{0}, ROLLUP ({1})",
    "GROUPING SETS (({0}), ({1}))",
    "GROUPING SETS (({0}, {1}), ({0}))",
    "GROUPING SETS (({0}), ())",
)
_SETS = ("UNION", "UNION ALL", "INTERSECT", "INTERSECT ALL", "EXCEPT", "EXCEPT ALL")
_JOINS = ("JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN")


@dataclass(frozen=True)
class Relation:
    """What stands in FROM, under a name."""

    alias: str
    columns: Columns

    @property
    def atoms(self) -> list[Atom]:
        return [Atom(f"{self.alias}.{name}", type_) for name, type_ in self.columns]


def _atoms(relations: list[Relation]) -> list[Atom]:
    return [atom for relation in relations for atom in relation.atoms]


@dataclass(frozen=True)
class Select:
    """A query and the columns that it gives."""

    sql: str
    columns: Columns


class Queries:
    """Makes queries; `budget` falls with each part, so that they stay small."""

    def __init__(self, rng: random.Random, version: int, budget: int = 14) -> None:
        self.rng = rng
        self.version = version
        self.budget = budget
        self.names = 0
        self.ctes: list[tuple[str, Columns]] = []
        self.expressions = Expressions(rng, self.subquery)

    def statement(self) -> str:
        """A statement that gives rows."""
        texts = [self._cte() for _ in range(self.rng.randrange(3))]
        main = self._write() if self._chance(20) else self.query([]).sql
        if not texts:
            return main
        recursive = "RECURSIVE " if self.ctes else ""
        return f"WITH {recursive}{', '.join(texts)} {main}"

    def query(self, outside: list[Atom], types: Sequence[str] | None = None) -> Select:
        """A SELECT or a set operation; `outside` are columns around it that it may name."""
        self.budget -= 1
        if types is None:
            types = [self._pick(TYPES) for _ in range(1 + self.rng.randrange(3))]
        if self.budget > 0 and self._chance(12):
            left, right = self.query(outside, types), self.query(outside, types)
            return Select(f"({left.sql}) {self._pick(_SETS)} ({right.sql})", left.columns)
        return self._select(outside, types)

    def subquery(self, type_: str, atoms: list[Atom]) -> str | None:
        """A query with one column; None when there has been enough."""
        return self.query(atoms, [type_]).sql if self.budget > 0 else None

    def _select(self, outside: list[Atom], types: Sequence[str]) -> Select:
        make = self.expressions
        source, relations = self._from(outside)
        inside = _atoms(relations)
        atoms = inside + (outside if self._chance(50) else [])
        where = f" WHERE {make.make('bool', atoms)}" if self._chance(50) else ""
        tail = ""
        if self._chance(30) and inside:
            atoms, tail = self._group(inside, atoms)
        items = [
            make.window(type_, atoms)
            if self._chance(12) and "count" not in tail
            else make.make(type_, atoms, 3)
            for type_ in types
        ]
        if not tail and self._chance(15):
            items = [make.aggregate(type_, inside) for type_ in types]
        names = [self._name("c") for _ in types]
        listed = ", ".join(
            f"({item})::{type_} AS {name}"
            for item, type_, name in zip(items, types, names, strict=True)
        )
        distinct = "DISTINCT " if self._chance(8) else ""
        limit = " LIMIT 1" if self._chance(15) else ""
        columns = tuple(zip(names, types, strict=True))
        return Select(f"SELECT {distinct}{listed}{source}{where}{tail}{limit}", columns)

    def _group(self, inside: list[Atom], atoms: list[Atom]) -> tuple[list[Atom], str]:
        """GROUP BY, and what may be named above it."""
        make = self.expressions
        keys = [self._pick(inside), self._pick(inside)]
        if self._chance(30):
            type_ = self._pick(TYPES)
            keys[1] = Atom(f"({make.fill(f'coalesce(«{type_}», «{type_}»)', inside, 1)})", type_)
        by = self._pick(_GROUPINGS).format(*(key.sql for key in keys))
        if "{1}" not in by and keys[1].sql not in by:
            keys = keys[:1]
        above = list(keys)
        for type_ in TYPES:
            above.append(Atom(f"({make.aggregate(type_, inside)})::{type_}", type_))
        having = f" HAVING {make.make('bool', above)}" if self._chance(30) else ""
        return above, f" GROUP BY {by}{having}"

    def _from(self, outside: list[Atom]) -> tuple[str, list[Relation]]:
        if self._chance(6):
            return "", []
        text, relations = self._joined(outside, [])
        while self.budget > 0 and self._chance(12):
            more, others = self._joined(outside, relations)
            text, relations = f"{text}, {more}", relations + others
        return f" FROM {text}", relations

    def _joined(self, outside: list[Atom], beside: list[Relation]) -> tuple[str, list[Relation]]:
        text, relations = self._item(outside, beside)
        while self.budget > 0 and self._chance(45):
            self.budget -= 1
            kind = self._pick(_JOINS)
            # The arms of RIGHT and FULL can't name each other.
            seen = [] if kind in ("RIGHT JOIN", "FULL JOIN") else beside + relations
            if self._chance(20):
                inner, others = self._joined(outside, [])
                inner = f"({inner})" if len(others) > 1 else inner
            else:
                inner, others = self._item(outside, seen)
            if self._chance(15) and not self._shared(relations, others):
                return self._using(kind, text, inner, relations, others)
            left, right = _atoms(relations), _atoms(others)
            text = f"{text} {kind} {inner} ON {self._condition(left, right, kind)}"
            relations = relations + others
        return text, relations

    def _condition(self, left: list[Atom], right: list[Atom], kind: str) -> str:
        pairs = [
            f"{one.sql} = {other.sql}"
            for one in left
            for other in right
            if one.type == other.type == "int"
        ]
        if kind == "FULL JOIN":
            # It takes only what can be hashed or merged.
            return self._pick(pairs) if pairs else "true"
        if pairs and self._chance(60):
            return self._pick(pairs)
        return self.expressions.make("bool", left + right)

    def _shared(self, left: list[Relation], right: list[Relation]) -> bool:
        """Is `id` unknown or ambiguous on one side: then USING (id) is refused."""
        return any(
            sum(name == "id" for relation in side for name, _ in relation.columns) != 1
            for side in (left, right)
        )

    def _using(
        self, kind: str, text: str, inner: str, left: list[Relation], right: list[Relation]
    ) -> tuple[str, list[Relation]]:
        """A join by USING, whose merged column has a name of its own."""
        alias = self._name("j")
        rest = [
            (name, type_)
            for relation in left + right
            for name, type_ in relation.columns
            if name != "id"
        ]
        columns = tuple(
            (f"{alias}_{n}", type_) for n, (_, type_) in enumerate([("", "int"), *rest])
        )
        listed = ", ".join(name for name, _ in columns)
        where = f"({text} {kind} {inner} USING (id)) AS {alias} ({listed})"
        return where, [Relation(alias, columns)]

    def _item(self, outside: list[Atom], beside: list[Relation]) -> tuple[str, list[Relation]]:
        choice = self.rng.randrange(100)
        alias = self._name("r")
        near = _atoms(beside)
        make = self.expressions
        if choice < 55 or self.budget <= 0:
            name = self._pick([*_TABLES, "t", "u"])
            return f"{name} AS {alias}", [Relation(alias, _TABLES[name])]
        if choice < 65 and self.ctes:
            name, columns = self._pick(self.ctes)
            return f"{name} AS {alias}", [Relation(alias, columns)]
        if choice < 80:
            lateral = "LATERAL " if beside else ""
            query = self.query(outside + near)
            return f"{lateral}({query.sql}) AS {alias}", [Relation(alias, query.columns)]
        if choice < 86:
            rows = [
                f"({make.make('int', near, 1)}, {make.make('text', near, 1)})" for _ in range(2)
            ]
            columns = _columns(f"{alias}a:int {alias}b:text")
            listed = ", ".join(name for name, _ in columns)
            lateral = "LATERAL " if beside else ""
            return f"{lateral}(VALUES {', '.join(rows)}) AS {alias} ({listed})", [
                Relation(alias, columns)
            ]
        return self._function(alias, near)

    def _function(self, alias: str, near: list[Atom]) -> tuple[str, list[Relation]]:
        make = self.expressions
        number, array = make.make("int", near, 1), make.make("int[]", near, 1)
        forms = {
            f"generate_series(1, least({number}, 3))": "int",
            f"unnest({array})": "int",
            f"unnest({array}) WITH ORDINALITY": "int int",
            f"some_of({number})": "int text",
            f"pair_of({number})": "int text",
            f"twice({number})": "int",
            f"given({number})": "int",
            f"ROWS FROM (generate_series(1, 2), unnest({array}))": "int int",
            f"ROWS FROM (some_of({number}), twice({number})) WITH ORDINALITY": "int text int int",
            f"unnest({array}, ARRAY['a'])": "int text",
            f"jsonb_array_elements_text(to_jsonb({array}))": "text",
            f"regexp_split_to_table({make.make('text', near, 1)}, 'a')": "text",
        }
        call = self._pick(list(forms))
        columns = tuple((f"{alias}_{n}", type_) for n, type_ in enumerate(forms[call].split()))
        # An ordinal number is a bigint, which no form here takes: give it no type.
        if "ORDINALITY" in call:
            columns = (*columns[:-1], (columns[-1][0], "bigint"))
        listed = ", ".join(name for name, _ in columns)
        return f"{call} AS {alias} ({listed})", [Relation(alias, columns)]

    def _cte(self) -> str:
        name = self._name("q")
        if self._chance(25):
            columns = _columns(f"{name}n:int {name}a:int {name}b:text")
            listed = ", ".join(column for column, _ in columns)
            atoms = Relation(name, columns).atoms
            make = self.expressions
            first = f"SELECT 1, {make.make('int', [], 1)}, {make.make('text', [], 1)}"
            step = f"{make.make('int', atoms)}, {make.make('text', atoms)}"
            body = f"{first} UNION ALL SELECT {name}n + 1, {step} FROM {name} WHERE {name}n < 3"
            self.ctes.append((name, columns))
            return f"{name} ({listed}) AS ({body})"
        if self._chance(20):
            write = self._write()
            columns = _columns(f"{name}a:int {name}b:text")
            self.ctes.append((name, columns))
            return f"{name} ({name}a, {name}b) AS ({write})"
        query = self.query([])
        self.ctes.append((name, query.columns))
        return f"{name} AS ({query.sql})"

    def _write(self) -> str:
        """INSERT, UPDATE, DELETE or MERGE with RETURNING of an int and a text."""
        make = self.expressions
        kinds = ["insert", "upsert", "update", "update", "delete", "delete"]
        kind = self._pick([*kinds, "merge"] if self.version >= 17 else kinds)
        name = self._pick(("t", "u", "t", "u", "tv", "uv"))
        target = Relation("x", _TABLES[name])
        source, relations = self._joined([], [])
        near = _atoms(relations)
        both = target.atoms + near
        atoms = target.atoms if kind in ("insert", "upsert") else both
        if self.version >= 18 and self._chance(30):
            side = self._pick(("old", "new"))
            atoms = atoms + Relation(side, target.columns).atoms
        gives = f" RETURNING {make.make('int', atoms, 3)}, {make.make('text', atoms, 3)}"
        sets = f"m = {make.make('int', both)}, s = {make.make('text', both)}"
        if kind == "delete":
            return f"DELETE FROM {name} AS x USING {source} WHERE {make.make('bool', both)}{gives}"
        if kind == "update":
            where = make.make("bool", both)
            return f"UPDATE {name} AS x SET {sets} FROM {source} WHERE {where}{gives}"
        new = "id, n, m, w, s, f, xs"
        values = f"7, 1, {make.make('int', [], 1)}, 'w', {make.make('text', [], 1)}, true, '{{}}'"
        if kind == "merge":
            actions = [
                f"WHEN MATCHED AND {make.make('bool', both)} THEN UPDATE SET {sets}",
                "WHEN MATCHED THEN DELETE",
                f"WHEN NOT MATCHED THEN INSERT ({new}) VALUES ({values})",
                f"WHEN NOT MATCHED BY SOURCE THEN UPDATE SET m = {make.make('int', target.atoms)}",
            ]
            chosen = " ".join(actions[n] for n in sorted({self.rng.randrange(4) for _ in range(3)}))
            on = self._condition(target.atoms, near, "JOIN")
            return f"MERGE INTO {name} AS x USING {source} ON {on} {chosen}{gives}"
        conflict = ""
        if kind == "upsert":
            conflict = f" ON CONFLICT (id) DO UPDATE SET m = {make.make('int', target.atoms)}"
        return f"INSERT INTO {name} AS x ({new}) VALUES ({values}){conflict}{gives}"

    def _pick(self, items: Sequence[T]) -> T:
        return items[self.rng.randrange(len(items))]

    def _chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def _name(self, letter: str) -> str:
        self.names += 1
        return f"{letter}{self.names}"
