"""Functions, operators, aggregates and windows: when do they answer NULL."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from strongroom_codegen.catalog import Function
from strongroom_codegen.nullability import never_null
from strongroom_codegen.nullability.arrays import elements
from strongroom_codegen.nullability.verdict import Verdict, maybe, never
from strongroom_codegen.tree import Node

if TYPE_CHECKING:
    from strongroom_codegen.nullability.analyzer import Analyzer
    from strongroom_codegen.nullability.frames import Frame

_ROW_NUMBERS = frozenset({"row_number", "rank", "dense_rank", "percent_rank", "cume_dist"})
_FIRST_OR_LAST = frozenset({"first_value", "last_value"})
# Bits of a window's frameOptions, as PostgreSQL's nodes/parsenodes.h numbers them.
_STARTS_AT_OR_BEFORE_ROW = 0x20 | 0x200 | 0x800
_ENDS_AT_OR_AFTER_ROW = 0x100 | 0x400 | 0x4000
_EXCLUDES_ROW = 0x8000 | 0x10000


def function_call(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    function = analyzer.catalog.functions.get(int(node["funcid"]))
    if function is None:
        return maybe("an unknown function")
    if node["funcretset"] == "true":
        return _set_in_select_list(analyzer, function, node, frame)
    arguments = node["args"] or []
    if function.is_builtin and node["funcvariadic"] == "true" and not function.strict:
        return maybe(f"{function.name}() of a NULL array is NULL", function.name)
    if function.is_builtin and function.name in never_null.NOT_STRICT:
        return never(f"{function.name}() never answers NULL")
    if function.is_builtin and function.name in never_null.FIRST_ARGUMENT:
        return analyzer.expression(arguments[0], frame)
    if function.is_builtin and function.name == "array_cat":
        return analyzer.all_null(arguments, frame, "array_cat()")
    if function.is_builtin and function.name == "current_setting" and len(arguments) == 1:
        return analyzer.any_null(arguments, frame, "current_setting()")
    if never_null.safe_function(function, node, analyzer.catalog):
        return analyzer.any_null(arguments, frame, f"{function.name}()")
    return user_function(analyzer, function, arguments, frame)


def user_function(
    analyzer: Analyzer, function: Function, arguments: list[Node], frame: Frame
) -> Verdict:
    """A function that isn't known by heart: what its comment says, or what its body shows."""
    if function.strict:
        given = analyzer.any_null(arguments, frame, f"{function.full_name}()")
        if given.nullable:
            return given
    declared = function.comment.tag("nonnull")
    if declared is not None and not declared:
        return never(f"the comment of {function.full_name} says @nonnull")
    if function.body and not function.returns_set:
        found = analyzer.function_result(function, arguments, frame)
        if found:
            return found
    return maybe(f"{function.full_name}() may answer NULL", function.name)


def operator_call(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    function = analyzer.catalog.functions.get(int(node["opfuncid"]))
    operator = analyzer.catalog.operators.get(int(node["opno"]))
    if function is None or operator is None or node["opretset"] == "true":
        return maybe("an unknown operator")
    arguments = node["args"]
    if operator.schema == "pg_catalog" and function.name in ("array_append", "array_prepend"):
        return never("an array with an element added is never NULL")
    if operator.schema == "pg_catalog" and function.name == "array_cat":
        return analyzer.all_null(arguments, frame, "||")
    if never_null.safe_operator(operator.name, operator.schema, function, analyzer.catalog):
        return analyzer.any_null(arguments, frame, f"operator {operator.name}")
    if operator.schema != "pg_catalog":
        return user_function(analyzer, function, arguments, frame)
    return maybe(f"operator {operator.name} may answer NULL")


def array_comparison(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    """`x = ANY (array)`: NULL also when nothing matches and an element is NULL."""
    function = analyzer.catalog.functions[int(node["opfuncid"])]
    operator = analyzer.catalog.operators[int(node["opno"])]
    left, right = node["args"]
    if not never_null.safe_operator(operator.name, operator.schema, function, analyzer.catalog):
        return maybe(f"operator {operator.name} may answer NULL")
    held = elements(analyzer, right, frame)
    if held.nullable:
        return held
    return analyzer.any_null([left, right], frame, "the comparison")


def aggregate(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    function = analyzer.catalog.functions[int(node["aggfnoid"])]
    name = function.name
    if not function.is_builtin:
        return maybe(f"{function.full_name}() may answer NULL", name)
    if name in ("count", "regr_count"):
        return never("count() is never NULL")
    if node["aggkind"] == "h" and name in never_null.HYPOTHETICAL:
        return never(f"{name}() is never NULL")
    owner = frame.up(int(node["agglevelsup"]))
    if owner is None or not owner.query["groupClause"] or owner.query["groupingSets"]:
        return maybe(f"{name}() of no rows is NULL", name)
    if node["aggfilter"]:
        return maybe(f"{name}() is NULL when its FILTER leaves no rows", name)
    if name not in never_null.AGGREGATES:
        return maybe(f"{name}() may answer NULL", name)
    if name in never_null.COLLECTING:
        return never(f"{name}() of a group has at least one element")
    arguments = [entry["expr"] for entry in node["args"] or []]
    arguments += node["aggdirectargs"] or []
    return analyzer.any_null(arguments, frame, f"{name}() of a group")


def window(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    function = analyzer.catalog.functions[int(node["winfnoid"])]
    name, arguments = function.name, node["args"] or []
    if not function.is_builtin:
        return maybe(f"{function.full_name}() may answer NULL", name)
    if name in _ROW_NUMBERS or name == "count":
        return never(f"{name}() is never NULL")
    if name == "ntile":
        return analyzer.any_null(arguments, frame, "ntile()")
    if name in ("lag", "lead"):
        if len(arguments) < 3:
            return maybe(f"{name}() is NULL where there is no such row", name)
        with analyzer.assuming_nothing(frame):
            return analyzer.any_null(arguments, frame, f"{name}() with a default")
    is_known = name in _FIRST_OR_LAST or name in never_null.AGGREGATES
    if not is_known or node["aggfilter"] or not _has_own_row(node, frame):
        return maybe(f"{name}() is NULL when its frame is empty", name)
    if name in never_null.COLLECTING:
        return never(f"{name}() has at least the row itself")
    # The first and the last row may be others; what skips NULLs has the value of the row itself.
    held = analyzer.assuming_nothing(frame) if name in _FIRST_OR_LAST else nullcontext()
    with held:
        return analyzer.any_null(arguments, frame, f"{name}() over a frame with the row itself")


def _has_own_row(node: Node, frame: Frame) -> bool:
    clauses = frame.query["windowClause"] or []
    options = next(
        (int(c["frameOptions"]) for c in clauses if c["winref"] == node["winref"]),
        _EXCLUDES_ROW,
    )
    return bool(
        options & _STARTS_AT_OR_BEFORE_ROW
        and options & _ENDS_AT_OR_AFTER_ROW
        and not options & _EXCLUDES_ROW
    )


def _set_in_select_list(
    analyzer: Analyzer, function: Function, node: Node, frame: Frame
) -> Verdict:
    if frame.padded:
        return maybe("the shorter of several sets ends in NULLs", function.name)
    if function.is_builtin and function.name == "unnest":
        return elements(analyzer, node["args"][0], frame)
    if function.is_builtin and 1 in never_null.SET_RETURNING.get(function.name, ()):
        return never(f"{function.name}() gives no NULL")
    if function.comment.tag("nonnull") == "":
        return never(f"the comment of {function.full_name} says @nonnull")
    return maybe(f"{function.full_name}() may give NULL", function.name)
