"""Random expressions of a few types over given columns, for random queries."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_HOLE = re.compile(r"«(.+?)»|@(int\[\]|int|text|bool)")
TYPES = ("int", "text", "bool", "int[]")
_CONSTANTS = {
    "int": ("0", "1", "2", "3", "NULL::int"),
    "text": ("'a'", "'b'", "''", "NULL::text"),
    "bool": ("true", "false", "NULL::bool"),
    "int[]": ("ARRAY[1, 2]", "ARRAY[1, NULL]", "'{}'::int[]", "'{1,2}'::int[]", "NULL::int[]"),
}
# «int» is replaced by an expression of that type, «a» by a column, @int by a subquery.
_FORMS = {
    "int": (
        "«int» + «int»", "- «int»", "abs(«int»)", "length(«text»)", "cardinality(«int[]»)",
        "array_length(«int[]», 1)", "«int[]»[«int»]", "twice(«int»)", "given(«int»)",
        "extract(day FROM make_interval(days => «int»))::int", "strpos(«text», «text»)",
        "num_nulls(«int», «text»)", "(«bool»)::int", "array_position(«int[]», «int»)",
        "jsonb_array_length(jsonb_build_array(«int»))", "width_bucket(«int», ARRAY[1, 2])",
        "(jsonb_build_object('k', «int») ->> 'k')::int", "coalesce(nullif(«int», 1), «int»)",
        "(ROW(«int», «text»)::pair).a", "(ARRAY[«int», «int»])[1]",
        "lower(int4range(least(«int», 1), 4))",
    ),
    "text": (
        "«text» || «text»", "upper(«text»)", "left(«text», 1)", "concat(«text», «int»)",
        "substring(«text» FROM 1 FOR 2)", "substring(«text» FROM 'a+')", "«int»::text",
        "least_s(«int»)", "format('%s', «text»)", "concat_ws(«text», «text», 'x')",
        "to_jsonb(«text») #>> '{}'", "array_to_string(«int[]», ',')", "(«int[]»)::text",
        "split_part(«text», 'a', 1)", "regexp_replace(«text», 'a', 'b')", "coalesce(«text», 'z')",
        "(ROW(«int», «text»)::pair)::text", "quote_literal(«text»)", "lower(«text»)",
    ),
    "bool": (
        "«int» = «int»", "«int» < «int»", "«text» = «text»", "«text» LIKE 'a%'",
        "«int» IS NULL", "«text» IS NOT NULL", "«int» IS DISTINCT FROM «int»",
        "«text» IS NOT DISTINCT FROM 'a'", "«int» IS NOT DISTINCT FROM «int»",
        "«bool» AND «bool»", "«bool» OR «bool»", "NOT («bool»)", "(«bool») IS TRUE",
        "(«bool») IS NOT FALSE", "(«bool») IS NOT TRUE", "(«bool») IS UNKNOWN",
        "(«bool») IS NOT UNKNOWN", "(«bool») IS FALSE",
        "«int» IN (1, «int»)", "«int» NOT IN (1, «int»)", "«int» = ANY («int[]»)",
        "«int» <> ALL («int[]»)", "NOT («int» = ANY («int[]»))",
        "«int» IN @int", "«int» NOT IN @int", "«int» >= ALL @int", "EXISTS @int",
        "NOT EXISTS @int", "«int» BETWEEN «int» AND «int»", "(«int», «text») = («int», «text»)",
        "(«int», «text») < («int», «text»)", "(«int», «text») IS NOT NULL",
        "(«int», «text») IS NULL", "NOT ((«int», «text») IS NULL)", "«int[]» && «int[]»",
        "«int[]» @> ARRAY[«int»]", "coalesce(«int», 0) < 2", "coalesce(«bool», false)",
        "starts_with(«text», «text»)", "NOT («int» IS NULL)", "NOT («text» IS NOT NULL)",
        "CASE WHEN «bool» THEN «bool» END", "(«int» = «int») = «bool»", "nullif(«int», 1) > 0",
        "(«text» || «text») IS NOT NULL", "coalesce(«int», «int») > 0",
        "greatest(«int», «int») IS NOT NULL", "(«int[]»)[1] > 0", "«int» + «int» IS NOT NULL",
    ),
    "int[]": (
        "ARRAY[«int», «int»]", "«int[]» || «int»", "«int[]» || «int[]»", "«int[]»[1:«int»]",
        "«int[]»[2:]", "array_append(«int[]», «int»)", "array_remove(«int[]», «int»)",
        "ARRAY @int", "string_to_array('1,2', ',')::int[]", "array_fill(1, ARRAY[1])",
        "nullif(«int[]», '{}')",
    ),
}  # fmt: skip
_ANY_TYPE = (
    "coalesce(«x», «x»)",
    "coalesce(«x», «x», «x»)",
    "nullif(«x», «x»)",
    "greatest(«x», «x»)",
    "CASE WHEN «bool» THEN «x» ELSE «x» END",
    "CASE WHEN «bool» THEN «x» WHEN «bool» THEN «x» ELSE «x» END",
    "CASE WHEN «bool» THEN «x» END",
    "CASE «int» WHEN 1 THEN «x» ELSE «x» END",
    "CASE WHEN «a» IS NOT NULL THEN «a» ELSE «x» END",
    "CASE WHEN «a» IS NULL THEN «x» ELSE «a» END",
    "CASE WHEN «a» IS NULL THEN «x» WHEN «bool» THEN «a» ELSE «a» END",
    "CASE WHEN NOT («a» IS NULL) AND «bool» THEN «a» ELSE «x» END",
    "CASE WHEN «a» IS NULL OR «bool» THEN «x» ELSE «a» END",
    "CASE WHEN «a» IS NOT NULL THEN (SELECT «a») ELSE «x» END",
    "@x",
    "(SELECT «x»)",
)
AGGREGATES = {
    "int": (
        "count(*)::int", "count(«int»)::int", "sum(«int»)::int", "max(«int»)", "min(«int»)",
        "max(«int») FILTER (WHERE «bool»)", "cardinality(array_agg(«int»))",
        "jsonb_array_length(jsonb_agg(«int»))", "count(DISTINCT «int»)::int",
        "percentile_disc(0.5) WITHIN GROUP (ORDER BY «int»)",
        "mode() WITHIN GROUP (ORDER BY «int»)",
        "bit_or(«int»)", "avg(«int»)::int", "rank(1) WITHIN GROUP (ORDER BY «int»)",
    ),
    "text": ("min(«text»)", "string_agg(«text», ',')", "max(«text») FILTER (WHERE «bool»)"),
    "bool": ("bool_and(«bool»)", "every(«bool»)", "bool_or(«bool»)"),
    "int[]": ("array_agg(«int»)", "array_agg(«int») FILTER (WHERE «bool»)", "max(«int[]»)"),
}  # fmt: skip
WINDOWS = {
    "int": (
        "row_number()", "rank()", "count(«int»)", "sum(«int»)", "lag(«int»)", "lead(«int», 1, 0)",
        "lag(«int», 1, «int»)", "first_value(«int»)", "last_value(«int»)", "nth_value(«int», 2)",
        "ntile(2)", "max(«int»)", "min(«int») FILTER (WHERE «bool»)",
        "sum(«int») FILTER (WHERE «bool»)",
    ),
    "text": ("first_value(«text»)", "max(«text»)", "lag(«text», 1, '')", "string_agg(«text», ',')"),
    "bool": ("bool_and(«bool»)", "first_value(«bool»)"),
    "int[]": ("array_agg(«int»)", "last_value(«int[]»)"),
}  # fmt: skip
_FRAMES = (
    "",
    "ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING",
    "ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING",
    "ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
    "ROWS BETWEEN 1 FOLLOWING AND 2 FOLLOWING",
    "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW",
    "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE TIES",
    "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE GROUP",
    "GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW",
    "RANGE BETWEEN 1 PRECEDING AND CURRENT ROW",
)


@dataclass(frozen=True)
class Atom:
    """Something that an expression may be made of: a column, an aggregate, a grouped expression."""

    sql: str
    type: str


class Expressions:
    """Makes expressions; `subquery` gives a one-column query that may name the columns given."""

    def __init__(
        self, rng: random.Random, subquery: Callable[[str, list[Atom]], str | None]
    ) -> None:
        self.rng = rng
        self.subquery = subquery

    def pick(self, items: Sequence[T]) -> T:
        return items[self.rng.randrange(len(items))]

    def make(self, type_: str, atoms: list[Atom], depth: int = 2) -> str:
        """An expression of the type."""
        mine = [atom for atom in atoms if atom.type == type_]
        choice = self.rng.randrange(100)
        if depth <= 0 or choice < 45:
            return self.atom(type_, atoms) if mine and choice < 90 else self.constant(type_)
        if choice < 70:
            form = self.pick(_ANY_TYPE)
            form = form.replace("«x»", f"«{type_}»").replace("@x", f"@{type_}")
            form = form.replace("«a»", self.atom(type_, atoms))
        else:
            form = self.pick(_FORMS[type_])
        return self.fill(form, atoms, depth)

    def atom(self, type_: str, atoms: list[Atom]) -> str:
        mine = [atom for atom in atoms if atom.type == type_]
        return self.pick(mine).sql if mine else self.constant(type_)

    def constant(self, type_: str) -> str:
        if self.rng.randrange(5) == 0 and type_ != "bool":
            return f"CAST(:{type_[0]}{'s' * type_.endswith(']')} AS {type_})"
        return self.pick(_CONSTANTS[type_])

    def aggregate(self, type_: str, atoms: list[Atom]) -> str:
        return self.fill(self.pick(AGGREGATES[type_]), atoms, 1)

    def window(self, type_: str, atoms: list[Atom]) -> str:
        call = self.fill(self.pick(WINDOWS[type_]), atoms, 1)
        order = self.atom("int", atoms)
        frame = self.pick(_FRAMES)
        by = f"PARTITION BY {self.make('text', atoms, 1)} " if self.rng.randrange(2) else ""
        over = f"{call} OVER ({by}ORDER BY {order} {frame})"
        return f"({over})::int" if type_ == "int" else over

    def fill(self, form: str, atoms: list[Atom], depth: int) -> str:
        """A form with its holes filled."""

        def fill(hole: re.Match[str]) -> str:
            if hole[2]:
                query = self.subquery(hole[2], atoms) or f"SELECT {self.constant(hole[2])}"
                return f"({query})"
            part = self.make(hole[1], atoms, depth - 1)
            return part if part.isidentifier() else f"({part})"

        return _HOLE.sub(fill, form)
