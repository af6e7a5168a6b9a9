"""Rules about plans: what is read whole, sorted, or read again and again."""

from __future__ import annotations

import re
from collections.abc import Iterator

from strongroom_codegen.catalog import Relation
from strongroom_codegen.lint.facts import Facts
from strongroom_codegen.lint.plans import Plan, Step, steps
from strongroom_codegen.lint.rules import LARGE, MANY, Finding, count
from strongroom_codegen.model import QueryModel

_SCANS = frozenset({"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Sample Scan"})
_STREAMING = frozenset(
    {"Subquery Scan", "Result", "LockRows", "ProjectSet", "Append", "Incremental Sort", "Unique"}
)
_FEW = 0.1
_NAME = r"(?:(?P<alias>\w+)\.)?(?P<column>[a-z_]\w*|\"[^\"]+\")"
_OPERATOR = r"(?P<operator>=|<=|>=|<|>|IS NULL)"
# One condition as EXPLAIN writes it: the column on the left, maybe cast, or on the right.
_QUAL = re.compile(rf"(?:{_NAME}|\({_NAME.replace('<', '<c_')}\)::[\w ]+) {_OPERATOR}(?: |$)")
_MIRRORED = re.compile(rf"[^ ]+ {_OPERATOR} {_NAME}$")


def check_plan(facts: Facts, query: QueryModel, plan: Plan, stuck: set[str]) -> Iterator[Finding]:
    """The findings of one plan.

    stuck  tables on which a condition is held back by row level security (full names)
    """
    for step in steps(plan):
        relation = _relation(facts, step)
        if relation is not None and step.kind in _SCANS and _reads_whole(facts, step, relation):
            yield from _whole(facts, query, step, relation, stuck)
        if step.kind == "Sort":
            rows = max(step.rows, float(step.node["Plans"][0]["Plan Rows"]))
            if rows >= MANY:
                key = ", ".join(step.node.get("Sort Key", []))
                yield Finding(
                    "sort",
                    query,
                    key,
                    f"sorts {count(rows)} rows by {key}",
                    "make an index in that order, or sort fewer rows",
                )


def _whole(
    facts: Facts, query: QueryModel, step: Step, relation: Relation, stuck: set[str]
) -> Iterator[Finding]:
    size, name = facts.sizes.get(relation.oid, 0.0), relation.full_name
    root = _root(facts, relation)
    whole = sum(size for oid, size in facts.sizes.items() if oid == root.oid) or size
    if facts.partition_keys.get(root.oid) in _named(step):
        # At run time the key leaves the partition that it names.
        whole = size
    outer = _repeated(step)
    if outer is not None and size >= MANY:
        yield Finding(
            "nested-loop",
            query,
            root.full_name,
            f"reads all {count(size)} rows of {name} again for each of {count(outer)} rows"
            f" ({step.text()})",
            _advice(facts, step, relation) or "join by an indexed column",
        )
    elif whole >= LARGE:
        # An index is no help where most of the table is wanted.
        is_few = step.rows <= size * _FEW
        columns = _columns(facts, step, relation) if is_few else []
        rule = "missing-index" if columns else "seq-scan"
        mend = "read fewer rows: a condition on an indexed column, or a LIMIT with an index's order"
        if root.full_name in stuck:
            rule = "not-leakproof"
            mend = (
                "search in a SECURITY DEFINER function with the ownership condition written out,"
                " or compare with an operator that is leakproof (=, <, > of built-in types)"
            )
        elif columns:
            mend = f"CREATE INDEX ON {root.full_name} ({', '.join(columns)})"
        yield Finding(
            rule,
            query,
            root.full_name,
            f"reads all {count(whole)} rows of {root.full_name} ({step.text()})",
            mend,
        )


def _relation(facts: Facts, step: Step) -> Relation | None:
    if "Relation Name" not in step.node:
        return None
    return facts.relation(step.node.get("Schema", ""), step.node["Relation Name"])


def _root(facts: Facts, relation: Relation) -> Relation:
    """The table that people know: of a partition the one that it is a part of."""
    while relation.is_partition:
        parent = next(
            (r for r in facts.catalog.relations.values() if relation.oid in r.children), None
        )
        if parent is None:
            break
        relation = parent
    return relation


