"""The types of expressions, and whether the cast of a function's result keeps values.

PostgreSQL casts what a SQL function's last statement gives to the declared types when it runs, so
its tree does not show that cast; some casts turn a value into NULL.
"""

from __future__ import annotations

from strongroom_codegen.catalog import Catalog, Function
from strongroom_codegen.tree import Node

_FIELDS = {
    "VAR": "vartype",
    "CONST": "consttype",
    "PARAM": "paramtype",
    "FUNCEXPR": "funcresulttype",
    "OPEXPR": "opresulttype",
    "NULLIFEXPR": "opresulttype",
    "AGGREF": "aggtype",
    "WINDOWFUNC": "wintype",
    "RELABELTYPE": "resulttype",
    "COERCEVIAIO": "resulttype",
    "ARRAYCOERCEEXPR": "resulttype",
    "CONVERTROWTYPEEXPR": "resulttype",
    "COERCETODOMAIN": "resulttype",
    "FIELDSELECT": "resulttype",
    "COALESCEEXPR": "coalescetype",
    "CASEEXPR": "casetype",
    "MINMAXEXPR": "minmaxtype",
    "SUBSCRIPTINGREF": "refrestype",
    "ROWEXPR": "row_typeid",
    "ARRAYEXPR": "array_typeid",
    "SQLVALUEFUNCTION": "type",
}
_BOOLEAN = 16
_BOOLEANS = frozenset(
    {"BOOLEXPR", "NULLTEST", "BOOLEANTEST", "DISTINCTEXPR", "SCALARARRAYOPEXPR", "ROWCOMPAREEXPR"}
)
# Of numbers among themselves, and of strings, every cast keeps a value or fails.
_HARMLESS_CATEGORIES = frozenset({"N", "S"})
_SCALAR_SUBQUERY = "4"


def expression_type(node: Node) -> int | None:
    """The OID of an expression's type; None where the node does not say it."""
    label = node["node"]
    if label in _FIELDS:
        return int(node[_FIELDS[label]])
    if label in _BOOLEANS:
        return _BOOLEAN
    if label == "SUBLINK" and node["subLinkType"] == _SCALAR_SUBQUERY:
        return expression_type(node["subselect"]["targetList"][0]["expr"])
    return None


def declared_types(catalog: Catalog, function: Function) -> list[int]:
    """The types of a function's result columns, one for a function with a plain result."""
    if function.outputs:
        return [oid for _, oid in function.outputs]
    relation = catalog.relations.get(catalog.types[function.result].relation)
    if relation:
        return [column.type for column in relation.columns.values()]
    return [function.result]


def keeps_values(catalog: Catalog, node: Node, declared: int) -> bool:
    """What the expression gives is still a value once it has the declared type."""
    found = expression_type(node)
    if found == declared:
        return True
    if found is None or found not in catalog.types:
        return False
    before, after = catalog.base_type(found), catalog.base_type(declared)
    same = before.oid == after.oid or before.category == after.category
    return same and (before.oid == after.oid or before.category in _HARMLESS_CATEGORIES)
