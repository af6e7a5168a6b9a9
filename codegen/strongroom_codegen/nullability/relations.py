"""The columns of what stands in FROM: tables, views, subqueries, CTEs, joins, functions, VALUES."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strongroom_codegen import written
from strongroom_codegen.catalog import Function, Relation
from strongroom_codegen.nullability import frames, grouping, never_null
from strongroom_codegen.nullability.arrays import elements
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.nullability.result_types import declared_types
from strongroom_codegen.nullability.verdict import Verdict, maybe, never
from strongroom_codegen.tree import BELOW, Node

if TYPE_CHECKING:
    from strongroom_codegen.nullability.analyzer import Analyzer

_PLAIN_TABLES = ("r", "p", "m")
_VIEWS = ("v", "m")
_XMLTABLE = "0"


def variable(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    """A column reference, wherever its relation is."""
    owner = frame.up(int(node["varlevelsup"]))
    if owner is None:
        return maybe("a column of an unknown query")
    index, number = int(node["varno"]), int(node["varattno"])
    entry = owner.entry(index)
    word = entry["eref"]["aliasname"]
    version = int(node.get("varreturningtype", 0))
    if version:
        if is_replaced(analyzer, owner, entry):
            return maybe(f"a rule of {word} runs another statement", word)
        return _old_or_new(analyzer, owner, index, number, version)
    if grouping.column(node, owner) in owner.left_out_columns:
        return maybe(grouping.REASON, word)
    if index == owner.target and index in owner.unproven and is_replaced(analyzer, owner, entry):
        return maybe(f"a rule of {word} runs another statement", word)
    blanked = owner.blanked.get(index, frozenset())
    if blanked:
        return maybe(f"an outer join may find no row of {word}", word)
    if index in owner.unproven and owner.command == frames.MERGE and index != owner.target:
        return maybe(f"a row of the target may have none of {word}", word)
    if (index, number) in owner.proven:
        return never("a condition of the query excludes NULL")
    if number == 0:
        return never(f"a row of {word} is there")
    return relation_column(analyzer, owner, index, number)


def _old_or_new(analyzer: Analyzer, frame: Frame, index: int, number: int, version: int) -> Verdict:
    """RETURNING old.x or new.x: an INSERT has no old row, a DELETE no new one."""
    there = {frames.UPDATE: (1, 2), frames.INSERT: (2,), frames.DELETE: (1,)}
    if version not in there.get(frame.command, ()):
        return maybe("that row may not exist")
    return relation_column(analyzer, frame, index, number) if number else never("a row")


def is_replaced(analyzer: Analyzer, frame: Frame, entry: Node) -> bool:
    """A rule says INSTEAD, so that RETURNING shows what the rule's own statement returns."""
    return written.is_replaced(analyzer.catalog, int(entry.get("relid", 0)), frame.command)


def relation_column(analyzer: Analyzer, frame: Frame, index: int, number: int) -> Verdict:
    """A column of a range table entry, joins above it and conditions left aside."""
    entry = frame.entry(index)
    word = entry["eref"]["aliasname"]
    match int(entry["rtekind"]):
        case frames.TABLE:
            return _table(analyzer, frame, index, number)
        case frames.SUBQUERY:
            outputs = analyzer.outputs(analyzer.frame(entry["subquery"], frame))
        case frames.JOIN:
            return _join(analyzer, frame, index, number, frozenset())
        case frames.FUNCTION:
            return _function(analyzer, frame, entry, number)
        case frames.TABLE_FUNCTION:
            return _table_function(entry, number)
        case frames.VALUES:
            rows = entry["values_lists"]
            return analyzer.any_null([row[number - 1] for row in rows], frame, "VALUES")
        case frames.CTE:
            outputs = _cte(analyzer, frame, entry)
        case frames.GROUP:
            return analyzer.expression(entry["groupexprs"][number - 1], frame)
        case _:
            return maybe(f"{word} may have NULLs", word)
    return outputs[number - 1] if 0 < number <= len(outputs) else maybe(f"a column of {word}")