def _reads_whole(facts: Facts, step: Step, relation: Relation) -> bool:
    """Whether a scan starts at one end and goes on to the other."""
    if step.kind == "Bitmap Heap Scan":
        inner = step.node["Plans"][0]
        if inner["Node Type"] != "Bitmap Index Scan":
            return False
        return not _starts_inside(facts, inner, relation)
    if step.kind in ("Index Scan", "Index Only Scan") and _starts_inside(
        facts, step.node, relation
    ):
        return False
    return "Filter" in step.node or not _is_bounded(step)


def _starts_inside(facts: Facts, node: Plan, relation: Relation) -> bool:
    """A condition on the first column leads an index scan to its place."""
    condition = node.get("Index Cond")
    index = facts.index(relation.oid, node["Index Name"])
    if condition is None or index is None:
        # An ordered search (`<->`) takes the nearest first.
        # What a partial index leaves out is not read.
        return condition is not None or "Order By" in node or (index is not None and index.partial)
    if index.method not in ("btree", "hash") or index.leading == 0:
        return True
    name = relation.columns[index.leading].name
    return re.search(rf"(?<![\w$]){re.escape(name)}\b", condition) is not None


def _is_bounded(step: Step) -> bool:
    """A LIMIT stops the scan, as nothing between them needs all rows."""
    child = step.node
    for node in step.above:
        if node["Node Type"] == "Limit":
            return True
        is_outer = node["Node Type"] == "Nested Loop" and node["Plans"][0] is child
        if node["Node Type"] not in _STREAMING and not is_outer:
            return False
        child = node
    return False


def _repeated(step: Step) -> float | None:
    """For how many rows a scan is run again: those of the outer side of a nested loop."""
    child = step.node
    for node in step.above:
        kind = node["Node Type"]
        if kind == "Nested Loop" and node["Plans"][1] is child:
            rows = float(node["Plans"][0]["Plan Rows"])
            return rows if rows > 1 else None
        if kind not in ("Materialize", "Memoize", "Subquery Scan", "Append", "Result"):
            return None
        child = node
    return None


def _columns(facts: Facts, step: Step, relation: Relation) -> list[str]:
    """The columns that an index should have, those compared for equality first.

    None when the conditions name no column, or an index that begins with one is there already.
    """
    own = {column.name: number for number, column in relation.columns.items()}
    equal: list[str] = []
    others: list[str] = []
    for key in ("Filter", "Index Cond"):
        for condition in _conditions(str(step.node.get(key, ""))):
            name, alias, operator = _compared(condition)
            if name not in own or alias not in (None, step.node.get("Alias")):
                continue
            target = equal if operator in ("=", "IS NULL") else others
            if name not in equal and name not in others:
                target.append(name)
    leading = {index.leading for index in facts.indexes.get(relation.oid, [])}
    if any(own[name] in leading for name in (equal or others)):
        return []
    partition_key = facts.partition_keys.get(_root(facts, relation).oid)
    return [name for name in (*equal, *others[:1]) if name != partition_key]


def _named(step: Step) -> set[str]:
    """The columns that the conditions of a scan compare."""
    texts = (str(step.node.get(key, "")) for key in ("Filter", "Index Cond"))
    return {_compared(condition)[0] for text in texts for condition in _conditions(text)} - {""}


def _compared(condition: str) -> tuple[str, str | None, str]:
    """Column, alias and operator of a condition; no column where it is not a plain comparison."""
    match = _QUAL.match(condition) or _MIRRORED.match(condition)
    if match is None:
        return "", None, ""
    found = match.groupdict()
    name = found["column"] or found.get("c_column") or ""
    return name.strip('"'), found["alias"] or found.get("c_alias"), found["operator"]


def _conditions(text: str) -> list[str]:
    """The parts of `((a) AND (b))`, without the parentheses around them."""
    text = _bare(text)
    parts, depth, start = [], 0, 0
    for n, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0 and text.startswith(" AND ", n):
            parts.append(text[start:n].strip())
            start = n + len(" AND ")
    return [_bare(part) for part in (*parts, text[start:].strip()) if part]


def _bare(text: str) -> str:
    """Without one pair of parentheses around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for n, char in enumerate(text):
        depth += {"(": 1, ")": -1}.get(char, 0)
        if depth == 0 and n < len(text) - 1:
            return text
    return text[1:-1]


def _advice(facts: Facts, step: Step, relation: Relation) -> str | None:
    columns = _columns(facts, step, relation)
    if not columns:
        return None
    return f"CREATE INDEX ON {_root(facts, relation).full_name} ({', '.join(columns)})"
