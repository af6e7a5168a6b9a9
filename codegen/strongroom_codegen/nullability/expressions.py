"""One rule for each kind of expression; what has no rule may be NULL."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from strongroom_codegen.nullability import arrays, calls, relations
from strongroom_codegen.nullability.frames import Frame
from strongroom_codegen.nullability.proofs import Slots
from strongroom_codegen.nullability.verdict import Verdict, maybe, never
from strongroom_codegen.tree import Node

if TYPE_CHECKING:
    from strongroom_codegen.nullability.analyzer import Analyzer

Rule = Callable[["Analyzer", Node, Frame], Verdict]

_EXISTS, _ALL, _ANY, _ROW, _SCALAR, _MULTI, _ARRAY = map(str, range(7))
_CURRENT_SCHEMA = "14"
_JSON_OBJECT_OR_ARRAY = ("1", "2")
# JSON(...), JSON_SCALAR(...), JSON_SERIALIZE(...)
_JSON_OF_ONE = ("5", "6", "7")
_JSON_EXISTS_OP = "0"
_UNKNOWN_ON_ERROR = "5"


def _argument(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return analyzer.expression(node["arg"], frame)


def _constant(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return maybe("a NULL constant") if node["constisnull"] == "true" else never("a constant")


def _parameter(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    if node["paramkind"] != "0":
        return maybe("a value of a subquery")
    if analyzer.null_parameters is None or int(node["paramid"]) in analyzer.null_parameters:
        return maybe("the parameter may be None")
    return never("the parameter is never None")


def _boolean(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return analyzer.any_null(node["args"], frame, node["boolop"].upper())


def _coalesce(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return analyzer.all_null(node["args"], frame, "COALESCE")


def _greatest(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return analyzer.all_null(node["args"], frame, "GREATEST or LEAST")


def _null_if(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return maybe("NULLIF answers NULL where both are equal")


def _case(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    if node["defresult"] is None:
        return maybe("CASE without ELSE")
    passed: Slots = frozenset()
    for when in node["args"]:
        # A branch is taken only where its condition is true, and none before it was.
        proven = passed
        if node["arg"] is None:
            proven = passed | analyzer.proofs.proven(when["expr"], frame)
            passed |= analyzer.proofs.passed_by(when["expr"], frame)
        with analyzer.assuming(frame, proven):
            found = analyzer.expression(when["result"], frame)
        if found.nullable:
            return maybe(f"a branch of CASE: {found.reason}", found.word)
    with analyzer.assuming(frame, passed):
        found = analyzer.expression(node["defresult"], frame)
    return maybe(f"ELSE of CASE: {found.reason}", found.word) if found.nullable else found


def _domain(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    if analyzer.catalog.is_not_null_domain(int(node["resulttype"])):
        return never("the domain is NOT NULL")
    return analyzer.expression(node["arg"], frame)


def _row_comparison(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return analyzer.any_null([*node["largs"], *node["rargs"]], frame, "the comparison")


def _sublink(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    kind = node["subLinkType"]
    if kind == _EXISTS:
        return never("EXISTS is never NULL")
    if kind == _ARRAY:
        return never("ARRAY(...) is never NULL")
    inner = analyzer.frame(node["subselect"], frame)
    outputs = analyzer.outputs(inner)
    if kind == _SCALAR:
        if not analyzer.always_one_row(node["subselect"]):
            return maybe("a subquery that finds no row is NULL")
        return outputs[0]
    if kind in (_ANY, _ALL) and node["testexpr"]["node"] == "OPEXPR":
        bad = next((v for v in outputs if v.nullable), None)
        if bad:
            return maybe(f"the subquery may hold NULL: {bad.reason}", bad.word)
        operator = node["testexpr"]
        return calls.operator_call(analyzer, {**operator, "args": [operator["args"][0]]}, frame)
    return maybe("a comparison with a subquery may be NULL")


def _current(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    if node["op"] == _CURRENT_SCHEMA:
        return maybe("current_schema may be NULL")
    return never("a value of the session is never NULL")


def _json_constructor(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    if node["type"] in _JSON_OBJECT_OR_ARRAY:
        return never("a JSON constructor never answers NULL")
    if node["type"] in _JSON_OF_ONE:
        return analyzer.any_null(node["args"], frame, "a JSON constructor")
    return maybe("a JSON aggregate of no rows is NULL")


def _json_query(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    """JSON_EXISTS answers true or false, unless told to say UNKNOWN; the others find nothing."""
    on_error = node["on_error"]
    if node["op"] != _JSON_EXISTS_OP or (on_error and on_error["btype"] == _UNKNOWN_ON_ERROR):
        return maybe("nothing may be found in the JSON value")
    given = [node["formatted_expr"], node["path_spec"], *(node["passing_values"] or [])]
    return analyzer.any_null(given, frame, "JSON_EXISTS")


def _json_value(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return analyzer.expression(node["formatted_expr"], frame)


def _is_json(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return analyzer.any_null([node["expr"]], frame, "IS JSON")


def _field(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    """`(t).x` of a whole row is the column itself."""
    arg, number = node["arg"], int(node["fieldnum"])
    if arg["node"] == "VAR" and arg["varattno"] == "0":
        return relations.variable(analyzer, {**arg, "varattno": str(number)}, frame)
    return maybe("a field of a composite value may be NULL")


def _returning(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
    return maybe("RETURNING old or new: that row may not exist")


def _always(reason: str) -> Rule:
    def rule(analyzer: Analyzer, node: Node, frame: Frame) -> Verdict:
        return never(reason)

    return rule


RULES: dict[str, Rule] = {
    "VAR": relations.variable,
    "CONST": _constant,
    "PARAM": _parameter,
    "FUNCEXPR": calls.function_call,
    "OPEXPR": calls.operator_call,
    "SCALARARRAYOPEXPR": calls.array_comparison,
    "AGGREF": calls.aggregate,
    "WINDOWFUNC": calls.window,
    "BOOLEXPR": _boolean,
    "COALESCEEXPR": _coalesce,
    "MINMAXEXPR": _greatest,
    "NULLIFEXPR": _null_if,
    "CASEEXPR": _case,
    "SUBLINK": _sublink,
    "ROWCOMPAREEXPR": _row_comparison,
    "NAMEDARGEXPR": _argument,
    "RELABELTYPE": _argument,
    "COLLATEEXPR": _argument,
    "COERCEVIAIO": _argument,
    "ARRAYCOERCEEXPR": _argument,
    "CONVERTROWTYPEEXPR": _argument,
    "COERCETODOMAIN": _domain,
    "FIELDSELECT": _field,
    "SUBSCRIPTINGREF": arrays.subscript,
    "SQLVALUEFUNCTION": _current,
    "JSONCONSTRUCTOREXPR": _json_constructor,
    "JSONVALUEEXPR": _json_value,
    "JSONISPREDICATE": _is_json,
    "JSONEXPR": _json_query,
    "RETURNINGEXPR": _returning,
    "DISTINCTEXPR": _always("IS DISTINCT FROM is never NULL"),
    "NULLTEST": _always("IS NULL is never NULL"),
    "BOOLEANTEST": _always("IS TRUE is never NULL"),
    "ARRAYEXPR": _always("an array that is written out is never NULL"),
    "ROWEXPR": _always("a row that is written out is never NULL"),
    "GROUPINGFUNC": _always("GROUPING is never NULL"),
    "MERGESUPPORTFUNC": _always("merge_action() is never NULL"),
}