def _table(analyzer: Analyzer, frame: Frame, index: int, number: int) -> Verdict:
    entry = frame.entry(index)
    table = analyzer.catalog.relations.get(int(entry["relid"]))
    if table is None:
        return maybe("a table that is not in the catalogue")
    if number < 0:
        if table.kind in _PLAIN_TABLES:
            return never("system columns are never NULL")
        return maybe("a system column of no ordinary table")
    column = table.columns.get(number)
    name = f"{table.full_name}.{column.name}" if column else table.full_name
    word = entry["eref"]["aliasname"]
    if table.kind in _VIEWS:
        if index in frame.unproven or frame.target == index:
            return _written(analyzer, frame.command, table, number, name, word)
        view = analyzer.catalog.view_query(table.oid)
        if view is None:
            return maybe(f"{name} is a column of an unknown view", word)
        outputs = analyzer.outputs(analyzer.frame(view, None))
        found = outputs[number - 1] if number <= len(outputs) else maybe(name)
        return Verdict(found.nullable, f"in the view {table.full_name}: {found.reason}", word)
    with_children = entry["inh"] == "true"
    if analyzer.catalog.column_not_null(table.oid, number, with_children=with_children):
        return never(f"{name} is NOT NULL")
    if column and analyzer.catalog.is_not_null_domain(column.type):
        return maybe(
            f"{name} may hold NULL: its domain checks casts, its column is not NOT NULL",
            column.name,
        )
    return maybe(f"{name} may be NULL", column.name if column else word)


def _written(
    analyzer: Analyzer, command: int, view: Relation, number: int, name: str, word: str
) -> Verdict:
    """A view's column in RETURNING: that of the row below it, for which its conditions may be over.

    A trigger that runs instead answers whatever it likes.
    """
    below = written.base(analyzer.catalog, view.oid)
    if below is None or written.is_replaced(analyzer.catalog, view.oid, command, by_triggers=True):
        return maybe(f"{name} is a view's column, of which a trigger or a rule may make NULL", word)
    query, index, _ = below
    targets = frames.targets(query)
    row = {**query, "commandType": str(command), "resultRelation": str(index), BELOW: None}
    # What was worked out for a subquery of the view holds for the rows that it shows.
    with analyzer.fresh():
        frame = Frame(row, None, unproven=frozenset({index}))
        found = analyzer.expression(targets[number - 1]["expr"], frame)
    said = f"through the view {view.full_name}: {found.reason}"
    return Verdict(found.nullable, said, word)


def _join(
    analyzer: Analyzer, frame: Frame, index: int, number: int, within: frozenset[int]
) -> Verdict:
    """A column of a join; `within` are the full joins around it, which are accounted for."""
    entry = frame.entry(index)
    expression = entry["joinaliasvars"][number - 1]
    if int(entry["jointype"]) == frames.FULL and expression["node"] == "COALESCEEXPR":
        # A row of FULL JOIN USING comes from one side at least, and that side has the value.
        around = within | {index}
        sides = [_side(analyzer, frame, arg, around) for arg in expression["args"]]
        bad = next((side for side in sides if side.nullable), None)
        return bad or never("one side of the full join has the value")
    return analyzer.expression(expression, frame)


def _side(analyzer: Analyzer, frame: Frame, node: Node, around: frozenset[int]) -> Verdict:
    while node["node"] in ("RELABELTYPE", "COLLATEEXPR"):
        node = node["arg"]
    if node["node"] != "VAR" or int(node["varlevelsup"]):
        return analyzer.expression(node, frame)
    index, number = int(node["varno"]), int(node["varattno"])
    if not {join for join, _ in frame.blanked.get(index, ())} <= around:
        return maybe("another outer join may find no row")
    if int(frame.entry(index)["rtekind"]) == frames.JOIN:
        return _join(analyzer, frame, index, number, around)
    return relation_column(analyzer, frame, index, number)


def _cte(analyzer: Analyzer, frame: Frame, entry: Node) -> list[Verdict]:
    cte, owner = frame.cte(entry)
    if cte is None or owner is None:
        return []
    name = entry["ctename"]
    if name not in owner.cte_outputs:
        owner.cte_outputs[name] = _cte_outputs(analyzer, owner, cte)
    return owner.cte_outputs[name]


