"""Rules about the statement itself, from its text and from the server's analysed tree."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from strongroom_codegen.annotations import AnnotatedQuery
from strongroom_codegen.cardinality import at_most_one
from strongroom_codegen.equalities import slot_of
from strongroom_codegen.lint.facts import Facts
from strongroom_codegen.lint.rules import DEFAULT, SMALL, Finding, count
from strongroom_codegen.model import QueryModel
from strongroom_codegen.nullability import Analyzer, frames
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.nullability.proofs import Slot
from strongroom_codegen.tree import Node, conjuncts, nodes

_BEFORE_STAR = frozenset({"SELECT", "DISTINCT", "ALL", "RETURNING", ",", "."})


def check_text(query: QueryModel, annotated: AnnotatedQuery) -> Iterator[Finding]:
    """`SELECT *`, which the server has expanded when it shows the tree."""
    real = [token for token in annotated.body if not token.is_blank]
    for before, token in itertools.pairwise(real):
        if token.text == "*" and before.text.upper() in _BEFORE_STAR:
            yield Finding(
                "select-star",
                query,
                "*",
                "selects `*`: every column of the table, with those that are added later",
                "name the columns that the application needs",
            )
            return


def check_tree(facts: Facts, query: QueryModel, tree: Node) -> Iterator[Finding]:
    """OFFSET, and lists without an end."""
    if any(n["node"] == "QUERY" and n["limitOffset"] for n in nodes(tree)):
        yield Finding(
            "offset",
            query,
            "",
            "uses OFFSET: the rows that it skips are read all the same",
            "page by key: make it a :page query with (key) > (:after)",
        )
    if query.kind == "many" and not query.at_most_one and not tree["limitCount"]:
        analyzer = Analyzer(facts.catalog, frozenset())
        large = _unbounded(facts, analyzer, analyzer.frame(tree, None))
        if large:
            oid, name = large
            yield Finding(
                "unbounded-many",
                query,
                name,
                f"gives as many rows as {name} has"
                f" ({count(facts.sizes[oid])} declared), and no LIMIT",
                "add LIMIT, or make it a :page query",
            )


def _unbounded(facts: Facts, analyzer: Analyzer, frame: Frame) -> tuple[int, str] | None:
    """A table that is not small and that nothing limits; None when the rows of a level are few."""
    query = frame.query
    if query["limitCount"] or at_most_one(analyzer, frame, _few(facts, frame)):
        return None
    found = [_of_entry(facts, analyzer, frame, entry) for entry in query["rtable"] or []]
    return max((one for one in found if one), key=lambda one: facts.sizes[one[0]], default=None)


def _of_entry(
    facts: Facts, analyzer: Analyzer, frame: Frame, entry: Node
) -> tuple[int, str] | None:
    match int(entry["rtekind"]):
        case frames.TABLE:
            relation = facts.catalog.relations.get(int(entry["relid"]))
            view = facts.catalog.view_query(int(entry["relid"]))
            if relation and view and relation.kind == "v":
                return _unbounded(facts, analyzer, analyzer.frame(view, None))
            is_large = relation is not None and facts.sizes.get(relation.oid, 0) > SMALL
            return (relation.oid, relation.full_name) if relation and is_large else None
        case frames.SUBQUERY:
            return _unbounded(facts, analyzer, analyzer.frame(entry["subquery"], frame))
        case frames.CTE:
            cte, owner = frame.cte(entry)
            if cte and cte["cterecursive"] == "false":
                return _unbounded(facts, analyzer, analyzer.frame(cte["ctequery"], owner))
    return None


def _few(facts: Facts, frame: Frame) -> frozenset[Slot]:
    """Columns with few different values: those of small tables, those compared with a list."""
    found = set()
    for index, entry in enumerate(frame.query["rtable"] or [], 1):
        oid = int(entry.get("relid") or 0)
        if int(entry["rtekind"]) == frames.TABLE and facts.sizes.get(oid, DEFAULT) <= SMALL:
            found |= {(index, number) for number in facts.catalog.relations[oid].columns}
    tree = frame.query["jointree"]
    for node in conjuncts(tree["quals"] if tree else None):
        if node["node"] == "SCALARARRAYOPEXPR" and node["useOr"] == "true":
            operator = facts.catalog.operators.get(int(node["opno"]))
            slot = slot_of(node["args"][0], frame)
            if slot and operator and operator.name == "=":
                found.add(slot)
    return frozenset(found)