def _cte_outputs(analyzer: Analyzer, owner: Frame, cte: Node) -> list[Verdict]:
    query, name = cte["ctequery"], cte["ctename"]
    if cte["cterecursive"] != "true":
        return analyzer.outputs(analyzer.frame(query, owner))
    # Start from "nothing is NULL" and let the recursive arm add what it can, until it adds no more.
    current = [never("the recursion adds no NULL") for _ in frames.targets(query)]
    while True:
        owner.cte_outputs[name] = current
        with analyzer.fresh():
            found = analyzer.outputs(analyzer.frame(query, owner))
        if [v.nullable for v in found] == [v.nullable for v in current]:
            return found
        current = [
            after if after.nullable else before
            for before, after in zip(current, found, strict=True)
        ]


def _function(analyzer: Analyzer, frame: Frame, entry: Node, number: int) -> Verdict:
    functions = entry["functions"]
    word = entry["eref"]["aliasname"]
    width = sum(int(f["funccolcount"]) for f in functions)
    if number > width:
        return never("WITH ORDINALITY numbers the rows")
    if len(functions) > 1:
        return maybe("the shorter of several functions ends in NULLs", word)
    call = functions[0]["funcexpr"]
    if call["node"] != "FUNCEXPR":
        return analyzer.expression(call, frame) if width == 1 else maybe(word, word)
    function = analyzer.catalog.functions.get(int(call["funcid"]))
    if function is None:
        return maybe("an unknown function", word)
    if function.is_builtin:
        return _builtin_set(analyzer, frame, call, number, width)
    return _own_function(analyzer, frame, entry, function, number)


def _own_function(
    analyzer: Analyzer, frame: Frame, entry: Node, function: Function, number: int
) -> Verdict:
    call = entry["functions"][0]["funcexpr"]
    arguments = call["args"] or []
    if function.strict and not function.returns_set:
        # A NULL argument gives one row of NULLs; of a function that gives sets it gives none.
        given = analyzer.any_null(arguments, frame, f"{function.full_name}()")
        if given.nullable:
            return given
    name = _column_name(entry, function.outputs, analyzer, function.result, number)
    declared = function.comment.tag("nonnull")
    if declared is not None and (not declared or name in _names(declared)):
        return never(f"the comment of {function.full_name} says @nonnull {declared}".rstrip())
    if function.body and (function.returns_set or analyzer.one_row(function)):
        types = declared_types(analyzer.catalog, function)
        outputs = analyzer.function_outputs(function, arguments, frame, types)
        if number <= len(outputs) == int(entry["functions"][0]["funccolcount"]):
            return outputs[number - 1]
    return maybe(f"{function.full_name}() may give NULL for {name}", entry["eref"]["aliasname"])


def _builtin_set(analyzer: Analyzer, frame: Frame, call: Node, number: int, width: int) -> Verdict:
    function = analyzer.catalog.functions[int(call["funcid"])]
    # The elements of an array of rows are spread into columns.
    if function.name == "unnest" and not analyzer.catalog.is_row(int(call["funcresulttype"])):
        return elements(analyzer, call["args"][0], frame)
    if number in never_null.SET_RETURNING.get(function.name, ()):
        return never(f"{function.name}() gives no NULL there")
    if not function.returns_set and width == 1:
        return analyzer.expression(call, frame)
    return maybe(f"{function.name}() may give NULL", function.name)


def _table_function(entry: Node, number: int) -> Verdict:
    """XMLTABLE keeps its promises; a nested path of JSON_TABLE fills up with NULLs."""
    function = entry["tablefunc"]
    word = entry["eref"]["aliasname"]
    if function.get("functype", "0") == _XMLTABLE:
        if number - 1 == int(function["ordinalitycol"]):
            return never("FOR ORDINALITY numbers the rows")
        if number - 1 in (function["notnulls"] or []):
            return never("XMLTABLE refuses NULL for a column that is NOT NULL")
    return maybe(f"{word} may find nothing for the column", word)


def _column_name(
    entry: Node,
    outputs: tuple[tuple[str, int], ...],
    analyzer: Analyzer,
    result: int,
    number: int,
) -> str:
    """The function's own name of a column, which an alias in the query doesn't change."""
    if outputs:
        return outputs[number - 1][0]
    relation = analyzer.catalog.relations.get(analyzer.catalog.types[result].relation)
    if relation and number in relation.columns:
        return relation.columns[number].name
    name: str = entry["eref"]["colnames"][number - 1]
    return name


def _names(argument: str) -> list[str]:
    return [name.strip() for name in argument.split(",")]
